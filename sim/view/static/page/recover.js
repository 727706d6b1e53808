// Loads the page anew when Solara's client has lost a part of it: a widget that was closed before the page had made the
// one around it, as may happen on a busy machine. The one around it would show nothing new from then on, and the page
// would stand still. What is shown is kept in the address. Should it happen again soon after, the user is asked: a page
// that loads itself again and again helps nobody.
(() => {
  const KEY = "corridor-loaded-anew"; // of the tab's storage: when the page was last loaded anew by itself
  const TOLD = "corridor-loaded-anew-told";
  const PEACE = 300000; // milliseconds after which another loss is one of its own
  const PAUSE = 600; // milliseconds until it is loaded, in which the address gets what has just changed
  const SHOWN = 12000; // milliseconds for which it is told afterwards
  const STYLE = "position:fixed;z-index:9999;left:50%;bottom:16px;transform:translateX(-50%);max-width:90vw;"
    + "padding:10px 16px;border-radius:8px;background:#14202e;color:#fff;font:15px/1.4 system-ui,sans-serif;";
  const BUTTON = "margin-left:12px;min-height:28px;padding:2px 12px;border:1px solid #fff;border-radius:6px;"
    + "background:transparent;color:#fff;font:inherit;cursor:pointer;";
  let over = false;

  function say(words, role, state) {
    const box = document.createElement("div");
    box.className = "corridor-anew";
    box.style.cssText = STYLE;
    box.dataset.state = state;
    box.setAttribute("role", role);
    box.textContent = words;
    document.body.append(box);
    return box;
  }

  function lost() {
    if (over) return;
    over = true;
    if (Date.now() - Number(sessionStorage.getItem(KEY)) < PEACE) {
      const box = say("A part of this page was lost again, and it may stand still.", "alert", "asks");
      const button = document.createElement("button");
      button.type = "button";
      button.style.cssText = BUTTON;
      button.textContent = "Load it anew";
      button.addEventListener("click", () => location.reload());
      box.append(button);
      return;
    }
    sessionStorage.setItem(KEY, String(Date.now()));
    sessionStorage.setItem(TOLD, "no");
    say("A part of this page was lost on its way: it is loaded anew.", "alert", "loads");
    setTimeout(() => location.reload(), PAUSE);
  }

  const manager = solara.WidgetManager.prototype;
  const { get_model: find } = manager;
  manager.get_model = function get_model(id) {
    const found = find.call(this, id);
    found.catch(lost);
    return found;
  };
  window.addEventListener("pagehide", () => { over = true; }); // what is lost in leaving does not matter
  if (sessionStorage.getItem(TOLD) === "no") {
    sessionStorage.setItem(TOLD, "yes");
    const words = "A part of this page was lost on its way, so it was loaded anew, as its address says.";
    const box = say(words, "status", "loaded");
    setTimeout(() => box.remove(), SHOWN);
  }
})();
