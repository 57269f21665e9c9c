"""Figures of a meeting that read differently later, and why: the paper firm as of 31 October, and after late returns, a changed order and a deleted customer.

What came late, by hand: O-9 (Avi, 28 March, 110) was returned; of O-10 (Bilha, 29 March, 110) the piece came back (-110); the 400 of O-16
(Avi, 5 October) became 450; O-21 (Dov, 10 February, 75) was entered late; Farid was deleted with O-14 (15 June, 110) and the cancelled O-11.
"""
# ruff: noqa: F811 (a fixture's name is also the argument's)
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from crm_data.analysis.restated import at_day, restated
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from tests.review_firm import FIRST, two, two_url  # noqa: F401

YEAR = Cut(("revenue",), period=Period(date(2026, 1, 1), date(2026, 12, 31), "year_to_date"), grain="month")


def by_month(found):
    return {one.first.month: one for one in found}


def test_months_that_read_differently_and_no_other(two, everything):
    then, now = two
    found = by_month(restated(YEAR, now, then, scope=everything))
    assert {m: (one.then, one.now) for m, one in found.items()} == {
        2: (Decimal(450), Decimal(525)), 3: (Decimal(220), Decimal(0)), 6: (Decimal(110), Decimal(0)), 10: (Decimal(3105), Decimal(3155))}
    # Every difference is the sum of what its records changed by, to the last cent.
    assert all(one.unexplained == 0 and one.difference == sum(c.amount for c in one.changes) for one in found.values())


def test_reasons_are_told_from_the_rows(two, everything):
    then, now = two
    found = by_month(restated(YEAR, now, then, scope=everything))
    told = {m: [(c.table, c.what, c.count, c.amount, c.customers) for c in one.changes] for m, one in found.items()}
    assert told == {2: [("sales_order", "added", 1, 75, 1)], 3: [("sales_order", "returned", 2, -220, 2)],
                    6: [("sales_order", "removed", 1, -110, 1)], 10: [("sales_order", "changed", 1, 50, 1)]}
    assert found[10].changes[0].columns == ("net", "net_base")
    assert (found[3].changes[0].first, found[3].changes[0].last) == (date(2026, 3, 28), date(2026, 3, 29))
    assert found[3].changes[0].arrived == (now.manifest.created_at.date(),)


def test_the_meetings_own_days_are_compared(two, everything):
    """Month to date of the meeting is October; November, which has begun since, is no restatement of it."""
    then, now = two
    cut = Cut(("revenue", "orders"), period=Period(date(2026, 11, 1), date(2026, 11, 20), "month_to_date"))
    found = {one.measure: one for one in restated(cut, now, then, scope=everything)}
    assert (found["revenue"].first, found["revenue"].last, found["revenue"].then, found["revenue"].now) == (date(2026, 10, 1), FIRST, 3105, 3155)
    assert set(found) == {"revenue"}
    assert at_day(cut, FIRST).period == Period.named("month_to_date", FIRST)


def test_members_that_moved_are_named(two, everything):
    then, now = two
    found = by_month(restated(replace(YEAR, by=("branch",)), now, then, scope=everything))
    assert [(c.members, c.then, c.now) for c in found[3].cells] == [(("Haifa",), 220, 0)]
    assert [(c.members, c.then, c.now) for c in found[2].cells] == [((None,), 150, 225)]


def test_counts_ratios_balances_and_sums_of_several(two, everything):
    then, now = two
    year = Period(date(2026, 1, 1), FIRST)
    found = {one.measure: one for one in restated(Cut(("orders", "average_order", "gross_profit", "worth", "open_balance", "customers", "new_customers"), period=year), now, then, scope=everything)}
    # Orders: O-9 no longer counts, O-14 is gone, O-21 came: 11 - 2 + 1.
    assert (found["orders"].then, found["orders"].now, found["orders"].unexplained) == (11, 10, 0)
    assert {(c.what, c.count, c.amount) for c in found["orders"].changes} == {("returned", 1, -1), ("removed", 1, -1), ("added", 1, 1)}
    # Gross profit: O-9 -80, O-10 -80, O-16 +50, O-21 +55, O-14 -80.
    assert found["gross_profit"].difference == Decimal(-135) and found["gross_profit"].unexplained == 0
    assert found["worth"].unexplained == 0 and found["worth"].difference == sum(c.amount for c in found["worth"].changes)
    assert found["average_order"].unexplained is None and all(c.amount is None for c in found["average_order"].changes)
    assert (found["customers"].difference, found["new_customers"].difference) == (-1, -1)
    assert [(c.table, c.what) for c in found["new_customers"].changes] == [("customer", "removed")]
    assert "open_balance" not in found  # Farid's invoice was cancelled


