// A slider through the days or weeks of results; which scenario the map shows, map or charts.

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-replay" });
  const about = add(root, "div", { class: "cv-replay-about" });
  const title = add(about, "b");
  const folder = add(about, "small");
  const pick = add(root, "div", { class: "cv-pick cv-replay-other" });
  add(pick, "label", { for: "cv-other" }, "B");
  const other = add(pick, "select", { id: "cv-other" });
  const shown = add(root, "div", { class: "cv-tabs", role: "group", "aria-label": "Scenario of the map" });
  const play = add(root, "button", { class: "cv-button cv-main cv-play", type: "button" }, "▶");
  const slide = add(root, "div", { class: "cv-replay-slide" });
  const input = add(slide, "input", { type: "range", id: "cv-when", min: 1, "aria-label": "Day of the run" });
  const output = add(slide, "output", { for: "cv-when" });
  const views = add(root, "div", { class: "cv-tabs", role: "group", "aria-label": "What is shown" });
  const line = sender(model);
  let data = null;
  let timer = 0;

  function show() {
    const day = Number(input.value);
    const text = dateText(data.start, day - 1, SHORT_DATE_YEAR);
    output.textContent = data.step === 1 ? `${text}, day ${day} of ${data.days}` : `${text}, week ${Math.ceil(day / 7)} of ${Math.ceil(data.days / 7)}`;
    input.setAttribute("aria-valuetext", output.textContent);
    input.style.setProperty("--share", (day - 1) / Math.max(data.days - 1, 1));
  }

  function go(day) {
    input.value = Math.min(Math.max(day, 1), data.days);
    show();
    line.send({ day: Number(input.value) });
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }

  function chips(box, names, current, send) {
    box.hidden = names.length < 2;
    if (box.dataset.names !== names.map((n) => n[0]).join("|")) {
      box.dataset.names = names.map((n) => n[0]).join("|");
      box.replaceChildren();
      for (const [name, text, hint] of names) {
        add(box, "button", { class: "cv-tab", type: "button", "data-name": name, title: hint }, text).addEventListener("click", () => send(name));
      }
    }
    for (const tab of box.children) {
      if (tab.dataset.name === current) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    line.answered(data.answered);
    title.textContent = data.title;
    title.title = data.title;
    folder.textContent = data.folder;
    input.max = data.days;
    input.step = 1;
    if (document.activeElement !== input || timer) input.value = data.day;
    const known = data.scenarios ?? [];
    pick.hidden = known.length < 3;
    if (!pick.hidden && other.children.length !== known.length - 1) {
      other.replaceChildren();
      for (const { name, title: words } of known.slice(1)) add(other, "option", { value: name }, words);
    }
    if (data.other) other.value = data.other;
    const two = known.length > 1 ? [known[0], known.find((s) => s.name === data.other)] : [];
    chips(shown, two.map((s, k) => [s.name, `Map of ${"AB"[k]}`, s.title]), data.shown, (name) => line.send({ shown: name }));
    shown.hidden = shown.hidden || data.view === "Charts";
    chips(views, (data.views ?? []).map((v) => [v, v, `Show the ${v.toLowerCase()}`]), data.view, (view) => line.send({ view }));
    root.dataset.day = data.day;
    root.dataset.kind = data.kind;
    root.classList.toggle("cv-replay-many", data.kind === "study");
    show();
  }

  input.addEventListener("input", () => go(Number(input.value)));
  other.addEventListener("change", () => line.send({ other: other.value }));
  play.addEventListener("click", () => {
    if (timer) {
      stop();
      return;
    }
    if (Number(input.value) >= data.days) go(1);
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    timer = setInterval(() => {
      if (Number(input.value) >= data.days) stop();
      else go(Number(input.value) + data.step);
    }, data.step === 1 ? 125 : 250);
  });
  stop();
  model.on("change:data", take);
  take();
  return () => {
    clearInterval(timer);
    model.off("change:data", take);
  };
}

export default { render };
