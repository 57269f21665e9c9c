"""The traps other tools fell into, each by its name, on the truth database (figures: README.md)."""
from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.values import values_of
from crm_data.errors import MabatError
from tests.truth import tiny
from tests.truth.asking import by, many, same

YEAR = Period.named("year_to_date", tiny.TODAY)
HAIFA = Scope(frozenset({2}), None, True)
ONE_OF_EACH_FACT = ("revenue", "orders", "contacts", "complaints", "resolution_days", "csat", "opportunities", "won_value", "quotes", "invoiced",
                    "collected", "leads", "cost_to_serve", "open_balance", "overdue_balance", "open_value", "weighted_pipeline",
                    "open_complaints", "customers_total", "new_customers", "customers")


def total(warehouse, scope, measure: str, period: Period = YEAR, *filters: Filter):
    return ask(Cut((measure,), period=period, filters=filters), warehouse, scope=scope).totals[measure]


def test_lost_deals_are_not_revenue(truth, everything) -> None:
    november = Period(date(2026, 11, 1), date(2026, 11, 20))  # one deal closed: lost, 380
    assert total(truth, everything, "won_value", november) == 0
    assert total(truth, everything, "lost_value", november) == 380
    assert total(truth, everything, "won_value") == 4650


def test_lost_deals_and_reentries_count_once_by_stage(truth, everything) -> None:
    stages = by(truth, everything, "opportunities", "stage", YEAR)
    assert stages == {"Qualified": 2, "Proposal": 1, "Negotiation": 1, "Won": 3, "Lost": 2}
    assert sum(stages.values()) == total(truth, everything, "opportunities") == 9


def test_currencies_are_not_added_together(truth, everything) -> None:
    assert by(truth, everything, "revenue", "branch", YEAR)["Paris"] == 1250  # not 75 + 250
    assert by(truth, everything, "won_value", "branch", YEAR)["Paris"] == 950
    assert by(truth, everything, "open_balance", "branch", YEAR)["Paris"] == 570


def test_an_order_is_not_credited_whole_to_each_of_several_people(truth, everything) -> None:
    owners = by(truth, everything, "revenue", "owner", YEAR)
    assert sum(owners.values()) == total(truth, everything, "revenue") == Decimal("9055.3333")
    may = Period(date(2026, 5, 10), date(2026, 5, 10))
    assert by(truth, everything, "revenue", "owner", may) == {"Omer": 600, "Noa": 400}
    assert sum(by(truth, everything, "gross_profit", "owner", may).values()) == 500
    assert sum(by(truth, everything, "units", "team", may).values()) == 1


def test_weighted_pipeline_is_not_sum_times_mean_probability(truth, everything) -> None:
    assert total(truth, everything, "weighted_pipeline") == 200 * Decimal("0.5") + 5000 * Decimal("0.8")


def test_monthly_distinct_customers_are_not_added_up(truth, everything) -> None:
    months = by(truth, everything, "customers", "month", YEAR)
    assert len(months) == 11 and sum(months.values()) == 32
    answer = ask(Cut(("customers",), period=YEAR, grain="month"), truth, scope=everything)
    assert answer.totals["customers"] == 10


def test_customers_are_distinct_across_facts(truth, everything) -> None:
    """Carmel Ltd has orders, contacts, opportunities, invoices, payments and a complaint: one customer."""
    carmel = Filter("customer", "is", ("3",))
    assert total(truth, everything, "customers", YEAR, carmel) == 1
    assert by(truth, everything, "customers", "branch", YEAR) == {"Haifa": 3, "Eilat": 4, "Paris": 2, None: 1}


def test_customer_invoice_contact_join_does_not_inflate(truth, everything) -> None:
    """Many facts in one cut, by what a customer has several of: each number as when asked alone."""
    measures = ("revenue", "orders", "invoiced", "collected", "contacts", "complaints", "customers", "open_balance", "cost_to_serve", "worth")
    for dimension in ("customer", "interest"):
        together = ask(Cut(measures, (dimension,), period=YEAR), truth, scope=everything)
        for m in measures:
            alone = by(truth, everything, m, dimension, YEAR)
            found = {r[dimension]: r[m] for r in together.rows.to_dict("records")}
            assert {k: v for k, v in found.items() if v} == {k: v for k, v in alone.items() if v}, (m, dimension)
            assert together.totals[m] == total(truth, everything, m)


def test_three_interests_do_not_triple_a_customer(truth, everything) -> None:
    three = Filter("interest", "is", ("Football", "Chess", "Travel"))
    assert total(truth, everything, "revenue", YEAR, three) == Decimal("855.3333")
    assert total(truth, everything, "customers", YEAR, three) == 2
    assert total(truth, everything, "contacts", YEAR, three) == 4
    assert by(truth, everything, "revenue", "interest", YEAR)["Football"] == Decimal("855.3333")


