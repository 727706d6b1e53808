// Several scenarios in one drawing: medians, and their 90 % bands beneath.

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
