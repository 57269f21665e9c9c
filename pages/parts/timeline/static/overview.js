// The overview above the list: months as stacked bars, balance and price above them, what was noticed, and the brush.
// Always from left to right, in every language.
import { make } from "./make.js";

const NS = "http://www.w3.org/2000/svg";
const WIDE = 1000, TALL = 92, FLOOR = 84, MIDDLE = 46;

function draw(tag, attributes) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

export function overview(story) {
  const { data } = story, days = Math.max(data.last - data.first, 1);
  const x = (day) => ((day - data.first) / days) * WIDE, day = (part) => Math.round(data.first + Math.min(Math.max(part, 0), 1) * days);
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  bars(svg, data, x);
  const price = draw("path", { class: "price" }), shade = [0, 1].map(() => draw("rect", { y: 0, height: TALL, class: "shade" }));
  balance(svg, data, x);
  svg.append(price, ...shade);
  const node = make("div", { class: "overview", dir: "ltr" });
  const handles = [0, 1].map((side) => handle(story, side));
  const flags = data.noticed.map((i) => make("i", { class: `flag f${data.ev.f[i]}`, style: `left:${x(data.ev.d[i]) / 10}%`, "aria-hidden": "true" }));
  node.append(svg, ...flags, ...handles, axis(data, x));
  brush(node, svg, story, day);
  return {
    node,
    price(line) { price.setAttribute("d", line ? `${steps(line.v, x, 4, MIDDLE - 6)}H${x(Math.max(line.v[line.v.length - 1][0], data.last))}` : ""); },
    move([low, high]) {
      const a = x(low), b = x(high);
      shade[0].setAttribute("x", 0); shade[0].setAttribute("width", Math.max(a, 0));
      shade[1].setAttribute("x", b); shade[1].setAttribute("width", Math.max(WIDE - b, 0));
      [low, high].forEach((value, side) => {
        handles[side].style.left = `${x(value) / 10}%`;
        handles[side].setAttribute("aria-valuenow", String(value));
        handles[side].setAttribute("aria-valuetext", monthWord(data, value));
      });
      const from = monthWord(data, low), to = monthWord(data, high);
      return from === to ? from : `${from} – ${to}`;
    },
  };
}

function axis(data, x) {
  const node = make("div", { class: "axis" });
  data.years.forEach((year) => {
    // A year that has only a sliver at the start would be written over by the next.
    if (year.first < data.first && data.years.length > 1 && x(year.last) < (globalThis.innerWidth < 640 ? 95 : 40)) return;
    node.append(make("span", { text: year.w, style: `left:${Math.max(x(year.first), 0) / 10}%` }));
  });
  return node;
}

function monthAt(data, day) {
  // data.spans: every month of the story, oldest first, as [first day, its name].
  let low = 0, high = data.spans.length - 1;
  while (low < high) { const mid = (low + high + 1) >> 1; if (data.spans[mid][0] <= day) low = mid; else high = mid - 1; }
  return low;
}

const monthWord = (data, day) => (data.spans.length ? data.spans[monthAt(data, day)][1] : "");

function bars(svg, data, x) {
  const counts = data.spans.map(() => data.kinds.map(() => 0)), starts = data.spans.map((s) => s[0]);
  for (let i = 0, m = starts.length - 1; i < data.ev.d.length; i++) {
    while (m > 0 && data.ev.d[i] < starts[m]) m--;
    counts[m] && counts[m][data.ev.k[i]]++;
  }
  const most = Math.max(1, ...counts.map((c) => c.reduce((a, b) => a + b, 0))), unit = Math.min((FLOOR - MIDDLE - 14) / most, 6);
  counts.forEach((month, m) => {
    const from = Math.max(x(starts[m]), 0), to = m + 1 < starts.length ? x(starts[m + 1]) : WIDE, gap = Math.min((to - from) * 0.18, 3);
    let y = FLOOR;
    month.forEach((n, kind) => {
      if (!n) return;
      y -= n * unit;
      svg.append(draw("rect", { x: from + gap, width: Math.max(to - from - 2 * gap, 1), y, height: Math.max(n * unit - (unit > 4 ? 0.8 : 0), 0.6), style: `fill:var(--k${kind})` }));
    });
  });
}

function steps(points, x, low, high) {
  let d = "";
  points.forEach(([at, value], i) => { d += `${i ? `H${x(at)}V` : `M${x(at)} `}${high - value * (high - low)}`; });
  return d;
}

function balance(svg, data, x) {
  svg.append(draw("line", { x1: 0, x2: WIDE, y1: MIDDLE, y2: MIDDLE, class: "base" }));
  if (!data.balance.length) return;
  const d = `${steps(data.balance, x, 8, MIDDLE)}H${WIDE}`;
  svg.append(draw("path", { d: `${d}V${MIDDLE}H${x(data.balance[0][0])}Z`, class: "area" }), draw("path", { d, class: "edge" }));
}

// Where a handle goes by a key: a month, a year, or an end. Left is always earlier, as the axis is.
function moved(story, side, key) {
  const { data } = story, starts = data.spans.map((s) => s[0]), by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -12, PageUp: 12 }[key];
  if (key === "Home") return data.first;
  if (key === "End") return data.last;
  if (by === undefined) return null;
  const to = Math.min(Math.max(monthAt(data, story.range[side]) + by, 0), starts.length - 1);
  return side ? (to + 1 < starts.length ? starts[to + 1] - 1 : data.last) : Math.max(starts[to], data.first);
}

function handle(story, side) {
  const { data } = story;
  const node = make("div", { class: "handle", role: "slider", tabindex: "0", "aria-label": side ? data.labels.to : data.labels.from,
    "aria-orientation": "horizontal", "aria-valuemin": data.first, "aria-valuemax": data.last });
  node.addEventListener("keydown", (event) => {
    const to = moved(story, side, event.key);
    if (to === null) return;
    event.preventDefault();
    const range = [...story.range];
    range[side] = side ? Math.max(to, range[0]) : Math.min(to, range[1]);
    story.range = range;
    story.apply();
    node.focus();
  });
  return node;
}

function brush(node, svg, story, day) {
  let from = null, side = null, drawn = false, frame = 0;
  const at = (event) => { const box = svg.getBoundingClientRect(); return day((event.clientX - box.left) / box.width); };
  const { data } = story, heads = new Map(data.months.map((m) => [m.w, m.s]));
  node.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    side = [...node.querySelectorAll(".handle")].indexOf(event.target);
    from = at(event); drawn = false;
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    const now = at(event);
    if (from === null) { // the month under the pointer, in words
      const name = monthWord(data, now);
      story.words.textContent = heads.has(name) ? `${name} · ${heads.get(name)}` : name;
      return;
    }
    if (Math.abs(now - from) < (data.last - data.first) / 120 && !drawn) return;
    drawn = true;
    const range = side >= 0 ? [...story.range] : [from, now];
    if (side >= 0) range[side] = now;
    story.range = [Math.min(...range), Math.max(...range)];
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => story.apply());
  });
  node.addEventListener("pointerleave", () => { if (from === null) story.words.textContent = story.overview.move(story.range); });
  node.addEventListener("pointerup", (event) => {
    if (from !== null && !drawn && side < 0) story.goMonth(at(event));
    from = null;
  });
  node.addEventListener("pointercancel", () => { from = null; });
}
