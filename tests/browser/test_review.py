"""The weekly review in a real browser: keys and remote, the address and Back, dragging the agenda, every block without scrolling on the wall."""
from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.browser.conftest import ready

WALL, TITLE, PLACE = ".st-key-wall_bar", ".st-key-review_head h2", ".st-key-wall_bar strong"
FITS = """() => ['.st-key-review_main', '.st-key-review_side'].map(s => document.querySelector(s)).every(
  n => n.scrollHeight <= n.clientHeight + 2 && n.scrollWidth <= n.clientWidth + 2)"""
BIG = {"viewport": {"width": 1920, "height": 1080}}


@pytest.fixture(scope="module")
def review(server, truth_url):
    """A meeting with one block of each kind, on the served data."""
    from crm_data.accounts.users import find_user
    from crm_data.analysis.decisions import add_decision
    from crm_data.analysis.meetings import create_review
    from crm_data.analysis.review import Block
    from crm_data.model.snapshots import open_store
    engine, user = server.appdb, find_user(server.appdb, "admin")
    cut = '{"m": ["revenue"], "period": ["last_12_months"], "grain": ["month"], "vs": ["last_year"]}'
    blocks = [*map(Block, ("changes", "targets", "segments", "ranking", "pipeline", "complaints")), Block("cut", "By month", (("link", cut),)),
              Block("note", "The bank", (("text", "Terms of 60 days.\nAsk Noa."),)), Block("decisions")]
    made = create_review(engine, user, open_store(truth_url), agenda=blocks)
    add_decision(engine, user, made.id, "Call the silent customers", owner_name="Dana Levi")
    return made


def place(page) -> str:
    return page.locator(PLACE).inner_text().strip("\u2066\u2069")


def test_the_keys_of_a_remote_turn_the_pages_and_back_returns(signed_in, review):
    page = signed_in(f"/review?review={review.id}", **BIG)
    page.keyboard.press("p")
    page.wait_for_selector(WALL)
    for key, shown in (("ArrowRight", "2 / 9"), ("PageDown", "3 / 9"), ("ArrowLeft", "2 / 9"), ("End", "9 / 9"), ("PageUp", "8 / 9"), ("Home", "1 / 9")):
        page.keyboard.press(key)
        page.wait_for_function("([where, text]) => document.querySelector(where)?.innerText.includes(text)", arg=[PLACE, shown])
    page.wait_for_function("new URLSearchParams(location.search).get('block') === '1'")
    ready(page)
    page.go_back()
    page.wait_for_function("([where, text]) => document.querySelector(where)?.innerText.includes(text)", arg=[PLACE, "8 / 9"])
    page.keyboard.press("f")
    page.wait_for_function("!!document.fullscreenElement")
    page.keyboard.press("f")
    page.wait_for_function("!document.fullscreenElement")
    page.keyboard.press("Escape")
    page.wait_for_selector(".st-key-frame_agenda")
    assert not page.locator(WALL).count()


def test_letters_typed_in_a_dialog_are_no_commands(signed_in, review):
    page = signed_in(f"/review?review={review.id}")
    page.locator(".st-key-decision_add button").click()
    field = page.locator(".st-key-review_decision_text textarea")
    field.press_sequentially("pages past", delay=20)
    assert field.input_value() == "pages past" and not page.locator(WALL).count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_block_fits_the_wall_without_scrolling(signed_in, review, scheme):
    page = signed_in(f"/review?review={review.id}&present=1", color_scheme=scheme, **BIG)
    for n in range(1, 10):
        page.wait_for_function("([where, text]) => document.querySelector(where)?.innerText.includes(text)", arg=[PLACE, f"{n} / 9"])
        ready(page)
        assert page.evaluate(FITS), (n, page.locator(TITLE).inner_text())
        assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(25, abs=0.1)
        page.keyboard.press("ArrowRight")
    assert all(u.startswith(("http://localhost", "data:", "blob:")) for u in page.requested)


def test_a_row_of_the_agenda_is_dragged(signed_in, review):
    page = signed_in(f"/review?review={review.id}&block=4")
    titles = lambda: page.eval_on_selector_all("[class*=st-key-agenda_open_] button", "n => n.map(x => x.innerText.replace(/^\\d+\\s*/, ''))")  # noqa: E731
    assert titles()[3] == "Movers in the ranking"
    page.drag_and_drop(".st-key-agenda_row_3", ".st-key-agenda_row_1", target_position={"x": 30, "y": 4})
    page.wait_for_function("document.querySelector('.st-key-agenda_open_1 button').innerText.includes('Movers')")
    page.wait_for_function("new URLSearchParams(location.search).get('block') === '2'")
    ready(page)
    assert titles()[:4] == ["What changed since last time", "Movers in the ranking", "Targets", "Branches and segments"]


def test_the_whole_review_is_downloaded_as_a_deck(signed_in, review):
    from pptx import Presentation
    page = signed_in(f"/review?review={review.id}")
    page.locator(".st-key-review_download button").click()
    page.wait_for_selector(".st-key-review_format_pptx button")
    with page.expect_download(timeout=60_000) as told:
        page.locator(".st-key-review_format_pptx button").click()
    deck = Presentation(io.BytesIO(Path(told.value.path()).read_bytes()))
    titles = [s.shapes.title.text for s in deck.slides if s.shapes.title is not None]
    assert titles[0].startswith("Weekly review") and "What changed since last time" in titles and "The bank" in titles
