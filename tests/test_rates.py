"""Cost rates laid over those of the data: what holds on a day, and that every number on costs follows them, by hand on the paper firm.

Laid over in 2026 (tests/truth/README.md has the rest): an order costs 10 instead of 6 from 15 May: O-13 to O-20 are eight, +32. A call
costs 20 instead of 10 on 30 June alone: i5, +10; i6 of 1 July stays at 12. A meeting, which had no rate, costs 40: i13, +40. Together +82.
"""
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.answerable import lacking
from crm_data.analysis.bridge import bridge
from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.compile import TOTAL, View, compile_cut, compile_views
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import Desk, ask
from crm_data.cuts.rates import Rate, days_of, overlaid, rate_of_day, rates_of, rates_of_data, with_rates
from tests import plain_compile

D = Decimal
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
EDITS = (Rate("order", D(10), date(2026, 5, 15)), Rate("contact_phone", D(20), date(2026, 6, 30), date(2026, 6, 30)), Rate("contact_meeting", D(40), date(2026, 1, 1)))
MORE = D(82)
BY_CUSTOMER = {1: 8, 2: 4, 3: 4 + 10, 4: 4, 7: 4, 8: 40, 11: 4, 12: 4}


@pytest.fixture(scope="module")
def edited(truth):
    return with_rates(truth, overlaid(rates_of(truth), EDITS))


# What holds on a day --------------------------------------------------------------------------------------------------
def test_an_edit_takes_its_days_and_what_stood_there_goes_on_around_it() -> None:
    base = (Rate("order", D(5), date(2024, 1, 1), date(2025, 12, 31)), Rate("order", D(6), date(2026, 1, 1)))
    found = overlaid(base, [Rate("order", D(9), date(2025, 12, 1), date(2026, 1, 31)), Rate("order", D(7), date(2026, 1, 10), date(2026, 1, 10))])
    assert found == (
        Rate("order", D(5), date(2024, 1, 1), date(2025, 11, 30)), Rate("order", D(9), date(2025, 12, 1), date(2026, 1, 9)), Rate("order", D(7), date(2026, 1, 10), date(2026, 1, 10)),
        Rate("order", D(9), date(2026, 1, 11), date(2026, 1, 31)), Rate("order", D(6), date(2026, 2, 1)))
    assert [rate_of_day(found, "order", day) for day in (date(2023, 1, 1), date(2026, 1, 10), date(2030, 1, 1))] == [None, D(7), D(6)]


def test_an_open_edit_holds_until_another_is_made() -> None:
    base = (Rate("order", D(5), date(2024, 1, 1), date(2025, 12, 31)), Rate("order", D(6), date(2026, 1, 1)))
    assert overlaid(base, [Rate("order", D(8), date(2025, 7, 1))]) == (Rate("order", D(5), date(2024, 1, 1), date(2025, 6, 30)), Rate("order", D(8), date(2025, 7, 1)))


DAYS = st.integers(0, 30).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
SPANS = st.tuples(st.sampled_from(("order", "return")), st.integers(0, 50), DAYS, st.one_of(st.none(), DAYS)).map(
    lambda t: Rate(t[0], D(t[1]), t[2], max(t[2], t[3]) if t[3] else None))


@given(st.lists(SPANS, max_size=3), st.lists(SPANS, max_size=8))
def test_of_a_driver_no_two_hold_on_a_day_and_the_last_edit_of_a_day_wins(base: list[Rate], edits: list[Rate]) -> None:
    whole = overlaid(overlaid((), base), edits)
    for one in whole:
        assert one.first <= one.end
        assert not any(one is not other and one.driver == other.driver and one.first <= other.end and other.first <= one.end for other in whole)
    for driver in ("order", "return"):
        for n in range(-2, 40):
            day = date(2026, 1, 1) + timedelta(days=n)
            said = [r.rate for r in (*base, *edits) if r.driver == driver and r.holds(day)]
            held = [r.rate for r in whole if r.driver == driver and r.holds(day)]
            assert held == said[-1:], (driver, day, whole)
    assert all(rate_of_day(whole, r.driver, r.first) == r.rate and r.first in days_of(whole) for r in whole)


