"""Pivots over the truth database, against the paper: tests/truth/README.md."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_data.analysis.pivot import pivot
from crm_data.analysis.pivot_shape import Part, layout
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError

TOTAL, OTHERS = Part.TOTAL, Part.OTHERS
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))
HAIFA, EILAT, PARIS = 2, 3, 4


def values(found, measure: str, line: tuple = ()) -> list[float]:
    """A line's cells and its total."""
    return [float(found.at(line, c).now[measure]) for c in (*found.columns, TOTAL)]


@pytest.mark.parametrize("by, grain, expected", [
    ((), None, ((), "")), ((), "month", (("period",), "")), (("branch",), None, (("branch",), "")), (("branch",), "month", (("branch",), "period")),
    (("branch", "party"), None, (("branch",), "party")), (("branch", "party"), "year", (("branch", "party"), "period")),
    (("branch", "party", "gender"), None, (("branch", "gender"), "party")), (("branch", "party", "gender"), "year", (("branch", "party", "gender"), "period"))])
def test_a_further_dimension_splits_the_rows(by, grain, expected):
    assert layout(Cut(("revenue",), by, grain=grain)) == expected


def test_a_number_alone_is_its_own_corner(truth, everything):
    found = pivot(Cut(("revenue", "orders"), period=YEAR), truth, scope=everything)
    assert found.lines == () and found.columns == ()
    assert found.at().now == {"revenue": Decimal("9055.3333"), "orders": 13}


def test_members_by_quarter_with_totals_of_both_sides(truth, everything):
    found = pivot(Cut(("revenue",), ("branch",), YEAR, "quarter", compare="last_year"), truth, scope=everything)
    assert found.lines == ((EILAT,), (PARIS,), (HAIFA,), (None,)) and found.columns == (0, 1, 2, 3)
    assert values(found, "revenue", (EILAT,)) == [2000, 1110, 0, 3690, 6800]
    assert values(found, "revenue") == [2670, 1110, 950, 4325.3333, 9055.3333]
    assert [h.start for h in found.heads["period"].values()] == [date(2026, m, 1) for m in (1, 4, 7, 10)]
    before = ask(Cut(("revenue",), period=Period(date(2025, 1, 1), date(2025, 11, 20))), truth, scope=everything).totals["revenue"]
    assert found.compared and found.at().before["revenue"] == before == 1380


def test_totals_are_of_the_same_facts_as_the_cells(truth, everything):
    """Ten customers have business this year, seven of them contacts: by topic the total is seven."""
    found = pivot(Cut(("customers",), ("topic", "branch"), YEAR), truth, scope=everything)
    assert found.at().now["customers"] == 7 != ask(Cut(("customers",), period=YEAR), truth, scope=everything).totals["customers"]
    assert {line[0]: found.at(line).now["customers"] for line in found.lines} == {"Product": 3, "Billing": 1, "Delivery": 1, None: 2}
    # Haifa: Avi, Bilha and Ilan; Paris: Émile and Zebra; Eilat: Carmel Ltd; Dov has no branch.
    assert {c: found.at((), c).now["customers"] for c in found.columns} == {HAIFA: 3, PARIS: 2, EILAT: 1, None: 1}
    assert found.at(("Product",), HAIFA).now["customers"] == 1 and found.at(("Billing",), PARIS).now["customers"] == 0


def test_an_order_of_two_categories_is_one_order_in_the_total(truth, everything):
    """O-17 holds hardware and a course, O-6 hardware and a warranty: fifteen in the cells' rows, thirteen orders."""
    found = pivot(Cut(("orders",), ("product_category", "customer_type"), YEAR), truth, scope=everything)
    assert {line[0]: found.at(line).now["orders"] for line in found.lines} == {"Courses": 9, "Hardware": 5, None: 1}
    assert values(found, "orders") == [5, 4, 3, 1, 13]
    assert [found.at((line[0],), "Small firms").now["orders"] for line in found.lines] == [1, 5, 1]


def test_what_is_left_out_is_asked_with_shared_credit_right(truth, everything):
    """Of the people beside Omer and Dana: Noa 1,373.33506 and three orders, Claire 1,250 and two, nobody's 150 and one."""
    found = pivot(Cut(("revenue", "orders"), ("owner",), YEAR, limit=2), truth, scope=everything)
    assert found.lines == ((2,), (1,), (OTHERS,))
    assert found.at((OTHERS,)).now == {"revenue": Decimal("2773.33506"), "orders": 6}
    assert found.at().now["orders"] == 13 and sum(found.at(line).now["revenue"] for line in found.lines) == found.at().now["revenue"]


def test_a_customer_of_two_interests_left_out_stands_once_among_the_others(truth, everything):
    found = pivot(Cut(("revenue", "customers"), ("interest",), YEAR, limit=1), truth, scope=everything)
    assert found.lines == ((None,), (OTHERS,))
    # Avi with three interests and Bilha with one.
    assert found.at((OTHERS,)).now == {"revenue": Decimal("855.3333"), "customers": 2}