def test_mean_of_means(truth, everything) -> None:
    means = [float(v) for v in by(truth, everything, "average_order", "branch", YEAR).values()]
    mean_of_means = sum(means) / len(means)
    found = total(truth, everything, "average_order")
    assert abs(float(found) - 9055.3333 / 13) < 1e-9 and abs(float(found) - mean_of_means) > 100


def test_ratio_totals_are_not_summed(truth, everything) -> None:
    answer = ask(Cut(("win_rate", "gross_margin", "nps", "mean_age"), ("branch",), period=YEAR), truth, scope=everything)
    assert answer.totals["win_rate"] == pytest.approx(0.6)
    assert answer.totals["gross_margin"] == pytest.approx(4665.3333 / 9055.3333)
    assert answer.totals["nps"] == 0 and answer.totals["mean_age"] == pytest.approx(41)


def test_a_running_period_is_not_compared_with_a_whole_one(truth, everything) -> None:
    for period in (Period.named("month_to_date", tiny.TODAY), Period.named("this_month", tiny.TODAY)):
        answer = ask(Cut(("revenue",), period=period, compare="previous"), truth, scope=everything)
        assert (answer.period_before.first, answer.period_before.last) == (date(2026, 10, 1), date(2026, 10, 20))
        assert answer.totals_before["revenue"] == 2990  # not 3105 of the whole of October


def test_a_partial_week_is_not_compared_with_a_whole_one(truth, everything) -> None:
    """Sunday 15 to Saturday 21 November, on Friday the 20th: against Sunday 8 to Friday 13."""
    week = Period(date(2026, 11, 15), date(2026, 11, 21))
    answer = ask(Cut(("revenue",), period=week, compare="previous"), truth, scope=everything)
    assert (answer.period_before.first, answer.period_before.last) == (date(2026, 11, 8), date(2026, 11, 13))


def test_a_running_half_year_is_compared_with_the_half_before(truth, everything) -> None:
    half = Period(date(2026, 7, 1), date(2026, 12, 31))
    answer = ask(Cut(("revenue",), period=half, compare="previous"), truth, scope=everything)
    assert (answer.period_before.first, answer.period_before.last) == (date(2026, 1, 1), date(2026, 5, 20))


def test_29_february_against_last_year(truth, everything) -> None:
    def before(first: date, last: date):
        p = ask(Cut(("revenue",), period=Period(first, last), compare="last_year"), truth, scope=everything).period_before
        return p.first, p.last
    assert before(date(2024, 2, 29), date(2024, 2, 29)) == (date(2023, 2, 28), date(2023, 2, 28))
    assert before(date(2024, 2, 1), date(2024, 2, 29)) == (date(2023, 2, 1), date(2023, 2, 28))
    assert before(date(2025, 2, 1), date(2025, 2, 28)) == (date(2024, 2, 1), date(2024, 2, 29))


def test_weeks_start_on_sunday(truth, everything) -> None:
    weeks = by(truth, everything, "revenue", "week", Period(date(2026, 3, 23), date(2026, 4, 3)))
    assert weeks == {date(2026, 3, 22): 110, date(2026, 3, 29): 110}


def test_the_day_is_the_branchs_day_not_utc(truth, everything) -> None:
    """O-10 was placed at 21:30 UTC on Saturday: Sunday 0 o'clock in Haifa."""
    days = by(truth, everything, "orders", "day", Period(date(2026, 3, 28), date(2026, 3, 29)))
    assert days == {date(2026, 3, 28): 1, date(2026, 3, 29): 1}


def test_empty_periods_appear(truth, everything) -> None:
    months = by(truth, everything, "revenue", "month", YEAR)
    assert list(months) == [date(2026, m, 1) for m in range(1, 12)]
    assert [m for m, v in months.items() if v == 0] == [date(2026, 4, 1), date(2026, 7, 1), date(2026, 9, 1)]
    rates = by(truth, everything, "win_rate", "month", YEAR)
    assert rates[date(2026, 1, 1)] is None and rates[date(2026, 11, 1)] == 0  # none closed is not a rate of 0
    empty = by(truth, everything, "customers", "month", Period(date(2023, 1, 1), date(2023, 3, 31)))
    assert list(empty.values()) == [0, 0, 0]


def test_a_bucket_is_the_cut_of_its_own_days(truth, everything) -> None:
    """For every measure: March of the year by month is March asked alone (ages and balances at the month's own end)."""
    names = tuple(catalog_for(truth).measures)
    months = many(truth, everything, names, "month", YEAR)
    for first, last in ((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 11, 1), date(2026, 11, 20))):
        alone = many(truth, everything, names, "", Period(first, last))
        assert [m for m in names if not same(months[m][first], alone[m][None])] == [], first