def test_every_measure_that_adds_up_is_explained_exactly(two, everything):
    from crm_data.analysis.restated_rows import adds_up
    from crm_data.cuts.catalog import catalog_for
    then, now = two
    year, catalog = Period(date(2026, 1, 1), FIRST), catalog_for(now)
    whole = tuple(catalog.measures)
    old, new = (ask(Cut(whole, period=year), w, scope=everything).totals for w in (then, now))
    seen = 0
    for measure in whole:
        found = restated(Cut((measure,), period=year), now, then, scope=everything)
        assert bool(found) == (old[measure] != new[measure]), measure
        for one in found:
            seen += 1
            assert (one.then, one.now) == (old[measure], new[measure]), measure
            assert one.changes, measure
            assert one.unexplained == (0 if adds_up(catalog.measure(measure)) else None), measure
    assert seen >= 12


def test_a_customer_who_moved_is_told_as_such(two_url, tmp_path, everything):
    """Avi moves to the pensioners: revenue of the students is restated by his record alone."""
    import duckdb

    from crm_data.model.snapshots import open_store
    from tests.review_firm import publish_two
    url = f"duckdb:///{tmp_path / 'warehouse'}"
    _, second = publish_two(url, tmp_path)
    store = open_store(url)
    then = store.warehouse(second)
    store.checkout(tmp_path / "third.duckdb")
    with duckdb.connect(str(tmp_path / "third.duckdb")) as con:
        con.execute("UPDATE customer SET customer_type_id = 2 WHERE id = 1")
    store.publish(tmp_path / "third.duckdb", currency="ILS", sources=["truth"], as_of=date(2026, 11, 20))
    now = store.warehouse()
    year = Period(date(2026, 1, 1), date(2026, 11, 20))
    (one,) = restated(Cut(("revenue",), period=year, filters=(Filter("customer_type", "is", ("Students",)),)), now, then, scope=everything)
    # O-16 450 and O-19 120.3333 are his; O-9 was returned.
    assert (one.then, one.now) == (Decimal("570.3333"), Decimal(0))
    assert [(c.table, c.what, c.count, c.amount, c.columns) for c in one.changes] == [("customer", "changed", 2, Decimal("-570.3333"), ("customer_type_id",))]
    (same,) = restated(Cut(("revenue",), by=("customer_type",), period=year), now, then, scope=everything)
    assert same.difference == 0 and [(c.members, c.then, c.now) for c in same.cells] == [
        (("Students",), Decimal("570.3333"), 0), (("Pensioners",), Decimal(340), Decimal("910.3333"))]
    assert [(c.table, c.what) for c in same.changes] == [("customer", "changed")]


def test_an_order_moved_to_another_month_is_in_both(two, tmp_path, everything):
    """O-18 (115) moves from 25 October to 25 September: October loses it, September gains it, and the record is changed, not new."""
    import duckdb

    from crm_data.model.snapshots import open_store
    from tests.review_firm import publish_two
    url = f"duckdb:///{tmp_path / 'warehouse'}"
    _, second = publish_two(url, tmp_path)
    store = open_store(url)
    store.checkout(tmp_path / "third.duckdb")
    with duckdb.connect(str(tmp_path / "third.duckdb")) as con:
        con.execute("UPDATE sales_order SET ordered_on = DATE '2026-09-25' WHERE id = 18")
    store.publish(tmp_path / "third.duckdb", currency="ILS", sources=["truth"], as_of=date(2026, 11, 20))
    found = by_month(restated(YEAR, store.warehouse(), store.warehouse(second), scope=everything))
    assert {m: (one.difference, one.unexplained, [(c.what, c.count, c.amount, c.columns) for c in one.changes]) for m, one in found.items()} == {
        9: (115, 0, [("changed", 1, 115, ("ordered_on",))]), 10: (-115, 0, [("changed", 1, -115, ("ordered_on",))])}


def test_who_sees_no_persons_is_not_told_of_few(two):
    then, now = two
    seen = restated(YEAR, now, then, scope=Scope(None, None, False))
    assert all(c.hidden and not c.count and c.amount is None for one in seen for c in one.changes)


def test_a_branch_manager_sees_what_is_of_the_branch(two, everything):
    then, now = two
    haifa = Scope(frozenset({2}), None, True)
    assert set(by_month(restated(YEAR, now, then, scope=haifa))) == {3, 10}


def test_the_same_snapshot_has_nothing_restated(two, everything):
    assert restated(YEAR, two[1], two[1], scope=everything) == ()


@pytest.mark.parametrize("cut", [replace(YEAR, by=("customer",), grain=None, limit=3), replace(YEAR, by=("product",), limit=2), replace(YEAR, compare="last_year", by=("branch", "product"))])
def test_cuts_of_every_form_are_compared(two, everything, cut):
    then, now = two
    found = restated(cut, now, then, scope=everything)
    assert found and all(one.unexplained in (0, None) for one in found)
