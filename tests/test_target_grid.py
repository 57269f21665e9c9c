"""Targets as a sheet, by hand and for any numbers: copied, split to the cent, rolled up, and what has changed."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.target_grid import (
    a_year_before,
    changes,
    columns,
    copied,
    grid,
    may_add,
    months_within,
    moved_to,
    raised,
    rolled,
    split,
    years_before,
)
from crm_data.analysis.target_store import Goal, Target
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import Period
from crm_data.errors import InputError

YEAR, NEXT = Period(date(2025, 1, 1), date(2025, 12, 31)), Period(date(2026, 1, 1), date(2026, 12, 31))
QUARTER = Goal("revenue", date(2026, 7, 1), date(2026, 9, 30))
MONTHS = months_within(QUARTER, "month")
MONEY = {"adds_up": True, "label": "Revenue"}
MEMBERS = ("Haifa", "Berlin")


def _two_years(values=(100.0, 200.0, None)):
    """Haifa has 100 and 200 in January and February 2025; both years' months are columns."""
    periods = columns(YEAR.first, NEXT.last, "month")
    targets = [Target(Goal("revenue", p.first, p.last, "branch", "Haifa"), v) for p, v in zip(periods, values, strict=False) if v is not None]
    return grid(targets, "revenue", "branch", MEMBERS, periods)


def test_columns_are_whole_months():
    assert [(p.first, p.last) for p in columns(date(2026, 11, 15), date(2027, 1, 31), "month")][:2] == [(date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 12, 1), date(2026, 12, 31))]
    assert [p.last for p in columns(date(2026, 4, 1), date(2027, 3, 31), "half")] == [date(2026, 9, 30), date(2027, 3, 31)]
    with pytest.raises(InputError, match="no step"):
        columns(YEAR.first, YEAR.last, "fortnight")


def test_a_grid_holds_its_own_cells_only():
    other = [Target(Goal("orders", YEAR.first, date(2025, 1, 31), "branch", "Haifa"), 5), Target(Goal("revenue", YEAR.first, date(2025, 1, 31), "branch", "Tehran"), 5),
             Target(Goal("revenue", YEAR.first, YEAR.last, "branch", "Haifa"), 5)]
    assert grid(other, "revenue", "branch", MEMBERS, columns(YEAR.first, YEAR.last, "month")).values == {}
    cells = _two_years()
    assert cells.row("Haifa")[:3] == [100, 200, None] and cells.column(cells.periods[1]) == [200, None]
    assert cells.with_value("Haifa", cells.periods[0], None).at("Haifa", cells.periods[0]) is None


def test_last_year_and_five_per_cent():
    before = _two_years()
    after = copied(before, YEAR, NEXT, 5)
    january = Period(date(2026, 1, 1), date(2026, 1, 31))
    assert after.at("Haifa", january) == 105 and after.at("Haifa", Period(date(2026, 2, 1), date(2026, 2, 28))) == 210
    assert changes(before, after) == [(after.goal("Haifa", january), 105), (Goal("revenue", date(2026, 2, 1), date(2026, 2, 28), "branch", "Haifa"), 210)]
    assert after.like[after.goal("Haifa", january)] == before.goal("Haifa", before.periods[0])
    # From a grid of the year before into one that has this year's columns only.
    now = grid([], "revenue", "branch", MEMBERS, columns(NEXT.first, NEXT.last, "month"))
    assert copied(now, YEAR, NEXT, -10, known=before).at("Haifa", january) == 90


def test_percent_in_the_places_of_the_unit():
    assert (raised(33.33, 5), raised(7, 3, "count"), raised(0.4, 10, "share"), raised(0.1 + 0.2, 0)) == (35.0, 7, 0.44, 0.1 + 0.2)


def test_periods_move_with_the_whole():
    assert moved_to(Period(date(2023, 2, 1), date(2023, 2, 28)), Period(date(2023, 1, 1), date(2023, 3, 31)), Period(date(2024, 1, 1), date(2024, 3, 31))).last == date(2024, 2, 29)
    jalali = Period(date(2025, 3, 21), date(2026, 3, 20)), Period(date(2026, 3, 21), date(2027, 3, 20))
    assert moved_to(Period(date(2025, 3, 21), date(2025, 4, 20)), *jalali).last == date(2026, 4, 20)
    with pytest.raises(InputError, match="not of one length"):
        moved_to(Period(date(2025, 1, 1), date(2025, 1, 31)), YEAR, Period(date(2026, 1, 1), date(2026, 6, 30)))


def test_a_hundred_in_three_to_the_cent():
    assert [v for _, v in split(100, MONTHS, [1, 1, 1], **MONEY)] == [33.34, 33.33, 33.33]
    assert [v for _, v in split(-100, MONTHS, [1, 1, 1], **MONEY)] == [-33.34, -33.33, -33.33]
    assert [v for _, v in split(10, MONTHS, [1, 1, 1], **MONEY, unit="count")] == [4, 3, 3]
    assert [v for _, v in split(10.5, MONTHS, [1, 1, 1], **MONEY, unit="count")] == [3.5, 3.5, 3.5]
    # 1.25, 1.25 and 2.5 cents: the one left over goes to the largest remainder.
    assert [v for _, v in split(0.05, MONTHS, [1, 1, 2], **MONEY)] == [0.01, 0.01, 0.03]
    # 75 : 25, and a month of returns a year ago gets nothing.
    assert [v for _, v in split(1000, MONTHS, [300, -50, 100], **MONEY)] == [750, 0, 250]


