"""A customer's page in a real browser: every key of the story, the brush, what is shown kept in the address, together and apart,
opening events, writing, and the way back."""
from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.conftest import READY, ready

ROWS = ".tl article"
FOCUSED = "() => { const e = document.activeElement.shadowRoot.activeElement; return e.dataset.i ?? e.className }"
SAID = ".tl [role=status]"


def open_story(signed_in, path="/customer?id=3", **options):
    page = signed_in(path, **options)
    page.wait_for_selector(ROWS)
    return page


def said(page) -> str:
    return page.locator(SAID).inner_text()


def in_address(page, **wanted: str) -> None:
    """Wait until the address has (or has lost) these parameters."""
    for key, value in wanted.items():
        page.wait_for_function("([k, v]) => (new URLSearchParams(location.search).get(k) || '') === v", arg=[key, value])


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drag(page, target, to: float) -> None:
    """Drag an element of the overview to a share of its width."""
    box, start = page.locator(".tl .overview").bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, box["y"] + 46)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, box["y"] + 46, steps=6)
    page.mouse.up()


def test_every_key_of_the_list(signed_in):
    page = open_story(signed_in)
    page.locator(".tl .list").focus()
    last = str(int(said(page).split()[0]) - 1)
    for key, place in (("ArrowDown", "0"), ("ArrowDown", "1"), ("ArrowUp", "0"), ("PageDown", "3"), ("PageUp", "0"), ("End", last), ("Home", "0")):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == place, key
    flagged = page.evaluate("() => [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.tl')).find(Boolean).querySelectorAll('article.f1, article.f2').length")
    seen = []
    for _ in range(flagged):
        page.keyboard.press("n")
        seen.append(int(page.evaluate(FOCUSED)))
    assert seen == sorted(set(seen)) and len(seen) == flagged > 1
    page.keyboard.press("Shift+N")
    assert int(page.evaluate(FOCUSED)) == seen[-2]
    page.keyboard.press("1")
    assert page.locator(".tl .kind").first.get_attribute("aria-pressed") == "false"
    page.keyboard.press("Alt+2")
    assert [k.get_attribute("aria-pressed") for k in page.locator(".tl .kind").all()] == ["false", "true", "false", "false", "false", "false"]
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.shadowRoot.activeElement.type") == "search"
    page.keyboard.type("laptop")
    page.keyboard.press("Escape")
    assert said(page) == "22 of 22 events"
    page.locator(".tl .list").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    page.wait_for_selector("[data-testid=stDialog]")


def test_double_click_shows_one_kind_and_keeps_nothing_else(signed_in):
    page = open_story(signed_in)
    page.locator(".tl .kind").nth(1).dblclick()
    assert said(page) == "3 of 22 events"
    in_address(page, kinds="orders")


def test_the_handles_are_sliders_and_the_brush_is_a_period(signed_in):
    page = open_story(signed_in)
    first, last = page.locator(".tl .handle").all()
    assert first.get_attribute("role") == last.get_attribute("role") == "slider"
    whole = said(page)
    values = [int(last.get_attribute("aria-valuenow"))]
    last.focus()
    for key in ("ArrowLeft", "PageDown", "ArrowRight", "End"):
        page.keyboard.press(key)
        values.append(int(last.get_attribute("aria-valuenow")))
    assert values[0] > values[1] > values[2] and values[2] < values[3] and values[4] == values[0] and said(page) == whole
    assert 1 <= values[0] - values[1] <= 31 and 330 <= values[1] - values[2] <= 370
    drag(page, first, 0.5)
    assert said(page) != whole and re.fullmatch(r"[A-Z][a-z]{2,3} \d{4} – [A-Z][a-z]{2,3} \d{4}", page.locator(".tl .span").inner_text())
    page.wait_for_function("() => location.search.includes('at=')")
    page.get_by_role("button", name="Whole story").click()
    assert said(page) == whole
    in_address(page, at="")


def test_what_is_shown_stands_in_the_address_and_a_link_opens_it(signed_in):
    page = open_story(signed_in)
    page.get_by_role("button", name="2025", exact=True).click()
    page.locator(".tl .kind").nth(2).click()
    page.locator(".tl input").fill("o")
    shown = said(page)
    in_address(page, find="o", kinds="contacts,orders,complaints,offers,notes")
    assert query(page)["at"][0].endswith("..2025-12-31") and query(page)["id"] == ["3"]
    other = open_story(signed_in, f"/customer?{urlsplit(page.url).query}")
    other.wait_for_function("(text) => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('[role=status]')?.textContent === text)", arg=shown)
    assert other.locator(".tl input").input_value() == "o" and other.locator(".tl .kind").nth(2).get_attribute("aria-pressed") == "false"
    # Back undoes what was narrowed last, without drawing the story anew.
    page.go_back()
    page.wait_for_selector(READY)
    page.wait_for_function("() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('[role=status]')?.textContent === '22 of 22 events')")


@pytest.mark.parametrize("wrong", ["at=2025-13-40..x", "at=2030-01-01..2031-01-01", "kinds=nothing", "find=" + "x" * 400, "whose=%3Cscript%3E", "price=%00", "family=7", "from=nowhere:1:2", "back=%25"])
def test_a_wrong_address_still_shows_the_customer(signed_in, wrong):
    page = signed_in(f"/customer?id=3&{wrong}")
    page.wait_for_selector(SAID)
    assert page.locator("h1", has_text="Carmel Ltd").count() == 1


