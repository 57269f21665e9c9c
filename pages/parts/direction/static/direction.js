// Tells the document its language and direction: everything of the page then mirrors by itself. Nothing is drawn here.
import { watchReach } from "./reach.js";
import { speak, watchWords } from "./spoken.js";

const LOCALE = Symbol.for("react-aria.i18n.locale");

function turn(data) {
  const root = document.documentElement;
  if (root.lang !== data.lang) root.lang = data.lang;
  if (root.dir !== data.dir) root.dir = data.dir;
  // The widgets take their own direction and digits from the browser's language, whatever the page's is: ranges break by it.
  if (window[LOCALE] !== data.locale) {
    window[LOCALE] = data.locale;
    window.dispatchEvent(new Event("languagechange"));
  }
}

// Where the reading begins at the right, so does a grid: its first column stands at the far end of what can be scrolled.
const GRIDS = Symbol.for("mabat.grids"), HEARD = Symbol.for("mabat.heard");

function begin(seen) {
  if (document.documentElement.dir !== "rtl") return;
  for (const box of document.querySelectorAll(".dvn-scroller")) {
    if (seen.has(box) || box.scrollWidth <= box.clientWidth + 1) continue;
    seen.add(box);
    // The sheet of targets is typed and pasted into from January on: it stays as spreadsheets are copied.
    if (box.closest('[class*="st-key-target_grid_Ask"]')) continue;
    box.scrollLeft = box.scrollWidth;
  }
}

function watchGrids() {
  if (window[GRIDS]) return;
  const seen = new WeakSet();
  let waits = [];
  const soon = () => {
    waits.forEach(clearTimeout);
    // A grid learns its width some frames after it is there.
    waits = [0, 120, 400, 1200].map((wait) => setTimeout(() => begin(seen), wait));
  };
  window[GRIDS] = new MutationObserver(soon);
  window[GRIDS].observe(document.body, { childList: true, subtree: true });
  soon();
}

export default function ({ data }) {
  turn(data);
  watchGrids();
  speak(data);
  if (!window[HEARD]) {
    window[HEARD] = true;
    watchReach();
    watchWords();
  }
  return () => {};
}
