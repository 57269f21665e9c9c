"""What a review's numbers say in a file: now, at the last meeting, change, target; what reads differently, and why."""
from __future__ import annotations

from crm_data.analysis.review import Figure, Looked, Restated
from crm_data.cuts.answer import Number
from crm_data.errors import N_
from crm_data.exports.cells import Told
from crm_data.exports.document import Hero
from crm_data.output.formats import NO_DELTA, Delta, Formats, plain
from crm_data.output.review_words import restated_text as said_of
from crm_data.output.words import Words


def block_title(looked: Looked, words: Words) -> str:
    """The block's own title, or that of its kind."""
    return looked.title if looked.own_title else words.t(looked.title)


def label_of(figure: Figure, words: Words) -> str:
    label = words.t(figure.label)
    return f"{label} · {plain(figure.member)}" if figure.member else label


def delta_of(figure: Figure, formats: Formats) -> Delta:
    """The change since the last meeting; none where the two periods do not begin on the same day, or days were only added."""
    return formats.delta(figure.now, figure.then, figure.unit, figure.better) if figure.has_then and figure.same_start and not figure.grown else NO_DELTA


def difference(figure: Figure, words: Words, formats: Formats) -> str:
    """The change as an amount with its sign; empty where there is none to say."""
    change = figure.change
    if change is None or not figure.same_start:
        return ""
    return formats.signed(float(change), figure.unit) if change else words.t(N_("no change"))


def hero_of(figure: Figure, words: Words, formats: Formats) -> Hero:
    """The number large, the last meeting and the target beside it."""
    delta = delta_of(figure, formats)
    beside = []
    if figure.has_then:
        beside.append((words.t(N_("Last meeting")), formats.average(figure.then, figure.unit)))
    if figure.same_start and figure.change:
        beside.append((words.t(N_("Change")), difference(figure, words, formats)))
    if figure.target is not None:
        beside.append((words.t(N_("Target")), formats.value(figure.target, figure.unit)))
    return Hero(formats.average(figure.now, figure.unit), label_of(figure, words), delta.full, delta.tone, tuple(beside))


def told(number: Number | float, unit: str, formats: Formats) -> Told | None:
    """A number for a column of several units; None where it is not known."""
    return None if number is None else Told(formats.average(number, unit), number, unit)


def told_change(figure: Figure, formats: Formats) -> Told | None:
    """The change for such a column: an amount, points or a difference."""
    if figure.change is None or not figure.same_start:
        return None
    kind = "points" if figure.unit == "share" else "difference" if figure.unit == "score" else figure.unit
    return Told(formats.signed(float(figure.change), figure.unit), figure.change, kind)


# Restated -------------------------------------------------------------------------------------------------------
def restated_text(one: Restated, words: Words, formats: Formats) -> str:
    """A figure of the last meeting that reads differently, and why: in the same words as on the page."""
    return said_of(words, formats, one)
