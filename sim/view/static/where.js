// Where attempts and persons went: by section and by route; of a comparison the paired differences.

const ROW = 19;
const LABELS = 138;
const VALUES = 62;

function render({ model, el }) {
  const root = add(el, "section", { class: "cv cv-chart cv-where" });
  const head = add(root, "div", { class: "cv-chart-head" });
  const title = add(head, "h2");
  const unit = add(head, "span", { class: "cv-chart-unit" });
  const chips = chipRow(head, (name) => choose(name));
  const files = exporter(head, root, () => ({ title: title.textContent, view: chosen, unit: unit.textContent, svgs: [...plot.children], keys: keys(), rows }));
  const legend = add(root, "div", { class: "cv-legend" });
  const plot = add(root, "div", { class: "cv-where-plot", role: "img", tabindex: 0 });
  let data = null;
  let chosen = "Sections";

  function choose(name) {
    chosen = name;
    chips.press(name);
    draw();
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    title.textContent = data.change ? "Where did it go?" : "Where?";
    files.called(title.textContent);
    chips.show(data.views.map((view) => view.name));
    choose(chosen);
  }

  const keys = () => [...legend.children].map((entry) => [entry.textContent, getComputedStyle(entry.firstChild).backgroundColor]);

  function rows() {
    const view = data.views.find((v) => v.name === chosen) ?? data.views[0];
    const ends = (name) => ["low90", "low50", "median", "high50", "high90"].map((end) => (name ? `${name} ${end}` : end));
    const names = ["name", "label", ...ends(view.first), ...(view.second ? ends(view.second) : [])];
    return [names, ...view.rows.map((r) => [r.name, r.label, ...r.values, ...(r.second ?? [])])];
  }

  function tellKeys(view) {
    legend.replaceChildren();
    const named = view.first ? [[view.first, "var(--c0)"], [view.second, "var(--c2)"]] : [["countries bold", "var(--c0)"]];
    for (const [text, colour] of named) legendKey(legend, `background:${colour}`, text);
  }

  function draw() {
    const view = data.views.find((v) => v.name === chosen) ?? data.views[0];
    const w = plot.clientWidth;
    if (w < 120) return;
    unit.textContent = `${data.change ? `${data.letter ?? "B"} less ${data.baseLetter ?? "A"}, ` : ""}${view.unit}, median and intervals`;
    tellKeys(view);
    plot.replaceChildren();
    root.dataset.view = view.name;
    root.dataset.rows = view.rows.length;
    root.dataset.values = JSON.stringify(Object.fromEntries(view.rows.map((r) => [r.name, r.values[2]])));
    const height = view.rows.length * ROW;
    const svg = add(plot, "svg", { width: w, height, viewBox: `0 0 ${w} ${height}`, "aria-hidden": "true" });
    const ends = view.rows.flatMap((r) => [...r.values, ...(r.second ?? [])]);
    const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
    const x = (v) => LABELS + 8 + ((v - low) / (high - low || 1)) * (w - LABELS - VALUES - 16);
    add(svg, "path", { class: "cv-nought", d: `M${x(0)} 0V${height}` });
    view.rows.forEach((row, k) => {
      const y = k * ROW + ROW / 2;
      const weight = row.strong ? "cv-strong" : "";
      const label = add(svg, "text", { x: LABELS, y: y + 3.5, "text-anchor": "end", class: weight }, clip(row.label, row.strong ? 20 : 23));
      add(label, "title", {}, row.label);
      if (row.second) {
        whisker(svg, row.values, x, y - 3.6, "var(--c0)", 5);
        whisker(svg, row.second, x, y + 3.6, "var(--c2)", 5);
      } else whisker(svg, row.values, x, y, row.strong ? "var(--ink)" : "var(--c0)", 7);
      add(svg, "text", { x: w - 2, y: y + 3.5, "text-anchor": "end", class: weight }, row.text);
    });
    plot.setAttribute("aria-label", `${title.textContent} ${unit.textContent}: `
      + view.rows.map((r) => `${r.label} ${r.text}`).join(", "));
  }

  function whisker(svg, ends, x, y, colour, width) {
    add(svg, "path", { d: `M${x(ends[0])} ${y}H${x(ends[4])}`, stroke: colour, "stroke-width": 1.2 });
    add(svg, "path", { d: `M${x(Math.min(0, ends[2]))} ${y}H${x(Math.max(0, ends[2]))}`, stroke: colour, "stroke-width": width, opacity: 0.3 });
    add(svg, "circle", { cx: x(ends[2]), cy: y, r: width / 2, fill: colour });
  }

  const resized = new ResizeObserver(() => data && draw());
  resized.observe(plot);
  model.on("change:data", take);
  take();
  return () => {
    resized.disconnect();
    model.off("change:data", take);
  };
}

export default { render };
