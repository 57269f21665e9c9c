"""Files in tomans: every frame of a page as CSV, XLSX, PPTX, HTML and paper holds the same numbers as that of the firm in rials with a tenth of the amounts."""
from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

import openpyxl
import plotly.graph_objects as go
import pytest
from pptx import Presentation

from crm_data.exports.cells import Told, in_unit
from crm_data.exports.csv_out import to_csv
from crm_data.exports.deck import to_pptx
from crm_data.exports.document import Document, Part
from crm_data.exports.interactive import to_interactive
from crm_data.exports.native import natives_of
from crm_data.exports.report import to_html_report
from crm_data.exports.wording import formats_of
from crm_data.exports.workbook import to_xlsx
from crm_data.output.charts import Chart, Picture
from crm_data.output.formats import Formats
from crm_data.output.tables import Column, Sheet
from crm_data.output.words import Words
from pages.parts import export_part, frames
from tests.test_toman import YEAR, opened, read, rials, tomans  # noqa: F401

CASES = {"today": ("today", YEAR), "segments": ("segments", {**YEAR, "m": "revenue", "by": "branch"}), "explore": ("explore", {**YEAR, "m": ["revenue", "orders"], "by": "branch"}),
         "explore over time": ("explore", {**YEAR, "m": "revenue", "every": "month"}), "explore two ways": ("explore", {**YEAR, "m": "revenue", "by": ["branch", "product"]}),
         "explore points": ("explore", {**YEAR, "m": ["revenue", "gross_profit"], "by": "product", "fig": "scatter"}),
         "rankings": ("rankings", {**YEAR, "rank": "revenue:1:high"}), "worth": ("worth", YEAR), "targets": ("targets", YEAR), "pipeline": ("pipeline", YEAR), "a company": ("customer", {"id": "3"})}


@pytest.fixture(scope="module", params=CASES)
def documents(tmp_path_factory, rials, tomans, request) -> tuple[Document, Document]:  # noqa: F811
    """All that can be taken along of a page: of the firm in rials, and of the one with ten times the amounts in tomans."""
    page, query = CASES[request.param]
    found, folder = [], tmp_path_factory.mktemp("files")
    for url, money in ((rials, "rial"), (tomans, "toman")):
        with pytest.MonkeyPatch.context() as patch:
            at = opened(patch, folder / money, url, page, query, money)
        kept = at.session_state[frames._KEPT]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(frames, "_kept", lambda kept=kept: kept)
            found.append(_document())
    return found[0], found[1]


def _document() -> Document:
    standing = frames.standing()
    halves = [half for one in standing for half in export_part.halves(one, "https://mabat.example")]
    assert halves
    return export_part.document_of(standing[0].page, "All", halves, "https://mabat.example")()


def alike(one: object, other: object) -> bool:
    """Whether two cells are the same but for the sign of money."""
    if isinstance(one, float | int) and isinstance(other, float | int):
        # Some tables round to the cent of their own unit.
        return abs(one - other) <= 0.0101 + 1e-9 * abs(one)
    return read(str(one)) == read(str(other))


