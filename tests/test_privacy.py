"""Small cells: hidden for roles without personal data, never alone in a line; rows and member lists keep to the same rule."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from crm_data.cuts import query
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.behind import rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.people import ALL, people
from crm_data.cuts.periods import Period
from crm_data.cuts.privacy import OTHERS, Counts, guarded, hidden_cells, protected, related
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.values import values_of
from crm_data.errors import InputError

NOBODY, EVERYTHING = Scope(None, None, False), Scope.everything()
YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


def seen(cut: Cut, warehouse, scope: Scope = NOBODY) -> Answer:
    return guarded(cut, warehouse, scope, query._answer)


def counted(warehouse, cut: Cut, scope: Scope = EVERYTHING):
    with warehouse.engine.connect() as connection:
        return people(cut, connection, scope=scope, catalog=catalog_for(warehouse), reach=used_dimensions(cut))


# Which cells ------------------------------------------------------------------------------------------------------------
def test_what_rests_on_enough_is_shown():
    assert hidden_cells({("a",): 5, ("b",): 0, (ALL,): 5}) == set()


def test_a_small_cell_takes_the_next_smallest_with_it():
    assert hidden_cells({("a",): 3, ("b",): 20, ("c",): 9, (ALL,): 32}) == {("a",), ("c",)}


def test_two_small_cells_need_no_third_unless_together_they_are_small_too():
    assert hidden_cells({("a",): 3, ("b",): 4, ("c",): 9, (ALL,): 16}) == {("a",), ("b",)}
    assert hidden_cells({("a",): 1, ("b",): 2, ("c",): 9, ("d",): 30, (ALL,): 42}) == {("a",), ("b",), ("c",)}


def test_a_small_total_hides_all_of_its_parts():
    assert hidden_cells({("a",): 1, ("b",): 2, (ALL,): 3}) == {("a",), ("b",), (ALL,)}
    assert hidden_cells({(): 4}) == {()} and hidden_cells({(): 5}) == set() and hidden_cells({}) == set()


def table(rows: list[list[int]]) -> dict[tuple, int]:
    cells = {(r, c): n for r, line in enumerate(rows) for c, n in enumerate(line) if n}
    cells |= {(r, ALL): sum(line) for r, line in enumerate(rows)} | {(ALL, c): sum(column) for c, column in enumerate(zip(*rows, strict=True))}
    return cells | {(ALL, ALL): sum(map(sum, rows))}


def solved(cells: dict[tuple, int], hidden: set[tuple]) -> set[tuple]:
    """Hidden cells found by subtracting along rows and columns, again and again."""
    unknown = set(hidden)
    while True:
        found = set()
        for key in unknown:
            for axis, member in enumerate(key):
                total = (*key[:axis], ALL, *key[axis + 1:])
                line = [total] + [k for k in cells if k[:axis] + k[axis + 1:] == total[:axis] + total[axis + 1:] and k[axis] is not ALL]
                found |= {key} if member is not ALL and [k for k in line if k in unknown] == [key] else set()
                if member is ALL:
                    whole = [k for k in cells if k[:axis] + k[axis + 1:] == key[:axis] + key[axis + 1:] and k[axis] is not ALL]
                    found |= {key} if whole and not any(k in unknown for k in whole) else set()
        if not found:
            return hidden - unknown
        unknown -= found


@pytest.mark.parametrize("rows", [[[3, 20, 30], [40, 25, 10], [7, 9, 60]], [[3, 20, 0], [0, 25, 10], [7, 0, 60]], [[1, 6], [6, 6]],
                                  [[2, 0, 9], [9, 9, 0], [0, 9, 9]], [[3, 8], [9, 0]]])
def test_rows_and_columns_both_keep_the_secret(rows):
    cells = table(rows)
    hidden = hidden_cells(cells)
    assert {k for k, n in cells.items() if 0 < n < 5} <= hidden and not solved(cells, hidden)
    for axis in (0, 1):
        for line in {k[axis] for k in cells if k[axis] is not ALL}:
            away = [k for k in cells if k[axis] == line and k in hidden]
            assert len(away) != 1


def test_a_three_by_three_table_by_hand():
    """3 in the corner; next in its row 20, next in its column 7; the square is closed by 25."""
    assert hidden_cells(table([[3, 20, 30], [40, 25, 10], [7, 9, 60]])) == {(0, 0), (0, 1), (2, 0), (2, 1)}


def test_a_cut_by_one_dimension_hides_the_totals_its_division_hides():
    cells = table([[1, 2], [20, 30], [6, 40]])
    alone = hidden_cells({(k[0],): n for k, n in cells.items() if k[1] is ALL})
    assert alone == {(0,), (2,)}
    assert {(k[0],) for k in hidden_cells(cells) if k[1] is ALL and k[0] is not ALL} == alone


def test_what_a_top_n_left_out_is_no_way_round():
    counts = {("a",): 50, ("b",): 3, ("c",): 9, ("d",): 2, (ALL,): 64}
    assert hidden_cells(counts, kept=["a", "b"], others=11) == {("b",), ("d",), OTHERS}
    assert hidden_cells(counts, kept=["a", "c"], others=5) == {("b",), ("d",)}


def test_days_of_a_balance_are_not_parts_of_it():
    assert hidden_cells({(1,): 3, (2,): 9, (ALL,): 9}, flat=(0,)) == {(1,)}


def test_measures_that_share_parts_are_hidden_together(truth):
    catalog = catalog_for(truth)
    groups = related(("revenue", "csat", "orders", "average_order", "won", "contacts"), catalog)
    assert sorted(map(sorted, groups)) == [["average_order", "orders", "revenue"], ["contacts"], ["csat"], ["won"]]


# An answer ----------------------------------------------------------------------------------------------------------------
def answer(values: list, limit: int | None = None, others=None) -> Answer:
    frame = pd.DataFrame({"city": pd.Series(["a", "b", "c", None], dtype=object), "revenue": pd.Series(values, dtype=object)})
    return Answer(Cut(("revenue",), ("city",), YEAR, limit=limit), frame, {"revenue": Decimal(100)}, YEAR, YEAR.last, "s", others=others,
                  coverage={"city": {"known": 98, "total": 100}, "gender": {"known": 60, "total": 100}})


def test_an_answer_loses_its_small_cells_and_says_how_many():
    counts = Counts({("a",): {"revenue": 40}, ("b",): {"revenue": 2}, ("c",): {"revenue": 8}, (None,): {"revenue": 30}, (ALL,): {"revenue": 80}})
    plain = answer([40, 30, 20, 10])
    told = protected(plain, counts, None, [["revenue"]], {})
    assert told.rows["revenue"].tolist() == [40, 10, None, None] and told.rows["city"].tolist() == ["a", None, "b", "c"]
    assert told.totals == {"revenue": 100} and told.hidden == {("rows", 2, "revenue"), ("rows", 3, "revenue")} and told.hidden_count == 2
    # What is known of 98 of 100 customers would tell of the two.
    assert set(told.coverage) == {"gender"}
    assert plain.rows["revenue"].tolist() == [40, 30, 20, 10], "answers are shared: the one given stays as it was"


# The statement ------------------------------------------------------------------------------------------------------------
def test_people_behind_the_paper_firm(truth):
    """Worked on paper: revenue of 2026 is of nine customers; Paris has Carmel North, Zebra and nobody else."""
    found = counted(truth, Cut(("revenue", "customers", "orders"), ("branch",), YEAR))
    assert found[(ALL,)]["customers"] == 10 and found[(ALL,)]["revenue"] == found[(ALL,)]["orders"] == 9
    for dimension in ("branch", "customer_type", "owner", "product", "interest", "age_band"):
        cut = Cut(("revenue",), (dimension,), YEAR)
        found = counted(truth, cut)
        for row in query.ask(cut, truth, scope=Scope.everything()).rows.to_dict("records"):
            behind = rows_behind(cut.narrowed(dimension, None if row[dimension] is None else str(row[dimension])), truth, scope=Scope.everything())
            assert found[(row.get(f"{dimension}_id", row[dimension]),)]["revenue"] == behind.customers, (dimension, row)


@pytest.mark.parametrize("measure", ["open_balance", "open_complaints", "customers_total", "weighted_pipeline"])
def test_people_behind_a_balance_are_those_of_whom_something_stands(truth, measure):
    cut = Cut((measure,), (), Period(date(2026, 3, 1), date(2026, 8, 31)), "month")
    found = counted(truth, cut)
    for row in query.ask(cut, truth, scope=Scope.everything()).rows.to_dict("records"):
        end = min((pd.Timestamp(row["period"]) + pd.offsets.MonthEnd(0)).date(), cut.period.last)
        behind = rows_behind(replace(cut, grain=None, period=Period(row["period"], end)), truth, scope=Scope.everything())
        assert found.get((row["period"],), {measure: 0})[measure] == behind.customers
    assert found.get((ALL,), {measure: 0}) == found.get((date(2026, 8, 1),), {measure: 0})


def test_the_paper_firm_is_too_small_to_be_cut(truth):
    told = seen(Cut(("revenue",), ("branch",), YEAR), truth)
    assert told.rows["revenue"].isna().all() and told.totals["revenue"] == Decimal("9055.3333") and told.hidden_count == len(told.rows)


def test_single_customers_are_never_shown(truth):
    told = seen(Cut(("revenue", "orders"), ("customer",), YEAR, limit=3, compare="last_year"), truth)
    assert told.rows["revenue"].isna().all() and told.rows["orders"].isna().all() and told.before["revenue"].isna().all()
    assert told.others == {"revenue": None, "orders": None} and told.rows["customer"].tolist() == sorted(told.rows["customer"])
    alone = seen(Cut(("revenue", "customers", "_age_sum"), period=YEAR, filters=(Filter("customer", "is", ("1",)),)), truth)
    assert set(alone.totals.values()) == {None} and alone.rows.iloc[0].isna().all()


def test_who_may_see_persons_sees_every_cell(noise, everything):
    cut = Cut(("revenue", "csat"), ("branch",), Period.named("last_year", noise.as_of))
    whole, told = query.ask(cut, noise, scope=everything), seen(cut, noise)
    assert not whole.hidden and told.totals.keys() == whole.totals.keys()
    for row in told.rows.to_dict("records"):
        match = whole.rows[whole.rows["branch_id"].map(repr) == repr(row["branch_id"])].iloc[0]
        assert row["revenue"] in (None, match["revenue"])


# Rows and members ----------------------------------------------------------------------------------------------------------
def test_rows_of_a_few_customers_are_refused(truth, everything):
    cut = Cut(("revenue",), period=YEAR)
    assert rows_behind(cut, truth, scope=NOBODY).customers == 9
    haifa = cut.narrowed("branch", "Haifa")
    assert rows_behind(haifa, truth, scope=everything).customers == 2
    with pytest.raises(InputError, match="fewer than 5 customers"):
        rows_behind(haifa, truth, scope=NOBODY)


def test_member_lists_show_no_small_counts(truth, everything):
    for dimension in ("branch", "customer_type", "city", "customer"):
        whole = {v.value: v.count for v in values_of(dimension, truth, scope=everything)}
        for one in values_of(dimension, truth, scope=NOBODY):
            assert one.count is None or one.count >= 5
            assert one.value not in whole or one.count == (whole[one.value] if whole[one.value] >= 5 else None)
