// Beside Mesa's own buttons: a week at once, any day of the run, how fast it plays, and with which seed.

// Mesa's buttons bear signs and short words; those who hear the page, or point at them, get the whole.
const NAMES = { Reset: "Reset to the first day", "▶": "Play", "❚❚": "Pause", Step: "Step a day" };

function nameButtons() {
  for (const button of document.querySelectorAll(".corridor-controller button")) {
    const name = NAMES[button.textContent.trim()];
    if (name && button.title !== name) {
      button.title = name;
      button.setAttribute("aria-label", name);
    }
  }
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-run" });
  const buttons = add(root, "div", { class: "cv-run-buttons" });
  const week = add(buttons, "button", { class: "cv-button", type: "button" }, "Step a week");
  const end = add(buttons, "button", { class: "cv-button", type: "button" }, "To the end");
  const row = (label, id, attributes) => {
    const line = add(root, "div", { class: "cv-run-row" });
    add(line, "label", { for: id }, label);
    const input = add(line, "input", { type: "range", id, ...attributes });
    return [input, add(line, "output", { for: id })];
  };
  const [day, dayText] = row("Day", "cv-day", { min: 0, step: 1 });
  const [speed, speedText] = row("Speed", "cv-speed", { min: 1, max: 20, step: 1 });
  const seedRow = add(root, "div", { class: "cv-run-row cv-run-seed" });
  add(seedRow, "label", { for: "cv-seed" }, "Seed");
  const seed = add(seedRow, "input", { type: "number", id: "cv-seed", class: "cv-figure", min: 0, step: 1, required: "" });
  add(seedRow, "small", {}, "other chances, same scenario");
  const bandBox = add(root, "div", { class: "cv-run-bands" });
  const bands = add(bandBox, "button", { class: "cv-button", type: "button" });
  const bandWords = add(bandBox, "span", { role: "status" });
  const complain = complaint(el);
  const line = sender(model);
  const link = linker();
  let data = null;
  let held = false;

  const share = (input) => input.style.setProperty("--share", (input.value - input.min) / (input.max - input.min || 1));

  function show() {
    dayText.textContent = `${day.value} of ${data.days}`;
    day.setAttribute("aria-valuetext", Number(day.value) ? dateText(data.start, day.value - 1) : "before the first day");
    speedText.textContent = `${speed.value} ${speed.value === "1" ? "day" : "days"}/s`;
    speed.setAttribute("aria-valuetext", `${speed.value} days a second`);
    share(day);
    share(speed);
  }

  function showBands({ state, done, total, shown, replicates }) {
    const going = state === "running" || state === "cancelling";
    bands.textContent = going ? "Cancel" : shown ? "Uncertainty is shown" : `How sure? ${replicates} replicates`;
    bands.disabled = shown && !going;
    bandWords.textContent = going ? `${done} of ${total} runs` : shown ? `90 % of ${replicates} runs, in the tiles and the charts; of where people are, in the view “Under way”` : "";
    root.dataset.bands = going ? "running" : shown ? "shown" : "none";
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    line.answered(data.answered);
    root.dataset.day = data.day;
    day.max = data.days;
    if (!held) day.value = data.day;
    if (document.activeElement !== speed) speed.value = data.speed;
    if (document.activeElement !== seed) seed.value = data.seed;
    complain(data.error);
    link.show(data.link);
    showBands(data.bands);
    week.disabled = data.day >= data.days;
    end.disabled = week.disabled;
    show();
  }

  week.addEventListener("click", () => line.send({ week: true }));
  end.addEventListener("click", () => line.send({ day: data.days }));
  day.addEventListener("pointerdown", () => { held = true; });
  day.addEventListener("pointerup", () => { held = false; });
  day.addEventListener("input", () => {
    show();
    line.send({ day: Number(day.value) });
  });
  speed.addEventListener("input", () => {
    show();
    line.send({ speed: Number(speed.value) });
  });
  bands.addEventListener("click", () => line.send({ bands: root.dataset.bands !== "running" }));
  seed.addEventListener("change", () => {
    if (seed.validity.valid) line.send({ seed: Number(seed.value) });
  });
  model.on("change:data", take);
  const naming = new MutationObserver(nameButtons);
  naming.observe(document.body, { childList: true, subtree: true, characterData: true });
  nameButtons();
  take();
  return () => {
    naming.disconnect();
    link.stop();
    model.off("change:data", take);
  };
}

export default { render };
