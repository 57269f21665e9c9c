"""The strip with real clicks: a choice reaches the address, goes along to another page, and Back takes it back."""
from __future__ import annotations

import re

from tests.browser.conftest import ready


def marked(page) -> str:
    """The named period that is marked in the open popover."""
    return page.locator("[data-testid=stPopoverBody] [data-testid=stButtonGroup] button[data-selected=true], "
                        "[data-testid=stPopoverBody] button[aria-checked=true]").first.inner_text().strip()


def test_choose_go_on_and_come_back(signed_in):
    page = signed_in("/segments")
    page.locator(".st-key-pick_period button").first.click()
    page.get_by_text("Year to date", exact=True).click()
    page.wait_for_url(re.compile("period=year_to_date"))
    ready(page)
    assert marked(page) == "Year to date"
    page.get_by_text("Last 12 months", exact=True).click()
    page.wait_for_url(re.compile("period=last_12_months"))
    ready(page)
    page.go_back()
    page.wait_for_url(re.compile("period=year_to_date"))
    ready(page)
    page.wait_for_function("() => document.querySelector('.st-key-pick_period button').innerText.includes('1 Jan')")
    page.keyboard.press("Escape")
    page.locator("[data-testid=stSidebarNavLink]", has_text="Targets").click()
    page.wait_for_url(re.compile("/targets.*period=year_to_date"))
    ready(page)
    assert "1 Jan" in page.locator(".st-key-pick_period button").first.inner_text()


def test_add_a_filter_and_take_its_chip_away(signed_in):
    page = signed_in("/segments?period=year_to_date")
    page.locator(".st-key-add_filter button").first.click()
    page.locator("[data-testid=stPopoverBody] [data-testid=stMultiSelect] input").click()
    page.locator("[role=option]").first.click()
    page.keyboard.press("Escape")
    page.locator(".st-key-add_this_filter button").click()
    page.wait_for_url(re.compile("f=branch"))
    ready(page)
    chip = page.locator(".st-key-chip_branch button").first
    assert chip.inner_text().startswith("Branch: ")
    page.keyboard.press("Escape")
    chip.click()
    page.wait_for_url(re.compile(r"/segments\?period=year_to_date$"))
    ready(page)
    assert page.locator(".st-key-chip_branch").count() == 0