def test_a_measure_asked_alone_or_among_others_is_the_same(truth, everything) -> None:
    names = tuple(catalog_for(truth).measures)
    together = many(truth, everything, names, "branch", YEAR)
    for m in names:
        alone = by(truth, everything, m, "branch", YEAR)
        assert {k: v for k, v in together[m].items() if v} == {k: v for k, v in alone.items() if v}, m


def test_top_n_with_the_others(truth, everything) -> None:
    answer = ask(Cut(("revenue", "orders", "customers", "average_order"), ("customer",), period=YEAR, limit=2), truth, scope=everything)
    assert answer.rows["customer"].tolist() == ["Carmel Ltd", "Carmel North"]
    assert answer.rows["customer_id"].tolist() == [3, 4]
    assert answer.rows["revenue"].tolist() == [3100, 2590]
    assert answer.others["revenue"] == Decimal("3365.3333") and answer.others["orders"] == 10
    assert answer.others["average_order"] == pytest.approx(336.53333)  # of the others, not what is left of the total
    assert answer.totals["revenue"] == Decimal("9055.3333")


def test_top_n_keeps_its_members_in_every_bucket_and_before(truth, everything) -> None:
    cut = Cut(("revenue",), ("branch",), period=YEAR, grain="quarter", compare="last_year", limit=1)
    answer = ask(cut, truth, scope=everything)
    assert set(answer.rows["branch"]) == {"Eilat"} and len(answer.rows) == 4
    assert set(answer.before["branch"]) <= {"Eilat"}
    assert answer.others["revenue"] == Decimal("9055.3333") - 6800
    assert answer.others_before["revenue"] == 380  # Haifa 180 + 200 of 2025


def test_unknown_members_are_shown_and_kept(truth, everything) -> None:
    assert by(truth, everything, "revenue", "city", YEAR)[None] == 150
    assert total(truth, everything, "revenue", YEAR, Filter("city", "is_empty")) == 150
    assert total(truth, everything, "revenue", YEAR, Filter("city", "is_not", ("Haifa",))) == 5610
    assert total(truth, everything, "revenue", YEAR, Filter("customer_type", "is_not", ("Small firms",))) == Decimal("1415.3333")
    assert total(truth, everything, "revenue", YEAR, Filter("newsletter", "is_not", ("yes",))) == Decimal("5835")


@pytest.mark.parametrize(("dimension", "values"), [("city", ("Haifa",)), ("interest", ("Chess",)), ("customer_type", ("Small firms",)),
                                                   ("branch", ("Haifa",)), ("newsletter", ("yes",)), ("order_channel", ("web",)),
                                                   ("owner", ("Noa",)), ("product_category", ("Courses",)), ("age_band", ("25-34",))])
def test_is_and_is_not_make_the_whole(truth, everything, dimension, values) -> None:
    parts = [total(truth, everything, "revenue", YEAR, Filter(dimension, op, values)) for op in ("is", "is_not")]
    assert sum(parts) == Decimal("9055.3333")


def test_coverage_of_what_people_refuse_to_tell(truth, everything) -> None:
    answer = ask(Cut(("mean_age",), period=YEAR), truth, scope=everything)
    assert answer.coverage["mean_age"] == {"known": 4, "total": 10}
    costs = ask(Cut(("cost_of_goods",), period=YEAR), truth, scope=everything).coverage["cost_of_goods"]
    assert costs == {"known": 14, "total": 15}


def test_unpriced_activities_are_said(truth, everything) -> None:
    """2026 to date: 13 contacts, 4 complaints, 14 orders, 1 return, 13 deliveries, 4 late allocations; 5 contacts have no rate."""
    coverage = ask(Cut(("cost_to_serve",), period=YEAR), truth, scope=everything).coverage["cost_to_serve"]
    assert coverage == {"known": 44, "total": 49}


def test_a_part_that_is_not_known_is_not_nothing(truth, everything) -> None:
    """The warranty's cost is unknown, so its profit is; what is known adds up, and revenue always does."""
    parts = many(truth, everything, ("revenue", "cost_of_goods", "gross_profit"), "product", YEAR)
    assert parts["cost_of_goods"]["Warranty"] is None and parts["gross_profit"]["Warranty"] is None
    assert parts["revenue"]["Warranty"] == 100 and sum(parts["revenue"].values()) == Decimal("9055.3333")
    assert sum(v for v in parts["cost_of_goods"].values() if v is not None) == 4390


def test_members_of_customers_without_a_since_day_can_be_chosen(truth, everything) -> None:
    assert "married" in [v.value for v in values_of("marital_status", truth, scope=everything)]  # only Dov is


