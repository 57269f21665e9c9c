// The whole story by keyboard: events, months, what was noticed, kinds, search.
export function onKey(story, event) {
  // The application's own shortcuts must not act while the story has the focus.
  event.stopPropagation();
  const { target } = event, typing = target === story.find || target.tagName === "SELECT", slider = target.getAttribute("role") === "slider";
  if (event.key === "Escape") {
    if (story.narrowed()) story.clear();
    if (story.current !== null && story.place.has(story.current) && !typing) story.focusEvent(story.current);
    else story.list.focus();
    return;
  }
  if (typing || slider || event.ctrlKey || event.metaKey) return;
  if (event.key === "/") { event.preventDefault(); story.find.focus(); story.find.select(); return; }
  const kind = /^Digit([1-6])$/.exec(event.code) || /^([1-6])$/.exec(event.key);
  if (kind) { event.preventDefault(); story.toggle(+kind[1] - 1, event.altKey); story.stay(); return; }
  if (!story.visible.length || target.closest("button")) return;
  const to = step(story, event);
  if (to === null || to === undefined) return;
  event.preventDefault();
  if (to === "open") story.open(story.current);
  else story.focusEvent(story.visible[to]);
}

// The row a key leads to, "open", or null.
function step(story, event) {
  const row = event.target.closest("article"), at = row ? story.place.get(+row.dataset.i) : -1, last = story.visible.length - 1;
  const month = (by) => {
    const here = row ? story.sections.findIndex((s) => s.events.includes(+row.dataset.i)) : -1;
    return story.place.get(story.sections[Math.min(Math.max(here + by, 0), story.sections.length - 1)].events[0]);
  };
  const noticed = (by) => {
    for (let k = at + by; k >= 0 && k <= last; k += by) if (story.data.ev.f[story.visible[k]]) return k;
    return null;
  };
  switch (event.key) {
    case "ArrowDown": return Math.min(at + 1, last);
    case "ArrowUp": return Math.max(at - 1, 0);
    case "PageDown": return month(1);
    case "PageUp": return month(-1);
    case "Home": return 0;
    case "End": return last;
    case "n": case "N": return noticed(event.shiftKey ? -1 : 1);
    case "Enter": case " ": return row ? "open" : null;
    default: return null;
  }
}
