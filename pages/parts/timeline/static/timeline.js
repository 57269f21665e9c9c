// The customer's story: kinds, overview with a brush, and a list of months newest first. No words, formats or colours of
// its own: everything arrives written out. Text of the data is only ever put in by textContent.
import { overview } from "./overview.js";

const KEY = Symbol.for("mabat.timeline");
const MARKS = ["disc", "square", "diamond", "triangle", "ring", "dash"];

export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "text") { const part = document.createElement("bdi"); part.textContent = value; node.append(part); }
    else node.setAttribute(name, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

function numeral(text, n, m, digits) {
  const shown = (x) => String(x).replace(/\B(?=(\d{3})+$)/g, ",").replace(/\d/g, (d) => digits[+d]);
  return text.replace("{n}", shown(n)).replace("{m}", shown(m));
}

class Timeline {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".tl") || root.appendChild(make("div", { class: "tl" }));
    this.send = {};
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.watch = new IntersectionObserver((seen) => seen.forEach((e) => e.isIntersecting && this.fill(e.target)), { rootMargin: "900px 0px", scrollMargin: "900px 0px" });
  }

  start(data) {
    this.data = data;
    this.off = new Set();
    this.query = "";
    this.range = [data.first, data.last];
    this.jumped = data.jump_n || 0;
    this.search = data.ev.t.map((title, i) => `${title} ${data.ev.s[i]} ${data.ev.fs[i]}`.toLocaleLowerCase());
    this.box.dir = data.dir;
    this.box.replaceChildren(this.kinds(), (this.overview = overview(this)).node, this.years(),
      (this.list = make("div", { class: "list", role: "region", "aria-label": data.labels.list, tabindex: "0" })),
      make("div", { class: "foot" }, (this.status = make("span", { role: "status" })), make("span", { class: "keys", text: data.labels.keys })));
    this.apply();
  }

  kinds() {
    const { data } = this;
    this.toggles = data.kinds.map((kind, i) => make("button", {
      type: "button", class: "kind", "aria-pressed": "true", style: `--c:var(--k${i})`, title: data.labels.only,
      on: { click: (e) => this.toggle(i, e.altKey), dblclick: () => this.toggle(i, true) } },
    make("i", { class: MARKS[i], "aria-hidden": "true" }), make("span", { text: kind.w }), make("span", { class: "n", text: kind.n })));
    this.find = make("input", { type: "search", placeholder: data.labels.search, "aria-label": data.labels.search,
      on: { input: () => { this.query = this.find.value.trim().toLocaleLowerCase(); this.apply(); } } });
    return make("div", { class: "kinds", role: "group", "aria-label": data.labels.kinds }, ...this.toggles, this.find);
  }

  years() {
    const { data } = this;
    const choose = (range) => { this.range = range; this.apply(); };
    this.spans = [[data.labels.whole, [data.first, data.last]], ...data.years.map((y) => [y.w, [Math.max(y.first, data.first), Math.min(y.last, data.last)]])];
    this.buttons = this.spans.map(([word, range]) => make("button", { type: "button", class: "year", text: word, on: { click: () => choose(range) } }));
    this.words = make("span", { class: "span" });
    return make("div", { class: "years" }, ...this.buttons, make("span", { class: "legend" },
      ...data.legend.map((l) => make("span", { class: l.c, text: l.w }))), this.words);
  }

  toggle(i, only) {
    const others = this.data.kinds.map((_, k) => k).filter((k) => k !== i);
    if (only) this.off = new Set(others);
    else if (this.off.has(i)) this.off.delete(i);
    else this.off.add(i);
    if (this.off.size === this.data.kinds.length) this.off.clear();
    this.apply();
  }

  shown() {
    const { ev } = this.data, [low, high] = this.range, found = [];
    for (let i = 0; i < ev.d.length; i++) {
      if (ev.d[i] >= low && ev.d[i] <= high && !this.off.has(ev.k[i]) && (!this.query || this.search[i].includes(this.query))) found.push(i);
    }
    return found;
  }

  apply() {
    const { data } = this, { ev, labels } = data, began = performance.now();
    this.visible = this.shown();
    this.place = new Map(this.visible.map((event, row) => [event, row]));
    this.lines = this.threads();
    this.toggles.forEach((button, i) => button.setAttribute("aria-pressed", String(!this.off.has(i))));
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(this.spans[i][1][0] === this.range[0] && this.spans[i][1][1] === this.range[1])));
    this.words.textContent = this.overview.move(this.range);
    this.watch.disconnect();
    const months = new Map();
    for (const i of this.visible) { if (!months.has(ev.m[i])) months.set(ev.m[i], []); months.get(ev.m[i]).push(i); }
    this.sections = [...months].map(([m, events]) => {
      const all = events.length === data.months[m].n;
      const said = all ? data.months[m].s : numeral(labels.of, events.length, data.months[m].n, labels.digits);
      const rows = make("div", { class: "rows", style: `min-height:${events.length * 44}px` });
      const section = make("section", {}, make("h3", { text: data.months[m].w }, make("span", { text: said })), rows);
      Object.assign(section, { events, rows, filled: false, month: m });
      return section;
    });
    this.list.replaceChildren(...(this.sections.length ? this.sections : [make("p", { class: "none", text: labels.none })]));
    this.sections.forEach((section, i) => (i < 2 ? this.fill(section) : this.watch.observe(section)));
    this.status.textContent = numeral(labels.count, this.visible.length, ev.d.length, labels.digits);
    this.box.dataset.ms = (performance.now() - began).toFixed(1);
  }

  // What runs through each row of each lane: from the row an event was opened at up to where it was closed.
  threads() {
    const { ev } = this.data, lanes = this.data.kinds.map(() => new Int16Array(this.visible.length + 1)), ends = new Set();
    this.visible.forEach((i, row) => {
      if (!ev.o[i] || (ev.c[i] && ev.c[i] - ev.o[i] < 1)) return;
      let top = 0;
      if (ev.c[i]) { // the first row that is not after the closing day
        let low = 0, high = row;
        while (low < high) { const mid = (low + high) >> 1; if (ev.d[this.visible[mid]] <= ev.c[i]) high = mid; else low = mid + 1; }
        top = low;
      }
      if (top < row) { lanes[ev.k[i]][top] += 1; lanes[ev.k[i]][row] -= 1; }
      if (top < row || !ev.c[i]) ends.add(row);
    });
    for (const lane of lanes) for (let row = 1; row < lane.length; row++) lane[row] += lane[row - 1];
    return { lanes, ends };
  }

  fill(section) {
    if (section.filled) return;
    section.filled = true;
    this.watch.unobserve(section);
    section.rows.style.minHeight = "";
    section.rows.replaceChildren(...section.events.flatMap((i) => this.row(i)));
  }

  row(i) {
    const { ev, labels } = this.data, row = this.place.get(i), flagged = ev.f[i] ? ` f${ev.f[i]}` : "";
    const rails = make("span", { class: "rails", "aria-hidden": "true" }, ...this.data.kinds.map((_, lane) => {
      const through = this.lines.lanes[lane][row] > 0, opens = this.lines.ends.has(row) && ev.k[i] === lane;
      return make("span", { class: `rail${through ? " through" : opens ? " opens" : ""}`, style: `--c:var(--k${lane})` },
        ev.k[i] === lane ? make("i", { class: MARKS[lane] }) : null);
    }));
    const open = () => this.send.trigger && this.send.trigger("open", { i, r: ev.r[i] });
    const article = make("article", { class: `row${flagged}`, tabindex: "-1", "aria-posinset": row + 1, "aria-setsize": this.visible.length, "data-i": i,
      on: { click: () => { if (!String(this.root.getSelection ? this.root.getSelection() : "")) open(); } } },
    make("span", { class: "day", text: ev.w[i] }), rails,
    make("span", { class: "what" }, make("span", { class: "t", text: ev.t[i] }), make("span", { class: "s", text: ev.f[i] ? `⚑ ${ev.fs[i]}` : ev.s[i] }),
      make("span", { class: "hidden", text: this.data.kinds[ev.k[i]].w })),
    make("span", { class: "amount", text: ev.a[i] }),
    make("span", { class: "balance" }, ev.bw[i] ? make("i", { style: `inline-size:${ev.bw[i]}%`, "aria-hidden": "true" }) : null,
      ev.b[i] ? make("span", { class: "hidden", text: labels.balance }) : null, make("span", { text: ev.b[i] })));
    article.openEvent = open;
    const gap = ev.g[i] && !this.off.size && !this.query ? make("div", { class: "gap", text: ev.g[i] }) : null;
    return gap ? [gap, article] : [article];
  }

  focusEvent(i) {
    const section = this.sections.find((s) => s.events.includes(i));
    if (!section) return;
    this.fill(section);
    const row = section.rows.querySelector(`[data-i="${i}"]`);
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    // A month above that fills in meanwhile moves what is below it.
    requestAnimationFrame(() => row.scrollIntoView({ block: "center" }));
  }

  jump(i) {
    if (i === null || i === undefined) return;
    if (!this.place.has(i)) { this.off.clear(); this.query = this.find.value = ""; this.range = [this.data.first, this.data.last]; this.apply(); }
    this.focusEvent(i);
  }

  goMonth(day) {
    const section = this.sections.find((s) => this.data.ev.d[s.events[s.events.length - 1]] <= day) || this.sections[this.sections.length - 1];
    if (section) this.focusEvent(section.events[0]);
  }

  onKey(event) {
    // Streamlit's own shortcuts must not act while the story has the focus.
    event.stopPropagation();
    const { ev } = this.data, typing = event.target === this.find, slider = event.target.getAttribute("role") === "slider";
    if (event.key === "Escape") {
      if (this.off.size || this.query || this.range[0] !== this.data.first || this.range[1] !== this.data.last) {
        this.off.clear(); this.query = this.find.value = ""; this.range = [this.data.first, this.data.last]; this.apply();
      }
      this.list.focus();
      return;
    }
    if (typing || slider || event.ctrlKey || event.metaKey) return;
    if (event.key === "/") { event.preventDefault(); this.find.focus(); return; }
    if (/^[1-6]$/.test(event.key)) { this.toggle(+event.key - 1, event.altKey); this.list.focus(); return; }
    if (!this.visible.length || event.target.closest("button")) return;
    const row = event.target.closest("article"), at = row ? this.place.get(+row.dataset.i) : -1, last = this.visible.length - 1;
    const month = (step) => {
      const here = row ? this.sections.findIndex((s) => s.events.includes(+row.dataset.i)) : -1;
      return this.place.get(this.sections[Math.min(Math.max(here + step, 0), this.sections.length - 1)].events[0]);
    };
    const noticed = (step) => {
      for (let k = at + step; k >= 0 && k <= last; k += step) if (ev.f[this.visible[k]]) return k;
      return null;
    };
    let to = null;
    if (event.key === "ArrowDown") to = Math.min(at + 1, last);
    else if (event.key === "ArrowUp") to = Math.max(at - 1, 0);
    else if (event.key === "PageDown") to = month(1);
    else if (event.key === "PageUp") to = month(-1);
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = last;
    else if (event.key === "n" || event.key === "N") to = noticed(event.shiftKey ? -1 : 1);
    else if ((event.key === "Enter" || event.key === " ") && row) { event.preventDefault(); row.openEvent(); return; }
    if (to === null || to === undefined) return;
    event.preventDefault();
    this.focusEvent(this.visible[to]);
  }

  paint() {
    const colours = getComputedStyle(this.box).getPropertyValue("--st-chart-categorical-colors").split(",").map((c) => c.trim());
    colours.slice(0, 6).forEach((colour, i) => colour && this.box.style.setProperty(`--k${i}`, colour));
  }

  end() { this.watch.disconnect(); this.overview && this.overview.end(); }
}

export default function ({ data, parentElement, setTriggerValue }) {
  let story = parentElement[KEY];
  if (!story) story = parentElement[KEY] = new Timeline(parentElement);
  story.send.trigger = setTriggerValue;
  story.paint();
  if (!story.data || story.data.version !== data.version) story.start(data);
  if (data.jump_n && data.jump_n !== story.jumped) { story.jumped = data.jump_n; story.jump(data.jump); }
  // A superseded call's cleanup may run while the instance lives on: end only when the element is really gone.
  return () => setTimeout(() => { if (!(parentElement.host || parentElement).isConnected) { story.end(); delete parentElement[KEY]; } }, 0);
}
