"""The story of a customer: every record of the truth database once, within the scope, and what is noticed in it."""
from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from crm_data.analysis.events import KINDS, Event, just
from crm_data.analysis.findings import Said
from crm_data.analysis.keeping import add_note
from crm_data.analysis.notices import notices
from crm_data.analysis.timeline import rhythm, timeline
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.query import ask
from crm_data.errors import AccessDenied
from crm_data.model import schema as s
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.timeline.view import story_data

TABLES = {"interaction": "started_on", "web_lead": "received_on", "campaign_touch": "touched_on", "sales_order": "ordered_on", "invoice": "issued_on", "payment": "paid_on",
          "complaint": "opened_on", "feedback": "given_on", "quote": "sent_on", "opportunity": "opened_on", "offer": "made_on", "activity": "created_on", "document": "added_on"}


def data_of(story, language="en"):
    words = Words(language)
    return story_data(story, notices(story), words, Formats(words, "ILS"))


@pytest.mark.parametrize("firm", ["truth", "noise"])
def test_every_record_of_every_table_is_told_once(firm, everything, request):
    warehouse = request.getfixturevalue(firm)
    for customer in range(1, 14):
        story = timeline(warehouse, everything, customer)
        refs = [e.ref for e in story.events]
        assert len(refs) == len(set(refs))
        with warehouse.engine.connect() as connection:
            for table, day in TABLES.items():
                t = s.TABLES[table]
                there = connection.execute(select(func.count()).where(t.c.customer_id == customer, t.c[day] <= warehouse.as_of)).scalar_one()
                assert sum(r.startswith(f"{table}:") and r.count(":") == 1 for r in refs) == there, (customer, table)


def test_newest_first_and_orders_carry_prices(truth, everything):
    story = timeline(truth, everything, 3)
    days = [e.on for e in story.events]
    assert days == sorted(days, reverse=True) and {e.kind for e in story.events} == set(KINDS)
    order = next(e for e in story.events if e.ref == "sales_order:6")
    data = data_of(story)
    at = data["ev"]["r"].index("sales_order:6")
    assert order.amount == 2000 and data["ev"]["t"][at] == "Order O-6: Laptop, Warranty, 2 lines" and "Laptop: 2 at ₪950.00 each" in data["ev"]["s"][at]


@pytest.mark.parametrize("firm", ["truth", "noise"])
def test_the_balance_ends_where_the_measure_does(firm, everything, request):
    warehouse = request.getfixturevalue(firm)
    for customer in range(1, 14):
        measure = ask(Cut(("open_balance",), filters=(Filter("customer", "is", (str(customer),)),)), warehouse, scope=everything).totals["open_balance"]
        assert timeline(warehouse, everything, customer).open_balance == (measure or 0)


def test_a_complaint_is_told_in_steps_with_its_span(truth, everything):
    story = timeline(truth, everything, 3)
    steps = {e.ref: e for e in story.events if e.ref.startswith("complaint:2")}
    assert set(steps) == {"complaint:2", "complaint:2:answer", "complaint:2:done"}
    assert (steps["complaint:2"].opened_on, steps["complaint:2"].closed_on) == (date(2026, 1, 20), date(2026, 2, 4))


def test_each_record_follows_its_own_branch_and_owner(truth):
    """Bilha of Haifa wrote to Eilat: a viewer of Haifa sees her, not that contact."""
    haifa = {e.ref for e in timeline(truth, Scope(frozenset({2}), None, True), 2).events}
    whole = {e.ref for e in timeline(truth, Scope.everything(), 2).events}
    assert "interaction:11" in whole and "interaction:11" not in haifa and haifa < whole
    with pytest.raises(AccessDenied):
        timeline(truth, Scope(frozenset({2}), None, True), 3)
    with pytest.raises(AccessDenied):
        timeline(truth, Scope(None, None, False), 1)
    with pytest.raises(AccessDenied):
        timeline(truth, Scope(frozenset(), None, True), 1)


def test_what_is_noticed(truth, everything):
    said = {(n.kind, n.severity, n.ref) for n in notices(timeline(truth, everything, 2))}
    assert ("complaint", "bad", "complaint:4") in said and ("invoice", "warn", "invoice:10") in said
    assert any(n.kind == "birthday" for n in notices(timeline(truth, everything, 1)))
    assert [n.kind for n in notices(timeline(truth, everything, 8))] == ["quote"]
    kinds = [n.kind for n in notices(timeline(truth, everything, 3))]
    assert kinds[0] == "invoice" and {"ends", "task"} <= set(kinds)


def test_usual_gap_and_silence():
    days = [date(2026, 1, 1) + timedelta(days=30 * i) for i in range(8)]
    usual, silence, gaps = rhythm(days, days[-1] + timedelta(days=31))
    assert (usual, silence, gaps) == (30, 31, ())
    usual, silence, gaps = rhythm(days, days[-1] + timedelta(days=90))
    assert (usual, silence, gaps) == (30, 90, ((days[-1], 90),))
    assert rhythm(days[:3], date(2026, 12, 1))[0] is None and rhythm([], date(2026, 12, 1)) == (None, None, ())


def test_notes_stand_in_the_story(truth, everything, tmp_path):
    from crm_data.accounts.users import ensure_administrator
    engine = open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    add_note(engine, ensure_administrator(engine), "truth:3", "Prefers mornings", truth.as_of)
    note = next(e for e in timeline(truth, everything, 3, engine).events if e.ref.startswith("note:"))
    assert note.kind == "notes" and note.body == "Prefers mornings"
    assert not any(e.ref.startswith("note:") for e in timeline(truth, everything, 1, engine).events)


def test_the_same_story_gives_the_same_bytes_and_direction_marks_are_gone(truth, everything):
    story = timeline(truth, everything, 3)
    assert json.dumps(data_of(story)) == json.dumps(data_of(timeline(truth, everything, 3)))
    evil = Event("notes", story.until, just("\u202etxt.exe\u202c <script>alert(1)</script>"), (Said("{text}", {"text": ("text", "\u2067x")}),), ref="note:1")
    data = data_of(replace(story, events=(evil, *story.events)))
    assert data["ev"]["t"][0] == "txt.exe <script>alert(1)</script>" and data["ev"]["s"][0] == "x" and data["version"] != data_of(story)["version"]
    assert data_of(story, "he")["dir"] == "rtl"


def test_five_thousand_events_are_written_out_quickly_and_small(truth, everything):
    story = timeline(truth, everything, 3)
    first = story.until - timedelta(days=5000)
    many = tuple(Event(KINDS[i % 6], story.until - timedelta(days=i), just(f"Event {i} " + "x" * 300), (just("detail"),), Decimal(i), ref=f"note:{i}") for i in range(5000))
    began = time.perf_counter()
    data = data_of(replace(story, events=many))
    assert time.perf_counter() - began < 5
    assert data["first"] <= (first - date(1970, 1, 1)).days + 2 and len(data["ev"]["t"]) == 5000 and max(map(len, data["ev"]["t"])) <= 120
    assert len(json.dumps(data)) < 1_500_000
