"""What stands out in a change: chance finds nothing, a planted effect is found, and it is told once."""
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crm_data.analysis import driver_test
from crm_data.analysis.bridge import ends
from crm_data.analysis.driver_cells import Field, dimensions_of, excesses, findings, load, test_all
from crm_data.analysis.driver_rows import Units
from crm_data.analysis.drivers import drivers
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError

test_all.__test__ = False  # a function of the product, not a test
EVERYTHING, NAMELESS = Scope.everything(), Scope(None, None, personal=False)
RUNS = 40


def cut(measure: str, warehouse, period: str = "last_12_months", compare: str = "last_year") -> Cut:
    return Cut((measure,), period=Period.named(period, warehouse.as_of), compare=compare)  # type: ignore[arg-type]


def field_of(measure: str, warehouse) -> Field:
    question = cut(measure, warehouse)
    answer = ends(measure, question, warehouse, EVERYTHING)
    return load(measure, question, answer.period, answer.period_before, warehouse, EVERYTHING)


def any_finding(found: Field) -> bool:
    return findings(test_all(found), found)[0] > 0


def relabelled(found: Field, dice: np.random.Generator) -> Field:
    """Every customer gets another's labels; every record unit another's member."""
    labels = found.labels.iloc[dice.permutation(len(found.labels))]
    record = {}
    for name, units in found.record.items():
        codes = units[0].codes[dice.permutation(len(units[0].codes))]
        record[name] = [replace(u, codes=codes) for u in units]
    return replace(found, labels=labels, record=record)


def exchanged(found: Field, dice: np.random.Generator) -> Field:
    """Half the customers live the two periods in the other order (at the whole's rate): no group changed out of line."""
    turned = dict(zip(found.base[0].ids, dice.random(len(found.base[0].ids)) < 0.5, strict=True))
    rates = [u.now.sum() / u.before.sum() for u in found.base]

    def turn(units: list[Units]) -> list[Units]:
        mine = np.array([turned[i] for i in units[0].ids], dtype=bool)
        return [replace(u, now=np.where(mine, u.before * r, u.now), before=np.where(mine, u.now / r, u.before)) for u, r in zip(units, rates, strict=True)]
    return replace(found, base=turn(found.base), record={d: turn(u) for d, u in found.record.items()})


@pytest.mark.parametrize("measure", ["revenue", "contacts", "csat"])
@pytest.mark.parametrize("null", [relabelled, exchanged])
def test_chance_finds_nothing(demo, measure, null):
    """At most one run in ten has any finding at all (measured over 100 runs at 2,000 customers: 0.01 to 0.07)."""
    found, dice = field_of(measure, demo), np.random.default_rng(11)
    assert len(test_all(found)) > 30
    assert sum(any_finding(null(found, dice)) for _ in range(RUNS)) <= RUNS * 0.15


def heavy(dice: np.random.Generator, customers: int = 600, tail: float = 1.1) -> Field:
    """Customers whose amounts have heavy tails (at 1.1, very heavy), in 34 groups of every size."""
    size = dice.pareto(tail, customers) + 0.1
    before, now = size * dice.gamma(2, 0.5, customers), size * dice.gamma(2, 0.5, customers)
    before[dice.random(customers) < 0.3], now[dice.random(customers) < 0.3] = 0, 0
    codes = {f"d{i}": dice.integers(0, 4 + 3 * i, customers).astype(str) for i in range(4)}
    ids = np.arange(customers)
    return Field([Units(ids, ids * 0, now, before)], pd.DataFrame(codes, index=ids))


def test_heavy_tails_make_no_findings():
    dice = np.random.default_rng(5)
    assert sum(any_finding(heavy(dice)) for _ in range(100)) <= 10


def planted(found: Field, dimension: str, member: str, factor: float) -> Field:
    inside = (found.labels[dimension] == member).to_numpy()
    units = found.base[0]
    return replace(found, base=[replace(units, now=np.where(inside, units.now * factor, units.now))])


def test_what_was_planted_is_found_and_nothing_else():
    dice, hits, others = np.random.default_rng(8), 0, 0
    for _ in range(20):
        found = planted(heavy(dice, 2000, 2.5), "d0", "2", 0.3)
        names = {(c.dimension, c.member) for c, _, _ in findings(test_all(found), found)[1]}
        hits += ("d0", "2") in names
        others += len([n for n in names if n[0] != "d0"])
    assert hits == 20 and others <= 4


def test_the_same_finding_is_told_once():
    """A second name for the same customers, a wider group they are in and streets of theirs are no findings of their own."""
    dice = np.random.default_rng(3)
    found = heavy(dice, 3000, 2.5)
    group = found.labels["d1"]
    labels = found.labels.assign(again="x" + group, wide=group.where(group != "3", "2"), street=group + "-" + found.labels["d0"])
    found = planted(replace(found, labels=labels), "d1", "2", 0.2)
    strong, told = findings(test_all(found), found)
    assert strong >= 4 and [c.dimension for c, _, _ in told if c.excess < 0] == [told[0][0].dimension]
    assert {c.dimension for c in told[0][2]} | {told[0][0].dimension} >= {"d1", "again"}


