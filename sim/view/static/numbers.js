// Today's figures, each with its unit and how far it is from the run without changes.

function render({ model, el }) {
  const root = add(el, "dl", { class: "cv cv-numbers" });
  root.style.margin = "0";

  function change(figure) {
    if (figure.base === null || figure.value === figure.base) return null;
    const away = figure.value - figure.base;
    const share = figure.base ? (away / figure.base) * 100 : null;
    const text = share !== null && Math.abs(share) < 1000 ? `${number(Math.abs(share), 0)} %` : number(Math.abs(away), figure.digits);
    return `${away > 0 ? "+" : "−"}${text}`;
  }

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
      add(value, "span", {}, number(figure.value, figure.digits));
      const moved = change(figure);
      if (moved) {
        const title = `without changes: ${number(figure.base, figure.digits)}`;
        add(value, "span", { class: "cv-change", title }, moved);
      }
      add(cell, "dd", { class: "cv-unit" }, figure.unit);
    }
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
