"""Conditions on customers: filters on a measure of each, segments, ready-made classes. The numbers are those of tests/truth/README.md."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter, describe_filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.segments import Segment, with_segments
from crm_data.errors import InputError, UnknownName
from crm_data.output.words import Words
from tests.truth import tiny

YEAR = Period(date(2026, 1, 1), tiny.TODAY)
#: Twice this year and complained: Bilha (2 orders, complaint 4) and Carmel Ltd (2 orders, complaint 2). Avi complained in 2025.
TWICE = Segment(7, "Twice and complained", (Filter("each.orders@year", "at_least", ("2",)), Filter("each.complaints@year", "at_least", ("1",))))
HAIFA_OR_PARIS = Segment(8, "Haifa or Paris", (Filter("city", "is", ("Haifa",)), Filter("city", "is", ("Paris",))), every=False)


def total(warehouse, scope, measure: str, *filters: Filter, period: Period = YEAR):
    return ask(Cut((measure,), period=period, filters=filters), warehouse, scope=scope).totals[measure]


@pytest.fixture
def segmented(truth):
    return with_segments(truth, [HAIFA_OR_PARIS, TWICE])


def test_a_segment_is_a_filter_and_a_dimension(segmented, everything) -> None:
    assert total(segmented, everything, "revenue", Filter("segment_7", "is", ("in",))) == Decimal("3325")
    rows = ask(Cut(("revenue", "customers"), ("segment_7",), YEAR), segmented, scope=everything).rows
    assert rows.to_dict("list") == {"segment_7": ["in", "out"], "revenue": [Decimal("3325"), Decimal("5730.3333")], "customers": [2, 8]}
    assert total(segmented, everything, "contacts", Filter("segment_7", "is_not", ("in",))) + total(
        segmented, everything, "contacts", Filter("segment_7", "is", ("in",))) == total(segmented, everything, "contacts")


def test_any_of_the_conditions(segmented, everything) -> None:
    # Avi 630.3333, Bilha 225, Carmel North 2590, Émile 300, Zebra 950.
    assert total(segmented, everything, "revenue", Filter("segment_8", "is", ("in",))) == Decimal("4695.3333")


def test_a_segment_of_another_time_is_another(segmented, everything) -> None:
    """In 2025 Avi complained but ordered once, Bilha ordered twice and did not complain: nobody is in it."""
    last = Period(date(2025, 1, 1), date(2025, 12, 31))
    assert total(segmented, everything, "revenue", Filter("segment_7", "is", ("in",)), period=last) == 0


def test_the_definition_is_part_of_what_is_kept(truth, everything) -> None:
    """Changing a segment changes its answers at once."""
    inside = Filter("segment_7", "is", ("in",))
    before = total(with_segments(truth, [TWICE]), everything, "revenue", inside)
    after = total(with_segments(truth, [replace(TWICE, filters=TWICE.filters[:1])]), everything, "revenue", inside)
    assert (before, after) == (Decimal("3325"), Decimal("3955.3333"))


def test_a_ready_class_in_a_segment(truth, everything) -> None:
    lost = with_segments(truth, [Segment(1, "x", (Filter("life_stage", "is", ("lost",)),)), Segment(2, "y", (Filter("buying_habit", "is", ("none",)),)),
                                 Segment(3, "z", (Filter("buying_habit", "is_not", ("none",)),))])
    assert total(lost, everything, "revenue", Filter("segment_1", "is", ("in",))) == 110
    assert total(lost, everything, "customers", Filter("segment_2", "is", ("in",))) == 1
    assert total(lost, everything, "customers", Filter("segment_3", "is", ("in",))) == 9


def test_other_filters_do_not_change_who_satisfies_a_condition(truth, everything) -> None:
    """So a member's number is the total of the cut narrowed to it, and its rows are those behind it."""
    cut = Cut(("revenue",), ("branch",), YEAR, filters=(Filter("each.revenue", "top", ("4",)),))
    rows = {r["branch"]: r["revenue"] for r in ask(cut, truth, scope=everything).rows.to_dict("records")}
    # Carmel Ltd 3100, Carmel North 2590, Jaffa 1000 in Eilat; Zebra 950 in Paris.
    assert rows == {"Eilat": Decimal("6690"), "Paris": Decimal("950")}
    for branch, value in rows.items():
        behind = rows_behind(cut.narrowed("branch", branch), truth, scope=everything)
        assert behind.total == value


def test_a_bucket_looked_into_keeps_the_days_of_the_whole(truth, everything) -> None:
    cut = Cut(("revenue",), ("buying_habit",), YEAR, grain="month", filters=(Filter("each.orders", "at_least", ("3",)),))
    # Avi's orders of March, October and November; the month of October alone has one of them.
    cells = {(r["buying_habit"], str(r["period"])[:7]): r["revenue"] for r in ask(cut, truth, scope=everything).rows.to_dict("records")}
    assert cells["regular", "2026-10"] == 400
    october = cut.in_days(Period(date(2026, 10, 1), date(2026, 10, 31)))
    assert rows_behind(october, truth, scope=everything).total == 400
    assert ask(october, truth, scope=everything).totals["revenue"] == 400
    assert total(truth, everything, "revenue", Filter("each.orders", "at_least", ("3",)), period=october.period) == 0
    assert Cut.from_link(october.to_link(), tiny.TODAY) == october


