// One picture of a frame: title, sentence, its figures (or its table), and where the numbers come from; as SVG, or PNG at twice the size.
import { faces } from "./faces.js";
import { tableNode } from "./table.js";
import { SVG, node, lines } from "./svg.js";

const PAD = 32, LIBRARY = Symbol.for("mabat.figures");

function library(address) {
  window[LIBRARY] ??= new Promise((resolve, reject) => {
    if (window.Plotly) { resolve(window.Plotly); return; }
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no figures' library")));
    script.onerror = () => { window[LIBRARY] = undefined; reject(new Error("the figures' library did not come")); };
    document.head.append(script);
  });
  return window[LIBRARY];
}

async function figureNode(Plotly, figure, width) {
  // Outside of sight but laid out: the library measures texts. From left to right, or its labels would be turned over.
  const box = document.createElement("div");
  box.style.cssText = `position:fixed;left:-20000px;top:0;width:${width}px;height:${figure.height}px;direction:ltr`;
  document.body.append(box);
  try {
    await Plotly.newPlot(box, figure.data, { ...figure.layout, width, height: figure.height, autosize: false }, { staticPlot: true, displayModeBar: false, responsive: false });
    const drawn = new DOMParser().parseFromString(Plotly.Snapshot.toSVG(box, "svg", 1), "image/svg+xml").documentElement;
    if (drawn.nodeName !== "svg") throw new Error("the figure was not drawn");
    return document.importNode(drawn, true);
  } finally {
    Plotly.purge(box);
    box.remove();
  }
}

async function compose(errand) {
  const rtl = errand.dir === "rtl", look = errand.look, root = node("svg", { xmlns: SVG, "font-family": look.font });
  // Letters that no text on the page has used yet are not loaded: measured without them, lines come out too long.
  const texts = JSON.stringify([errand.title, errand.sentence, errand.lines, errand.foot, errand.table, errand.figures.map((f) => f.layout)]);
  await Promise.all([400, 600, 650].map((weight) => document.fonts.load(`${weight} 14px ${look.font}`, texts).catch(() => [])));
  const placed = [];
  let top = PAD, width = errand.width;
  const table = errand.table ? tableNode(errand.table, look, rtl) : null;
  if (table) width = Math.max(420, Math.min(table.width, 1800));
  const across = width + 2 * PAD, at = rtl ? across - PAD : PAD;
  const say = (text, size, weight, colour, after) => {
    if (!text) return;
    for (const one of lines(text, width, size, weight, look.font)) {
      top += Math.round(size * 1.36);
      placed.push(node("text", { x: at, y: top - Math.round(size * 0.3), "font-size": size, "font-weight": weight, fill: colour, direction: rtl ? "rtl" : "ltr", "text-anchor": "start" }, one));
    }
    top += after;
  };
  say(errand.title, 21, 650, look.ink, 4);
  say(errand.sentence, 13.5, 400, look.muted, 0);
  top += 16;
  for (const hero of errand.heroes || []) {
    say(hero.value, 30, 650, look.ink, 0);
    say(hero.label, 13, 400, look.muted, 10);
  }
  if (errand.figures.length) {
    const Plotly = await library(errand.library);
    await document.fonts.ready;
    for (const figure of errand.figures) {
      // A figure has a little white around it, so that no letter is cut: it reaches out by that much, and stands under its title.
      const wide = width + 2 * figure.edge, drawn = await figureNode(Plotly, figure, wide);
      drawn.setAttribute("x", PAD - figure.edge); drawn.setAttribute("y", top - figure.edge);
      drawn.setAttribute("width", wide); drawn.setAttribute("height", figure.height);
      drawn.style.background = "";
      placed.push(drawn);
      top += figure.height - 2 * figure.edge + 22;
    }
  } else if (table) {
    table.group.setAttribute("transform", `translate(${PAD} ${top})`);
    placed.push(table.group);
    top += table.height + 10;
  }
  for (const line of errand.lines || []) say(line, 13, 400, look.ink, 3);
  top += 6;
  placed.push(node("line", { x1: PAD, x2: across - PAD, y1: top, y2: top, stroke: look.line, "stroke-width": 1 }));
  top += 8;
  for (const line of errand.foot) say(line, 10.5, 400, look.muted, 0);
  const height = Math.ceil(top + PAD * 0.7);
  for (const [name, value] of [["width", across], ["height", height], ["viewBox", `0 0 ${across} ${height}`]]) root.setAttribute(name, value);
  const style = node("style", {});
  style.textContent = await faces(errand.fonts, root.textContent + placed.map((p) => p.textContent).join(""));
  root.append(node("title", {}, errand.title), node("desc", {}, errand.alt || ""), style, node("rect", { width: across, height, fill: look.surface }), ...placed);
  return { text: '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(root), across, height };
}

async function raster({ text, across, height }, scale) {
  const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    // The largest canvas browsers agree on has 16,384 pixels a side.
    const fits = Math.min(scale, 16000 / across, 16000 / height);
    canvas.width = Math.round(across * fits); canvas.height = Math.round(height * fits);
    const context = canvas.getContext("2d");
    // Twice: letters of a type carried inside may only be there the second time.
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    await new Promise((resolve) => setTimeout(resolve, 60));
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the browser gave no picture");
    return blob;
  } finally {
    URL.revokeObjectURL(address);
  }
}

export async function picture(errand) {
  const composed = await compose(errand);
  return errand.format === "svg" ? new Blob([composed.text], { type: "image/svg+xml" }) : raster(composed, errand.scale || 2);
}
