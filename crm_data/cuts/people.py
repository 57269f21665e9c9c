"""How many customers each number of a cut rests on: the distinct customers of the rows it adds up.

Counting distinct customers of millions of rows in hundreds of cells takes long. Only few matter here, so each cell carries
two masks of bits: a customer sets the bit of its id modulo a prime. As many customers are there as bits are set, or more
(two may share a bit, hardly ever in both masks), and masks of cells are those of their total when put together.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import product

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    Label,
    Select,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.compile import Members
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Balance, Base, Distinct, Measure
from crm_data.cuts.periods import buckets
from crm_data.cuts.rows import FactRows
from crm_data.model import dialects


class _All:
    """Stands in a cell's key for a dimension that is added up (``None`` is the unknown member)."""

    def __repr__(self) -> str:
        return "ALL"


ALL = _All()
#: Key of a cell: the member of each dimension of the cut, then the bucket with a grain.
Key = tuple[object, ...]
#: Bits of the masks: primes below the bits of a number.
PRIMES = (61, 59)
Masks = list[int]

_ZERO, _BIT = literal_column("0"), literal_column("CAST(1 AS BIGINT)")
_NO_BITS = literal_column("CAST(0 AS BIGINT)")


def people(cut: Cut, connection, *, scope: Scope, catalog: Catalog, reach: tuple[str, ...], members: Members | None = None) -> dict[Key, dict[str, int]]:
    """Customers behind each measure of ``cut`` in each cell and each total; the fewest of those of a formula's parts.

    Never more than there are, and seldom fewer while they are few; counts end at 61. A row of somebody who is not known as a customer
    counts as somebody's. ``cut.period`` must be set; its limit and order are not looked at. A cell without rows is not there.
    """
    parts = {m: catalog.parts(m) for m in cut.measures}
    wanted = tuple(dict.fromkeys(p for own in parts.values() for p in own))
    found = _with_totals(connection.execute(_statement(cut, wanted, scope, catalog, reach, members)).mappings(), cut, wanted)
    _stand_at_the_end(found, [i for i, p in enumerate(wanted) if isinstance(catalog.measure(p), Balance)], cut, catalog)
    place = {p: i for i, p in enumerate(wanted)}
    return {key: {m: fewest(_counted(masks, place[p]) for p in own) for m, own in parts.items()} for key, masks in found.items()}


def fewest(counts: Iterable[int]) -> int:
    """The smallest that is not nothing."""
    return min((n for n in counts if n), default=0)


def _counted(masks: Masks, part: int) -> int:
    return max(masks[part * len(PRIMES) + i].bit_count() for i in range(len(PRIMES)))


def _with_totals(rows: Iterable[Mapping], cut: Cut, parts: tuple[str, ...]) -> dict[Key, Masks]:
    """The masks of every cell and of every total of cells."""
    axes, width = len(cut.by) + bool(cut.grain), len(parts) * len(PRIMES)
    names = [f"m{i}" for i in range(width)]
    found: dict[Key, Masks] = {}
    for row in rows:
        masks = [int(row[n] or 0) for n in names]
        for key in product(*((row[f"a{i}"], ALL) for i in range(axes))):
            known = found.get(key)
            if known is None:
                found[key] = list(masks)
            else:
                for i, bits in enumerate(masks):
                    known[i] |= bits
    return found


def _stand_at_the_end(found: dict[Key, Masks], balances: list[int], cut: Cut, catalog: Catalog) -> None:
    """What stands at the period's end is what stands in its last bucket."""
    if not (cut.grain and balances and cut.period):
        return
    last = _starts(cut, catalog)[-1]
    for key in [k for k in found if k[-1] is ALL]:
        at_end = found.get((*key[:-1], last))
        for i in (part * len(PRIMES) + j for part in balances for j in range(len(PRIMES))):
            found[key][i] = at_end[i] if at_end else 0


def _statement(cut: Cut, parts: tuple[str, ...], scope: Scope, catalog: Catalog, reach: tuple[str, ...], members: Members | None) -> Select:
    by_fact: dict[str, list[Base]] = {}
    for part in parts:
        for fact in catalog.fact_of(part, reach):
            by_fact.setdefault(fact, []).append(catalog.measure(part))
    stack = union_all(*(_one_fact(fact, own, parts, cut, scope, catalog, members) for fact, own in by_fact.items())).subquery("who")
    return select(stack)


