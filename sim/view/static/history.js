// The steps by which the levers came to stand as they do: back, forth, or to any of them.

const TYPED = "input[type=number], input[type=date], input[type=text], textarea";

/** A list of steps with buttons; `go` takes the number of a step. */
function historyOf(parent, go) {
  const root = add(parent, "div", { class: "cv-history" });
  const button = (text, keys) => add(root, "button", { class: "cv-button", type: "button", "aria-keyshortcuts": keys }, text);
  const [undo, redo] = [button("Undo", "Control+Z"), button("Redo", "Control+Y")];
  const box = add(root, "details");
  const head = add(box, "summary");
  const list = add(box, "ol");
  let [at, last] = [0, 0];

  /** Where the steps stand once what was clicked has been answered. */
  function move(by) {
    const to = Math.min(Math.max(at + by, 0), last);
    if (to === at) return;
    at = to;
    press();
    go(at);
  }

  function press() {
    undo.disabled = at === 0;
    redo.disabled = at === last;
  }

  undo.addEventListener("click", () => move(-1));
  redo.addEventListener("click", () => move(1));
  return {
    show(data) {
      [at, last] = [data.at, data.last];
      press();
      head.textContent = last ? `History: ${last} ${last === 1 ? "step" : "steps"}` : "History: no steps yet";
      root.dataset.at = at;
      root.dataset.last = last;
      const wanted = JSON.stringify([data.steps, at]);
      if (list.dataset.shown === wanted) return;
      list.dataset.shown = wanted;
      list.replaceChildren();
      for (const [number, words] of data.steps) {
        const entry = add(add(list, "li"), "button", { type: "button" }, words);
        if (number === at) entry.setAttribute("aria-current", "step");
        entry.addEventListener("click", () => move(number - at));
      }
    },
    key(event) {
      if (!(event.ctrlKey || event.metaKey) || event.target.matches?.(TYPED)) return;
      const key = event.key.toLowerCase();
      const by = key === "y" || (key === "z" && event.shiftKey) ? 1 : key === "z" ? -1 : 0;
      if (!by) return;
      event.preventDefault();
      move(by);
    },
  };
}
