"""Native charts hold the numbers that are drawn; pictures are drawn by one run of a browser, with their letters inside."""
from __future__ import annotations

import io
import time

import plotly.graph_objects as go
import pytest
from PIL import Image

from crm_data.exports import pictures
from crm_data.exports.framing import framed
from crm_data.exports.native import draws, formats_of, native_of, natives_of
from crm_data.exports.paper import for_paper
from crm_data.output.charts import LIGHT, Dot, Figure, Move, Picture, Scale, movers, numbers, scatter
from crm_data.output.pdf import find_browser
from tests import export_samples as samples

drawn = pytest.mark.skipif(find_browser() is None, reason="no browser")


def test_a_native_chart_holds_the_numbers_not_the_drawn_shares():
    native = native_of(samples.bar_picture(), "last year")
    assert native is not None and native.kind == "bar" and native.categories == samples.NAMES
    assert native.series == (("Revenue", samples.REVENUE), ("last year", samples.BEFORE)) and native.compared == {1}
    assert native.number_format == '"₪"#,##0' and native.short_format == '"₪"#,##0.0,,"M"'
    assert native_of(samples.bar_picture()).series == (("Revenue", samples.REVENUE),)


def test_several_scales_are_several_charts():
    picture = samples.bar_picture(both=True)
    assert native_of(picture) is None
    assert [(n.title, n.series[0][1]) for n in natives_of(picture)] == [("Revenue", samples.REVENUE), ("Customers", samples.CUSTOMERS)]


def test_lines_and_stacks_keep_their_order_names_and_colours():
    native = native_of(samples.line_picture())
    assert native.kind == "line" and native.categories == samples.MONTHS and native.series[0] == ("Tel Aviv", (1e6, 1.1e6, 0.9e6))
    native = native_of(samples.column_picture())
    assert native.kind == "column" and native.stacked and [name for name, _ in native.series] == ["Gold", "Silver", "Bronze"]
    assert native.series[2][1] == (1002.0, 2002.0, 3002.0) and native.colours == LIGHT.categories[:3]


def test_points_and_moves():
    native = native_of(scatter([Dot("a", 1e6, 0.4, "a", "a"), Dot("b", 2e6, 0.5, "b", "b")], Scale("Revenue", lambda v: f"₪{v:,.0f}"), Scale("Margin", lambda v: f"{v * 100:.1f}%"),
                               LIGHT, title="x"))
    assert native.kind == "scatter" and native.series == (("Revenue", (1e6, 2e6)), ("Margin", (0.4, 0.5))) and native.number_format == "0.0%" and "₪" in native.across_format
    native = native_of(movers([Move("a", "A", 5.0, "+₪5", "good"), Move("b", "B", -2.0, "−₪2", "bad")], LIGHT, title="Movers"))
    assert native.series == (("Movers", (5.0, -2.0)),)


def test_figures_from_elsewhere_are_read_where_it_is_safe():
    clear = go.Bar(x=["a", "b"], y=[9, 9], marker={"color": "rgba(0,0,0,0)"}, customdata=[["a"], ["b"]])
    native = native_of(Picture(go.Figure([go.Bar(x=["a", "b"], y=[1, 2], name="n"), clear]), "x"))
    assert native.kind == "column" and native.categories == ("a", "b") and native.series == (("n", (1.0, 2.0)),)
    lying = go.Figure([go.Bar(y=[0, -1], x=[5, 3], orientation="h")], {"yaxis": {"tickvals": [0, -1], "ticktext": ["first", "<b>second</b>"]}})
    assert native_of(Picture(lying, "x")).categories == ("first", "second")
    assert native_of(Picture(go.Figure([go.Pie(labels=["a", "b"], values=[1, 3])]), "x")).series[0][1] == (1.0, 3.0)
    # Places without names, bars that float, and mixed kinds are no chart of an office program.
    for figure in (go.Figure([go.Bar(x=[1, 2], y=[1, 2])]), go.Figure([go.Bar(x=["a"], y=[1], base=[5])]), go.Figure([go.Bar(x=["a"], y=[1]), go.Scatter(x=["a"], y=[1])]), go.Figure()):
        assert native_of(Picture(figure, "x")) is None
    assert natives_of(None) == () and natives_of(samples.panel_picture()) == ()
    assert not draws(numbers([Figure("Revenue", "₪1")], LIGHT, title="x")) and draws(samples.bar_picture())


