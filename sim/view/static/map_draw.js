// A frame of the map above its base: sections and their pressure, coasts, places; the rest lies in files of its own.

/** Keeps names from lying over each other: the first that claims a place has it. */
function spacer() {
  const taken = [];
  return (x, y, w, h) => {
    if (taken.some((o) => x < o.x + o.w && o.x < x + w && y < o.y + o.h && o.y < y + h)) return false;
    taken.push({ x, y, w, h });
    return true;
  };
}

/** Draws a frame and returns what can be pointed at: centre, radius or line, words. */
function drawFrame(ctx, state, progress) {
  const { frame, views, geometry, ink, dark, look } = state;
  const [main, inset] = views;
  const hits = [];
  const free = spacer();
  const named = { dots: {}, labels: {} };
  clipped(ctx, main, () => {
    drawSections(ctx, main, state, hits);
    drawRoutes(ctx, main, state, progress, hits);
    drawCoasts(ctx, main, state, hits, free);
    drawPlaces(ctx, main, state, hits, free);
    const [x, y] = [main.px(inset.box.west), main.py(mercator(inset.box.north))];
    ctx.strokeStyle = ink.muted;
    ctx.setLineDash([3, 3]);
    ctx.lineWidth = 1;
    ctx.strokeRect(x, y, main.px(inset.box.east) - x, main.py(mercator(inset.box.south)) - y);
    ctx.setLineDash([]);
  });
  clipped(ctx, inset, () => {
    drawTransfer(ctx, inset, state);
    const camps = drawCamps(ctx, inset, state, hits);
    drawSections(ctx, inset, state, hits);
    named.dots = Object.fromEntries(camps.map((camp) => [camp.place, camp.at.slice(0, 3)]));
    named.labels = nameCamps(ctx, inset, state, camps, free);
    drawPressures(ctx, inset, state, free);
    drawAgencies(ctx, inset, state, hits, free);
    nameCountries(ctx, inset, geometry.labels, ink, (x, y, w) => free(x - w / 2, y - 7, w, 14));
  });
  return { hits, dark, look, named, marks: frame.routes.reduce((sum, r) => sum + r.marks.length, 0) + frame.camps.length };
}

function clipped(ctx, view, draw) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(view.x, view.y, view.w, view.h);
  ctx.clip();
  draw();
  ctx.restore();
}

