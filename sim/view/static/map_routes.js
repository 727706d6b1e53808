// What moves on the map: routes, the marks on them, and the way from the hub to the border.

function drawRoutes(ctx, view, { frame, geometry, ink, delta }, progress, hits) {
  for (const route of frame.routes) {
    if (!geometry.places[route.from] || !geometry.places[route.to]) continue;
    const way = curve(view, geometry.places[route.from].at, geometry.places[route.to].at);
    const mode = geometry.modes[route.mode];
    const colour = ink[mode.colour];
    ctx.beginPath();
    ctx.moveTo(...way.a);
    ctx.quadraticCurveTo(...way.c, ...way.b);
    ctx.globalAlpha = route.persons ? 0.75 : 0.28;
    ctx.lineWidth = route.persons ? 1 + Math.min(Math.sqrt(route.persons) / 12, 3.5) : 1;
    ctx.strokeStyle = colour;
    ctx.setLineDash(mode.dash);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    const line = Array.from({ length: 13 }, (_, k) => way.point(k / 12));
    hits.push({ kind: "route", line, reach: 5, lines: () => aboutRoute(route, geometry) });
    for (const [age, persons, departures] of route.marks) {
      const t = (age - delta * (1 - progress)) / TRAVEL;
      if (t < 0 || t > 1) continue;
      const [x, y] = way.point(t);
      const [least, growth] = GROUND[mode.glyph];
      const size = least + growth * Math.sqrt(persons / departures);
      glyph(ctx, mode.glyph, x, y, size, way.angle(t), colour, ink.halo);
      hits.push({ kind: "mark", x, y, r: size + 3, lines: () => aboutMark(route, age, persons, departures, geometry) });
    }
  }
}

const counted = (n, mode) => `${n} ${n === 1 ? mode.departure : mode.departures}`;
const between = (route, g) => `${g.places[route.from].title} to ${g.places[route.to].title}`;

function aboutRoute(route, g) {
  const mode = g.modes[route.mode];
  return [
    between(route, g),
    ["Scheduled", `${number(route.scheduled)} ${mode.departures} a week`],
    ["Last 7 days", counted(route.departures, mode)],
    ["On board, last 7 days", `${number(route.persons)} persons`],
    ["", route.open ? "open" : "closed today"],
  ];
}

function aboutMark(route, age, persons, departures, g) {
  const mode = g.modes[route.mode];
  const what = departures === 1 ? `One ${mode.departure}` : counted(departures, mode);
  const left = Math.ceil(age) <= 1 ? "today" : `${Math.ceil(age) - 1} days ago`;
  return [between(route, g), [`${what}, left ${left}`, `${number(persons)} persons`]];
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
