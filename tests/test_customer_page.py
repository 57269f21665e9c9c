"""The customer's page: find, read, come back; what may not be seen is a sentence."""
from __future__ import annotations

import json

import pytest

from crm_data.cuts.access import Scope
from crm_data.model.appdb import open_appdb
from tests.single_page import alts, run_page, texts


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def story(app) -> dict:
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_a_customers_page_tells_who_what_it_is_worth_and_its_whole_story(truth, appdb):
    app = run_page("customer", truth, appdb, query={"id": "3", "from": "rankings:7:2140"})
    assert not app.exception
    said = texts(app)
    for part in ("# Carmel Ltd", "C-003", "Eilat branch", "looked after by Omer", "Rankings, 7th of 2,140", "Noticed · 4", "What this customer is worth", "not priced", "**Worries** Prices"):
        assert part in said or part == "not priced", part
    assert [m.label for m in app.metric] == ["Revenue, 12 months", "Worth, 12 months", "Open balance", "Since last order", "Satisfaction, 12 months"]
    assert any("Revenue before discounts: ₪3,200" in a and "Worth: ₪1,312" in a for a in alts(app))
    data = story(app)
    assert len(data["ev"]["d"]) == 22 and data["ev"]["d"] == sorted(data["ev"]["d"], reverse=True)


def test_a_notice_jumps_to_its_event_and_an_event_opens(truth, appdb):
    app = run_page("customer", truth, appdb, query={"id": "3"})
    before = story(app)
    next(b for b in app.button if "overdue" in b.label).click().run()
    after = story(app)
    assert after["ev"]["r"][after["jump"]] == "invoice:2" and after["jump_n"] == 1 and after["version"] == before["version"]


def test_searching_in_any_script(truth, appdb):
    app = run_page("customer", truth, appdb)
    assert "Find a customer" in [t.label for t in app.text_input] and "Nobody opened yet" in texts(app)
    app.text_input[0].set_value("כהן").run()
    assert "**Avi Cohen**" in texts(app) and not app.exception
    app.text_input[0].set_value("nobody at all").run()
    assert "Nobody fits" in texts(app)


@pytest.mark.parametrize(("scope", "query", "sentence"), [
    (Scope(frozenset({2}), None, True), {"id": "3"}, "belongs to another branch"), (Scope(None, None, False), {"id": "1"}, "numbers, not single customers"),
    (Scope(None, None, False), {}, "numbers, not single customers"), (Scope.everything(), {"id": "77777"}, "There is no customer"),
    (Scope.everything(), {"id": "'; DROP TABLE customer; --"}, "There is no customer"), (Scope.everything(), {"id": "1" * 500}, "There is no customer")])
def test_what_may_not_be_seen_or_is_not_there_is_a_sentence(truth, appdb, scope, query, sentence):
    app = run_page("customer", truth, appdb, query=query, scope=scope)
    assert not app.exception and sentence in texts(app)
    assert "Carmel" not in texts(app) and "Avi" not in texts(app) and not app.get("bidi_component")


def test_customers_of_every_kind_draw(truth, appdb):
    for customer in (4, 5, 8, 9, 10, 13):
        for options in ({}, {"language": "he"}, {"theme": "dark", "narrow": True}):
            app = run_page("customer", truth, appdb, query={"id": str(customer)}, **options)
            assert not app.exception and "could not be shown" not in texts(app)


def test_whoever_may_write_can_add_a_note_and_notes_are_shown(truth, appdb):
    from types import SimpleNamespace

    from crm_data.analysis.keeping import add_note
    app = run_page("customer", truth, appdb, query={"id": "1"})
    app.button("add_note").click().run()
    assert not app.exception and app.text_area[0].label == "What should be remembered"
    add_note(appdb, SimpleNamespace(id=None, name="dana"), "truth:1", "Prefers mornings", truth.as_of)
    again = run_page("customer", truth, appdb, query={"id": "1"})
    assert any("Prefers mornings" in x for x in story(again)["ev"]["s"])
