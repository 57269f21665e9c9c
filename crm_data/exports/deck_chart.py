"""Native charts on slides: drawn by the office program from numbers people can edit, in our colours instead of its own."""
from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.util import Inches, Pt

from crm_data.exports.deck_text import clean
from crm_data.exports.native import Native
from crm_data.output.charts import LIGHT
from crm_data.output.charts.room import palette

#: Bars that still can be read below each other, columns that still carry their number, points that carry a name, and bars with a comparison.
MOST_BARS, MOST_LABELS, MOST_NAMES, MOST_COMPARED = 28, 14, 14, 16
_TYPES = {("column", False): XL_CHART_TYPE.COLUMN_CLUSTERED, ("column", True): XL_CHART_TYPE.COLUMN_STACKED, ("bar", False): XL_CHART_TYPE.BAR_CLUSTERED,
          ("bar", True): XL_CHART_TYPE.BAR_STACKED, ("line", False): XL_CHART_TYPE.LINE, ("line", True): XL_CHART_TYPE.LINE, ("area", False): XL_CHART_TYPE.AREA,
          ("area", True): XL_CHART_TYPE.AREA_STACKED, ("pie", False): XL_CHART_TYPE.PIE, ("pie", True): XL_CHART_TYPE.PIE}
_DASHES = (None, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.DASH_DOT, MSO_LINE.LONG_DASH, MSO_LINE.SQUARE_DOT)


def fits(native: Native) -> bool:
    """Whether it can be read on a slide."""
    return native.kind not in ("bar", "pie") or len(native.categories) <= MOST_BARS


def thinned(native: Native) -> Native:
    """Without the comparison where bars and their comparisons would be hairlines; the table has it."""
    if native.kind not in ("bar", "column") or not native.compared or len(native.categories) <= MOST_COMPARED:
        return native
    kept = tuple(line for i, line in enumerate(native.series) if i not in native.compared)
    return replace(native, series=kept, compared=frozenset())


def add_chart(slide, native: Native, box: tuple[float, float, float, float], rtl: bool, alt: str) -> None:
    """The chart in ``box`` (inches)."""
    scatter = native.kind == "scatter"
    data = _points(native) if scatter else _table(native)
    kind = XL_CHART_TYPE.XY_SCATTER if scatter else _TYPES[native.kind, native.stacked]
    frame = slide.shapes.add_chart(kind, *(Inches(v) for v in box), data)
    frame.name = "chart"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt)[:900])
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_book(native))
    chart.font.size, chart.font.color.rgb = Pt(11 if len(native.categories) <= 18 else 9), _rgb(LIGHT.ink)
    chart.has_title = False
    if native.title:
        chart.has_title = True
        chart.chart_title.include_in_layout = False
        chart.chart_title.text_frame.text = clean(native.title)
        if rtl:
            # A sign of money stands behind the words it belongs to.
            chart.chart_title.text_frame.paragraphs[0]._p.get_or_add_pPr().set("rtl", "1")
        run = chart.chart_title.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.bold, run.font.color.rgb = Pt(13), True, _rgb(LIGHT.ink)
    chart.has_legend = len(native.series) > 1 and not scatter
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        chart.legend.font.size = Pt(11)
    if native.kind != "pie":
        _axes(chart, native, rtl)
    _series(chart, native)


def _table(native: Native) -> CategoryChartData:
    data = CategoryChartData(number_format=native.number_format)
    data.categories = [clean(c) or " " for c in native.categories]
    for name, values in native.series:
        data.add_series(clean(name), values)
    return data


def _book(native: Native) -> bytes:
    """The workbook behind the chart, where its cells are looked up. Ours, because python-pptx's would run a name as a formula."""
    rows: list[tuple] = [(c, *values) for c, *values in zip(map(clean, native.categories), *(line for _, line in native.series), strict=True)]
    heads = [clean(name) for name, _ in native.series]
    if native.kind == "scatter":
        rows, heads = [(x, y, name) for name, x, y, *_ in rows if x is not None and y is not None], [f"{heads[1]} / {heads[0]}", ""]
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page, form = book.add_worksheet("Sheet1"), book.add_format({"num_format": native.number_format})
        for at, head in enumerate(heads, start=1):
            page.write_string(0, at, head)
        for line, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, str):
                    page.write_string(line, at, value)
                elif value is not None:
                    page.write_number(line, at, value, form)
    return out.getvalue()


def _points(native: Native) -> XyChartData:
    data = XyChartData(number_format=native.number_format)
    (across, xs), (up, ys) = native.series[:2]
    points = data.add_series(clean(f"{up} / {across}"))
    for x, y in zip(xs, ys, strict=True):
        if x is not None and y is not None:
            points.add_data_point(x, y)
    return data


