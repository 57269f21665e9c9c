"""A change taken apart: the paper firm by pencil, and every measure that adds up on every database, to the last cent."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from crm_data.analysis import bridge_rows
from crm_data.analysis.bridge import Part, bridge, can_bridge, customers_behind, folded
from crm_data.analysis.bridge_products import Product, price_volume_mix, told
from crm_data.analysis.bridge_rates import choices, kitagawa, mix_and_rate
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.measures import MEASURES
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError
from tests.truth import tiny

EVERYTHING = Scope.everything()
NAMELESS = Scope(None, None, False)
SOUTH = Scope(frozenset({1, 3, 4}), None, False)


def cut(measure: str, period: str, compare: str, warehouse, *filters: Filter) -> Cut:
    return Cut((measure,), period=Period.from_text(period, warehouse.as_of), compare=compare, filters=filters)  # type: ignore[arg-type]


def parts(measure: str, period: str, compare: str, warehouse, *filters: Filter, scope: Scope = EVERYTHING) -> dict[str, tuple]:
    found = bridge(measure, cut(measure, period, compare, warehouse, *filters), warehouse, scope=scope)
    return {p.name: (p.amount, p.count) for p in found.parts}


# By pencil, from tests/truth/README.md ---------------------------------------------------------------------------------
def test_this_month_against_the_same_days_of_the_last(truth):
    """1-20 October: Avi 400, Carmel North 2,590. 1-20 November: Avi 120.3333, Carmel Ltd 1,100 (who bought in January)."""
    found = bridge("revenue", cut("revenue", "month_to_date", "previous", truth), truth, scope=EVERYTHING)
    assert (found.start, found.end, found.change) == (2990, Decimal("1220.3333"), Decimal("-1769.6667"))
    assert {p.name: (p.amount, p.count) for p in found.parts} == {"won_back": (1100, 1), "lost": (-2590, 1), "less": (Decimal("-279.6667"), 1)}


def test_who_first_came_between_the_periods_is_neither_new_nor_won_back(truth):
    """First quarter against last year's (nothing): Émile and Dov are new; Carmel Ltd and Bilha first bought in autumn 2025; Avi in 2024."""
    assert parts("revenue", "2026-01-01..2026-03-31", "last_year", truth) == {"new": (450, 2), "between": (2110, 2), "won_back": (110, 1)}


def test_a_cancelled_order_makes_nobody_known(truth):
    """Farid's order of April was cancelled: in June he is new."""
    assert parts("revenue", "2026-06-01..2026-06-30", "previous", truth) == {"new": (110, 1), "lost": (-1000, 1)}


def test_records_of_no_customer_are_a_part_of_their_own(truth):
    found = bridge("leads", cut("leads", "year_to_date", "last_year", truth), truth, scope=EVERYTHING)
    assert (found.start, found.end) == (1, 3)
    assert {p.name: (p.amount, p.count) for p in found.parts} == {"new": (3, 3), "without": (-1, 0)}
    with pytest.raises(InputError, match="no customers to show"):
        customers_behind(found, "without", truth, scope=EVERYTHING)


def test_a_balance_has_new_gone_more_and_less(truth):
    """20 October: 500, 800, 570 and 2,590 open. 20 November: Carmel North paid 1,000; Avi's 100.3333 and Bilha's 115 came."""
    found = bridge("open_balance", cut("open_balance", "month_to_date", "previous", truth), truth, scope=EVERYTHING)
    assert {p.name: (p.amount, p.count) for p in found.parts} == {"new": (Decimal("215.3333"), 2), "less": (-1000, 1)}
    assert found.same == 3


def test_customers_are_told_one_by_one(truth):
    assert parts("customers", "month_to_date", "previous", truth) == {"won_back": (3, 3)}


def test_new_under_a_filter_means_new_there(truth):
    """In the shop Avi bought in 2024 and in March, by web in November: won back in the shop, less on the whole."""
    shop = Filter("order_channel", "is", ("shop",))
    assert parts("revenue", "2026-01-01..2026-03-31", "previous", truth, shop) == {"new": (150, 1), "won_back": (110, 1), "less": (-70, 1)}
    assert "won_back" not in parts("revenue", "2026-01-01..2026-03-31", "previous", truth)