def test_what_is_not_split_or_summed():
    for refused in (lambda: split(0.4, MONTHS, [1, 1, 1], adds_up=False, label="Gross margin", unit="share"), lambda: rolled(0.4, [0.3], adds_up=False, label="Gross margin")):
        with pytest.raises(InputError, match="Gross margin do not add up"):
            refused()
    for weights in ([0, 0, 0], [-1, -1, -1], [1, 1], [1, 1, float("nan")]):
        with pytest.raises(InputError):
            split(100, MONTHS, weights, **MONEY)
    with pytest.raises(InputError, match="whole steps"):
        months_within(replace(QUARTER, last=date(2026, 9, 15)), "month")
    with pytest.raises(InputError, match="whole steps"):
        months_within(QUARTER, "quarter")


def test_parts_that_do_not_sum_to_the_whole_are_said():
    found = rolled(1000, [333.33, 333.33, None], adds_up=True, label="Revenue")
    assert (found.total, found.difference, found.missing, found.agrees) == (666.66, 333.34, 1, False)
    assert rolled(0.3, [0.1, 0.2], adds_up=True, label="Revenue").difference == 0          # not 0.30000000000000004
    assert rolled(None, [1, 2], adds_up=True, label="Revenue").difference is None


def test_what_may_be_summed(truth):
    catalog, branches = catalog_for(truth), [replace(QUARTER, dimension="branch", member=m) for m in MEMBERS]

    def of(measure, parts):
        return may_add(catalog, replace(QUARTER, measure=measure), [replace(p, measure=measure) for p in parts])
    assert of("revenue", MONTHS) and of("revenue", branches)
    assert of("open_balance", branches) and not of("open_balance", MONTHS)                # a balance does not run through time
    assert not of("gross_margin", branches) and not of("customers", MONTHS)


def test_how_far_back_a_shape_is_known():
    """On 15 September 2026 the months of 2027 have their shape from 2025, those of the first quarter from 2026."""
    on, year = date(2026, 9, 15), Goal("revenue", date(2027, 1, 1), date(2027, 12, 31))
    assert years_before(months_within(year, "month"), on) == 2
    assert years_before(months_within(replace(year, last=date(2027, 3, 31)), "month"), on) == 1
    assert a_year_before(replace(year, first=date(2025, 2, 1), last=date(2025, 2, 28))).last == date(2024, 2, 29)


AMOUNTS = st.decimals(-10 ** 12, 10 ** 12, places=2, allow_nan=False)


@given(AMOUNTS, st.lists(st.floats(-10, 1e9), min_size=3, max_size=3).filter(lambda w: any(x > 0 for x in w)))
def test_a_split_sums_exactly(amount, weights):
    found = [Decimal(repr(v)) for _, v in split(float(amount), MONTHS, weights, **MONEY)]
    assert sum(found) == amount
    whole = sum(max(0, w) for w in weights)
    assert all(abs(float(v) - float(amount) * max(0, w) / whole) <= 0.01 + 1e-9 * abs(float(amount)) for v, w in zip(found, weights, strict=True))
    assert all(v == 0 for v, w in zip(found, weights, strict=True) if w <= 0)


@given(st.integers(0, 10 ** 9), st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any))
def test_counts_are_split_into_whole_ones(n, weights):
    found = [v for _, v in split(n, MONTHS, weights, **MONEY, unit="count")]
    assert sum(found) == n and all(v == int(v) for v in found)


CELLS = st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), min_size=24, max_size=24)


@given(CELLS)
def test_copying_nought_per_cent_more_is_the_same(values):
    cells = _two_years(values)
    once = copied(cells, YEAR, NEXT)
    for old, new in zip(cells.periods[:12], once.periods[12:], strict=True):
        assert once.at("Haifa", new) == (cells.at("Haifa", new) if cells.at("Haifa", old) is None else cells.at("Haifa", old))
    assert copied(once, YEAR, NEXT).values == once.values and copied(cells, YEAR, YEAR).values == cells.values


@given(CELLS, CELLS)
def test_changes_lead_from_one_grid_to_the_other(one, other):
    before, after = _two_years(one), _two_years(other)
    assert changes(before, _two_years(one)) == []
    made = {**before.values}
    for goal, value in changes(before, after):
        assert before.values.get(goal) != value
        made.pop(goal, None) if value is None else made.update({goal: value})
    assert made == after.values


@given(AMOUNTS, st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(any))
def test_what_was_split_rolls_up_without_a_difference(amount, weights):
    parts = [v for _, v in split(float(amount), MONTHS, weights, **MONEY)]
    assert rolled(float(amount), parts, adds_up=True, label="Revenue").agrees
