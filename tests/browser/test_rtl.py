"""Right to left in a real browser: where things stand, at 1366 and 390 pixels, in Hebrew and Persian. The words themselves do not matter here."""
from __future__ import annotations

import pytest

from crm_data.accounts.preferences import choose, choose_language
from crm_data.accounts.users import add_user, find_user
from crm_data.errors import UnknownName
from tests.browser.conftest import ready

LANGUAGES = ("he", "fa")
WIDE, NARROW = {"width": 1366, "height": 900}, {"width": 390, "height": 844}

#: Text nodes with the rectangle of each of their letters.
LETTERS = """(wanted) => {
  const found = [], walker = document.createTreeWalker(document.querySelector('[data-testid=stMain]'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!new RegExp(wanted).test(node.data) || !node.parentElement.getClientRects().length) continue;
    const letters = [];
    for (let i = 0; i < node.data.length; i++) {
      const range = document.createRange(); range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getBoundingClientRect();
      if (box.width) letters.push([node.data[i], box.left, box.right, box.top]);
    }
    if (letters.length) found.push({ text: node.data, letters });
  }
  return found;
}"""
BOX = "(node) => { const b = node.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom]; }"
#: Texts of figures that reach out of their drawing, or a scale's texts that were not drawn at all.
CUT = """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap((plot) => {
  const own = plot.querySelector('svg.main-svg').getBoundingClientRect();
  return [...plot.querySelectorAll('text')].filter((t) => t.textContent.trim()).map((t) => [t.textContent, t.getBoundingClientRect()])
    .filter(([, b]) => b.width === 0 || b.left < own.left - 3 || b.right > own.right + 3).map(([text, b]) => [text, b.left - own.left, b.right - own.right, b.width]);
})"""


@pytest.fixture(scope="module")
def readers(server):
    """A user for each language, all they chose being the language."""
    for language in LANGUAGES:
        try:
            find_user(server.appdb, f"reads-{language}")
        except UnknownName:
            choose_language(server.appdb, add_user(server.appdb, f"reads-{language}", role="administrator", full_name="Dana Levi"), language, [*LANGUAGES, "en"])
    return {language: f"reads-{language}" for language in LANGUAGES}


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(params=(WIDE, NARROW), ids=("1366", "390"))
def view(request, signed_in, readers, language):
    """A function that opens an address in the language and at the width."""
    def open_(path: str = "/"):
        page = signed_in(path, readers[language], viewport=request.param)
        page.wait_for_function("document.documentElement.dir === 'rtl'")
        ready(page)
        return page
    open_.wide = request.param is WIDE
    return open_


def box(page, selector: str) -> list[float]:
    return page.locator(selector).first.evaluate(BOX)


def test_the_document_says_its_language_and_the_widgets_do_not_take_the_browsers(view, language):
    page = view()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, "rtl"]
    assert page.evaluate("window[Symbol.for('react-aria.i18n.locale')]") == "en-US"


def test_the_sidebar_stands_on_the_right(view):
    page = view()
    if not view.wide:
        # Folded up it stands over nothing of the page.
        shown = page.evaluate("(w) => [...Array(39).keys()].some((i) => [200, 420, 640].some((y) => document.elementFromPoint(i * 10 + 5, y)?.closest('[data-testid=stSidebar]')))")
        assert not shown
        page.locator("[data-testid=stExpandSidebarButton]").click()
        page.wait_for_timeout(600)
    left, right, *_ = box(page, "[data-testid=stSidebar]")
    assert right == page.viewport_size["width"] and left > 100
    if view.wide:
        assert box(page, "[data-testid=stMain]")[1] <= left + 1


def test_titles_and_the_strip_begin_at_the_right(view):
    page = view("/segments")
    edge = box(page, "[data-testid=stMainBlockContainer]")[1]
    title = page.evaluate("() => { const r = document.createRange(); r.selectNodeContents(document.querySelector('h1')); const b = r.getBoundingClientRect(); return [b.left, b.right]; }")
    assert edge - title[1] < 60 and title[0] > edge / 3
    assert edge - box(page, ".st-key-filterbar button")[1] < 60


