// Small helps for drawing: elements, and texts broken into lines by their real width.
export const SVG = "http://www.w3.org/2000/svg";
let canvas;

export function node(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (name !== "xmlns") made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

export function width(text, size, weight, font) {
  canvas ??= document.createElement("canvas").getContext("2d");
  canvas.font = `${weight} ${size}px ${font}`;
  // Drawn with figures of one width, which a canvas does not know: each of them may take a little more.
  return canvas.measureText(text).width + (text.match(/\p{Nd}/gu) || []).length * size * 0.07;
}

export function lines(text, most, size, weight, font) {
  const found = [];
  let line = "";
  for (const word of String(text).split(/[ \n\t]+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (!line || width(longer, size, weight, font) <= most) { line = longer; continue; }
    found.push(line);
    line = word;
  }
  if (line) found.push(line);
  // A word longer than the line (an address) is broken where it must be.
  return found.flatMap((one) => {
    const parts = [];
    while (width(one, size, weight, font) > most && one.length > 8) {
      let cut = one.length;
      while (cut > 8 && width(one.slice(0, cut), size, weight, font) > most) cut = Math.floor(cut * 0.93);
      parts.push(one.slice(0, cut));
      one = one.slice(cut);
    }
    return [...parts, one];
  });
}
