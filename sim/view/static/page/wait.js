// Before a link can be followed: how far the run is from which its scenario begins.

function render({ model, el }) {
  const root = add(el, "section", { class: "cv cv-wait" });
  putTheme();
  brandOf(root);
  const title = add(root, "h2");
  add(root, "p", {}, "This scenario begins from another run, which is done first; then the page opens.");
  const status = add(root, "div", { class: "cv-progress" });
  const bar = add(status, "div", { class: "cv-bar", role: "progressbar", "aria-label": "Days done", "aria-valuemin": 0 });
  const fill = add(bar, "i");
  const words = add(status, "span", { role: "status" });

  function take() {
    const data = dataOf(model);
    if (!data) return;
    title.textContent = data.title;
    words.textContent = data.words;
    fill.style.width = `${data.total ? (100 * data.done) / data.total : 0}%`;
    bar.setAttribute("aria-valuenow", data.done);
    bar.setAttribute("aria-valuemax", data.total || 1);
    for (const name of ["done", "total"]) root.dataset[name] = data[name];
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
