// The customer's story: kinds, overview with a brush, and a list of months newest first. No words, formats or colours of
// its own: everything arrives written out. Text of the data is only ever put in by textContent.
import { kinds, legend, years } from "./controls.js";
import { onKey } from "./keys.js";
import { empty, fill, sections, threads } from "./list.js";
import { make, numeral } from "./make.js";
import { overview } from "./overview.js";
import { enter, leave } from "./registry.js";

const KEY = Symbol.for("mabat.timeline");
// How long nothing changes before the address is told what is shown.
const CALM = 600;

class Timeline {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".tl") || root.appendChild(make("div", { class: "tl" }));
    this.sendTo = {};
    this.box.addEventListener("keydown", (event) => onKey(this, event));
    this.watch = new IntersectionObserver((seen) => seen.forEach((e) => (e.isIntersecting ? fill : empty)(this, e.target)), { rootMargin: "900px 0px", scrollMargin: "900px 0px" });
  }

  start(data) {
    const before = this.data && this.data.story === data.story ? this.view() : null;
    this.data = data;
    this.range = [data.first, data.last];
    Object.assign(this, { off: new Set(), query: "", whose: "", price: 0, current: null });
    this.search = data.ev.t.map((title, i) => `${title} ${data.ev.s[i]} ${data.ev.fs[i]} ${data.ev.a[i]}`.replace(/[\u2066-\u2069]/g, "").toLocaleLowerCase());
    this.box.dir = data.dir;
    this.box.dataset.story = data.version;
    this.box.replaceChildren(kinds(this), (this.overview = overview(this)).node, years(this),
      (this.list = make("div", { class: "list", role: "region", "aria-label": data.labels.list, tabindex: "0" })),
      make("div", { class: "foot" }, (this.status = make("span", { role: "status" })), make("span", { class: "keys", text: data.labels.keys })));
    this.told = JSON.stringify(before || this.view());
    if (before) this.take(before);
    this.drawPrice();
    this.apply();
    enter(data.story, this);
  }

  toggle(i, only) {
    const others = this.data.kinds.map((_, k) => k).filter((k) => k !== i);
    if (only) this.off = new Set(others);
    else if (this.off.has(i)) this.off.delete(i);
    else this.off.add(i);
    if (this.off.size === this.data.kinds.length) this.off.clear();
    this.apply();
  }

  narrowed() { return this.off.size || this.query || this.whose || this.range[0] !== this.data.first || this.range[1] !== this.data.last; }

  clear() {
    Object.assign(this, { off: new Set(), query: "", whose: "", range: [this.data.first, this.data.last] });
    this.apply();
  }

  shown() {
    const { ev, whose } = this.data, [low, high] = this.range, found = [], sought = this.query.toLocaleLowerCase();
    const who = this.whose ? whose.findIndex((w) => w.w === this.whose) : -1;
    for (let i = 0; i < ev.d.length; i++) {
      if (ev.d[i] >= low && ev.d[i] <= high && !this.off.has(ev.k[i]) && (!sought || this.search[i].includes(sought)) && (who < 0 || ev.h[i] === who || ev.y[i] === who)) found.push(i);
    }
    return found;
  }

  apply() {
    const { data } = this, { ev, labels } = data, began = performance.now();
    this.visible = this.shown();
    this.place = new Map(this.visible.map((event, row) => [event, row]));
    this.lines = threads(data, this.visible);
    this.toggles.forEach((button, i) => button.setAttribute("aria-pressed", String(!this.off.has(i))));
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(this.spans[i][1][0] === this.range[0] && this.spans[i][1][1] === this.range[1])));
    if (this.find.value.trim() !== this.query) this.find.value = this.query;
    if (this.whoseChoice) this.whoseChoice.value = this.whose;
    this.words.textContent = this.overview.move(this.range);
    this.watch.disconnect();
    this.sections = sections(this);
    this.list.replaceChildren(...(this.sections.length ? this.sections : [make("p", { class: "none", text: labels.none })]));
    this.sections.forEach((section, i) => {
      if (i < 2) fill(this, section);
      this.watch.observe(section);
    });
    this.status.textContent = numeral(labels.count, this.visible.length, ev.d.length, labels.digits);
    this.box.dataset.ms = (performance.now() - began).toFixed(1);
    this.tell();
  }

  drawPrice() { this.overview.price(this.data.prices[this.price]); legend(this); }

  // What is shown, as the server keeps it: null for all.
  view() {
    const { data } = this, whole = this.range[0] === data.first && this.range[1] === data.last;
    return { a: whole ? null : this.range[0], z: whole ? null : this.range[1], k: this.off.size ? data.kinds.map((_, k) => k).filter((k) => !this.off.has(k)) : null,
      q: this.query, h: this.whose, p: this.price ? data.prices[this.price].w : "" };
  }

  take(view) {
    const { data } = this, inside = (day, other) => (day === null || day === undefined ? other : Math.min(Math.max(day, data.first), data.last));
    this.range = [inside(view.a, data.first), inside(view.z, data.last)];
    this.off = new Set(view.k ? data.kinds.map((_, k) => k).filter((k) => !view.k.includes(k)) : []);
    this.query = view.q || "";
    this.whose = data.whose.some((w) => w.w === view.h) ? view.h : "";
    this.price = Math.max(data.prices.findIndex((p) => p.w === view.p), 0);
  }

  // An address says what to show; it need not be told again.
  show(view) {
    this.take(view);
    this.told = JSON.stringify(this.view());
    this.drawPrice();
    this.apply();
  }

  tell(now) {
    clearTimeout(this.telling);
    const said = () => {
      const view = this.view(), text = JSON.stringify(view);
      if (text === this.told || !this.sendTo.state) return;
      this.told = text;
      this.sendTo.state("view", view);
    };
    if (now) said(); else this.telling = setTimeout(said, CALM);
  }

  open(i) {
    // What is shown goes first: told later, it would close the dialog again.
    this.tell(true);
    if (this.sendTo.trigger) this.sendTo.trigger("open", { i, r: this.data.ev.r[i] });
  }

  focusEvent(i) {
    const section = this.sections.find((s) => s.events.includes(i));
    if (!section) return;
    fill(this, section);
    const row = section.rows.querySelector(`[data-i="${i}"]`);
    this.current = i;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    // A month above that fills in meanwhile moves what is below it.
    requestAnimationFrame(() => row.isConnected && row.scrollIntoView({ block: this.box.clientWidth > 640 ? "nearest" : "center" }));
  }

  // Back to the event one was at, or to the next older one that is shown.
  stay() {
    const next = this.current === null ? undefined : this.visible.find((i) => i >= this.current);
    if (next === undefined) this.list.focus(); else this.focusEvent(next);
  }

  jump(i) {
    if (i === null || i === undefined) return;
    if (!this.place.has(i)) this.clear();
    this.focusEvent(i);
    const row = this.list.querySelector(`[data-i="${i}"]`);
    if (row) requestAnimationFrame(() => row.scrollIntoView({ block: "center" }));
  }

  goMonth(day) {
    const section = this.sections.find((s) => this.data.ev.d[s.events[s.events.length - 1]] <= day) || this.sections[this.sections.length - 1];
    if (section) this.focusEvent(section.events[0]);
  }

  paint() {
    const colours = getComputedStyle(this.box).getPropertyValue("--st-chart-categorical-colors").split(",").map((c) => c.trim());
    colours.slice(0, 6).forEach((colour, i) => colour && this.box.style.setProperty(`--k${i}`, colour));
  }

  end() { clearTimeout(this.telling); this.watch.disconnect(); leave(this.data.story, this); }
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  let story = parentElement[KEY];
  if (!story) story = parentElement[KEY] = new Timeline(parentElement);
  Object.assign(story.sendTo, { state: setStateValue, trigger: setTriggerValue });
  story.paint();
  if (!story.data || story.data.version !== data.version) story.start(data);
  // A superseded call's cleanup may run while the instance lives on: end only when the element is really gone.
  return () => setTimeout(() => { if (!(parentElement.host || parentElement).isConnected) { story.end(); delete parentElement[KEY]; } }, 0);
}
