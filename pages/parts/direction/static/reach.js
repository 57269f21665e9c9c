// What the keyboard needs beside the front end's own ways: what opens takes the focus and gives it back, and arrows lead where they point.
const PASSING = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"], [data-testid="stPopoverBody"]';
const ACROSS = '[role="radiogroup"], [role="toolbar"], [role="tablist"]';
const OPENER = '[data-testid="stPopoverButton"]', BODY = '[data-testid="stPopoverBody"]', DIALOG = '[data-testid="stDialog"]';
const STOPS = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea, [tabindex]:not([tabindex="-1"]), [contenteditable="true"]';
const OTHER = { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" };
// In milliseconds: how long after a key what it opens may still come, how long its contents may take, and how long after a dialog the page may
// still be drawn anew.
const COMES = 4000, FILLS = 1200, SETTLES = 5000;

const live = { last: null, at: null, keyed: false, opener: null, pressed: 0, dialogs: 0, body: null, acts: 0 };

const stops = (box) => [...box.querySelectorAll(STOPS)].filter((node) => node.tabIndex >= 0 && node.getClientRects().length && getComputedStyle(node).visibility !== "hidden");

// An element, and how to find the one drawn in its place: the keys around it, nearest first, and which of the stops under each.
function address(node) {
  const keys = [];
  for (let box = node.closest('[class*="st-key-"]'); box && keys.length < 6; box = box.parentElement?.closest('[class*="st-key-"]')) {
    keys.push([[...box.classList].find((name) => name.startsWith("st-key-")), stops(box).indexOf(node)]);
  }
  return { node, keys, path: location.pathname };
}

function found(place, hasty) {
  if (!place) return null;
  // What was chosen led to another page: it is read from its beginning.
  if (place.path !== location.pathname) return document.querySelector('[data-testid="stMain"]');
  if (place.node.isConnected && place.node.getClientRects().length) return place.node;
  for (const [key, at] of place.keys) {
    const box = document.querySelector(`.${CSS.escape(key)}`), all = box ? stops(box) : [];
    if (all.length) return all[Math.min(Math.max(at, 0), all.length - 1)];
    // It is there and still empty: what stood in it comes.
    if (box && !hasty) return null;
  }
  return null;
}

// The focus goes back where it was, unless it is somewhere already; what it was on may be drawn anew meanwhile.
function back(place) {
  const until = performance.now() + SETTLES, acts = live.acts;
  const turn = () => {
    // Whoever went on by themselves is not fetched back.
    if (live.acts !== acts) return;
    const at = document.activeElement, there = found(place, performance.now() > until - 300);
    if (document.querySelector(`${DIALOG}, ${BODY}`)) return;
    if (there && (!at || at === document.body || !at.isConnected)) there.focus({ preventScroll: true });
    if (performance.now() < until && (!at || at === document.body || at === there)) setTimeout(turn, 120);
  };
  turn();
}

function focused(event) {
  const { target } = event;
  if (!(target instanceof Element) || target === document.body || target.closest(PASSING)) { live.at = null; return; }
  live.at = live.last = address(target);
}

// Left by the reader; what is taken away by the page is not left, and is looked for again.
function left(event) {
  const { target } = event;
  setTimeout(() => { if (target.isConnected && live.at?.node === target && document.activeElement !== target) live.at = null; }, 0);
}

// From right to left the next one stands at the left: the widgets, which are held to left to right, are told the other arrow.
function arrow(event, from) {
  const key = OTHER[event.key];
  if (!key || document.documentElement.dir !== "rtl" || event.altKey || event.ctrlKey || event.metaKey || !from.closest(ACROSS) || from.matches('input:not([type="radio"])')) return false;
  event.preventDefault();
  event.stopImmediatePropagation();
  from.dispatchEvent(new KeyboardEvent("keydown", { key, code: key, shiftKey: event.shiftKey, bubbles: true, cancelable: true, composed: true }));
  return true;
}

// Tab goes round inside what is open, as in a dialog: it stands at the end of the document, far from its button.
function around(event, box) {
  const all = stops(box), at = document.activeElement, first = all[0], last = all[all.length - 1];
  if (!all.length) { event.preventDefault(); return; }
  const to = !box.contains(at) ? (event.shiftKey ? last : first) : event.shiftKey && at === first ? last : !event.shiftKey && at === last ? first : null;
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  to.focus();
}

function pressed(event) {
  const from = event.composedPath()[0];
  live.keyed = true;
  if (!event.isTrusted || event.isComposing || !(from instanceof Element) || arrow(event, from)) return;
  const box = document.querySelector(BODY);
  if (event.key === "Tab" && box && !document.querySelector(DIALOG) && (box.contains(from) || from === live.opener?.node)) around(event, box);
  else if (event.key === "Enter" || event.key === " ") {
    const opener = from.closest(OPENER);
    if (opener) Object.assign(live, { opener: address(opener), pressed: performance.now() });
  }
}

function pointed() {
  Object.assign(live, { keyed: false, pressed: 0, acts: live.acts + 1 });
}

function changed() {
  const dialogs = document.querySelectorAll(DIALOG).length, body = document.querySelector(BODY);
  if (dialogs < live.dialogs && !dialogs) back(live.last);
  live.dialogs = dialogs;
  // Drawn anew under a reader who goes by keys: the same place has the focus again.
  if (live.keyed && live.at && !live.at.node.isConnected && !dialogs) { const at = live.at; live.at = null; back(at); }
  if (body === live.body) return;
  const gone = live.body && !body;
  live.body = body;
  if (gone && !dialogs) back(live.opener || live.last);
  if (gone) live.opener = null;
  if (body && performance.now() - live.pressed < COMES) {
    live.pressed = 0;
    // Its contents come with the next answer of the server.
    const until = performance.now() + FILLS, into = () => {
      if (!body.isConnected || body.contains(document.activeElement)) return;
      const first = stops(body)[0];
      if (first) { first.focus(); return; }
      if (performance.now() < until) { setTimeout(into, 60); return; }
      // Words alone: they are read where they stand.
      body.tabIndex = -1;
      body.focus();
    };
    setTimeout(into, 60);
  }
}

export function watchReach() {
  document.addEventListener("focusin", focused);
  document.addEventListener("keydown", pressed, true);
  document.addEventListener("focusout", left);
  document.addEventListener("pointerdown", pointed, true);
  new MutationObserver(changed).observe(document.body, { childList: true, subtree: true });
}