def test_target_of_a_parent_group_is_not_zero(truth, everything) -> None:
    """Head Office sells nothing itself; its target is reached by the branches below it."""
    targets = pytest.importorskip("crm_data.analysis.targets")
    from crm_data.analysis.target_store import Goal, Target
    goal = Goal("revenue", date(2026, 1, 1), date(2026, 12, 31), "branch", "Head Office")
    found, refused = targets.progress([Target(goal, 10000.0)], truth, scope=everything, on=tiny.TODAY)
    assert not refused and found[0].pace.actual == pytest.approx(8905.3333)


def test_rows_behind_keep_the_filters(truth, everything) -> None:
    cut = Cut(("revenue",), period=YEAR, filters=(Filter("customer_type", "is", ("Students",)), Filter("order_channel", "is_not", ("web",))))
    behind = rows_behind(cut, truth, scope=everything)
    assert behind.total == ask(cut, truth, scope=everything).totals["revenue"] == Decimal("230.3333")
    assert set(behind.rows["customer"]) == {"Avi Cohen"} and sum(behind.rows["value"]) == behind.total


def test_rows_behind_add_up_to_every_number(truth, everything) -> None:
    catalog = catalog_for(truth)
    for name, measure in catalog.measures.items():
        behind = rows_behind(Cut((name,), period=YEAR), truth, scope=everything)
        if behind.exact:
            assert behind.total == total(truth, everything, name), name
            assert sum((Fraction(v) for v in behind.rows["value"] if v is not None), Fraction(0)) == Fraction(behind.total), name
        assert measure.adds_up or not behind.exact or name == "customers"


def canary_in(frame) -> bool:
    return "canary" in frame.to_csv().lower()


def test_no_statement_without_the_access_filter(truth) -> None:
    """Seen from Haifa nothing of Paris appears: not in a row, not in a total, not in the rows behind, not in what can be chosen."""
    catalog, names = catalog_for(truth), tuple(catalog_for(truth).measures)
    filtered = many(truth, Scope.everything(), names, "", YEAR, (Filter("branch", "is", ("#2",)),))
    assert many(truth, HAIFA, names, "", YEAR) == filtered
    for name in names:
        assert not canary_in(rows_behind(Cut((name,), period=YEAR), truth, scope=HAIFA).rows), name
    for dimension in catalog.dimensions:
        able = tuple(m for m in ONE_OF_EACH_FACT if catalog.can_cut(m, dimension))
        assert not canary_in(ask(Cut(able, (dimension,), period=YEAR), truth, scope=HAIFA).rows), dimension
    for dimension in ("customer", "branch"):
        answer = ask(Cut(("revenue", "customers"), (dimension,), period=YEAR, compare="last_year", limit=2), truth, scope=HAIFA)
        assert not canary_in(answer.rows) and not canary_in(answer.before) and answer.others in (None, {"revenue": 0, "customers": 1})
    for dimension in catalog.dimensions:
        assert not [v for v in values_of(dimension, truth, scope=HAIFA) if "canary" in f"{v.value}{v.label}".lower()]
    assert [v.value for v in values_of("branch", truth, scope=HAIFA)] == ["Haifa"]


def test_a_scope_of_no_branch_sees_nothing(truth) -> None:
    nobody = Scope(frozenset(), None, False)
    answer = ask(Cut(("revenue", "customers", "open_balance", "contacts"), ("customer",), period=YEAR), truth, scope=nobody)
    assert answer.rows.empty and not any(answer.totals.values())


def test_owner_scope_sees_its_own_share(truth) -> None:
    noa = Scope(None, frozenset({4}), True)
    assert ask(Cut(("revenue",), period=YEAR), truth, scope=noa).totals["revenue"] == Decimal("1373.33506")
    assert set(by(truth, noa, "revenue", "owner", YEAR)) == {"Noa"}


def test_names_are_hidden_without_the_right_to_personal_data(truth) -> None:
    plain = Scope(None, None, False)
    names = by(truth, plain, "revenue", "customer", YEAR)
    assert set(names) == {"C-001", "C-002", "C-003", "C-004", "C-005", "C-006", "C-007", "C-011", "C-012"}
    assert "Avi Cohen" not in rows_behind(Cut(("revenue",), period=YEAR), truth, scope=plain).rows.to_csv()
    with pytest.raises(MabatError):
        ask(Cut(("mean_age",), ("customer",), period=YEAR), truth, scope=plain)
    with pytest.raises(MabatError):
        by(truth, plain, "revenue", "age", YEAR)


def test_a_measure_that_cannot_be_cut_says_which_can(truth, everything) -> None:
    with pytest.raises(MabatError, match="contacts"):
        ask(Cut(("revenue",), ("topic",), period=YEAR), truth, scope=everything)
    with pytest.raises(MabatError, match="Did you mean “revenue”"):
        ask(Cut(("revenu",), period=YEAR), truth, scope=everything)
