"""What averages rest on, and their intervals, against paper, other programs and dice."""
from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date
from statistics import mean, stdev, variance

import pytest

from crm_data.analysis.bounds import t_bounds, t_quantile, wilson
from crm_data.analysis.intervals import TOTAL, counted, counts, has_interval, intervals, keys_of
from crm_data.analysis.left_out import dropped
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.measures import MEASURES, Formula
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
AVERAGES = [m.name for m in MEASURES.values() if m.n]


# Arithmetic -------------------------------------------------------------------------------------------------------------
def test_wilson_by_hand():
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for hits, n, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)):
        assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) is None and wilson(10, 10)[1] == 1.0


def test_wilson_covers_what_it_says_at_n_of_ten():
    """Over all outcomes and many true shares: 93 % at n = 10 near the ends, where Wald's interval covers 65 %."""
    def covering(p: float, bounds) -> float:
        return sum(math.comb(10, k) * p**k * (1 - p)**(10 - k) for k in range(11) if bounds(k)[0] <= p <= bounds(k)[1])

    def wald(k: int) -> tuple[float, float]:
        half = 1.96 * math.sqrt(k / 10 * (1 - k / 10) / 10)
        return k / 10 - half, k / 10 + half
    assert covering(0.1, lambda k: wilson(k, 10)) == pytest.approx(0.930, abs=0.001)
    assert covering(0.1, wald) == pytest.approx(0.650, abs=0.001)
    average = mean(covering(p / 200, lambda k: wilson(k, 10)) for p in range(1, 200))
    assert 0.94 < average < 0.97


@pytest.mark.parametrize(("freedom", "point"), [(1, 12.706205), (2, 4.302653), (4, 2.776445), (9, 2.262157), (12, 2.178813), (29, 2.045230), (100, 1.983972)])
def test_t_as_in_the_tables(freedom, point):
    assert t_quantile(0.975, freedom) == pytest.approx(point, abs=1e-6)


def test_t_as_another_program_has_it():
    stats = pytest.importorskip("scipy.stats")
    for freedom in (1, 2, 3, 5, 17, 50, 299, 4321):
        for p in (0.9, 0.975, 0.995):
            assert t_quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=1e-8)
    assert t_quantile(0.975, 50_000) == pytest.approx(stats.t.ppf(0.975, 50_000), rel=1e-4)


def test_intervals_of_means_cover_the_truth_as_often_as_they_say():
    dice, inside = random.Random(3), 0
    for _ in range(2000):
        sample = [dice.gauss(10, 4) for _ in range(8)]
        low, high = t_bounds(mean(sample), variance(sample), 8)
        inside += low <= 10 <= high
    assert 0.94 < inside / 2000 < 0.96
    assert t_bounds(5, 0, 1) is None


# What they rest on --------------------------------------------------------------------------------------------------------
def test_every_average_and_share_says_what_it_rests_on():
    for m in MEASURES.values():
        if not m.hidden:
            assert bool(m.n) == (isinstance(m, Formula) and not m.adds_up), m.name
        if m.n:
            assert MEASURES[m.n].unit == "count" and not isinstance(MEASURES[m.n], Formula)
    assert not [m for m in AVERAGES if not has_interval(m) and m != "gross_margin"]


def test_counts_on_paper(truth, everything):
    cut = Cut(("mean_age", "revenue", "win_rate", "csat", "nps", "average_order"), period=YEAR)
    assert counts(cut, truth, scope=everything).total == {"mean_age": 4, "win_rate": 5, "csat": 3, "nps": 5, "average_order": 13}
    by_branch = counts(replace(cut, measures=("average_order",), by=("branch",)), truth, scope=everything)
    answer = ask(replace(cut, measures=("average_order",), by=("branch",)), truth, scope=everything)
    named = dict(zip(answer.rows["branch"], (r["average_order"] for r in by_branch.rows), strict=True))
    assert named["Eilat"] == 5 and named["Paris"] == 2 and sum(named.values()) == 13
    assert counts(Cut(("revenue",), ("branch",), YEAR), truth, scope=everything).rows[0] == {}


@pytest.mark.parametrize("measure", AVERAGES)
def test_counts_stand_beside_their_rows_with_top_n_and_comparison(noise, everything, measure):
    cut = Cut((measure,), ("branch",), Period(date(2025, 7, 1), date(2026, 6, 30)), compare="last_year", limit=3)
    answer, found = ask(cut, noise, scope=everything), counts(cut, noise, scope=everything)
    wide = ask(counted(cut, catalog_for(noise)), noise, scope=everything)
    assert keys_of(wide) == keys_of(answer) and wide.rows[measure].tolist() == answer.rows[measure].tolist()
    n = catalog_for(noise).measure(measure).n
    assert [r[measure] for r in found.rows] == wide.rows[n].tolist() and found.total[measure] == wide.totals[n]
    assert set(found.before) == set(keys_of(answer, answer.before)) and found.others[measure] == wide.others[n]


# Intervals ----------------------------------------------------------------------------------------------------------------
EVERYTHING = Scope.everything()


def total_of(measure: str, warehouse, scope=EVERYTHING, **further):
    return intervals(Cut((measure,), period=YEAR, **further), warehouse, scope=scope).cells[measure][TOTAL]


