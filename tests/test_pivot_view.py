"""Pivots as tables: modes, why a share is refused, marks, shading, texts and files."""
from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest

from crm_data.analysis.pivot import pivot
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.output.figure_marks import mark_filters
from crm_data.output.formats import Formats
from crm_data.output.pivot_view import MEMBER, TOTAL, cell_words, pivot_view, refusal
from crm_data.output.tables import to_csv, to_xlsx
from crm_data.output.views import View
from crm_data.output.words import Words

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


@pytest.fixture
def view(truth):
    words = Words("en")
    return View(words, Formats(words, "ILS"), catalog_for(truth))


@pytest.fixture
def quarters(truth, everything):
    """Revenue by branch and quarter: Eilat 6,800, Paris 1,250, Haifa 855.3333, unknown 150."""
    return pivot(Cut(("revenue",), ("branch",), YEAR, "quarter", compare="last_year"), truth, scope=everything)


def test_values_with_totals_and_heads(quarters, view):
    found = pivot_view(quarters, view)
    assert [c.head for c in found.sheet.columns] == ["Branch", "Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026*", "Total"]
    # The last quarter is cut short by the last day of the data.
    assert found.cut_short and [c.help for c in found.sheet.columns][3:5] == ["", "Only 1 Oct – 20 Nov 2026."]
    assert [r[MEMBER] for r in found.sheet.all_rows] == ["Eilat", "Paris", "Haifa", "Unknown", "Total"]
    assert [found.sheet.rows[0][c] for c in ("c0", "c1", "c2", "c3", TOTAL)] == [2000, 1110, 0, 3690, 6800]
    assert found.sheet.total[TOTAL] == pytest.approx(9055.3333) and found.mode == "value" and not found.why


def test_changes_are_differences_or_relative(quarters, view):
    difference, relative = (pivot_view(quarters, view, mode=m) for m in ("change", "change_percent"))
    # Eilat had 1,000 in the same days of 2025, all of it in the second quarter; all branches 1,380.
    assert difference.sheet.rows[0][TOTAL] == 5800 and difference.sheet.total[TOTAL] == pytest.approx(7675.3333)
    assert relative.sheet.rows[0][TOTAL] == pytest.approx(5.8) and relative.sheet.total[TOTAL] == pytest.approx(9055.3333 / 1380 - 1)
    paris = difference.sheet.rows[1]
    assert paris[TOTAL] == 1250 and relative.sheet.rows[1][TOTAL] is None


@pytest.mark.parametrize("mode, eilat, total", [
    ("share_total", (2000 / 9055.3333, 6800 / 9055.3333), (2670 / 9055.3333, 1)),
    ("share_row", (2000 / 6800, 1), (2670 / 9055.3333, 1)),
    ("share_column", (2000 / 2670, 6800 / 9055.3333), (1, 1))])
def test_shares_of_total_row_and_column(quarters, view, mode, eilat, total):
    found = pivot_view(quarters, view, mode=mode)
    for row, wanted in ((found.sheet.rows[0], eilat), (found.sheet.total, total)):
        assert (row["c0"], row[TOTAL]) == pytest.approx(wanted)


@pytest.mark.parametrize("measure, by, grain, mode, said", [
    ("customers", ("branch",), "quarter", "share_total", "counts each customer once"),
    ("average_order", ("branch",), None, "share_total", "one thing over another"),
    ("orders", ("product_category",), None, "share_total", "may stand in several"),
    ("open_balance", ("branch",), "quarter", "share_row", "days do not add up"),
    ("open_balance", ("branch",), "quarter", "share_column", ""),
    ("revenue", ("branch",), None, "share_row", "needs columns"),
    ("revenue", ("branch",), None, "change", "Nothing to compare with"),
    ("revenue", ("interest",), None, "share_total", "may stand in several"),
    ("revenue", ("branch",), "month", "share_row", "")])
def test_what_does_not_add_up_has_no_share_and_says_why(truth, everything, view, measure, by, grain, mode, said):
    found = pivot(Cut((measure,), by, YEAR, grain), truth, scope=everything)
    assert said in refusal(found, view, mode, measure) and bool(said) == bool(refusal(found, view, mode, measure))
    shown = pivot_view(found, view, mode=mode)
    assert (shown.mode, shown.why != "") == (("value", True) if said else (mode, False))


def test_measures_are_the_columns_of_one_dimension(truth, everything, view):
    found = pivot(Cut(("revenue", "customers", "average_order"), ("branch",), YEAR), truth, scope=everything)
    table = pivot_view(found, view)
    assert [c.head for c in table.sheet.columns] == ["Branch", "Revenue ₪", "Customers", "Average order ₪"]
    # Haifa: five orders of 855.3333 and three customers; ten customers in all.
    assert [table.sheet.rows[2][c] for c in ("revenue", "customers", "average_order")] == pytest.approx([855.3333, 3, 855.3333 / 5])
    assert table.sheet.total["customers"] == 10 and isinstance(table.sheet.total["customers"], int)
    shares = pivot_view(found, view, mode="share_total")
    assert [c.name for c in shares.sheet.columns] == [MEMBER, "revenue"] and shares.mode == "share_total" and "Customers" in shares.why


