// What is laid over weekly charts: several scenarios in one drawing, medians with their 90 % bands beneath; and what
// was counted before the first week, with what had been forecast of it, and today.

const LETTERS = "ABCDEFG";
const togetherColour = (k) => (k ? `var(--c${(k - 1) % 7})` : "var(--base)");

function drawTogether(layers, panels, x, y) {
  panels.forEach(({ fan }, k) => {
    add(layers.areas, "path", { class: "cv-band cv-band-together", d: area(fan.low90, fan.high90, x, y), fill: togetherColour(k) });
  });
  panels.forEach(({ fan }, k) => {
    add(layers.lines, "path", { class: "cv-line", d: line(fan.median, x, y), stroke: togetherColour(k), "stroke-dasharray": k ? "none" : "6 3",
      "data-name": k });
  });
}

/** The figures of one week, a line a scenario. */
function linesTogether(data, panels, week) {
  const range = (fan) => (fan.low90[week] === fan.high90[week] ? "" : ` (${number(fan.low90[week])} to ${number(fan.high90[week])})`);
  return [
    `Week of ${dateText(data.start, week * data.every, SHORT_DATE)}`,
    ...panels.map(({ fan }, k) => [`${LETTERS[k]} ${data.panels[k].title}`, `${number(fan.median[week])}${range(fan)}`, togetherColour(k)]),
  ];
}

/** Counts over their periods, and behind each the forecast that was made of it. */
function drawCounts(layers, counts, place, y, colour) {
  for (const count of counts) {
    const [left, right] = [place(count.begin), place(count.end)];
    for (const width of ["90", "50"]) {
      const [low, high] = [y(count[`low${width}`]), y(count[`high${width}`])];
      add(layers.areas, "path", { class: `cv-band cv-band-${width}`, d: `M${left} ${low}H${right}V${high}H${left}Z`, fill: colour });
    }
    add(layers.lines, "path", { class: "cv-line", d: `M${left} ${y(count.value)}H${right}`, stroke: "var(--over)", "data-count": count.value });
  }
}

function drawToday(layer, at, h, pad) {
  add(layer, "path", { class: "cv-mark cv-today", d: `M${at} ${pad.top - 4}V${h - pad.bottom}` });
  add(layer, "text", { class: "cv-mark-text", x: at - 4, y: pad.top + 4, "text-anchor": "end" }, "today");
}

/** Rows of a file: each count, a week, with the forecast made of it, and then the weeks ahead, which have none. */
function countRows(data, counts, fan) {
  const ends = ["low90", "low50", "median", "high50", "high90"];
  const day = (n) => dateOf(data.start, n).toISOString().slice(0, 10);
  const past = counts.map((c) => [day(c.begin), day(c.end - 1), c.value, ...ends.map((e) => c[e])]);
  const ahead = fan.median.map((_, k) => {
    const begin = (data.from + k) * data.every;
    return [day(begin), day(begin + data.every - 1), null, ...ends.map((e) => fan[e][k])];
  });
  return [["first day", "last day", "counted a week", ...ends], ...past, ...ahead];
}
