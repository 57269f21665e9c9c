// Small things the story's files share: elements whose text is only ever put in by textContent, and counts in its digits.
export const MARKS = ["disc", "square", "diamond", "triangle", "ring", "dash"];

const ISOLATES = /[\u2066-\u2068]/;

export function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (name === "text") {
      const part = document.createElement("bdi");
      part.textContent = value;
      // Only languages from right to left have isolates: such a text runs as they do, whatever name it begins with.
      if (ISOLATES.test(value)) part.dir = "rtl";
      node.append(part);
    }
    else node.setAttribute(name, value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

// A choice from a list; an option cannot hold an isolating element, so its direction is its own.
export function choice(label, options, chosen, act) {
  const node = make("select", { "aria-label": label, on: { change: () => act(node.value) } });
  for (const [value, word] of options) {
    const option = document.createElement("option");
    option.value = value; option.textContent = word; option.dir = "auto";
    node.append(option);
  }
  node.value = chosen;
  return node;
}

export function numeral(text, n, m, digits) {
  const shown = (x) => String(x).replace(/\B(?=(\d{3})+$)/g, digits[0] === "0" ? "," : "٬").replace(/\d/g, (d) => digits[+d]);
  return text.replace("{n}", shown(n)).replace("{m}", shown(m));
}
