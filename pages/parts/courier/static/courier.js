// Brings a file to the reader, once for each errand. Pictures are made here: the server needs no browser for them.
// No words of its own: everything arrives written out. Text of the data is only ever put in by textContent.
import { picture } from "./picture.js";

const DONE = new Map(); // errand -> promise of {href, size}
const FAULTS = new Set();

const make = (tag, options = {}) => {
  const { text, ...rest } = options, node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(rest)) node.setAttribute(name, value);
  return node;
};

function save(href, name) {
  const link = make("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

async function fetched(errand) {
  if (errand.kind === "file") return { href: errand.href };
  return { href: URL.createObjectURL(await picture(errand)) };
}

function said(box, errand, href) {
  const again = make("a", { href, download: errand.name, text: errand.labels.again });
  box.replaceChildren(make("span", { text: errand.labels.done }), make("span", { class: "name", text: errand.name }), again);
  box.dataset.state = "done";
}

async function run(box, errand) {
  const fresh = !DONE.has(errand.n);
  if (fresh) {
    // Only the last few are kept: each holds a picture in memory.
    if (DONE.size > 6) { const [oldest] = DONE.keys(); DONE.get(oldest).then(({ href }) => href.startsWith("blob:") && URL.revokeObjectURL(href), () => {}); DONE.delete(oldest); }
    DONE.set(errand.n, fetched(errand));
    box.replaceChildren(make("span", { text: errand.labels.making }));
    box.dataset.state = "making";
  }
  try {
    const { href } = await DONE.get(errand.n);
    if (fresh) save(href, errand.name);
    said(box, errand, href);
  } catch (fault) {
    if (!FAULTS.has(errand.n)) console.warn("picture:", fault);
    FAULTS.add(errand.n);
    box.replaceChildren(make("span", { class: "wrong", text: errand.labels.failed }));
    box.dataset.state = "failed";
  }
}

export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".courier");
  if (box && data && data.n) { box.dir = data.dir || "ltr"; run(box, data); }
  return () => {};
}