def test_nothing_reaches_out_of_the_page(view):
    for path in ("/", "/targets", "/explore", "/worth"):
        page = view(path)
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate("""(width) => [...document.querySelectorAll('[data-testid=stMain] :is(h1,h2,p,button,[data-testid=stMetric])')].filter((n) => {
          const b = n.getBoundingClientRect();
          const clip = n.closest('.st-key-filterbar, [data-testid=stButtonGroup], [role=radiogroup], .st-key-asktokens, .st-key-asks');
          return b.width > 2 && !clip && (b.left < -1 || b.right > width + 1); }).map((n) => n.innerText.slice(0, 40))""", width)
        assert outside == [], path


def test_a_minus_stands_left_of_its_digits(view):
    page = view("/worth?period=last_12_months")
    told = [t for t in page.evaluate(LETTERS, "\u2212[^ ]*[0-9۰-۹]")]
    assert told
    for one in told:
        for i, (letter, left, _, top) in enumerate(one["letters"]):
            after = next(((x, at) for x, at, _, line in one["letters"][i + 1:] if x.isdigit() and abs(line - top) < 4), None)
            if letter == "\u2212" and after:
                assert left < after[1], one["text"]


def test_the_letters_of_a_number_keep_their_order(view):
    page = view("/")
    for one in page.evaluate(LETTERS, "[0-9۰-۹][.,٫٬][0-9۰-۹]"):
        letters = [entry for entry in one["letters"] if entry[0].isdigit() or entry[0] in ".,٫٬"]
        for before, after in zip(letters, letters[1:], strict=False):
            together = abs(before[3] - after[3]) < 4 and abs(after[1] - before[2]) < 2
            # Letters that touch are of one number: the later one stands to the right.
            assert not together or after[1] >= before[1], one["text"]


def test_a_date_reads_from_the_right(view, language):
    page = view("/segments?period=2026-11-01..2026-11-15")
    button = page.locator(".st-key-filterbar button").first
    told = button.inner_text()
    places = button.evaluate("""(node) => {
      const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT), found = [];
      for (let t = walker.nextNode(); t; t = walker.nextNode()) for (const m of t.data.matchAll(/[0-9۰-۹]+/g)) {
        const range = document.createRange(); range.setStart(t, m.index); range.setEnd(t, m.index + m[0].length); found.push([m[0], range.getBoundingClientRect().left]);
      } return found; }""")
    assert len(places) >= 3 and len(places[-1][0]) == 4, told
    assert all(left > places[-1][1] for _, left in places[:-1]), told


def test_no_label_of_a_figure_is_cut(view):
    for path in ("/", "/targets", "/explore?m=revenue&grain=month&period=2025-12-01..2026-11-20", "/worth"):
        page = view(path)
        assert page.evaluate(CUT) == [], path


def test_time_runs_from_left_to_right(view):
    page = view("/explore?m=revenue&grain=month&period=2026-01-01..2026-10-31&fig=lines")
    ticks = page.evaluate("""() => [...document.querySelectorAll('.js-plotly-plot .xaxislayer-above text, .js-plotly-plot .annotation text, .js-plotly-plot text')]
      .map((t) => [t.textContent, t.getBoundingClientRect().left])""")
    names = page.evaluate("document.documentElement.lang") == "fa" and ("ژانویه", "سپتامبر") or ("ינו", "ספט")
    first, last = (next((left for text, left in ticks if name in text), None) for name in names)
    assert first is not None and last is not None and first < last, ticks


def test_bars_grow_from_the_right(view):
    page = view("/explore?m=revenue&by=branch&period=2026-01-01..2026-10-31&fig=bars")
    bars = page.evaluate("""() => [...document.querySelectorAll('.js-plotly-plot .bars .point path')].map((p) => p.getBoundingClientRect()).filter((b) => b.width > 2 && b.height > 3)
      .map((b) => [b.left, b.right])""")
    rights = [right for _, right in bars]
    assert len(bars) >= 2 and max(rights) - min(rights) < 3 and max(left for left, _ in bars) - min(left for left, _ in bars) > 5


