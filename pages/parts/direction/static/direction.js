// Tells the document its language and direction: everything of the page then mirrors by itself. Nothing is drawn here.
const LOCALE = Symbol.for("react-aria.i18n.locale");

function turn(data) {
  const root = document.documentElement;
  if (root.lang !== data.lang) root.lang = data.lang;
  if (root.dir !== data.dir) root.dir = data.dir;
  // The widgets take their own direction and digits from the browser's language, whatever the page's is: ranges break by it.
  if (window[LOCALE] !== data.locale) {
    window[LOCALE] = data.locale;
    window.dispatchEvent(new Event("languagechange"));
  }
}

export default function ({ data }) {
  turn(data);
  return () => {};
}
