// A forecast in words and tables: its head with the early warning, or people, scores and files.

function table(parent, grid) {
  const box = add(parent, "section", { class: "cv-matrix cv-outlook-grid", "data-grid": grid.title });
  const head = add(box, "div", { class: "cv-chart-head" });
  add(head, "h2", {}, grid.title);
  if (grid.sign) add(head, "span", { class: "cv-chart-unit" }, `${grid.sign} ${grid.mark}`);
  const rows = () => [[grid.corner, ...grid.columns], ...grid.lines.map(([label, cells]) => [label, ...cells.map(([text]) => text)])];
  menu(head, () => grid.title, { CSV: () => new Blob([csvOf(rows())], { type: "text/csv" }) }).called(grid.title);
  add(box, "p", { class: "cv-outlook-note" }, grid.note);
  const room = add(box, "div", { class: "cv-matrix-box", tabindex: 0, role: "region", "aria-label": grid.title });
  const body = add(room, "table");
  const top = add(add(body, "thead"), "tr");
  for (const words of [grid.corner, ...grid.columns]) add(top, "th", { scope: "col" }, words);
  const part = add(body, "tbody");
  for (const [label, cells] of grid.lines) {
    const line = add(part, "tr");
    add(line, "th", { scope: "row" }, label);
    for (const [text, shade] of cells) add(line, "td", shade >= 0.01 ? { style: `--shade:${Math.min(shade, 1)}`, class: "cv-heat" } : {}, text);
  }
}

function head(root, data, line) {
  const top = add(root, "div", { class: "cv-outlook-top" });
  add(top, "h2", { class: "cv-outlook-title" }, data.title ?? "This forecast cannot be shown");
  if (data.folders.length > 1) {
    const pick = add(top, "div", { class: "cv-pick" });
    add(pick, "label", { for: "cv-forecast" }, "Forecast");
    const select = add(pick, "select", { id: "cv-forecast" });
    for (const name of data.folders) add(select, "option", { value: name }, name);
    select.value = data.folder;
    select.addEventListener("change", () => line.send({ folder: select.value }));
  }
  if (data.error) add(root, "div", { class: "cv-wrong", role: "alert" }, data.error);
  if (!data.summary) return;
  add(root, "p", { class: "cv-outlook-summary" }, data.summary);
  add(root, "p", { class: "cv-outlook-note" }, `Trust: ${data.trust}. Aggregate pressure, for preparing help and staff; no personal data, and not for steering people.`);
}

function rest(root, data) {
  if (data.good.length) add(root, "h2", { class: "cv-outlook-title" }, "How good earlier forecasts were");
  for (const grid of data.good) table(root, grid);
  const box = add(root, "section", { class: "cv-matrix" });
  add(box, "h2", { class: "cv-outlook-title" }, "Files");
  const files = add(box, "div", { class: "cv-outlook-files" });
  for (const [name, text] of Object.entries(data.files)) {
    add(files, "button", { type: "button", class: "cv-chip" }, name).addEventListener("click", () => saveAs(name, new Blob([text], { type: name.endsWith(".csv") ? "text/csv" : "text/html" })));
  }
  if (!data.command) return;
  const made = add(box, "p", { class: "cv-outlook-note" }, "Made by ");
  add(made, "code", {}, data.command);
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-outlook" });
  const line = sender(model);
  const before = location.search.includes("forecast=") ? location.pathname : location.search; // the live page's own link
  const leave = () => window.history.replaceState(window.history.state, "", before || location.pathname);

  function take() {
    const data = dataOf(model);
    if (!data) return;
    root.replaceChildren();
    if (data.part === "head") {
      line.answered(data.answered);
      window.history.replaceState(window.history.state, "", `?${data.link}`);
      head(root, data, line);
    }
    for (const grid of data.grids) table(root, grid);
    if (data.part === "rest") rest(root, data);
    root.dataset.part = data.part;
    root.dataset.grids = root.querySelectorAll("[data-grid]").length;
    root.dataset.folder = data.folder ?? "";
  }

  model.on("change:data", take);
  take();
  return () => {
    model.off("change:data", take);
    if (root.dataset.part === "head") leave();
  };
}

export default { render };