def test_ages_of_a_bucket_are_those_of_the_whole(truth, everything) -> None:
    """Avi turns 26 on the last day; in the whole period's answer he is 26 in every month of it."""
    cut = Cut(("revenue",), ("age",), YEAR, grain="month")
    march = cut.in_days(Period(date(2026, 3, 1), date(2026, 3, 31)))
    assert rows_behind(march.narrowed("age", "26"), truth, scope=everything).total == 110


def test_the_comparison_takes_its_own_days(truth, everything) -> None:
    """Top customers of each period: Carmel Ltd now, Carmel Ltd (1,000 on 5 November 2025) then."""
    answer = ask(Cut(("revenue",), (), YEAR, filters=(Filter("each.revenue", "top", ("1",)),), compare="last_year"), truth, scope=everything)
    assert (answer.totals["revenue"], answer.totals_before["revenue"]) == (3100, 1000)


def test_only_what_a_viewer_may_see_counts(truth) -> None:
    """Paris alone: Émile and Zebra; the top one is Zebra though others bring more elsewhere."""
    paris = Scope(frozenset({4}), None, True)
    assert total(truth, paris, "revenue", Filter("each.revenue", "top", ("1",))) == 950


def test_ages_of_single_customers_stay_hidden(truth) -> None:
    with pytest.raises(InputError, match="personal"):
        total(truth, Scope(None, None, False), "revenue", Filter("each.mean_age", "top", ("1",)))


@pytest.mark.parametrize(("dimension", "op", "values"), [
    ("each.revenue", "is", ("1",)), ("each.revenue", "top", ("0",)), ("each.revenue", "top", ("101%",)), ("each.revenue", "top", ("ten",)),
    ("each.revenue", "at_least", ("1e9",)), ("each.revenue", "at_least", ("1; DROP TABLE customer",)), ("each.revenue", "between", ("1",)),
    ("branch", "top", ("3",)), ("each.revenue", "contains", ("1",)), ("each.revenue", "is_empty", ()), ("each.revenue", "at_least", ("٣",))])
def test_a_condition_that_cannot_be_is_refused(dimension: str, op: str, values: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        Filter(dimension, op, values)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["each.revenue/topic", "each.revenue/interest", "each.revenue/customer", "each.revenue/each.orders", "each.revenue/nothing"])
def test_places_are_within_a_field_of_the_customer(truth, everything, name: str) -> None:
    with pytest.raises((InputError, UnknownName)):
        total(truth, everything, "revenue", Filter(name, "top", ("10%",)))


def test_amounts_have_no_places() -> None:
    with pytest.raises(InputError, match="top or bottom"):
        Filter("each.revenue/party", "at_least", ("3",))


@pytest.mark.parametrize("name", ["each.nothing", "each.revenue@7m", "each.revenue@", "each.", "each._parties"])
def test_a_condition_on_what_is_not_there_is_refused(truth, everything, name: str) -> None:
    if name == "each.revenue@":
        assert total(truth, everything, "revenue", Filter(name, "at_least", ("1000",))) == 6690
        return
    with pytest.raises((InputError, UnknownName)):
        total(truth, everything, "revenue", Filter(name, "at_least", ("1",)))


def test_a_condition_divides_nothing() -> None:
    with pytest.raises(InputError, match="filter"):
        Cut(("revenue",), ("each.revenue",))


def test_a_segment_is_of_customers(truth, everything) -> None:
    wrong = with_segments(truth, [Segment(1, "x", (Filter("topic", "is", ("Billing",)),))])
    with pytest.raises(InputError, match="not a field of the customer"):
        total(wrong, everything, "revenue", Filter("segment_1", "is", ("in",)))
    with pytest.raises(InputError, match="other segments"):
        Segment(1, "x", (Filter("segment_2", "is", ("in",)),))
    with pytest.raises(InputError, match="1 to 12"):
        Segment(1, "x", ())


def test_conditions_are_kept_as_text() -> None:
    assert Segment.conditions_from_text(TWICE.to_text()) == (TWICE.filters, True)
    for broken in ("", "{}", "[]", '{"all": true, "conditions": 3}', '{"all": true, "conditions": ["each.revenue:is:3"]}'):
        with pytest.raises(InputError):
            Segment.conditions_from_text(broken)


@pytest.mark.parametrize(("condition", "said"), [
    (Filter("each.worth", "top", ("10%",)), "the top 10% of customers by worth"),
    (Filter("each.revenue@12m", "at_least", ("12500.50",)), "customers with revenue of 12,500.50 or more, in 12 months"),
    (Filter("each.orders@ever", "below", ("3",)), "customers with orders below 3, ever"),
    (Filter("each.worth@12m/party", "top", ("10%",)), "the top 10% of customers by worth within each person or company, in 12 months"),
    (Filter("each.orders", "between", ("3", "5")), "customers with orders of 3 – 5")])
def test_conditions_are_said(truth, condition: Filter, said: str) -> None:
    assert describe_filter(condition, Words("en"), catalog_for(truth)) == said