def test_the_first_column_of_a_table_stands_at_the_right(view):
    page = view("/explore?m=revenue&by=branch&period=2026-01-01..2026-10-31")
    heads = page.evaluate("() => { const t = document.querySelector('[data-testid=stDataFrame] table[role=grid]'); return [...t.querySelectorAll('[role=columnheader]')].map((h) => h.innerText); }")
    assert len(heads) >= 2
    assert page.evaluate("getComputedStyle(document.querySelector('[data-testid=stDataFrame]')).direction") == "ltr"
    assert "₪" not in heads[-1]


def test_days_are_picked_from_left_to_right(view):
    page = view("/segments")
    page.locator(".st-key-pick_period button").click()
    page.wait_for_selector("[data-testid=stDateInput]")
    field = page.locator("[data-testid=stDateInput] :is([role=group], input)").first
    assert field.evaluate("(n) => getComputedStyle(n).direction") == "ltr"
    body = box(page, "[data-testid=stPopoverBody]")
    assert body[0] >= -1 and body[1] <= page.viewport_size["width"] + 1


def test_a_slider_fills_between_its_ends(view):
    page = view("/worth?period=last_12_months")
    track = page.locator("[data-testid=stSlider]").first
    if not track.count():
        pytest.skip("no slider on the page")
    assert track.evaluate("(n) => getComputedStyle(n).direction") == "ltr"


def test_persian_numbers_have_persian_digits_and_hebrew_ones_latin(view, language):
    page = view("/")
    values = page.locator("[data-testid=stMetricValue]").all_inner_texts()
    digits = "".join(c for text in values for c in text if c.isdigit())
    assert digits and (set(digits) <= set("۰۱۲۳۴۵۶۷۸۹") if language == "fa" else digits.isascii())


def test_the_language_is_changed_by_a_click_at_once_and_kept(new_page, server, signed_in):
    try:
        find_user(server.appdb, "changes")
    except UnknownName:
        add_user(server.appdb, "changes", role="viewer", full_name="Changes")
    problems: list[str] = []
    page = signed_in("/segments?period=last_year", "changes")
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    assert page.evaluate("document.documentElement.dir") == "ltr"
    page.locator(".st-key-language").get_by_role("radio", name="עב").click()
    page.wait_for_function("document.documentElement.dir === 'rtl' && document.documentElement.lang === 'he'")
    ready(page)
    assert "period=last_year" in page.url and "he" not in page.url.rsplit("?", 1)[1].replace("period", "")
    assert find_user(server.appdb, "changes").language == "he"
    # Another browser of the same person: the language is theirs, not the browser's.
    again = signed_in("/segments", "changes", locale="fa-IR")
    again.wait_for_function("document.documentElement.lang === 'he'")
    again.locator(".st-key-language").get_by_role("radio", name="EN").click()
    again.wait_for_function("document.documentElement.dir === 'ltr'")
    assert [p for p in problems if "Content Security" in p or "Refused" in p] == []


@pytest.mark.parametrize(("locale", "lang", "direction"), [("he-IL", "he", "rtl"), ("fa-IR", "fa", "rtl"), ("de-DE", "en", "ltr")])
def test_the_first_guess_is_the_browsers(new_page, server, locale, lang, direction):
    page = new_page(locale=locale)
    page.goto(server.url + "/")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [lang, direction]
    page.goto(server.ticket("vera"))
    page.wait_for_function(f"document.documentElement.dir === '{direction}' && document.documentElement.lang === '{lang}'")


def test_a_link_opens_in_the_language_of_who_opens_it(signed_in, readers, server):
    choose(server.appdb, find_user(server.appdb, readers["fa"]), "calendar", "")
    for language, name in readers.items():
        page = signed_in("/explore?m=revenue&by=branch&grain=jalali_month&period=jalali_last_year", name)
        page.wait_for_function(f"document.documentElement.lang === '{language}'")
        assert not page.locator("[data-testid=stAlert]").count()
