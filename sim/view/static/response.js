// Outcomes of a sweep against its parameters: a dot a point, with a median by bins; a dot opens its scenario.

const ROOMY = { left: 62, right: 22, top: 30, bottom: 46 };
const BINS = 12;

const quantile = (sorted, q) => {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
};

/** Points in bins of equal count (or by value, where there are few): centre, median, and half of the points;
 * of a few single points, the interval of their runs. */
function binned(points) {
  const distinct = new Set(points.map((p) => p.x));
  const groups = new Map();
  points.forEach((p, k) => {
    const key = distinct.size <= BINS ? p.x : Math.floor((k * BINS) / points.length);
    groups.set(key, [...(groups.get(key) ?? []), p]);
  });
  return [...groups.values()].map((group) => {
    const ys = group.map((p) => p.y).sort((a, b) => a - b);
    const x = group.reduce((s, p) => s + p.x, 0) / group.length;
    if (points.length <= BINS && groups.size === points.length) return { x, low: group[0].low, mid: ys[0], high: group[0].high };
    return { x, low: quantile(ys, 0.25), mid: quantile(ys, 0.5), high: quantile(ys, 0.75) };
  });
}

/** Even steps of an axis between two values. */
function steps(low, high, count) {
  const step = stepOf(high - low || Math.abs(high) || 1, count);
  const first = Math.ceil(low / step - 1e-9) * step;
  return Array.from({ length: Math.floor((high - first) / step + 1e-9) + 1 }, (_, k) => first + k * step);
}