# Numbers --------------------------------------------------------------------------------------------------------------
def test_every_number_on_costs_follows_by_hand(truth, edited, everything) -> None:
    cut = Cut(("cost_to_serve", "worth", "gross_profit", "_activities_priced", "_activities"), period=YEAR)
    before, now = (ask(cut, w, scope=everything).totals for w in (truth, edited))
    assert (before["cost_to_serve"], now["cost_to_serve"]) == (D("893.25"), D("893.25") + MORE)
    assert now["worth"] == D("4665.3333") - D("975.25") == before["worth"] - MORE
    assert now["gross_profit"] == before["gross_profit"]
    assert (now["_activities_priced"], now["_activities"]) == (before["_activities_priced"] + 1, before["_activities"])
    kinds = ask(Cut(("cost_to_serve",), ("cost_driver",), YEAR), edited, scope=everything).rows.set_index("cost_driver")["cost_to_serve"]
    assert (kinds["order"], kinds["contact_phone"], kinds["contact_meeting"], kinds["return"]) == (6 * 6 + 8 * 10, D("94.25"), 40, 20)
    assert ask(Cut(("cost_to_serve",), period=Period(date(2026, 7, 1), date(2026, 7, 1))), edited, scope=everything).totals["cost_to_serve"] == 22
    months = ask(Cut(("cost_to_serve",), period=YEAR, grain="month"), edited, scope=everything).rows
    was = ask(Cut(("cost_to_serve",), period=YEAR, grain="month"), truth, scope=everything).rows
    assert [int(a - b) for a, b in zip(months["cost_to_serve"], was["cost_to_serve"], strict=True)] == [0, 0, 0, 0, 4, 14, 0, 4, 40, 12, 8]


def test_each_customer_pays_what_it_caused(truth, edited, everything) -> None:
    cut = Cut(("cost_to_serve",), ("customer",), YEAR)
    before, now = ({r["customer_id"]: r["cost_to_serve"] for r in ask(cut, w, scope=everything).rows.to_dict("records")} for w in (truth, edited))
    assert {c: now[c] - (before.get(c) or 0) for c in now if now[c] != (before.get(c) or 0)} == BY_CUSTOMER


@pytest.mark.parametrize(("by", "grain"), [(("customer",), None), (("customer_type",), None), (("branch",), None), ((), "month"), (("city",), "quarter"), ((), None)])
@pytest.mark.parametrize("firm", ("truth", "noise"))
def test_worth_is_revenue_less_goods_less_cost_exactly(firm, by, grain, request, everything) -> None:
    warehouse = overlaid_firm(request.getfixturevalue(firm))
    found = ask(Cut(("worth", "revenue", "_cost", "cost_to_serve", "cost_of_goods"), by, Period.named("last_12_months", warehouse.as_of), grain), warehouse, scope=everything)
    rows = [*found.rows.to_dict("records"), found.totals]
    assert any(r["cost_to_serve"] for r in rows)
    for r in rows:
        if r["worth"] is not None and r["cost_of_goods"] is not None:
            assert r["worth"] == r["revenue"] - r["_cost"] - r["cost_to_serve"], r
    if by or grain:
        for m in ("cost_to_serve", "revenue", "_cost"):
            assert sum(r[m] for r in rows[:-1]) == found.totals[m]
        pool = rows_behind(Cut(("cost_to_serve",), period=found.period), warehouse, scope=everything)
        assert pool.total == found.totals["cost_to_serve"]


def overlaid_firm(warehouse):
    """Some rates of a firm changed in the middle of its last year, one of them ended early, one new."""
    middle = warehouse.as_of - timedelta(days=180)
    edits = [Rate("order", D("9.9999"), middle), Rate("contact_phone", D("0"), middle, middle + timedelta(days=40)), Rate("minute_email", D("0.3333"), middle),
             Rate("late_day", D("1.5"), middle + timedelta(days=30), middle + timedelta(days=60)), Rate("contact_letter", D("7"), date(2000, 1, 1))]
    return with_rates(warehouse, overlaid(rates_of(warehouse), edits))


