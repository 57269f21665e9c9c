"""Views of one cut: by what a table out of its rows is cut, and of which members of the first dimension it is."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, literal_column, or_

from crm_data.cuts.periods import Grain
from crm_data.cuts.rows import FactRows

Keys = tuple[object, ...]


class Members:
    """Restriction to (or away from) some members of ``by[0]``: the ones a top N chose, or the others."""

    def __init__(self, dimension: str, keys: Keys, keep: bool) -> None:
        self.dimension, self.keys, self.keep = dimension, keys, keep

    def condition(self, rows: FactRows) -> ColumnElement:
        d = rows.catalog.dimension(self.dimension)
        column = rows.key(d) if d.keyed else rows.column(d)
        known = [k for k in self.keys if k is not None]
        inside = column.in_(known) if known else literal_column("1") == literal_column("0")
        if None in self.keys:
            return or_(inside, column.is_(None)) if self.keep else and_(column.is_not(None), ~inside)
        return inside if self.keep else or_(column.is_(None), column.not_in(known))

    def blurred(self, by: tuple[str, ...]) -> tuple[str, ...]:
        """Dimensions of which several members are one in a view cut ``by`` these."""
        return () if self.dimension in by else (self.dimension,)


@dataclass(frozen=True)
class View:
    """One table out of the rows of a cut: by what, and of which members of the cut's first dimension."""

    by: tuple[str, ...] = ()
    grain: Grain | None = None
    members: Members | None = None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those its rows must have."""
        return (*self.by, *((self.members.dimension,) if self.members and self.members.dimension not in self.by else ()))


TOTAL = View()
