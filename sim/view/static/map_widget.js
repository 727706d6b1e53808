// The map as a widget: size, theme, pointer and keys, and telling the model when a frame is painted.

function legend(parent, modes) {
  const box = add(parent, "div", { class: "cv-map-legend" });
  add(box, "span", {}).innerHTML = "<b>Border pressure</b> patrol calls / capacity";
  const scale = add(box, "svg", { class: "cv-scale", viewBox: "0 0 210 26", role: "img",
    "aria-label": "Scale of border pressure from 0 to 2 and more; 1 is full load" });
  const bars = Array.from({ length: 40 }, (_, k) => add(scale, "rect", { x: 5 + k * 5, y: 0, width: 5.5, height: 9 }));
  for (const [value, text] of [[0, "0"], [0.5, "0.5"], [1, "1 full"], [1.5, "1.5"], [2, "2+"]]) {
    add(scale, "text", { x: 5 + value * 100, y: 22, "font-size": 11, fill: "currentColor", "text-anchor": "middle" }, text);
  }
  const keys = add(box, "div", { class: "cv-keys" });
  const entry = (colour, text, glyph) => {
    const span = add(keys, "span");
    const svg = add(span, "svg", { width: 14, height: 14, viewBox: "-1.2 -1.2 2.4 2.4", "aria-hidden": "true" });
    if (glyph) add(svg, "polygon", { points: GLYPHS[glyph].join(" "), fill: `var(--${colour})` });
    else add(svg, "circle", { r: 0.9, fill: `var(--${colour})`, opacity: 0.8 });
    add(span, "span", {}, text);
  };
  for (const { colour, departure, glyph } of Object.values(modes)) entry(colour, departure, glyph);
  entry("camp", "persons; core: stranded");
  const paint = (dark) => bars.forEach((bar, k) => bar.setAttribute("fill", scaleColour((k + 0.5) / 20, dark)));
  return { box, paint };
}

function nearest(hits, x, y) {
  let best = null;
  for (const hit of hits) {
    const away = hit.line ? toLine(hit.line, x, y) - hit.reach : Math.hypot(hit.x - x, hit.y - y) - hit.r;
    if (away > 0) continue;
    const rank = { mark: 0, camp: 1, landing: 1, coast: 2, section: 3, route: 4 }[hit.kind];
    if (!best || rank < best.rank || (rank === best.rank && away < best.away)) best = { hit, rank, away };
  }
  return best?.hit ?? null;
}

function toLine(line, x, y) {
  let least = Infinity;
  for (let k = 1; k < line.length; k += 1) {
    const [[ax, ay], [bx, by]] = [line[k - 1], line[k]];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0), 1);
    least = Math.min(least, Math.hypot(ax + t * dx - x, ay + t * dy - y));
  }
  return least;
}

const [LATE, SLOW, SHORT] = [60, 700, 200]; // milliseconds

