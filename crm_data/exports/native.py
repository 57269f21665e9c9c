"""The numbers of a picture as charts that office programs draw by themselves and people can edit.

The builders of ``output.charts`` say their numbers (``Picture.charts``); a figure from elsewhere is read from its traces where that
is safe: bars and lines that can be seen, on named places. What cannot be read becomes a table or an image, never a wrong chart.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from crm_data.output.charts import Chart, Picture
from crm_data.output.formats import SCALE_WORDS, Formats, plain

#: More than so many categories are not a chart that can be read; more series are not told apart.
MOST_CATEGORIES, MOST_SERIES = 400, 40
_CLEAR = re.compile(r"rgba\([^)]*,\s*0(\.0+)?\)$|^transparent$")
_SCALE_WORDS = frozenset(word for scales in SCALE_WORDS.values() for words in scales.values() for word in (words, *words.split(" ")))
_SCALES = ((1e12, ",,,,", "T"), (1e9, ",,,", "B"), (1e6, ",,", "M"), (1e4, ",", "K"))


@dataclass(frozen=True)
class Native:
    """A chart for an office program. ``kind``: column, bar, line, area, pie or scatter (then the first series is across, the second up).

    ``number_format`` writes whole values, ``short_format`` those on axes and labels; ``compared`` are the places of the series that hold
    a comparison. ``colours`` (#RRGGBB) may be fewer than the series. ``across_format`` writes the values across of a scatter.
    """

    kind: str
    stacked: bool
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    number_format: str = "#,##0"
    short_format: str = "#,##0"
    title: str = ""
    compared: frozenset[int] = frozenset()
    colours: tuple[str, ...] = ()
    across_format: str = ""


def native_of(picture: Picture | None, before: str = "") -> Native | None:
    """The one chart of a picture; None where it has none, or several scales (see ``natives_of``). ``before`` names the comparison:
    without a name it is left out."""
    found = natives_of(picture, before)
    return found[0] if len(found) == 1 else None


def natives_of(picture: Picture | None, before: str = "", formats: Formats | None = None) -> tuple[Native, ...]:
    """The charts of a picture, one for each of its scales; empty where an office program has no such chart. ``formats`` are the
    document's: where they tell rials in tomans, so do the charts."""
    if picture is None:
        return ()
    charts = picture.charts or _read(picture.figure.to_plotly_json())
    if formats is not None and formats.toman:
        if not all(map(_unit_known, charts)):
            return ()
        charts = tuple(_in_unit(chart, formats) for chart in charts)
    found = tuple(_native(chart, before) for chart in charts)
    return found if all(_sound(one) for one in found) else ()


def _unit_known(chart: Chart) -> bool:
    """Whether the chart says what its numbers are of: without that an amount cannot be told from a count."""
    samples = [chart.across, chart.sample] if chart.kind == "scatter" else [chart.sample]
    lines = [values for _, values in chart.series] + list(chart.before)
    return all(any(c.isdigit() for c in one) for one in samples) or not any(_number(v) for line in lines for v in line)


def _in_unit(chart: Chart, formats: Formats) -> Chart:
    """The chart with its amounts, which are those their sample has the sign of, in the unit told."""
    def turned(values: Sequence[float | None], sample: str) -> tuple[float | None, ...]:
        return tuple(formats.shown(v) for v in values) if formats.symbol in sample else tuple(values)
    samples = [chart.across, chart.sample] if chart.kind == "scatter" else [chart.sample] * len(chart.series)
    return replace(chart, series=tuple((name, turned(values, sample)) for (name, values), sample in zip(chart.series, samples, strict=True)),
                   before=tuple(turned(values, chart.sample) for values in chart.before))


def _native(chart: Chart, before: str) -> Native:
    if chart.kind == "bar":
        chart = _known(chart)
    clean = tuple((plain(name), tuple(_number(v) for v in values)) for name, values in chart.series)
    extra: list[tuple[str, tuple[float | None, ...]]] = []
    if before:
        several = len(clean) > 1
        extra = [(f"{name}, {before}" if several and name else before, tuple(_number(v) for v in values)) for (name, _), values in zip(clean, chart.before, strict=False)
                 if any(v is not None for v in values)]
    values = [v for _, line in (*clean, *extra) for v in line if v is not None]
    across = ""
    if chart.kind == "scatter" and len(clean) > 1:
        values = [v for v in clean[1][1] if v is not None]
        across = formats_of(chart.across, [v for v in clean[0][1] if v is not None])[1]
    full, short = formats_of(chart.sample, values)
    return Native(chart.kind, chart.stacked, tuple(plain(c) for c in chart.categories), (*clean, *extra), full, short, plain(chart.title),
                  frozenset(range(len(clean), len(clean) + len(extra))), chart.colours, across)


def _known(chart: Chart) -> Chart:
    """Without the rows of which nothing is known: they are said on the screen, and would be an empty place here."""
    lines = [values for _, values in chart.series] + list(chart.before)
    kept = [i for i in range(len(chart.categories)) if any(i < len(values) and _number(values[i]) is not None for values in lines)]
    if len(kept) == len(chart.categories):
        return chart
    return replace(chart, categories=tuple(chart.categories[i] for i in kept), series=tuple((name, tuple(values[i] for i in kept)) for name, values in chart.series),
                   before=tuple(tuple(values[i] for i in kept) for values in chart.before))


def _sound(native: Native) -> bool:
    """Whether it holds something and every series has a value a category."""
    count = len(native.categories)
    return (0 < count <= MOST_CATEGORIES and 0 < len(native.series) <= MOST_SERIES and all(len(line) == count for _, line in native.series)
            and any(v is not None for _, line in native.series for v in line))


def draws(picture: Picture) -> bool:
    """Whether something is drawn; a picture of large numbers holds only words."""
    figure = picture.figure.to_plotly_json()
    return any(_seen(t) for t in figure.get("data", ())) or bool(figure.get("layout", {}).get("shapes"))


def _number(value: object) -> float | None:
    if value is None or isinstance(value, str):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


# Formats of numbers -------------------------------------------------------------------------------------------------
#: Who reads Persian digits has them on a chart too: the shape of digits in a format, and the words of its scales.
_PERSIAN, _PERSIAN_SHAPE = re.compile("[۰-۹]"), "[$-3000429]"
_PERSIAN_SCALES = {"K": "\xa0هزار", "M": "\xa0م", "B": "\xa0میلیارد", "T": "\xa0هزار میلیارد"}


def formats_of(sample: str, values: Sequence[float]) -> tuple[str, str]:
    """(full, short) formats of office programs, after a value as the screen writes it: "₪4.82M", "65.1%", "12.3 d"."""
    persian = _PERSIAN.search(sample)
    shape = _PERSIAN_SHAPE if persian else ""
    text = _without_scale(plain(sample).replace("\u2212", "-").replace("\u066a", "%"))
    known = re.match(r"^[+\-<↑↓\s]*(?P<before>[^\d]*?)[+\-]?(?P<digits>\d(?:[\d.,\s٬٫’']*\d)?)(?P<scale>[KMBT]?)(?P<after>[^\d]*)$", text)
    head, tail = ("", "") if known is None else (known["before"].strip(), known["after"].rstrip())
    if tail.lstrip().startswith("%"):
        return "0.0%", shape + ("0%" if max((abs(v) for v in values), default=0) >= 0.1 else "0.0%")
    largest = max((abs(v) for v in values), default=0.0)
    # A count has no decimals; an amount of money in cents would only be noise.
    small = largest < 100 and any(v != int(v) for v in values)
    gap = " " if known is not None and known["after"][:1].isspace() else ""
    before, after = _quoted(head), _quoted(gap + tail.strip()) if tail.strip() else ""
    body = "#,##0.00" if small else "#,##0"
    short = next((f"#,##0{'.0' if largest < 20 * scale else ''}{commas}{_quoted(_PERSIAN_SCALES.get(letter, letter) if persian else letter)}" for scale, commas, letter in _SCALES if largest >= scale),
                 "#,##0.0" if small else "#,##0")
    if persian and (before or after or '"' in short):
        # Words and signs around the number stand as they are read; office programs know embeddings better than isolates.
        return f"{before}{body}{after}", f'{shape}"\u202b"{before}{short}{after}"\u202c"'
    return f"{before}{body}{after}", f"{shape}{before}{short}{after}"


def _without_scale(text: str) -> str:
    """A value as written without the words of its scale ("4.8 million toman"): the format writes values in full."""
    parts = text.split("\xa0")
    return "\xa0".join(p for i, p in enumerate(parts) if not i or p not in _SCALE_WORDS)


def _quoted(text: str) -> str:
    """A text inside a number format; marks that would end it are left out."""
    kept = re.sub(r'["\\&<>\[\]]', "", text)
    return f'"{kept}"' if kept else ""


# Figures from elsewhere ---------------------------------------------------------------------------------------------
def _read(figure: Mapping[str, Any]) -> tuple[Chart, ...]:
    """The chart behind the traces that can be seen; none where places have no names or traces of several kinds mix."""
    traces = [t for t in figure.get("data", ()) if _seen(t)]
    kinds = {t.get("type", "scatter") for t in traces}
    axes = {(t.get("xaxis", "x"), t.get("yaxis", "y")) for t in traces}
    if len(kinds) != 1 or len(axes) != 1:
        return ()
    kind = kinds.pop()
    if kind == "pie":
        first = traces[0]
        labels, values = _listed(first.get("labels")), _listed(first.get("values"))
        return (Chart("pie", tuple(map(str, labels)), ((str(first.get("name") or ""), tuple(values)),)),) if len(traces) == 1 and labels else ()
    if kind not in ("bar", "scatter"):
        return ()
    lying = kind == "bar" and all(t.get("orientation") == "h" for t in traces)
    if kind == "bar" and any((t.get("orientation") == "h") != lying or any(_listed(t.get("base"))) for t in traces):
        return ()
    layout = figure.get("layout", {})
    return _drawn(traces, "bar" if lying else "column" if kind == "bar" else "line", layout)


def _drawn(traces: Sequence[Mapping[str, Any]], kind: str, layout: Mapping[str, Any]) -> tuple[Chart, ...]:
    along, across = ("y", "x") if kind == "bar" else ("x", "y")
    if kind == "line" and any("lines" not in str(t.get("mode", "lines")) for t in traces):
        return ()
    axis = layout.get(f"{along}axis", {}) or {}
    names = dict(zip(_listed(axis.get("tickvals")), map(str, _listed(axis.get("ticktext"))), strict=False))
    places = list(dict.fromkeys(p for t in traces for p in _listed(t.get(along))))
    if not places or not all(isinstance(p, str) or p in names for p in places):
        return ()
    if kind == "bar" and not all(isinstance(p, str) for p in places):
        places = sorted(places, reverse=True)  # rows are read from the top
    series = tuple((str(t.get("name") or ""), tuple(dict(zip(_listed(t.get(along)), _listed(t.get(across)), strict=False)).get(p) for p in places)) for t in traces)
    texts = tuple(re.sub(r"<[^>]*>", " ", names.get(p, str(p))).strip() for p in places)
    filled = kind == "line" and any(t.get("stackgroup") for t in traces)
    return (Chart("area" if filled else kind, texts, series, stacked=len(series) > 1 and (filled or layout.get("barmode") in ("stack", "relative"))),)


def _seen(trace: Mapping[str, Any]) -> bool:
    """Whether a trace is drawn: layers that only take clicks are clear."""
    marker = trace.get("marker") or {}
    colour = marker.get("color")
    clear = isinstance(colour, str) and bool(_CLEAR.search(colour.replace(" ", "")))
    return not clear and trace.get("visible") in (None, True)


def _listed(values: object) -> list[Any]:
    if values is None:
        return []
    if isinstance(values, dict) and "bdata" in values:
        return []  # packed numbers have no names beside them
    return list(values) if isinstance(values, Sequence) and not isinstance(values, str) or hasattr(values, "__iter__") and not isinstance(values, str) else [values]
