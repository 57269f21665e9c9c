"""What all charts share: a bare layout with an explicit height, text put by pixel, rows of label and numbers over a thin bar.

Texts of the data are escaped: Plotly reads a little HTML in labels.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import plotly.graph_objects as go

from crm_data.output.charts.direction import PDI as PDI
from crm_data.output.charts.direction import direct, kept
from crm_data.output.charts.direction import side as side
from crm_data.output.charts.theme import Theme
from crm_data.output.formats import plain

FONT = "Inter, Heebo, Vazirmatn, sans-serif"
#: Passed with every chart: no tool bar, no zoom that a scrolling hand sets off.
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
LABEL, NUMBER, HEAD = 13, 12.5, 11


@dataclass(frozen=True)
class Chart:
    """The numbers of a figure apart from how they are drawn, so that a file can hold them as a chart of its own that people can edit.

    ``kind``: column, bar, line, area, pie or scatter. ``categories`` in reading order; ``series`` are (name, a value a category);
    ``before`` holds the comparison of each series, if there is one. ``sample``: a value as formatted, which tells the unit. For a scatter
    the two series are across and up, the categories the points' names, and ``across`` a formatted value of the first.
    """

    kind: str
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    before: tuple[tuple[float | None, ...], ...] = ()
    stacked: bool = False
    sample: str = ""
    across: str = ""
    title: str = ""
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A figure and what it says in words, for those who cannot see it. ``charts``: its numbers, one chart a scale, where its kind has
    a counterpart in office programs."""

    figure: go.Figure
    alt: str
    charts: tuple[Chart, ...] = ()

    @property
    def height(self) -> int:
        return int(self.figure.layout.height)


class Draft:
    """A figure being drawn, as plain dictionaries: building it so takes a tenth of the time Plotly's own objects take.

    It is made a ``go.Figure`` once, at the end; the tests make each kind of figure with Plotly's full validation.
    """

    def __init__(self, layout: dict) -> None:
        self.data: list[dict] = []
        self.layout = layout

    def set(self, **layout: object) -> None:
        """Merge into the layout; dictionaries are merged, everything else replaced."""
        _merge(self.layout, layout)

    def bars(self, **trace: object) -> None:
        self.data.append({"type": "bar", **trace})

    def line(self, **trace: object) -> None:
        self.data.append({"type": "scatter", **{k: v for k, v in trace.items() if v is not None}})

    def shapes(self, *shapes: dict) -> None:
        self.layout.setdefault("shapes", []).extend(shapes)

    def picture(self, alt: str, *charts: Chart) -> Picture:
        direct(self.data, self.layout)
        return Picture(go.Figure({"data": self.data, "layout": self.layout}, _validate=False), alt, charts)


