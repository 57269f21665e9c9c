"""Restatements of the firm made of dice after random changes of every kind: each difference is the sum of its records' effects, exactly."""
from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from crm_data.analysis.restated import restated
from crm_data.analysis.restated_rows import adds_up
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model.snapshots import open_store
from tests.truth import noise


def _shaken(con: duckdb.DuckDBPyConnection, dice: random.Random) -> None:
    """Some of everything is changed, moved in time, undone or taken away."""
    def some(table: str, n: int, where: str = "true") -> str:
        ids = [i for (i,) in con.execute(f'SELECT id FROM "{table}" WHERE {where} ORDER BY id').fetchall()]
        return ", ".join(map(str, dice.sample(ids, min(n, len(ids))))) or "-1"
    for status in ("returned", "cancelled", "delivered"):
        con.execute(f"UPDATE sales_order SET status = '{status}' WHERE id IN ({some('sales_order', 8)})")
    con.execute(f"UPDATE sales_order SET ordered_on = ordered_on - 40 WHERE id IN ({some('sales_order', 6, 'ordered_on IS NOT NULL')})")
    con.execute(f"UPDATE order_line SET net_base = net_base + 12.5, cost_base = cost_base - 1 WHERE id IN ({some('order_line', 15)})")
    con.execute(f"DELETE FROM order_line WHERE id IN ({some('order_line', 5)})")
    con.execute(f"UPDATE opportunity SET amount_base = amount_base * 2 WHERE id IN ({some('opportunity', 6)})")
    con.execute(f"UPDATE opportunity SET outcome = 'lost' WHERE id IN ({some('opportunity', 6, 'outcome = ' + chr(39) + 'won' + chr(39))})")
    con.execute(f"UPDATE complaint SET resolved_on = opened_on + 3 WHERE id IN ({some('complaint', 6, 'opened_on IS NOT NULL')})")
    con.execute(f"UPDATE interaction SET duration_minutes = 99 WHERE id IN ({some('interaction', 10)})")
    con.execute(f"DELETE FROM interaction WHERE id IN ({some('interaction', 10)})")
    con.execute(f"UPDATE invoice SET amount_base = amount_base + 7 WHERE id IN ({some('invoice', 6)})")
    con.execute(f"UPDATE customer SET branch_id = 2 WHERE id IN ({some('customer', 10)})")
    con.execute("UPDATE cost_rate SET rate_base = rate_base + 1 WHERE id IN (SELECT min(id) FROM cost_rate)")


@pytest.fixture(scope="module")
def shaken(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shaken")
    store = open_store(f"duckdb:///{folder / 'warehouse'}")
    first = store.publish(noise.build(folder / "a.duckdb"), currency="ILS", sources=["noise"], as_of=noise.TODAY)
    store.checkout(folder / "b.duckdb")
    with duckdb.connect(str(folder / "b.duckdb")) as con:
        _shaken(con, random.Random(5))
    store.publish(folder / "b.duckdb", currency="ILS", sources=["noise"], as_of=first.as_of)
    return store.warehouse(first.name), store.warehouse()


def _scopes():
    return [Scope.everything(), Scope(frozenset({1, 2}), None, True)]


@pytest.mark.parametrize(("scope", "grain"), zip(_scopes(), (None, "quarter"), strict=True), ids=["all", "branches"])
def test_every_difference_is_explained_exactly(shaken, scope, grain):
    then, now = shaken
    catalog, last = catalog_for(now), then.as_of
    some = tuple(catalog.measures) if grain is None else ("worth", "orders", "open_value", "customers", "contact_minutes", "open_balance")
    cut = Cut(some, period=Period(date(last.year - 1, 1, 1), last), grain=grain)
    old, new = (ask(cut, w, scope=scope).totals for w in (then, now))
    looked = 0
    for measure in cut.measures:
        found = restated(replace(cut, measures=(measure,)), now, then, scope=scope)
        if grain is None:
            assert bool(found) == (old[measure] != new[measure]), measure
        for one in found:
            if adds_up(catalog.measure(measure)) and one.then is not None and one.now is not None:
                looked += 1
                assert one.unexplained == 0, (measure, one)
                assert one.changes and one.difference == sum(c.amount for c in one.changes), measure
    assert looked > 8


def test_within_filters_too(shaken):
    then, now = shaken
    period = Period(date(then.as_of.year - 1, 1, 1), then.as_of)
    for condition in (Filter("party", "is", ("company",)), Filter("each.revenue", "top", ("20%",)), Filter("product_category", "is_empty")):
        for one in restated(Cut(("revenue", "orders", "gross_profit"), period=period, grain="year", filters=(condition,)), now, then, scope=Scope.everything()):
            assert one.unexplained == 0, (condition, one)
