// Tables of words and figures, as a report has them: a label with small print, cells with small print.

function tableCell(row, cell) {
  const box = add(row, "td");
  add(box, "span", {}, cell.main);
  if (cell.sub) add(box, "small", {}, cell.sub);
}

function reportTable(parent, { title, note, columns, lines }) {
  const box = add(parent, "div", { class: "cv-why-box", tabindex: 0, role: "region", "aria-label": title });
  const body = add(box, "table");
  add(body, "caption", {}, note ? `${title}; ${note}` : title);
  const top = add(add(body, "thead"), "tr");
  for (const name of columns) add(top, "th", { scope: "col" }, name);
  const part = add(body, "tbody");
  for (const { label, note: words, cells, strong } of lines) {
    const row = add(part, "tr", { class: strong ? "cv-binds" : "" });
    const name = add(row, "th", { scope: "row" }, label);
    if (words) add(name, "small", {}, words);
    for (const cell of cells) tableCell(row, cell);
  }
}
