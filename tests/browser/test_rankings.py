"""Rankings with real clicks: a place says why, a name opens the customer, a class narrows, weights stand in the address."""
from __future__ import annotations

import re

from tests.browser.conftest import ready

YEAR = "/rankings?period=year_to_date&rank=revenue:3:high&rank=complaints:1:low"


def cell(page, frame: str, x: int, row: int) -> None:
    """Click into a grid, once it is drawn; row 0 is the head."""
    grid = page.locator(f".st-key-{frame} canvas").first
    grid.wait_for(state="visible")
    box = grid.bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + 36 * row + 18)
    page.wait_for_timeout(300)
    page.mouse.click(box["x"] + x, box["y"] + 36 * row + 18)


def test_a_place_says_why_and_a_name_opens_the_customer_and_back(signed_in):
    page = signed_in(YEAR)
    cell(page, "frame_ranking", 20, 2)
    dialog = page.locator("[data-testid=stDialog]")
    dialog.get_by_text("Why this place").wait_for()
    dialog.get_by_text("2nd of").first.wait_for()
    dialog.get_by_text("What would win one place").first.wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    cell(page, "frame_ranking", 150, 2)
    page.wait_for_url(re.compile(r"/customer\?.*from=rankings%3A2%3A"))
    ready(page)
    page.go_back()
    page.wait_for_url(re.compile("/rankings.*complaints"))
    ready(page)
    page.get_by_text("Customers by revenue, complaints").first.wait_for()


def test_a_class_narrows_the_table_and_a_saved_ranking_opens_by_its_link(signed_in):
    page = signed_in(YEAR)
    cell(page, "body_concentration", 20, 1)
    page.wait_for_url(re.compile("class=A"))
    ready(page)
    page.locator(".st-key-ranking_saved button").click()
    page.get_by_label("Name of this ranking").fill("First class")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    page.locator(".st-key-ranking_save button").click()
    page.wait_for_url(re.compile(r"ranking=\d+"))
    ready(page)
    number = re.search(r"ranking=(\d+)", page.url)[1]
    page.goto(page.url.split("?")[0] + f"?ranking={number}")
    page.wait_for_url(re.compile("class=A"))
    ready(page)
    page.locator(".st-key-asks").get_by_text("First class").wait_for()
    assert "period=year_to_date" in page.url
