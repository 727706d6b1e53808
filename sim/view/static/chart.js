// A chart over the days of a run: lines, or stacked areas with lines above; the baseline as a ghost; events.

/** The bands of a view, by what they are of: its lines or, of a stack, its sum. None, if it does not say of what kind they are. */
function bandsOf(bands, view) {
  const kind = bands?.[view.bands];
  if (!kind) return [];
  if (view.stack) return kind[view.name] ? [{ name: "sum", band: kind[view.name], stack: true }] : [];
  return view.lines.map((line, k) => ({ name: line.name, code: line.code, line, k, band: kind[line.code] })).filter(({ band }) => band);
}

/** All that the drawing of one view needs, worked out once. */
function prepare(data, ghost, name, bands) {
  const view = data.views.find((v) => v.name === name) ?? data.views[0];
  const before = ghost?.views.find((v) => v.name === view.name) ?? null;
  const stack = pile(view.stack ?? []);
  const under = pile(before?.stack ?? []);
  const tops = [...(view.lines ?? []), ...(before?.lines ?? [])].flatMap((l) => l.values);
  for (const edges of [stack, under]) if (edges.length) tops.push(...edges[edges.length - 1].upper);
  for (const { band } of bandsOf(bands, view)) tops.push(...band.high);
  if (data.mark) tops.push(data.mark[0] * 1.05);
  return { view, before, stack, under, top: tops.reduce((a, b) => Math.max(a, b), 0) || 1 };
}

