// Words the front end has in English only, in the reader's language: names of its buttons for readers, and the few texts of its own.
// What they are in the language arrives written out; names of months and days are the browser's own.
const NAMES = ["aria-label", "placeholder", "title", "alt"];
const TEXTS = '[data-testid="stSkipToContent"], [data-testid="stDateInputQuickSelect"], [data-testid="stDateInputCalendar"], [data-testid="stSelectboxVirtualDropdown"], [data-testid="stMultiSelectDropdown"], [data-testid="InputInstructions"], [data-live-announcer]';
const WITH = [[/^Remove (.+)$/, "Remove {x}"], [/^Shortcut (.+)$/, "Shortcut {x}"], [/^(.+) start date$/, "{x}: first day"], [/^(.+) end date$/, "{x}: last day"],
  [/^(\d+) options? available\.$/, "Options: {x}"]];
const SYMBOL = /^[a-z0-9_]+ icon$/;
let words = {}, months = {}, lang = "en";

function said(text) {
  const plain = text.trim();
  if (!plain) return null;
  if (words[plain] !== undefined) return text.replace(plain, words[plain]);
  for (const [form, name] of WITH) {
    const part = form.exec(plain);
    if (part && words[name] !== undefined) return words[name].replace("{x}", part[1]);
  }
  return null;
}

function dated(text) {
  const month = /^([A-Z][a-z]+)( \d{4})?$/.exec(text.trim());
  if (month && months[month[1]]) return months[month[1]] + (month[2] || "");
  const day = /^((?:Today, )?)[A-Z][a-z]+day, (.+?\d{4})/.exec(text.trim()), at = day ? Date.parse(day[2]) : NaN;
  return Number.isNaN(at) ? null : new Intl.DateTimeFormat(tag(), { dateStyle: "full" }).format(at);
}

const tag = () => `${lang}-u-ca-gregory-nu-latn`;

function name(node) {
  // A symbol beside words says nothing more than they do, and its name is one of a font's.
  if (node.getAttribute("role") === "img" && SYMBOL.test(node.getAttribute("aria-label") || "")) {
    node.removeAttribute("aria-label");
    node.removeAttribute("role");
    node.setAttribute("aria-hidden", "true");
    return;
  }
  if (lang === "en") return;
  for (const attribute of NAMES) {
    const text = node.getAttribute(attribute);
    const own = text && (said(text) ?? (node.closest('[data-testid="stDateInputCalendar"]') ? dated(text) : null));
    if (own && own !== text) node.setAttribute(attribute, own);
  }
}

function text(node) {
  const box = lang !== "en" && node.parentElement?.closest(TEXTS);
  if (!box) return;
  const own = said(node.data) ?? (box.dataset.testid === "stDateInputCalendar" ? dated(node.data) : null);
  if (own && own !== node.data) node.data = own;
}

function all(root) {
  if (root.nodeType === Node.TEXT_NODE) { text(root); return; }
  // Figures are drawn of thousands of parts, none of them with words of the front end.
  if (root.nodeType !== Node.ELEMENT_NODE || root instanceof SVGElement) return;
  name(root);
  root.querySelectorAll("[aria-label], [placeholder], [title], [alt]").forEach(name);
  const boxes = root.closest(TEXTS) ? [root] : root.querySelectorAll(TEXTS);
  for (const box of boxes) {
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) text(node);
  }
}

export function speak(data) {
  const fresh = lang !== data.lang;
  words = data.words || {};
  lang = data.lang;
  if (!fresh) return;
  const english = new Intl.DateTimeFormat("en", { month: "long", timeZone: "UTC" }), own = new Intl.DateTimeFormat(tag(), { month: "long", timeZone: "UTC" });
  months = Object.fromEntries([...Array(12).keys()].map((m) => Date.UTC(2026, m, 15)).map((day) => [english.format(day), own.format(day)]));
  all(document.body);
}

export function watchWords() {
  all(document.body);
  new MutationObserver((seen) => {
    for (const one of seen) {
      if (one.type === "attributes") name(one.target);
      else if (one.type === "characterData") text(one.target);
      else one.addedNodes.forEach(all);
    }
  }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: NAMES });
}
