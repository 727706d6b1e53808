// Both arms of a comparison: which reactions began, how often and when, and what part of an effect they undo.

function render({ model, el }) {
  const root = add(el, "section", { class: "cv cv-why cv-arms" });

  function take() {
    const data = dataOf(model);
    if (!data) return;
    root.replaceChildren();
    add(root, "h2", {}, "If they answer, and if nobody does");
    reportTable(add(root, "div"), data.reactions);
    for (const { sentences, table } of data.effects) {
      for (const sentence of sentences) add(root, "p", { class: "cv-why-note" }, sentence);
      reportTable(add(root, "div"), table);
    }
    add(root, "p", { class: "cv-why-note" }, data.note);
    root.dataset.reactions = JSON.stringify(data.reactions.lines.map(({ note, cells }) => [note, ...cells.map(({ main }) => main)]));
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