@pytest.mark.parametrize("firm", ("truth", "noise"))
@pytest.mark.parametrize("scope", (Scope.everything(), Scope(frozenset({1, 2}), None, True), Scope(None, frozenset({1, 3}), True)))
def test_fast_is_plain(firm, scope, request) -> None:
    warehouse = overlaid_firm(request.getfixturevalue(firm))
    catalog, measures = catalog_for(warehouse), ("cost_to_serve", "worth", "worth_per_customer", "_activities", "_activities_priced")
    year = Period.named("last_24_months", warehouse.as_of)
    low = Filter("each.worth", "below", ("40",))
    forms = [((), None, ()), (("customer",), None, ()), (("cost_driver",), "month", ()), (("branch",), "quarter", (low,)), (("customer_type", "owner"), None, ())]
    with warehouse.engine.connect() as connection:
        days = Desk(connection, scope, catalog).rate_days()
        assert set(days) == set(days_of(warehouse.rates))
        for by, grain, filters in forms:
            # Of sales shared between owners each share is rounded; costs are not shared.
            shared = "owner" in by or scope.owners is not None
            asked = tuple(m for m in measures if all(catalog.can_cut(m, d) for d in by) and not (shared and m.startswith("worth")))
            cut = Cut(asked, by, year, grain, filters=filters)
            one = connection.execute(plain_compile.compile_cut(cut, scope=scope, catalog=catalog)).fetchall()
            two = connection.execute(compile_cut(cut, scope=scope, catalog=catalog)).fetchall()
            three = connection.execute(compile_views(cut, [TOTAL, View(by, grain)], scope=scope, catalog=catalog, reach=by, rate_days=days)).mappings().all()
            beside = [tuple(v for k, v in r.items() if k not in ("view", "held")) for r in three if r["view"] == 1]
            assert [tuple(r) for r in one] == [tuple(r) for r in two] == beside, cut


def test_rows_behind_sum_to_the_number_and_show_the_new_price(edited, everything) -> None:
    cut = Cut(("cost_to_serve",), period=YEAR)
    behind = rows_behind(cut, edited, scope=everything)
    assert behind.total == sum(behind.rows["value"].dropna()) == D("975.25")
    phone = rows_behind(replace(cut, filters=(Filter("cost_driver", "is", ("contact_phone",)),)), edited, scope=everything).rows.set_index("day")["value"]
    assert (phone[date(2026, 6, 30)], phone[date(2026, 7, 1)]) == (30, 22)
    assert rows_behind(replace(cut, measures=("worth",)), edited, scope=everything).total == D("3690.0833")


def test_conditions_bridge_and_others_follow(truth, edited, everything) -> None:
    # Gal, a prospect, had a meeting alone, which had no rate.
    costly = Cut(("cost_to_serve",), period=YEAR, filters=(Filter("each.cost_to_serve", "at_least", ("40",)), Filter("customer", "is", ("8",))))
    assert [ask(costly, w, scope=everything).totals["cost_to_serve"] for w in (truth, edited)] == [0, 40]
    second = Period(date(2026, 6, 1), date(2026, 6, 30))
    cut = Cut(("cost_to_serve",), period=second, compare="previous")
    was, now = (bridge("cost_to_serve", cut, w, scope=everything) for w in (truth, edited))
    assert (now.end - was.end, now.start - was.start) == (14, 4) and now.start + sum(p.amount for p in now.parts) == now.end
    top = ask(Cut(("cost_to_serve",), ("customer",), YEAR, limit=2), edited, scope=everything)
    assert sum(top.rows["cost_to_serve"]) + top.others["cost_to_serve"] == D("975.25")


def test_of_no_rates_at_all_nothing_is_priced(truth, everything) -> None:
    bare = with_rates(truth, ())
    found = ask(Cut(("cost_to_serve", "_activities_priced", "_activities"), period=YEAR), bare, scope=everything).totals
    assert (found["cost_to_serve"], found["_activities_priced"]) == (0, 0) and found["_activities"] > 20


def test_the_data_itself_is_not_touched_and_both_are_kept_apart(truth, edited, everything) -> None:
    assert rates_of_data(edited) == rates_of(truth) == rates_of(with_rates(edited, None)) != rates_of(edited) == edited.rates
    assert truth.key != edited.key and catalog_for(truth) is not catalog_for(edited) and catalog_for(edited) is catalog_for(replace(edited))
    assert len(rates_of(truth)) == 14 and rate_of_day(rates_of(truth), "order", date(2025, 12, 31)) == 5


def test_with_rates_of_ones_own_costs_can_be_told_where_the_data_has_none(truth) -> None:
    rows = {"cost_rate": 0, "sales_order": 1, "order_line": 1}
    assert lacking(catalog_for(truth), "cost_to_serve", rows) == ("cost_rate",)
    assert lacking(catalog_for(with_rates(truth, EDITS)), "cost_to_serve", rows) == ()


def test_a_driver_from_the_data_with_a_quote_in_its_name_is_only_text(truth, everything) -> None:
    odd = with_rates(truth, (Rate("o'rder; %s :x --", D("1.5"), date(2026, 1, 1)), Rate("order", D("1E+2"), date(2026, 1, 1))))
    assert ask(Cut(("cost_to_serve",), period=YEAR), odd, scope=everything).totals["cost_to_serve"] == 1400
