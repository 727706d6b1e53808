// Today's figures, each with its unit and how far it is from the run without changes.

function render({ model, el }) {
  const root = add(el, "dl", { class: "cv cv-numbers" });
  root.style.margin = "0";

  function take() {
    const data = dataOf(model);
    if (!data) return;
    root.replaceChildren();
    root.dataset.day = data.day;
    root.dataset.values = JSON.stringify(Object.fromEntries(data.figures.map((f) => [f.name, f.value])));
    root.dataset.base = JSON.stringify(Object.fromEntries(data.figures.map((f) => [f.name, f.base])));
    for (const figure of data.figures) {
      const cell = add(root, "div", { class: "cv-number" });
      add(cell, "dt", { title: figure.label }, figure.label);
      const value = add(cell, "dd", { class: "cv-value" });
      add(value, "span", {}, figure.text);
      if (figure.change) {
        const title = `without changes: ${figure.base_text}`;
        add(value, "span", { class: "cv-change", title }, figure.change);
      }
      add(cell, "dd", { class: "cv-unit" }, figure.unit);
    }
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
