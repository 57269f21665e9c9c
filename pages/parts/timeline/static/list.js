// The list: a section a month with a head that stays, its rows made when it comes near and let go when it is far; a lane for each kind.
import { make, MARKS, numeral } from "./make.js";

// What runs through each row of each lane: from the row an event was opened at up to where it was closed.
export function threads(data, visible) {
  const { ev } = data, lanes = data.kinds.map(() => new Int16Array(visible.length + 1)), ends = new Set();
  visible.forEach((i, row) => {
    if (!ev.o[i] || (ev.c[i] && ev.c[i] - ev.o[i] < 1)) return;
    let top = 0;
    if (ev.c[i]) { // the first row that is not after the closing day
      let low = 0, high = row;
      while (low < high) { const mid = (low + high) >> 1; if (ev.d[visible[mid]] <= ev.c[i]) high = mid; else low = mid + 1; }
      top = low;
    }
    if (top < row) { lanes[ev.k[i]][top] += 1; lanes[ev.k[i]][row] -= 1; }
    if (top < row || !ev.c[i]) ends.add(row);
  });
  for (const lane of lanes) for (let row = 1; row < lane.length; row++) lane[row] += lane[row - 1];
  return { lanes, ends };
}

export function sections(story) {
  const { data } = story, { ev, labels } = data, months = new Map();
  for (const i of story.visible) { if (!months.has(ev.m[i])) months.set(ev.m[i], []); months.get(ev.m[i]).push(i); }
  return [...months].map(([m, events]) => {
    const all = events.length === data.months[m].n;
    const said = all ? data.months[m].s : numeral(labels.of, events.length, data.months[m].n, labels.digits);
    const rows = make("div", { class: "rows", style: `min-height:${events.length * 44}px` });
    const section = make("section", {}, make("h3", { text: data.months[m].w }, make("span", { text: said })), rows);
    return Object.assign(section, { events, rows, filled: false, month: m });
  });
}

export function fill(story, section) {
  if (section.filled) return;
  section.filled = true;
  section.rows.style.minHeight = "";
  section.rows.replaceChildren(...section.events.flatMap((i) => row(story, i)));
}

// A month that is far away keeps its height only; the one with the focus stays.
export function empty(story, section) {
  if (!section.filled || section.contains(story.box.getRootNode().activeElement)) return;
  section.rows.style.minHeight = `${section.rows.offsetHeight}px`;
  section.rows.replaceChildren();
  section.filled = false;
}

function row(story, i) {
  const { ev, labels, kinds } = story.data, at = story.place.get(i), flagged = ev.f[i] ? ` f${ev.f[i]}` : "";
  const rails = make("span", { class: "rails", "aria-hidden": "true" }, ...kinds.map((_, lane) => {
    const through = story.lines.lanes[lane][at] > 0, opens = story.lines.ends.has(at) && ev.k[i] === lane;
    return make("span", { class: `rail${through ? " through" : opens ? " opens" : ""}`, style: `--c:var(--k${lane})` },
      ev.k[i] === lane ? make("i", { class: MARKS[lane] }) : null);
  }));
  const article = make("article", { class: `row${flagged}`, tabindex: "-1", "aria-posinset": at + 1, "aria-setsize": story.visible.length, "data-i": i,
    on: { click: () => { if (!String(story.root.getSelection ? story.root.getSelection() : "")) story.open(i); }, focus: () => { story.current = i; } } },
  make("span", { class: "day", text: ev.w[i] }), rails,
  make("span", { class: "what" }, make("span", { class: "t", text: ev.t[i] }), make("span", { class: "s", text: ev.f[i] ? `⚑ ${ev.fs[i]}` : ev.s[i] }),
    make("span", { class: "hidden", text: kinds[ev.k[i]].w })),
  make("span", { class: "amount", text: ev.a[i] }),
  make("span", { class: "balance" }, ev.bw[i] ? make("i", { style: `inline-size:${ev.bw[i]}%`, "aria-hidden": "true" }) : null,
    ev.b[i] ? make("span", { class: "hidden", text: labels.balance }) : null, make("span", { text: ev.b[i] })));
  // Silence is told between two orders: with orders hidden or rows searched away it would stand between others.
  const gap = ev.g[i] && !story.off.has(ev.k[i]) && !story.query && !story.whose ? make("div", { class: "gap", text: ev.g[i] }) : null;
  return gap ? [gap, article] : [article];
}
