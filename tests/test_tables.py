"""Tables as files: full numbers, no live formulas, readable in every script."""
from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from crm_data.output.formats import Formats
from crm_data.output.tables import Column, Sheet, cell_text, file_name, guarded, sheet_name, to_csv, to_xlsx, tone
from crm_data.output.words import Words

COLUMNS = (Column("name", "Customer"), Column("value", "Revenue ₪", "money"), Column("share", "Share", "part", bar=True), Column("day", "Day", "date"),
           Column("trend", "12 months", "trend"))
SHEET = Sheet(COLUMNS, ({"name": "=1+1", "value": Decimal("1234.50"), "share": 0.25, "day": date(2026, 11, 20), "trend": [1, 2]},
                        {"name": "שלום, \"פרסי\"", "value": None, "share": None, "day": None, "trend": []}), {"name": "All", "value": -5.0, "share": 1.0})


def test_csv_has_a_mark_no_formulas_and_whole_numbers():
    data = to_csv(SHEET)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0] == ["Customer", "Revenue ₪", "Share", "Day"]
    assert rows[1] == ["'=1+1", "1234.50", "0.25", "2026-11-20"] and rows[2] == ["שלום, \"פרסי\"", "", "", ""] and rows[3] == ["All", "-5.0", "1.0", ""]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_every_start_of_a_formula_is_guarded(text):
    assert guarded(text) == "'" + text and guarded("a" + text) == "a" + text


def test_a_workbook_holds_numbers_and_text_never_formulas():
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(SHEET, "Revenue: by [customer]", ["Period: 2026", "=2+2"], rtl=True)))
    page = book["Revenue  by  customer"]
    assert page.sheet_view.rightToLeft
    assert [c.value for c in page[1]] == ["Customer", "Revenue ₪", "Share", "Day"]
    assert page["A2"].value == "=1+1" and page["A2"].data_type == "s" and page["B2"].value == 1234.5 and page["D2"].value.date() == date(2026, 11, 20)
    assert page["B3"].value is None and page["A4"].font.bold
    assert [row[0].value for row in book["About"].rows] == ["Period: 2026", "=2+2"] and book["About"]["A2"].data_type == "s"


def test_names_of_files_and_sheets():
    assert file_name("Revenue by branch / Haïfa", date(2026, 11, 20), "csv") == "revenue-by-branch-haïfa-2026-11-20.csv"
    assert sheet_name("a/b*c" * 20)[:5] == "a b c" and len(sheet_name("x" * 60)) == 31 and sheet_name("[]") == "Table"


def test_cells_as_read_on_the_screen():
    formats = Formats(Words("en"), "ILS")
    assert cell_text(Column("c", "", "change", "up"), 0.184, formats) == "↑ 18.4%" and cell_text(Column("c", "", "points"), -0.012, formats) == "↓ 1.2 pts"
    assert cell_text(Column("c", "", "money"), None, formats) == "–" and cell_text(Column("c", ""), None, formats) == ""
    assert cell_text(Column("c", "", "share"), 0.312, formats) == "31.2%" and cell_text(Column("c", "", "date"), date(2026, 11, 20), formats) == "20 Nov 2026"


def test_a_change_of_a_score_is_a_difference_and_points_are_points_in_a_workbook():
    formats = Formats(Words("en"), "ILS")
    assert cell_text(Column("c", "", "difference", "up"), 0.1, formats) == "↑ 0.10" and cell_text(Column("c", "", "difference"), -12.0, formats) == "↓ 12.0"
    assert cell_text(Column("c", "", "difference"), 0.001, formats) == "0.00" and tone(Column("c", "", "difference", "up"), 0.1) == "good"
    sheet = Sheet((Column("p", "Change", "points"), Column("v", "Value", "number")), ({"p": 0.012, "v": 123456789012.25},))
    page = openpyxl.load_workbook(io.BytesIO(to_xlsx(sheet, "x")))["x"]
    assert page["A2"].value == pytest.approx(1.2) and b"123456789012.25" in to_csv(sheet)


def test_tones_follow_the_measures_direction():
    assert tone(Column("c", "", "change", "down"), -0.1) == "good" and tone(Column("c", "", "change", "up"), -0.1) == "bad"
    assert tone(Column("c", "", "change", "up"), 0.0) == "none" and tone(Column("c", "", "change"), 0.4) == "none" and tone(Column("c", "", "money", "up"), 5) == "none"
