// Weeks of a study: medians with 50 and 90 % bands, or stacked medians; a panel a scenario, on the same scale.

const PAD = { left: 40, right: 10, top: 14, bottom: 19 };
FILLS.landed = 7;
FILLS["at the coast"] = 8;

const area = (low, high, x, y) => `${line(high, x, y)}${low.map((v, k) => `L${x(k).toFixed(1)} ${y(v).toFixed(1)}`).reverse().join("")}Z`;

/** The highest value that a view shows in any panel. */
function topOf(view, mark) {
  const tops = mark ? [mark * 1.05] : [0];
  for (const { fan, stack, counts } of view.panels) {
    for (const count of counts ?? []) tops.push(count.value, count.high90);
    if (fan) tops.push(...fan.high90);
    if (stack?.length) tops.push(...pile(stack).at(-1).upper);
  }
  return Math.max(...tops) || 1;
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-chart cv-fan" });
  el.style.height = "100%";
  const head = add(root, "div", { class: "cv-chart-head" });
  const title = add(head, "h2");
  const unit = add(head, "span", { class: "cv-chart-unit" });
  const chips = chipRow(head, (name) => choose(name));
  const files = exporter(head, root, () => ({ title: data.title, view: chosen, unit: data.unit, svgs: plots.map((p) => p.svg), keys: keys(), rows }));
  const legend = add(root, "div", { class: "cv-legend" });
  const panes = add(root, "div", { class: "cv-panes" });
  let data = null;
  let chosen = null;
  let plots = [];
  let pending = 0;
  let pointed = -1;

  const before = () => data.from ?? 0; // weeks of counts alone, before the first band
  const view = () => data.views.find((v) => v.name === chosen) ?? data.views[0];
  const colour = (k) => (k || data.panels.length === 1 ? "var(--c0)" : "var(--base)");

  function choose(name) {
    chosen = name;
    root.dataset.view = name;
    chips.press(name);
    tellLegend();
    ask();
  }

  function tellLegend() {
    legend.replaceChildren();
    const key = (style, text) => legendKey(legend, style, text);
    const now = view();
    if (now.note) add(legend, "b", {}, now.note);
    if (data.together) {
      data.panels.forEach((panel, k) => key(`background:${togetherColour(k)};height:3px`, `${LETTERS[k]} ${panel.title}`));
      key("background:var(--faint)", "shade: 90 % of runs");
      return;
    }
    if (now.panels[0].stack) {
      for (const part of now.panels[0].stack) key(`background:var(--fill${FILLS[part.name] ?? 0})`, part.name);
      if (data.panels.length > 1) key("border-top:2px dashed var(--ghost);height:0", "sum in A");
      return;
    }
    const own = colour(data.panels.length - 1);
    key(`background:${own};height:2.5px`, "median");
    key(`background:color-mix(in srgb, ${own} 42%, transparent)`, "50 % of runs");
    key(`background:color-mix(in srgb, ${own} 20%, transparent)`, "90 %");
    if (data.panels.length > 1) key("border-top:2px dashed var(--ghost);height:0", "A in B's panel, with its 90 %");
    if (now.panels[0].counts?.length) key("background:var(--over);height:2.5px", "counted; behind it what was forecast of it");
  }

  function build() {
    title.textContent = data.title;
    files.called(data.title);
    unit.textContent = data.unit;
    chips.show(data.views.map((view) => view.name));
    panes.replaceChildren();
    const together = { title: `${data.panels.length} scenarios`, events: data.panels.flatMap((panel) => panel.events) };
    plots = (data.together ? [together] : data.panels).map((panel, k) => {
      const pane = add(panes, "div", { class: "cv-pane" });
      const name = add(pane, "div", { class: "cv-pane-name" });
      name.style.display = data.together ? "none" : "";
      if (data.panels.length > 1) add(name, "b", { class: `cv-mark-${"ab"[k]}` }, "AB"[k]);
      add(name, "span", { title: panel.title }, panel.title);
      const plot = add(pane, "div", { class: "cv-plot", tabindex: 0, role: "img" });
      const svg = add(plot, "svg", { "aria-hidden": "true" });
      const layers = Object.fromEntries(["grid", "areas", "events", "lines", "cross"].map((n) => [n, add(svg, "g")]));
      const entry = { panel, plot, svg, layers, tip: tooltip(plot) };
      listen(entry);
      resized.observe(plot);
      return entry;
    });
    const still = data.views.some((v) => v.name === chosen);
    choose(still ? chosen : data.first || data.views[0].name);
  }

  function take() {
    const fresh = dataOf(model);
    if (!fresh) return;
    data = fresh;
    pointed = -1;
    build();
  }

  function ask() {
    if (!pending) pending = requestAnimationFrame(paint);
  }

  function paint() {
    pending = 0;
    if (!data) return;
    const marks = ticks(topOf(view(), data.mark?.[0]), 4);
    plots.forEach((entry, k) => draw(entry, k, marks));
    describe();
    if (pointed >= 0) crossAll(pointed);
  }

  function draw(entry, k, marks) {
    const { plot, layers } = entry;
    const [w, h] = [plot.clientWidth, plot.clientHeight];
    if (w < 60 || h < 40) return;
    const top = marks.at(-1);
    const share = (day) => day / Math.max(data.days - 1, 1);
    entry.place = (day) => PAD.left + share(day) * (w - PAD.left - PAD.right);
    const x = (week) => entry.place(Math.min((week + before()) * data.every + data.every - 1, data.days - 1));
    const y = (v) => h - PAD.bottom - (v / top) * (h - PAD.top - PAD.bottom);
    Object.assign(entry, { x, y, w, h });
    for (const layer of Object.values(layers)) layer.replaceChildren();
    axes(entry, marks);
    if (data.together) drawTogether(layers, view().panels, x, y);
    else alone(entry, k);
    events(entry);
    if (data.today !== undefined) drawToday(entry.layers.lines, entry.place(data.today), h, PAD);
    const day = model.get("day");
    if (day) add(layers.lines, "path", { class: "cv-now", d: `M${entry.place(day - 1)} ${PAD.top - 4}V${h - PAD.bottom}` });
  }

  /** A scenario in a panel of its own. */
  function alone({ layers, x, y, place }, k) {
    const { fan, stack, counts } = view().panels[k];
    const before = k ? view().panels[0] : null;
    if (counts) drawCounts(layers, counts, place, y, colour(k));
    if (stack) {
      for (const part of pile(stack)) {
        add(layers.areas, "path", { d: area(part.lower, part.upper, x, y), fill: `var(--fill${FILLS[part.name] ?? 0})`,
          "data-name": part.name });
      }
      if (before?.stack.length) add(layers.lines, "path", { class: "cv-top", d: line(pile(before.stack).at(-1).upper, x, y) });
    } else {
      if (before) {
        add(layers.areas, "path", { class: "cv-ghost-band", d: area(before.fan.low90, before.fan.high90, x, y) });
        add(layers.lines, "path", { class: "cv-top", d: line(before.fan.median, x, y), "data-ghost": "median" });
      }
      for (const width of ["90", "50"]) {
        add(layers.areas, "path", { class: `cv-band cv-band-${width}`, d: area(fan[`low${width}`], fan[`high${width}`], x, y), fill: colour(k) });
      }
      add(layers.lines, "path", { class: "cv-line", d: line(fan.median, x, y), stroke: colour(k), "data-name": fan.name });
    }
  }

  /** The legend as words and colours. */
  function keys() {
    const ghost = getComputedStyle(root).getPropertyValue("--ghost").trim();
    return [...legend.querySelectorAll("span:has(> i)")].map((entry) => {
      const { backgroundColor: paint } = getComputedStyle(entry.firstChild);
      return [entry.textContent, paint === "rgba(0, 0, 0, 0)" ? ghost : paint];
    });
  }

  /** A row a week and scenario (and status). */
  function rows() {
    const ends = ["low90", "low50", "median", "high50", "high90"];
    const week = (k) => dateOf(data.start, (k + before()) * data.every).toISOString().slice(0, 10);
    const stacked = Boolean(view().panels[0].stack);
    const found = view().panels.flatMap(({ fan, stack }, n) => {
      const { name } = data.panels[n];
      if (stack) return stack.flatMap((part) => part.values.map((value, k) => [week(k), name, part.name, value]));
      return fan.median.map((_, k) => [week(k), name, ...ends.map((end) => fan[end][k])]);
    });
    const { counts, fan } = view().panels[0];
    if (counts) return countRows(data, counts, fan);
    return [["week", "scenario", ...(stacked ? ["status", "median"] : ends)], ...found];
  }

  function axes({ layers, place, y, w, h }, marks) {
    for (const value of marks) {
      add(layers.grid, "path", { class: value ? "cv-grid" : "cv-zero", d: `M${PAD.left} ${y(value)}H${w - PAD.right}` });
      add(layers.grid, "text", { x: PAD.left - 6, y: y(value) + 3.5, "text-anchor": "end" }, short(value));
    }
    if (data.mark) {
      add(layers.grid, "path", { class: "cv-mark", d: `M${PAD.left} ${y(data.mark[0])}H${w - PAD.right}` });
      add(layers.grid, "text", { class: "cv-mark-text", x: PAD.left + 4, y: y(data.mark[0]) - 4 }, data.mark[1]);
    }
    for (const day of months(data.start, data.days, (w - PAD.left) / 44)) {
      const style = dateOf(data.start, day).getUTCMonth() ? { month: "short" } : { year: "numeric" };
      add(layers.grid, "text", { x: Math.min(place(day), w - 14), y: h - 4, "text-anchor": "middle" }, dateText(data.start, day, style));
    }
  }

  function events({ layers, panel, place, h }) {
    for (const event of panel.events) {
      const at = place(Math.max(event.day, 0));
      if (event.day > 0) add(layers.events, "path", { class: "cv-event", d: `M${at} ${PAD.top - 5}V${h - PAD.bottom}` });
      add(layers.events, "path", { class: "cv-flag", d: `M${at} ${PAD.top - 11}l6 3.5l-6 3.5z`, "data-event": event.title });
    }
  }

  const weeks = () => {
    const { fan, stack } = view().panels[0];
    return (fan?.median ?? stack?.[0]?.values ?? []).length;
  };

  function describe() {
    root.dataset.weeks = weeks();
    root.dataset.panels = data.panels.length;
    root.dataset.together = Boolean(data.together);
    root.dataset.day = model.get("day");
    const last = view().panels.map(({ fan, stack }) => (fan ? fan.median.at(-1) : stack.reduce((s, p) => s + (p.values.at(-1) ?? 0), 0)));
    root.dataset.last = JSON.stringify(last);
    root.dataset.peaks = JSON.stringify(view().panels.map(({ fan }) => (fan ? Math.max(...fan.median) : null)));
    plots.forEach(({ plot, panel }, k) => plot.setAttribute("aria-label", `${data.title}, ${chosen}, ${panel.title}: `
      + `${number(last[k] ?? 0)} in the last week, ${data.unit}. Arrow keys go through the weeks.`));
  }

  function crossAll(week, source = null) {
    pointed = Math.min(Math.max(week, 0), weeks() - 1);
    plots.forEach((entry, k) => {
      entry.layers.cross.replaceChildren();
      if (!entry.x) return;
      const at = entry.x(pointed);
      add(entry.layers.cross, "path", { class: "cv-cross", d: `M${at} ${PAD.top - 4}V${entry.h - PAD.bottom}` });
      if (source !== null && source !== entry) entry.tip.hide();
      else if (source === entry) entry.tip.show(linesOf(k), at, entry.h / 2);
    });
  }

  function linesOf(k) {
    if (data.together) return linesTogether(data, view().panels, pointed);
    const from = dateText(data.start, (pointed + before()) * data.every, SHORT_DATE);
    const lines = [`Week of ${from}`];
    const { fan, stack } = view().panels[k];
    const base = k ? view().panels[0] : null;
    if (fan) {
      const range = (f, width) => `${number(f[`low${width}`][pointed])} to ${number(f[`high${width}`][pointed])}`;
      lines.push(["median", number(fan.median[pointed]), colour(k)], ["50 % of runs", range(fan, 50)], ["90 % of runs", range(fan, 90)]);
      if (base) lines.push(["A, median", number(base.fan.median[pointed]), "var(--ghost)"]);
    } else {
      stack.forEach((p, n) => {
        const was = base ? ` (${number(base.stack[n].values[pointed])})` : "";
        lines.push([p.name, `${number(p.values[pointed])}${was}`, `var(--fill${FILLS[p.name] ?? 0})`]);
      });
      if (base) lines.push("in brackets: A");
    }
    const [first, last] = [pointed * data.every, pointed * data.every + data.every];
    for (const e of plots[k].panel.events) {
      if (e.day >= first && e.day < last) lines.push([e.title, `from ${dateText(data.start, Math.max(e.day, 0), SHORT_DATE)}`]);
    }
    return lines;
  }

  function leave() {
    pointed = -1;
    for (const { layers, tip } of plots) {
      layers.cross.replaceChildren();
      tip.hide();
    }
  }

  function listen(entry) {
    const { plot } = entry;
    plot.addEventListener("pointermove", (event) => {
      if (!entry.x) return;
      const inside = plot.getBoundingClientRect();
      const day = ((event.clientX - inside.left - PAD.left) / (entry.w - PAD.left - PAD.right)) * (data.days - 1);
      crossAll(Math.floor(day / data.every) - before(), entry);
    });
    plot.addEventListener("pointerleave", leave);
    plot.addEventListener("blur", leave);
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, PageUp: -8, PageDown: 8 }[event.key];
      if (event.key === "Escape") leave();
      if (!step || !entry.x) return;
      event.preventDefault();
      crossAll(pointed < 0 ? weeks() - 1 : pointed + step, entry);
    });
  }

  const resized = new ResizeObserver(ask);
  model.on("change:data", take);
  model.on("change:day", ask);
  take();
  return () => {
    cancelAnimationFrame(pending);
    resized.disconnect();
    model.off("change:data", take);
    model.off("change:day", ask);
  };
}

export default { render };
