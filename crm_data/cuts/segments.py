"""Segments of one's own: a named condition on customers, which becomes a dimension with the members "in" and "out"."""
from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crm_data.cuts.cut import Filter
from crm_data.cuts.dimensions import Dimension
from crm_data.errors import N_, InputError

if TYPE_CHECKING:
    from crm_data.model.snapshots import Warehouse

PREFIX = "segment_"
INSIDE, OUTSIDE = "in", "out"
MOST_CONDITIONS = 12


@dataclass(frozen=True)
class Segment:
    """Customers for whom all (``every``) or any of ``filters`` hold: filters on fields of the customer and on ``each.`` measures.

    Raises InputError for no conditions, too many, or a condition on another segment.
    """

    id: int
    name: str
    filters: tuple[Filter, ...]
    every: bool = True

    def __post_init__(self) -> None:
        if not 1 <= len(self.filters) <= MOST_CONDITIONS:
            raise InputError(N_("A segment has 1 to {most} conditions; this one has {n}."), most=MOST_CONDITIONS, n=len(self.filters))
        if any(f.dimension.startswith(PREFIX) for f in self.filters):
            raise InputError(N_("A segment cannot be made of other segments. Repeat their conditions in it."))

    @property
    def dimension(self) -> str:
        """The name it is cut and filtered by."""
        return f"{PREFIX}{self.id}"

    def to_text(self) -> str:
        """Its conditions as they are kept."""
        return json.dumps({"all": self.every, "conditions": [f.to_text() for f in self.filters]}, ensure_ascii=False)

    @staticmethod
    def conditions_from_text(text: str) -> tuple[tuple[Filter, ...], bool]:
        """Read :meth:`to_text`: (filters, every). Raises InputError for what it could not have written."""
        try:
            kept = json.loads(text)
            return tuple(Filter.from_text(str(f)) for f in kept["conditions"]), bool(kept["all"])
        except (ValueError, TypeError, KeyError) as error:
            raise InputError(N_("The conditions of a segment cannot be read. Make it anew.")) from error


def segment_dimension(segment: Segment) -> Dimension:
    return Dimension(segment.dimension, segment.name, N_("A segment of one's own: customers in it, and all others."), "customer", "", "code",
                     ordered=True, conditions=segment.filters, every=segment.every)


def with_segments(warehouse: Warehouse, segments: Iterable[Segment]) -> Warehouse:
    """The same warehouse, in which these segments are dimensions."""
    return replace(warehouse, segments=tuple(sorted(segments, key=lambda one: one.id)))


def definitions(dimensions: Iterable[str], warehouse: Warehouse) -> tuple[Segment, ...]:
    """The segments among ``dimensions``, as they are defined now: part of the key of a kept answer."""
    named = set(dimensions)
    return tuple(one for one in getattr(warehouse, "segments", ()) if one.dimension in named)
