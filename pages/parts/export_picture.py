"""A frame as one picture, put together for the browser to draw: title, sentence, its figures or its short table, and the line that says
where the numbers come from."""
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plotly.utils import PlotlyJSONEncoder

from crm_data.errors import N_
from crm_data.exports.document import Part
from crm_data.exports.passport import passport_lines
from crm_data.exports.pictures import EDGE, figure_json
from crm_data.output.charts import LIGHT
from crm_data.output.charts.common import FONT
from crm_data.output.tables import DRAWN, Column, Sheet, cell_text, head_of, tone
from pages.parts.export_routes import library_address

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Pixels a figure is wide; a PNG has twice as many.
WIDTH, SCALE = 960, 2
#: A table with more than this is no picture.
MOST_ROWS, MOST_COLUMNS = 60, 16
_NUMBERS = frozenset({"money", "count", "number", "share", "part", "change", "points", "difference", "days", "hours", "minutes", "years", "score", "rank", "move"})
#: The dashboard's own type, as the browser has it already. ``letters`` tells whether a text needs it.
FONTS = ({"family": "Inter", "url": "/app/static/inter-latin-wght-normal.woff2", "letters": r"\u0000-\u007f", "range": ""},
         {"family": "Heebo", "url": "/app/static/heebo-hebrew-wght-normal.woff2", "letters": r"\u0590-\u05ff\u20aa", "range": "U+0590-05FF,U+20AA,U+FB1D-FB4F"},
         {"family": "Vazirmatn", "url": "/app/static/vazirmatn-arabic-wght-normal.woff2", "letters": r"\u0600-\u06ff", "range": "U+0600-06FF,U+0750-077F,U+FB50-FDFF,U+FE70-FEFF"})


def drawable(parts: tuple[Part, ...]) -> bool:
    """Whether these parts make a picture: a figure, or a table that is short."""
    if any(p.picture is not None for p in parts):
        return True
    sheet = parts[0].sheet
    return bool(parts[0].lines or parts[0].heroes) if sheet is None else len(sheet.all_rows) <= MOST_ROWS and len(_columns(sheet)) <= MOST_COLUMNS


def errand(page: Page, parts: tuple[Part, ...], name: str, ending: str, number: str) -> dict[str, Any]:
    """What the browser is given to draw parts of one frame; ``number`` tells one errand from another."""
    first, words = parts[0], page.words
    drawn = [p.picture for p in parts if p.picture is not None]
    figures = []
    for picture in drawn:
        figure = json.loads(json.dumps(figure_json(picture), cls=PlotlyJSONEncoder))
        figures.append({**figure, "height": figure["layout"]["height"], "edge": EDGE})
    return {
        "n": number, "kind": "picture", "format": ending, "name": name, "dir": "rtl" if words.rtl else "ltr", "width": WIDTH, "scale": SCALE,
        "title": first.title, "sentence": first.sentence, "alt": " ".join(p.alt for p in drawn), "figures": figures, "lines": list(first.lines) if not drawn else [],
        "table": _table(page, first.sheet) if not drawn and first.sheet is not None else None, "foot": _foot(page, first), "library": library_address(), "fonts": list(FONTS),
        "look": {"ink": LIGHT.ink, "muted": LIGHT.muted, "line": LIGHT.line, "surface": LIGHT.surface, "font": FONT}, "labels": labels(page)}


def labels(page: Page) -> dict[str, str]:
    """What is said under the buttons."""
    t = page.words.t
    return {"making": t(N_("Making the file …")), "done": t(N_("Saved:")), "again": t(N_("Save again")),
            "failed": t(N_("The picture could not be made in this browser. Take another format."))}


def _foot(page: Page, part: Part) -> list[str]:
    """The passport in two lines; definitions stand in the other formats."""
    lines = passport_lines(part.passport, page.words.language)
    definitions = {head for head, _ in part.passport.definitions}
    told = [_apart(f"{head}: {text}", page.words.rtl) for head, text in lines if head not in definitions and text != part.passport.link and text not in part.passport.notes]
    return [" · ".join(told), *([part.passport.link] if part.passport.link else [])]


def _apart(text: str, rtl: bool) -> str:
    """In a right-to-left picture each piece keeps its own order, and short ones stay on their line."""
    head, _, said = text.partition(": ")
    whole = f"\u2067{head}: \u2068{said}\u2069\u2069" if rtl else text
    return whole.replace(" ", "\u00a0") if len(text) < 48 else whole


def _columns(sheet: Sheet) -> list[Column]:
    return [c for c in sheet.columns if c.kind not in DRAWN]


def _table(page: Page, sheet: Sheet) -> dict[str, Any]:
    columns = _columns(sheet)
    colours = [{i: LIGHT.tone(mood) for i, c in enumerate(columns) if (mood := tone(c, row.get(c.name))) != "none"} for row in sheet.all_rows]
    return {"head": [head_of(c, page.formats) for c in columns], "numbers": [c.kind in _NUMBERS for c in columns], "total": sheet.total is not None, "tones": colours,
            "rows": [[_text(page, c, row.get(c.name)) for c in columns] for row in sheet.all_rows]}


def _text(page: Page, column: Column, value: object) -> str:
    """A cell as the grid shows it: the currency stands in the head."""
    if value is None or (isinstance(value, float) and value != value):
        return "" if column.kind in ("text", "link", "class", "date") else "–"
    if column.kind == "money":
        return page.formats.bare(page.formats.shown(value))
    if column.kind in ("count", "rank"):
        return page.formats.count(value, full=True)
    if column.kind == "move" and isinstance(value, int | float):
        return ("↑ " if value > 0 else "↓ " if value < 0 else "· ") + (page.formats.count(abs(value)) if value else "")
    return cell_text(column, value, page.formats)