function render({ model, el }) {
  const root = add(el, "section", { class: "cv cv-chart cv-response" });
  el.style.height = "100%";
  const head = add(root, "div", { class: "cv-chart-head" });
  const title = add(head, "h2");
  const unit = add(head, "span", { class: "cv-chart-unit" });
  const files = exporter(head, root, () => ({ title: data.title, unit: unit.textContent, svgs: [svg], keys: [], rows }));
  const row = add(root, "div", { class: "cv-response-row" });
  const picker = (id, words) => {
    const box = add(row, "div", { class: "cv-pick" });
    add(box, "label", { for: id }, words);
    return add(box, "select", { id });
  };
  const [knob, outcome, scenario] = [picker("cv-knob", "Parameter"), picker("cv-outcome", "Outcome"), picker("cv-of", "Scenario")];
  const plot = add(root, "div", { class: "cv-plot", tabindex: 0, role: "img" });
  const svg = add(plot, "svg", { "aria-hidden": "true" });
  const tip = tooltip(plot);
  const note = add(root, "p", { class: "cv-response-note", role: "status" });
  const line = sender(model);
  let data = null;
  let points = [];
  let looked = -1;
  let ring = null;

  const outcomes = () => data.scenarios[scenario.selectedIndex].outcomes;

  function take() {
    data = dataOf(model);
    if (!data) return;
    title.textContent = data.title;
    files.called("the responses");
    const runs = data.replicates > 1 ? `mean of ${data.replicates} runs each` : "one run each";
    const some = data.points.length < data.of ? `${number(data.points.length)} of ${number(data.of)} points` : `${number(data.of)} points`;
    unit.textContent = `${some}, ${runs}`;
    for (const [select, rows] of [[knob, data.knobs], [scenario, data.scenarios], [outcome, data.scenarios[0].outcomes]]) {
      select.replaceChildren();
      rows.forEach((r, k) => add(select, "option", { value: k }, r.label ?? r.title));
    }
    scenario.parentElement.hidden = data.scenarios.length < 2;
    draw();
  }

  /** A row a point: all parameters and outcomes of the scenario. */
  function rows() {
    const head = ["point", ...data.knobs.map((k) => k.label), ...outcomes().map((o) => o.label)];
    return [head, ...data.points.map((n, i) => [n + 1, ...data.knobs.map((k) => k.values[i]), ...outcomes().map((o) => o.values[i])])];
  }

  function draw() {
    const [w, h] = [plot.clientWidth, plot.clientHeight];
    svg.replaceChildren();
    looked = -1;
    if (w < 100 || h < 80) return;
    const [k, o] = [data.knobs[knob.selectedIndex], outcomes()[outcome.selectedIndex]];
    points = data.points.map((n, i) => ({ n, i, x: k.values[i], y: o.values[i], low: o.low?.[i] ?? o.values[i], high: o.high?.[i] ?? o.values[i] })).filter((p) => p.y !== null);
    points.sort((a, b) => a.x - b.x || a.n - b.n);
    root.dataset.points = points.length;
    root.dataset.knob = k.name;
    root.dataset.outcome = o.name;
    if (!points.length) return;
    const [left, right] = [points[0].x, points.at(-1).x];
    const few = o.low && points.length <= BINS && new Set(points.map((p) => p.x)).size === points.length;
    const top = Math.max(...points.map((p) => (few ? p.high : p.y)), 0);
    const bottom = Math.min(...points.map((p) => (few ? p.low : p.y)), 0);
    const x = (v) => ROOMY.left + ((v - left) / (right - left || 1)) * (w - ROOMY.left - ROOMY.right);
    const y = (v) => h - ROOMY.bottom - ((v - bottom) / (top - bottom || 1)) * (h - ROOMY.top - ROOMY.bottom);
    for (const value of steps(bottom, top, 5)) {
      add(svg, "path", { class: value ? "cv-grid" : "cv-zero", d: `M${ROOMY.left} ${y(value)}H${w - ROOMY.right}` });
      add(svg, "text", { x: ROOMY.left - 8, y: y(value) + 3.5, "text-anchor": "end" }, short(value));
    }
    for (const value of steps(left, right, 8)) {
      add(svg, "text", { x: x(value), y: h - ROOMY.bottom + 17, "text-anchor": "middle" }, number(value));
    }
    const name = ({ label, unit }, room) => clip(`${label}, ${unit}`, Math.floor(room / 7)); // pixels a letter
    add(svg, "text", { class: "cv-axis", x: (w + ROOMY.left) / 2, y: h - 8, "text-anchor": "middle" }, name(k, w - ROOMY.left));
    add(svg, "text", { class: "cv-axis", x: 0, y: 12 }, name(o, w)); // upright, above the axis: read at once
    const bins = binned(points);
    const at = (key) => bins.map((b, n) => `${n ? "L" : "M"}${x(b.x).toFixed(1)} ${y(b[key]).toFixed(1)}`).join("");
    const back = [...bins].reverse().map((b) => `L${x(b.x).toFixed(1)} ${y(b.low).toFixed(1)}`).join("");
    if (bins.length > 1) add(svg, "path", { class: "cv-response-band", d: `${at("high")}${back}Z` });
    for (const p of points) {
      [p.px, p.py] = [x(p.x), y(p.y)];
      add(svg, "circle", { class: "cv-point", cx: p.px.toFixed(1), cy: p.py.toFixed(1), r: points.length > 600 ? 2.6 : 4, "data-point": p.n });
    }
    if (bins.length > 1) add(svg, "path", { class: "cv-response-line", d: at("mid") });
    root.dataset.bins = JSON.stringify(bins.map((b) => b.mid));
    ring = add(svg, "circle", { class: "cv-ring", r: 8, visibility: "hidden" });
    const lines = few ? "Dots: means; band: 90 % of the runs." : "Dots: means of a point's runs; line: median of the dots by bin; band: half of the dots.";
    note.textContent = `${lines} A click on a dot, or Enter, opens its scenario live.`;
    root.dataset.bands = JSON.stringify(bins.map((b) => [b.low, b.high]));
    plot.setAttribute("aria-label", `${o.label} against ${k.label}: ${points.length} points. Arrow keys go through the points, Enter opens one live.`);
  }

  function look(n) {
    looked = Math.min(Math.max(n, 0), points.length - 1);
    const p = points[looked];
    ring.setAttribute("cx", p.px);
    ring.setAttribute("cy", p.py);
    ring.setAttribute("visibility", "visible");
    const o = outcomes()[outcome.selectedIndex];
    const rows = data.knobs.slice(0, 8).map((k) => [k.label, `${number(k.values[p.i])} ${k.unit}`]);
    const runs = o.low ? [["90 % of the runs", `${number(p.low)} to ${number(p.high)}`]] : [];
    tip.show([`Point ${p.n + 1}`, [o.label, `${number(p.y)} ${o.unit}`], ...runs, ...rows], p.px, p.py);
  }

  function leave() {
    looked = -1;
    ring?.setAttribute("visibility", "hidden");
    tip.hide();
  }

  function open() {
    if (looked < 0) return;
    note.textContent = `Opening point ${points[looked].n + 1} on the live page`;
    line.send({ point: points[looked].n, scenario: data.scenarios[scenario.selectedIndex].name });
  }

  function nearest(event) {
    const inside = plot.getBoundingClientRect();
    const [px, py] = [event.clientX - inside.left, event.clientY - inside.top];
    let best = [-1, 18];
    points.forEach((p, n) => {
      const away = Math.hypot(p.px - px, p.py - py);
      if (away < best[1]) best = [n, away];
    });
    return best[0];
  }

  plot.addEventListener("pointermove", (event) => {
    const n = nearest(event);
    plot.style.cursor = n < 0 ? "default" : "pointer";
    if (n < 0) leave();
    else if (n !== looked) look(n);
  });
  plot.addEventListener("pointerleave", leave);
  plot.addEventListener("blur", leave);
  plot.addEventListener("click", (event) => {
    const n = nearest(event);
    if (n >= 0) look(n);
    open();
  });
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, PageUp: -10, PageDown: 10 }[event.key];
    if (event.key === "Enter") open();
    if (!step || !points.length) return;
    event.preventDefault();
    look(looked < 0 ? 0 : looked + step);
  });
  for (const select of [knob, outcome, scenario]) select.addEventListener("change", draw);
  const onState = () => {
    const state = dataOf(model, "state");
    if (!state) return;
    line.answered(state.answered);
    if (state.error) note.textContent = state.error;
  };
  const resized = new ResizeObserver(() => data && draw());
  resized.observe(plot);
  model.on("change:data", take);
  model.on("change:state", onState);
  take();
  return () => {
    resized.disconnect();
    model.off("change:data", take);
    model.off("change:state", onState);
  };
}

export default { render };
