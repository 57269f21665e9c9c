"""Finding a customer in a real browser: as one types, by keys alone, from any page, and back to the same list."""
from __future__ import annotations

from tests.browser.conftest import READY

FIELD, HITS = ".st-key-find_customers input", ".st-key-hits_hits a"
FOCUSED = "document.activeElement.innerText"


def test_it_is_found_as_one_types_and_opened_by_keys(signed_in):
    page = signed_in("/customer")
    page.locator(FIELD).press_sequentially("carm", delay=30)
    page.wait_for_selector(HITS)
    assert page.locator(HITS).count() >= 2 and "id=" in page.locator(HITS).first.get_attribute("href")
    page.keyboard.press("ArrowDown")
    first = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowDown")
    assert "Carmel" in first and "Carmel" in page.evaluate(FOCUSED) != first
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("new URLSearchParams(location.search).has('id')")
    page.wait_for_selector(".st-key-who h1")
    page.go_back()
    page.wait_for_selector(HITS)
    assert page.locator(FIELD).input_value() == "carm"


def test_the_way_back_on_the_page_leads_to_the_same_list(signed_in):
    page = signed_in("/customer?q=carmel")
    page.locator(HITS).first.click()
    page.wait_for_selector(".st-key-go_back button")
    page.wait_for_selector(READY)
    page.locator(".st-key-go_back button").click()
    page.wait_for_selector(HITS)
    assert page.locator(FIELD).input_value() == "carmel"


def test_from_any_page_by_the_keyboard_alone(signed_in):
    page = signed_in("/targets")
    page.keyboard.press("Control+k")
    page.wait_for_selector(".st-key-find_quick input")
    page.wait_for_function("document.activeElement.tagName === 'INPUT'")
    page.keyboard.type("zebar")
    page.keyboard.press("Enter")  # before the answer is there: it is waited for
    page.wait_for_selector(".st-key-who h1")
    assert "CANARY Zebra" in page.locator(".st-key-who h1").inner_text() and "id=" in page.url


def test_nothing_found_is_said(signed_in):
    page = signed_in("/customer")
    page.locator(FIELD).fill("qqzzxx")
    page.get_by_text("Nobody fits").wait_for()
    assert not page.locator(HITS).count()