function legendOf(box, parts, onLook) {
  box.replaceChildren();
  for (const { name, code, colour, kind } of parts) {
    const entry = add(box, "span", { tabindex: code ? 0 : -1, "data-code": code ?? "" });
    const mark = kind === "words" ? null : add(entry, "svg", { width: 14, height: 10, "aria-hidden": "true" });
    if (kind === "area") add(mark, "rect", { width: 12, height: 9, rx: 2, fill: colour });
    else if (mark) {
      add(mark, "path", { d: "M0 5H14", stroke: colour, "stroke-width": 2.2,
        "stroke-dasharray": kind === "ghost" ? "3 2.5" : "none" });
    }
    add(entry, "span", {}, name);
    if (!code) continue;
    for (const event of ["pointerenter", "focus"]) entry.addEventListener(event, () => onLook(code));
    for (const event of ["pointerleave", "blur"]) entry.addEventListener(event, () => onLook(null));
  }
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-chart" });
  el.style.height = "100%";
  const head = add(root, "div", { class: "cv-chart-head" });
  const title = add(head, "h2");
  const unit = add(head, "span", { class: "cv-chart-unit" });
  const chips = chipRow(head, (name) => {
    picked = true;
    choose(name);
  });
  const files = exporter(head, root, () => ({ title: data.title, view: chosen, unit: data.unit, svgs: [svg], keys: keys(), rows }));
  const legendBox = add(root, "div", { class: "cv-legend" });
  const plot = add(root, "div", { class: "cv-plot", tabindex: 0, role: "img" });
  const svg = add(plot, "svg", { "aria-hidden": "true" });
  const tip = tooltip(plot);
  const layers = Object.fromEntries(["grid", "areas", "spreads", "events", "ghosts", "lines", "cross"].map((n) => [n, add(svg, "g")]));
  let data = null;
  let ghost = null;
  let bands = null;
  let chosen = null;
  let drawn = null;
  let look = null;
  let pending = 0;
  let due = false;
  let pointed = -1;
  let taken = ""; // the text of `data`
  let edition = 0; // of all that is drawn but the days that come on top
  let size = [0, 0];
  let kept = { key: "" }; // what was drawn, and the paths that grow

  let picked = false; // whether the reader has chosen a view

  const colourOf = (k, name) => `var(--c${LINES[name] ?? k % 7})`;
  const fillOf = (name, k) => `var(--fill${FILLS[name] ?? k % 7})`;

  function choose(name) {
    chosen = name;
    root.dataset.view = name;
    chips.press(name);
    legend();
    ask();
  }

  function legend() {
    const view = data.views.find((v) => v.name === chosen) ?? data.views[0];
    const entries = [];
    (view.stack ?? []).forEach((p, k) => entries.push({ name: p.name, colour: fillOf(p.name, k), kind: "area" }));
    (view.lines ?? []).forEach((l, k) => {
      const colour = view.stack ? "var(--over)" : colourOf(k, l.name);
      entries.push({ name: brief(l.name), code: l.code, colour, kind: "line" });
    });
    const shaded = withBands();
    if (bandsOf(bands, view).length) entries.push({ name: `shade: 90 % of ${view.stack ? "the sum in " : ""}${bands.replicates} runs`, colour: "var(--faint)", kind: "area" });
    else if (shaded) entries.push({ name: `90 % of ${bands.replicates} runs: in “${shaded.name}”`, kind: "words" });
    if (ghost) entries.push({ name: "without changes", colour: "var(--ghost)", kind: "ghost" });
    legendOf(legendBox, entries, view.bands === "persons" ? (code) => onLook({ detail: code }) : lookAt);
  }

  /** The first view that has bands. */
  const withBands = () => data.views.find((v) => bandsOf(bands, v).length);

  /** The legend as words and colours. */
  function keys() {
    return [...legendBox.children].filter((entry) => entry.querySelector("rect, path")).map((entry) => {
      const mark = entry.querySelector("rect, path");
      const style = getComputedStyle(mark);
      return [entry.textContent, mark.tagName === "rect" ? style.fill : style.stroke];
    });
  }

  /** A row a day, a column a series; those without changes and of the band beside it. */
  function rows() {
    const { view, before } = drawn.set;
    const series = [...(view.stack ?? []), ...(view.lines ?? [])];
    const columns = series.map((one) => [one.name, (k) => one.values[k]]);
    for (const one of [...(before?.stack ?? []), ...(before?.lines ?? [])]) columns.push([`${one.name}, without changes`, (k) => one.values[k]]);
    for (const { name, band } of bandsOf(bands, view)) {
      for (const end of ["low", "high"]) columns.push([`${name}, ${end} end of 90 %`, (k) => band[end][Math.floor((k * data.every) / bands.every)]]);
    }
    const days = Math.ceil(data.days / data.every);
    const date = (k) => dateOf(data.start, k * data.every).toISOString().slice(0, 10);
    return [["date", ...columns.map(([name]) => name)], ...Array.from({ length: days }, (_, k) => [date(k), ...columns.map(([, at]) => at(k))])];
  }

  function take() {
    const text = model.get("data");
    if (!text) return;
    if (text !== taken) takeWhole(JSON.parse(text));
    taken = text;
    grow(data, model.get("more"));
    soon();
  }

  function takeWhole(fresh) {
    const names = fresh.views.map((v) => v.name).join("|");
    const other = !data || data.start !== fresh.start || names !== data.views.map((v) => v.name).join("|");
    data = fresh;
    edition += 1;
    if (other) {
      title.textContent = data.title;
      unit.textContent = data.unit;
      files.called(data.title);
      chips.show(data.views.length > 1 ? data.views.map((view) => view.name) : []);
      const still = data.views.some((v) => v.name === chosen);
      choose(still ? chosen : fullest());
      showBands();
    }
  }

  /** The view to begin with: the first, or where the baseline's lines rise highest. */
  function fullest() {
    if (!ghost || data.views.some((v) => v.stack)) return data.views[0].name;
    const peak = (v) => v.lines.reduce((a, l) => l.values.reduce((b, c) => Math.max(b, c), a), 0);
    const best = ghost.views.reduce((a, b) => (peak(b) > peak(a) * 1.5 ? b : a));
    return best.name;
  }

  function takeGhost() {
    ghost = dataOf(model, "ghost");
    edition += 1;
    if (data) {
      legend();
      ask();
    }
  }

  function takeBands() {
    bands = dataOf(model, "bands");
    edition += 1;
    root.dataset.bands = bands ? bands.replicates : 0;
    if (data) showBands();
  }

  /** Show the view that has bands, unless the one on screen has some, or the reader has chosen it. */
  function showBands() {
    const [now, shaded] = [data.views.find((v) => v.name === chosen), withBands()];
    if (shaded && !picked && !bandsOf(bands, now).length) choose(shaded.name);
    legend();
    ask();
  }

  /** Bands of replicates by week, beneath the lines. */
  function spread(view, x, y) {
    const at = (week) => x(Math.min((week + 1) * bands.every - 1, data.days - 1) / data.every);
    for (const { band, stack, line: l, k } of bandsOf(bands, view)) {
      const d = bandPath({ lower: band.low, upper: band.high }, at, y);
      if (stack) add(layers.spreads, "path", { class: "cv-spread cv-spread-sum", d, "data-band": "sum" });
      else add(layers.spreads, "path", { class: `cv-spread${dim(l)}`, d, fill: colourOf(k, l.name), "data-band": l.code });
    }
  }

  function ask() {
    if (!pending) pending = requestAnimationFrame(paint);
  }

  /** New data are drawn at once: a frame that is awaited first would be a frame later. A hidden page awaits none. */
  function soon() {
    if (document.hidden) ask();
    else if (!due) {
      due = true;
      queueMicrotask(paint);
    }
  }

  function paint() {
    cancelAnimationFrame(pending);
    pending = 0;
    due = false;
    const [w, h] = size;
    if (!data || w < 60 || h < 50) return;
    const set = prepare(data, ghost, chosen, bands);
    const marks = ticks(set.top, h > 150 ? 4 : 3);
    const top = marks[marks.length - 1];
    const x = (k) => ROOM.left + ((k * data.every) / Math.max(data.days - 1, 1)) * (w - ROOM.left - ROOM.right);
    const y = (v) => h - ROOM.bottom - (v / top) * (h - ROOM.top - ROOM.bottom);
    drawn = { set, x, y, w, h };
    const key = JSON.stringify([edition, chosen, look, w, h, top]);
    if (key !== kept.key) kept = { key, ...drawAll(set, marks) };
    set.stack.forEach((part, k) => kept.areas[k].setAttribute("d", kept.bands[k](part)));
    (set.view.lines ?? []).forEach((l, k) => kept.lines[k].setAttribute("d", kept.paths[k](l.values)));
    const now = data.day ? x((data.day - 1) / data.every) : 0;
    kept.now.setAttribute("d", data.day ? `M${now} ${ROOM.top - 4}V${h - ROOM.bottom}` : "");
    describe(set);
    if (pointed >= 0) cross(pointed);
  }

  /** Everything anew; what grows has no path yet. */
  function drawAll(set, marks) {
    const { x, y, w, h } = drawn;
    for (const layer of Object.values(layers)) layer.replaceChildren();
    axes(marks, w, h, x, y);
    const areas = set.stack.map((part, k) => add(layers.areas, "path",
      { class: "cv-area", fill: fillOf(part.name, k), "data-name": part.name }));
    if (set.under.length) {
      add(layers.ghosts, "path", { class: "cv-top", d: line(set.under[set.under.length - 1].upper, x, y), "data-ghost": "sum" });
    }
    const plain = !set.view.stack;
    (set.before?.lines ?? []).forEach((l, k) => add(layers.ghosts, "path",
      { class: `cv-ghost${dim(l)}`, d: line(l.values, x, y), stroke: plain ? colourOf(k, l.name) : "var(--over)" }));
    const lines = (set.view.lines ?? []).map((l, k) => add(layers.lines, "path",
      { class: `cv-line${dim(l)}${look && l.code === look ? " cv-looked" : ""}`,
        stroke: plain ? colourOf(k, l.name) : "var(--over)", "data-name": l.name }));
    if (bands) spread(set.view, x, y);
    events(w, h, x);
    const now = add(layers.lines, "path", { class: "cv-now" });
    return { areas, lines, now, bands: areas.map(() => growingBand(x, y)), paths: lines.map(() => growingLine(x, y)) };
  }

  const dim = (l) => (look && set_has(look) && l.code !== look ? " cv-dim" : "");
  const set_has = (code) => drawn?.set.view.lines?.some((l) => l.code === code);

  function axes(marks, w, h, x, y) {
    for (const value of marks) {
      add(layers.grid, "path", { class: value ? "cv-grid" : "cv-zero", d: `M${ROOM.left} ${y(value)}H${w - ROOM.right}` });
      add(layers.grid, "text", { x: ROOM.left - 6, y: y(value) + 3.5, "text-anchor": "end" }, short(value));
    }
    if (data.mark) {
      const level = y(data.mark[0]);
      add(layers.grid, "path", { class: "cv-mark", d: `M${ROOM.left} ${level}H${w - ROOM.right}` });
      add(layers.grid, "text", { class: "cv-mark-text", x: w - ROOM.right, y: level - 4, "text-anchor": "end" }, data.mark[1]);
    }
    for (const day of months(data.start, data.days, (w - ROOM.left) / 44)) {
      const style = dateOf(data.start, day).getUTCMonth() ? { month: "short" } : { year: "numeric" };
      const place = Math.min(x(day / data.every), w - 14);
      add(layers.grid, "text", { x: place, y: h - 5, "text-anchor": "middle" }, dateText(data.start, day, style));
    }
  }

  function events(w, h, x) {
    for (const event of data.events) {
      const [from, known] = [Math.max(event.day, 0), event.announced];
      const place = x(from / data.every);
      if (known !== null && known < event.day) {
        add(layers.events, "path", { class: "cv-event", d: `M${x(Math.max(known, 0) / data.every)} ${ROOM.top - 6}H${place}` });
      }
      if (from > 0) add(layers.events, "path", { class: "cv-event", d: `M${place} ${ROOM.top - 6}V${h - ROOM.bottom}` });
      add(layers.events, "path", { class: event.fails ? "cv-flag cv-fails" : "cv-flag",
        d: `M${place} ${ROOM.top - 12}l6 3.5l-6 3.5z`, "data-event": event.title });
    }
  }

  function describe(set) {
    const points = (set.stack[0] ?? set.view.lines?.[0])?.values.length ?? 0;
    root.dataset.points = points;
    root.dataset.day = data.day;
    root.dataset.ghost = (set.under[0] ?? set.before?.lines?.[0])?.values.length ?? 0;
    root.dataset.events = data.events.length;
    const all = [...(set.view.stack ?? []), ...(set.view.lines ?? [])];
    root.dataset.last = JSON.stringify(Object.fromEntries(all.map((l) => [l.name, l.values[l.values.length - 1] ?? null])));
    const between = points ? ranges(set.view, points - 1) : new Map();
    root.dataset.ranges = JSON.stringify(Object.fromEntries(between));
    const of = (name) => (between.has(name) ? ` (90 % ${rangeText(between.get(name))})` : "");
    const now = all.map((l) => `${brief(l.name)} ${points ? number(l.values[points - 1]) : "none yet"}${of(l.name)}`).join(", ") + (between.has("sum") ? `; sum${of("sum")}` : "");
    plot.setAttribute("aria-label", `${data.title}, ${data.unit}, ${set.view.name}. ${now}. Arrow keys go through the days.`);
  }

  /** The band of each line, or of the sum, in the last whole week up to a point, as the figures have it; none before. */
  function ranges(view, k) {
    const shown = bandsOf(bands, view);
    if (!shown.length || k * data.every + 1 < bands.every) return new Map();
    const week = Math.min(Math.floor((k * data.every + 1) / bands.every), shown[0].band.low.length) - 1;
    return new Map(shown.map(({ name, band }) => [name, [band.low[week], band.high[week]]]));
  }

  const rangeText = (ends, digits = drawn.set.view.bands === "persons" ? 0 : null) => ends.map((end) => number(end, digits)).join(" to ");

  /** The figures of one day, and of the events around it. */
  function cross(k) {
    const { set, x, w, h } = drawn;
    const most = Math.ceil(data.days / data.every) - 1;
    pointed = Math.min(Math.max(k, 0), most);
    layers.cross.replaceChildren();
    const place = x(pointed);
    add(layers.cross, "path", { class: "cv-cross", d: `M${place} ${ROOM.top - 4}V${h - ROOM.bottom}` });
    const day = pointed * data.every;
    const between = ranges(set.view, pointed);
    const words = [ghost ? "in brackets: without changes" : "", between.size ? `after the dot: 90 % of ${bands.replicates} runs, last whole week` : ""].filter(Boolean).join("; ");
    const lines = [dateText(data.start, day, SHORT_DATE_YEAR) + (words && ` (${words})`)];
    const rows = [...(set.view.stack ?? []), ...(set.view.lines ?? [])];
    const old = [...(set.before?.stack ?? []), ...(set.before?.lines ?? [])];
    rows.forEach((l, n) => {
      const colour = n < (set.view.stack ?? []).length ? fillOf(l.name, n) : set.view.stack ? "var(--over)" : colourOf(n, l.name);
      const value = l.values[pointed];
      const was = old.find((o) => o.name === l.name)?.values[pointed];
      const base = was === undefined ? "" : value === undefined ? `(${number(was)})` : was === value ? "" : ` (${number(was)})`;
      const range = between.has(l.name) ? ` · ${rangeText(between.get(l.name))}` : "";
      if (value !== undefined || base || range) lines.push([brief(l.name), `${value === undefined ? "" : number(value)}${base}${range}`, colour]);
    });
    if (between.has("sum")) lines.push(["sum", `· ${rangeText(between.get("sum"))}`]);
    const near = data.events.filter((e) => Math.abs(x(Math.max(e.day, 0) / data.every) - place) < 7);
    for (const e of near) {
      lines.push([`${e.title}${e.fails ? " (fails)" : ""}`, `from ${dateText(data.start, e.day, SHORT_DATE)}`]);
    }
    tip.show(lines, place, h / 2);
  }

  function leave() {
    pointed = -1;
    layers.cross.replaceChildren();
    tip.hide();
  }

  plot.addEventListener("pointermove", (event) => {
    if (!drawn) return;
    const inside = plot.getBoundingClientRect();
    const share = (event.clientX - inside.left - ROOM.left) / (drawn.w - ROOM.left - ROOM.right);
    cross(Math.round((share * (data.days - 1)) / data.every));
  });
  plot.addEventListener("pointerleave", leave);
  plot.addEventListener("blur", leave);
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, PageUp: -30, PageDown: 30 }[event.key];
    if (event.key === "Escape") leave();
    if (!step || !drawn) return;
    event.preventDefault();
    const from = pointed < 0 ? Math.max(Math.floor((data.day - 1) / data.every), 0) : pointed + step;
    cross(from);
  });
  const onLook = (event) => {
    look = event.detail;
    for (const entry of legendBox.children) entry.classList.toggle("cv-looked", Boolean(look) && entry.dataset.code === look);
    const home = data?.views.find((v) => v.lines?.some((l) => l.code === look));
    if (home && home.name !== chosen && !root.matches(":hover")) choose(home.name);
    else ask();
  };
  window.addEventListener("corridor-look", onLook);
  model.on("change:data", take);
  model.on("change:more", take);
  model.on("change:ghost", takeGhost);
  model.on("change:bands", takeBands);
  const resized = new ResizeObserver(() => {
    size = [plot.clientWidth, plot.clientHeight];
    paint();
  });
  resized.observe(plot);
  ghost = dataOf(model, "ghost");
  takeBands();
  take();
  return () => {
    cancelAnimationFrame(pending);
    resized.disconnect();
    window.removeEventListener("corridor-look", onLook);
    model.off("change:data", take);
    model.off("change:more", take);
    model.off("change:ghost", takeGhost);
    model.off("change:bands", takeBands);
  };
}

export default { render };
