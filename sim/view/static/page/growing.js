// Series that grow day by day: what is known of them, and what was drawn of them, stays as it is.

/** Brings a chart's series up to date: the whole, as it was parsed, and what has come on top of it. */
function grow(data, text) {
  data.first ??= data.day;
  const more = text ? JSON.parse(text) : null;
  data.day = more ? more.day : data.first;
  more?.views.forEach((lines, v) => {
    const view = data.views[v];
    [...(view.stack ?? []), ...(view.lines ?? [])].forEach(({ values }, k) => values.splice(more.from, Infinity, ...lines[k]));
  });
}

/** Draws the path of a line; of a longer one with the same beginning only the new points are worked out. */
function growingLine(x, y) {
  let [d, n] = ["", 0];
  return (values) => {
    for (; n < values.length; n += 1) d += `${n ? "L" : "M"}${x(n).toFixed(1)} ${y(values[n]).toFixed(1)}`;
    return d;
  };
}

/** The same of a band between two edges. */
function growingBand(x, y) {
  let [up, back, n] = ["", "", 0];
  return ({ lower, upper }) => {
    for (; n < upper.length; n += 1) {
      const place = x(n).toFixed(1);
      up += `${n ? "L" : "M"}${place} ${y(upper[n]).toFixed(1)}`;
      back = `L${place} ${y(lower[n]).toFixed(1)}${back}`;
    }
    return n ? `${up}${back}Z` : "";
  };
}