def test_filters_survive_a_rerun_of_the_page_and_a_note(signed_in):
    page = open_story(signed_in, "/customer?id=2")
    before = int(said(page).split()[-2])
    orders = int(page.locator(".tl .kind .n").nth(1).inner_text())
    page.locator(".tl .kind").nth(1).click()
    in_address(page, kinds="contacts,money,complaints,offers,notes")
    page.get_by_role("button", name="Add note").click()
    page.get_by_label("What should be remembered").fill("Prefers the morning")
    page.get_by_role("button", name="Save note").click()
    page.wait_for_function("() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('.list')?.textContent.includes('Prefers the morning'))")
    assert page.locator(".tl .kind").nth(1).get_attribute("aria-pressed") == "false" and said(page) == f"{before + 1 - orders} of {before + 1} events"


def test_an_order_opens_with_its_lines_and_filters_stay_in_the_address(signed_in):
    page = open_story(signed_in)
    page.locator(".tl input").fill("order o-")
    page.locator(ROWS).first.click()
    dialog = page.locator("[data-testid=stDialog]")
    dialog.wait_for()
    dialog.locator("table").wait_for()
    assert "Order O-" in dialog.inner_text()
    in_address(page, find="order o-")
    ready(page)
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.locator(".tl input").input_value() == "order o-"


def test_together_and_apart(signed_in):
    page = open_story(signed_in)
    apart = said(page)
    page.get_by_role("radio", name="With its subsidiary").or_(page.get_by_role("button", name="With its subsidiary")).click()
    in_address(page, family="1")
    page.wait_for_function("(text) => [...document.querySelectorAll('*')].some(e => { const s = e.shadowRoot?.querySelector('[role=status]'); return s && s.textContent !== text })", arg=apart)
    ready(page)
    whole = int(said(page).split()[0])
    choice = page.locator(".tl .asks select")
    options = choice.locator("option").all_inner_texts()
    assert options[0] == "Everyone" and any("Carmel North" in o for o in options)
    choice.select_option("Carmel North")
    assert 0 < int(said(page).split()[0]) < whole
    in_address(page, whose="Carmel North")


def test_back_returns_to_the_list_with_its_choices(signed_in):
    page = signed_in("/customer?id=3&from=rankings:7:2140&back=period%3Dlast_12_months%26by%3Drevenue")
    page.get_by_role("button", name="Rankings, 7th of 2,140").click()
    page.wait_for_url("**/rankings?**")
    assert query(page)["period"] == ["last_12_months"] and query(page)["by"] == ["revenue"] and "id" not in query(page)


def test_a_task_is_written_found_and_done(signed_in):
    page = open_story(signed_in, "/customer?id=4")
    page.get_by_role("button", name="Task", exact=False).first.click()
    page.get_by_label("What is to be done").fill("Call about the contract")
    page.get_by_role("button", name="Save task").click()
    listed = page.locator(".st-key-tasks").get_by_text("Call about the contract")
    listed.wait_for()
    page.locator(".st-key-tasks").get_by_role("button", name="Done").click()
    listed.wait_for(state="detached")


def test_the_story_mirrors_and_time_does_not(signed_in):
    page = open_story(signed_in)
    edges = """(dir) => { const t = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.tl')).find(Boolean); t.dir = dir;
      const at = (s) => t.querySelector(s).getBoundingClientRect(), row = at('article');
      return {day: (at('article .day').left + at('article .day').right) / 2 - row.left, wide: row.width, first: at('.handle').left, last: t.querySelectorAll('.handle')[1].getBoundingClientRect().left,
              over: [...t.querySelectorAll('article *:not(.hidden, .hidden *)')].filter(e => { const b = e.getBoundingClientRect(); return b.width && (b.left < row.left - 1 || b.right > row.right + 1) }).length} }"""
    left, right = page.evaluate(edges, "ltr"), page.evaluate(edges, "rtl")
    assert left["day"] < left["wide"] / 3 and right["day"] > right["wide"] * 2 / 3
    assert left["first"] < left["last"] and right["first"] < right["last"] and left["over"] == right["over"] == 0


def test_the_phone(signed_in):
    page = open_story(signed_in, "/customer?id=3&family=1", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    ready(page)
    assert page.evaluate("() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }") <= 1
    geometry = """() => { const t = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('.tl')).find(Boolean), wide = t.getBoundingClientRect();
      const out = [...t.querySelectorAll('.list *, .years *, .asks *, .overview *')].filter(e => { const b = e.getBoundingClientRect(); return b.width && (b.right > wide.right + 10 || b.left < wide.left - 10) });
      return {out: out.map(e => e.className).slice(0, 5), scrolls: getComputedStyle(t.querySelector('.list')).overflowY, touch: Math.min(...[...t.querySelectorAll('.kind')].map(k => k.getBoundingClientRect().height))} }"""
    found = page.evaluate(geometry)
    assert found["out"] == [] and found["scrolls"] in ("clip", "visible") and found["touch"] >= 30
    figures = [b.bounding_box() for b in page.locator(".st-key-figures [data-testid=stMetric]").all()]
    assert len(figures) == 5 and len({round(f["x"]) for f in figures}) <= 2
