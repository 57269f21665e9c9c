// Keys of a search field and the links below it. The field and the links are the dashboard's own; nothing is drawn here.
const BOXES = new WeakMap();

const links = (box) => [...box.querySelectorAll('a[data-testid="stPageLink-NavLink"]')];
const field = (box) => box.querySelector("input");

function walk(box, event) {
  const all = links(box), at = all.indexOf(event.target.closest("a")), input = field(box), state = BOXES.get(box);
  if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const go = (node) => { if (node) { node.focus(); node.scrollIntoView({ block: "nearest" }); event.preventDefault(); event.stopPropagation(); } };
  if (event.target === input) {
    if (event.key === "ArrowDown") go(all[0]);
    else if (event.key === "Enter" && input.value.trim()) {
      // What is shown may still answer what was typed a moment ago: then the next answer is waited for.
      if (input.value.trim() === state.text) answer(box); else state.waiting = true;
    } else state.waiting = false;
    return;
  }
  if (at < 0) return;
  if (event.key === "ArrowDown") go(all[at + 1]);
  else if (event.key === "ArrowUp") go(all[at - 1] || input);
  else if (event.key === "Home") go(all[0]);
  else if (event.key === "End") go(all[all.length - 1]);
  else if (event.key.length === 1 && event.key !== " ") input.focus();
}

function answer(box) {
  const state = BOXES.get(box), all = links(box).filter((node) => !node.closest('[class*="st-key-recent_"]'));
  state.waiting = false;
  if (!all.length) return;
  if (state.first || all.length === 1) all[0].click(); else all[0].focus();
}

function attach(data, tries) {
  const box = document.querySelector(`.st-key-${CSS.escape(data.box)}`);
  if (!box || !field(box)) {
    if (tries > 0) setTimeout(() => attach(data, tries - 1), 50);
    return;
  }
  const fresh = !BOXES.has(box);
  if (fresh) {
    BOXES.set(box, {});
    box.addEventListener("keydown", (event) => walk(box, event));
    if (data.focus) field(box).focus();
  }
  const state = Object.assign(BOXES.get(box), { text: data.text, first: data.first });
  // The links arrive with the same answer as this, a frame or two later.
  if (state.waiting && field(box).value.trim() === data.text) setTimeout(() => state.waiting && answer(box), 80);
}

export default function ({ data }) {
  attach(data, 30);
  return () => {};
}
