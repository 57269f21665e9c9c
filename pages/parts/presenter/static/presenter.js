// Keys of the weekly review: one listener for the whole page, bound once, taken away with the component. Nothing is drawn.
const TYPING = 'input, textarea, select, [contenteditable="true"], [role="dialog"], [role="slider"], [role="listbox"], [role="menu"], [role="combobox"], [data-testid="stDataFrame"]';
const SETTLED = 600;
let live = null;

function target(event) {
  const now = live.data, step = { ArrowRight: now.rtl ? -1 : 1, ArrowLeft: now.rtl ? 1 : -1, PageDown: 1, PageUp: -1 }[event.key];
  if (step) return Math.min(Math.max(live.at + step, 1), now.count);
  return { Home: 1, End: now.count }[event.key];
}

function pressed(event) {
  if (!live || event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
  const from = event.composedPath()[0];
  if (from && from.closest && from.closest(TYPING)) return;
  if (document.querySelector('[role="dialog"]')) return;
  const take = () => { event.preventDefault(); event.stopPropagation(); };
  if (!live.data.presenting) {
    if (event.key.toLowerCase() === "p" && !event.shiftKey) { take(); live.send("act", { present: 1 }); }
    return;
  }
  if (event.key.toLowerCase() === "f" && !event.shiftKey) { take(); full(); return; }
  if (event.key === "Escape") { take(); live.send("act", { leave: 1 }); return; }
  const to = target(event);
  if (!to) return;
  take();
  if (to === live.at) return;
  live.at = to;
  live.when = performance.now();
  live.send("act", { to });
}

// Full screen needs a key or click of the person; leaving by Escape is the browser's own.
function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
}

function measured() {
  if (!live || !live.data.presenting) return;
  clearTimeout(live.timer);
  live.timer = setTimeout(() => {
    if (!live) return;
    const [wide, high] = live.data.screen, w = window.innerWidth, h = window.innerHeight;
    if (Math.abs(w - wide) > 8 || Math.abs(h - high) > 8) live.keep("screen", [w, h]);
  }, 120);
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  if (!live) {
    live = { at: data.at, when: 0 };
    document.addEventListener("keydown", pressed, true);
    window.addEventListener("resize", measured);
  }
  // Pressed faster than pages come: the last key wins over an answer that is still on its way.
  if (data.at === live.at || performance.now() - live.when > SETTLED) live.at = data.at;
  Object.assign(live, { data, root: parentElement, send: setTriggerValue, keep: setStateValue });
  measured();
  return () => setTimeout(() => {
    if (!live || live.root.isConnected || (live.root.host && live.root.host.isConnected)) return;
    document.removeEventListener("keydown", pressed, true);
    window.removeEventListener("resize", measured);
    clearTimeout(live.timer);
    live = null;
  }, 0);
}
