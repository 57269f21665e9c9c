"""Workbooks and CSV files opened by an independent reader: types, formats, charts, no live formulas, all rows, stopping."""
from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from crm_data.exports.cells import money_format
from crm_data.exports.csv_out import SeveralTables, to_csv
from crm_data.exports.document import Document, Hero, Part, Passport
from crm_data.exports.files import document_bytes, format_of, write_file
from crm_data.exports.job import Cancelled, Job
from crm_data.exports.workbook import to_xlsx, write_xlsx
from crm_data.output.charts import LIGHT, Bar, BarRow, bars
from crm_data.output.tables import Column, Sheet

COLUMNS = (Column("name", "Branch"), Column("day", "First day", "date"), Column("value", "Revenue ₪", "money"), Column("n", "Orders", "count"), Column("share", "Gross margin", "share"),
           Column("change", "Change", "change"), Column("points", "Change", "points"), Column("score", "Change", "difference"), Column("trend", "12 months", "trend"))
ROWS = ({"name": "Haifa", "day": date(2026, 1, 1), "value": Decimal("1234.5678912"), "n": 7, "share": 0.25, "change": 0.184, "points": -0.012, "score": 0.1, "trend": [1]},
        {"name": "שלום", "day": None, "value": Decimal("1000000000000000"), "n": None, "share": float("nan"), "change": None, "points": None, "score": float("inf"), "trend": []})
PART = Part("Revenue: by [branch]", "1–20 Nov 2026", sheet=Sheet(COLUMNS, ROWS, {"name": "All", "value": Decimal("-5.5"), "n": 7}), lines=("A sentence.",),
            passport=Passport(filters="Branch: Haifa", scope="All branches", definitions=(("Revenue", "Value of sale lines."),), as_of=date(2026, 11, 20), snapshot="S1", currency="ILS"))


def document(*parts: Part, **options) -> Document:
    return Document("Weekly", "20 Nov 2026", parts or (PART,), PART.passport, **options)


def opened(made: Document) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(made)))


def columns_of(prefix: str, texts: list[str]) -> Document:
    return document(Part("Names", sheet=Sheet((Column("a", prefix), Column("n", "n", "count")), tuple({"a": t, "n": i} for i, t in enumerate(texts)))))


def test_cells_have_types_and_formats_by_unit_and_currency():
    page = opened(document())["Revenue by branch"]
    assert [c.value for c in page[1]] == ["Branch", "First day", "Revenue ₪", "Orders", "Gross margin", "Change", "Change", "Change"]
    name, day, value, n, share, change, points, score = page[2]
    assert name.data_type == "s" and day.value == datetime(2026, 1, 1) and day.number_format == "[$-809]d mmm yyyy"
    assert value.value == pytest.approx(1234.5679, abs=1e-9) and value.number_format == '"₪"#,##0.00' and n.value == 7 and n.number_format == "#,##0"
    assert share.value == 0.25 and share.number_format == "0.0%" and change.number_format.startswith("+0.0%")
    assert points.value == pytest.approx(-1.2) and "pts" in points.number_format and score.value == 0.1 and score.number_format.startswith("+0.00")
    assert page["C3"].value == 10**15 and [page[c].value for c in ("B3", "D3", "E3", "F3", "H3")] == [None] * 5
    assert page["A4"].value == "All" and page["A4"].font.bold and page["C4"].value == -5.5
    assert page.freeze_panes == "B2" and page.auto_filter.ref == "A1:H3" and page.print_title_rows in ("$1:$1", "1:1")


def test_the_passport_stands_on_a_sheet_of_its_own():
    said = [tuple(c.value for c in row) for row in opened(document())["About"].rows]
    assert said[0] == ("Weekly", "20 Nov 2026") and ("Filters", "Branch: Haifa") in said and ("Snapshot", "S1") in said and ("Data to", "20 Nov 2026") in said
    assert ("Revenue", "Value of sale lines.") in said and ("Currency", "ILS") in said and (None, "A sentence.") in [(a or None, b) for a, b in said]
    assert sum(row == ("Filters", "Branch: Haifa") for row in said) == 1  # what the parts share is said once


def test_money_is_written_with_the_sign_and_decimals_of_its_currency():
    assert money_format("ILS", "en") == '"₪"#,##0.00' and money_format("EUR", "en") == '"€"#,##0.00' and money_format("", "en") == "#,##0.00"
    assert money_format("JPY", "en").endswith("#,##0") and money_format("ILS", "he").startswith("#,##0.00\"")


