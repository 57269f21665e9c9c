"""The answer laid out for drawing: members of each dimension in drawing order, buckets, and the cells between them."""
from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crm_data.cuts.answer import Answer
from crm_data.cuts.periods import Grain, next_bucket
from crm_data.errors import N_
from crm_data.output.figure_marks import PERIOD
from crm_data.output.formats import plain
from crm_data.output.views import UNKNOWN, View, member_key


@dataclass(frozen=True)
class Place:
    """One member of a dimension (``key`` as :func:`member_key`), or one bucket (``key`` its first day)."""

    key: str
    label: str
    quiet: bool = False


Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """``dims``: the members of each dimension, unknown last; ``buckets`` in time; ``cells`` by keys (members, then bucket).

    ``earlier``: the comparison's values by the same keys. ``partial``: places of buckets the period or the data do not cover whole.
    """

    answer: Answer
    view: View
    dims: tuple[tuple[Place, ...], ...]
    buckets: tuple[Place, ...]
    cells: Mapping[tuple[str, ...], Cell]
    earlier: Mapping[tuple[str, ...], Cell]
    partial: frozenset[int] = field(default=frozenset())

    @property
    def lead(self) -> str:
        return self.answer.cut.measures[0]

    @property
    def compared(self) -> bool:
        return self.answer.before is not None

    def value(self, measure: str, *keys: str) -> float | None:
        return number(self.cells.get(keys, {}).get(measure))

    def before(self, measure: str, *keys: str) -> float | None:
        return number(self.earlier.get(keys, {}).get(measure))

    def text(self, measure: str, *keys: str) -> str:
        return self.view.value(measure, self.cells.get(keys, {}).get(measure))

    def mark(self, *keys: str) -> dict[str, str]:
        """The mark of a cell, of its first keys, or of a bucket where there are no dimensions."""
        names = [*self.answer.cut.by, *([PERIOD] if self.answer.cut.grain else [])]
        return dict(zip(names, keys, strict=False))

    def change(self, measure: str, *keys: str) -> tuple[str, str]:
        """Text and tone of the change of a cell against the comparison; empty without one."""
        if not self.compared:
            return "", "none"
        delta = self.view.delta(measure, self.value(measure, *keys), self.before(measure, *keys))
        return delta.full, delta.tone


def number(value: object) -> float | None:
    """A float, or None for what is not known."""
    if value is None:
        return None
    found = float(value)  # type: ignore[arg-type]
    return found if math.isfinite(found) else None


def shape_of(answer: Answer, view: View) -> Shape:
    """Lays ``answer`` out. Nothing is added up."""
    cut = answer.cut
    cells, starts = _cells(answer, answer.rows, {})
    earlier: dict[tuple[str, ...], Cell] = {}
    if answer.before is not None:
        # Buckets of the comparison stand at the places of ours.
        earlier, _ = _cells(answer, answer.before, dict(enumerate(sorted(starts))))
    dims = tuple(_members(answer, i, view, cells) for i in range(len(cut.by)))
    days = sorted(starts)
    buckets = tuple(Place(d.isoformat(), view.formats.bucket(d, cut.grain or "day")) for d in days)
    return Shape(answer, view, dims, buckets, cells, earlier, _partial(answer, days, view))


def _cells(answer: Answer, frame: Any, places: Mapping[int, date]) -> tuple[dict[tuple[str, ...], Cell], set[date]]:
    found: dict[tuple[str, ...], Cell] = {}
    starts: set[date] = set()
    for row in frame.to_dict("records"):
        keys = tuple(member_key(d, row) for d in answer.cut.by)
        if answer.cut.grain:
            start = places.get(int(row["bucket"])) if places else row["period"]
            if start is None:
                continue
            starts.add(start)
            keys = (*keys, start.isoformat())
        found[keys] = row
    return found, starts


def _members(answer: Answer, place: int, view: View, cells: Mapping[tuple[str, ...], Cell]) -> tuple[Place, ...]:
    """Members of one dimension: by their own order, or by size where the measure adds up; else in the answer's order (as also the
    first dimension where an order or a top N was asked). Unknown last."""
    name, lead = answer.cut.by[place], answer.cut.measures[0]
    asked = place == 0 and (answer.cut.order_by or answer.cut.limit is not None or len(answer.cut.by) == 1)
    labels: dict[str, str] = {}
    sizes: dict[str, float] = {}
    for keys, row in cells.items():
        labels.setdefault(keys[place], plain(view.words.member(name, row[name])))
        sizes[keys[place]] = sizes.get(keys[place], 0.0) + abs(number(row[lead]) or 0.0)
    order = list(labels)
    about = view.catalog.dimension(name)
    if place and about.ordered:
        order.sort(key=_own_order)
    elif not asked and not about.ordered and view.catalog.measure(lead).adds_up:
        order.sort(key=lambda k: -sizes[k])
    order.sort(key=lambda k: k == UNKNOWN)
    return tuple(Place(k, labels[k], k == UNKNOWN) for k in order)


def _own_order(key: str) -> tuple[int, float, str]:
    value = key[1:]
    digits = value.split("-")[0].rstrip("+")
    return (0, float(digits), value) if digits.isascii() and digits.isdigit() else (1, 0.0, value)


def _partial(answer: Answer, starts: list[date], view: View) -> frozenset[int]:
    """Buckets that cannot be compared with whole ones. What stands on a day (a balance) is whole at any time."""
    grain: Grain | None = answer.cut.grain
    if grain is None or view.catalog.measure(answer.cut.measures[0]).kind == "balance":
        return frozenset()
    known = min(answer.period.last, answer.as_of)
    return frozenset(i for i, start in enumerate(starts)
                     if start < answer.period.first or next_bucket(start, grain) - timedelta(days=1) > known)


def partial_note(shape: Shape) -> str:
    """What to say about buckets that are not whole; "" when all are."""
    names = [shape.buckets[i].label for i in sorted(shape.partial)]
    if not names:
        return ""
    words = shape.view.words
    listed = words.t(N_("{one} and {other}"), one=names[0], other=names[-1]) if len(names) > 1 else names[0]
    return words.n("{names} holds only a part of its days", "{names} hold only a part of their days", len(names), names=listed)
