// What charts over the days of a run share: room for axes, colours by name, ticks, months, lines and areas.

const ROOM = { left: 40, right: 12, top: 16, bottom: 20 };
const FILLS = {
  "turned back": 2, "into procedure": 0, "no patrol free": 1, crossed: 1, "crossed, gone on": 1, "in procedure": 0, "at the border": 2,
  "at the hub": 3, stranded: 4, returned: 5, "moved on elsewhere": 7, dead: 6, landed: 1, "at the coast": 2,
};
const LINES = { "in procedure": 0, "at the border": 1, "at the hub": 3, "at the coast": 2, stranded: 6 }; // that tell apart
const brief = (name) => name.replace(/ \(.*\)$/, "");

/** A step that is easy to read, so that about `count` of them make a range. */
function stepOf(range, count) {
  const rough = range / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((k) => k * power).find((s) => s >= rough);
}

/** Steps of an axis from 0. */
function ticks(top, count) {
  const step = stepOf(top, count);
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, k) => k * step);
}

/** First days of months, thinned so that their names have room. */
function months(start, days, room) {
  const found = [];
  for (let day = 0; day < days; day += 1) if (dateOf(start, day).getUTCDate() === 1) found.push(day);
  const every = [1, 2, 3, 6, 12].find((k) => found.length / k <= room) ?? 24;
  return found.filter((_, k) => k % every === 0);
}

/** Sums from below: for each part, its lower and upper edge by point. */
function pile(stack) {
  let lower = stack.length ? stack[0].values.map(() => 0) : [];
  return stack.map((part) => {
    const upper = part.values.map((value, k) => lower[k] + value);
    const edges = { ...part, lower, upper };
    lower = upper;
    return edges;
  });
}

const line = (values, x, y) => values.map((v, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(v).toFixed(1)}`).join("");

function bandPath(part, x, y) {
  if (!part.upper.length) return "";
  const back = part.lower.map((v, k) => `L${x(k).toFixed(1)} ${y(v).toFixed(1)}`).reverse().join("");
  return `${line(part.upper, x, y)}${back}Z`;
}