def _merge(into: dict, more: dict) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def escape(text: object) -> str:
    """Text for a label: no markup of its own, no characters that turn the direction beyond it."""
    return kept(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bare(height: int, theme: Theme, **layout: object) -> Draft:
    """An empty figure: no margins, axes, legend, drag or tool bar."""
    draft = Draft({
        "height": height, "margin": {"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0, "autoexpand": False},
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False, "dragmode": False, "bargap": 0,
        "barmode": "overlay", "hoverlabel": {"font": {"family": FONT, "size": 12}}, "font": {"family": FONT, "size": 12, "color": theme.muted},
        "xaxis": {"visible": False, "fixedrange": True}, "yaxis": {"visible": False, "fixedrange": True}})
    draft.set(**layout)
    return draft


def text(x: object, y: object, words: str, colour: str, size: float = NUMBER, *, anchor: str = "left", middle: str = "middle",
         xref: str = "x", yref: str = "y", xshift: float = 0, yshift: float = 0, bold: bool = False, align: str = "left") -> dict:
    """An annotation without arrow, padding or border; ``words`` are already escaped."""
    return {"x": x, "y": y, "text": f"<b>{words}</b>" if bold else words, "xref": xref, "yref": yref, "xanchor": anchor, "yanchor": middle,
            "xshift": xshift, "yshift": yshift, "showarrow": False, "borderpad": 0, "borderwidth": 0, "align": align,
            "font": {"size": size, "color": colour, "family": FONT}}


def reach(label: str, size: float = NUMBER) -> float:
    """About how many pixels a label is long; rather too many. Letters of Persian are narrower than others."""
    em = sum(0.28 if c.isspace() else 0.0 if not c.isprintable() else 0.43 if "\u0600" <= c <= "\u06ef" else 0.58 if "\u0590" <= c <= "\u05ff"
             else 0.9 if c in "MW%@" else 0.65 if c.isdigit() or c.isupper() or c in "₪$€" else 0.57 for c in label)
    return em * size


def tick(x: float, low: float, high: float, theme: Theme, width: float = 1.75, dash: str = "solid") -> list[dict]:
    """A mark across a bar: ink on a halo of the surface, so that it is seen on bar and ground alike."""
    line = {"type": "line", "x0": x, "x1": x, "y0": low, "y1": high, "layer": "above"}
    return [{**line, "line": {"color": theme.surface, "width": width + 2.25}}, {**line, "line": {"color": theme.ink, "width": width, "dash": dash}}]


@dataclass(frozen=True)
class Rows:
    """Places of rows from top to bottom: row ``i`` is centred at ``-i``; ``head`` pixels stand above the first."""

    count: int
    row: int
    head: int = 0
    foot: int = 0

    @property
    def height(self) -> int:
        return self.count * self.row + self.head + self.foot

    @property
    def range(self) -> list[float]:
        return [-(self.count - 0.5) - self.foot / self.row, 0.5 + self.head / self.row]

    def y(self, index: int, pixels: float = 0) -> float:
        """The place of a row, moved up by ``pixels``."""
        return -index + pixels / self.row

    def width(self, pixels: float) -> float:
        """A bar's thickness in the axis's own measure."""
        return pixels / self.row


def row_label(words: str, y: float, colour: str, mirrored: bool, bold: bool = False) -> dict:
    """A row's label at the start side."""
    found = text(1 if mirrored else 0, y, side(words, mirrored), colour, LABEL, anchor="right" if mirrored else "left", xref="paper", bold=bold)
    return {**found, "align": "right" if mirrored else "left"}


def click_layer(figure: Draft, rows: Rows, keys: list[str], hovers: list[str], low: float, high: float) -> None:
    """A transparent bar over each whole row: takes hover and click; ``customdata`` is the row's key."""
    figure.bars(
        x=[high - low] * rows.count, base=low, y=[rows.y(i) for i in range(rows.count)], orientation="h", width=0.96,
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, customdata=[[k] for k in keys], hovertext=hovers, hovertemplate="%{hovertext}<extra></extra>",
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, name="rows")


def thin_bars(figure: Draft, rows: Rows, values: list[float], colours: list[str], down: float, thick: float, base: object = 0) -> None:
    """The bars of the rows, ``down`` pixels under the middle."""
    figure.bars(
        x=values, base=base, y=[rows.y(i, -down) for i in range(rows.count)], orientation="h", width=rows.width(thick),
        marker={"color": colours, "cornerradius": 3, "line": {"width": 0}}, hoverinfo="skip",
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})


def wrapped(label: str, most: int) -> str:
    """A label, escaped, in two lines when it is longer than ``most`` letters. It is never cut."""
    words = kept(label).split(" ")
    if len(plain(label)) <= most or len(words) == 1:
        return escape(label)
    lengths = [abs(len(" ".join(words[:i])) - len(" ".join(words[i:]))) for i in range(1, len(words))]
    at = lengths.index(min(lengths)) + 1
    return escape(" ".join(words[:at])) + "<br>" + escape(" ".join(words[at:]))


def listing(items: Iterable[str], most: int = 12) -> str:
    """Items for an alt text, the first ``most`` of them."""
    found = [plain(i).strip() for i in items]
    return "; ".join(found[:most]) + ("; …" if len(found) > most else "")
