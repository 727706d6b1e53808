// Camps and hubs: discs by people, their names, and what is told of them.

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

function drawCamps(ctx, view, { frame, geometry, ink }, hits) {
  const found = [
    ...frame.camps.map((c) => ({ ...c, people: c.waiting, lines: () => aboutCamp(c, geometry) })),
    ...frame.hubs.map((h) => ({ ...h, hub: true, lines: () => aboutHub(h, geometry) })),
  ].filter((c) => geometry.places[c.place]);
  found.sort((a, b) => b.people + b.stranded - a.people - a.stranded);
  const growth = Math.min(view.w, view.h) / 1250;
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

/** Agencies with coordinates of their own: a square, and how many are in procedure there. */
function drawAgencies(ctx, view, { frame, geometry, ink }, hits, free) {
  for (const agency of frame.agencies) {
    const place = geometry.places[agency.place];
    if (!place) continue;
    const [x, y] = at(view, place.at);
    ctx.fillStyle = ink.ink;
    ctx.strokeStyle = ink.halo;
    ctx.lineWidth = 1.5;
    ctx.fillRect(x - 4, y - 4, 8, 8);
    ctx.strokeRect(x - 4, y - 4, 8, 8);
    const w = place.title.length * 6.4;
    if (free(x + 9, y - 8, w, 16)) words(ctx, place.title, x + 9, y, { size: 11.5, colour: ink.ink, halo: ink.halo });
    hits.push({ kind: "camp", x, y, r: 7, inset: true, lines: () => [
      place.title, ["In procedure", `${number(agency.in_procedure)} persons`],
    ] });
  }
}

/** How far a point is from a box; 0 within it. */
const awayFrom = ([x, y], box) => Math.hypot(Math.max(box.x - x, 0, x - box.x - box.w), Math.max(box.y - y, 0, y - box.y - box.h));

/** Whether a name would stand at its own dot: over no other, and nearer to none. */
function atOwn(box, own, dots) {
  const near = ([x, y, r]) => awayFrom([x, y], box) - r;
  return dots.every((dot) => dot === own || (near(dot) > 3 && near(dot) > near(own)));
}

/** Places for a name of a size around its dot: right, left, below, above. */
function around([x, y, r], w, h) {
  const gap = r + 6;
  return [[x + gap, y - h / 2], [x - gap - w, y - h / 2], [x - w / 2, y + gap - 2], [x - w / 2, y - gap + 2 - h]].map(([left, top]) => ({ x: left, y: top, w, h }));
}

function nameCamps(ctx, view, { geometry, ink }, found, free) {
  const dots = found.map((camp) => camp.at);
  const named = {};
  for (const camp of found) {
    const text = `${geometry.places[camp.place].title} ${number(camp.at[3])}`;
    const inside = (box) => box.x > view.x + 2 && box.x + box.w < view.x + view.w - 2 && box.y > view.y && box.y + box.h < view.y + view.h;
    const spots = around(camp.at, text.length * 6.4, 16).filter((box) => inside(box) && atOwn(box, camp.at, dots));
    const spot = spots.find((box) => free(box.x, box.y, box.w, box.h));
    if (!spot) continue;
    named[camp.place] = [spot.x, spot.y, spot.w, spot.h];
    words(ctx, text, spot.x, spot.y + 8, { size: 11.5, weight: camp.hub ? 700 : 600, colour: ink.ink, halo: ink.halo });
  }
  return named;
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
