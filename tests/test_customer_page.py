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


def sent(app) -> list[dict]:
    """What each component was given."""
    return [json.loads(c.proto.json) for c in app.get("bidi_component")]


def story(app) -> dict:
    return next((data for data in sent(app) if "ev" in data), {"ev": {"r": []}})


def nudges(app) -> dict:
    """What was sent to the story besides it, together."""
    return {k: v for data in sent(app) if "ev" not in data for k, v in data.items()}


def test_a_customers_page_tells_who_what_it_is_worth_and_its_whole_story(truth, appdb):
    app = run_page("customer", truth, appdb, query={"id": "3", "from": "rankings:7:2140"})
    assert not app.exception
    said = texts(app)
    for part in ("# Carmel Ltd", "C-003", "Eilat branch", "looked after by Omer", "Rankings, 7th of 2,140", "Noticed · ", "What this customer is worth", "**Worries** Prices", "**Not known**"):
        assert part in said, part
    assert [m.label for m in app.metric] == ["Revenue, 12 months", "Worth, 12 months", "Open balance", "Since last order", "Satisfaction, 12 months"]
    assert any("Revenue before discounts: ₪3,200" in a and "Worth: ₪1,312" in a for a in alts(app))
    data = story(app)
    assert len(data["ev"]["d"]) == 22 and data["ev"]["d"] == sorted(data["ev"]["d"], reverse=True) and all(len(column) == 22 for column in data["ev"].values())
    assert data["prices"] == [] or all(p["w"] and p["s"] and all(0 <= y <= 1 for _, y in p["v"]) for p in data["prices"])


def test_a_notice_jumps_to_its_event_without_sending_the_story_again(truth, appdb):
    app = run_page("customer", truth, appdb, query={"id": "3"})
    before = story(app)
    next(b for b in app.button if "overdue" in b.label).click().run()
    after, told = story(app), nudges(app)
    assert after == before and after["ev"]["r"][told["jump"]] == "invoice:2" and told["jump_n"] == 1 and told["story"] == after["story"] == "3"


def test_the_address_says_what_is_shown(truth, appdb):
    query = {"id": "3", "at": "2025-01-01..2025-12-31", "kinds": "orders,money,rubbish", "find": "laptop"}
    app = run_page("customer", truth, appdb, query=query)
    told = nudges(app)
    assert told["view"] == {"a": 20089, "z": 20453, "k": [1, 2], "q": "laptop", "h": "", "p": ""} and told["view_n"] == 1
    plain = run_page("customer", truth, appdb, query={"id": "3"})
    assert nudges(plain)["view_n"] == 0


def test_a_company_with_those_below_it_is_told_together_or_apart(truth, appdb):
    apart = run_page("customer", truth, appdb, query={"id": "3"})
    together = run_page("customer", truth, appdb, query={"id": "3", "family": "1"})
    assert not together.exception
    one, both = story(apart), story(together)
    assert len(both["ev"]["d"]) > len(one["ev"]["d"]) and {"Carmel Ltd", "Carmel North"} <= {w["w"] for w in both["whose"]} and one["version"] != both["version"]
    # The figures are of both then: their sum is what the two bring apart.
    north = next(i for i in range(1, 20) if story_of_id(truth, appdb, i) == "Carmel North")
    values = [money(run_page("customer", truth, appdb, query={"id": str(i)})) for i in (3, north)]
    assert sum(values) == money(together)


def story_of_id(truth, appdb, i: int) -> str:
    from crm_data.analysis.customers import profile
    from crm_data.errors import MabatError
    try:
        return profile(truth, Scope.everything(), i).name
    except MabatError:
        return ""


def money(app) -> float:
    """The revenue the page shows, in full from the statement's alternative text."""
    text = next(a for a in alts(app) if "Worth:" in a) if any("Worth:" in a for a in alts(app)) else ""
    return float(text.split("Worth: ")[1].split(" ")[0].rstrip(".;").replace("₪", "").replace(",", "").replace("−", "-")) if text else 0.0


def test_the_way_back_keeps_the_lists_choices_and_nothing_else(truth, appdb, monkeypatch):
    from pages.parts import state
    calls = []
    monkeypatch.setattr(state, "open_page", lambda name, query=None: calls.append((name, dict(query or {}))))
    for came, back, wanted in (("rankings:7:2140", "by=revenue&period=2025&id=5", ("rankings", {"by": ["revenue"], "period": ["2025"]})), ("explore", "m=revenue&m=worth", ("explore", {"m": ["revenue", "worth"]})),
                               ("people", "x=1", ("customer", {})), ("../../x", "", ("customer", {})), ("customer", "q=avi", ("customer", {"q": ["avi"]}))):
        run_page("customer", truth, appdb, query={"id": "3", "from": came, "back": back}).button("go_back").click().run()
        assert calls.pop() == wanted