def test_others_in_every_column(truth, everything):
    found = pivot(Cut(("revenue", "average_order"), ("branch",), YEAR, "quarter", limit=2, compare="last_year"), truth, scope=everything)
    assert found.lines == ((EILAT,), (PARIS,), (OTHERS,))
    assert values(found, "revenue", (OTHERS,)) == [370, 0, 0, 635.3333, 1005.3333]
    # Haifa's five orders and Dov's one; an average of the whole, not of averages.
    assert found.at((OTHERS,)).now["average_order"] == pytest.approx(1005.3333 / 6)
    assert found.at((OTHERS,), 1).now["average_order"] is None


def test_columns_beyond_twelve_are_one_asked_column(demo, everything):
    period = Period.named("year_to_date", demo.as_of)
    cut = Cut(("customers",), ("customer_type", "product"), period)
    found = pivot(cut, demo, scope=everything)
    assert len(found.columns) == 13 and found.columns[-1] is OTHERS
    every = ask(Cut(("customers",), ("product",), period), demo, scope=everything).rows["product_id"]
    rest = tuple(f"#{k}" for k in every if k is not None and k not in found.columns)
    line = found.lines[0]
    alone = ask(Cut(("customers",), ("customer_type", "product"), period, filters=(
        Filter("customer_type", "is", (str(line[0]),)), Filter("product", "is", rest))), demo, scope=everything)
    assert found.at(line, OTHERS).now["customers"] == alone.totals["customers"] < sum(alone.rows["customers"])


def test_three_dimensions_keep_the_table_of_two_as_subtotals(truth, everything):
    two = pivot(Cut(("revenue", "customers"), ("branch", "customer_type"), YEAR), truth, scope=everything)
    three = pivot(Cut(("revenue", "customers"), ("branch", "customer_type", "gender"), YEAR), truth, scope=everything)
    assert [line for line in three.lines if len(line) == 1] == list(two.lines)
    for line in (*two.lines, ()):
        assert all(three.at(line, c).now == two.at(line, c).now for c in (*two.columns, TOTAL))
    haifa = [line for line in three.lines if line[0] == HAIFA]
    assert haifa[0] == (HAIFA,) and {line[1] for line in haifa[1:]} == {"male", "female"}
    assert sum(three.at(line).now["revenue"] for line in haifa[1:]) == three.at((HAIFA,)).now["revenue"] == Decimal("855.3333")


def test_a_member_only_the_comparison_has_appears(truth, everything):
    """July 2026 sold nothing, June one order less ...: who sold last year and not now stands with nothing."""
    cut = Cut(("revenue",), ("branch", "party"), Period(date(2026, 7, 1), date(2026, 7, 31)), compare="previous")
    found = pivot(cut, truth, scope=everything)
    earlier = ask(Cut(("revenue",), ("branch",), found.answer.period_before), truth, scope=everything).rows
    assert {line[0] for line in found.lines} == set(earlier["branch_id"]) != set()
    assert all(found.at(line).now["revenue"] == 0 and found.at(line).before["revenue"] for line in found.lines)


def test_what_stands_on_a_day_stands_at_the_end_in_the_total(truth, everything):
    found = pivot(Cut(("open_balance",), ("branch",), YEAR, "quarter"), truth, scope=everything)
    assert values(found, "open_balance", (EILAT,)) == [500, 1300, 1300, 2890, 2890]
    assert values(found, "open_balance")[-1] == pytest.approx(3675.3333)


def test_a_scope_holds_in_every_cell(truth):
    from crm_data.cuts.access import Scope
    found = pivot(Cut(("revenue",), ("branch", "party"), YEAR, limit=1), truth, scope=Scope(frozenset({HAIFA}), None, True))
    assert found.lines == ((HAIFA,),) and found.at().now["revenue"] == Decimal("855.3333")


def test_what_cannot_be_asked_is_a_sentence(truth, everything):
    with pytest.raises(InputError, match="cannot be cut"):
        pivot(Cut(("won",), ("topic", "branch"), YEAR), truth, scope=everything)


def test_few_customers_are_hidden_from_roles_without_personal_data(demo, everything):
    """No number on fewer than five customers, at any level, and none found by taking the rest of its line from its total."""
    from crm_data.cuts.access import Scope
    period = Period.named("last_12_months", demo.as_of)
    cut = Cut(("revenue", "customers"), ("branch", "customer_type"), period)
    full, seen = (pivot(cut, demo, scope=scope) for scope in (everything, Scope(None, None, False)))
    small = {place for place, cell in full.cells.items() if 0 < cell.now["customers"] < 5}
    hidden = {place for place, cell in seen.cells.items() if cell.now["revenue"] is None}
    assert small and {place for place in small if place[1] is TOTAL or place[0]} <= hidden
    assert all(cell.now == full.cells[place].now for place, cell in seen.cells.items() if place not in hidden and cell.now["customers"] is not None)
    for line in full.lines:
        alone = [c for c in (*full.columns, TOTAL) if (line, c) in hidden]
        assert len(alone) != 1, line


def test_a_single_customer_is_never_shown_to_them(demo):
    from crm_data.cuts.access import Scope
    found = pivot(Cut(("revenue",), ("customer",), Period.named("last_12_months", demo.as_of), limit=5), demo, scope=Scope(None, None, False))
    assert all(cell.now["revenue"] is None for (line, _), cell in found.cells.items() if line) and found.at().now["revenue"]
