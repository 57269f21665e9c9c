"""Folding: the members a table leaves out become one member, "others", inside the statement itself.

So one statement answers the members shown, the others, and every combination of both, and distinct counts and ratios are
right for the others too: a customer of two members left out is one customer of the others.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, false, literal, literal_column, null, or_, select, true

from crm_data.cuts.compile import Members
from crm_data.cuts.dimensions import Dimension
from crm_data.cuts.rows import FactRows

#: What the others are called in the rows that come back: no member of any data is called so (a control sign; no id is below 0).
OTHERS_TEXT, OTHERS_NUMBER = "\x02others", -1
_SEVERAL = "interest"


class Folded(Members):
    """Groups by dimensions with only the ``kept`` members apart; given to ``Desk.run`` in place of a restriction.

    ``kept``: dimension -> keys (ids of keyed dimensions, else values; None is the unknown member). Every one of them must be
    among the dimensions the statement is cut by. No row is left out. ``customers_apart``: customers are counted.
    """

    def __init__(self, kept: Mapping[str, Sequence[object]], customers_apart: bool = False) -> None:
        # Told that a dimension of several members a customer is in it, a statement takes each customer of a cell once. It must
        # for the others too: one customer of two members left out has two groups of rows there.
        super().__init__(_SEVERAL if customers_apart else next(iter(kept)), (), True)
        self.kept = {name: tuple(keys) for name, keys in kept.items()}

    def blurred(self, by: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.kept)

    def condition(self, rows: FactRows) -> ColumnElement:
        """Makes the columns of ``rows`` the folded ones; restricts nothing."""
        for name, keys in self.kept.items():
            _fold(rows, rows.catalog.dimension(name), keys)
        return true()


def is_others(value: object) -> bool:
    """Whether a key that came back stands for the others."""
    return value == OTHERS_TEXT or (value == OTHERS_NUMBER and not isinstance(value, bool))


def _fold(rows: FactRows, d: Dimension, keys: Sequence[object]) -> None:
    made = rows._made  # what the rows are grouped by is looked up there
    if d.multi and d.name not in made:
        made[d.name] = _folded_side(rows, d, keys)
        return
    column = rows.column(d)
    if not d.keyed:
        made[d.name] = _case(column, column, keys, d)
        return
    key = rows.key(d)
    made[d.name] = case((_inside(key, keys), column), else_=null())
    folded, plain = case((key.is_(None), null()), (_inside(key, keys), key), else_=literal_column(str(OTHERS_NUMBER))) if None in keys else case(
        (_inside(key, keys), key), else_=literal_column(str(OTHERS_NUMBER))), rows.key

    def folded_key(dimension: Dimension) -> ColumnElement:
        return folded if dimension.name == d.name else plain(dimension)
    rows.key: Callable[[Dimension], ColumnElement] = folded_key  # type: ignore[method-assign, misc]


def _case(column: ColumnElement, value: ColumnElement, keys: Sequence[object], d: Dimension) -> ColumnElement:
    others = literal_column(str(OTHERS_NUMBER)) if d.kind == "number" else _text(OTHERS_TEXT)
    unknown = [(column.is_(None), null())] if None in keys else []
    return case(*unknown, (_inside(column, keys), value), else_=others)  # type: ignore[arg-type]


def _inside(column: ColumnElement, keys: Sequence[object]) -> ColumnElement:
    known = [literal_column(str(int(k))) if isinstance(k, int) else _text(str(k)) for k in keys if k is not None]
    return or_(*(column == k for k in known)) if known else false()


def _text(value: str) -> ColumnElement:
    # Written into the statement, quoted by the dialect: a parameter would make two expressions of one in GROUP BY.
    return literal(value, literal_execute=True)


def _folded_side(rows: FactRows, d: Dimension, keys: Sequence[object]) -> ColumnElement:
    """Of a dimension with several members a customer: each customer once among the others."""
    side: Any = rows._side(d).subquery()
    folded = select(side.c.customer_id, _case(side.c.value, side.c.value, keys, d).label("value")).distinct().subquery(f"folded_{d.name}")
    rows._join(folded, folded.c.customer_id == rows.need(rows.fact.keys["customer"]))
    if None in keys:
        return folded.c.value
    return case((folded.c.value.is_(None), _text(OTHERS_TEXT)), else_=folded.c.value)
