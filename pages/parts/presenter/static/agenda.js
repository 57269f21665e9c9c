// Dragging in the agenda: its rows are the dashboard's own; nothing is drawn here but where the row would fall.
let live = null;
const MARK = "inset 0 2px 0 0 var(--st-primary-color, #2459B8)", BELOW = "inset 0 -2px 0 0 var(--st-primary-color, #2459B8)";

const box = () => document.querySelector(`.st-key-${CSS.escape(live.data.rows)}`);
const rows = () => Array.from({ length: live.data.count }, (_, i) => document.querySelector(`.st-key-${CSS.escape(live.data.row + i)}`));
const rowOf = (node) => rows().findIndex((row) => row && row.contains(node));

function armed(event) {
  const at = live && box() && box().contains(event.target) ? rowOf(event.target) : -1;
  if (at >= 0) rows()[at].draggable = true;
}

function start(event) {
  const at = live ? rowOf(event.target) : -1;
  if (at < 0) return;
  live.from = at;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", String(at));
  rows()[at].style.opacity = "0.4";
}

function place(event) {
  const over = rowOf(event.target);
  if (over < 0) return -1;
  const at = rows()[over].getBoundingClientRect();
  return over + (event.clientY > at.top + at.height / 2 ? 1 : 0);
}

function over(event) {
  if (!live || live.from === undefined) return;
  const to = place(event);
  clean(false);
  if (to < 0) return;
  event.preventDefault();
  const all = rows(), row = all[Math.min(to, all.length - 1)];
  if (row) row.style.boxShadow = to >= all.length ? BELOW : MARK;
}

function drop(event) {
  if (!live || live.from === undefined) return;
  const to = place(event), from = live.from;
  clean(true);
  if (to < 0) return;
  event.preventDefault();
  const final = to > from ? to - 1 : to;
  if (final !== from) live.send("moved", { from, to: final });
}

function clean(all) {
  for (const row of rows()) if (row) { row.style.boxShadow = ""; if (all) { row.style.opacity = ""; row.draggable = false; } }
  if (all) live.from = undefined;
}

const HEARD = { pointerdown: armed, dragstart: start, dragover: over, drop, dragend: () => live && clean(true) };

export default function ({ data, parentElement, setTriggerValue }) {
  if (!live) {
    live = {};
    for (const [name, heard] of Object.entries(HEARD)) document.addEventListener(name, heard);
  }
  Object.assign(live, { data, root: parentElement, send: setTriggerValue });
  return () => setTimeout(() => {
    if (!live || live.root.isConnected || (live.root.host && live.root.host.isConnected)) return;
    for (const [name, heard] of Object.entries(HEARD)) document.removeEventListener(name, heard);
    live = null;
  }, 0);
}
