"""The deck, opened by an independent reader: native charts with the sheet's numbers, tables, notes, both directions, no live text."""
from __future__ import annotations

import io
import re
import time
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from crm_data.exports.across import across
from crm_data.exports.deck import MOST_ROWS, to_pptx
from crm_data.exports.document import Document, Part
from crm_data.exports.job import Cancelled, Job
from crm_data.exports.wording import formats_of
from crm_data.output.charts import LIGHT, Bar, BarRow, Dot, Scale, bars, scatter
from crm_data.output.tables import Column, Sheet
from tests import export_samples as samples


def opened(document: Document):
    return Presentation(io.BytesIO(to_pptx(document, images=False)))


def texts(slide) -> str:
    found = [s.text_frame.text for s in slide.shapes if s.has_text_frame]
    found += [c.text for s in slide.shapes if s.has_table for r in s.table.rows for c in r.cells]
    return "\n".join(found)


def chart_of(slide):
    return next(s.chart for s in slide.shapes if s.has_chart)


def titled(deck, title: str):
    return [s for s in deck.slides if s.shapes.title is not None and s.shapes.title.text_frame.text.startswith(title)]


def test_the_first_slide_carries_the_passport():
    deck = opened(samples.document())
    first = texts(deck.slides[0])
    assert deck.slide_width == Inches(13.333) and deck.core_properties.title == "Weekly review"
    for part in ("Weekly review", "Tier Gold", "against last year", "All branches, with personal data", "20261121", "https://mabat.example.com/explore?m=revenue&by=branch", "Dana <Levi>"):
        assert part in first


def test_charts_are_native_and_hold_the_numbers_of_the_sheet():
    deck = opened(samples.document())
    slide = titled(deck, "Revenue by branch & tier <b>")[0]
    chart = chart_of(slide)
    assert chart.chart_type == XL_CHART_TYPE.BAR_CLUSTERED
    plot = chart.plots[0]
    assert tuple(plot.categories) == samples.NAMES
    assert [tuple(s.values) for s in plot.series] == [samples.REVENUE, samples.BEFORE]
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == list(samples.REVENUE)
    assert "₪1.21M" in texts(slide) and "Last meeting" in texts(slide) and "November · 2,140 customers" in texts(slide)
    assert len([s for s in titled(deck, "Two measures")[0].shapes if s.has_chart]) == 2
    assert chart_of(titled(deck, "By tier")[0]).chart_type == XL_CHART_TYPE.COLUMN_STACKED
    assert chart_of(titled(deck, "By month")[0]).chart_type == XL_CHART_TYPE.LINE_MARKERS


def test_names_that_look_like_formulas_stay_text_in_the_charts():
    names = tuple(f"{sign}{i}+cmd|' /C calc'!A0" for i, sign in enumerate("=+-@\t" * 5))
    rows = [BarRow(n, n, (Bar(1.0 + i, "1"),)) for i, n in enumerate(names)]
    chart = chart_of(opened(Document("x", parts=(Part("x", "", bars(rows, ["=1+1"], LIGHT, title="x")),))).slides[1])
    blob = chart.part.chart_workbook.xlsx_part.blob
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(blob)).read("xl/worksheets/sheet1.xml")
    page = openpyxl.load_workbook(io.BytesIO(blob)).active
    assert page["B1"].value == "=1+1" and page["B1"].data_type == "s" and {c.data_type for c in page["A"][1:]} == {"s"} and page["B26"].value == 25.0


def test_points_of_a_scatter_are_those_of_the_workbook():
    picture = scatter([Dot("=a", 1e6, 0.4, "a", "a"), Dot("b", 2e6, 0.5, "b", "b")], Scale("Revenue", str), Scale("Margin", str), LIGHT, title="x")
    chart = chart_of(opened(Document("x", parts=(Part("x", "", picture),))).slides[1])
    assert tuple(chart.plots[0].series[0].values) == (0.4, 0.5) and [float(v.text) for v in chart._chartSpace.findall(".//{*}xVal//{*}v")] == [1e6, 2e6]
    page = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [[c.value for c in r] for r in page.iter_rows(min_row=2)] == [[1e6, 0.4, "=a"], [2e6, 0.5, "b"]]
    assert chart._chartSpace.find(".//{*}yVal//{*}f").text == "Sheet1!$B$2:$B$3"


def test_notes_hold_definitions_filters_and_the_link():
    deck = opened(samples.document())
    said = titled(deck, "By month")[0].notes_slide.notes_text_frame.text
    for part in ("Tier Gold", "against last year", "Revenue: Invoiced sales after returns.", "21 Nov 2026", "20261121", "https://mabat.example.com/explore?m=revenue&by=branch"):
        assert part in said


def test_the_figures_behind_the_charts_stand_at_the_end():
    deck = opened(samples.document())
    slide = titled(deck, "The figures: Revenue by branch")[0]
    table = next(s.table for s in slide.shapes if s.has_table)
    cells = [[c.text for c in r.cells] for r in table.rows]
    assert cells[0] == ["Branch", "Revenue", "Change", "Customers"] and cells[1] == ["Tel Aviv", "₪4,800,000", "↑ 10.0%", "300"]
    assert cells[-1][0] == "All" and cells[-1][3] == "1,100" and len(cells) == 7