def _one_fact(fact: str, own: list[Base], parts: tuple[str, ...], cut: Cut, scope: Scope, catalog: Catalog, members: Members | None) -> Select:
    """The masks of each cell over one fact; no bits for parts of other facts."""
    rows = FactRows(catalog.fact(fact), cut, scope, catalog)
    if members is not None:
        rows.where.append(members.condition(rows))
    cells = [_key(rows, name, catalog).label(f"a{i}") for i, name in enumerate(cut.by)]
    who = func.coalesce(rows.need(rows.fact.keys["customer"]), rows.fact.id).label("who")
    if isinstance(own[0], Balance):
        return _balance(own[0], rows, cells, who, parts, cut, catalog)
    assert cut.period is not None
    if cut.grain:
        cells.append(dialects.bucket(cut.grain, rows.fact.date, catalog.week_start).label(f"a{len(cut.by)}"))
    adds, bits = {m.name: _adds(m, rows) for m in own}, _bits(who.element)
    if len(own) == 1:
        rows.where.append(adds[own[0].name])
        masks = _masks(parts, {own[0].name: bits})
    else:
        masks = _masks(parts, {name: [case((adding, bit), else_=_NO_BITS) for bit in bits] for name, adding in adds.items()})
    query = select(*cells, *masks).select_from(rows.source).where(rows.fact.date >= cut.period.first, rows.fact.date <= cut.period.last, *rows.where)
    return query.group_by(*(c.element for c in cells)) if cells else query


def _bits(who: ColumnElement) -> list[ColumnElement]:
    return [_BIT.op("<<")(cast(func.mod(cast(who, BigInteger), literal_column(str(prime))), Integer)) for prime in PRIMES]


def _masks(parts: tuple[str, ...], own: Mapping[str, list[ColumnElement]]) -> list[Label]:
    found = []
    for n, part in enumerate(parts):
        for i in range(len(PRIMES)):
            # No bits of a part that this fact knows nothing of.
            bits = func.bit_or(own[part][i]) if part in own else func.bit_or(_NO_BITS)
            found.append(cast(bits, BigInteger).label(f"m{n * len(PRIMES) + i}"))
    return found


def _key(rows: FactRows, dimension: str, catalog: Catalog) -> ColumnElement:
    d = catalog.dimension(dimension)
    return rows.key(d) if d.keyed else rows.column(d)


def axes_of(rows: FactRows, cut: Cut, catalog: Catalog) -> list[Label]:
    """The columns that tell the cells of ``cut`` apart, named as its rows are: ``<name>_id`` of keyed dimensions, ``period``."""
    found = [_key(rows, name, catalog).label(f"{name}_id" if catalog.dimension(name).keyed else name) for name in cut.by]
    return [*found, dialects.bucket(cut.grain, rows.fact.date, catalog.week_start).label("period")] if cut.grain else found


def _adds(m: Base, rows: FactRows) -> ColumnElement:
    """Whether a row adds something to ``m``: a row that adds 0 does not stand behind a sum."""
    if isinstance(m, Distinct):
        person = rows.entity("customer")
        customer = person.c.relation.in_(("customer", "former"))
        if m.of not in ("age_sum", "age_known"):
            return customer
        return and_(customer, dialects.age_at(*dialects.day_parts(rows.day), person.c.birth_date, person.c.birth_year).is_not(None))
    assert isinstance(m, Measure) and m.value is not None
    value = dict(m.instead).get(rows.fact.name, m.value)
    something = or_(value > _ZERO, value < _ZERO) if m.agg == "sum" else value.is_not(None)
    return something if m.where is None else and_(m.where, something)


def _balance(m: Base, rows: FactRows, cells: list, who: Label, parts: tuple[str, ...], cut: Cut, catalog: Catalog) -> Select:
    """Customers of whom something stands on the last day (of each bucket)."""
    assert cut.period is not None
    moved = rows.fact.table.c.moved
    until = rows.fact.date <= min(cut.period.last, catalog.as_of)
    group = [c.element for c in (*cells, who)]
    if not cut.grain:
        each = select(*cells, who).select_from(rows.source).where(until, *rows.where).group_by(*group).having(func.sum(moved) != _ZERO).subquery("each")
    else:
        # A movement counts in the bucket it falls into and in all later ones.
        start = dialects.bucket(cut.grain, rows.fact.date, catalog.week_start)
        moves = select(*cells, who, start.label("since"), func.sum(moved).label("moved")).select_from(rows.source).where(
            until, *rows.where).group_by(*group, start).subquery("moves")
        spine = union_all(*(select(literal_column(f"DATE '{d.isoformat()}'", Date).label("starts")) for d in _starts(cut, catalog))).subquery("spine")
        kept = [moves.c[c.name] for c in cells]
        each = select(*kept, spine.c.starts.label(f"a{len(cut.by)}"), moves.c.who).select_from(spine.join(moves, moves.c.since <= spine.c.starts)).group_by(
            *kept, spine.c.starts, moves.c.who).having(func.sum(moves.c.moved) != _ZERO).subquery("each")
    names = [each.c[f"a{i}"] for i in range(len(cut.by) + bool(cut.grain))]
    query = select(*names, *_masks(parts, {m.name: _bits(each.c.who)}))
    return query.group_by(*names) if names else query


def _starts(cut: Cut, catalog: Catalog) -> list[date]:
    assert cut.period is not None and cut.grain is not None
    return list(buckets(cut.period, cut.grain, catalog.week_start))