function drawSections(ctx, view, { frame, geometry, ink, dark, look }, hits) {
  ctx.lineCap = "round";
  ctx.lineJoin = "round";
  for (const section of frame.sections) {
    const line = geometry.sections[section.code];
    if (!line) continue;
    const load = Math.min(section.pressure, 2.5);
    const size = line.length > 2 ? 1 : 2.2; // a point where only the middle is known
    const width = size * (view.inset ? 4 + 2.4 * load + (look === section.code ? 3 : 0) : 2.2 + 0.8 * load);
    ctx.beginPath();
    pixelsOf(view, section.code, line).forEach(([x, y], k) => (k ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.lineWidth = width + (view.inset ? 3.5 : 1.5);
    ctx.strokeStyle = look === section.code ? ink.ink : ink.halo;
    ctx.stroke();
    if (section.pressure > 1 && view.inset) {
      ctx.save();
      ctx.shadowColor = scaleColour(section.pressure, dark);
      ctx.shadowBlur = 14;
    }
    ctx.lineWidth = width;
    ctx.strokeStyle = scaleColour(section.pressure, dark);
    ctx.stroke();
    if (section.pressure > 1 && view.inset) ctx.restore();
    hits.push({ kind: "section", code: section.code, line: pixelsOf(view, section.code, line), reach: view.inset ? 9 : 4, inset: view.inset,
      lines: () => aboutSection(section) });
  }
}

/** A line's points on a pane, worked out once for each layout. */
function pixelsOf(view, code, line) {
  view.lines ??= {};
  view.lines[code] ??= Array.from({ length: line.length / 2 }, (_, k) => [view.px(line[2 * k]), view.py(line[2 * k + 1])]);
  if (line.length === 2) view.lines[code][1] = view.lines[code][0].map((c) => c + 0.01); // round ends make it a dot
  return view.lines[code];
}

function aboutSection(s) {
  const week = "mean of 7 days";
  return [
    `${s.title}, ${s.agency}`,
    ["Border pressure", `${number(s.pressure, 2)} (1 is full load)`],
    [`Attempts, ${week}`, `${number(s.attempts)} a day`],
    ["Can be handled", `${number(s.capacity)} attempts a day`],
    [`Turned back, ${week}`, `${number(s.turned_back)} attempts a day`],
    ...("entries" in s ? [[`Entered, ${week}`, `${number(s.entries)} persons a day`]] : [
      [`Into procedure, ${week}`, `${number(s.procedures)} persons a day`],
      [`Crossed, ${week}`, `${number(s.crossings)} persons a day`],
    ]),
    ["Dead so far, last tried here", `${number(s.dead)} persons`],
  ];
}

function drawCoasts(ctx, view, { frame, geometry, ink }, hits, free) {
  for (const coast of frame.coasts) {
    if (!coast.people || !geometry.places[coast.place]) continue;
    const [x, y] = at(view, geometry.places[coast.place].at);
    const r = Math.max(3, 0.24 * Math.sqrt(coast.people + coast.stranded));
    disc(ctx, x, y, r, ink.boat, ink.halo, 0.55);
    hits.push({ kind: "coast", x, y, r: r + 3, lines: () => [
      `${geometry.places[coast.place].title}, coast`,
      ["Waiting for a boat", `${number(coast.people)} persons`],
      ["Stranded", `${number(coast.stranded)} persons`],
      ["Dead so far", `${number(coast.dead)} persons`],
    ] });
  }
}

function drawPlaces(ctx, view, { frame, geometry, ink }, hits, free) {
  const landed = Object.fromEntries(frame.landings.map((l) => [l.place, l]));
  const known = placesOf({ frame, geometry });
  const dots = known.map((place) => [...at(view, place.at), 3]);
  for (const [number, place] of known.entries()) {
    const [x, y] = dots[number];
    disc(ctx, x, y, 3, ink.ink, ink.halo, 1);
    const text = place.title;
    const south = place.at[1] < 40;
    const w = text.length * 6.6 + 4;
    const spots = south ? [[x - w / 2, y + 15], [x + 9, y], [x - 9 - w, y]] : [[x + 9, y - 8], [x - 9 - w, y], [x + 9, y + 10]];
    const clear = ([sx, sy]) => sx > view.x && sx + w < view.x + view.w && atOwn({ x: sx, y: sy - 8, w, h: 16 }, dots[number], dots);
    const spot = spots.filter(clear).find(([sx, sy]) => free(sx, sy - 8, w, 16));
    if (spot) words(ctx, text, spot[0] + 2, spot[1], { size: 12, colour: ink.ink, halo: ink.halo });
    const l = landed[place.name];
    if (l) {
      hits.push({ kind: "landing", x, y, r: 12, lines: () => [
        text, ["Landed, last 7 days", `${number(l.week)} persons`], ["Landed so far", `${number(l.so_far)} persons`],
      ] });
    }
  }
}

/** The ends of the routes that are on the map. */
function placesOf({ frame, geometry }) {
  const names = new Set(frame.routes.flatMap((r) => [r.to, r.from]));
  return [...names].filter((name) => geometry.places[name]).map((name) => ({ name, ...geometry.places[name] }));
}

/** What the numbers stand away from: the hubs, else the middle of the border. */
function centreOf(frame, geometry) {
  const hubs = frame.hubs.map((hub) => geometry.places[hub.place]?.at).filter(Boolean);
  const box = geometry.border;
  const points = hubs.length ? hubs : [[(box.west + box.east) / 2, (box.south + box.north) / 2]];
  return [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
}

function drawPressures(ctx, view, { frame, geometry, ink }, free) {
  for (const section of frame.sections) {
    const line = geometry.sections[section.code];
    if (!line) continue;
    const k = 2 * Math.floor(line.length / 4);
    const [x, y] = [view.px(line[k]), view.py(line[k + 1])];
    const centre = at(view, centreOf(frame, geometry));
    const length = Math.hypot(x - centre[0], y - centre[1]) || 1;
    const ty = y + ((y - centre[1]) / length) * 17;
    const tx = Math.min(Math.max(x + ((x - centre[0]) / length) * 21, view.x + 15), view.x + view.w - 15);
    if (!free(tx - 13, ty - 7, 26, 14)) continue;
    words(ctx, number(section.pressure, 2), tx, ty, { size: 11.5, weight: 700, align: "center",
      colour: section.pressure > 1 ? ink.over : ink.ink, halo: ink.halo });
  }
}
