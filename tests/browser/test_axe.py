"""The accessibility checker axe on every page, the dialogs used most and the sign-in: nothing is found but the front end's own rows, which
docs/accessibility.md lists. Every page is looked at in one language in every run, and a third of what opens over pages; everything in all three languages in the
full run. Light and dark take turns."""
from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path

import pytest

from crm_data.accounts.preferences import choose_language
from crm_data.accounts.users import add_user, find_user
from crm_data.errors import UnknownName
from tests.browser.conftest import ready

ROOT = Path(__file__).parents[2]
LANGUAGES, SCHEMES = ("en", "he", "fa"), ("light", "dark")
#: Another axe.min.js, to try a newer one: AXE_SOURCE=/path/axe.min.js.
SOURCE = Path(os.environ["AXE_SOURCE"]) if os.environ.get("AXE_SOURCE") else files("axe_core_python") / "axe.min.js"
#: Best practices are held too: headings in order, one main region, everything within a region.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([tags, known]) => {
  const found = await axe.run(document, { resultTypes: ['violations'], elementRef: true, runOnly: tags });
  return found.violations.flatMap((v) => v.nodes.filter((n) => !known.some(([rule, where]) => rule === v.id && n.element && n.element.matches(where)))
    .map((n) => `${v.id}: ${n.target.flat(9).join(' ')} | ${n.html.slice(0, 160)} | ${(n.failureSummary || '').slice(0, 240)}`));
}"""
_ROW = re.compile(r"^\| `([\w-]+)` \| `([^`]+)` \|", re.MULTILINE)

YEAR = "period=last_12_months"
PAGES = {
    "today": "/today", "reviews": "/review", "segments": f"/segments?{YEAR}&by=branch", "explore": f"/explore?m=revenue&by=branch&{YEAR}",
    "lines": f"/explore?m=revenue&grain=month&{YEAR}&fig=lines", "targets": "/targets", "team": f"/team?{YEAR}", "rankings": f"/rankings?{YEAR}",
    "worth": f"/worth?{YEAR}", "find": "/customer?q=carm", "customer": "/customer?id=3", "tiers": "/tiers", "pipeline": "/pipeline", "data": "/data", "people": "/people",
    "meeting": "/review?review={review}", "wall": "/review?review={review}&present=1", "filtered": f"/segments?{YEAR}&f=branch:is:Nowhere"}
#: What is pressed one after the other; the last opens what is looked at.
DIALOGS = {
    "quick find": ("/data", ["quick_find"]), "form": ("/data", ["user_menu", "form_settings"]), "password": ("/people", ["user_menu", "change_password"]),
    "period": (PAGES["segments"], ["pick_period"]), "filter": (PAGES["segments"], ["add_filter"]), "help": (PAGES["worth"], ["page_help"]),
    "export": (PAGES["segments"], ["export_page"]), "save": (PAGES["explore"], ["saved_save"]), "open": (PAGES["explore"], ["saved_open"]),
    "condition": (PAGES["explore"], ["explore_condition"]), "target": ("/targets", ["set_target"]), "alerts": ("/targets", ["target_alerts"]),
    "rates": (PAGES["worth"], ["open_rates"]), "criteria": (PAGES["rankings"], ["criteria"]), "rankings kept": (PAGES["rankings"], ["ranking_saved"]),
    "note": ("/customer?id=3", ["add_note"]), "task": ("/customer?id=3", ["add_task"]), "tier": ("/tiers", ["tier_add"]), "decision": (PAGES["meeting"], ["decision_add"]),
    "block": (PAGES["meeting"], ["agenda_add"]), "new review": (PAGES["meeting"], ["review_reviews", "review_new"])}


def cases(names, every: int = 1) -> list:
    """Every name in every language and a scheme. In each run: one language of every ``every``-th name; the others are marked slow."""
    return [pytest.param(name, language, SCHEMES[(at + turn) % 2], id=f"{name}-{language}", marks=[] if at % every == 0 and (at // every) % 3 == turn else [pytest.mark.slow])
            for at, name in enumerate(names) for turn, language in enumerate(LANGUAGES)]


def known() -> list[list[str]]:
    """(rule, selector) of what the front end itself leaves, as documented."""
    return [list(row) for row in _ROW.findall((ROOT / "docs" / "accessibility.md").read_text(encoding="utf-8"))]


def check(page) -> None:
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN, [TAGS, known()])
    assert found == [], f"{page.url}\n" + "\n".join(found)


@pytest.fixture(scope="module")
def review(server, truth_url):
    """A meeting with some blocks, taken away again."""
    from crm_data.analysis.decisions import add_decision
    from crm_data.analysis.meetings import create_review, delete_review
    from crm_data.analysis.review import Block
    from crm_data.model.snapshots import open_store
    engine, user = server.appdb, find_user(server.appdb, "admin")
    made = create_review(engine, user, open_store(truth_url), agenda=[*map(Block, ("changes", "targets", "ranking", "complaints", "decisions"))])
    add_decision(engine, user, made.id, "Call the silent customers", owner_name="Dana Levi")
    yield made.id
    delete_review(engine, user, made.id)


@pytest.fixture(scope="module")
def looking(chromium, server):
    """A function that opens an address in a language and scheme; one browser window for each pair, so that people sign in once."""
    for language in LANGUAGES:
        try:
            find_user(server.appdb, f"axe-{language}")
        except UnknownName:
            choose_language(server.appdb, add_user(server.appdb, f"axe-{language}", role="administrator", full_name="Dana Levi"), language, LANGUAGES)
    windows: dict = {}

    def open_(path: str, language: str, scheme: str):
        if (language, scheme) not in windows:
            context = chromium.new_context(viewport={"width": 1366, "height": 900}, locale="en-GB", color_scheme=scheme, reduced_motion="reduce")
            page = windows[language, scheme] = context.new_page()
            page.set_default_timeout(30_000)
            page.goto(server.ticket(f"axe-{language}"))
        page = windows[language, scheme]
        page.goto(server.url + path)
        ready(page)
        page.wait_for_function(f"document.documentElement.lang === '{language}'")
        return page
    yield open_
    for page in windows.values():
        page.context.close()


@pytest.mark.parametrize(("name", "language", "scheme"), cases(PAGES))
def test_a_page(looking, review, name, language, scheme):
    check(looking(PAGES[name].format(review=review), language, scheme))


@pytest.mark.parametrize(("name", "language", "scheme"), cases(DIALOGS, 3))
def test_what_opens_over_a_page(looking, review, name, language, scheme):
    path, presses = DIALOGS[name]
    page = looking(path.format(review=review), language, scheme)
    for key in presses:
        page.locator(f".st-key-{key} button:visible").first.click()
    page.locator("[data-testid=stDialog], [data-testid=stPopoverBody]").first.wait_for()
    ready(page)
    check(page)


@pytest.mark.parametrize("locale", ["en-GB", "he-IL", "fa-IR"])
def test_the_sign_in(new_page, server, locale):
    page = new_page(locale=locale, color_scheme="dark" if locale == "he-IL" else "light")
    page.goto(server.url + "/")
    page.locator("#password").wait_for()
    check(page)
    page.fill("#name", "nobody")
    page.fill("#password", "wrong wrong wrong")
    page.locator("form button").click()
    page.locator(".error").wait_for()
    check(page)


def test_what_is_listed_is_still_there(looking):
    """A row of the list that is found nowhere any more is taken out of it: here the ones every page has."""
    page = looking("/data", "en", "light")
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found = {line.partition(":")[0] for line in page.evaluate(RUN, [TAGS, []])}
    assert found <= {rule for rule, _ in known()} and {"list", "listitem"} <= found
