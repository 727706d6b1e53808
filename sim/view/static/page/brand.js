// The name of the page with its mark, and its colours.

const MARK = "M2 15C5 4 9 18 12 9S17 3 20 4";
const THEME = "corridor-theme";
const prefers = matchMedia("(prefers-color-scheme: dark)");

function brandOf(parent) {
  const brand = add(parent, "h1", { class: "cv-brand" });
  const mark = add(brand, "svg", { width: 22, height: 20, viewBox: "0 0 22 20", "aria-hidden": "true" });
  add(mark, "path", { d: MARK, fill: "none", stroke: "currentColor", "stroke-width": 2.4, "stroke-linecap": "round" });
  add(mark, "circle", { cx: 20, cy: 4, r: 2, fill: "currentColor" });
  add(brand, "span", {}, "Corridor");
}

/** Gives the page the colours that were chosen here before, else those that this machine prefers; returns which. */
function putTheme() {
  const theme = localStorage.getItem(THEME) ?? (prefers.matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme === "dark" ? "dark" : "light";
  return document.documentElement.dataset.theme;
}
