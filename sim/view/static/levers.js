// The levers. One that nobody touched follows the scenario's schedule; one that was set stands out, and can be let go.

const shown = (lever, value) => (lever.percent ? `${number(value * 100, 0)} %` : number(value));

function slider(parent, { id, label, min, max, step, classes = "" }) {
  const row = add(parent, "div", { class: `cv-lever ${classes}` });
  add(row, "label", { for: id, title: label }, label);
  const input = add(row, "input", { type: "range", id, min, max, step });
  const output = add(row, "output", { for: id });
  return { row, input, output };
}

function place(input, value) {
  input.value = value;
  input.style.setProperty("--share", Math.min(Math.max((value - input.min) / (input.max - input.min || 1), 0), 1));
}

function check(parent, { id, label, detail, on }, onChange) {
  const row = add(parent, "label", { class: "cv-check", for: id });
  const box = add(row, "input", { type: "checkbox", id });
  box.checked = on;
  const text = add(row, "span", {}, label);
  if (detail) add(text, "small", {}, detail);
  box.addEventListener("change", () => onChange(box.checked));
  return box;
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-levers" });
  const line = sender(model);
  const wrong = add(el, "div", { class: "cv cv-wrong", role: "alert", hidden: "" });
  let data = null;
  let built = "";
  let rows = {};
  let since = null;
  let ban = null;
  let clear = null;

  function build() {
    root.replaceChildren();
    rows = {};
    const box = add(root, "div", { class: "cv-since" });
    since = slider(box, { id: "cv-since", label: "Changes from", min: 0, max: data.days - 1, step: 1 });
    since.input.addEventListener("input", () => {
      since.output.textContent = dateText(data.start, since.input.value, SHORT_DATE_YEAR);
      place(since.input, since.input.value);
      line.send({ since: Number(since.input.value) });
    });
    let group = "";
    let unit = "";
    for (const lever of data.levers) {
      const words = lever.percent ? "share" : lever.unit;
      if (lever.group !== group) {
        ({ group, unit } = { group: lever.group, unit: words });
        const head = add(root, "h2", {}, group);
        add(head, "small", {}, unit);
      } else if (words !== unit) {
        unit = words;
        add(root, "div", { class: "cv-note" }, unit);
      }
      buildLever(lever);
      if (lever.banFollows) buildBan();
    }
    if (data.measures.length) buildMeasures();
    clear = add(root, "button", { class: "cv-button cv-clear", type: "button" }, "Undo all changes");
    clear.addEventListener("click", () => line.send({ clear: true }));
  }

  function buildLever(lever) {
    const parts = slider(root, { id: `cv-${lever.name}`, label: lever.label, min: 0, max: lever.high, step: lever.step });
    const undo = add(parts.row, "button", { class: "cv-undo", type: "button", title: "As in the scenario",
      "aria-label": `${lever.label}: as in the scenario` }, "↺");
    parts.input.addEventListener("input", () => {
      const value = Number(parts.input.value);
      paint(parts, lever, value, true);
      line.send({ lever: lever.name, value });
    });
    undo.addEventListener("click", () => line.send({ lever: lever.name, value: null }));
    parts.row.dataset.lever = lever.name;
    rows[lever.name] = parts;
  }

  function paint(parts, lever, value, set) {
    place(parts.input, value);
    const closed = lever.closed && value > 0; // by a ban; the schedule stands where it was
    parts.output.textContent = shown(lever, value);
    parts.output.title = closed ? "Scheduled, but banned on this day" : "";
    const words = lever.percent ? shown(lever, value) : `${number(value)} ${lever.unit}`;
    parts.input.setAttribute("aria-valuetext", closed ? `${words}, banned on this day` : words);
    parts.row.classList.toggle("cv-closed", closed);
    parts.row.classList.toggle("cv-set", set);
    parts.row.dataset.value = value;
  }

  function buildBan() {
    const head = add(root, "h2", {}, "Ban on carriers");
    add(head, "small", {}, `no ${data.ban.what.join(" or ")} from the date on`);
    ban = { boxes: {} };
    const changed = () => {
      const routes = data.ban.offered.filter(({ name }) => ban.boxes[name].checked).map(({ name }) => name);
      line.send({ ban: routes, day: Number(ban.date.input.value) });
    };
    for (const { name, label } of data.ban.offered) {
      ban.boxes[name] = check(root, { id: `cv-ban-${name}`, label, on: false }, changed);
    }
    ban.date = slider(root, { id: "cv-ban-day", label: "Ban from", min: 0, max: data.days - 1, step: 1 });
    ban.date.row.style.gridTemplateColumns = "92px 1fr 72px";
    ban.date.input.addEventListener("input", () => {
      showBanDay(Number(ban.date.input.value));
      if (Object.values(ban.boxes).some((b) => b.checked)) changed();
    });
    showBanDay(data.ban.day);
  }

  function showBanDay(day) {
    place(ban.date.input, day);
    ban.date.output.textContent = dateText(data.start, day, SHORT_DATE_YEAR);
    ban.date.input.setAttribute("aria-valuetext", dateText(data.start, day));
  }

  function buildMeasures() {
    const head = add(root, "h2", {}, "In this scenario");
    add(head, "small", {}, "measures, on or off");
    for (const { name, title, detail, on } of data.measures) {
      rows[`measure:${name}`] = check(root, { id: `cv-measure-${name}`, label: title, detail, on },
        (value) => line.send({ measure: name, on: value }));
    }
  }

  function showAll() {
    for (const lever of data.levers) {
      const parts = rows[lever.name];
      if (document.activeElement !== parts.input || !lever.set) paint(parts, lever, lever.value, lever.set);
    }
    if (document.activeElement !== since.input) {
      place(since.input, data.since);
      since.output.textContent = dateText(data.start, data.since, SHORT_DATE_YEAR);
    }
    since.input.setAttribute("aria-valuetext", dateText(data.start, data.since));
    if (ban) {
      for (const { name } of data.ban.offered) ban.boxes[name].checked = data.ban.routes.includes(name);
      ban.date.row.classList.toggle("cv-set", data.ban.routes.length > 0);
      if (document.activeElement !== ban.date.input) showBanDay(data.ban.day);
    }
    for (const { name, on } of data.measures) rows[`measure:${name}`].checked = on;
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    const upToDate = line.answered(data.answered);
    wrong.hidden = !data.error;
    wrong.textContent = data.error;
    const wanted = `${data.scenario}|${data.levers.map((l) => l.name).join()}`;
    if (built !== wanted) {
      built = wanted;
      build();
    }
    if (upToDate) showAll(); // else what somebody has just done would be taken back until its answer comes
    clear.disabled = !data.changes;
    root.dataset.changes = data.changes;
    root.dataset.scenario = data.scenario;
  }

  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
