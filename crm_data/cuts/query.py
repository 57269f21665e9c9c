"""Asking: a Cut and a scope become an Answer. The only door from pages, exports and the command line to the numbers."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
from sqlalchemy import Select, func, select, union_all

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import Keys, Members, compile_cut
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.dimensions import AGE_BANDS, LAST_AGE_BAND
from crm_data.cuts.facts import FACTS
from crm_data.cuts.periods import Period, buckets
from crm_data.cuts.rows import used_dimensions
from crm_data.model import schema as s

EARLIEST = date(1900, 1, 1)


def ask(cut: Cut, warehouse, *, scope: Scope) -> Answer:
    """Answer ``cut`` for a viewer with ``scope``. Raises InputError with a sentence for what cannot be asked.

    The period is cut to what the data reaches (``as_of``), so that a running month is compared with the same days before.
    """
    key = (str(warehouse.engine.url), warehouse.snapshot, warehouse.week_start, scope.key, cut)
    return ANSWERS.get(key, lambda: _answer(cut, warehouse, scope))


def _answer(cut: Cut, warehouse, scope: Scope) -> Answer:
    catalog = catalog_for(warehouse)
    for name in cut.measures:
        catalog.check(name, used_dimensions(cut))
    with warehouse.engine.connect() as connection:
        desk = Desk(connection, scope, catalog, reach=used_dimensions(cut))
        now = replace(cut, period=desk.resolved(cut), compare="none")
        keys = desk.top(now) if cut.limit is not None and cut.by else None
        rows = desk.rows(now, keys)
        before_period = _before(cut, catalog)
        parts = {"totals": desk.totals(now, rows), "others": desk.others(now, keys)}
        if before_period:
            earlier = replace(now, period=before_period)
            before = desk.rows(earlier, keys)
            parts |= {"before": before, "totals_before": desk.totals(earlier, before), "others_before": desk.others(earlier, keys),
                      "period_before": before_period}
        return Answer(cut, rows, period=now.period, as_of=warehouse.as_of, snapshot=warehouse.snapshot,
                      coverage=desk.coverage(now), **parts)


def _before(cut: Cut, catalog: Catalog) -> Period | None:
    if cut.period is None or cut.compare == "none":
        return None
    return cut.period.compared(cut.compare, catalog.as_of)


class Desk:
    """One connection, scope and catalog: runs the statements an answer is made of, all over the facts that have the
    dimensions ``reach`` (those of the whole cut), so that totals, others and coverage are of the same facts as the rows."""

    def __init__(self, connection, scope: Scope, catalog: Catalog, reach: tuple[str, ...] = ()) -> None:
        self.connection, self.scope, self.catalog, self.reach = connection, scope, catalog, reach

    def resolved(self, cut: Cut) -> Period:
        """The cut's period cut to the data; without one, from the first day of the facts asked."""
        if cut.period is not None:
            return cut.period.clipped(self.catalog.as_of)
        facts = {f for m in cut.measures for p in self.catalog.parts(m) for f in self.catalog.fact_of(p, used_dimensions(cut))}
        firsts = union_all(*(select(func.min(FACTS[f].date).label("d")).select_from(_source(f)) for f in sorted(facts))).subquery()
        first = self.connection.execute(select(func.min(firsts.c.d)).where(firsts.c.d > EARLIEST)).scalar()
        return Period(min(first or self.catalog.as_of, self.catalog.as_of), self.catalog.as_of)

    def run(self, cut: Cut, members: Members | None = None) -> list[dict[str, object]]:
        query = compile_cut(cut, scope=self.scope, catalog=self.catalog, members=members, reach=self.reach)
        counts = [m for m in cut.measures if self.catalog.measure(m).unit == "count"]
        found = [dict(r) for r in self.connection.execute(query).mappings()]
        for row in found:
            # A sum of whole numbers is a decimal on some engines; a count is an int on all.
            row.update({m: int(row[m]) for m in counts if row[m] is not None})
        return found  # type: ignore[return-value]

    def top(self, cut: Cut) -> Keys:
        """Members of the first dimension a top N chooses."""
        order = cut.order_by if cut.order_by in (*cut.measures, cut.by[0]) else ""
        head = self.run(replace(cut, by=cut.by[:1], grain=None, order_by=order))
        name = self.key_of(cut.by[0])
        return tuple(r[name] for r in head)

    def key_of(self, dimension: str) -> str:
        return f"{dimension}_id" if self.catalog.dimension(dimension).keyed else dimension

    def rows(self, cut: Cut, keys: Keys | None) -> pd.DataFrame:
        members = Members(cut.by[0], keys, True) if keys is not None else None
        found = self.run(replace(cut, limit=None), members)
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

    def _one(self, cut: Cut, members: Members | None = None) -> dict[str, Number]:
        return self.run(replace(cut, by=(), grain=None, limit=None, order_by=""), members)[0]  # type: ignore[return-value]

    def totals(self, cut: Cut, rows: pd.DataFrame) -> dict[str, Number]:
        """Asked of the database; an uncut answer is its own total."""
        return {m: rows[m].iloc[0] for m in cut.measures} if not cut.by and not cut.grain else self._one(cut)

    def others(self, cut: Cut, keys: Keys | None) -> dict[str, Number] | None:
        """What the top N left out, asked of the database (None when it left out nothing)."""
        if keys is None or len(keys) < (cut.limit or 0):
            return None
        rest = Members(cut.by[0], keys, False)
        left = self.run(replace(cut, by=cut.by[:1], grain=None, limit=1, order_by=""), rest)
        return self._one(cut, rest) if left else None

    def coverage(self, cut: Cut) -> dict[str, dict[str, int]]:
        """How much is known: of optional dimensions, in customers; of measures, in what each rests on."""
        found: dict[str, dict[str, int]] = {}
        plain = replace(cut, by=(), grain=None, limit=None, order_by="")
        pairs = {m: self.catalog.measure(m).coverage for m in cut.measures if self.catalog.measure(m).coverage}
        if pairs:
            told = self._one(replace(plain, measures=tuple(dict.fromkeys(p for pair in pairs.values() for p in pair))))
            found |= {m: {"known": int(told[k] or 0), "total": int(told[t] or 0)} for m, (k, t) in pairs.items()}
        for name in used_dimensions(cut):
            if self.catalog.dimension(name).optional:
                counted = self._counted(cut)
                wide = replace(plain.widened(name), measures=(counted,))
                total = int(self._one(wide)[counted] or 0)
                unknown = self._one(replace(wide, filters=(*wide.filters, Filter(name, "is_empty"))))[counted]
                found[name] = {"known": total - int(unknown or 0), "total": total}
        return found

    def _counted(self, cut: Cut) -> str:
        able = self.catalog.fact_of("customers", self.reach)
        return "customers" if able else next(p for m in cut.measures for p in self.catalog.parts(m))


def _source(fact: str):
    source = FACTS[fact].table
    for table, on in FACTS[fact].joins:
        source = source.join(table, on)
    return source


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


def statement(cut: Cut, warehouse, *, scope: Scope) -> Select:
    """The main SELECT of a cut with its period resolved, for benchmarks and for people who want to see it."""
    catalog = catalog_for(warehouse)
    with warehouse.engine.connect() as connection:
        period = Desk(connection, scope, catalog).resolved(cut)
    return compile_cut(replace(cut, period=period, compare="none"), scope=scope, catalog=catalog)
