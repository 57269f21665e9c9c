// A short table as a drawing: heads, rows with hairlines, the total last.
import { node, width } from "./svg.js";

const SIZE = 13, HEAD = 11.5, ROW = 30, GAP = 26, MOST = 360;

function cut(text, most, size, weight, font) {
  let short = text;
  while (short.length > 3 && width(`${short}…`, size, weight, font) > most) short = short.slice(0, -1);
  return short === text ? text : `${short.trimEnd()}…`;
}

export function tableNode(table, look, rtl) {
  const { head, rows, numbers, total, tones } = table, group = node("g", {});
  const wide = head.map((name, c) => Math.min(MOST, Math.ceil(Math.max(width(name, HEAD, 600, look.font), ...rows.map((r) => width(r[c], SIZE, 600, look.font))))));
  const across = wide.reduce((sum, w) => sum + w + GAP, -GAP);
  let x = 0;
  const starts = wide.map((w) => { const at = x; x += w + GAP; return at; });
  const put = (text, c, y, size, weight, colour) => {
    // Numbers stand at the end of their column, words at its beginning; from right to left the columns stand the other way round.
    const left = rtl ? across - starts[c] - wide[c] : starts[c], end = numbers[c] || rtl;
    group.append(node("text", { x: end ? left + wide[c] : left, y, "font-size": size, "font-weight": weight, fill: colour, "text-anchor": end && !(rtl && !numbers[c]) ? "end" : "start",
      direction: rtl && !numbers[c] ? "rtl" : "ltr" }, width(text, size, weight, look.font) > wide[c] + 1 ? cut(text, wide[c], size, weight, look.font) : text));
  };
  head.forEach((name, c) => put(name, c, 16, HEAD, 600, look.muted));
  rows.forEach((row, i) => {
    const top = 26 + i * ROW, last = total && i === rows.length - 1;
    group.append(node("line", { x1: 0, x2: across, y1: top, y2: top, stroke: last || !i ? look.muted : look.line, "stroke-width": last || !i ? 1.2 : 1 }));
    row.forEach((cell, c) => put(cell, c, top + 20, SIZE, last ? 600 : 400, (tones[i] || {})[c] || look.ink));
  });
  return { group, width: across, height: 26 + rows.length * ROW };
}
