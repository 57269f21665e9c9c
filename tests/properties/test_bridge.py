"""Random questions of a change: the parts always sum to it, and the customers behind each part to the part."""
from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.bridge import bridge, can_bridge, customers_behind
from crm_data.analysis.bridge_products import Product, told
from crm_data.analysis.bridge_rates import kitagawa
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import InputError
from tests.properties.cuts import EVERYTHING, cuts


@pytest.mark.parametrize("name", ["truth", "noise"])
def test_parts_sum_to_the_change_and_customers_to_the_part(name, request):
    warehouse = request.getfixturevalue(name)
    catalog = catalog_for(warehouse)
    additive = [m for m in catalog.measures if can_bridge(m, catalog)]

    @given(st.data())
    def check(data):
        question = data.draw(cuts(warehouse, measures=additive, most_by=0))
        measure = question.measures[0]
        try:
            found = bridge(measure, question, warehouse, scope=EVERYTHING)
        except InputError as error:
            assert question.compare == "none" or "not known" in str(error) or "several of them" in str(error) or "cannot be cut" in str(error)
            return
        assert sum((p.amount for p in found.parts), 0) == found.change
        for part in found.parts:
            if part.name != "without":
                rows = customers_behind(found, part.name, warehouse, scope=EVERYTHING, limit=None).rows
                assert len(rows) == part.count and sum(rows["change"], Decimal(0)) == part.amount
    check()


amounts = st.decimals(-10_000, 10_000, places=4)


@given(st.lists(st.tuples(amounts, amounts, st.decimals(-50, 50, places=3), st.decimals(-50, 50, places=3)), min_size=1, max_size=8))
def test_products_leave_nothing_over(rows):
    products = told([Product(i, str(i), *row) for i, row in enumerate(rows)])
    change = sum((Fraction(now) - Fraction(before) for before, now, _, _ in rows), Fraction(0))
    assert sum((amount for p in products for _, amount in p.adds), Fraction(0)) == change


cells = st.dictionaries(st.integers(0, 6), st.tuples(st.just("x"), st.integers(-100, 100).map(Fraction), st.integers(0, 100).map(Fraction)), min_size=1)


@given(cells, cells)
def test_mix_and_rate_sum_to_the_change(now, before):
    members, start, end = kitagawa(now, before)
    if start is None or end is None:
        assert not all(sum(u for _, _, u in side.values()) for side in (now, before))
        return
    assert abs(sum(m.mix + m.rate for m in members) - (end - start)) < 1e-9