def test_long_tables_go_on_with_their_head_and_lose_no_row():
    deck = opened(samples.document())
    slides = titled(deck, "All customers")
    assert len(slides) > 1
    rows = []
    for slide in slides:
        shape = next(s for s in slide.shapes if s.has_table)
        assert [c.text for c in shape.table.rows[0].cells] == ["#", "Customer", "Moved", "Revenue"]
        assert shape.top + sum(r.height for r in shape.table.rows) <= Inches(7.05)
        rows += [[c.text for c in r.cells] for r in list(shape.table.rows)[1:]]
    assert [r[0] for r in rows] == [str(i + 1) for i in range(60)]
    assert rows[0][1] == samples.FORMULA and rows[1][1] == "<script>alert(1)</script>" and rows[0][3] == "₪1,000,000,000,000,000"


def test_a_very_long_table_says_what_it_leaves_out():
    sheet = Sheet((Column("n", "#", "rank"), Column("name", "Customer")), ())
    part = Part("Everybody", "", None, sheet, rows=lambda: ({"n": i, "name": f"c{i}"} for i in range(5_000)), row_count=5_000)
    deck = opened(Document("All", parts=(part,)))
    kept = [c for s in deck.slides for x in s.shapes if x.has_table for c in list(x.table.rows)[1:]]
    assert len(kept) == MOST_ROWS and f"The first {MOST_ROWS} of 5,000 rows" in texts(deck.slides[1])


def test_sentences_beside_and_over_slides():
    deck = opened(samples.document())
    assert "October now reads ₪1.19M" in texts(titled(deck, "By month")[0])
    slides = titled(deck, "Decisions due")
    assert len(slides) > 1 and all(f"Decision {i}:" in "\n".join(map(texts, slides)) for i in range(30))


@pytest.mark.parametrize("language", ["he", "fa"])
def test_right_to_left(language):
    deck = opened(samples.document(language))
    for slide in deck.slides:
        for shape in slide.shapes:
            for paragraph in shape.text_frame.paragraphs if shape.has_text_frame and shape.name not in ("number", "rule") else ():
                about = paragraph._p.pPr
                if paragraph.runs:
                    assert about.get("rtl") == "1" and about.get("algn") == "r", shape.name
    table = next(s.table for s in titled(deck, "All customers")[0].shapes if s.has_table)
    assert [re.sub("[\u2066-\u2069]", "", c.text) for c in table.rows[1].cells][1:] == ["-3", samples.FORMULA, "1"]
    assert table.rows[1].cells[1].text.startswith("\u2066")  # the sign stays before its number
    chart = chart_of(deck.slides[1])
    assert chart.value_axis.reverse_order and chart.category_axis.reverse_order
    assert 'typeface="Arial"' in zipfile.ZipFile(io.BytesIO(to_pptx(samples.document(language), images=False))).read("ppt/theme/theme1.xml").decode()


def test_parts_without_a_native_chart_are_tables_without_a_browser():
    slide = titled(opened(samples.document()), "Each alone")[0]
    assert any(s.has_table for s in slide.shapes) and not any(s.has_chart for s in slide.shapes)


def test_nothing_breaks_it():
    odd = Part("\x00\x1b[2J\ud800 title " * 20, "\u202e" + "x" * 900, samples.bar_picture(), samples.branch_sheet(), lines=("", "y" * 2000))
    assert len(opened(Document("", parts=(odd, Part(""), Part("none", "", None, Sheet((), ()))))).slides) >= 4
    wide = Sheet(tuple(Column(f"c{i}", f"Column {i}", "money") for i in range(30)), ({f"c{i}": samples.HUGE for i in range(30)},))
    deck = opened(Document("Wide", parts=(Part("Wide", "", None, wide),)))
    heads = [c.text for s in deck.slides for x in s.shapes if x.has_table for c in x.table.rows[0].cells]
    assert {f"Column {i}" for i in range(30)} <= set(heads)


def test_fifteen_slides_in_seconds():
    part = samples.document().parts[0]
    start = time.monotonic()
    data = to_pptx(Document("Pack", parts=tuple(replace(part, title=f"Slide {i}") for i in range(15)), passport=samples.PASSPORT), images=False)
    assert time.monotonic() - start < 10 and len(Presentation(io.BytesIO(data)).slides) == 31


def test_it_can_be_stopped():
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        to_pptx(samples.document(), job, images=False)


def test_two_dimensions_lie_across():
    rows = tuple({"branch": b, "period": p, "first_day": None, "revenue": 10.0 * i + j} for i, b in enumerate("ABCDE") for j, p in enumerate(samples.MONTHS))
    sheet = Sheet((Column("branch", "Branch"), Column("period", "Period"), Column("first_day", "First day", "date"), Column("revenue", "Revenue", "money")), rows, {"branch": "All", "revenue": 315.0})
    document = Document("x", parts=(Part("By branch and month", "All year", None, sheet),))
    laid = across(document.parts[0], formats_of(document))
    assert [c.head for c in laid.sheet.columns] == ["Period", "A", "B", "C", "D", "E"] and len(laid.sheet.rows) == 3
    assert laid.sheet.rows[2] == {"row": "Nov 2026", "c0": 2.0, "c1": 12.0, "c2": 22.0, "c3": 32.0, "c4": 42.0} and laid.sentence == "All year · All: ₪315"