def test_an_order_opens_with_its_lines_a_complaint_with_its_steps(truth, appdb):
    app = run_page("customer", truth, appdb, query={"id": "3"})
    data = story(app)
    at = next(i for i, ref in enumerate(data["ev"]["r"]) if ref.startswith("sales_order:"))
    app.session_state["story_3"] = {"open": {"i": at, "r": data["ev"]["r"][at]}}
    app.run()
    assert not app.exception and "| Product | Quantity | Each | Amount |" in texts(app)
    with_complaint = next(i for i in range(1, 14) if any(r.startswith("complaint:") for r in refs(truth, appdb, i)))
    app = run_page("customer", truth, appdb, query={"id": str(with_complaint)})
    data = story(app)
    at = next(i for i, ref in enumerate(data["ev"]["r"]) if ref.startswith("complaint:"))
    app.session_state[f"story_{with_complaint}"] = {"open": {"i": at, "r": data["ev"]["r"][at]}}
    app.run()
    assert not app.exception and "**opened**" in texts(app)


@pytest.mark.parametrize("kind", ["opportunity:", "stage_history:", "quote:"])
def test_an_event_of_an_opportunity_leads_to_all_of_it(truth, appdb, monkeypatch, kind):
    from pages.parts import customer_event
    calls = []
    monkeypatch.setattr(customer_event.state, "open_page", lambda name, query: calls.append((name, query)))
    # Of customer 8: opportunity 1, with its stages and a quote.
    app = run_page("customer", truth, appdb, query={"id": "8"})
    data = story(app)
    at = next(i for i, ref in enumerate(data["ev"]["r"]) if ref.startswith(kind))
    app.session_state["story_8"] = {"open": {"i": at, "r": data["ev"]["r"][at]}}
    app.run().button("open_opportunity").click().run()
    assert not app.exception and calls == [("pipeline", {"id": "1", "of": "8"})]
    assert "# Gal" in texts(run_page("customer", truth, appdb, query={"id": "1", "of": "8"}))


def refs(truth, appdb, i: int) -> list[str]:
    return story(run_page("customer", truth, appdb, query={"id": str(i)}))["ev"]["r"]


def test_tasks_and_decisions_are_listed_until_they_are_done(truth, appdb):
    from types import SimpleNamespace

    from crm_data.analysis.keeping import add_decision, add_task
    dana = SimpleNamespace(id=None, name="dana")
    add_task(appdb, dana, "truth:4", "Call *about* the contract", truth.as_of, "Omer")
    add_decision(appdb, dana, "truth:4", "No more discount")
    app = run_page("customer", truth, appdb, query={"id": "4"})
    said = texts(app)
    assert "To do · 2" in said and "Call *about* the contract" in said and "Omer" in said and "Decision" in said
    next(b for b in app.button if b.key.startswith("finish_task_")).click().run()
    assert "To do · 1" in texts(app) and "Call" not in texts(app)


@pytest.mark.parametrize(("body", "field", "button"), [("note_body", "note_text", "Save note"), ("task_body", "task_text", "Save task"), ("decision_body", "decision_text", "Save decision")])
def test_what_is_written_is_kept_and_an_empty_one_is_refused(truth, appdb, body, field, button):
    from streamlit.testing.v1 import AppTest

    def script(body, truth, appdb):
        from types import SimpleNamespace

        from crm_data.output.formats import Formats
        from crm_data.output.words import Words
        from pages.parts import customer_dialogs
        words = Words("en")
        page = SimpleNamespace(user=SimpleNamespace(id=None, name="Dana", role="manager"), words=words, formats=Formats(words, "ILS"), appdb=appdb, today=truth.as_of)
        getattr(customer_dialogs, body)(page, SimpleNamespace(key="truth:5", name="Émile", owner="Omer"))
    app = AppTest.from_function(script, default_timeout=40, args=(body, truth, appdb)).run()
    app.button[0].click().run()
    assert not app.exception and len(app.warning) == 1
    app.text_area(field).set_value("Ask about <b>March</b>")
    app.button[0].click().run()
    assert not app.exception and not app.warning
    data = story(run_page("customer", truth, appdb, query={"id": "5"}))
    assert any("Ask about <b>March</b>" in x + y for x, y in zip(data["ev"]["t"], data["ev"]["s"], strict=True))


def test_searching_in_any_script(truth, appdb):
    app = run_page("customer", truth, appdb)
    assert "Find a customer" in [t.label for t in app.text_input] and "Nobody opened yet" in texts(app)
    app.text_input[0].set_value("כהן").run()
    assert "Avi Cohen" in texts(app) and not app.exception
    app.text_input[0].set_value("nobody at all").run()
    assert "Nobody fits" in texts(app)


@pytest.mark.parametrize(("scope", "query", "sentence"), [
    (Scope(frozenset({2}), None, True), {"id": "3"}, "belongs to another branch"), (Scope(None, None, False), {"id": "1"}, "numbers, not single customers"),
    (Scope(None, None, False), {}, "numbers, not single customers"), (Scope.everything(), {"id": "77777"}, "There is no customer"),
    (Scope.everything(), {"id": "'; DROP TABLE customer; --"}, "There is no customer"), (Scope.everything(), {"id": "1" * 500}, "There is no customer")])
def test_what_may_not_be_seen_or_is_not_there_is_a_sentence(truth, appdb, scope, query, sentence):
    app = run_page("customer", truth, appdb, query=query, scope=scope)
    assert not app.exception and sentence in texts(app)
    assert "Carmel" not in texts(app) and "Avi" not in texts(app) and not story(app)["ev"]["r"]


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
