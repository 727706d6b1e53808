// What all parts of the view share: reading their data, numbers and dates as people write them, themes.

const DAY = 86400000;

/** The widget's data, parsed; null before any has arrived. */
function dataOf(model, name = "data") {
  const text = model.get(name);
  return text ? JSON.parse(text) : null;
}

/** A new element with attributes, inside a parent. */
function add(parent, tag, attributes = {}, text = null) {
  const svg = parent.namespaceURI === "http://www.w3.org/2000/svg" || tag === "svg";
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  parent.appendChild(element);
  return element;
}

/** What went wrong, said above everything else on the page, wherever that is scrolled to, until it is told "". */
function complaint(parent) {
  const box = add(parent, "div", { class: "cv cv-wrong", role: "alert", popover: "manual" });
  const show = () => box.togglePopover(box.textContent !== "");
  return (text) => {
    box.textContent = text;
    if (box.isConnected) show();
    else requestAnimationFrame(show); // a widget is drawn before it is put into the page
  };
}

/** Hands over a file: its name, and a Blob of its content. */
function saveAs(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// Made once: a formatter takes far longer to make than to use.
const FORMATS = new Map();

function format(key, make) {
  if (!FORMATS.has(key)) FORMATS.set(key, make());
  return FORMATS.get(key);
}

/** A number with separators of thousands: 12,345 or 0.42. */
function number(value, digits = null) {
  const small = Math.abs(value) < 10 && value % 1 !== 0;
  const most = digits ?? (small ? 2 : Math.abs(value) < 100 && value % 1 !== 0 ? 1 : 0);
  const options = { minimumFractionDigits: digits ?? 0, maximumFractionDigits: most };
  return format(`${digits} ${most}`, () => new Intl.NumberFormat("en-GB", options)).format(value);
}

/** Axis numbers, short: 12k. */
function short(value) {
  return Math.abs(value) >= 10000 ? `${number(value / 1000, 0)}k` : number(value);
}

/** A text of at most so many signs. */
const clip = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The date of a day of the run; UTC, so that no time zone moves it. */
function dateOf(start, day) {
  return new Date(Date.parse(`${start}T00:00:00Z`) + day * DAY);
}

function dateText(start, day, style = { day: "numeric", month: "long", year: "numeric" }) {
  const key = JSON.stringify(style);
  return format(key, () => new Intl.DateTimeFormat("en-GB", { ...style, timeZone: "UTC" })).format(dateOf(start, day));
}

const SHORT_DATE = { day: "numeric", month: "short" };
const SHORT_DATE_YEAR = { day: "numeric", month: "short", year: "numeric" };

/** Whether things may move: not where the user, or a test, asked for stillness. */
function mayMove() {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Calls back when the page changes between light and dark; returns how to stop. */
function onTheme(callback) {
  const observer = new MutationObserver(callback);
  for (const node of [document.documentElement, document.body, document.getElementById("app")]) {
    if (node) observer.observe(node, { attributes: true, attributeFilter: ["class", "data-theme"] });
  }
  for (const node of document.querySelectorAll(".v-application")) {
    observer.observe(node, { attributes: true, attributeFilter: ["class"] });
  }
  return () => observer.disconnect();
}

/** A box that follows the pointer with words about what is under it. */
function tooltip(parent) {
  const box = add(parent, "div", { class: "cv-tip", role: "status" });
  return {
    show(lines, x, y) {
      box.replaceChildren();
      lines.forEach((line, k) => {
        const row = add(box, "div", { class: k ? "cv-tip-row" : "cv-tip-head" });
        if (Array.isArray(line)) {
          if (line[2]) add(row, "i", { style: `background:${line[2]}` });
          add(row, "span", {}, line[0]);
          add(row, "b", {}, line[1]);
        } else row.textContent = line;
      });
      box.classList.add("cv-on");
      // Beside the pointer, on the side that has room within the window.
      const origin = parent.getBoundingClientRect();
      const [w, h] = [box.offsetWidth, box.offsetHeight];
      const right = origin.left + x + 14 + w < window.innerWidth - 6;
      const top = Math.min(Math.max(origin.top + y - h / 2, 6), window.innerHeight - h - 6) - origin.top;
      box.style.transform = `translate(${right ? x + 14 : x - 14 - w}px, ${top}px)`;
    },
    hide() {
      box.classList.remove("cv-on");
    },
  };
}

/** Tells all charts and the map which border section is looked at; null for none. */
function lookAt(code) {
  window.dispatchEvent(new CustomEvent("corridor-look", { detail: code }));
}

/** What a message is about: of two about the same, the later one counts. */
const about = (message) => Object.entries(message).slice(0, 1).map(([k, v]) => (["lever", "measure", "reaction"].includes(k) ? `${k} ${v}` : k))[0];

/** Sends messages; while one is unanswered the next ones gather, the newest of each kind, and go together. */
function sender(model) {
  const waiting = new Map();
  let number = 0;
  let open = false;
  const flush = () => {
    if (open || !waiting.size) return;
    number += 1;
    open = true;
    model.send({ sent: JSON.stringify({ parts: [...waiting.values()], number }) });
    waiting.clear();
  };
  return {
    send(message) {
      waiting.set(about(message), message);
      flush();
    },
    /** Takes note of an answer; whether it is the one to all that was done here, so that its data are no older. */
    answered(last) {
      if (last === number) open = false;
      flush();
      return !open;
    },
  };
}

/** A row of buttons of which one is pressed. */
function chipRow(parent, choose) {
  const row = add(parent, "div", { class: "cv-chips", role: "group" });
  return {
    show(names) {
      row.replaceChildren();
      for (const name of names) {
        add(row, "button", { class: "cv-chip", type: "button" }, name).addEventListener("click", () => choose(name));
      }
    },
    press(name) {
      for (const chip of row.children) chip.setAttribute("aria-pressed", String(chip.textContent === name));
    },
  };
}

/** An entry of a legend: a patch or a line in a style, and what it stands for. */
function legendKey(legend, style, text) {
  const entry = add(legend, "span");
  add(entry, "i", { class: "cv-key", style });
  add(entry, "span", {}, text);
}
