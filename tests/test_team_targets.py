"""Which targets stand beside the numbers of a period: its own, a sum of those that make it up, never others'."""
from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_data.analysis.target_store import Goal, Target
from crm_data.analysis.team_targets import aim, fitting
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import Period, month_end
from tests import target_firm

AS_OF = target_firm.AS_OF
MONTHS = [date(2026, n, 1) for n in range(1, 13)]
TO_DATE = Period(date(2026, 1, 1), AS_OF)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return target_firm.build(tmp_path_factory.mktemp("team"))


def goal(member: str, first: date, last: date, value: float = 10.0, measure: str = "revenue", **more) -> Target:
    return Target(Goal(measure, first, last, "owner", member), value, **more)


def months(member: str, value: float = 10.0, measure: str = "revenue", these=MONTHS) -> list[Target]:
    return [goal(member, day, month_end(day), value, measure) for day in these]


def days_of(found) -> set:
    return {(chain[0].goal.first, chain[-1].goal.last, len(chain)) for chain in found.values()}


def chosen(firm, targets, period, volume="revenue"):
    return fitting(targets, period, volume, catalog_for(firm), AS_OF)


def test_a_month_has_its_own_targets_and_never_those_of_the_year(firm):
    year = goal("Anna", MONTHS[0], date(2026, 12, 31), 120)
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    assert chosen(firm, [year], january) == {}
    assert days_of(chosen(firm, [year, *months("Anna")], january)) == {(date(2026, 1, 1), date(2026, 1, 31), 1)}
    # The running month: its target's days so far are the page's.
    assert days_of(chosen(firm, [year, *months("Anna")], Period(date(2026, 9, 1), AS_OF))) == {(date(2026, 9, 1), date(2026, 9, 30), 1)}
    assert chosen(firm, months("Anna"), Period(date(2026, 9, 7), date(2026, 9, 13))) == {}


def test_months_of_a_year_are_summed_and_those_of_ratios_are_not(firm):
    assert days_of(chosen(firm, months("Anna"), TO_DATE)) == {(date(2026, 1, 1), date(2026, 9, 30), 9)}
    assert days_of(chosen(firm, months("Anna"), Period(date(2026, 1, 1), date(2026, 12, 31)))) == {(date(2026, 1, 1), date(2026, 12, 31), 12)}
    assert days_of(chosen(firm, months("Anna"), Period(date(2026, 4, 1), date(2026, 6, 30)))) == {(date(2026, 4, 1), date(2026, 6, 30), 3)}
    assert chosen(firm, months("Anna", 0.4, "gross_margin"), TO_DATE) == {}
    assert chosen(firm, months("Anna", 5, "customers"), TO_DATE) == {} and chosen(firm, months("Anna", 100, "open_balance"), TO_DATE) == {}
    # A gap in between, or no target at the start, and it is not the period's target any more.
    assert chosen(firm, [t for t in months("Anna") if t.goal.first.month != 5], TO_DATE) == {}
    # The year's own target is taken before a sum where as many people have it.
    own = goal("Anna", MONTHS[0], date(2026, 12, 31), 150)
    assert chosen(firm, [own, *months("Anna")], Period(date(2026, 1, 1), date(2026, 12, 31)))["Anna"] == (own,)
    assert set(chosen(firm, [own, *months("Anna"), *months("Berta")], Period(date(2026, 1, 1), date(2026, 12, 31)))) == {"Anna", "Berta"}


def test_limits_and_targets_of_nothing_are_left_out_and_days_may_be_many(firm):
    assert chosen(firm, [*months("Anna", measure="complaints"), *months("Berta", 0.0)], TO_DATE) == {}
    assert chosen(firm, [goal("Anna", MONTHS[0], AS_OF, direction="down")], TO_DATE) == {}
    each = [goal("Anna", MONTHS[0] + timedelta(days=n), MONTHS[0] + timedelta(days=n)) for n in range((AS_OF - MONTHS[0]).days + 1)]
    assert days_of(chosen(firm, each, TO_DATE)) == {(date(2026, 1, 1), AS_OF, len(each))}
    assert chosen(firm, [], TO_DATE) == {}


def test_a_sum_stands_where_its_months_do(firm):
    # Anna of Haifa: 100,000 on 20 August; 30,000 and 60,000 in September, whose days up to the 15th are 10 of the 17 worked: Haifa
    # rests on Fridays, Saturdays and the 13th, 20th, 21st and 27th.
    targets = [goal("Anna", date(2026, 8, 1), date(2026, 8, 31), 80_000.0), goal("Anna", date(2026, 9, 1), date(2026, 9, 30), 180_000.0),
               goal("Berta", date(2026, 9, 1), date(2026, 9, 30), 50_000.0)]
    found = aim(targets, firm, Scope.everything(), Period(date(2026, 8, 1), AS_OF), "revenue")
    assert found is not None and set(found.by_person) == {"Anna"} and (found.summed, found.partly) == (2, 1)
    where = found.by_person["Anna"].pace
    done = sum(1 for n in range(1, 16) if date(2026, 9, n).weekday() not in (4, 5) and n not in (12, 13))
    whole = sum(1 for n in range(1, 31) if date(2026, 9, n).weekday() not in (4, 5) and n not in (12, 13, 20, 21, 26, 27))
    assert (done, whole) == (10, 18)
    assert where.actual == 190_000 and where.target == 260_000 and where.attained == pytest.approx(19 / 26)
    assert where.expected == pytest.approx(80_000 + 180_000 * 10 / 18) and where.landing == pytest.approx(190_000 / (180_000 / 260_000))
    assert aim(targets, firm, Scope.everything(), Period(date(2025, 8, 1), date(2025, 8, 31)), "revenue") is None
    # Whoever sees only Berlin sees no target of Haifa's people.
    berlin = aim(targets, firm, Scope(frozenset({3}), None, True), Period(date(2026, 9, 1), AS_OF), "revenue")
    assert berlin is not None and set(berlin.by_person) == {"Berta"} and berlin.summed == 1
