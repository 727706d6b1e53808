// Texts whose contrast with what is behind them is below WCAG AA: 4.5, or 3 for large text. Canvas aside.
() => {
  const parse = (text) => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    const unit = text.startsWith("color(") ? 255 : 1;
    return { rgb: numbers.slice(0, 3).map((n) => n * unit), alpha: numbers[3] ?? 1 };
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((n) => n / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let node = element; node; node = node.parentElement) {
      const { rgb, alpha } = parse(getComputedStyle(node).backgroundColor);
      if (alpha > 0) layers.push({ rgb, alpha });
      if (alpha === 1) break;
    }
    let colour = [255, 255, 255];
    for (const { rgb, alpha } of layers.reverse()) colour = colour.map((c, k) => c * (1 - alpha) + rgb[k] * alpha);
    return colour;
  };
  const poor = [];
  for (const element of document.querySelectorAll(".corridor *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (!own || !box.width || style.visibility === "hidden" || style.display === "none" || element.disabled) continue;
    if (element.closest(".cv-tip:not(.cv-on), option, style, .cv-map-head, [disabled]")) continue;
    const svg = element.namespaceURI.includes("svg");
    const front = parse(svg && style.fill !== "none" ? style.fill : style.color).rgb;
    const [a, b] = [light(front), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) poor.push(`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return poor;
};
