"""Decisions of meetings: kept with the number they are to move, carried to the next meeting, done or not, and whether the number moved."""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm_data.accounts.users import User
from crm_data.analysis.decisions import (
    add_decision,
    bring_back,
    decisions_of,
    finish,
    get_decision,
    moved,
    open_decisions,
    remove,
    undo,
)
from crm_data.analysis.meetings import create_review
from crm_data.analysis.review import Block
from crm_data.analysis.review_look import decided, look
from crm_data.analysis.review_room import close_review, open_review
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.errors import AccessDenied, InputError
from crm_data.model import appdb
from tests.review_firm import FIRST, engine, store, two, two_url  # noqa: F401

BOSS, EYES = User(1, "boss", "The Boss", "manager", None), User(2, "eyes", "Eyes", "viewer", None)
WAITING = Cut(("open_complaints",), period=Period.named("month_to_date", FIRST))
HAIFA = Scope(frozenset({2}), None, True)


@pytest.fixture
def first(engine, store):
    return create_review(engine, BOSS, store, held_on=FIRST, agenda=(Block("decisions"),))


def test_a_decision_keeps_its_number_of_then_and_says_whether_it_moved(engine, store, first, two, everything):
    then, now = two
    made = add_decision(engine, BOSS, first.id, " Look at complaints weekly ", owner_name="Omer Katz", due_on=date(2026, 11, 15), cut=WAITING, warehouse=then, scope=everything)
    assert (made.text, made.owner, made.measure, made.value_then, made.then_on, made.done) == ("Look at complaints weekly", "Omer Katz", "open_complaints", Decimal(0), FIRST, False)
    assert made.overdue(date(2026, 11, 16)) and not made.overdue(date(2026, 11, 15))
    # Complaint 4 was opened on 1 November.
    found = moved(made, now, everything)
    assert (found.then, found.now, found.improved, found.unit) == (0, 1, False, "count")
    assert moved(made, then, everything).improved is None


def test_a_measure_alone_is_of_the_last_30_days(engine, first, two, everything):
    made = add_decision(engine, BOSS, first.id, "Sell more", measure="revenue", warehouse=two[0], scope=everything)
    assert (made.value_then, made.owner) == (Decimal(3105), "The Boss")  # 2-31 October holds O-16, O-17 and O-18
    found = moved(made, two[1], everything)
    # 22 October to 20 November: O-18 115, O-19 120.3333, O-20 1,100.
    assert (found.then, found.now, found.improved) == (3105, Decimal("1335.3333"), False)


def test_ratios_are_kept_too(engine, first, two, everything):
    made = add_decision(engine, BOSS, first.id, "Margin", measure="gross_margin", warehouse=two[0], scope=everything)
    found = moved(made, two[0], everything)
    assert found.then == pytest.approx(found.now, abs=1e-4)


def test_the_number_is_shown_to_who_sees_the_same_rows_only(engine, first, two, everything):
    made = add_decision(engine, BOSS, first.id, "Sell more", cut=Cut(("revenue",), filters=(Filter("branch", "is", ("Haifa",)),)), warehouse=two[0], scope=everything)
    assert moved(made, two[1], everything).then is not None
    assert moved(made, two[1], HAIFA).then is None and moved(made, two[1], HAIFA).now is not None
    # Who sees no persons is not told a number that may rest on few.
    assert moved(made, two[1], Scope(None, None, False)).then is None


def test_the_next_meeting_opens_with_them(engine, store, first, two, everything):
    done = add_decision(engine, BOSS, first.id, "Call the five", due_on=date(2026, 11, 5))
    late = add_decision(engine, BOSS, first.id, "Watch", due_on=date(2026, 11, 1), cut=WAITING, warehouse=two[0], scope=everything)
    close_review(engine, BOSS, first.id, store, scope=everything)
    finish(engine, BOSS, done.id)
    finish(engine, BOSS, done.id)
    second = create_review(engine, BOSS, store, agenda=(Block("decisions"),))
    add_decision(engine, BOSS, second.id, "New one")
    opened = open_review(engine, BOSS, second.id, store)
    looked = look(Block("decisions"), opened, scope=everything, engine=engine, user=BOSS)
    assert [(d.text, d.done, m and (m.then, m.now)) for d, m in looked.decisions] == [("Watch", False, (0, 1)), ("Call the five", True, None)]
    assert [d.text for d, _ in decided(opened, scope=everything, engine=engine, user=BOSS)] == ["New one"]
    assert [d.id for d in open_decisions(engine, before=second.held_on)] == [late.id]
    # The first meeting is looked at as things stood when it was closed.
    assert [d.done for d in decisions_of(engine, first.id, open_review(engine, BOSS, first.id, store).moment)] == [False, False]
    undo(engine, BOSS, done.id)
    assert not get_decision(engine, done.id).done


def test_taking_back_and_refusing(engine, first):
    made = add_decision(engine, BOSS, first.id, "x")
    remove(engine, BOSS, made.id)
    assert decisions_of(engine, first.id) == () and open_decisions(engine) == ()
    with pytest.raises(InputError):
        finish(engine, BOSS, made.id)
    bring_back(engine, BOSS, made.id)
    assert [d.id for d in decisions_of(engine, first.id)] == [made.id]
    for act in (lambda: add_decision(engine, EYES, first.id, "x"), lambda: finish(engine, EYES, made.id), lambda: remove(engine, EYES, made.id)):
        with pytest.raises(AccessDenied):
            act()
    for text in ("", "  ", "x" * 1001):
        with pytest.raises(InputError):
            add_decision(engine, BOSS, first.id, text)
    with pytest.raises(InputError):
        add_decision(engine, BOSS, 999, "x")
    with pytest.raises(InputError):
        add_decision(engine, BOSS, first.id, "x", measure="revenue")
    with engine.connect() as connection:
        said = list(connection.execute(select(appdb.audit_log.c.action).where(appdb.audit_log.c.action.like("decision%")).order_by(appdb.audit_log.c.id)).scalars())
    assert said == ["decision.add", "decision.remove", "decision.restore"]


def test_a_number_is_of_days_that_mean_as_much_at_the_next_meeting(engine, two, first, everything):
    """Not of the fixed days of a chart by month, nor of a running month, whose sum only grows."""
    months = Cut(("revenue",), period=Period(date(2025, 11, 1), FIRST), grain="month")
    running = Cut(("revenue",), period=Period.named("month_to_date", FIRST))
    rolling = Cut(("revenue",), period=Period.named("last_7_days", FIRST))
    made = [add_decision(engine, BOSS, first.id, "Sell more", cut=c, warehouse=two[0], scope=everything) for c in (months, running, rolling)]
    assert [d.link["period"] for d in made] == [["last_30_days"], ["last_30_days"], ["last_7_days"]]
    alone = add_decision(engine, BOSS, first.id, "Sell more", measure="revenue", warehouse=two[0], scope=everything)
    assert {(m.then, m.now) for m in (moved(d, two[1], everything) for d in (*made[:2], alone))} == {(moved(alone, two[1], everything).then, moved(alone, two[1], everything).now)}
