"""The desk: runs the statements an answer is made of, over one connection, for one scope."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import combinations
from typing import TypeVar

import pandas as pd
from sqlalchemy import func, select, union_all

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Number
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.compile import compile_views, shares
from crm_data.cuts.conditions import CLASSES
from crm_data.cuts.cut import Cut
from crm_data.cuts.dimensions import AGE_BANDS, LAST_AGE_BAND
from crm_data.cuts.facts import ACTIVITIES, FACTS
from crm_data.cuts.measures import Measure
from crm_data.cuts.periods import Period, buckets
from crm_data.cuts.rates import days_of
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import INSIDE, OUTSIDE, definitions
from crm_data.cuts.views import TOTAL, Keys, Members, View
from crm_data.model import schema as s

EARLIEST = date(1900, 1, 1)
#: The axis of the buckets.
PERIOD = "period"
T = TypeVar("T")
#: Rows of a statement as they come.
Rows = list[dict[str, object]]
#: Formulas whose parts add up like sums, as long as a cost is known: see ``COST_KNOWN``, the lines and those with a cost.
LINEAR = frozenset({"cost_of_goods", "gross_profit", "worth"})
COST_KNOWN = ("_lines", "_lines_costed")


@dataclass(frozen=True)
class Found:
    """What the statements of one period gave. ``keys``: the members a top N chose; ``told``: totals of what measures rest on; ``margins``:
    rows by fewer axes (see ``Answer``); ``unknown``: of how many customers a dimension is not known, where the rows tell."""

    rows: pd.DataFrame
    totals: dict[str, Number]
    others: dict[str, Number] | None
    keys: Keys | None
    told: dict[str, Number]
    margins: Mapping[tuple[str, ...], Rows] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)


class Desk:
    """One connection, scope and catalog: runs the statements an answer is made of, all over the facts that have the
    dimensions ``reach`` (those of the whole cut), so that totals, others and coverage are of the same facts as the rows.

    With its ``warehouse`` it remembers what holds for a whole snapshot."""

    def __init__(self, connection, scope: Scope, catalog: Catalog, reach: tuple[str, ...] = (), warehouse=None) -> None:
        self.connection, self.scope, self.catalog, self.reach, self.warehouse = connection, scope, catalog, reach, warehouse

    def _once(self, name: object, make: Callable[[], T]) -> T:
        """Something that is the same for everybody as long as the snapshot is."""
        if self.warehouse is None:
            return make()
        return ANSWERS.get(("once", self.warehouse.key, name), make)

    def resolved(self, cut: Cut) -> Period:
        """The cut's period cut to the data; without one, from the first day of the facts asked."""
        if cut.period is not None:
            return cut.period.clipped(self.catalog.as_of)
        facts = sorted({f for m in cut.measures for p in self.catalog.parts(m) for f in self.catalog.fact_of(p, used_dimensions(cut))})
        first = self._once(("first day", *facts), lambda: self._first_day(facts))
        return Period(min(first or self.catalog.as_of, self.catalog.as_of), self.catalog.as_of)

    def _first_day(self, facts: Sequence[str]) -> date | None:
        firsts = union_all(*(select(func.min(day).label("d")).select_from(source) for f in facts for source, day in _days(f))).subquery()
        return self.connection.execute(select(func.min(firsts.c.d)).where(firsts.c.d > EARLIEST)).scalar()

    def rate_days(self) -> tuple[date, ...]:
        """Days on which a rate begins, or no longer holds."""
        if self.catalog.rates is not None:
            return days_of(self.catalog.rates)

        def ask_them() -> tuple[date, ...]:
            r = s.cost_rate.c
            spans = self.connection.execute(select(r.valid_from, r.valid_to).distinct())
            return tuple({day for first, last in spans for day in (first, last + timedelta(days=1) if last and last < date.max else None) if day})
        return self._once("rate days", ask_them)

    def run(self, cut: Cut, members: Members | None = None) -> list[dict[str, object]]:
        """The rows of a cut."""
        return self.several(cut, [View(cut.by, cut.grain, members)])[0]

    def rows(self, cut: Cut, keys: Keys | None) -> pd.DataFrame:
        """The rows of a cut as an answer has them, those of ``keys`` (members of its first dimension) alone where they are given."""
        members = Members(cut.by[0], keys, True) if keys is not None else None
        return self._frame(self.run(replace(cut, limit=None), members), cut, keys)

    def several(self, cut: Cut, views: Sequence[View]) -> list[list[dict[str, object]]]:
        """The rows of each view, in one statement; ``cut`` is that of the view with members. None held: no rows."""
        priced = any("costs" in self.catalog.fact_of(p, self.reach) for m in cut.measures for p in self.catalog.parts(m))
        query = compile_views(cut, views, scope=self.scope, catalog=self.catalog, reach=self.reach, rate_days=self.rate_days() if priced else None)
        counts = [m for m in cut.measures if self.catalog.measure(m).unit == "count"]
        found: list[list[dict[str, object]]] = [[] for _ in views]
        for row in map(dict, self.connection.execute(query).mappings()):
            # A sum of whole numbers is a decimal on some engines; a count is an int on all.
            row.update({m: int(row[m]) for m in counts if row[m] is not None})
            found[row.get("view", 0)].append(row)
        return found

    def found(self, cut: Cut, keys: Keys | None = None) -> Found:
        """Rows, total and others of one period, in as few statements as they need.

        ``keys``: the members to show; without them a top N first chooses them.
        """
        # What measures rest on is read from the same rows, where it stands there.
        wide = replace(cut, measures=tuple(dict.fromkeys((*cut.measures, *self._told_beside(cut)))))
        if keys is not None:
            only, rest = Members(cut.by[0], keys, True), Members(cut.by[0], keys, False)
            full = len(keys) >= (cut.limit or 0)
            views = [TOTAL, *([View((), None, rest)] if full else []), View(cut.by, cut.grain, only)]
            total, *others, rows = self.several(replace(wide, limit=None), views)
            left = others[0][0] if full and others[0][0]["held"] else None
            return self._found(cut, rows, total[0], left, keys)
        if not cut.by and not cut.grain:
            total = self.several(replace(wide, limit=None, order_by=""), [TOTAL])[0]
            return self._found(cut, total, total[0], None, None)
        if cut.limit is None or not cut.by:
            views = self._margins(wide)
            total, rows, *beside = self.several(replace(wide, limit=None), [TOTAL, View(cut.by, cut.grain), *views.values()])
            margins = dict(zip(views, beside, strict=True))
            unknown = self._unknown(wide, {**margins, axes_of(cut): rows})
            return replace(self._found(cut, rows, total[0], None, None), margins=margins, unknown=unknown)
        return self._top(cut, wide)

    def _margins(self, cut: Cut) -> dict[tuple[str, ...], View]:
        """Views of the cut by fewer of its axes, where they cost little beside it: a table wants them next."""
        axes = axes_of(cut)
        if len(axes) not in (2, 3) or "customer" in cut.by or not self.scope.personal:
            return {}
        fewer = [some for n in range(1, len(axes)) for some in combinations(axes, n)]
        views = {some: View(tuple(a for a in some if a != PERIOD), cut.grain if PERIOD in some else None) for some in fewer}
        together = [TOTAL, *views.values(), View(cut.by, cut.grain)]
        return views if shares(cut, together, scope=self.scope, catalog=self.catalog, reach=self.reach) else {}

    def _unknown(self, cut: Cut, known: Mapping[tuple[str, ...], Rows]) -> dict[str, int]:
        """Of how many customers a dimension is not known, of those whose rows (by it alone) count them."""
        counted = self._counted(cut)
        if counted not in cut.measures:
            return {}
        return {d: sum(int(r[counted] or 0) for r in known[(d,)] if r[self.key_of(d)] is None) for d in cut.by if (d,) in known}  # type: ignore[call-overload]

    def _told_beside(self, cut: Cut) -> list[str]:
        """Measures that say how much others rest on, computed from rows the cut reads anyhow (so that no row is added)."""
        read = {(self.catalog.measure(p).kind, self.catalog.fact_of(p, self.reach)) for m in cut.measures for p in self.catalog.parts(m)}
        pairs = dict.fromkeys(p for m in cut.measures for pair in self.catalog.rests_on(m) for p in pair)
        return [p for p in pairs if all((self.catalog.measure(q).kind, self.catalog.fact_of(q, self.reach)) in read for q in self.catalog.parts(p))]

    def _top(self, cut: Cut, wide: Cut) -> Found:
        """Members of the first dimension a top N chooses, then what is asked of them and of the others."""
        order = cut.order_by if cut.order_by in (*cut.measures, cut.by[0]) else ""
        limit = cut.limit or 0
        if any(m in LINEAR for m in cut.measures):
            wide = replace(wide, measures=tuple(dict.fromkeys((*wide.measures, *COST_KNOWN))))
        # One more than asked says whether others are left.
        total, head = self.several(replace(wide, by=cut.by[:1], grain=None, order_by=order, limit=limit + 1), [TOTAL, View(cut.by[:1])])
        keys, more = tuple(r[self.key_of(cut.by[0])] for r in head[:limit]), len(head) > limit
        rows, single = head[:limit], len(cut.by) == 1 and not cut.grain
        if single and (not more or self._exact(cut, total[0], rows)):
            return self._found(cut, rows, total[0], _less(total[0], rows, cut.measures) if more else None, keys)
        views = [*([View((), None, Members(cut.by[0], keys, False))] if more else []), *([] if single else [View(cut.by, cut.grain, Members(cut.by[0], keys, True))])]
        left = None
        if views:
            asked = replace(cut, limit=None) if not single else replace(cut, by=(), limit=None, order_by="")
            *others, last = self.several(asked, views)
            rows = rows if single else last
            left = ((last if single else others[0])[0]) if more else None
        return self._found(cut, rows, total[0], left, keys)

    def _exact(self, cut: Cut, total: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> bool:
        """Whether the others are the total less the members shown, to the last digit: sums of whole or decimal numbers that add up.

        Not where credit is split (the total is of whole orders), nor where the others might have a cost that is not known.
        """
        by = cut.by[:1]
        if self.catalog.dimension(by[0]).root == "owner" or not all(self.catalog.adds_up(m, by) for m in cut.measures):
            return False
        if any(m not in LINEAR and not isinstance(self.catalog.measure(m), Measure) for m in cut.measures):
            return False
        known = tuple(p for p in COST_KNOWN if p in total)
        if not all(isinstance(row[m], int | Decimal) for row in (total, *rows) for m in (*cut.measures, *known)):
            return False
        rest = _less(total, rows, known)
        return not known or bool(rest["_lines_costed"]) or not rest["_lines"]

    def _found(self, cut: Cut, rows: list[dict[str, object]], total: dict[str, object], others: dict[str, object] | None, keys: Keys | None) -> Found:
        def numbers(row: dict[str, object]) -> dict[str, Number]:
            return {m: row[m] for m in cut.measures}  # type: ignore[misc]
        told = {name: value for name, value in total.items() if name not in ("view", "held")}
        return Found(self._frame(rows, cut, keys), numbers(total), numbers(others) if others else None, keys, told)  # type: ignore[arg-type]

    def key_of(self, dimension: str) -> str:
        return f"{dimension}_id" if self.catalog.dimension(dimension).keyed else dimension

    def _frame(self, found: list[dict[str, object]], cut: Cut, keys: Keys | None) -> pd.DataFrame:
        columns = [c for d in cut.by for c in ((d, f"{d}_id") if self.catalog.dimension(d).keyed else (d,))]
        found = self._in_own_order(found, cut)
        if keys is not None:
            place = {k: i for i, k in enumerate(keys)}
            found.sort(key=lambda r: place.get(r[self.key_of(cut.by[0])], len(place)))
        if cut.grain:
            found = self._every_bucket(found, columns, cut)
            columns = [*columns, "period", "bucket"]
        _tell_apart(found, cut.by)
        return pd.DataFrame({c: pd.Series([r[c] for r in found], dtype=object) for c in (*columns, *cut.measures)})

    def framed(self, found: Rows, cut: Cut) -> pd.DataFrame:
        """Rows by the one dimension of ``cut``, asked together with others, in the order and shape they have when asked alone."""
        name, d = cut.by[0], self.catalog.dimension(cut.by[0])
        key, asked = self.key_of(name), cut.order_by or ("" if d.ordered else cut.measures[0])
        rows = sorted((dict(r) for r in found), key=lambda r: (r[name] is None, "" if r[name] is None else r[name], r[key] is None, r[key] or 0 if d.keyed else 0))
        by = asked if asked in cut.measures else name if asked == name and cut.descending else ""
        if by:
            there = sorted((r for r in rows if r[by] is not None), key=lambda r: r[by], reverse=cut.descending)  # type: ignore[arg-type, return-value]
            rows = [*there, *(r for r in rows if r[by] is None)]
        return self._frame(rows, cut, None)

    def _in_own_order(self, found: list[dict[str, object]], cut: Cut) -> list[dict[str, object]]:
        """Members with an order of their own (ages, stages) in that order, unless another was asked."""
        if cut.order_by or not cut.by or not self.catalog.dimension(cut.by[0]).ordered:
            return found
        place: Mapping[object, int] = {}
        if cut.by[0] == "stage":
            o = s.opportunity.c
            steps = self.connection.execute(select(o.stage, func.min(o.stage_order)).group_by(o.stage))
            place = {stage: n for stage, n in steps if n is not None}
        elif cut.by[0] == "age_band":
            place = {name: i for i, name in enumerate([*(n for _, n in AGE_BANDS), LAST_AGE_BAND])}
        elif self.catalog.dimension(cut.by[0]).conditions or cut.by[0] in CLASSES:
            place = {name: i for i, name in enumerate(CLASSES.get(cut.by[0], (INSIDE, OUTSIDE)))}
        return sorted(found, key=lambda r: (r[cut.by[0]] is None, place.get(r[cut.by[0]], 999))) if place else found

    def _every_bucket(self, found, columns: list[str], cut: Cut) -> list[dict[str, object]]:
        """Buckets without a row appear: nothing of what adds up, None of what is a ratio."""
        starts = buckets(cut.period, cut.grain, self.catalog.week_start)  # type: ignore[arg-type]
        cells: dict[tuple, dict[date, dict[str, object]]] = {}
        for r in found:
            cells.setdefault(tuple(r[c] for c in columns), {})[r["period"]] = r
        if columns and not cut.order_by:
            first = cut.measures[0]
            cells = dict(sorted(cells.items(), key=lambda c: -sum(float(r[first] or 0) for r in c[1].values())))
        if not columns and not cells:
            cells[()] = {}
        empty = {m: None if self.catalog.measure(m).kind == "formula" and not self.catalog.measure(m).adds_up else 0 for m in cut.measures}
        return [{**dict(zip(columns, cell, strict=True)), **(by_day.get(d) or empty), "period": d, "bucket": i}
                for cell, by_day in cells.items() for i, d in enumerate(starts)]

    def coverage(self, cut: Cut, answered: Found) -> dict[str, dict[str, int]]:
        """How much is known: of optional dimensions, in customers; of measures, in what each rests on; asked where it is not ``answered``."""
        found: dict[str, dict[str, int]] = {}
        told: Mapping[str, Number] = answered.told
        plain = replace(cut, by=(), grain=None, limit=None, order_by="")
        pairs = {m: rests for m in cut.measures if (rests := self.catalog.rests_on(m))}
        missing = tuple(dict.fromkeys(p for rests in pairs.values() for pair in rests for p in pair if p not in told))
        if missing:
            told = {**told, **self.run(replace(plain, measures=missing))[0]}  # type: ignore[dict-item]
        for m, rests in pairs.items():
            known, total = min(((int(told[k] or 0), int(told[t] or 0)) for k, t in rests), key=lambda p: (p[0] / p[1] if p[1] else 1.0, -p[1]))
            found[m] = {"known": known, "total": total}
        optional = [d for d in used_dimensions(cut) if self.catalog.dimension(d).optional]
        filtered = [d for d in optional if any(f.dimension == d for f in cut.filters)]
        seen = [d for d in optional if d in answered.unknown and d not in filtered]
        total = int(told.get(self._counted(cut)) or 0)
        found |= {d: {"known": total - answered.unknown[d], "total": total} for d in seen}
        for names in ([d for d in optional if d not in filtered and d not in seen], *([d] for d in filtered)):
            found |= self._known(plain, names) if names else {}
        return {name: found[name] for name in (*pairs, *optional)}

    def _known(self, plain: Cut, names: Sequence[str]) -> dict[str, dict[str, int]]:
        """Of how many customers each of some dimensions is known, whatever is filtered of the (one) dimension itself."""
        counted = self._counted(plain)
        for name in names:
            plain = plain.widened(name)
        plain = replace(plain, measures=(counted,))
        views = [TOTAL, *(View((), None, Members(name, (None,), True)) for name in names)]

        def counts() -> list[int]:
            return [int(rows[0][counted] or 0) for rows in self.several(plain, views)]  # type: ignore[call-overload]
        # The same for every measure of the same days and filters.
        facts = tuple(self.catalog.fact_of(p, self.reach) for p in self.catalog.parts(counted))
        named = definitions(used_dimensions(replace(plain, by=tuple(names))), self.warehouse) if self.warehouse is not None else ()
        total, *unknown = self._once(("known", self.scope.key, plain, facts, tuple(names), named), counts)
        return {name: {"known": total - n, "total": total} for name, n in zip(names, unknown, strict=True)}

    def _counted(self, cut: Cut) -> str:
        able = self.catalog.fact_of("customers", self.reach)
        return "customers" if able else next(p for m in cut.measures for p in self.catalog.parts(m))


def axes_of(cut: Cut) -> tuple[str, ...]:
    """The dimensions of a cut, and "period" with a grain."""
    return (*cut.by, *((PERIOD,) if cut.grain else ()))


def _less(total: Mapping[str, object], rows: Sequence[Mapping[str, object]], measures: Sequence[str]) -> dict[str, object]:
    with localcontext() as context:
        context.prec = 60
        return {m: total[m] - sum(row[m] for row in rows) for m in measures}  # type: ignore[operator, misc]


def _days(fact: str):
    """Where the days of a fact stand: tables, each with its column."""
    if fact == "costs":
        return [(a.table, a.day) for a in ACTIVITIES]
    source = FACTS[fact].table
    for table, on in FACTS[fact].joins:
        source = source.join(table, on)
    return [(source, FACTS[fact].date)]


def _tell_apart(found: Sequence[dict[str, object]], by: tuple[str, ...]) -> None:
    """Two members of the same name get their id beside it."""
    for name in by:
        if not found or f"{name}_id" not in found[0]:
            continue
        ids: dict[object, set[object]] = {}
        for r in found:
            ids.setdefault(r[name], set()).add(r[f"{name}_id"])
        for r in found:
            if r[name] is not None and len(ids.get(r[name], ())) > 1:
                r[name] = f"{r[name]} (#{r[f'{name}_id']})"
