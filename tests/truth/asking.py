"""How tests ask and compare: answers as {member: value}, exact for money and counts, 1e-9 relative for ratios."""
from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import GRAINS, Period
from crm_data.cuts.query import ask

Number = int | float | Decimal | Fraction | None


def same(found: object, expected: Number) -> bool:
    """Equal: exactly unless either is a float (a ratio), then within 1e-9 relative. NaN is never a value."""
    if found is None or expected is None:
        return found is None and expected is None
    if isinstance(found, float) or isinstance(expected, float) or (isinstance(expected, Fraction) and expected.denominator > 1
                                                                   and not isinstance(found, Decimal)):
        a, b = float(found), float(expected)
        return a == b or abs(a - b) <= 1e-9 * max(abs(a), abs(b))
    return Fraction(found) == Fraction(expected)


def number(text: str) -> Number:
    """``unknown``, a decimal, or a quotient of two decimals."""
    text = text.strip()
    if text == "unknown":
        return None
    over, _, under = text.partition("/")
    return float(Fraction(over) / Fraction(under)) if under else Fraction(over)


def period_of(text: str, today: date) -> Period | None:
    return None if text == "all" else Period.from_text(text, today)


def one(warehouse, scope, measure: str, period: Period | None, of: str = "") -> object:
    """One number: the total, a member's row (``branch=Haifa``), a bucket (``month=2026-04-01``), or under a filter (``where ...``)."""
    if of.startswith("where "):
        cut = Cut((measure,), period=period, filters=(Filter.from_text(of[6:]),))
        return ask(cut, warehouse, scope=scope).totals[measure]
    if not of:
        return ask(Cut((measure,), period=period), warehouse, scope=scope).totals[measure]
    dimension, _, member = of.partition("=")
    cells = by(warehouse, scope, measure, dimension, period)
    wanted = date.fromisoformat(member) if dimension in GRAINS else member or None
    if wanted not in cells:
        raise AssertionError(f"{measure} by {dimension}: no row {wanted!r} among {sorted(map(str, cells))}")
    return cells[wanted]


def by(warehouse, scope, measure: str, dimension: str, period: Period | None, filters: tuple[Filter, ...] = ()) -> dict[object, object]:
    """{member or bucket start: value} of a cut by one dimension or one grain ("" for the total alone)."""
    return many(warehouse, scope, (measure,), dimension, period, filters)[measure]


def many(warehouse, scope, measures: tuple[str, ...], dimension: str, period: Period | None,
         filters: tuple[Filter, ...] = ()) -> dict[str, dict[object, object]]:
    """:func:`by` of several measures asked in one cut: {measure: {member: value}}."""
    grain = dimension if dimension in GRAINS else None
    answer = ask(Cut(tuple(measures), (dimension,) if dimension and not grain else (), period=period, grain=grain, filters=filters),  # type: ignore[arg-type]
                 warehouse, scope=scope)
    if not dimension:
        return {m: {None: answer.totals[m]} for m in measures}
    records = answer.rows.to_dict("records")
    if grain:
        return {m: {_day(r["period"]): r[m] for r in records} for m in measures}
    return {m: _members(records, m, dimension) for m in measures}


def _members(records, measure: str, dimension: str) -> dict[object, object]:
    found: dict[object, object] = {}
    for r in records:
        key = None if r[dimension] is None or r[dimension] != r[dimension] else str(r[dimension])
        if key in found:
            raise AssertionError(f"{measure} by {dimension}: {key!r} stands twice")
        found[key] = r[measure]
    return found


def _day(value) -> date:
    return value.date() if hasattr(value, "date") else value
