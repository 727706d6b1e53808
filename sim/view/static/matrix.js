// The scenarios of a comparison ranked, by outcome: one matrix; a click on one shows its differences in detail.

function render({ model, el }) {
  const root = add(el, "section", { class: "cv cv-matrix" });
  const line = sender(model);
  let data = null;

  function head() {
    const box = add(root, "div", { class: "cv-chart-head" });
    add(box, "h2", {}, "Ranked, the best first");
    const when = data.window ? `, ${data.window}` : "";
    add(box, "span", { class: "cv-chart-unit" }, `medians and 90 % intervals of ${data.replicates} replicates${when}; lower is better`);
    menu(box, () => "ranked scenarios", { CSV: () => new Blob([csvOf(rows())], { type: "text/csv" }) }).called("the ranking");
  }

  const rows = () => [
    ["rank", "scenario", "title", "best", "regret", ...data.outcomes.flatMap((o) => [o.name, `${o.name} low90`, `${o.name} high90`])],
    ...data.rows.map((r) => [r.rank, r.name, r.title, r.best, r.regret, ...r.cells.flatMap((c) => [c.ends[2], c.ends[0], c.ends[4]])]),
  ];

  function table(detail) {
    const box = add(root, "div", { class: "cv-matrix-box", tabindex: 0, role: "region", "aria-label": "Scenarios by outcome" });
    const body = add(box, "table");
    const top = add(add(body, "thead"), "tr");
    add(top, "th", { scope: "col" }, "Scenario");
    for (const { label, unit, mark } of data.outcomes) {
      const cell = add(top, "th", { scope: "col", title: `${unit}; ${mark[1]}: ${mark[2]}` });
      add(cell, "span", {}, label);
      add(cell, "small", {}, `${mark[0]} ${mark[1]}`);
    }
    add(top, "th", { scope: "col", title: "In what share of the replicates its regret is least" }, "Best");
    add(top, "th", { scope: "col", title: "From best (0) to worst (100 %) in each replicate, mean of all outcomes alike" }, "Regret");
    const part = add(body, "tbody");
    for (const row of data.rows) scenario(part, row, detail);
  }

  function scenario(part, row, detail) {
    const entry = add(part, "tr", { "data-scenario": row.name, "data-rank": row.rank });
    if (row.name === detail) entry.classList.add("cv-chosen");
    const name = add(entry, "th", { scope: "row" });
    const colour = row.number ? `var(--c${(row.number - 1) % 7})` : "var(--muted)";
    add(name, "b", { class: "cv-mark-of", style: `background:${colour}`, title: row.base ? "the base" : "" }, "ABCDEFG"[row.number]);
    if (row.base || data.rows.length < 3) add(name, "span", { title: row.title }, row.title);
    else {
      const pick = add(name, "button", { type: "button", title: `${row.title}: show what it changes`, "aria-pressed": row.name === detail }, row.title);
      pick.addEventListener("click", () => line.send({ detail: row.name }));
    }
    if (row.dominated) add(name, "small", { title: `No mean is lower than that of ${row.dominated}` }, "dominated");
    row.cells.forEach((figure) => {
      const cell = add(entry, "td", { title: `best in ${figure.best} of the replicates` });
      add(cell, "span", {}, figure.median);
      if (figure.span) add(cell, "small", {}, figure.span);
    });
    add(entry, "td", {}, row.best);
    add(entry, "td", {}, row.regret);
  }

  function take() {
    const state = dataOf(model);
    if (!state) return;
    line.answered(state.answered);
    data = state.matrix;
    root.replaceChildren();
    root.hidden = !data.rows.length;
    root.dataset.rows = data.rows.length;
    root.dataset.detail = state.detail;
    root.dataset.order = JSON.stringify(data.rows.map((row) => row.name));
    if (root.hidden) return;
    head();
    table(state.detail);
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
