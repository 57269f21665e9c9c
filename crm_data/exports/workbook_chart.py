"""The charts of a workbook: native ones that refer to cells, so that they can be edited; of the table itself where it holds their numbers."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_data.errors import N_
from crm_data.exports.cells import exact
from crm_data.exports.document import Part
from crm_data.exports.native import Native, natives_of
from crm_data.exports.native_rows import native_of_rows
from crm_data.output.charts import LIGHT
from crm_data.output.formats import plain
from crm_data.output.tables import Column

if TYPE_CHECKING:
    from crm_data.exports.workbook import Book

WIDTH, HEIGHT, ROW = 720, 380, 20
_KINDS = {"column": "column", "bar": "bar", "line": "line", "area": "area", "pie": "pie", "scatter": "scatter"}
#: (sheet name, first row, first column, last row, last column)
Range = list


@dataclass
class Placed:
    """Where the numbers of a chart stand: its categories, and of each series its name and values."""

    categories: Range
    names: tuple[Any, ...]
    values: tuple[Range, ...]


class ChartData:
    """The sheet that holds numbers of charts which no table holds as they are drawn; made when the first needs it, placed after the parts."""

    def __init__(self, book: Book) -> None:
        self.book, self._waiting = book, []
        self._name = ""
        self._line = 0

    def place(self, native: Native, title: str) -> Placed:
        """Room for a chart's numbers; they are written by :meth:`finish`."""
        if not self._name:
            self._name = self._free_name()
        top, count = self._line + 1, len(native.categories)
        self._waiting.append((self._line, title, native))
        self._line += count + 3
        values = tuple([self._name, top + 1, 1 + n, top + count, 1 + n] for n in range(len(native.series)))
        names = tuple([self._name, top, 1 + n] for n in range(len(native.series)))
        return Placed([self._name, top + 1, 0, top + count, 0], names, values)

    def _free_name(self) -> str:
        """The name the sheet will have: kept for it from now on."""
        from crm_data.output.tables import sheet_name

        base = name = sheet_name(self.book.words.t(N_("Chart data")))
        n = 1
        while name.casefold() in self.book.names:
            n += 1
            name = f"{base[:26]} ({n})"
        self.book.names.add(name.casefold())
        return name

    def finish(self) -> None:
        """Write the sheet, if a chart wanted it."""
        if not self._name:
            return
        self.book.names.discard(self._name.casefold())
        page, strong = self.book.sheet(self._name), self.book.style(bold=True)
        page.set_column(0, 0, 30)
        page.set_column(1, 12, 16)
        for line, title, native in self._waiting:
            page.write_string(line, 0, plain(title), strong)
            for n, (name, _) in enumerate(native.series):
                page.write_string(line + 1, 1 + n, plain(name) or plain(native.title or title), strong)
            form = self.book.out.add_format({"num_format": native.number_format})
            for i, category in enumerate(native.categories):
                page.write_string(line + 2 + i, 0, plain(category))
                for n, (_, values) in enumerate(native.series):
                    if values[i] is not None:
                        page.write_number(line + 2 + i, 1 + n, values[i], form)


