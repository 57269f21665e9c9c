// Keys of the tables whose cells can be chosen. The grid tells the server every cell its cursor stands on: the server is told first
// whether it is walked by keys, and Enter by itself. One listener for all tables; nothing is drawn.
const shared = globalThis[Symbol.for("mabat.grid_keys")] ??= { tables: new Map(), keyed: false, heard: false };
// In milliseconds: the grid tells of its cursor a moment after it moved, so Enter waits for it.
const TELLS = 350;

const named = (key) => `st-key-${key.replace(/[^a-zA-Z0-9_-]/g, "-")}`;

// The grid's own search and buttons stand in its box too: keys in them are theirs.
const OWN = "input, textarea, button, .gdg-search-bar";

function tableOf(node) {
  if (!(node instanceof Element) || !node.closest('[data-testid="stDataFrame"]') || node.closest(OWN)) return null;
  for (const table of shared.tables.values()) if (node.closest(`.${CSS.escape(named(table.grid))}`)) return table;
  return null;
}

function tell(table, keyed) {
  if (table.keyed === keyed) return;
  table.keyed = keyed;
  table.state("keyed", keyed);
}

function focused(event) {
  const table = shared.keyed && tableOf(event.target);
  if (table) tell(table, true);
}

function pressed(event) {
  shared.keyed = true;
  const table = event.isTrusted && tableOf(event.target);
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  tell(table, true);
  if (event.key !== "Enter" && event.key !== " ") { table.moved = performance.now(); return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  clearTimeout(table.waits);
  table.waits = setTimeout(() => table.trigger("enter", true), Math.max(0, table.moved + TELLS - performance.now()));
}

function pointed(event) {
  shared.keyed = false;
  const table = tableOf(event.target);
  if (table) tell(table, false);
}

export default function ({ data, setStateValue, setTriggerValue }) {
  // The server forgets what is not drawn: what it knows now is what counts.
  const table = shared.tables.get(data.table) || { moved: 0 };
  table.keyed = data.keyed === true;
  shared.tables.set(data.table, Object.assign(table, { grid: data.grid, state: setStateValue, trigger: setTriggerValue }));
  if (!shared.heard) {
    shared.heard = true;
    document.addEventListener("focusin", focused, true);
    document.addEventListener("keydown", pressed, true);
    document.addEventListener("pointerdown", pointed, true);
  }
  return () => {};
}