@pytest.mark.parametrize(("sample", "values", "full", "short"), [
    ("₪4.82M", [4.8e6], '"₪"#,##0', '"₪"#,##0.0,,"M"'), ("\u2066−₪4.8M\u2069", [-4.8e7], '"₪"#,##0', '"₪"#,##0,,"M"'), ("65.1%", [0.651], "0.0%", "0%"), ("1.21M\xa0₪", [1.2e6], '#,##0" ₪"', '#,##0.0,,"M"" ₪"'),
    ("12.3 d", [12.3], '#,##0.00" d"', '#,##0.0" d"'), ("5,647", [5647], "#,##0", "#,##0"), ("", [1e15], "#,##0", '#,##0,,,,"T"'), ("IRR 1.20T", [1.2e12], '"IRR"#,##0', '"IRR"#,##0.0,,,,"T"'), ("1.20T toman", [6e12], '#,##0" toman"', '#,##0.0,,,,"T"" toman"'), ('"x"9', [9], '"x"#,##0', '"x"#,##0')])
def test_number_formats_follow_the_screen(sample, values, full, short):
    assert formats_of(sample, values) == (full, short)


def test_colour_is_not_alone_on_paper():
    made = for_paper(samples.column_picture())
    paths = [s for s in made.figure.layout.shapes if s.type == "path"]
    assert len(paths) == 6  # two of three parts in three columns
    legend = next(a.text for a in made.figure.layout.annotations if "Gold" in a.text)
    assert [c for c in legend if c in "■▨▤"] == ["■", "▨", "▤"]
    symbols = {t.marker.symbol for t in for_paper(samples.line_picture()).figure.data if t.mode == "markers" and t.marker.symbol}
    assert symbols == {"circle", "square"}
    one = samples.bar_picture()
    assert for_paper(one) is one


def test_a_picture_alone_says_what_it_is():
    document = samples.document("he")
    made = framed(document.parts[0], document)
    texts = " ".join(a.text for a in made.figure.layout.annotations)
    assert "&lt;b&gt;" in texts and "2,140" in texts and "20261121" in texts and "<script" not in texts
    assert made.height > document.parts[0].picture.height and made.alt.startswith("Revenue by branch")


def test_without_a_browser_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(pictures, "find_browser", lambda: None)
    assert not pictures.can_draw() and pictures.svg_of([]) == []
    with pytest.raises(pictures.NoPictures, match="no Chrome"):
        pictures.png_of([samples.bar_picture()])


@drawn
def test_all_pictures_come_of_one_run_with_their_letters():
    listed = [samples.bar_picture(), samples.line_picture(True), samples.column_picture(), samples.panel_picture()]
    start = time.monotonic()
    svgs = pictures.svg_of(listed)
    assert time.monotonic() - start < 30
    assert len(svgs) == 4 and all(s.startswith("<svg") and "viewBox" in s[:400] and "@font-face" in s and "<script" not in s for s in svgs)
    assert "Tel Aviv" in svgs[0] and "ירושלים" in svgs[0]


@drawn
def test_a_png_is_as_large_as_asked_and_not_blank():
    image = Image.open(io.BytesIO(pictures.png_of([samples.bar_picture()], 2, 600)[0])).convert("RGB")
    assert image.size == (1200, 2 * (samples.bar_picture().height + 2 * pictures.EDGE))
    colours = {c for _, c in image.getcolors(1 << 20)}
    assert (255, 255, 255) in colours and (0x24, 0x59, 0xB8) in colours