def test_the_customers_of_a_part_are_those_of_its_amount(truth):
    found = bridge("revenue", cut("revenue", "year_to_date", "last_year", truth), truth, scope=EVERYTHING)
    behind = customers_behind(found, "more", truth, scope=EVERYTHING)
    assert list(behind.rows["customer"]) == ["Carmel Ltd", "Avi Cohen", "Bilha Levi"]
    assert list(behind.rows["change"]) == [2100, Decimal("430.3333"), 45] and behind.count == 3
    assert customers_behind(found, "new", truth, scope=EVERYTHING, limit=2).count == 6
    with pytest.raises(InputError, match="no part"):
        customers_behind(found, "rate", truth, scope=EVERYTHING)


def test_who_may_not_see_persons_gets_numbers_and_no_small_parts(demo):
    found = bridge("revenue", cut("revenue", "last_12_months", "last_year", demo), demo, scope=NAMELESS)
    with demo.engine.connect() as connection:
        people = {name for name, in connection.exec_driver_sql("SELECT name FROM customer").fetchall()}
    opened = [p for p in found.parts if p.name not in ("without", "several")]
    assert opened and all(p.count >= 5 for p in (*opened, *(p for p in found.parts if p.name == "several")))
    assert found.start + sum(p.amount for p in found.parts) == found.end
    for part in opened:
        assert not set(customers_behind(found, part.name, demo, scope=NAMELESS).rows["customer"]) & people


def test_small_parts_are_told_together():
    parts = [Part("new", Decimal(10), 7, Decimal(0), Decimal(10)), Part("lost", Decimal(-3), 2, Decimal(3), Decimal(0)),
             Part("more", Decimal(5), 6, Decimal(1), Decimal(6)), Part("without", Decimal(1), 0, Decimal(0), Decimal(1))]
    assert folded(parts) == [parts[0], parts[3], Part("several", Decimal(2), 8, Decimal(4), Decimal(6))]
    assert folded(parts[::2]) == parts[::2]


def test_a_change_that_rests_on_few_is_not_told_to_those_who_may_not_see_persons(truth):
    """Three customers bought in 2025 to that day."""
    with pytest.raises(InputError, match="not known"):
        bridge("revenue", cut("revenue", "year_to_date", "last_year", truth), truth, scope=NAMELESS)


def test_nobody_sees_more_than_their_branches(truth):
    scope = Scope(SOUTH.branches, None, True)
    south = bridge("revenue", cut("revenue", "year_to_date", "last_year", truth), truth, scope=scope)
    total = ask(south.cut, truth, scope=scope)
    assert (south.start, south.end) == (total.totals_before["revenue"], total.totals["revenue"]) and south.end < Decimal("9055")


@pytest.mark.parametrize("measure, says", [("win_rate", "ratio"), ("mean_age", "ratio"), ("new_customers", "joins once")])
def test_what_cannot_be_told_by_customers_says_so(truth, measure, says):
    with pytest.raises(InputError, match=says):
        bridge(measure, cut(measure, "year_to_date", "last_year", truth), truth, scope=EVERYTHING)


def test_without_a_comparison_there_is_nothing_to_explain(truth):
    with pytest.raises(InputError, match="nothing to compare"):
        bridge("revenue", cut("revenue", "year_to_date", "none", truth), truth, scope=EVERYTHING)


# Price, volume and mix -------------------------------------------------------------------------------------------------
def test_price_volume_and_mix_by_pencil(truth):
    """Sold in both: 4 pieces for 1,380, a mean of 345; now 18. Volume 14 x 345 = 4,830. At the old prices the 18 would have brought
    8 x 1,000 + 3 x 200 + 7 x 90 = 9,230: mix 9,230 - 18 x 345 = 3,020. Price 8,955.3333 - 9,230. The warranty is new: 100."""
    found = price_volume_mix(cut("revenue", "year_to_date", "last_year", truth), truth, scope=EVERYTHING)
    assert {p.name: (p.amount, p.count) for p in found.parts} == {"volume": (4830, 3), "mix": (3020, 3), "price": (Decimal("-274.6667"), 3), "added": (100, 1)}
    assert [p.name for p in found.behind("price")] == ["Laptop", "Basic course", "Advanced course"]