def test_five_hundred_formulas_stay_text():
    dice = random.Random(7)
    starts = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\",\"y\")", "\t=1", "http://evil.example", "mailto:a@b.c", "{=1}", "internal:Sheet1!A1",
              "file:///etc/passwd", "ftp://x", "123", "1e5", "TRUE", "#REF!", "'=1", "\r=2", "=IMPORTXML(1)"]
    texts = [f"{dice.choice(starts)}{dice.randint(0, 9999)}" for _ in range(500)]
    data = to_xlsx(columns_of("=1+1", texts))
    page = openpyxl.load_workbook(io.BytesIO(data))["Names"]
    assert all(page.cell(i + 2, 1).data_type == "s" and page.cell(i + 2, 1).hyperlink is None for i in range(500)) and page["A1"].data_type == "s"
    assert [page.cell(i + 2, 1).value.replace("_x000D_", "\r") for i in range(500)] == texts
    with zipfile.ZipFile(io.BytesIO(data)) as inside:
        sheets = [inside.read(n).decode() for n in inside.namelist() if "worksheets/" in n and n.endswith(".xml")]
        assert not any("<f>" in s or "<hyperlink" in s for s in sheets)
    rows = list(csv.reader(io.StringIO(to_csv(columns_of("=1+1", texts)).decode("utf-8-sig"), newline="")))
    assert rows[0][0] == "'=1+1" and all(r[0][:1] not in ("=", "+", "-", "@", "\t", "\r") for r in rows[1:]) and len(rows) == 501


def test_csv_is_exact_and_marked():
    data = to_csv(document())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert data.startswith(b"\xef\xbb\xbf") and rows[0][:3] == ["Branch", "First day", "Revenue ₪"] and "12 months" not in rows[0]
    assert rows[1] == ["Haifa", "2026-01-01", "1234.5679", "7", "0.25", "0.184", "-0.012", "0.1"] and rows[2][2] == "1000000000000000" and rows[2][3:] == [""] * 5 and rows[3][2] == "-5.5"
    assert to_csv(columns_of("a", [])).decode("utf-8-sig") == "a,n\r\n"
    with pytest.raises(SeveralTables):
        to_csv(document(PART, PART))


def test_names_of_sheets_are_told_apart_and_never_too_long():
    long = Part("Revenue by branch and quarter, against last year", sheet=PART.sheet)
    names = opened(document(long, long, Part("About", lines=("x",)), Part("a/b*[c]?"))).sheetnames
    assert len(set(n.casefold() for n in names)) == 5 and all(len(n) <= 31 for n in names) and names[-1] == "About (2)" and names[2] == "About"


def test_a_part_without_a_table_is_its_numbers_and_sentences():
    page = opened(document(Part("Decisions", "Open", heroes=(Hero("₪1.2M", "Revenue", "↑ 3%", "good", (("Target", "₪1.5M"),)),), lines=("=Call Dana", "Visit"))))["Decisions"]
    assert [[c.value for c in row] for row in page.rows] == [["Decisions", None, None, None], ["Open", None, None, None], ["Revenue", "₪1.2M", "↑ 3%", "Target: ₪1.5M"],
                                                            ["=Call Dana", None, None, None], ["Visit", None, None, None]]


def test_right_to_left_sheets_read_from_the_right():
    book = opened(document(language="he", rtl=True))
    assert all(page.sheet_view.rightToLeft for page in book) and book.worksheets[0]["A3"].alignment.readingOrder == 2


def drawn(rows: tuple[dict, ...]) -> Part:
    picture = bars([BarRow(str(n), r["name"], (Bar(float(r["value"]), f"₪{r['value']}"),)) for n, r in enumerate(rows)], ["Revenue"], LIGHT, title="Revenue")
    return Part("Revenue by branch", picture=picture, sheet=Sheet((Column("name", "Branch"), Column("value", "Revenue ₪", "money")), rows), passport=PART.passport)


def test_a_chart_refers_to_the_table_it_stands_beside():
    book = opened(document(drawn(({"name": "Haifa", "value": Decimal(30)}, {"name": "Acre", "value": Decimal(20)}))))
    chart, = book["Revenue by branch"]._charts
    series, = chart.series
    assert series.val.numRef.f == "'Revenue by branch'!$B$2:$B$3" and series.cat.strRef.f == "'Revenue by branch'!$A$2:$A$3" and "Chart data" not in book.sheetnames