def test_excesses_sum_to_nothing(demo):
    for measure in ("revenue", "win_rate", "revenue_per_customer", "nps"):
        found = field_of(measure, demo)
        values = excesses(found.base, found.base, found.level)
        assert abs(values.sum()) <= 1e-6 * max(1.0, np.abs(values).sum())


def test_q_is_that_of_benjamini_and_hochberg():
    assert driver_test.adjusted(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert len(driver_test.adjusted(np.array([]))) == 0


def test_small_and_all_embracing_groups_are_not_tested():
    values = np.random.default_rng(1).normal(size=100)
    codes = np.array([0] * 9 + [1] * 10 + [2] * 81)
    assert list(driver_test.cells(values, codes, 3).codes) == [1, 2]
    assert list(driver_test.cells(values, np.zeros(100, int), 1).codes) == []
    # Units that did not move do not make a group large enough.
    values[9:12] = 0
    assert list(driver_test.cells(values, codes, 3).codes) == [2]


def test_the_branch_that_fell_is_found_and_told_once(demo_2000):
    """The demonstration's story: Be'er Sheva, also seen as its region and team; its number is the one every page shows."""
    question = cut("orders", demo_2000, "month_to_date")
    found = drivers("orders", question, demo_2000, scope=EVERYTHING)
    names = {d.member for d in found.found} | {m for d in found.found for _, m in d.also}
    fell = next(d for d in found.found if {d.member, *(m for _, m in d.also)} & {"Be'er Sheva", "South"})
    assert "Be'er Sheva" in names and fell.excess < 0 and fell.q < 0.05 and len(fell.also) >= 2
    assert sum({d.member, *(m for _, m in d.also)} & {"Be'er Sheva", "South"} != set() for d in found.found) == 1
    answer = ask(replace(question, filters=(fell.condition,)), demo_2000, scope=EVERYTHING)
    assert (fell.before, fell.now) == (answer.totals_before["orders"], answer.totals["orders"])


@pytest.fixture(scope="module")
def demo_2000(tmp_path_factory):
    from crm_data.model.snapshots import open_store
    from tests.demo_firm import build_demo, publish_demo
    folder = tmp_path_factory.mktemp("demo_2000")
    build_demo(folder / "staging.duckdb", customers=2000, seed=7)
    publish_demo(f"duckdb:///{folder / 'warehouse'}", folder / "staging.duckdb")
    return open_store(f"duckdb:///{folder / 'warehouse'}").warehouse()


def test_too_few_customers_say_nothing(truth):
    found = drivers("revenue", cut("revenue", truth), truth, scope=EVERYTHING)
    assert not found.enough and found.found == () and found.looked == 0


def test_what_tells_how_it_went_is_no_reason(demo):
    people, record = dimensions_of("won", cut("won", demo), catalog_for(demo))
    assert not {"relation", "customer", "age", "interest", "stage", "lost_reason", "life_stage", "buying_habit"} & {*people, *record}
    assert {"customer_type", "city", "age_band"} <= set(people) and {"branch", "owner", "product"} <= set(record)
    assert "branch" not in dimensions_of("won", replace(cut("won", demo), filters=(Filter("branch", "is", ("Haifa",)),)), catalog_for(demo))[1]


def test_without_a_comparison_it_says_so(demo):
    with pytest.raises(InputError, match="nothing to compare"):
        drivers("revenue", cut("revenue", demo, compare="none"), demo, scope=EVERYTHING)


@pytest.mark.engines
def test_the_engines_find_the_same(noise, postgres_database, tmp_path_factory):
    from tests.truth import noise as dice
    there = dice.publish(postgres_database(), tmp_path_factory.mktemp("drivers_pg"))
    for measure in ("revenue", "win_rate"):
        one, two = (drivers(measure, cut(measure, w), w, scope=EVERYTHING) for w in (noise, there))
        assert (one.looked, one.significant, one.customers, one.dimensions) == (two.looked, two.significant, two.customers, two.dimensions)
        assert [d.condition for d in one.found] == [d.condition for d in two.found]


def members(found) -> list:
    return [*found.found, *found.came]


def test_who_may_not_see_persons_is_told_of_no_member_with_few_customers(demo, monkeypatch):
    question = cut("revenue", demo)
    whole = members(drivers("revenue", question, demo, scope=EVERYTHING))
    most = max(d.customers for d in whole)
    for few, left in ((most, [d for d in whole if d.customers == most]), (most + 1, [])):
        ANSWERS.clear()
        monkeypatch.setattr("crm_data.analysis.drivers.K", few)
        assert members(drivers("revenue", question, demo, scope=NAMELESS)) == left


def test_a_dimension_with_a_hidden_member_tells_nothing_to_those_who_may_not_see_persons(demo, monkeypatch):
    question = cut("revenue", demo)
    whole = members(drivers("revenue", question, demo, scope=EVERYTHING))
    hidden = whole[0].dimension
    ANSWERS.clear()
    monkeypatch.setattr("crm_data.analysis.drivers._Numbers.hides", lambda self, dimension: dimension == hidden)
    assert members(drivers("revenue", question, demo, scope=NAMELESS)) == [d for d in whole if d.dimension != hidden]
