"""Text on slides: direction, letters for every script, and how much room it takes. Sizes are points, places inches."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from crm_data.output.charts import LIGHT
from crm_data.output.charts.room import width_of

TITLE = 28
_LANGUAGE = "en-US"
#: Signs XML does not take, and those that turn the direction of what follows.
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff\u202a-\u202e]")
RUN = tuple[str, Mapping[str, Any]]


def clean(text: object) -> str:
    """A text a slide takes: isolates of numbers stay, they keep signs and units in their places."""
    return _BAD.sub("", str(text)).replace("\r\n", "\n").replace("\t", " ")


def put_text(slide, lines: Sequence[RUN | Sequence[RUN]], box: tuple[float, float, float, float] | None, rtl: bool, *, shape=None, name: str = "", middle: bool = False,
             gap: float = 0):
    """Paragraphs into a new box (or ``shape``). A line is a run (text, look) or several; look: size, bold, colour, bullet. ``gap``: points
    between paragraphs."""
    if shape is None:
        assert box is not None
        shape = slide.shapes.add_textbox(*(Inches(v) for v in box))
    if name:
        shape.name = name
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    for i, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        runs: Sequence[RUN] = [line] if isinstance(line, tuple) and isinstance(line[0], str) else line  # type: ignore[list-item,assignment]
        direct(paragraph, rtl)
        if gap and i:
            paragraph.space_before = Pt(gap)
        if any(look.get("bullet") for _, look in runs):
            _bullet(paragraph)
        for text, look in runs:
            _run(paragraph, text, look)
    return shape


def _run(paragraph, text: str, look: Mapping[str, Any]) -> None:
    run = paragraph.add_run()
    run.text = clean(text).replace("\n", " ")
    font = run.font
    font.size = Pt(look.get("size", 12))
    font.bold = bool(look.get("bold"))
    font.color.rgb = RGBColor.from_string(str(look.get("colour", LIGHT.ink))[1:])
    run._r.get_or_add_rPr().set("lang", _LANGUAGE)


def direct(paragraph, rtl: bool) -> None:
    """The direction of a paragraph; it begins at its own start side."""
    paragraph.alignment = PP_ALIGN.RIGHT if rtl else PP_ALIGN.LEFT
    paragraph._p.get_or_add_pPr().set("rtl", "1" if rtl else "0")


def _bullet(paragraph) -> None:
    about = paragraph._p.get_or_add_pPr()
    about.set("marL", "228600")  # the start side in both directions
    about.set("indent", "-228600")
    for tag, values in (("a:buFont", {"typeface": "Arial"}), ("a:buChar", {"char": "•"})):
        child = about.makeelement(qn(tag), values)
        about.append(child)


def shortened(text: str, letters: int) -> str:
    """At most so many letters, cut at a word."""
    return text if len(text) <= letters else (text[:letters].rsplit(" ", 1)[0] or text[:letters]).rstrip(" ,;·") + "…"


def fitting(texts: Sequence[str], room: float, high: float, sizes: Sequence[float], gap: float = 0) -> float:
    """The first of ``sizes`` at which the paragraphs fit ``high`` inches; the last where none does."""
    return next((s for s in sizes if height_of(texts, s, room, gap) <= high), sizes[-1])


def lines_taken(text: str, size: float, room: float) -> int:
    """Lines a text takes in ``room`` inches at ``size`` points, about."""
    points, used, lines = room * 72 * 0.97, 0.0, 1
    for word in clean(text).split(" "):
        wide = width_of(word + " ", size) * 0.96
        if used and used + wide > points:
            lines, used = lines + 1, 0.0
        used += wide
        while used > points:  # a word longer than the line is broken
            lines, used = lines + 1, used - points
    return lines


def height_of(texts: Sequence[str], size: float, room: float, gap: float = 0) -> float:
    """Inches a block of paragraphs takes."""
    return sum(lines_taken(t, size, room) * size * 1.22 + gap for t in texts) / 72
