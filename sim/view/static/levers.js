// The levers. One that nobody touched follows the scenario's schedule; one that was set stands out, and can be let go.

const shown = (lever, value) => (lever.percent ? `${number(value * 100, 0)} %` : number(value));

function slider(parent, { id, label, min, max, step, classes = "" }) {
  const row = add(parent, "div", { class: `cv-lever ${classes}` });
  add(row, "label", { for: id, title: label }, label);
  const input = add(row, "input", { type: "range", id, min, max, step });
  return { row, input };
}

function place(input, value) {
  input.value = value;
  input.style.setProperty("--share", Math.min(Math.max((value - input.min) / (input.max - input.min || 1), 0), 1));
}

/** A day of the run to choose, as a date; `given` takes the number of the day. What is no day of the run is taken back. */
function dateField(parent, { label, start, days }, given) {
  const iso = (day) => dateOf(start, day).toISOString().slice(0, 10);
  const field = add(parent, "input", { type: "date", class: "cv-date", "aria-label": label, min: iso(0), max: iso(days - 1), required: "" });
  field.addEventListener("change", () => {
    const day = Math.round((Date.parse(`${field.value}T00:00:00Z`) - Date.parse(`${start}T00:00:00Z`)) / DAY);
    if (field.validity.valid) given(day);
  });
  let last = 0;
  field.addEventListener("blur", () => {
    if (!field.validity.valid) field.value = iso(last);
  });
  return { field, show: (day) => { last = day; field.value = iso(day); } };
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
  const complain = complaint(el);
  let data = null;
  let built = "";
  let rows = {};
  let since = null;
  let ban = null;
  let clear = null;
  let history = null;

  function build() {
    root.replaceChildren();
    rows = {};
    ban = null;
    history = historyOf(root, (step) => line.send({ step }));
    buildSince();
    let group = "";
    let unit = "";
    let about = "";
    let note = "";
    data.levers.forEach((lever, k) => {
      const words = lever.percent ? "per cent" : lever.unit;
      if (lever.group !== group) {
        ({ group, unit } = { group: lever.group, unit: words });
        const head = add(root, "h2", {}, group);
        add(head, "small", {}, unit);
      } else if (words !== unit) {
        unit = words;
        add(root, "div", { class: "cv-note" }, unit);
      }
      if (lever.about !== about) {
        about = lever.about;
        note = `cv-about-${k}`;
        add(root, "p", { class: "cv-about", id: note }, about);
      }
      buildLever(lever, note);
      if (lever.banFollows) buildBan();
    });
    buildChecks("In this scenario", "measures, on or off", data.measures, "measure");
    buildChecks("They answer back", "reactions, on or off", data.reactions, "reaction");
    clear = add(root, "button", { class: "cv-button cv-clear", type: "button" }, "Undo all changes");
    clear.addEventListener("click", () => line.send({ clear: true }));
  }

  function buildSince() {
    const box = add(root, "div", { class: "cv-since" });
    since = slider(box, { id: "cv-since", label: "New changes from", min: 0, max: data.days - 1, step: 1 });
    const date = dateField(since.row, { ...data, label: "Date of new changes" }, (day) => {
      place(since.input, day);
      line.send({ since: day });
    });
    since.show = (day) => {
      place(since.input, day);
      date.show(day);
      since.input.setAttribute("aria-valuetext", dateText(data.start, day));
    };
    since.input.addEventListener("input", () => {
      since.show(Number(since.input.value));
      line.send({ since: Number(since.input.value) });
    });
  }

  function buildLever(lever, note) {
    const { name, label, low, high, step } = lever;
    const parts = slider(root, { id: `cv-${name}`, label, min: low, max: high, step });
    parts.input.setAttribute("aria-describedby", note);
    const words = lever.percent ? "per cent" : lever.unit;
    parts.number = add(parts.row, "input", { type: "number", class: "cv-figure", step: "any", "aria-label": `${label}, ${words}` });
    const undo = add(parts.row, "button", { class: "cv-undo", type: "button", title: "As in the scenario",
      "aria-label": `${label}: as in the scenario` }, "↺");
    parts.when = add(parts.row, "div", { class: "cv-when" });
    add(parts.when, "span", {}, "from");
    const tell = (value, more = {}) => {
      const day = parts.set ? { day: parts.since } : {};
      paint(parts, lever, value, true);
      line.send({ lever: name, value, ...day, ...more });
    };
    parts.date = dateField(parts.when, { ...data, label: `${label}: from which day` }, (day) => {
      Object.assign(parts, { set: true, since: day });
      tell(Number(parts.row.dataset.value));
    });
    parts.input.addEventListener("input", () => tell(Number(parts.input.value), { more: true }));
    parts.input.addEventListener("change", () => tell(Number(parts.input.value)));
    parts.number.addEventListener("input", () => { parts.typing = true; });
    parts.number.addEventListener("change", () => {
      parts.typing = false;
      if (parts.number.value === "") paint(parts, lever, Number(parts.row.dataset.value), parts.set);
      else tell(Number((Number(parts.number.value) / (lever.percent ? 100 : 1)).toPrecision(12)));
    });
    undo.addEventListener("click", () => line.send({ lever: name, value: null }));
    parts.row.dataset.lever = name;
    rows[name] = parts;
  }

  function paint(parts, lever, value, set) {
    place(parts.input, value);
    const closed = lever.closed && value > 0; // by a ban; the schedule stands where it was
    if (!parts.typing) parts.number.value = Number((value * (lever.percent ? 100 : 1)).toFixed(lever.percent ? 1 : 2));
    parts.number.title = closed ? "Scheduled, but banned on this day" : "";
    const words = lever.percent ? shown(lever, value) : `${number(value)} ${lever.unit}`;
    parts.input.setAttribute("aria-valuetext", closed ? `${words}, banned on this day` : words);
    parts.row.classList.toggle("cv-closed", closed);
    parts.row.classList.toggle("cv-set", set);
    parts.row.dataset.value = value;
  }

  function buildBan() {
    add(root, "h2", {}, "Ban on carriers");
    add(root, "p", { class: "cv-about" }, data.ban.about);
    ban = { boxes: {} };
    const changed = (more = {}) => {
      const routes = data.ban.offered.filter(({ name }) => ban.boxes[name].checked).map(({ name }) => name);
      if (routes.length || data.ban.routes.length || !more.dated) line.send({ ban: routes, day: Number(ban.date.input.value), ...more });
    };
    for (const { name, label } of data.ban.offered) {
      ban.boxes[name] = check(root, { id: `cv-ban-${name}`, label, on: false }, () => changed());
    }
    ban.date = slider(root, { id: "cv-ban-day", label: "Ban from", min: 0, max: data.days - 1, step: 1, classes: "cv-dated" });
    const date = dateField(ban.date.row, { ...data, label: "Date of the ban" }, (day) => {
      showBanDay(day);
      changed({ dated: true });
    });
    ban.show = date.show;
    ban.date.input.addEventListener("input", () => {
      showBanDay(Number(ban.date.input.value));
      changed({ dated: true, more: true });
    });
    ban.date.input.addEventListener("change", () => changed({ dated: true }));
    showBanDay(data.ban.day);
  }

  function showBanDay(day) {
    place(ban.date.input, day);
    ban.show(day);
    ban.date.input.setAttribute("aria-valuetext", dateText(data.start, day));
  }

  function buildChecks(title, about, entries, kind) {
    if (!entries.length) return;
    const head = add(root, "h2", {}, title);
    add(head, "small", {}, about);
    for (const { name, title: label, detail, on } of entries) {
      rows[`${kind}:${name}`] = check(root, { id: `cv-${kind}-${name}`, label, detail, on },
        (value) => line.send({ [kind]: name, on: value }));
    }
  }

  function showAll() {
    for (const lever of data.levers) {
      const parts = rows[lever.name];
      paint(parts, lever, lever.value, lever.set);
      Object.assign(parts, { set: lever.set, since: lever.since });
      if (document.activeElement !== parts.date.field) parts.date.show(lever.since);
    }
    since.show(data.since);
    if (ban) {
      for (const { name } of data.ban.offered) ban.boxes[name].checked = data.ban.routes.includes(name);
      ban.date.row.classList.toggle("cv-set", data.ban.routes.length > 0);
      if (data.ban.routes.length) showBanDay(data.ban.day);
    }
    for (const kind of ["measure", "reaction"]) {
      for (const { name, on } of data[`${kind}s`]) rows[`${kind}:${name}`].checked = on;
    }
    history.show(data);
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    const upToDate = line.answered(data.answered);
    complain(data.error);
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

  const onKey = (event) => history?.key(event);
  window.addEventListener("keydown", onKey);
  model.on("change:data", take);
  take();
  return () => {
    window.removeEventListener("keydown", onKey);
    model.off("change:data", take);
  };
}

export default { render };