def cell(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def test_the_document_knows_its_unit(documents):
    plain, turned = documents
    assert (plain.money, turned.money) == ("rial", "toman") and formats_of(turned).toman and not formats_of(plain).toman


def test_csv_and_workbook(documents):
    """Cell by cell: numbers are numbers, and heads of amounts say tomans."""
    for one, other in zip(*(d.parts for d in documents), strict=True):
        if one.sheet is None:
            continue
        mine, theirs = (list(csv.reader(io.StringIO(to_csv(Document(p.title, parts=(p,), passport=p.passport)).decode("utf-8-sig")))) for p in (one, other))
        assert [len(row) for row in mine] == [len(row) for row in theirs]
        wrong = [(a, b) for x, y in zip(mine, theirs, strict=True) for a, b in zip(x, y, strict=True) if not alike(cell(a), cell(b))]
        assert not wrong, (one.title, wrong[:5])
        money = [c.name for c in other.sheet.columns if c.kind == "money"]
        assert all("toman" in head for c, head in zip([c for c in other.sheet.columns if c.kind != "trend"], theirs[0], strict=True) if c.name in money)
    books = [openpyxl.load_workbook(io.BytesIO(to_xlsx(d))) for d in documents]
    for one, other in zip(*(b.worksheets for b in books), strict=True):
        cells = [(a, b) for x, y in zip(one.iter_rows(), other.iter_rows(), strict=True) for a, b in zip(x, y, strict=True)]
        wrong = [(a.coordinate, a.value, b.value) for a, b in cells if not alike(a.value, b.value) and read(str(a.value)) != "" and "10 rials each" not in str(b.value)]
        assert not wrong, (one.title, wrong[:5])
        assert not any("IRR" in str(b.number_format) for _, b in cells) and all(("IRR" in a.number_format) == ("toman" in b.number_format) for a, b in cells)


def test_numbers_of_several_units_in_one_column():
    """Only amounts are turned; what is shown beside them was told already."""
    toman, plain_ = (Formats(Words("en"), "IRR", money=m) for m in ("toman", "rial"))
    rows = tuple({"name": n, "now": Told(toman.value(v, unit), v, unit)} for n, v, unit in (("Revenue", 12_345, "money"), ("Orders", 12_345, "count"), ("Margin", 0.5, "share")))
    part = Part("x", sheet=Sheet((Column("name", "Figure"), Column("now", "Now"), Column("sum", "Sum", "money")), tuple({**r, "sum": Decimal("12345.6789")} for r in rows), {"sum": None}), rows=None)
    found = in_unit(part, toman)
    assert [(r["now"].number, r["now"].kind) for r in found.sheet.rows] == [(1234.5, "money"), (12_345.0, "count"), (0.5, "share")] and str(found.sheet.rows[0]["now"]) == "1.2K\xa0toman"
    assert found.sheet.rows[0]["sum"] == Decimal("1234.56789") and [c.head for c in found.sheet.columns] == ["Figure", "Now", "Sum toman"] and found.sheet.total == {"sum": None}
    assert in_unit(part, plain_) is part
    later = in_unit(replace(part, rows=lambda: iter(part.sheet.rows)), toman)
    assert [r["sum"] for r in later.rows()] == [Decimal("1234.56789")] * 3


def test_charts_say_what_their_numbers_are_of():
    """An amount is turned by the sign of its sample; a chart that does not say its unit is no chart of the file."""
    toman = Formats(Words("fa", "persian"), "IRR", money="toman", short="words")
    revenue = Chart("bar", ("a", "b"), (("x", (48_200_000.0, None)),), ((9_040_000.0, 10.0),), sample=toman.money(48_200_000))
    found = natives_of(Picture(go.Figure(), "", (revenue,)), "before", toman)[0]
    assert found.series == (("x", (4_820_000.0, None)), ("before", (904_000.0, 1.0))) and found.number_format == '#,##0" تومان"'
    assert "#,##0.0,," in found.short_format and found.short_format.count("تومان") == 1, "short by the format itself, so the words of a scale are in it once"
    orders = replace(revenue, sample=toman.count(1_234_567))
    assert natives_of(Picture(go.Figure(), "", (orders,)), "before", toman)[0].series[0][1] == (48_200_000.0, None)
    assert natives_of(Picture(go.Figure(), "", (replace(revenue, sample="–"),)), "before", toman) == ()
    both = Chart("scatter", ("a",), (("money", (1000.0,)), ("count", (5.0,))), sample="۵", across=toman.money(1000))
    assert [v for _, v in natives_of(Picture(go.Figure(), "", (both,)), "", toman)[0].series] == [(100.0,), (5.0,)]
    share = replace(revenue, series=(("x", (0.5, 0.25)),), before=(), sample=toman.share(0.5))
    assert natives_of(Picture(go.Figure(), "", (share,)), "", toman)[0].number_format == "0.0%"
    hebrew = Formats(Words("he"), "ILS", short="words")
    assert natives_of(Picture(go.Figure(), "", (replace(revenue, sample=hebrew.money(4_820_000)),)), "", hebrew)[0].number_format == '#,##0" ₪"'


def test_deck(documents):
    """Native charts hold the numbers told, and their formats the sign."""
    decks = [Presentation(io.BytesIO(to_pptx(d, images=False))) for d in documents]
    charts = 0
    for one, other in zip(*(d.slides for d in decks), strict=True):
        for a, b in zip(one.shapes, other.shapes, strict=True):
            assert a.has_chart == b.has_chart and a.has_table == b.has_table
            if a.has_table:
                assert [[read(c.text) for c in r.cells] for r in a.table.rows] == [[read(c.text) for c in r.cells] for r in b.table.rows]
            elif a.has_chart:
                charts += 1
                for mine, theirs in zip(a.chart.plots[0].series, b.chart.plots[0].series, strict=True):
                    assert all(alike(x, y) for x, y in zip(mine.values, theirs.values, strict=True))
                assert "IRR" not in b.chart._chartSpace.xml and ("IRR" in a.chart._chartSpace.xml) == ("toman" in b.chart._chartSpace.xml)
            elif a.has_text_frame and "10 rials each" not in b.text_frame.text:
                assert read(a.text_frame.text) == read(b.text_frame.text)


_DATA = re.compile(r'(?s)<script.*?</script>|<style.*?</style>|<[^>]*>')


def test_pages_for_paper_and_screen(documents):
    for make in (to_interactive, to_html_report):
        one, other = (_DATA.sub("\n", make(d)).splitlines() for d in documents)
        wrong = [(a, b) for a, b in zip(one, other, strict=True) if read(a) != read(b) and "10 rials each" not in b]
        assert not wrong, wrong[:5]
        assert not any("IRR" in line and "10 rials each" not in line for line in other)
