"""Saving, opening and segments with real clicks; Back steps out of an opened cut; two tabs at once lose nothing."""
from __future__ import annotations

import re

import pytest

from tests.browser.conftest import ready


def press(page, key: str) -> None:
    page.locator(f".st-key-{key} button:visible").first.click()
    ready(page)


@pytest.fixture
def clean(server):
    """Nothing saved is left for other tests."""
    from crm_data.accounts.users import find_user
    from crm_data.analysis import saved_cuts, segment_store
    yield
    user = find_user(server.appdb, "admin")
    for cut in saved_cuts.list_cuts(server.appdb, user):
        saved_cuts.delete_cut(server.appdb, user, cut.id)
    for segment in segment_store.list_segments(server.appdb, user):
        segment_store.delete_segment(server.appdb, user, segment.id)


def test_save_pin_open_and_step_back(signed_in, clean):
    page = signed_in("/explore?m=revenue&by=branch&period=last_12_months")
    press(page, "saved_save")
    page.locator(".st-key-saved_places button", has_text="Today").click()
    ready(page)
    press(page, "saved_do")
    page.get_by_text("Saved: Revenue by branch, version 1").first.wait_for()
    page.goto(page.url.replace("m=revenue&by=branch", "m=orders&by=city"))
    ready(page)
    press(page, "saved_open")
    page.locator("[data-testid=stDialog] [class*=st-key-saved_go_] button").first.click()
    page.wait_for_url(re.compile("m=revenue.*by=branch"))
    ready(page)
    page.locator("[data-testid=stDialog]").wait_for(state="detached")
    page.go_back()
    page.wait_for_url(re.compile("m=orders"))
    page.get_by_role("heading", name=re.compile("^Orders by city")).first.wait_for()
    page.goto(page.url.split("/explore")[0] + "/today")
    ready(page)
    page.get_by_role("heading", name="Revenue by branch").last.scroll_into_view_if_needed()
    page.locator("[class*=st-key-explore_pinned_] button").click()
    page.wait_for_url(re.compile("/explore.*m=revenue"))


def test_two_tabs_under_one_name_and_the_versions(signed_in, clean):
    one, two = signed_in("/explore?m=revenue&period=last_12_months"), signed_in("/explore?m=orders&period=last_12_months")
    for tab in (one, two):
        press(tab, "saved_save")
        tab.locator(".st-key-saved_name input").fill("Same")
        tab.keyboard.press("Enter")
        ready(tab)
    press(one, "saved_do")
    press(two, "saved_do")
    two.get_by_text("has been saved meanwhile").wait_for()
    press(two, "saved_do")
    two.get_by_text("Saved: Same, version 2").first.wait_for()
    press(one, "saved_open")
    one.locator("[data-testid=stDialog] [class*=st-key-saved_more_] button").first.click()
    one.get_by_text("Versions", exact=True).click()
    one.get_by_text("Version 2").wait_for()
    press(one, "saved_restore_1")
    one.get_by_text("restored from version 1").wait_for()


def test_a_segment_is_made_filters_and_is_explained(signed_in, clean):
    page = signed_in("/explore?m=revenue&by=branch&period=last_12_months")
    press(page, "segment_open")
    press(page, "segment_new")
    press(page, "segment_start_1")
    page.locator(".st-key-segment_preview").get_by_text("of 13 people and companies").wait_for()
    press(page, "segment_save")
    page.locator("[data-testid=stDialog]").wait_for(state="detached")
    press(page, "segment_open")
    page.locator("[class*=st-key-segment_use_] button:visible").first.click()
    page.wait_for_url(re.compile("f=segment_"))
    ready(page)
    page.locator("[class*=st-key-chip_segment_] button", has_text="Regular").first.wait_for()
    page.goto(page.url.split("/explore")[0] + "/customer?id=1")
    ready(page)
    page.locator("[class*=st-key-why_segment_] summary").first.click()
    page.get_by_text(re.compile(r"Orders, in 12 months: 3 · asked: 3 or more · passed")).wait_for()
