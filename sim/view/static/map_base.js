// The base of the map, which changes with size and theme alone: land, borders, names of countries.

const INKS = ("ink muted ground halo sea sea-deep land land-eu land-hub shore label boat camp camp-deep over")
  .split(" ");

/** The theme's colours, those of the modes of travel among them; read once for each layout. */
function colours(element, modes) {
  const style = getComputedStyle(element);
  const names = [...INKS, ...Object.values(modes).map((mode) => mode.colour)];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Land, borders and names of countries, drawn once into a canvas of its own; the inset's names find room in each frame. */
function drawBase(size, views, { frame, geometry, ink }, ratio, room) {
  const homes = new Set(frame.hubs.map((hub) => geometry.places[hub.place]?.country));
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
      ctx.fillStyle = homes.has(country.iso) ? ink["land-hub"] : country.eu ? ink["land-eu"] : ink.land;
      ctx.fill("evenodd");
      ctx.lineWidth = view.inset ? 1 : 0.6;
      ctx.strokeStyle = ink.shore;
      ctx.stroke();
    }
    if (!view.inset) {
      const free = spacer();
      nameCountries(ctx, view, geometry.labels, ink, (x, y, w) => room(x, y, w) && free(x - w / 2, y - 7, w, 14));
    }
    ctx.restore();
  }
  const inset = views[1];
  ctx.fillStyle = ink.ground;
  ctx.fillRect(inset.x - 5, 0, 5, size.h);
  return canvas;
}

/** Names of countries where there is `room` for one, by centre and width: the larger countries first. */
function nameCountries(ctx, view, labels, ink, room) {
  for (const [name, lon, lat] of view.inset ? labels.border : labels.world) {
    const [x, y] = at(view, [lon, lat]);
    if (x < view.x + 30 || x > view.x + view.w - 30 || y < view.y + 60 || y > view.y + view.h - 12) continue;
    if (!room(x, y, 9 * name.length)) continue;
    ctx.letterSpacing = "1.5px";
    words(ctx, name.toUpperCase(), x, y, { size: view.inset ? 11 : 10, weight: 500, align: "center", colour: ink.label });
    ctx.letterSpacing = "0px";
  }
}
