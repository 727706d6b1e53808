// What limits the flow of the run on screen: asked for, waited for, told in sentences and tables.

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-why" });
  const head = add(root, "div", { class: "cv-why-head" });
  const about = add(head, "div");
  add(about, "h2", {}, "What limits the flow?");
  const of = add(about, "p");
  const go = add(head, "button", { class: "cv-button cv-main", type: "button" }, "Explain this run");
  const stop = add(head, "button", { class: "cv-button", type: "button" }, "Cancel");
  const tell = progressOf(root, () => "cancelled");
  const stale = add(root, "p", { class: "cv-why-stale", role: "status", hidden: "" });
  const found = add(root, "div", { class: "cv-why-found" });
  const line = sender(model);
  let shown = "";

  function show(result) {
    found.replaceChildren();
    root.dataset.routes = result ? result.steps.length : 0;
    if (!result) {
      add(found, "p", { class: "cv-why-what" }, "The run is repeated and watched: how many would leave, can pay, get a visa and a seat, board, "
        + "are taken to the border, try and get in. Then each step alone is made a tenth easier, on the same people and draws, to see what it "
        + "brings. That is a run for each step; the live page stays usable meanwhile.");
      return;
    }
    for (const { title, sentences, table: one } of result.steps) {
      const part = add(found, "section");
      add(part, "h3", {}, title);
      for (const sentence of sentences) add(part, "p", { class: "cv-why-sentence" }, sentence);
      reportTable(part, one);
    }
    for (const one of result.differences) reportTable(add(found, "section"), one);
    for (const note of result.notes) add(found, "p", { class: "cv-why-note" }, note);
  }

  function take() {
    const data = dataOf(model);
    if (!data) return;
    line.answered(data.answered);
    const changes = data.changes.length ? `, with ${data.changes.join("; ")}` : ", as in its file";
    of.textContent = `${data.title}${changes}.`;
    go.hidden = underWay(data);
    stop.hidden = !underWay(data);
    stop.disabled = data.state === "cancelling";
    tell(data);
    stale.hidden = !data.found || !data.stale || underWay(data);
    stale.textContent = "What is shown explains an earlier run: the scenario or its levers have changed since.";
    const wanted = JSON.stringify(data.found);
    if (wanted !== shown) {
      shown = wanted;
      show(data.found);
    }
    for (const name of ["state", "done", "total"]) root.dataset[name] = data[name] ?? "";
  }

  go.addEventListener("click", () => line.send({ start: true }));
  stop.addEventListener("click", () => line.send({ cancel: true }));
  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
