// The stories on the screen, by name, and what was sent to one of them: to go to an event, or to show what an address says.
// Components of one page are loaded apart, so what they share stands at the window.
const shared = globalThis[Symbol.for("mabat.stories")] ??= { live: new Map(), sent: new Map(), jumped: new Map() };

export function enter(name, story) { shared.live.set(name, story); take(name); }

export function leave(name, story) { if (shared.live.get(name) === story) shared.live.delete(name); }

export function send(data) {
  shared.sent.set(data.story, { ...shared.sent.get(data.story), ...data });
  take(data.story);
}

// Each is done once: a jump once for all, an address once for every time the story is drawn anew.
function take(name) {
  const story = shared.live.get(name), sent = shared.sent.get(name);
  if (!story || !sent) return;
  if (sent.view_n && sent.view_n !== story.viewed) { story.viewed = sent.view_n; story.show(sent.view); }
  if (sent.jump_n && sent.jump_n !== shared.jumped.get(name)) { shared.jumped.set(name, sent.jump_n); story.jump(sent.jump); }
}