def bounds(values: list[float], t: float) -> tuple[float, float]:
    half = t * stdev(values) / math.sqrt(len(values))
    return mean(values) - half, mean(values) + half


@pytest.mark.parametrize(("measure", "values", "t"), [
    ("mean_age", [26, 75, 38, 25], 3.182446), ("csat", [1, 5, 4.5], 4.302653), ("nps", [100, 100, -100, -100, 0], 2.776445),
    ("resolution_days", [15, 0, 14], 4.302653),
    ("average_order", [2000, 300, 150, 110, 110, 1000, 110, 950, 400, 2590, 115, 120.3333, 1100], 2.178813)])
def test_means_on_paper(truth, measure, values, t):
    found = total_of(measure, truth)
    assert (found.low, found.high) == pytest.approx(bounds(values, t), abs=1e-4) and found.n == len(values)


def test_a_share_on_paper(truth):
    found = total_of("win_rate", truth)
    assert (found.low, found.high, found.n) == (*wilson(3, 5), 5)
    assert (found.low, found.high) == pytest.approx((0.2307, 0.8824), abs=1e-4)


@pytest.mark.parametrize(("measure", "above"), [("revenue_per_customer", ("revenue",)), ("orders_per_customer", ("orders",)),
                                                ("worth_per_customer", ("revenue", "_cost", "cost_to_serve")), ("contacts_per_customer", ("_customer_contacts",))])
def test_means_over_customers(noise, everything, measure, above):
    """The same from one row a customer and branch, in plain Python."""
    cut = Cut((measure,), ("branch",), Period(date(2025, 1, 1), date(2026, 6, 30)))
    found, answer = intervals(cut, noise, scope=everything), ask(cut, noise, scope=everything)
    single = ask(replace(cut, measures=(*above, "customers"), by=("branch", "customer")), noise, scope=everything).rows
    for key in keys_of(answer):
        values = [float(r[above[0]] - sum(r[name] for name in above[1:])) for r in single.to_dict("records") if r["customers"] and r["branch_id"] == key[0]]
        assert found.cells[measure][key].n == len(values)
        shown = answer.rows[answer.rows["branch_id"].map(lambda v, k=key: v == k[0] or (v is None and k[0] is None))][measure].iloc[0]
        half = t_quantile(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))
        assert (found.cells[measure][key].low, found.cells[measure][key].high) == pytest.approx((shown - half, shown + half), rel=1e-6)


def test_an_order_cut_by_product_counts_its_part(noise, everything):
    cut = Cut(("average_order",), ("product_category",), Period(date(2025, 1, 1), date(2025, 12, 31)), "quarter")
    found, answer = intervals(cut, noise, scope=everything), ask(cut, noise, scope=everything)
    assert set(found.cells["average_order"]) == {*keys_of(answer), TOTAL}
    for key, row in zip(keys_of(answer), answer.rows.to_dict("records"), strict=True):
        one = found.cells["average_order"][key]
        assert one.low is None or one.low <= row["average_order"] <= one.high


@pytest.mark.parametrize("measure", [m for m in AVERAGES if m != "gross_margin"])
@pytest.mark.parametrize("form", [{}, {"by": ("customer_type", "branch")}, {"grain": "quarter"}, {"by": ("owner",), "limit": 2}])
def test_every_interval_holds_its_number(noise, everything, measure, form):
    cut = Cut((measure,), period=Period(date(2025, 1, 1), date(2026, 6, 30)), **form)
    answer, found = ask(cut, noise, scope=everything), intervals(cut, noise, scope=everything).cells[measure]
    shown = {**dict(zip(keys_of(answer), answer.rows[measure], strict=True)), TOTAL: answer.totals[measure]}
    assert set(found) == set(shown)
    for key, value in shown.items():
        one = found[key]
        if one.low is not None:
            assert one.low - 1e-9 <= float(value) <= one.high + 1e-9, (key, value, one)
        elif value is not None and MEASURES[measure].unit != "share":
            assert one.n == 1, (key, value, one)


def test_a_higher_level_is_wider_and_sums_say_why_not(noise, everything):
    cut = Cut(("csat", "revenue", "gross_margin"), period=YEAR)
    narrow, wide = (intervals(cut, noise, scope=everything, level=level) for level in (0.8, 0.99))
    assert wide.cells["csat"][TOTAL].low < narrow.cells["csat"][TOTAL].low
    assert set(wide.why) == {"revenue", "gross_margin"} and "not a sample" in wide.why["revenue"]


# Left out ------------------------------------------------------------------------------------------------------------------
def test_customers_a_filter_leaves_out_because_a_field_is_empty(truth, everything):
    """Of the ten with business in 2026, four have a known age; Dov has no branch; Émile has no type."""
    cut = Cut(("revenue",), ("branch",), YEAR, filters=(Filter("age_band", "is", ("25-34", "35-44")),))
    assert dropped(cut, truth, scope=everything) == {"age_band": 6}
    both = replace(cut, filters=(Filter("age_band", "is", ("25-34",)), Filter("branch", "is", ("Haifa",))))
    assert dropped(both, truth, scope=everything).get("branch") is None
    assert dropped(replace(cut, filters=(Filter("customer_type", "is_not", ("Students",)),)), truth, scope=everything) == {}
    assert dropped(replace(cut, filters=(Filter("customer_type", "contains", ("Stud",)),)), truth, scope=everything) == {"customer_type": 1}
