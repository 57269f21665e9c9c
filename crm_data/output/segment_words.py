"""A condition of a segment against one customer, in words: what, its value, what is asked."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, WINDOWS, Filter, each_parts
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output.formats import Formats
from crm_data.output.words import Words


class Told(Protocol):
    """One line of an explanation, see ``analysis.segment_members.Line``."""

    @property
    def condition(self) -> Filter: ...
    @property
    def value(self) -> float | int | tuple[str, ...] | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def period(self) -> Period | None: ...
    @property
    def place(self) -> int | None: ...
    @property
    def among(self) -> int | None: ...


@dataclass(frozen=True)
class LineText:
    """``subject`` is what is looked at, ``value`` what this customer has, ``wanted`` what the condition asks."""

    subject: str
    value: str
    wanted: str


_WANTED = {"at_least": N_("{value} or more"), "below": N_("less than {value}"), "between": N_("{low} to {high}"), "top": N_("among the top {value}"),
           "bottom": N_("among the last {value}"), "is_not": N_("all but {value}"), "contains": N_("contains “{value}”"), "is_empty": N_("not known")}


def line_text(line: Told, words: Words, formats: Formats, catalog: Catalog) -> LineText:
    """A line of an explanation in the language of ``words``."""
    f = line.condition
    if not f.dimension.startswith(EACH):
        return LineText(words.label(catalog.dimension(f.dimension)), _members(line, words), _asked_members(f, words))
    measure, window = each_parts(f.dimension)
    when = words.t(WINDOWS[window]) if window else formats.period(line.period.first, line.period.last) if line.period else ""
    subject = words.label(catalog.measure(measure)) + (words.listed(["", when]) if when else "")
    ranked = f.op in ("top", "bottom")
    values = [words.figure(v) if ranked and v.endswith("%") else formats.count(int(v), full=True) if ranked else formats.value(float(v), line.unit, full=True) for v in f.values]
    value = words.t(N_("not known")) if line.value is None else formats.value(line.value, line.unit, full=True)
    if line.place is not None:
        value = words.t(N_("{value}, place {place} of {among}"), value=value, place=formats.count(line.place, full=True), among=formats.count(line.among, full=True))
    elif ranked:
        value = words.t(N_("nothing, so without a place"))
    return LineText(subject, value, _wanted(f.op, values, words))


def _wanted(op: str, values: Sequence[str], words: Words) -> str:
    if op == "between":
        return words.t(_WANTED[op], low=values[0], high=values[1])
    return words.t(_WANTED[op], value=values[0]) if op in _WANTED and values else words.t(_WANTED.get(op, op))


def _members(line: Told, words: Words) -> str:
    found = line.value if isinstance(line.value, tuple) else ()
    return words.listed(words.member(line.condition.dimension, v) for v in found) or words.t(N_("not known"))


def _asked_members(f: Filter, words: Words) -> str:
    if f.op in ("is", "is_not"):
        names = words.t(N_(" or ")).join(words.member(f.dimension, v) for v in f.values[:6]) + (" ..." if len(f.values) > 6 else "")
        return names if f.op == "is" else words.t(_WANTED["is_not"], value=names)
    return _wanted(f.op, f.values, words)
