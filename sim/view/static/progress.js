// How far something in the background is.

function minutes(seconds) {
  if (seconds < 1) return "a moment";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round((seconds % 60) / 5) * 5} s`;
}

const underWay = (data) => data.state === "running" || data.state === "cancelling";

/** A bar with words, and what went wrong; `end` says in words what a cancelled work leaves. */
function progressOf(root, end) {
  const status = add(root, "div", { class: "cv-progress" });
  const bar = add(status, "div", { class: "cv-bar", role: "progressbar", "aria-label": "Runs done", "aria-valuemin": 0 });
  const fill = add(bar, "i");
  const words = add(status, "span", { role: "status" });
  const wrong = add(root, "div", { class: "cv-problem", role: "alert", hidden: "" });
  return (data) => {
    const share = data.total ? data.done / data.total : 0;
    status.hidden = !underWay(data) && data.state !== "cancelled";
    fill.style.width = `${100 * (data.state === "done" ? 1 : share)}%`;
    bar.hidden = !underWay(data);
    bar.setAttribute("aria-valuenow", data.done);
    bar.setAttribute("aria-valuemax", data.total || 1);
    const parts = [`${number(data.done)} of ${number(data.total)} runs`];
    if (data.rate) parts.push(`${number(data.rate, data.rate < 10 ? 1 : 0)} runs/s`);
    if (data.left !== null && data.state === "running") parts.push(`${minutes(data.left)} left`);
    if (data.failed) parts.push(`${data.failed} failed`);
    words.textContent = {
      running: data.done ? parts.join(" · ") : "starting the runs",
      cancelling: "cancelling: the runs in flight end first",
      cancelled: end(data),
    }[data.state] ?? "";
    wrong.hidden = !data.error || underWay(data);
    wrong.textContent = data.error;
  };
}
