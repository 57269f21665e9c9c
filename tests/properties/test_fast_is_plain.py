"""Statements that add rows up by key first give what the plain statements give, for every cut and every viewer."""
from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.compile import TOTAL, Members, View, compile_cut, compile_views
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import Desk, ask
from crm_data.cuts.rows import used_dimensions
from tests import plain_compile
from tests.properties.cuts import EVERYTHING, cuts, together
from tests.properties.test_cut_properties import close

SCOPES = (EVERYTHING, Scope(frozenset({1, 2}), None, True), Scope(None, frozenset({1, 3}), True), Scope(frozenset({1, 2, 3}), None, False))
EACH = (Filter("each.revenue@12m", "top", ("30%",)), Filter("each.orders", "at_least", ("2",)), Filter("each.cost_to_serve@year", "below", ("10",)))


@pytest.fixture(params=("truth", "noise", "demo"))
def firm(request):
    return request.getfixturevalue(request.param)


def resolved(cut: Cut, connection, scope: Scope, catalog) -> Cut:
    return replace(cut, period=Desk(connection, scope, catalog).resolved(cut), compare="none")


def assert_rows(plain, fast, about) -> None:
    assert len(plain) == len(fast), about
    for a, b in zip(plain, fast, strict=True):
        assert all(close(x, y) if not isinstance(x, str) else x == y for x, y in zip(map(_plain, a), map(_plain, b), strict=True)), (about, a, b)


def _plain(value):
    return value.toordinal() if hasattr(value, "toordinal") else value


def test_rows_of_every_cut(firm) -> None:
    catalog = catalog_for(firm)

    @given(st.data())
    def check(data) -> None:
        cut, scope = data.draw(cuts(firm, most_by=3)), data.draw(st.sampled_from(SCOPES))
        if "age" in used_dimensions(cut) or ("mean_age" in cut.measures and "customer" in used_dimensions(cut)):
            scope = EVERYTHING
        if data.draw(st.booleans()) and together(catalog, cut.measures, (*used_dimensions(cut), "customer")):
            cut = replace(cut, filters=(*cut.filters, data.draw(st.sampled_from(EACH))))
        with firm.engine.connect() as connection:
            cut = resolved(cut, connection, scope, catalog)
            plain, fast = (connection.execute(c(cut, scope=scope, catalog=catalog)).fetchall() for c in (plain_compile.compile_cut, compile_cut))
        assert_rows(plain, fast, (cut, scope))
    check()


def test_total_beside_the_rows_is_the_total_by_itself(firm) -> None:
    catalog = catalog_for(firm)

    @given(st.data())
    @settings(max_examples=settings.default.max_examples // 2)
    def check(data) -> None:
        cut = replace(data.draw(cuts(firm, most_by=2)), limit=None)
        if not cut.by and not cut.grain:
            return
        reach = used_dimensions(cut)
        with firm.engine.connect() as connection:
            cut = resolved(cut, connection, EVERYTHING, catalog)
            days = Desk(connection, EVERYTHING, catalog).rate_days()
            both = connection.execute(compile_views(cut, [TOTAL, View(cut.by, cut.grain)], scope=EVERYTHING, catalog=catalog, reach=reach, rate_days=days)).mappings().all()
            alone = replace(cut, by=(), grain=None, order_by="")
            total = connection.execute(plain_compile.compile_cut(alone, scope=EVERYTHING, catalog=catalog, reach=reach)).mappings().one()
            rows = connection.execute(plain_compile.compile_cut(cut, scope=EVERYTHING, catalog=catalog)).fetchall()
        assert [r["view"] for r in both] == [0] + [1] * len(rows)
        assert all(close(both[0][m], total[m]) for m in cut.measures), (cut, both[0], total)
        assert_rows(rows, [tuple(v for k, v in r.items() if k not in ("view", "held")) for r in both[1:]], cut)
    check()


@pytest.mark.parametrize("measure", ("revenue", "orders", "gross_profit", "worth", "cost_to_serve", "contacts", "customers"))
def test_others_of_a_top_are_asked_or_reckoned_alike(firm, measure) -> None:
    """The others, where they are the total less the members shown, are what the database says of them."""
    catalog, period = catalog_for(firm), Period.named("last_24_months", firm.as_of)
    for dimension in ("customer", "branch", "customer_type", "product", "owner", "city"):
        if not catalog.can_cut(measure, dimension):
            continue
        cut = Cut((measure,), (dimension,), period, limit=2)
        answer = ask(cut, firm, scope=EVERYTHING)
        key = f"{dimension}_id" if catalog.dimension(dimension).keyed else dimension
        rest = Members(dimension, tuple(answer.rows[key]), False)
        with firm.engine.connect() as connection:
            desk = Desk(connection, EVERYTHING, catalog, reach=(dimension,))
            plain = resolved(replace(cut, limit=None), connection, EVERYTHING, catalog)
            left = desk.several(replace(plain, by=()), [View((), None, rest)])[0][0]
            there = len(desk.run(plain)) > 2
        assert (answer.others is not None) == there, cut
        if answer.others is not None:
            assert close(answer.others[measure], left[measure]), (cut, answer.others, left)
            assert type(answer.others[measure]) is type(left[measure]), (cut, answer.others, left)
