"""What each customer is worth, the whale curve, the four groups and rates tried out: by hand on the paper firm, and against ``ask``."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from crm_data.analysis.quadrant import GROUPS, cells, largest, quadrant, scaled
from crm_data.analysis.whale import spans, whale
from crm_data.analysis.what_if import tried, units
from crm_data.analysis.worth import folded, rows_question, statement, statement_cut
from crm_data.analysis.worth_people import People, people, places, tellable
from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.rates import Rate, overlaid, rates_of, with_rates
from crm_data.errors import InputError

YEAR = "year_to_date"


def year(warehouse) -> Period:
    return Period.named(YEAR, warehouse.as_of)


def of(profit: list[float], served: list[float], revenue: list[float] | None = None) -> People:
    many = len(profit)
    gross = np.array(revenue if revenue is not None else profit, dtype=float)
    return People(None, np.arange(1, many + 1), gross, gross - np.array(profit, dtype=float), np.array(served, dtype=float), np.ones(many, dtype=bool))


def test_everybody_sums_to_revenue_less_goods_less_the_cost_pool(truth, noise, demo, everything):
    for warehouse in (truth, noise, demo):
        for scope in (everything, Scope(frozenset({2, 3}), None, True), Scope(None, frozenset({1, 2}), True)):
            answer = ask(Cut(("revenue", "_cost", "cost_to_serve"), ("customer",), year(warehouse)), warehouse, scope=scope)
            exact = sum((r["revenue"] - (r["_cost"] or 0) - r["cost_to_serve"] for r in answer.rows.to_dict("records")), Decimal(0))
            whole = answer.totals
            assert exact == whole["revenue"] - (whole["_cost"] or 0) - whole["cost_to_serve"]
            found = people(warehouse, scope, year(warehouse))
            nobody = sum((r["revenue"] - (r["_cost"] or 0) - r["cost_to_serve"] for r in answer.rows.to_dict("records") if r["customer_id"] is None), Decimal(0))
            assert float(found.worth.sum()) == pytest.approx(float(exact - nobody), abs=1e-4)
            assert len(found) == answer.rows["customer_id"].notna().sum()


def test_each_is_worth_what_the_statement_says(truth, everything):
    found = people(truth, everything, year(truth))
    for key, worth in zip(found.keys, found.worth, strict=True):
        told = statement(truth, everything, year(truth), int(key))
        assert float(told.worth if told.worth is not None else told.revenue - told.served) == pytest.approx(worth, abs=1e-6)


def test_the_statement_is_exact_on_every_firm_and_beside_its_comparison(truth, noise, demo, everything):
    for warehouse in (truth, noise, demo):
        told = statement(warehouse, everything, year(warehouse), compare="last_year")
        assert told.exact and told.before is not None and told.before.exact
        earlier = statement(warehouse, everything, told.before.period)
        assert (earlier.worth, earlier.revenue, earlier.served) == (told.before.worth, told.before.revenue, told.before.served)


def test_the_paper_firm_by_hand(truth, everything):
    told = statement(truth, everything, year(truth))
    assert {line.step: line.amount for line in told.lines} == {
        "gross": Decimal("9575.3333"), "discount": -520, "goods": -4390, "late_day": -236, "complaint": -200, "contact_visit": -160, "delivery": -104,
        "contact_phone": Decimal("-84.25"), "order": -84, "return": -20, "contact_chat": -3, "contact_email": -2, "worth": Decimal("3772.0833")}
    assert told.unpriced == (("Mails", 1), ("Letters", 1), ("Meetings", 1), ("Text messages", 1), ("Web contacts", 1))
    assert (told.costed, told.sold) == (14, 15)


@pytest.mark.parametrize("customer", [None, 3])
def test_rows_behind_every_line_sum_to_it(truth, everything, customer):
    told, cut = statement(truth, everything, year(truth), customer), statement_cut(year(truth), customer)
    for line in (*told.lines, *folded(told.lines, 6)):
        question, measure, number = rows_question(line, cut)
        assert rows_behind(question, truth, scope=everything, measure=measure).total == number, line


def test_small_costs_become_one_line_and_the_sum_stays(truth, everything):
    told = statement(truth, everything, year(truth))
    lines = folded(told.lines, 6)
    assert len(lines) == 6 and [line.step for line in lines[-2:]] == ["other", "worth"] and lines[-2].count == sum(line.count for line in told.lines if line.step in lines[-2].drivers)
    assert sum(line.amount for line in lines[:-1]) == told.worth and folded(told.lines, 40) == list(told.lines)


# The curve ------------------------------------------------------------------------------------------------------------
def test_the_curve_of_five_by_hand():
    curve = whale(of([100, 50, 30, 0, 0], [20, 10, 10, 0, 40], [200, 90, 60, 0, 0]))
    # Worth 80, 40, 20, 0, -40: it rises to 140 after three, and ends at 100.
    assert list(curve.running) == [80, 120, 140, 140, 100] and (curve.peak, curve.peak_at, curve.total) == (140, 3, 100)
    assert curve.peak_share == 1.4 and (curve.losers, curve.lost, curve.idle) == (1, -40, 1)
    # Before the first stand 0 %, before the second 57 % (A), before the third 86 % (B).
    assert [(p.name, p.count, p.amount) for p in curve.classes] == [("A", 2, 120), ("B", 1, 20), ("C", 0, 0), ("D", 2, -40)]
    assert spans(curve) == [("A", 0, 2), ("B", 2, 3), ("D", 3, 5)]
    assert curve.points() == [(0, 0.0), (1, 80.0), (2, 120.0), (3, 140.0), (4, 140.0), (5, 100.0)]


def test_the_peak_is_never_under_the_end(demo, noise, everything):
    for warehouse in (demo, noise):
        curve = whale(people(warehouse, everything, year(warehouse)))
        assert curve.peak >= curve.total and (curve.peak_share is None if curve.total <= 0 else curve.peak_share >= 1)
        assert curve.peak + curve.lost == pytest.approx(curve.total) and sum(p.count for p in curve.classes) == curve.count


def test_a_curve_of_nobody_and_of_losses_alone():
    nobody, losses = whale(of([], [])), whale(of([0, 0], [5, 7]))
    assert nobody.points() == [(0, 0.0)] and nobody.peak_share is None and nobody.count == 0
    assert losses.peak_share is None and (losses.peak, losses.peak_at, losses.total) == (0, 0, -12)


def test_steps_for_those_who_do_not_see_persons_hold_five_customers_or_more():
    for many in (3, 7, 12, 99, 100, 101, 1234):
        points = whale(of(list(range(many)), [0] * many)).points(single=False)
        gaps = [b[0] - a[0] for a, b in zip(points, points[1:], strict=False)]
        assert points[-1][0] == many and len(points) <= 22 and (many < 5 or min(gaps) >= 5)
    # Nor nearer to a place that is told anyhow.
    points = [n for n, _ in whale(of(list(range(100)), [0] * 100)).points(single=False, told=[33, 62, 98])]
    assert points == [0, 5, 10, 15, 20, 25, 33, 40, 45, 50, 55, 62, 70, 75, 80, 85, 90, 95, 100]


# The groups -----------------------------------------------------------------------------------------------------------
def test_four_groups_by_the_medians():
    found = quadrant(of([10, 20, 30, 40, 50], [5, 1, 2, 9, 3]))
    # Borders 30 and 3; on the border is little.
    assert (found.profit, found.served) == (30, 3)
    assert list(found.named) == ["mend", "leave", "leave", "tend", "keep"]
    assert [(g.name, g.count, g.profit, g.served, g.worth) for g in found.groups] == [("keep", 1, 50, 3, 47), ("tend", 1, 40, 9, 31), ("leave", 2, 50, 3, 47), ("mend", 1, 10, 5, 5)]


def test_groups_sum_to_everybody(demo, everything):
    them = people(demo, everything, year(demo))
    found = quadrant(them)
    assert sum(g.count for g in found.groups) == len(them) and sum(len(found.positions(n)) for n in GROUPS) == len(them)
    assert sum(g.worth for g in found.groups) == pytest.approx(them.worth.sum()) and sum(g.losers for g in found.groups) == (them.worth < 0).sum()


def test_a_picture_of_many_holds_everybody_once():
    rng = np.random.default_rng(7)
    them = of(list(rng.lognormal(5, 2, 5000) - 20), list(rng.lognormal(4, 2, 5000)))
    big = largest(them, 400)
    rest = np.setdiff1d(np.arange(5000), big)
    assert len(big) == 400 and cells(them, rest, 50.0).count.sum() == 4600
    assert list(scaled(np.array([0.0]), 10)) == [0.0] and len(largest(of([1], [1]), 400)) == 1


def test_who_may_be_told_of():
    assert tellable({"A": 3, "B": 40, "C": 60}, True) == {"A", "B", "C"}
    # Not A alone, which subtraction would give away: the next smallest goes with it.
    assert tellable({"A": 3, "B": 40, "C": 60}, False) == {"C"}
    assert tellable({"A": 30, "B": 40}, False) == {"A", "B"} and tellable({"A": 2, "B": 2}, False) == set()


# Rates tried out ------------------------------------------------------------------------------------------------------
def test_phone_calls_of_the_paper_firm(truth, everything):
    found = units(truth, everything, year(truth), "contact_phone")
    # i1, i2, i5 at 10 and i6, i9 at 12: 54 for the calls; their minutes are a rate of their own.
    assert (found.total, found.cost_total, found.rate, found.steady) == (5, 54, Decimal("12"), False)
    minutes = units(truth, everything, year(truth), "minute_phone")
    assert (minutes.total, minutes.cost_total, minutes.rate) == (Decimal("60.5"), Decimal("30.25"), Decimal("0.5"))
    late = units(truth, everything, year(truth), "late_day")
    assert (late.total, late.cost_total) == (59, 236) and late.effect(Decimal(5)) == -59
    assert units(truth, everything, year(truth), "contact_web").cost_total == 0


@pytest.mark.parametrize("firm", ["truth", "noise", "demo"])
def test_trying_rates_equals_asking_with_them(firm, request, everything):
    warehouse = request.getfixturevalue(firm)
    period = year(warehouse)
    them = people(warehouse, everything, period)
    wanted = {"contact_phone": Decimal("31.5"), "order": Decimal("0"), "late_day": Decimal("9.25"), "minute_visit": Decimal("3.1"), "contact_web": Decimal("2"), "return": Decimal("44")}
    changes = [(units(warehouse, everything, period, d), r) for d, r in wanted.items()]
    found = tried(them, changes)
    within = period.clipped(warehouse.as_of)
    other = with_rates(warehouse, overlaid(rates_of(warehouse), [Rate(d, r, within.first, within.last) for d, r in wanted.items()]))
    asked = people(other, everything, period)
    assert list(asked.keys) == list(them.keys) and np.allclose(found.then, asked.worth, atol=1e-6) and np.any(found.then != found.now)
    total = Cut(("cost_to_serve",), period=period)
    assert ask(total, warehouse, scope=everything).totals["cost_to_serve"] - ask(total, other, scope=everything).totals["cost_to_serve"] == found.effect
    assert list(found.place_then) == list(places(asked.worth))
    assert set(found.to_loss) == set(np.flatnonzero((them.worth >= 0) & (asked.worth < 0)))


def test_within_rights_and_filters_too(noise, everything):
    period, scope = year(noise), Scope(frozenset({2, 3}), None, True)
    where = (Filter("relation", "is", ("customer",)),)
    them, found = people(noise, scope, period, where), units(noise, scope, period, "order", where)
    within = period.clipped(noise.as_of)
    other = with_rates(noise, overlaid(rates_of(noise), [Rate("order", Decimal("17"), within.first, within.last)]))
    assert np.allclose(tried(them, [(found, Decimal("17"))]).then, people(other, scope, period, where).worth, atol=1e-6)


def test_nothing_changes_at_what_holds(truth, everything):
    them, late = people(truth, everything, year(truth)), units(truth, everything, year(truth), "late_day")
    found = tried(them, [(late, late.rate)])
    assert late.steady and found.effect == 0 and not len(found.to_loss) and not np.any(found.moved)


def test_what_is_not_known_is_said(truth, everything):
    with pytest.raises(InputError):
        units(truth, everything, year(truth), "planet")
    with pytest.raises(InputError):
        people(truth, everything, year(truth), (Filter("product", "is", ("Laptop",)),))


def test_a_viewers_statement_still_sums(demo):
    told = statement(demo, replace(Scope.everything(), personal=False), year(demo))
    if told.worth is not None:
        assert told.exact