/** How long marks move to their places of the new day: until the next one while days play, else a moment. */
function motion(since) {
  return since > SLOW ? SHORT : Math.max(since, 60);
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-map" });
  el.style.height = "100%";
  const canvas = add(root, "canvas", { tabindex: 0, role: "img" });
  const head = add(root, "div", { class: "cv-map-head" });
  const [date, day] = [add(head, "div", { class: "cv-map-date" }), add(head, "div", { class: "cv-map-day" })];
  let geometry = readGeometry(model.get("geometry"));
  const key = legend(root, geometry.modes);
  menu(root, () => `map ${date.textContent}`, { PNG: () => new Promise((done) => canvas.toBlob(done, "image/png")) }).called("the map");
  const missing = add(root, "div", { class: "cv-map-missing", role: "note" });
  const tip = tooltip(root);
  const ctx = canvas.getContext("2d");
  const state = { geometry, ink: null, frame: null, views: null, delta: 0, look: null, dark: false };
  let base = null;
  let shape = "";
  let hits = [];
  let began = 0;
  let duration = 0;
  let pending = 0;
  let asked = 0;
  let due = false;
  let size = [0, 0];
  let last = { day: 0, time: 0 };
  let focus = -1;

  function layOut() {
    const [w, h] = size;
    if (!w || !h || !state.frame) return;
    const ratio = window.devicePixelRatio || 1;
    state.dark = Boolean(root.closest(".theme--dark, [data-theme='dark']"));
    const { limit, world: box, border: inset } = geometry;
    const wanted = JSON.stringify([w, h, ratio, state.dark, box, inset, state.frame.hubs.map((hub) => hub.place)]);
    if (wanted === shape) return;
    shape = wanted;
    state.ink = colours(root, geometry.modes);
    canvas.width = w * ratio;
    canvas.height = h * ratio;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    let aside = Math.round(Math.min(Math.max(h * 0.78, w * 0.27), w * 0.42));
    const mainOf = () => pane({ x: 0, y: 0, w: w - aside - 5, h }, box, limit);
    aside += Math.max(Math.ceil(mainOf().w - (limit.east - limit.west) * mainOf().scale), 0); // no sea where the map ends
    const main = mainOf();
    state.views = [main, { ...pane({ x: w - aside, y: 0, w: aside, h }, inset, limit), inset: true }];
    const ends = placesOf(state).map((place) => at(main, place.at));
    placeLegend(main, ends);
    key.paint(state.dark);
    base = drawBase({ w, h }, state.views, state, ratio, (x, y, width) =>
      !ends.some(([ex, ey]) => Math.abs(ex - x) < 62 && Math.abs(ey - y) < 24) && !underLegend(x, y, width));
  }

  function underLegend(x, y, width) {
    const { offsetLeft: left, offsetTop: top, offsetWidth: w, offsetHeight: h } = key.box;
    return x + width / 2 > left && x - width / 2 < left + w && y + 7 > top && y - 7 < top + h;
  }

  /** The legend stands in the lower corner of the main pane in which fewer routes begin. */
  function placeLegend(main, ends) {
    const [w, h] = [key.box.offsetWidth + 60, key.box.offsetHeight + 40];
    const low = ends.filter(([, y]) => y > main.h - h);
    const left = low.filter(([x]) => x < w).length;
    const right = low.filter(([x]) => x > main.w - w).length;
    key.box.style.left = `${left <= right ? 12 : main.w - key.box.offsetWidth - 12}px`;
  }

  function paint(now) {
    cancelAnimationFrame(pending);
    pending = 0;
    due = false;
    layOut();
    if (!base) return;
    if (asked && performance.now() - asked > LATE) duration = 0; // no motion where the machine has no time for it
    asked = 0;
    const progress = duration ? Math.min((now - began) / duration, 1) : 1;
    ctx.drawImage(base, 0, 0, ...size);
    const drawn = drawFrame(ctx, state, progress);
    hits = drawn.hits;
    root.dataset.marks = drawn.marks;
    root.dataset.named = JSON.stringify(drawn.named);
    if (state.frame.number !== state.told) {
      state.told = state.frame.number;
      root.dataset.day = state.frame.day;
      model.send({ painted: state.frame.number });
    }
    if (progress >= 1) return;
    asked = performance.now();
    setTimeout(ask, 20); // about 30 frames a second leave room for the charts
  }

  function ask() {
    if (!pending) pending = requestAnimationFrame(paint);
  }

  /** Another scenario has another map; its first frame may come a moment earlier or later. */
  function redrawn() {
    geometry = readGeometry(model.get("geometry"));
    state.geometry = geometry;
    shape = "";
    announce();
    ask();
  }

  /** What is on the map, and what is not, for those who cannot see it. */
  function announce() {
    missing.textContent = geometry.missing;
    missing.hidden = !geometry.missing;
    const named = Object.entries(geometry.places).map(([name, place]) => [name, place.at]);
    root.dataset.places = JSON.stringify(Object.fromEntries(named));
    root.dataset.lines = JSON.stringify(Object.keys(geometry.sections));
    root.dataset.countries = JSON.stringify(geometry.labels.border.map(([name]) => name));
  }

  function take() {
    const frame = dataOf(model);
    if (!frame) return;
    const now = performance.now();
    const ahead = frame.day - last.day;
    state.delta = ahead > 0 && ahead <= TRAVEL ? ahead : 0;
    duration = state.delta && mayMove() ? motion(now - last.time) : 0;
    if (frame.day !== last.day) last = { day: frame.day, time: now };
    began = now;
    state.frame = frame;
    describe(frame);
    soon();
  }

  /** A new day is drawn at once: a frame that is awaited first would be a frame later. A hidden page awaits none. */
  function soon() {
    if (document.hidden) ask();
    else if (!due) {
      due = true;
      queueMicrotask(() => paint(performance.now()));
    }
  }

  function describe(frame) {
    date.textContent = dateText(frame.start, Math.max(frame.day - 1, 0));
    day.textContent = frame.day ? `day ${frame.day} of ${frame.days}` : `before day 1 of ${frame.days}`;
    root.dataset.pressure = JSON.stringify(Object.fromEntries(frame.sections.map((s) => [s.code, s.pressure])));
    root.dataset.camps = JSON.stringify(Object.fromEntries(frame.camps.map((c) => [c.place, c.waiting + c.stranded])));
    root.dataset.persons = JSON.stringify(Object.fromEntries(frame.routes.map((r) => [r.name, r.persons])));
    const worst = frame.sections.reduce((a, b) => (b.pressure > a.pressure ? b : a), { pressure: -1 });
    canvas.setAttribute("aria-label", `Map on ${date.textContent}. Highest border pressure: ${number(worst.pressure, 2)} at `
      + `${worst.title}. Arrow keys go through the sections and camps.`);
  }

  function look(hit, x, y) {
    const code = hit?.code ?? null;
    if (code !== state.look) lookAt(code);
    if (hit) tip.show(hit.lines(), x, y);
    else tip.hide();
  }

  canvas.addEventListener("pointermove", (event) => {
    const inside = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - inside.left, event.clientY - inside.top];
    look(nearest(hits, x, y), x, y);
  });
  canvas.addEventListener("pointerleave", () => look(null));
  canvas.addEventListener("blur", () => look(null));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") look(null);
    if (!step) return;
    event.preventDefault();
    const stops = hits.filter((hit) => hit.inset || hit.kind === "landing" || hit.kind === "coast");
    if (!stops.length) return;
    focus = (focus + step + stops.length) % stops.length;
    const hit = stops[focus];
    const [x, y] = hit.line ? hit.line[Math.floor(hit.line.length / 2)] : [hit.x, hit.y];
    look(hit, x, y);
  });
  const onLook = (event) => {
    state.look = event.detail;
    ask();
  };
  window.addEventListener("corridor-look", onLook);
  model.on("change:data", take);
  model.on("change:geometry", redrawn);
  const resized = new ResizeObserver(() => {
    size = [root.clientWidth, root.clientHeight];
    paint(performance.now());
  });
  resized.observe(root);
  const untheme = onTheme(ask);
  announce();
  take();
  return () => {
    cancelAnimationFrame(pending);
    resized.disconnect();
    untheme();
    window.removeEventListener("corridor-look", onLook);
    model.off("change:data", take);
    model.off("change:geometry", redrawn);
  };
}

export default { render };