def _axes(chart, native: Native, rtl: bool) -> None:
    categories, values = chart.category_axis, chart.value_axis
    lying, scatter = native.kind == "bar", native.kind == "scatter"
    known = [v for _, line in native.series for v in line if v is not None]
    for axis in (categories, values):
        axis.has_major_gridlines, axis.has_minor_gridlines = False, False
        axis.major_tick_mark, axis.minor_tick_mark = XL_TICK_MARK.NONE, XL_TICK_MARK.NONE
        axis.format.line.fill.background()
        axis.tick_labels.font.color.rgb = _rgb(LIGHT.muted)
    categories.format.line.color.rgb = _rgb(LIGHT.comparison)
    categories.format.line.width = Pt(0.75)
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = _rgb(LIGHT.grid)
    values.major_gridlines.format.line.width = Pt(0.75)
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = native.short_format, False
    if known and min(known) < 0:
        categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    elif known and not scatter and native.kind != "line":
        values.minimum_scale = 0
    if lying:
        categories.reverse_order = True  # the first one on top
        categories.crosses = XL_AXIS_CROSSES.MAXIMUM
        categories.tick_labels.font.color.rgb = _rgb(LIGHT.ink)
        values.reverse_order = rtl
        if _labelled(native):
            values.visible = False
            values.has_major_gridlines = False
    if scatter:
        categories.tick_labels.number_format, categories.tick_labels.number_format_is_linked = native.across_format or "General", False
        _named(categories, native.series[0][0])
        _named(values, native.series[1][0])


def _named(axis, name: str) -> None:
    axis.has_title = True
    axis.axis_title.text_frame.text = clean(name)
    run = axis.axis_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold, run.font.color.rgb = Pt(11), False, _rgb(LIGHT.ink)


def _labelled(native: Native) -> bool:
    """Whether every bar carries its number."""
    return not native.stacked and len(native.series) - len(native.compared) == 1 and len(native.categories) <= (MOST_BARS if native.kind == "bar" else MOST_LABELS)


def _series(chart, native: Native) -> None:
    plot, colours = chart.plots[0], _colours(native)
    if native.kind in ("bar", "column"):
        plot.gap_width = 45 if len(native.series) == 1 or native.stacked else 55
        plot.overlap = 100 if native.stacked else -5 if len(native.series) > 1 else 0
    for i, series in enumerate(plot.series):
        colour = _rgb(colours[i])
        if native.kind == "scatter":
            _dots(series, native, colour)
        elif native.kind == "line":
            series.smooth = False
            series.marker.style = XL_MARKER_STYLE.NONE if len(native.categories) > 14 or i in native.compared else XL_MARKER_STYLE.CIRCLE
            if len(native.categories) <= 14 and i not in native.compared:
                series.marker.size = 5
                series.marker.format.fill.solid()
                series.marker.format.fill.fore_color.rgb = colour
                series.marker.format.line.color.rgb = colour
            series.format.line.color.rgb = colour
            series.format.line.width = Pt(1.5 if i in native.compared else 2.5)
            # Told apart without colour too.
            dash = MSO_LINE.DASH if i in native.compared else _DASHES[i % len(_DASHES)]
            if dash is not None:
                series.format.line.dash_style = dash
        elif native.kind == "pie":
            continue
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour
            if native.kind != "area":
                series.invert_if_negative = False
            if native.stacked:
                series.format.line.color.rgb = _rgb(LIGHT.surface)
                series.format.line.width = Pt(0.75)
        if native.kind in ("bar", "column") and _labelled(native) and i not in native.compared:
            labels = series.data_labels
            labels.show_value, labels.number_format, labels.number_format_is_linked = True, native.short_format, False
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
            labels.font.size, labels.font.bold, labels.font.color.rgb = Pt(11 if len(native.categories) <= 18 else 9), True, _rgb(LIGHT.ink)


def _dots(series, native: Native, colour: RGBColor) -> None:
    series.format.line.fill.background()
    series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour
    series.marker.format.line.color.rgb = _rgb(LIGHT.surface)
    points = [(c, x, y) for c, x, y in zip(native.categories, native.series[0][1], native.series[1][1], strict=True) if x is not None and y is not None]
    for i, name in _free(points)[:MOST_NAMES]:
        label = series.points[i].data_label
        label.has_text_frame = True
        label.text_frame.text = clean(name)
        label.position = XL_LABEL_POSITION.RIGHT
        label.text_frame.paragraphs[0].runs[0].font.size = Pt(9)


def _free(points: Sequence[tuple[str, float, float]]) -> list[tuple[int, str]]:
    """Places and names of the points whose names cover no other named point, the first ones first."""
    spans = [max((p[k] for p in points), default=0) - min((p[k] for p in points), default=0) or 1.0 for k in (1, 2)]
    taken: list[tuple[float, float, float]] = []
    found = []
    for i, (name, x, y) in enumerate(points):
        left, up, wide = x / spans[0], y / spans[1], 0.02 + 0.011 * len(name)
        if all(left + wide < other[0] or other[0] + other[2] < left or abs(up - other[1]) > 0.055 for other in taken):
            taken.append((left, up, wide))
            found.append((i, name))
    return found


def _colours(native: Native) -> list[str]:
    """The colours as drawn on the screen; comparisons grey."""
    own = [c if c.startswith("#") and len(c) == 7 else LIGHT.accent for c in native.colours] or list(palette(LIGHT))
    return [LIGHT.comparison if i in native.compared else own[i % len(own)] for i in range(len(native.series))]


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:])
