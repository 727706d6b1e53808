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
