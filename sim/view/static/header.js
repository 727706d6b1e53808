// The header: which scenario, how many changes, saving them as a file.

/** Light or dark: as chosen here before, else as this machine prefers. */
function themeButton(parent) {
  const button = add(parent, "button", { class: "cv-button cv-theme", type: "button" });
  const show = () => {
    const dark = putTheme() === "dark";
    button.textContent = dark ? "Light" : "Dark";
    button.setAttribute("aria-label", `Change to ${dark ? "light" : "dark"} colours`);
  };
  button.addEventListener("click", () => {
    localStorage.setItem(THEME, document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    show();
  });
  prefers.addEventListener("change", show);
  show();
  return () => prefers.removeEventListener("change", show);
}

function render({ model, el }) {
  const root = add(el, "div", { class: "cv cv-header" });
  brandOf(root);
  const tabs = add(root, "nav", { class: "cv-tabs", "aria-label": "Pages" });
  const pick = add(root, "div", { class: "cv-pick" });
  add(pick, "label", { for: "cv-scenario" }, "Scenario");
  const select = add(pick, "select", { id: "cv-scenario" });
  const changes = add(root, "span", { class: "cv-changes", role: "status" });
  add(root, "span", { class: "cv-space" });
  const share = add(root, "button", { class: "cv-button", type: "button" }, "Copy link");
  const written = {};
  for (const [kind, words, about] of [["brief", "Brief", "Two pages: the answer, ranked measures, a map"], ["report", "Report", "All figures and tables"]]) {
    written[kind] = add(root, "button", { class: "cv-button", type: "button", title: about }, words);
    written[kind].addEventListener("click", () => line.send({ document: kind }));
  }
  const save = add(root, "button", { class: "cv-button", type: "button" }, "Save as scenario");
  const untheme = themeButton(root);
  const complain = complaint(root);
  const line = sender(model);
  let file = 0;
  let handed = 0;

  function take() {
    const data = dataOf(model);
    if (!data) return;
    line.answered(data.answered);
    const names = data.offered.map((o) => o.name).join("|");
    if (select.dataset.names !== names) {
      select.replaceChildren();
      for (const { name, title } of data.offered) add(select, "option", { value: name }, title);
      select.dataset.names = names;
    }
    if (tabs.children.length !== data.pages.length) {
      tabs.replaceChildren();
      for (const page of data.pages) {
        add(tabs, "button", { type: "button", class: "cv-tab" }, page).addEventListener("click", () => line.send({ page }));
      }
    }
    for (const tab of tabs.children) {
      if (tab.textContent === data.page) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    root.dataset.page = data.page;
    showPage(data.page);
    for (const part of [pick, changes, save]) part.hidden = data.page !== "Live";
    share.hidden = !["Live", "Forecast"].includes(data.page);
    select.value = data.scenario;
    select.title = data.description;
    root.dataset.scenario = data.scenario;
    changes.textContent = data.ahead || (data.changes ? `${data.changes} ${data.changes === 1 ? "change" : "changes"}` : "");
    changes.title = data.ahead ? "" : data.told.join("\n");
    complain(data.error);
    showDocument(data);
    if (data.file && data.file.number > file) {
      file = data.file.number;
      saveAs(data.file.name, new Blob([data.file.text], { type: "application/yaml" }));
    }
  }

  /** A brief or report that was asked for: under way, or handed over once. */
  function showDocument({ document: asked, page }) {
    for (const button of Object.values(written)) {
      button.hidden = ["Why", "Forecast"].includes(page); // which hand over their own files, or none
      button.disabled = asked.busy;
    }
    root.dataset.document = asked.busy ? "busy" : asked.files ? "done" : "none";
    if (asked.error) complain(asked.error);
    if (!asked.files || asked.number <= handed) return;
    handed = asked.number;
    for (const { name, type, content } of asked.files) {
      saveAs(name, new Blob([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], { type }));
    }
  }

  select.addEventListener("change", () => line.send({ open: select.value }));
  share.addEventListener("click", () => {
    navigator.clipboard?.writeText(location.href).then(() => {
      share.textContent = "Link copied";
      setTimeout(() => { share.textContent = "Copy link"; }, 2000);
    }, () => { share.textContent = "Copy it from the address"; });
  });
  save.addEventListener("click", () => line.send({ save: true }));
  model.on("change:data", take);
  take();
  return () => {
    untheme();
    model.off("change:data", take);
  };
}

export default { render };
