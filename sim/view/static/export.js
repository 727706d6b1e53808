// A chart as a file: SVG and PNG as it is drawn, CSV as it is counted.

const STYLED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-size",
  "font-weight", "font-family", "text-anchor", "visibility"];
const TITLE_ROOM = 46; // pixels above the drawing, for its title and unit
const KEY_ROOM = 18; // pixels a line of the legend

/** A cell of a CSV file; a text that a spreadsheet would take for a formula is marked as a text. */
function cellOf(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csvOf = (rows) => `${rows.map((row) => row.map(cellOf).join(",")).join("\n")}\n`;

/** A drawing with the styles that the page gives it, as it has to stand alone. */
function styled(svg) {
  const copy = svg.cloneNode(true);
  const [from, to] = [[svg, ...svg.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  from.forEach((element, k) => {
    const style = getComputedStyle(element);
    for (const name of STYLED) to[k].setAttribute(name, style.getPropertyValue(name));
    to[k].removeAttribute("class");
    to[k].removeAttribute("style");
  });
  return copy;
}

/** One SVG of a chart's title, legend and drawings, which stand as they do in the page. */
function pictureOf(root, { title, unit, svgs, keys }) {
  const boxes = svgs.map((svg) => svg.getBoundingClientRect());
  const [left, top] = [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top))];
  const width = Math.max(...boxes.map((b) => b.right)) - left + 24;
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const font = style.fontFamily;
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const back = add(picture, "rect", { width: "100%", fill: colour("panel") });
  const text = (x, y, words, more = {}) => add(picture, "text", { x, y, "font-family": font, "font-size": 12, fill: colour("ink"), ...more }, words);
  text(12, 20, title, { "font-size": 15, "font-weight": 650 });
  text(12, 37, unit, { fill: colour("muted") });
  let [x, y] = [12, TITLE_ROOM + 8];
  for (const [words, paint] of keys) {
    const wide = 26 + words.length * 6.4;
    if (x > 12 && x + wide > width) [x, y] = [12, y + KEY_ROOM];
    add(picture, "rect", { x, y: y - 8, width: 12, height: 8, rx: 2, fill: paint });
    text(x + 17, y, words, { "font-size": 11 });
    x += wide;
  }
  const above = y + 14;
  svgs.forEach((svg, k) => {
    const copy = styled(svg);
    for (const [name, value] of [["x", boxes[k].left - left + 12], ["y", boxes[k].top - top + above], ["width", boxes[k].width],
      ["height", boxes[k].height], ["overflow", "visible"]]) copy.setAttribute(name, value);
    picture.appendChild(copy);
  });
  const height = Math.max(...boxes.map((b) => b.bottom)) - top + above + 12;
  for (const [name, value] of [["width", width], ["height", height], ["viewBox", `0 0 ${width} ${height}`]]) picture.setAttribute(name, value);
  back.setAttribute("height", height);
  return { text: new XMLSerializer().serializeToString(picture), width, height };
}

/** The same as a PNG, at twice the size. */
async function pngOf({ text, width, height }) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** A little menu of files; `kinds` gives what each is, `name` how they are called. */
function menu(parent, name, kinds) {
  const box = add(parent, "details", { class: "cv-export" });
  add(box, "summary", { title: "Download" }, "⤓");
  const list = add(box, "div", { class: "cv-export-list" });
  for (const [kind, make] of Object.entries(kinds)) {
    add(list, "button", { type: "button", class: "cv-chip" }, kind).addEventListener("click", async () => {
      box.open = false;
      const stem = name().toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
      saveAs(`${stem}.${kind.toLowerCase()}`, await make());
    });
  }
  box.addEventListener("keydown", (event) => { if (event.key === "Escape") box.open = false; });
  box.addEventListener("focusout", (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) box.open = false; });
  return { called: (words) => box.firstChild.setAttribute("aria-label", `Download ${words}`) };
}

/** The files of a chart; `chart` returns its title, unit, drawings, legend and rows. */
function exporter(parent, root, chart) {
  const svg = () => pictureOf(root, chart());
  const name = () => [chart().title, chart().view].filter(Boolean).join(" ");
  return menu(parent, name, {
    PNG: () => pngOf(svg()),
    SVG: () => new Blob([svg().text], { type: "image/svg+xml" }),
    CSV: () => new Blob([csvOf(chart().rows())], { type: "text/csv" }),
  });
}
