// The overview above the list: months as stacked bars, balance and price above them, what was noticed, and the brush.
// Always from left to right, in every language.
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
  series(svg, data, x);
  for (const i of data.noticed) {
    const at = x(data.ev.d[i]);
    svg.append(draw("path", { d: `M${at - 4} ${MIDDLE + 2}h8l-4 7z`, class: `mark f${data.ev.f[i]}` }));
  }
  const shade = [draw("rect", { y: 0, height: TALL, class: "shade" }), draw("rect", { y: 0, height: TALL, class: "shade" })];
  svg.append(...shade);
  const node = document.createElement("div");
  node.className = "overview";
  node.dir = "ltr";
  const handles = [0, 1].map((side) => handle(story, side, x, day));
  const axis = document.createElement("div");
  axis.className = "axis";
  for (const year of data.years) {
    if (year.first < data.first && data.years.length > 1 && x(year.last) < 40) continue;
    const label = document.createElement("span");
    label.textContent = year.w;
    label.style.left = `${Math.max(x(year.first), 0) / 10}%`;
    axis.append(label);
  }
  node.append(svg, ...handles, axis);
  brush(node, svg, story, day);
  return {
    node,
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
    end() {},
  };
}

function monthWord(data, day) {
  // data.spans: every month of the story, oldest first, as [first day, its name].
  let low = 0, high = data.spans.length - 1;
  while (low < high) { const mid = (low + high + 1) >> 1; if (data.spans[mid][0] <= day) low = mid; else high = mid - 1; }
  return data.spans[low] ? data.spans[low][1] : "";
}

function bars(svg, data, x) {
  const counts = data.spans.map(() => data.kinds.map(() => 0)), starts = data.spans.map((s) => s[0]);
  for (let i = 0, m = starts.length - 1; i < data.ev.d.length; i++) {
    while (m > 0 && data.ev.d[i] < starts[m]) m--;
    counts[m] && counts[m][data.ev.k[i]]++;
  }
  const most = Math.max(1, ...counts.map((c) => c.reduce((a, b) => a + b, 0))), unit = (FLOOR - MIDDLE - 10) / most;
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

function series(svg, data, x) {
  svg.append(draw("line", { x1: 0, x2: WIDE, y1: MIDDLE, y2: MIDDLE, class: "base" }));
  if (data.balance.length) {
    const d = `${steps(data.balance, x, 8, MIDDLE)}H${WIDE}`;
    svg.append(draw("path", { d: `${d}V${MIDDLE}H${x(data.balance[0][0])}Z`, class: "area" }), draw("path", { d, class: "edge" }));
  }
  if (data.price.length) svg.append(draw("path", { d: `${steps(data.price, x, 4, MIDDLE - 6)}H${WIDE}`, class: "price" }));
}

function handle(story, side, x, day) {
  const node = document.createElement("div"), { data } = story;
  node.className = "handle";
  for (const [name, value] of Object.entries({ role: "slider", tabindex: "0", "aria-label": side ? data.labels.to : data.labels.from, "aria-valuemin": data.first, "aria-valuemax": data.last })) node.setAttribute(name, value);
  node.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -12, PageUp: 12 }[event.key];
    if (step === undefined && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    const range = [...story.range], starts = data.spans.map((s) => s[0]);
    if (step === undefined) range[side] = event.key === "Home" ? data.first : data.last;
    else {
      const here = starts.findLastIndex((s) => s <= range[side]), to = Math.min(Math.max(here + step, 0), starts.length - 1);
      range[side] = side ? (to + 1 < starts.length ? starts[to + 1] - 1 : data.last) : Math.max(starts[to], data.first);
    }
    if (range[0] > range[1]) range[side] = range[1 - side];
    story.range = range;
    story.apply();
    node.focus();
  });
  return node;
}

function brush(node, svg, story, day) {
  let from = null, side = null, moved = false, frame = 0;
  const at = (event) => { const box = svg.getBoundingClientRect(); return day((event.clientX - box.left) / box.width); };
  node.addEventListener("pointerdown", (event) => {
    const handles = [...node.querySelectorAll(".handle")];
    side = handles.indexOf(event.target);
    from = at(event); moved = false;
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    if (from === null) return;
    const now = at(event);
    if (Math.abs(now - from) < (story.data.last - story.data.first) / 120 && !moved) return;
    moved = true;
    const range = side >= 0 ? [...story.range] : [Math.min(from, now), Math.max(from, now)];
    if (side >= 0) range[side] = now;
    story.range = [Math.min(...range), Math.max(...range)];
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => story.apply());
  });
  node.addEventListener("pointerup", (event) => {
    if (from !== null && !moved && side < 0) story.goMonth(at(event));
    from = null;
  });
  node.addEventListener("pointercancel", () => { from = null; });
}
