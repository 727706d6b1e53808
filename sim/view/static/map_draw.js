// Drawing the map: a base that changes with size and theme alone, and what moves above it.

const INKS = ("ink muted ground halo sea sea-deep land land-eu land-hub shore label air bus boat camp camp-deep over")
  .split(" ");

/** The theme's colours, read once for each layout. */
function colours(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(INKS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Land, borders and names of countries, drawn once into a canvas of its own. */
function drawBase(size, views, geometry, ink, ratio, ends) {
  const canvas = document.createElement("canvas");
  canvas.width = size.w * ratio;
  canvas.height = size.h * ratio;
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  for (const view of views) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(view.x, view.y, view.w, view.h);
    ctx.clip();
    const sea = ctx.createLinearGradient(0, view.y, 0, view.y + view.h);
    sea.addColorStop(0, ink.sea);
    sea.addColorStop(1, ink["sea-deep"]);
    ctx.fillStyle = sea;
    ctx.fillRect(view.x, view.y, view.w, view.h);
    for (const country of geometry.countries) {
      ctx.beginPath();
      for (const ring of country.rings) trace(ctx, view, ring);
      ctx.fillStyle = country.iso === "BLR" ? ink["land-hub"] : EU.has(country.iso) ? ink["land-eu"] : ink.land;
      ctx.fill("evenodd");
      ctx.lineWidth = view.inset ? 1 : 0.6;
      ctx.strokeStyle = ink.shore;
      ctx.stroke();
    }
    nameCountries(ctx, view, geometry.labels, ink, view.inset ? [] : ends);
    ctx.restore();
  }
  const inset = views[1];
  ctx.fillStyle = ink.ground;
  ctx.fillRect(inset.x - 5, 0, 5, size.h);
  return canvas;
}

const INSET_NAMES = { Belarus: [27.6, 52.55], Poland: [22.95, 52.75], Lithuania: [24.1, 55.35], Latvia: [26.0, 56.38] };

function nameCountries(ctx, view, labels, ink, ends) {
  const shown = view.inset ? Object.entries(INSET_NAMES).map(([name, p]) => [name, ...p]) : labels;
  for (const [name, lon, lat] of shown) {
    if (!view.inset && name in INSET_NAMES && name !== "Poland") continue;
    const [x, y] = at(view, [lon, lat]);
    if (x < view.x + 30 || x > view.x + view.w - 30 || y < view.y + 60 || y > view.y + view.h - 12) continue;
    if (ends.some(([ex, ey]) => Math.abs(ex - x) < 62 && Math.abs(ey - y) < 24)) continue;
    ctx.letterSpacing = "1.5px";
    words(ctx, name.toUpperCase(), x, y, { size: view.inset ? 11 : 10, weight: 500, align: "center", colour: ink.label });
    ctx.letterSpacing = "0px";
  }
}

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
  clipped(ctx, main, () => {
    drawSections(ctx, main, state, hits);
    drawRoutes(ctx, main, state, progress, hits);
    drawCoasts(ctx, main, state, hits, free);
    drawPlaces(ctx, main, state, hits, free);
    const [x, y] = [main.px(INSET.west), main.py(mercator(INSET.north))];
    ctx.strokeStyle = ink.muted;
    ctx.setLineDash([3, 3]);
    ctx.lineWidth = 1;
    ctx.strokeRect(x, y, main.px(INSET.east) - x, main.py(mercator(INSET.south)) - y);
    ctx.setLineDash([]);
  });
  clipped(ctx, inset, () => {
    drawTransfer(ctx, inset, state);
    const named = drawCamps(ctx, inset, state, hits);
    drawSections(ctx, inset, state, hits);
    nameCamps(ctx, inset, state, named, free);
    drawPressures(ctx, inset, state, free);
  });
  return { hits, dark, look, marks: frame.routes.reduce((sum, r) => sum + r.marks.length, 0) + frame.camps.length };
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
    const width = view.inset ? 4 + 2.4 * load + (look === section.code ? 3 : 0) : 2.2 + 0.8 * load;
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

function drawRoutes(ctx, view, { frame, geometry, ink, delta }, progress, hits) {
  for (const route of frame.routes) {
    const way = curve(view, geometry.places[route.from].at, geometry.places[route.to].at);
    const colour = ink[MODE_COLOUR[route.mode]];
    ctx.beginPath();
    ctx.moveTo(...way.a);
    ctx.quadraticCurveTo(...way.c, ...way.b);
    ctx.globalAlpha = route.persons ? 0.75 : 0.28;
    ctx.lineWidth = route.persons ? 1 + Math.min(Math.sqrt(route.persons) / 12, 3.5) : 1;
    ctx.strokeStyle = colour;
    ctx.setLineDash(route.mode === "air" ? [] : route.mode === "sea" ? [2, 5] : [7, 4]);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const line = Array.from({ length: 13 }, (_, k) => way.point(k / 12));
    hits.push({ kind: "route", line, reach: 5, lines: () => aboutRoute(route, geometry) });
    for (const [age, persons, departures] of route.marks) {
      const t = (age - delta * (1 - progress)) / TRAVEL;
      if (t < 0 || t > 1) continue;
      const [x, y] = way.point(t);
      const [least, growth] = GROUND[route.mode];
      const size = least + growth * Math.sqrt(persons / departures);
      glyph(ctx, route.mode, x, y, size, way.angle(t), colour, ink.halo);
      hits.push({ kind: "mark", x, y, r: size + 3, lines: () => aboutMark(route, age, persons, departures, geometry) });
    }
  }
}

const NOUN = { air: ["flight", "flights"], land: ["bus", "buses"], sea: ["boat", "boats"] };
const between = (route, g) => `${g.places[route.from].title} to ${g.places[route.to].title}`;

function aboutRoute(route, g) {
  return [
    between(route, g),
    ["Scheduled", `${number(route.scheduled)} ${NOUN[route.mode][1]} a week`],
    ["Last 7 days", `${route.departures} ${NOUN[route.mode][route.departures === 1 ? 0 : 1]}`],
    ["On board, last 7 days", `${number(route.persons)} persons`],
    ["", route.open ? "open" : "closed today"],
  ];
}

function aboutMark(route, age, persons, departures, g) {
  const what = departures === 1 ? `One ${NOUN[route.mode][0]}` : `${departures} ${NOUN[route.mode][1]}`;
  const left = Math.ceil(age) <= 1 ? "today" : `${Math.ceil(age) - 1} days ago`;
  return [between(route, g), [`${what}, left ${left}`, `${number(persons)} persons`]];
}

function disc(ctx, x, y, r, fill, edge, alpha = 0.85) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.globalAlpha = alpha;
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = edge;
  ctx.stroke();
}

