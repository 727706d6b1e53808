// The base of the map, which changes with size and theme alone: land, borders, names of countries.

const INKS = ("ink muted ground halo sea sea-deep land land-eu land-hub shore label air bus boat camp camp-deep over")
  .split(" ");

/** The theme's colours, read once for each layout. */
function colours(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(INKS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Land, borders and names of countries, drawn once into a canvas of its own; the inset's names find room in each frame. */
function drawBase(size, views, geometry, ink, ratio, room) {
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
    if (!view.inset) nameCountries(ctx, view, geometry.labels, ink, room);
    ctx.restore();
  }
  const inset = views[1];
  ctx.fillStyle = ink.ground;
  ctx.fillRect(inset.x - 5, 0, 5, size.h);
  return canvas;
}

const INSET_NAMES = { Belarus: [27.6, 52.55], Poland: [22.95, 52.75], Lithuania: [24.1, 55.35], Latvia: [26.0, 56.38] };

/** Names of countries where there is `room` for one: centre and width. */
function nameCountries(ctx, view, labels, ink, room) {
  const shown = view.inset ? Object.entries(INSET_NAMES).map(([name, p]) => [name, ...p]) : labels;
  for (const [name, lon, lat] of shown) {
    if (!view.inset && name in INSET_NAMES && name !== "Poland") continue;
    const [x, y] = at(view, [lon, lat]);
    if (x < view.x + 30 || x > view.x + view.w - 30 || y < view.y + 60 || y > view.y + view.h - 12) continue;
    if (!room(x, y, 9 * name.length)) continue;
    ctx.letterSpacing = "1.5px";
    words(ctx, name.toUpperCase(), x, y, { size: view.inset ? 11 : 10, weight: 500, align: "center", colour: ink.label });
    ctx.letterSpacing = "0px";
  }
}