def test_rows_go_on_on_a_further_sheet(monkeypatch):
    from crm_data.exports import workbook
    monkeypatch.setattr(workbook, "MOST_ROWS", 300)
    many = Part("Many", sheet=Sheet((Column("n", "n", "count"),), (), {"n": 700}), rows=lambda: ({"n": n} for n in range(700)), row_count=700)
    book = opened(document(many))
    assert book.sheetnames[:3] == ["Many", "Many (2)", "Many (3)"]
    assert [book["Many"]["A2"].value, book["Many (2)"]["A2"].value, book["Many (3)"]["A2"].value] == [0, 300, 600] and book["Many (3)"]["A102"].value == 700


def large(rows: int) -> Document:
    return document(Part("Large", sheet=Sheet((Column("a", "a"), Column("n", "n", "count")), ()), rows=lambda: ({"a": f"row {n}", "n": n} for n in range(rows)), row_count=rows))


def test_a_large_workbook_tells_how_far_it_is_and_holds_every_row():
    told: list[tuple[int, int]] = []
    page = openpyxl.load_workbook(io.BytesIO(document_bytes(large(6000), "xlsx", lambda done, total: told.append((done, total)))), read_only=True)["Large"]
    values = list(page.iter_rows(values_only=True))
    assert len(values) == 6001 and values[-1] == ("row 5999", 5999) and sum(v[1] for v in values[1:]) == 5999 * 6000 // 2
    assert told[0] == (0, 6000) and told[-1] == (6000, 6000) and len(told) > 10 and all(a[0] <= b[0] for a, b in zip(told, told[1:], strict=False))


def test_a_stopped_export_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"the old one")
    job = Job()

    def tell(done: int, total: int) -> None:
        if done >= 3000:
            job.cancel()
        job(done, total)
    with pytest.raises(Cancelled):
        write_file(large(9000), target, tell)
    assert target.read_bytes() == b"the old one" and sorted(p.name for p in tmp_path.iterdir()) == ["out.xlsx", "temp"] and not list((tmp_path / "temp").iterdir())
    assert 0 < job.progress.share < 1 and job.cancelled


def test_a_row_that_fails_leaves_nothing(tmp_path):
    def broken():
        yield {"a": "one", "n": 1}
        raise RuntimeError("the database went away")
    for ending in ("xlsx", "csv"):
        with pytest.raises(RuntimeError):
            write_file(document(Part("X", sheet=Sheet((Column("a", "a"),), ()), rows=broken, row_count=9000)), tmp_path / f"x.{ending}")
    assert not list(tmp_path.iterdir())


def test_endings_say_the_format(tmp_path):
    assert format_of(Path("a.XLSX")) == "xlsx"
    for path, sentence in ((tmp_path / "a.doc", "end it with one of .png"), (tmp_path / "no" / "a.csv", "There is no folder"), (tmp_path / "a", "does not say which format")):
        with pytest.raises(Exception, match=sentence):
            write_file(document(), path)


def test_the_same_content_in_any_size_of_memory():
    """What is kept on the disk while it is made reads the same as what is kept in the memory."""
    from crm_data.exports import workbook
    small = [[c.value for c in row] for row in opened(document())["Revenue by branch"].rows]
    limit, workbook.LARGE = workbook.LARGE, 0
    try:
        assert [[c.value for c in row] for row in opened(document())["Revenue by branch"].rows] == small
    finally:
        workbook.LARGE = limit


@pytest.mark.slow
def test_two_hundred_thousand_rows_in_half_a_minute_and_little_memory():
    from bench.export import MEGABYTES, SECONDS
    told = subprocess.run([sys.executable, "-m", "bench.export", "xlsx"], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found = json.loads(told.stdout)
    assert found["seconds"] < SECONDS and found["peak_mb"] < MEGABYTES


def test_a_quarter_of_that_grows_the_memory_by_little():
    told = subprocess.run([sys.executable, "-m", "bench.export", "xlsx", "20000"], check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert json.loads(told.stdout)["peak_mb"] < 400


def test_write_to_a_path_too(tmp_path):
    write_xlsx(document(), tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == ["Revenue by branch", "About"]
