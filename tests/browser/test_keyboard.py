"""Without a mouse, from left to right and from right to left: what opens takes the focus and gives it back, arrows lead where they point,
a table is walked through without choosing, and the focus is seen."""
from __future__ import annotations

import re

import pytest

from crm_data.accounts.preferences import choose_language
from crm_data.accounts.users import add_user, find_user
from crm_data.errors import UnknownName
from crm_data.output.words import Words
from tests.browser.conftest import ready

SEGMENTS = "/segments?period=last_12_months&by=branch"
GRID = "[class*=st-key-frame_]:has([data-testid=stDataFrame]):not(:has([class*=st-key-frame_]))"
POPOVER, DIALOG = "[data-testid=stPopoverBody]", "[data-testid=stDialog]"
WITHIN = "(where) => !!document.activeElement?.closest(where)"
HERE = """() => { const n = document.activeElement, s = getComputedStyle(n), b = n.getBoundingClientRect();
  return { tag: n.tagName, text: n.innerText || n.getAttribute('aria-label') || '', left: b.left, ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
    place: n.dataset.testid || n.closest('[data-testid]')?.dataset.testid || '' }; }"""


@pytest.fixture(scope="module")
def readers(server):
    """Who reads in English and in Hebrew."""
    for language in ("en", "he"):
        try:
            find_user(server.appdb, f"keys-{language}")
        except UnknownName:
            choose_language(server.appdb, add_user(server.appdb, f"keys-{language}", role="administrator", full_name="Dana Levi"), language, ["en", "he", "fa"])


@pytest.fixture(params=[pytest.param("en", marks=pytest.mark.slow), "he"])
def opened(request, signed_in, readers):
    """A function that opens an address in the language; ``.rtl`` tells which way it is read."""
    def open_(path: str):
        page = signed_in(path, f"keys-{request.param}")
        page.wait_for_function(f"document.documentElement.lang === '{request.param}'")
        return page
    open_.rtl = request.param == "he"
    return open_


def holds(page, where: str) -> None:
    """Wait until the focus is inside."""
    page.wait_for_function(WITHIN, arg=where)


def go(page, where: str) -> None:
    page.locator(where).first.focus()
    holds(page, where)


def into_table(page) -> None:
    """By Tab from the button before it."""
    go(page, f"{GRID} [class*=st-key-menu_] button")
    page.keyboard.press("Tab")
    holds(page, f"{GRID} [data-testid=stDataFrame]")


def test_tab_goes_through_the_whole_page_with_the_focus_seen(opened):
    page = opened(SEGMENTS)
    seen = []
    for _ in range(90):
        page.keyboard.press("Tab")
        at = page.evaluate(HERE)
        if at["tag"] == "BODY":
            break
        seen.append(at)
    assert seen[0]["place"] == "stSkipToContent" and 25 < len(seen) < 90
    assert [s for s in seen if not s["ring"] and s["tag"] not in ("INPUT", "TD")] == []
    assert {"stSidebarNavLink", "stPopoverButton", "stButtonGroup", "stMenuButtonButton"} <= {s["place"] for s in seen}
    # Walking through chose nothing.
    assert page.url.endswith(SEGMENTS) and not page.locator(".st-key-chip_branch").count()


def test_the_way_past_the_menu_leads_into_the_page(opened):
    page = opened("/data")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    holds(page, "[data-testid=stMain]")
    assert page.evaluate(HERE)["tag"] == "MAIN"


def test_what_opens_under_a_button_takes_the_focus_and_gives_it_back(opened):
    page = opened(SEGMENTS)
    # One has fields in it, the other words alone.
    for key in ("pick_period", "page_help"):
        go(page, f".st-key-{key} button")
        page.keyboard.press("Enter")
        page.locator(POPOVER).wait_for()
        ready(page)
        holds(page, POPOVER)
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(WITHIN, POPOVER), (key, page.evaluate(HERE))
        page.keyboard.press("Escape")
        page.locator(POPOVER).wait_for(state="detached")
        holds(page, f".st-key-{key}")


def test_a_dialog_of_a_menu_gives_the_focus_back_to_its_button(opened):
    page = opened(SEGMENTS)
    go(page, ".st-key-menu_table button, [class*=st-key-menu_] button")
    key = page.evaluate("[...document.activeElement.closest('[class*=st-key-menu_]').classList].find((c) => c.startsWith('st-key-menu_'))")
    page.keyboard.press("Enter")
    holds(page, "[role=menu]")
    for _ in range(20):
        page.keyboard.press("End")
        if page.evaluate(WITHIN, "[role=menuitem]"):
            break
        page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    page.locator(DIALOG).wait_for()
    ready(page)
    holds(page, DIALOG)
    page.keyboard.press("Escape")
    page.locator(DIALOG).wait_for(state="detached")
    holds(page, f".{key}")


def test_arrows_of_a_row_of_choices_lead_where_they_point(opened):
    page = opened(SEGMENTS)
    choices = ".st-key-asks [data-testid=stButtonGroup] button"
    go(page, choices)
    on, back = ("ArrowLeft", "ArrowRight") if opened.rtl else ("ArrowRight", "ArrowLeft")
    first = page.evaluate(HERE)
    page.keyboard.press(on)
    second = page.evaluate(HERE)
    assert second["text"] == page.locator(choices).nth(1).inner_text() and (second["left"] < first["left"]) == opened.rtl
    page.keyboard.press(back)
    assert page.evaluate(HERE)["text"] == first["text"]


def test_a_table_is_walked_by_arrows_and_chosen_by_enter(opened):
    page = opened(SEGMENTS)
    into_table(page)
    for _ in range(2):
        page.wait_for_timeout(500)
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(600)
    ready(page)
    assert "f=" not in page.url
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("f=branch"))
    ready(page)
    # The table is drawn anew, and the reader still stands in it.
    holds(page, f"{GRID} [data-testid=stDataFrame]")


@pytest.mark.slow
def test_a_table_left_and_come_back_to_is_only_walked(opened):
    """The server has forgotten by what it was gone through."""
    page = opened(SEGMENTS)
    into_table(page)
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(900)
    for name in ("targets", "segments"):
        page.locator(f"[data-testid=stSidebarNavLink][href$='/{name}']").click()
        page.wait_for_url(re.compile(f"/{name}"))
        ready(page)
    at = page.url
    into_table(page)
    page.wait_for_timeout(900)
    ready(page)
    assert page.url == at


def test_a_click_in_a_table_chooses_at_once(opened):
    page = opened(SEGMENTS)
    canvas = page.locator("[data-testid=stDataFrame] canvas[data-testid=data-grid-canvas]").first
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 36 + 18)
    page.wait_for_url(re.compile("f=branch"))


def test_names_of_the_front_ends_own_buttons_are_the_languages(opened):
    page = opened("/data")
    wanted = Words("he" if opened.rtl else "en").t("App pages")
    page.wait_for_function("(wanted) => document.querySelector('[data-testid=stSidebarNav]').getAttribute('aria-label') === wanted", arg=wanted)
    assert page.locator("[role=img][aria-label$=' icon']").count() == 0