def add_charts(book: Book, page: Any, part: Part, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], data: ChartData) -> None:
    """The charts of a part's picture beside its table, one below the other."""
    before = next((c.head.rpartition(", ")[2] for c in columns if c.name.endswith("_before")), "")
    for n, native in enumerate(_natives(book, part, columns, before)):
        # A scatter's numbers have names of their own, which no column of the table says.
        placed = None if native.kind == "scatter" else in_table(native, page.get_name(), columns, rows)
        chart = _chart(book, native, placed or data.place(native, part.title), native.title or part.title)
        page.insert_chart(1 + n * (HEIGHT // ROW + 2), len(columns) + 1, chart, {"object_position": 3, "description": plain(part.picture.alt)[:250] if part.picture else ""})


def _natives(book: Book, part: Part, columns: Sequence[Column], before: str) -> tuple[Native, ...]:
    """The charts of the picture; where it has none of that kind, the one its rows make."""
    found = tuple(_without_gaps(n) for n in natives_of(part.picture, before, book.formats) if n.kind in _KINDS)
    if found or part.picture is None or part.sheet is None or part.rows is not None:
        return found
    made = native_of_rows(columns, part.sheet.rows, part.passport.currency or book.currency, book.words.language, "toman" if book.formats.toman else "rial")
    return (made,) if made is not None else ()


def _without_gaps(native: Native) -> Native:
    """Without the places of bars that have no value in any series (what is left out is said, not drawn)."""
    kept = [i for i in range(len(native.categories)) if native.kind in ("line", "area") or any(values[i] is not None for _, values in native.series)]
    if len(kept) in (0, len(native.categories)):
        return native
    return replace(native, categories=tuple(native.categories[i] for i in kept), series=tuple((name, tuple(values[i] for i in kept)) for name, values in native.series))


def in_table(native: Native, sheet: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> Placed | None:
    """Where the table itself holds the chart's numbers, in the chart's order; None where it does not."""
    count = len(native.categories)
    if not 0 < count <= len(rows):
        return None
    texts = [at for at, c in enumerate(columns) if c.kind == "text" and tuple(plain(r.get(c.name)) for r in rows[:count]) == native.categories]
    if not texts or any(_same(c, rows[count - 1], rows[count]) for c in (columns[texts[0]],) if len(rows) > count and not rows[count].get("_quiet")):
        return None
    found = []
    for _, values in native.series:
        at = next((i for i, c in enumerate(columns) if c.kind != "text" and i not in found and _holds(c, rows[:count], values)), None)
        if at is None:
            return None
        found.append(at)
    return Placed([sheet, 1, texts[0], count, texts[0]], tuple([sheet, 0, at] for at in found), tuple([sheet, 1, at, count, at] for at in found))


def _same(column: Column, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return one.get(column.name) == other.get(column.name)


def _holds(column: Column, rows: Sequence[Mapping[str, Any]], values: Sequence[float | None]) -> bool:
    """Whether a column shows exactly these values."""
    if column.kind in ("date", "points"):
        return False
    for row, value in zip(rows, values, strict=True):
        own = exact(row.get(column.name))
        if (own is None) != (value is None) or own is not None and (isinstance(own, str) or abs(float(own) - value) > 1e-4 + 1e-9 * abs(value)):  # type: ignore[arg-type, operator]
            return False
    return any(v is not None for v in values)


def _chart(book: Book, native: Native, placed: Placed, title: str) -> Any:
    kind = _KINDS[native.kind]
    options: dict[str, Any] = {"type": kind}
    if native.stacked and kind in ("column", "bar", "area"):
        options["subtype"] = "stacked"
    elif kind == "scatter":
        options["subtype"] = "marker_only"
    chart = book.out.add_chart(options)
    several = len(native.series) > 1 and kind != "scatter"
    for at, series in _series(native, placed, kind):
        chart.add_series({**series, **_look(native, at, kind)})
    font = {"name": "Calibri", "size": 9, "color": LIGHT.muted}
    chart.set_title({"name": plain(title)[:250], "overlay": False, "name_font": {"size": 12, "bold": True, "color": LIGHT.ink}})
    chart.set_legend({"position": "bottom", "font": font} if several or kind == "pie" else {"none": True})
    chart.set_size({"width": WIDTH, "height": HEIGHT})
    chart.set_chartarea({"border": {"none": True}, "fill": {"color": LIGHT.surface}})
    if kind != "pie":
        _axes(chart, native, kind, book.rtl, font)
    return chart


def _series(native: Native, placed: Placed, kind: str) -> list[tuple[int, dict[str, Any]]]:
    if kind == "scatter":
        return [(0, {"name": placed.names[1], "categories": placed.values[0], "values": placed.values[1]})] if len(placed.values) > 1 else []
    return [(n, {"name": name, "categories": placed.categories, "values": values}) for n, (name, values) in enumerate(zip(placed.names, placed.values, strict=True))]


def _look(native: Native, at: int, kind: str) -> dict[str, Any]:
    """Colours of the screen in the light theme; a comparison is grey and, as a line, dashed."""
    compared = at in native.compared
    palette = native.colours or LIGHT.categories
    colour = LIGHT.comparison if compared else palette[at % len(palette)]
    if kind == "line":
        return {"line": {"color": colour, "width": 2.0, **({"dash_type": "dash"} if compared else {})}, "marker": {"type": "none" if len(native.categories) > 1 else "circle"}}
    if kind == "scatter":
        return {"marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": LIGHT.surface}}}
    if kind == "pie":
        return {"points": [{"fill": {"color": palette[n % len(palette)]}} for n in range(len(native.categories))]}
    return {"fill": {"color": colour}, "border": {"none": not native.stacked, **({"color": LIGHT.surface} if native.stacked else {})}, **({"gap": 60} if at == 0 else {})}


def _axes(chart: Any, native: Native, kind: str, rtl: bool, font: dict[str, Any]) -> None:
    quiet = {"line": {"color": LIGHT.line}, "num_font": font}
    values = {**quiet, "num_format": native.short_format, "major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}}, "line": {"none": True}}
    if kind == "bar":
        # The first row is at the top, as it is read; the numbers stay below.
        chart.set_y_axis({**quiet, "reverse": True, "major_gridlines": {"visible": False}, "label_position": "low"})
        chart.set_x_axis({**values, "label_position": "high", "reverse": rtl})
    elif kind == "scatter":
        names = [name for name, _ in native.series[:2]]
        named = [{"name": plain(name), "name_font": font} if name else {} for name in (*names, "", "")[:2]]
        chart.set_x_axis({**values, **named[0], "label_position": "low", "num_format": "General"})
        chart.set_y_axis({**values, **named[1], "label_position": "low"})
    else:
        chart.set_x_axis({**quiet, "label_position": "low", "major_gridlines": {"visible": False}, "text_axis": True})
        chart.set_y_axis({**values, "label_position": "low"})