function drawTransfer(ctx, view, { frame, geometry, ink }) {
  ctx.setLineDash([2, 5]);
  ctx.lineWidth = 1.2;
  ctx.strokeStyle = ink.camp;
  for (const hub of frame.hubs) {
    for (const zone of hub.zones) {
      if (!geometry.places[zone] || !geometry.places[hub.place]) continue;
      const way = curve(view, geometry.places[hub.place].at, geometry.places[zone].at);
      ctx.globalAlpha = hub.to_border > 0 ? 0.7 : 0.25;
      ctx.beginPath();
      ctx.moveTo(...way.a);
      ctx.quadraticCurveTo(...way.c, ...way.b);
      ctx.stroke();
    }
  }
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

function drawCamps(ctx, view, { frame, geometry, ink }, hits) {
  const found = [
    ...frame.camps.map((c) => ({ ...c, people: c.waiting, lines: () => aboutCamp(c, geometry) })),
    ...frame.hubs.map((h) => ({ ...h, hub: true, lines: () => aboutHub(h, geometry) })),
  ].filter((c) => geometry.places[c.place]);
  found.sort((a, b) => b.people + b.stranded - a.people - a.stranded);
  const growth = view.scale / 115;
  for (const camp of found) {
    const [x, y] = at(view, geometry.places[camp.place].at);
    const all = camp.people + camp.stranded;
    const r = Math.max(3.5, growth * Math.sqrt(all));
    disc(ctx, x, y, r, ink.camp, ink.halo, 0.78);
    if (camp.stranded) disc(ctx, x, y, Math.min(r, growth * Math.sqrt(camp.stranded)), ink["camp-deep"], "transparent", 0.55);
    hits.push({ kind: "camp", x, y, r: r + 3, inset: true, lines: camp.lines });
    camp.at = [x, y, r, all];
  }
  return found;
}

function nameCamps(ctx, view, { geometry, ink }, found, free) {
  for (const camp of found) {
    const [x, y, r, all] = camp.at;
    const text = `${geometry.places[camp.place].title} ${number(all)}`;
    const w = text.length * 6.4;
    const right = x + r + 6 + w < view.x + view.w;
    const tx = right ? x + r + 6 : x - r - 6;
    if (free(right ? tx : tx - w, y - 8, w, 16)) {
      words(ctx, text, tx, y, { size: 11.5, weight: camp.hub ? 700 : 600, align: right ? "left" : "right", colour: ink.ink,
        halo: ink.halo });
    }
  }
}

function aboutCamp(c, g) {
  return [
    `${g.places[c.place].title}, border zone`,
    ["At the border", `${number(c.waiting)} persons`],
    ["Stranded", `${number(c.stranded)} persons`],
    ["Dead so far", `${number(c.dead)} persons`],
  ];
}

function aboutHub(h, g) {
  return [
    g.places[h.place].title,
    ["Arriving or waiting", `${number(h.people)} persons`],
    ["Stranded", `${number(h.stranded)} persons`],
    ["Taken to the border, mean of 7 days", `${number(h.to_border)} persons a day`],
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
  const names = new Set(frame.routes.flatMap((r) => [r.to, r.from]));
  for (const name of names) {
    const place = geometry.places[name];
    const [x, y] = at(view, place.at);
    disc(ctx, x, y, 3, ink.ink, ink.halo, 1);
    const text = place.title;
    const south = place.at[1] < 40;
    const w = text.length * 6.6 + 4;
    const spots = south ? [[x - w / 2, y + 15], [x + 9, y], [x - 9 - w, y]] : [[x + 9, y - 8], [x - 9 - w, y], [x + 9, y + 10]];
    const spot = spots.find(([sx, sy]) => free(sx, sy - 8, w, 16));
    if (spot) words(ctx, text, spot[0] + 2, spot[1], { size: 12, colour: ink.ink, halo: ink.halo });
    const l = landed[name];
    if (l) {
      hits.push({ kind: "landing", x, y, r: 12, lines: () => [
        text, ["Landed, last 7 days", `${number(l.week)} persons`], ["Landed so far", `${number(l.so_far)} persons`],
      ] });
    }
  }
}

function drawPressures(ctx, view, { frame, geometry, ink }, free) {
  for (const section of frame.sections) {
    const line = geometry.sections[section.code];
    if (!line) continue;
    const k = 2 * Math.floor(line.length / 4);
    const [x, y] = [view.px(line[k]), view.py(line[k + 1])];
    const centre = at(view, [28.4, 53.6]);
    const length = Math.hypot(x - centre[0], y - centre[1]);
    const [tx, ty] = [x + ((x - centre[0]) / length) * 21, y + ((y - centre[1]) / length) * 17];
    if (!free(tx - 13, ty - 7, 26, 14)) continue;
    words(ctx, number(section.pressure, 2), tx, ty, { size: 11.5, weight: 700, align: "center",
      colour: section.pressure > 1 ? ink.over : ink.ink, halo: ink.halo });
  }
}
