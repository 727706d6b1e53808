// The map: the corridor on the left, the border's sections large on the right. Canvas 2D.

const TRAVEL = 7; // days of the model that a mark takes along its route
const EDGE = { lon: 0.2, lat: 0.4 }; // degrees at the ends of the outlines that are never shown
// Border pressure: blue below full load, warm from there on. The colour-blind tell blue from orange.
const SCALES = {
  light: [[0, 141, 172, 206], [0.5, 66, 129, 190], [0.999, 30, 80, 138], [1, 226, 150, 0], [1.5, 222, 84, 10],
    [2, 165, 15, 21]],
  dark: [[0, 62, 92, 134], [0.5, 94, 160, 214], [0.999, 190, 226, 248], [1, 255, 214, 96], [1.5, 255, 150, 58],
    [2, 255, 77, 61]],
};

const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;

function scaleColour(value, dark) {
  const stops = SCALES[dark ? "dark" : "light"];
  const v = Math.min(Math.max(value, 0), 2);
  const k = Math.max(1, stops.findIndex((stop) => stop[0] >= v));
  const [a, b] = [stops[k - 1], stops[k]];
  const f = (v - a[0]) / (b[0] - a[0]);
  return `rgb(${[1, 2, 3].map((i) => Math.round(a[i] + (b[i] - a[i]) * f)).join(",")})`;
}

/** Lines from differences in thousandths of a degree to pairs of (longitude, Mercator latitude). */
function decode(flat, scale) {
  const points = new Float64Array(flat.length);
  let [x, y] = [0, 0];
  for (let k = 0; k < flat.length; k += 2) {
    x += flat[k];
    y += flat[k + 1];
    points[k] = x / scale;
    points[k + 1] = mercator(y / scale);
  }
  return points;
}

const boxOf = ([west, south, east, north]) => ({ west, south, east, north });

function readGeometry(text) {
  const raw = JSON.parse(text);
  const countries = raw.countries.map((c) => ({ ...c, rings: c.rings.map((ring) => decode(ring, raw.scale)) }));
  const sections = Object.fromEntries(Object.entries(raw.sections).map(([k, line]) => [k, decode(line, raw.scale)]));
  const frame = boxOf(raw.frame);
  const limit = { west: frame.west + EDGE.lon, south: frame.south + EDGE.lat, east: frame.east - EDGE.lon, north: frame.north - EDGE.lat };
  return { ...raw, countries, sections, limit, world: boxOf(raw.world), border: boxOf(raw.border) };
}

/** A pane: a rectangle of the canvas that shows a part of the world. */
function pane(rect, box, limit) {
  const [south, north] = [mercator(box.south), mercator(box.north)];
  const scale = Math.min(rect.w / (box.east - box.west), rect.h / (north - south));
  const [w, h] = [rect.w / scale, rect.h / scale];
  const clamp = (value, low, high) => (low > high ? (low + high) / 2 : Math.min(Math.max(value, low), high));
  const west = clamp((box.west + box.east - w) / 2, limit.west, limit.east - w);
  const top = clamp((south + north + h) / 2, mercator(limit.south) + h, mercator(limit.north));
  return { ...rect, box, scale, px: (lon) => rect.x + (lon - west) * scale, py: (m) => rect.y + (top - m) * scale };
}

const at = (view, lonlat) => [view.px(lonlat[0]), view.py(mercator(lonlat[1]))];

function trace(ctx, view, points) {
  ctx.moveTo(view.px(points[0]), view.py(points[1]));
  for (let k = 2; k < points.length; k += 2) ctx.lineTo(view.px(points[k]), view.py(points[k + 1]));
}

/** The quadratic curve of a route on a pane. */
function curve(view, from, to) {
  const [a, b] = [at(view, from), at(view, to)];
  const bend = (from[0] > to[0] ? -1 : 1) * 0.13;
  const c = [(a[0] + b[0]) / 2 - (b[1] - a[1]) * bend, (a[1] + b[1]) / 2 + (b[0] - a[0]) * bend];
  const point = (t) => [0, 1].map((i) => (1 - t) ** 2 * a[i] + 2 * t * (1 - t) * c[i] + t * t * b[i]);
  const angle = (t) => {
    const d = [0, 1].map((i) => 2 * (1 - t) * (c[i] - a[i]) + 2 * t * (b[i] - c[i]));
    return Math.atan2(d[1], d[0]);
  };
  return { a, b, c, point, angle };
}

const GLYPHS = {
  // Seen from above, nose to the right, within a circle of radius 1.
  plane: [[1, 0], [0.55, 0.14], [0.15, 0.16], [-0.3, 0.95], [-0.52, 0.95], [-0.25, 0.16], [-0.7, 0.13], [-0.92, 0.42],
    [-1.05, 0.42], [-0.95, 0], [-1.05, -0.42], [-0.92, -0.42], [-0.7, -0.13], [-0.25, -0.16], [-0.52, -0.95],
    [-0.3, -0.95], [0.15, -0.16], [0.55, -0.14]],
  boat: [[1, 0], [0.35, 0.42], [-0.9, 0.36], [-0.9, -0.36], [0.35, -0.42]],
  vehicle: [[0.8, 0.4], [-0.8, 0.4], [-0.8, -0.4], [0.8, -0.4]],
};
const GROUND = { plane: [4, 0.42], boat: [3.2, 0.4], vehicle: [2.6, 0.3] }; // least size, and growth by root of persons

function glyph(ctx, shape, x, y, size, angle, fill, edge) {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.scale(size, size);
  ctx.beginPath();
  GLYPHS[shape].forEach(([px, py], k) => (k ? ctx.lineTo(px, py) : ctx.moveTo(px, py)));
  ctx.closePath();
  ctx.lineWidth = 2.4 / size;
  ctx.strokeStyle = edge;
  ctx.stroke();
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.restore();
}

function words(ctx, text, x, y, { size = 12, weight = 600, align = "left", colour, halo }) {
  ctx.font = `${weight} ${size}px Inter, "Segoe UI", Roboto, Arial, sans-serif`;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  if (halo) {
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = halo;
    ctx.strokeText(text, x, y);
  }
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}
