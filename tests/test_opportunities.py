"""Opportunities of the paper firm: their stages, what was done on them, and what those that were won looked like, worked out by hand."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_data.analysis.opportunities import days_by_stage, deal, open_deals, stays
from crm_data.analysis.opportunity_story import alerts, compared, steps
from crm_data.analysis.won_pattern import Usual, WonPattern, won_pattern
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Filter
from crm_data.cuts.query import ask
from crm_data.errors import AccessDenied, InputError

EVERYTHING = Scope.everything()
#: Who sees only the branch of opportunities 1 and 10.
BRANCH = Scope(frozenset({2}), None, True)


def test_the_open_ones_largest_first(truth):
    found = open_deals(truth, EVERYTHING)
    assert [(d.id, d.amount) for d in found] == [(2, Decimal(5000)), (1, Decimal(200)), (10, Decimal(100)), (9, None)]
    assert [d.id for d in open_deals(truth, EVERYTHING, (Filter("stage", "is", ("Qualified",)),))] == [10, 9]


def test_what_is_open_sums_to_the_measure(demo, truth):
    from crm_data.cuts.cut import Cut
    from crm_data.cuts.periods import Period

    for warehouse in (truth, demo):
        answer = ask(Cut(("open_value",), period=Period.named("month_to_date", warehouse.as_of)), warehouse, scope=EVERYTHING)
        assert sum(d.amount or 0 for d in open_deals(warehouse, EVERYTHING)) == answer.totals["open_value"] > 0


def test_days_stand_as_they_are(truth):
    """Opened 1 September, 80 days before the last day of the data; in Proposal for 50 of them; the last thing done was a quote."""
    found = deal(truth, EVERYTHING, 1)
    assert (found.age, found.in_stage, found.silent, found.touched_on) == (80, 50, 77, date(2026, 9, 4))
    nothing = deal(truth, EVERYTHING, 2)
    assert nothing.touched_on is None and nothing.silent == nothing.age == 41


def test_a_stage_entered_twice_has_all_its_days_and_all_days_are_told(truth):
    """Opportunity 3: 10-21 and 26 September to 6 October in Qualified, 21-26 September and 6-20 October in Negotiation: 40 in all."""
    won = deal(truth, EVERYTHING, 3)
    found = stays(truth, won)
    assert [(x.stage, x.days) for x in found] == [("Qualified", 11), ("Negotiation", 5), ("Qualified", 10), ("Negotiation", 14)]
    assert days_by_stage(found) == {"Qualified": 21, "Negotiation": 19} and sum(x.days for x in found) == won.age == 40
    going = deal(truth, EVERYTHING, 1)
    assert [(x.stage, x.days, x.left_on) for x in stays(truth, going)] == [("Qualified", 30, date(2026, 10, 1)), ("Proposal", 50, None)]
    assert stays(truth, deal(truth, EVERYTHING, 4)) == ()


@pytest.mark.parametrize("source", ["truth", "demo"])
def test_days_in_stages_sum_to_the_age(source, request):
    warehouse = request.getfixturevalue(source)
    for found in open_deals(warehouse, EVERYTHING)[:40]:
        own = stays(warehouse, found)
        if own and own[0].entered_on == found.opened_on:
            assert sum(x.days for x in own) == found.age, found.id


def test_the_pattern_of_the_won(truth):
    """Won: 3 (40 days, 2,700), 4 (20; 1,000), 6 (13; 950), 8 (31; 1,000). Only 3 has its stages written."""
    found = won_pattern(truth, EVERYTHING)
    assert found.length == Usual(4, pytest.approx(17.2), 25.5, pytest.approx(34.6)) and found.amount.median == 1000
    assert found.stages == {"Qualified": Usual(1, 21, 21, 21), "Negotiation": Usual(1, 19, 19, 19)} and found.since is None


def test_chances_count_those_still_open_once_they_had_time(truth):
    """Qualified: those that closed took 40 and 61 days, nine in ten at most 58.9; entered longer ago: 1 (open), 3 (won), 5 (lost)."""
    found = won_pattern(truth, EVERYTHING).chances
    assert (found["Qualified"].won, found["Qualified"].n) == (1, 3) and found["Qualified"].low < 1 / 3 < found["Qualified"].high
    assert (found["Negotiation"].won, found["Negotiation"].n) == (1, 1)
    assert "Proposal" not in found and "Won" not in found


def test_everything_done_on_one(truth):
    found = deal(truth, EVERYTHING, 1)
    done = steps(truth, EVERYTHING, found, stays(truth, found))
    assert [(x.on.isoformat(), x.kind, x.own) for x in done] == [
        ("2026-10-01", "stage", True), ("2026-09-04", "quote", True), ("2026-09-04", "task", True), ("2026-09-01", "stage", True), ("2026-09-01", "stage", True),
        ("2026-09-01", "contact", True)]
    assert [x.waiting for x in done if x.kind in ("quote", "task")] == [True, False]


def test_a_task_of_the_customer_meanwhile_is_told_as_such(truth):
    found = deal(truth, EVERYTHING, 2)
    assert [(x.kind, x.own, x.waiting) for x in steps(truth, EVERYTHING, found, ()) if x.kind == "task"] == [("task", False, True)]


def test_alerts_say_what_is_late_or_missing(truth):
    pattern = won_pattern(truth, EVERYTHING)
    first = deal(truth, EVERYTHING, 1)
    waiting = [x for x in steps(truth, EVERYTHING, first, ()) if x.kind == "quote" and x.waiting]
    assert [(a.kind, a.severity, a.weight) for a in alerts(first, pattern, {}, waiting)] == [("quote", "warn", 77), ("silent", "warn", 77)]
    assert [a.kind for a in alerts(deal(truth, EVERYTHING, 2), pattern)] == ["silent", "next"]
    assert alerts(deal(truth, EVERYTHING, 3), pattern) == []


def test_slow_is_said_only_beside_enough_won_ones(truth):
    found = deal(truth, EVERYTHING, 1)

    def kinds(n: int, high: float) -> list[tuple[str, str]]:
        pattern = WonPattern({"Proposal": Usual(n, 2, 10, high)}, None, None, {}, None)
        return [(a.kind, a.severity) for a in alerts(found, pattern) if a.kind == "slow"]
    assert kinds(10, 40) == [("slow", "warn")] and kinds(10, 24) == [("slow", "bad")] and kinds(10, 50) == [] and kinds(9, 24) == []


def test_contacts_are_compared_at_the_same_age(demo):
    """Against the raw rows: contacts of won ones up to the age of this one."""
    found = next(d for d in open_deals(demo, EVERYTHING) if d.id == 400000007000)
    pattern = won_pattern(demo, EVERYTHING)
    done = steps(demo, EVERYTHING, found, stays(demo, found))
    rows = {r.name: r for r in compared(demo, EVERYTHING, found, done, pattern)}
    assert rows["contacts"].own == 3 and rows["quotes"].own == 1 and rows["length"].own == 48 and rows["amount"].beyond == 1
    with demo.engine.connect() as connection:
        raw = connection.exec_driver_sql(f"""SELECT o.id, count(i.id) FROM opportunity AS o LEFT JOIN interaction AS i ON i.opportunity_id = o.id AND i.started_on - o.opened_on <= 48
            WHERE o.outcome = 'won' AND o.closed_on > DATE '{pattern.since}' GROUP BY o.id""").all()
    counts = sorted(n for _, n in raw)
    assert rows["contacts"].usual.n == len(counts) and rows["contacts"].usual.median == counts[len(counts) // 2]


def test_the_planted_offer_is_noticed(demo):
    found = deal(demo, EVERYTHING, 400000007000)
    stayed = stays(demo, found)
    done = steps(demo, EVERYTHING, found, stayed)
    said = alerts(found, won_pattern(demo, EVERYTHING), days_by_stage(stayed), [x for x in done if x.kind == "quote" and x.waiting])
    assert [(a.kind, a.severity) for a in said] == [("slow", "bad"), ("quote", "warn"), ("silent", "warn")]


def test_rights(truth):
    assert [d.id for d in open_deals(truth, BRANCH)] == [1, 10]
    assert deal(truth, BRANCH, 1).id == 1
    with pytest.raises(AccessDenied):
        deal(truth, BRANCH, 2)
    with pytest.raises(InputError):
        deal(truth, EVERYTHING, 99)
    with pytest.raises(AccessDenied):
        open_deals(truth, Scope(None, None, False))
    assert won_pattern(truth, BRANCH).length is None


def test_a_filter_opportunities_do_not_know_is_refused(truth):
    with pytest.raises(InputError):
        open_deals(truth, EVERYTHING, (Filter("topic", "is", ("Billing",)),))