def test_returns_alone_have_no_price(truth):
    found = price_volume_mix(cut("revenue", "month_to_date", "previous", truth), truth, scope=EVERYTHING)
    assert {p.name: p.amount for p in found.parts} == {"volume": -1800, "mix": 0, "price": 200, "dropped": -400, "unpriced": Decimal("230.3333")}


def test_thirds_leave_nothing_over():
    products = told([Product(1, "a", Decimal(10), Decimal("7.01"), Decimal(3), Decimal(7)), Product(2, "b", Decimal("0.07"), Decimal(5), Decimal(7), Decimal(11))])
    assert sum((amount for p in products for _, amount in p.adds), Fraction(0)) == Fraction("12.01") - Fraction("10.07")


# Ratios ----------------------------------------------------------------------------------------------------------------
def test_mix_and_rate_by_pencil(truth):
    """All 3 won were won in Eilat before; now Eilat wins 1 of 2 and so does Paris, which was not there: its coming is mix."""
    found = mix_and_rate("win_rate", cut("win_rate", "2026-06-01..2026-11-20", "previous", truth), truth, scope=EVERYTHING, dimension="branch")
    assert (found.start, found.end) == (1.0, 0.5)
    assert {p.name: p.amount for p in found.parts} == {"rate": pytest.approx(-0.375), "mix": pytest.approx(-0.125)}
    assert {m.label: (m.rate, m.mix) for m in found.members} == {"Eilat": (-0.375, 0.0), "Paris": (0.0, -0.125)}


def test_simpsons_paradox_is_mix():
    """Both groups better, the whole worse."""
    before = {"a": ("a", Fraction(81), Fraction(87)), "b": ("b", Fraction(192), Fraction(263))}
    now = {"a": ("a", Fraction(234), Fraction(250)), "b": ("b", Fraction(55), Fraction(75))}
    members, start, end = kitagawa(now, before)
    assert end > start and sum(m.rate for m in members) + sum(m.mix for m in members) == pytest.approx(end - start, abs=1e-12)
    assert sum(m.mix for m in members) > sum(m.rate for m in members) > 0


def test_a_ratio_of_customers_is_cut_only_by_what_each_customer_has_once(truth):
    able = choices("revenue_per_customer", cut("revenue_per_customer", "year_to_date", "last_year", truth), catalog_for(truth))
    assert "customer_type" in able and "branch" not in able and "interest" not in able and "relation" not in able
    with pytest.raises(InputError, match="cannot be taken apart by"):
        mix_and_rate("revenue_per_customer", cut("revenue_per_customer", "year_to_date", "last_year", truth), truth, scope=EVERYTHING, dimension="branch")
    with pytest.raises(InputError, match="not a ratio"):
        mix_and_rate("revenue", cut("revenue", "year_to_date", "last_year", truth), truth, scope=EVERYTHING)


# Every measure, every database -----------------------------------------------------------------------------------------
SPANS = (("year_to_date", "last_year"), ("month_to_date", "previous"), ("last_quarter", "last_year"), ("last_24_months", "last_year"))


def check_all(warehouse, scope: Scope = EVERYTHING, *filters: Filter, spans=SPANS) -> int:
    """Every measure over the spans: parts sum to the change, exactly (ratios to 1e-9); how many were told."""
    catalog, seen = catalog_for(warehouse), 0
    for measure in catalog.measures:
        for period, compare in spans:
            question = cut(measure, period, compare, warehouse, *filters)
            try:
                if can_bridge(measure, catalog):
                    found = bridge(measure, question, warehouse, scope=scope)
                    assert all(isinstance(p.amount, int | Decimal) for p in found.parts)
                    assert sum((p.amount for p in found.parts), 0) == found.change, (measure, period)
                elif bridge_rows.ratio_of(measure, catalog) is not None:
                    found = mix_and_rate(measure, question, warehouse, scope=scope)
                    assert sum(p.amount for p in found.parts) == pytest.approx(found.change, abs=1e-9), (measure, period)
                    assert sum(m.mix + m.rate for m in found.members) == pytest.approx(found.change, abs=1e-9), (measure, period)
                else:
                    assert measure == "new_customers"
                    continue
            except InputError as error:
                # Only what is not known, or not there, on one side may be refused.
                assert "not known" in str(error) or "nothing divides" in str(error) or "cannot be cut" in str(error), (measure, period, error)
                continue
            answer = ask(question, warehouse, scope=scope)
            assert (found.start, found.end) == (answer.totals_before[measure], answer.totals[measure])
            seen += 1
    return seen


