// Choosing scenarios and how many replicates; starting, cancelling, and how far the runs are.

const MORE = "cdefg";

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-compare" });
  const row = add(root, "form", { class: "cv-compare-row" });
  const picker = (letter, words) => {
    const box = add(row, "div", { class: `cv-pick cv-pick-${letter}` });
    const label = add(box, "label", { for: `cv-${letter}` });
    add(label, "b", { class: `cv-letter cv-letter-${letter}` }, letter.toUpperCase());
    add(label, "span", {}, words);
    return add(box, "select", { id: `cv-${letter}` });
  };
  const [a, b] = [picker("a", "base"), picker("b", "against it")];
  const another = add(row, "button", { class: "cv-button cv-another", type: "button", "aria-label": "Add a scenario", title: "Add a scenario" }, "+");
  const count = add(row, "div", { class: "cv-count" });
  add(count, "label", { for: "cv-replicates" }, "Replicates");
  const replicates = add(count, "input", { id: "cv-replicates", type: "number", min: 2, step: 1, required: "" });
  const armsBox = add(row, "div", { class: "cv-count cv-both" });
  add(armsBox, "label", { for: "cv-arms", title: "Scenarios with reactions are run twice, on the same people and draws: if they answer, and if nobody does" }, "Both arms");
  const both = add(armsBox, "input", { id: "cv-arms", type: "checkbox" });
  const go = add(row, "button", { class: "cv-button cv-main", type: "submit" }, "Start");
  const stop = add(row, "button", { class: "cv-button", type: "button" }, "Cancel");
  const others = add(root, "div", { class: "cv-compare-more" });
  const tell = progressOf(root, (now) => (now.shown ? "cancelled; shown is the comparison before" : "cancelled; nothing was kept"));
  const empty = add(root, "div", { class: "cv-empty" });
  add(empty, "h2", {}, "What does a measure change, and where do people go instead?");
  add(empty, "p", {}, "Both scenarios are run on the same people, the same draws and the same uncertain parameters, "
    + "replicate by replicate, so that what differs is due to the scenarios alone. The runs go on in the background: "
    + "the live page stays usable meanwhile.");
  const soon = add(empty, "p", { class: "cv-soon" }, "What is found appears here when the last run is done.");
  const line = sender(model);
  const link = linker(true);
  let data = null;
  let touched = false;

  const chosen = () => [a, b, ...more()].map((select) => data.offered.find((o) => o.name === select.value)).filter(Boolean);
  const second = () => chosen().filter((o) => o.answers).length; // scenarios with a second arm

  /** What is chosen, in the address. */
  function address() {
    const names = [a, b, ...more()].map((select) => ["compare", select.value]);
    const rest = [["replicates", replicates.value], ["arms", both.checked ? "both" : "one"]];
    if (data.ran && asAsked()) rest.push(["ran", "yes"]); // whoever opens it has it run again
    link.show(data.link && `${data.link}&${query([["page", "Compare"], ...names, ...rest])}`);
  }

  /** Whether what is chosen is what was asked last. */
  function asAsked() {
    const [now, then] = [[a, b, ...more()].map((select) => select.value), [data.a, data.b, ...data.more]];
    return now.length === then.length && now.every((name, k) => name === then[k]) && Number(replicates.value) === data.replicates && both.checked === data.arms;
  }

  const period = (name) => {
    const found = data.offered.find((o) => o.name === name);
    return found ? `${found.start} ${found.days}` : "";
  };

  /** Only scenarios of A's period can stand beside it. */
  function limit() {
    for (const option of b.options) {
      option.disabled = period(option.value) !== period(a.value) || option.value === a.value;
    }
    if (b.selectedOptions[0]?.disabled) b.value = [...b.options].find((o) => !o.disabled)?.value ?? "";
    for (const select of more()) {
      const taken = new Set([a, b, ...more()].filter((o) => o !== select).map((o) => o.value));
      for (const option of select.options) option.disabled = period(option.value) !== period(a.value) || taken.has(option.value);
      if (!select.value || select.selectedOptions[0].disabled) select.value = [...select.options].find((o) => !o.disabled)?.value ?? "";
    }
    const alike = data.offered.filter((o) => period(o.name) === period(a.value)).length;
    const runs = 2 + more().length + (both.checked ? second() : 0);
    another.disabled = running() || runs >= data.mostScenarios || 2 + more().length >= alike;
    armsBox.hidden = !second();
    go.disabled = running() || !b.value;
    address();
  }

  const running = () => underWay(data);
  const more = () => [...others.querySelectorAll("select")];

  /** Letters follow each other, whichever is dropped. */
  function rename() {
    more().forEach((select, k) => {
      const letter = select.parentElement.querySelector(".cv-letter");
      letter.className = `cv-letter cv-letter-${MORE[k]}`;
      letter.textContent = MORE[k].toUpperCase();
      select.id = `cv-${MORE[k]}`;
      select.parentElement.querySelector("label").setAttribute("for", select.id);
      select.parentElement.querySelector(".cv-drop").setAttribute("aria-label", `Leave out ${MORE[k].toUpperCase()}`);
    });
  }

  function addPicker(value = "") {
    const box = add(others, "div", { class: "cv-pick" });
    const top = add(box, "div", { class: "cv-pick-head" });
    const label = add(top, "label");
    add(label, "b", { class: "cv-letter" });
    add(label, "span", {}, "and");
    const drop = add(top, "button", { type: "button", class: "cv-drop" }, "×");
    const select = add(box, "select");
    for (const { name, title } of data.offered) add(select, "option", { value: name }, title);
    select.value = value;
    drop.addEventListener("click", () => {
      box.remove();
      rename();
      limit();
    });
    select.addEventListener("change", limit);
    rename();
  }

  function fillIn() {
    const names = data.offered.map((o) => `${o.name} ${o.title} ${o.start}`).join("|");
    if (a.dataset.names === names) return;
    for (const select of [a, b]) {
      const kept = touched ? select.value : null;
      select.replaceChildren();
      for (const { name, title } of data.offered) add(select, "option", { value: name }, title);
      select.dataset.names = names;
      select.value = kept ?? data[select === a ? "a" : "b"];
    }
    const kept = touched ? more().map((select) => select.value) : data.more;
    others.replaceChildren();
    for (const name of kept) addPicker(name);
    if (!touched) {
      replicates.value = data.replicates;
      both.checked = data.arms;
    }
    replicates.max = data.most;
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    line.answered(data.answered);
    fillIn();
    limit();
    for (const part of [a, b, replicates, both, ...more()]) part.disabled = running();
    go.hidden = running();
    stop.hidden = !running();
    stop.disabled = data.state === "cancelling";
    tell(data);
    empty.hidden = data.shown;
    soon.hidden = !running();
    for (const name of ["state", "done", "total", "rate", "left"]) root.dataset[name] = data[name] ?? "";
  }

  a.addEventListener("change", () => { touched = true; limit(); });
  b.addEventListener("change", () => { touched = true; limit(); });
  replicates.addEventListener("input", () => { touched = true; limit(); });
  both.addEventListener("change", () => { touched = true; limit(); });
  row.addEventListener("submit", (event) => {
    event.preventDefault();
    touched = true;
    line.send({ start: { a: a.value, b: b.value, more: more().map((select) => select.value), replicates: Number(replicates.value), arms: both.checked } });
  });
  another.addEventListener("click", () => {
    touched = true;
    addPicker();
    limit();
  });
  stop.addEventListener("click", () => line.send({ cancel: true }));
  model.on("change:data", take);
  take();
  return () => {
    link.stop();
    if (data) write(data.link);
    model.off("change:data", take);
  };
}

export default { render };
