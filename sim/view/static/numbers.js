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
      if (figure.span) add(cell, "dd", { class: "cv-span", title: `90 % of ${data.replicates} runs, last whole week` }, `90 %: ${figure.span}`);
      if (figure.mark) add(cell, "dd", { class: "cv-trust", title: figure.mark[2] }, `${figure.mark[0]} ${figure.mark[1]}`);
    }
    root.dataset.spans = JSON.stringify(Object.fromEntries(data.figures.map((f) => [f.name, f.span ?? ""])));
    if (data.trust) {
      const [, what, words] = data.trust.match(/^(Trust): (.*)$/) ?? [null, "Trust", data.trust];
      const line = add(root, "div", { class: "cv-trusted" });
      add(line, "dt", {}, `${what}: `);
      add(line, "dd", {}, words);
    }
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
