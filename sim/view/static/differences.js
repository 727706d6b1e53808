// What a study found: the border's outputs and, beside them, the people's; paired differences as bars.

const letter = (data) => data.letter ?? "B";
const baseLetter = (data) => data.baseLetter ?? "A";

/** A difference with its intervals about nought, on a scale of its own. */
function forest(parent, ends, sure) {
  const [w, h] = [78, 22];
  const svg = add(parent, "svg", { class: "cv-forest", viewBox: `0 0 ${w} ${h}`, width: w, height: h, "aria-hidden": "true" });
  const most = Math.max(...ends.map((v) => Math.abs(v ?? 0))) || 1;
  const x = (v) => w / 2 + (v / most) * (w / 2 - 4);
  add(svg, "path", { class: "cv-nought", d: `M${w / 2} 1V${h - 1}` });
  if (ends.some((v) => v === null)) return;
  const colour = sure ? "var(--accent)" : "var(--muted)";
  add(svg, "path", { d: `M${x(ends[0])} ${h / 2}H${x(ends[4])}`, stroke: colour, "stroke-width": 1.5 });
  add(svg, "path", { d: `M${x(ends[1])} ${h / 2}H${x(ends[3])}`, stroke: colour, "stroke-width": 6, opacity: 0.55 });
  add(svg, "circle", { cx: x(ends[2]), cy: h / 2, r: 3.6, fill: colour });
}

function render({ model, el }) {
  const root = add(el, "section", { class: "cv cv-differences" });

  function heading(data) {
    const head = add(root, "div", { class: "cv-chart-head" });
    add(head, "h2", {}, data.b ? "What changes" : "What was found");
    const what = data.b ? "pairs of runs" : "runs";
    const failed = data.failed ? `, ${data.failed} failed` : "";
    add(head, "span", { class: "cv-chart-unit" }, `median and 90 % interval of ${data.replicates} ${what}, ${data.days} days${failed}`);
    add(root, "p", { class: "cv-marks" }, "● fitted to a published series, ◆ back-tested too, ○ assumed");
  }

  function columns(table, data) {
    const row = add(add(table, "thead"), "tr");
    add(row, "td");
    if (!data.b) {
      add(row, "th", { scope: "col" }, "median");
      return;
    }
    add(row, "th", { scope: "col", title: data.a.title }, baseLetter(data));
    add(row, "th", { scope: "col", title: data.b.title }, letter(data));
    const bars = add(row, "th", { scope: "col", class: "cv-forest-cell" });
    add(bars, "small", {}, "no change");
    add(row, "th", { scope: "col" }, `${letter(data)} less ${baseLetter(data)}`);
  }

  function value(row, figure) {
    const cell = add(row, "td");
    add(cell, "span", {}, figure.median);
    if (figure.span) add(cell, "small", {}, figure.span);
    return cell;
  }

  function line(body, entry, data) {
    const row = add(body, "tr", { "data-output": entry.output });
    const name = add(row, "th", { scope: "row" });
    const title = add(name, "span", { title: entry.label }, entry.label);
    add(title, "i", { title: `${entry.mark[1]}: ${entry.mark[2]}`, role: "img", "aria-label": entry.mark[1] }, ` ${entry.mark[0]}`);
    add(name, "small", {}, entry.unit);
    value(row, entry.a);
    if (!data.b) return;
    value(row, entry.b);
    const { ends } = entry.change;
    const sure = ends[0] > 0 || ends[4] < 0;
    forest(add(row, "td", { class: "cv-forest-cell", title: entry.often }), ends, sure);
    const cell = value(row, entry.change);
    cell.title = entry.often;
    if (sure) cell.classList.add("cv-sure");
  }

  function take() {
    const data = dataOf(model);
    if (!data) return;
    root.replaceChildren();
    heading(data);
    const table = add(root, "table");
    columns(table, data);
    const values = {};
    for (const group of data.groups) {
      const body = add(table, "tbody");
      add(add(body, "tr", { class: "cv-group" }), "th", { colspan: data.b ? 5 : 2, scope: "rowgroup" }, group.title);
      for (const entry of group.rows) {
        line(body, entry, data);
        values[entry.output] = { a: entry.a.ends[2], b: entry.b?.ends[2] ?? null, change: entry.change?.ends ?? null };
      }
    }
    root.dataset.values = JSON.stringify(values);
    root.dataset.replicates = data.replicates;
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