@pytest.mark.parametrize("name, spans", [("truth", SPANS[:2]), ("noise", SPANS[1:2]), ("demo", SPANS[:1])] + [pytest.param(n, SPANS, marks=pytest.mark.slow) for n in ("truth", "noise", "demo")])
def test_parts_sum_to_the_change_of_every_measure(name, spans, request):
    warehouse = request.getfixturevalue(name)
    additive = [m for m in MEASURES if not MEASURES[m].hidden and can_bridge(m, catalog_for(warehouse))]
    assert len(additive) >= 28
    assert check_all(warehouse, spans=spans) >= len(additive) * len(spans) * 0.9


def test_parts_sum_under_filters_and_scope(noise):
    branches = Scope(frozenset({1, 2, 3}), frozenset(range(1, 6)), True)
    assert check_all(noise, branches, spans=SPANS[:1]) > 25
    assert check_all(noise, EVERYTHING, Filter("branch", "is_empty"), Filter("gender", "is", ("female",)), spans=SPANS[3:]) > 25


@pytest.mark.parametrize("name", ["noise", "demo"])
def test_price_volume_mix_sums_exactly(name, request):
    warehouse = request.getfixturevalue(name)
    for period, compare in SPANS:
        found = price_volume_mix(cut("revenue", period, compare, warehouse), warehouse, scope=EVERYTHING)
        assert sum((p.amount for p in found.parts), Decimal(0)) == found.change


@pytest.mark.engines
def test_the_engines_agree(truth, noise, postgres_database, tmp_path_factory):
    from tests.truth import noise as dice
    folder = tmp_path_factory.mktemp("bridge_pg")
    for here, there in ((truth, tiny.publish(postgres_database(), folder)), (noise, dice.publish(postgres_database(), folder))):
        catalog = catalog_for(here)
        for measure in (m for m in catalog.measures if can_bridge(m, catalog)):
            for period, compare in SPANS[:2]:
                question = cut(measure, period, compare, here)
                try:
                    found = bridge(measure, question, here, scope=EVERYTHING)
                except InputError:
                    continue
                other = bridge(measure, question, there, scope=EVERYTHING)
                assert (found.start, found.end, found.parts, found.same) == (other.start, other.end, other.parts, other.same), measure
        question = cut("revenue", "last_24_months", "previous", here)
        assert price_volume_mix(question, here, scope=EVERYTHING).parts == price_volume_mix(question, there, scope=EVERYTHING).parts
        first = bridge("revenue", question, here, scope=EVERYTHING)
        for part in (p.name for p in first.parts if p.name != "without"):
            one, two = (customers_behind(first, part, w, scope=EVERYTHING).rows for w in (here, there))
            assert one.to_dict("records") == two.to_dict("records")


def test_the_periods_are_those_of_the_answer(demo):
    found = bridge("orders", cut("orders", "this_month", "previous", demo), demo, scope=EVERYTHING)
    answer = ask(cut("orders", "this_month", "previous", demo), demo, scope=EVERYTHING)
    assert (found.period, found.period_before) == (answer.period, answer.period_before)
    assert found.period.last <= demo.as_of and isinstance(found.period.last, date)


def test_a_ratio_is_not_taken_apart_over_few_customers_for_who_may_not_see_persons(demo):
    """By industry some members rest on one to four customers, by customer type none does."""
    viewer = Scope(None, None, personal=False)
    question = cut("average_order", "last_30_days", "previous", demo)
    few = [d for d in choices("average_order", question, catalog_for(demo)) if ask(replace(question, by=(d,)), demo, scope=viewer).hidden]
    assert few
    with pytest.raises(InputError):
        mix_and_rate("average_order", question, demo, scope=viewer, dimension=few[0])
    assert mix_and_rate("average_order", question, demo, scope=EVERYTHING, dimension=few[0]).members
    assert mix_and_rate("average_order", question, demo, scope=viewer).dimension not in few