def test_a_cell_is_a_mark_and_a_total_leaves_its_key_out(quarters, view):
    keys = pivot_view(quarters, view).keys
    assert json.loads(keys[0]["c1"]) == {"branch": "=Eilat", "period": "2026-04-01"} and json.loads(keys[0][TOTAL]) == {"branch": "=Eilat"}
    assert json.loads(keys[-1]["c1"]) == {"period": "2026-04-01"} and keys[-1][TOTAL] == "{}"
    assert mark_filters(keys[3]["c0"]) == ((Filter("branch", "is_empty"),), date(2026, 1, 1))
    assert MEMBER not in keys[0]


def test_what_was_left_out_cannot_be_chosen(truth, everything, view):
    found = pivot(Cut(("revenue",), ("branch",), YEAR, "quarter", limit=1), truth, scope=everything)
    table = pivot_view(found, view)
    assert [r[MEMBER] for r in table.sheet.rows] == ["Eilat", "All others"] and table.keys[1] == {} and table.keys[0]
    # Neither totals nor the others say how strong a tint is: Eilat's best quarter is the full one.
    assert table.strengths[0] == {"c0": pytest.approx(2000 / 3690, abs=1e-4), "c1": pytest.approx(1110 / 3690, abs=1e-4), "c2": 0, "c3": 1}
    assert table.strengths[1] == table.strengths[2] == {}


def test_changes_shade_both_ways_and_follow_what_is_better(truth, everything, view):
    good = pivot_view(pivot(Cut(("revenue",), ("branch",), YEAR, "quarter", compare="last_year"), truth, scope=everything), view, mode="change")
    worse = pivot_view(pivot(Cut(("complaints",), ("branch",), YEAR, "quarter", compare="last_year"), truth, scope=everything), view, mode="change")
    assert good.diverging == {"revenue"} and worse.diverging == {"complaints"}
    for table, sign in ((good, 1), (worse, -1)):
        for row, strengths in zip(table.sheet.rows, table.strengths[:-1], strict=True):
            assert all(s * row[c] * sign >= 0 and -1 <= s <= 1 for c, s in strengths.items())


def test_rows_inside_rows_are_indented_and_in_files_stand_in_their_own_column(truth, everything, view):
    found = pivot(Cut(("revenue", "orders"), ("branch", "customer_type", "gender"), YEAR), truth, scope=everything)
    shown, flat = pivot_view(found, view, measure="orders"), pivot_view(found, view, flat=True)
    haifa = next(i for i, r in enumerate(shown.sheet.rows) if r[MEMBER] == "Haifa")
    assert haifa in shown.subtotals and shown.sheet.rows[haifa + 1][MEMBER].startswith("\u2003") and shown.sheet.columns[0].head == "Branch / Gender"
    assert shown.sheet.rows[haifa][TOTAL] == 5
    lines = list(csv.reader(io.StringIO(to_csv(flat.sheet).decode("utf-8-sig"))))
    heads = lines[0]
    assert heads[:2] == ["Branch", "Gender"] and heads[-1] == "Total · Orders" and "Total · Revenue ₪" in heads
    row = next(line for line in lines if line[:2] == ["Haifa", "Total"])
    assert (row[heads.index("Total · Revenue ₪")], row[-1]) == ("855.3333", "5")
    assert lines[-1][:2] == ["Total", "Total"] and lines[-1][-1] == "13"
    assert to_xlsx(flat.sheet, "Pivot")[:2] == b"PK"


def test_cells_are_read_in_full_or_short():
    formats = Formats(Words("en"), "ILS")
    assert cell_words(412300.0, "money", "value", formats) == "412,300" and cell_words(412300.0, "money", "value", formats, short=True) == "412K"
    assert cell_words(-2818.0, "money", "change", formats, short=True) == "−2.8K" and cell_words(2818.0, "count", "value", formats, short=True) == "2,818"
    assert cell_words(84.2, "money", "value", formats) == "84.20" and cell_words(None, "count", "value", formats) == "–"
    assert cell_words(-18.0, "count", "change", formats) == "−18" and cell_words(0.012, "share", "change", formats) == "+1.2 pts"
    assert cell_words(0.083, "money", "change_percent", formats) == "↑ 8.3%" and cell_words(0.651, "money", "share_row", formats) == "65.1%"
    assert cell_words(3.25, "days", "change", formats) == "+3.3" and cell_words(0.5, "share", "value", formats) == "50.0%"


def test_names_of_the_data_cannot_turn_the_text_around(truth, everything, view):
    found = pivot(Cut(("revenue",), ("customer", "party"), YEAR), truth, scope=everything)
    assert not any(c in r[MEMBER] for r in pivot_view(found, view).sheet.all_rows for c in "\u202e\u2066")
