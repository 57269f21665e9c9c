"""What the weekly review says: a number beside what it was, and figures of the last meeting that read differently today."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_data.analysis.review import TITLES, Figure, Looked, Restated
from crm_data.cuts.answer import Number
from crm_data.errors import N_
from crm_data.output.formats import NO_DELTA, Delta, plain
from crm_data.output.review_words import restated_text
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_COLOURS = {"good": "green", "bad": "red", "none": "gray"}


def title_of(page: Page, looked: Looked) -> str:
    """The block's own title, or that of its kind."""
    return looked.title if looked.own_title else page.words.t(looked.title)


def kind_title(page: Page, kind: str, title: str) -> str:
    return title or page.words.t(TITLES[kind])


def label_of(page: Page, figure: Figure) -> str:
    label = page.words.t(figure.label)
    return f"{label} · {plain(figure.member)}" if figure.member else label


def value(page: Page, number: Number | float, unit: str) -> str:
    return page.formats.average(number, unit)


def delta_of(page: Page, figure: Figure) -> Delta:
    """The change since the last meeting, relative or in points; none where days were only added."""
    return page.formats.delta(figure.now, figure.then, figure.unit, figure.better) if figure.same_start and not figure.grown else NO_DELTA


def difference(page: Page, figure: Figure) -> str:
    """The change as an amount with its sign; empty where there is none to say."""
    change = figure.change
    if change is None:
        return ""
    return page.formats.signed(float(change), figure.unit) if change else page.words.t(N_("no change"))


def against_target(page: Page, figure: Figure) -> tuple[str, Delta] | None:
    """How far above or below what should be reached by now (or the target itself), with the words for it."""
    goal = figure.expected if figure.expected is not None else figure.target
    if goal is None or figure.now is None:
        return None
    delta = page.formats.delta(figure.now, goal, figure.unit, figure.better)
    tone = "none" if figure.good is None else "good" if figure.good else "bad"
    words = page.words
    by_now = figure.expected is not None and figure.target is not None and figure.expected != figure.target
    if not delta.arrow:
        said = words.t(N_("as it should be by now")) if by_now else words.t(N_("on target"))
    elif delta.arrow == "up":
        said = words.t(N_("over target to date")) if by_now else words.t(N_("over target"))
    else:
        said = words.t(N_("under target to date")) if by_now else words.t(N_("under target"))
    return said, Delta(delta.text, delta.arrow, tone, delta.amount)


def toned(text: str, tone: str) -> str:
    """Markdown of a judgement, coloured; the arrow inside says it too. ``text`` is our own, not the data's."""
    return f":{_COLOURS.get(tone, 'gray')}[{text}]" if text else ""


def change_cell(page: Page, figure: Figure) -> str:
    """The change of one row as Markdown: arrow and share, and the amount where that says more."""
    delta = delta_of(page, figure)
    if figure.change is None or not figure.same_start:
        return ""
    if figure.grown:
        return md(difference(page, figure))
    if not delta.arrow:
        return toned(page.words.t(N_("no change")), "none")
    return toned(md(delta.full), delta.tone)


# Restated -------------------------------------------------------------------------------------------------------
def restated_lines(page: Page, found: Sequence[Restated], most: int) -> list[str]:
    """The first of them in words, and how many more there are."""
    lines = [restated_text(page.words, page.formats, one) for one in found[:most]]
    if len(found) > most:
        more = len(found) - most
        lines.append(page.words.n("{n} more figure reads differently.", "{n} more figures read differently.", more, n=page.formats.count(more)))
    return lines
