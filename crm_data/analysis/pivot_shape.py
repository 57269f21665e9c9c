"""The shape of a pivot: its axes, heads and cells, and how a cut lies in it. Asking for them is :mod:`crm_data.analysis.pivot`'s."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.cut import Cut

PERIOD = "period"


class Part(Enum):
    """In place of a member: everything, or what was left out."""

    TOTAL = "total"
    OTHERS = "others"


#: A member's id (keyed dimensions), its value, None for the unknown one; the number of a bucket; or a Part.
Key = object
Path = tuple[Key, ...]


@dataclass(frozen=True)
class Cell:
    """Measures now and in the comparison period (empty without one). What adds up is 0 where there is nothing; a ratio is None."""

    now: Mapping[str, Number]
    before: Mapping[str, Number]


@dataclass(frozen=True)
class Head:
    """A member on an axis: ``name`` its text (None: unknown), ``start`` a bucket's first day."""

    key: Key
    name: object = None
    start: object = None


@dataclass(frozen=True)
class Pivot:
    """``row_axes`` (outermost first) and ``column_axis`` ("" where the measures are the columns) are dimensions or "period".

    ``lines``: paths of keys in the order shown, subtotals before what they hold; the grand total is not among them.
    ``columns``: keys in order, without the total. ``heads``: axis -> key -> Head. ``answer``: the plain answer to the cut.
    """

    cut: Cut
    answer: Answer
    row_axes: tuple[str, ...]
    column_axis: str
    lines: tuple[Path, ...]
    columns: Path
    heads: Mapping[str, Mapping[Key, Head]]
    cells: Mapping[tuple[Path, Key], Cell]
    nothing: Cell

    def at(self, line: Path = (), column: Key = Part.TOTAL) -> Cell:
        """The cell, row total (no column), column total (no line) or corner (neither)."""
        return self.cells.get((line, column), self.nothing)

    #: The keys that stand for everything and for what was left out.
    total = Part.TOTAL
    others = Part.OTHERS

    @property
    def compared(self) -> bool:
        return self.answer.before is not None


def layout(cut: Cut) -> tuple[tuple[str, ...], str]:
    """(axes of the rows, outermost first; axis of the columns or "")."""
    if cut.grain:
        return (cut.by, PERIOD) if cut.by else ((PERIOD,), "")
    return (cut.by, "") if len(cut.by) < 2 else ((cut.by[0], *cut.by[2:]), cut.by[1])
