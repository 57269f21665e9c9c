// What stands above the list: kinds, search, whose; below the overview: years, legend with the product, the period in words.
import { choice, make, MARKS } from "./make.js";

export function kinds(story) {
  const { data } = story, { labels } = data;
  story.toggles = data.kinds.map((kind, i) => make("button", {
    type: "button", class: "kind", "aria-pressed": "true", style: `--c:var(--k${i})`, title: labels.only,
    on: { click: (e) => story.toggle(i, e.altKey), dblclick: () => story.toggle(i, true) } },
  make("i", { class: MARKS[i], "aria-hidden": "true" }), make("span", { text: kind.w }), make("span", { class: "n", text: kind.n })));
  story.find = make("input", { type: "search", placeholder: labels.search, "aria-label": labels.search,
    on: { input: () => { story.query = story.find.value.trim(); story.apply(); } } });
  story.whoseChoice = data.whose.length ? choice(labels.whose, [["", labels.everyone], ...data.whose.map((w) => [w.w, `${w.w} (${w.n})`])], "", (name) => { story.whose = name; story.apply(); }) : null;
  const toggles = make("div", { class: "toggles", role: "group", "aria-label": labels.kinds }, ...story.toggles);
  return make("div", { class: "kinds" }, toggles, make("div", { class: "asks" }, story.find, story.whoseChoice));
}

export function years(story) {
  const { data } = story, { labels } = data;
  story.spans = [[labels.whole, [data.first, data.last]], ...data.years.map((y) => [y.w, [Math.max(y.first, data.first), Math.min(y.last, data.last)]])];
  story.buttons = story.spans.map(([word, range]) => make("button", { type: "button", class: "year", text: word, on: { click: () => { story.range = range; story.apply(); } } }));
  story.words = make("span", { class: "span" });
  story.legend = make("span", { class: "legend" });
  return make("div", { class: "years" }, make("span", { class: "spans" }, ...story.buttons), make("span", { class: "tail" }, story.legend, story.words));
}

// The legend of what is drawn above the months; with several products, their choice.
export function legend(story) {
  const { data } = story, line = data.prices[story.price], parts = [];
  if (line) {
    const name = data.prices.length > 1
      ? choice(data.labels.product, data.prices.map((p, i) => [String(i), p.w]), String(story.price), (i) => { story.price = +i; story.drawPrice(); story.tell(); })
      : make("span", { text: line.w });
    parts.push(make("span", { class: "l-price" }, make("span", { text: data.labels.price }), name, make("span", { text: line.s })));
  }
  if (data.owed) parts.push(make("span", { class: "l-area" }, make("span", { text: data.owed })));
  const chosen = story.legend.contains(story.box.getRootNode().activeElement);
  story.legend.replaceChildren(...parts);
  if (chosen) story.legend.querySelector("select")?.focus();
}
