// Choosing two scenarios and how many replicates; starting, cancelling, and how far the runs are.

function minutes(seconds) {
  if (seconds < 1) return "a moment";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round((seconds % 60) / 5) * 5} s`;
}

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
  const count = add(row, "div", { class: "cv-count" });
  add(count, "label", { for: "cv-replicates" }, "Replicates");
  const replicates = add(count, "input", { id: "cv-replicates", type: "number", min: 2, step: 1, required: "" });
  const go = add(row, "button", { class: "cv-button cv-main", type: "submit" }, "Start");
  const stop = add(row, "button", { class: "cv-button", type: "button" }, "Cancel");
  const status = add(root, "div", { class: "cv-progress" });
  const bar = add(status, "div", { class: "cv-bar", role: "progressbar", "aria-label": "Runs done", "aria-valuemin": 0 });
  const fill = add(bar, "i");
  const words = add(status, "span", { role: "status" });
  const wrong = add(root, "div", { class: "cv-problem", role: "alert", hidden: "" });
  const empty = add(root, "div", { class: "cv-empty" });
  add(empty, "h2", {}, "What does a measure change, and where do people go instead?");
  add(empty, "p", {}, "Both scenarios are run on the same people, the same draws and the same uncertain parameters, "
    + "replicate by replicate, so that what differs is due to the scenarios alone. The runs go on in the background: "
    + "the live page stays usable meanwhile.");
  const soon = add(empty, "p", { class: "cv-soon" }, "What is found appears here when the last run is done.");
  const line = sender(model);
  let data = null;
  let touched = false;

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
    go.disabled = running() || !b.value;
  }

  const running = () => data.state === "running" || data.state === "cancelling";

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
    if (!touched) replicates.value = data.replicates;
    replicates.max = data.most;
  }

  function tell() {
    const share = data.total ? data.done / data.total : 0;
    status.hidden = !running() && data.state !== "cancelled";
    fill.style.width = `${100 * (data.state === "done" ? 1 : share)}%`;
    bar.hidden = !running();
    bar.setAttribute("aria-valuenow", data.done);
    bar.setAttribute("aria-valuemax", data.total);
    const parts = [`${number(data.done)} of ${number(data.total)} runs`];
    if (data.rate) parts.push(`${number(data.rate, data.rate < 10 ? 1 : 0)} runs/s`);
    if (data.left !== null && data.state === "running") parts.push(`${minutes(data.left)} left`);
    if (data.failed) parts.push(`${data.failed} failed`);
    words.textContent = {
      running: data.done ? parts.join(" · ") : "starting the runs",
      cancelling: "cancelling: the runs in flight end first",
      cancelled: data.shown ? "cancelled; shown is the comparison before" : "cancelled; nothing was kept",
    }[data.state] ?? "";
  }

  function take() {
    data = dataOf(model);
    if (!data) return;
    line.answered(data.answered);
    fillIn();
    limit();
    for (const part of [a, b, replicates]) part.disabled = running();
    go.hidden = running();
    stop.hidden = !running();
    stop.disabled = data.state === "cancelling";
    tell();
    empty.hidden = data.shown;
    soon.hidden = !running();
    wrong.hidden = !data.error || running();
    wrong.textContent = data.error;
    for (const name of ["state", "done", "total", "rate", "left"]) root.dataset[name] = data[name] ?? "";
  }

  a.addEventListener("change", () => { touched = true; limit(); });
  b.addEventListener("change", () => { touched = true; limit(); });
  replicates.addEventListener("input", () => { touched = true; });
  row.addEventListener("submit", (event) => {
    event.preventDefault();
    touched = true;
    line.send({ start: { a: a.value, b: b.value, replicates: Number(replicates.value) } });
  });
  stop.addEventListener("click", () => line.send({ cancel: true }));
  model.on("change:data", take);
  take();
  return () => model.off("change:data", take);
}

export default { render };
