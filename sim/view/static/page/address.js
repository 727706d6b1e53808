// What stands in the page's address.

const LINK_PAUSE = 250; // milliseconds; browsers let the address change some 200 times in 30 seconds

/** The address, without what leads to this page's state if there is nothing that leads to it. */
const write = (link) => window.history.replaceState(window.history.state, "", link ? `?${link}` : location.pathname);

/**
 * Writes into the address what leads to what is on screen, once it differs from what the address led to: that is the
 * first link, unless `differs` says that it does not.
 */
function linker(differs = false) {
  let known = differs ? "" : null;
  let timer = 0;
  return {
    show(link) {
      const first = known === null;
      if (link === known) return;
      known = link;
      if (first) return;
      clearTimeout(timer);
      timer = setTimeout(() => write(link), LINK_PAUSE);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}

/** Pairs of names and values as a part of an address, as the server writes it. */
const query = (pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2F", "/")}`).join("&");

const EXPLAINS = "page=Why";

/** Adds to the address that the page is open which explains a run, or takes that away. Other pages write their own. */
function showPage(page) {
  const bare = location.search.slice(1).split("&").filter((part) => part && part !== EXPLAINS);
  const wanted = page === "Why" ? [...bare, EXPLAINS] : bare;
  if (wanted.join("&") !== location.search.slice(1)) write(wanted.join("&"));
}
