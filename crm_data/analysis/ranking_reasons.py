"""Why somebody's place changed: the criterion that changed the score most, and the largest record behind that change.

Computed for the customers asked alone (those shown), all of them in a few statements.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from crm_data.analysis.ranking import Ranking
from crm_data.analysis.ranking_criteria import LAST_CONTACT, RECENCY, Criterion, unit_of
from crm_data.cuts.access import Scope
from crm_data.cuts.behind import records
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.measures import Measure
from crm_data.cuts.periods import Period
from crm_data.cuts.query import EARLIEST
from crm_data.cuts.rows import FactRows, used_dimensions

#: ``event``: this came; ``missing``: this came before and nothing like it now; ``stopped``: nothing since ``event.day``; ``value``: the
#: criterion's own value changed; ``others``: it did not, others fell or rose.
Kind = Literal["event", "missing", "stopped", "value", "others"]
MOST = 200


@dataclass(frozen=True)
class Event:
    """A record (an order with all its lines) behind a change. ``what``: orders, contacts, complaints, invoices, payments, closed,
    costs ... (the fact); ``amount`` in the unit of the reason's criterion."""

    what: str
    day: date | None
    reference: str
    amount: float


@dataclass(frozen=True)
class Reason:
    """Why ``key`` went from ``before`` to ``now`` (None: not ranked then, or any more)."""

    key: int
    before: int | None
    now: int | None
    criterion: str
    unit: str
    kind: Kind
    value_before: float | None = None
    value: float | None = None
    event: Event | None = None

    @property
    def up(self) -> bool:
        return self.now is not None and (self.before is None or self.now < self.before)


@dataclass(frozen=True)
class _Moved:
    """What is told of one member: where it stood and stands, and the criterion that changed its score most."""

    key: int
    before: int | None
    now: int | None
    criterion: Criterion
    old: float
    new: float

    @property
    def up(self) -> bool:
        return self.now is not None and (self.before is None or self.now < self.before)

    @property
    def own(self) -> bool:
        """Whether its own value went the way its place did."""
        old, new = np.nan_to_num(self.old), np.nan_to_num(self.new)
        return bool(((new > old) == self.criterion.high) == self.up) if new != old else False


def reasons(ranking: Ranking, keys: Sequence[int], warehouse, scope: Scope) -> dict[int, Reason]:
    """Reasons of those of ``keys`` whose place changed; empty without a comparison."""
    if ranking.earlier is None:
        return {}
    catalog = catalog_for(warehouse)
    moved = [m for key in list(dict.fromkeys(keys))[:MOST] if (m := _moved(ranking, int(key))) is not None]
    found = {m.key: _plain(m, catalog) for m in moved}
    if ranking.subject != "customer" or not scope.personal:
        return found
    by_criterion: dict[Criterion, list[_Moved]] = {}
    for m in moved:
        if m.own:
            by_criterion.setdefault(m.criterion, []).append(m)
    for c, mine in by_criterion.items():
        found |= _with_events(ranking, c, mine, warehouse, scope, catalog)
    return found


def movers_of(ranking: Ranking, many: int) -> pd.DataFrame:
    """``key`` and ``amount`` of those whose first value changed most, the largest rise first; who brought something before and nothing
    now has moved too, though not ranked any more."""
    rows, gone = ranking.rows[["key", "value", "value_before"]], ranking.gone
    if ranking.earlier is None:
        return pd.DataFrame({"key": [], "amount": []})
    amount = np.nan_to_num(rows["value"].to_numpy(float)) - np.nan_to_num(rows["value_before"].to_numpy(float))
    every = pd.DataFrame({"key": np.concatenate([rows["key"], gone["key"]]).astype("int64"), "amount": np.concatenate([amount, -np.nan_to_num(gone["value_before"].to_numpy(float))])})
    every = every[every["amount"] != 0]
    return every.iloc[np.lexsort((every["key"].to_numpy(), -every["amount"].abs().to_numpy()))[:many]].sort_values("amount", ascending=False, kind="stable")


def _moved(ranking: Ranking, key: int) -> _Moved | None:
    now, before = _row(ranking.rows, key), _row(ranking.earlier, key)
    if now is None and before is None:
        return None
    if now is not None and before is not None and now["rank"] == before["rank"]:
        return None
    changes = [float(w) * (_place(now, c) - _place(before, c)) for c, w in zip(ranking.criteria, ranking.shares, strict=True)]
    up = now is not None and (before is None or now["rank"] < before["rank"])
    if now is None or before is None:
        # Who is new or gone is told by the business that came or went, where there is some.
        only = now if before is None else before
        told = [n for n, one in enumerate(ranking.criteria) if one.measure and np.nan_to_num(float(only[one.name])) and one.high]
        changes = [x if not told or n in told else 0.0 for n, x in enumerate(changes)]
    best = int(np.argmax(changes)) if up else int(np.argmin(changes))
    c = ranking.criteria[best]
    return _Moved(key, None if before is None else int(before["rank"]), None if now is None else int(now["rank"]), c,
                  float(before[c.name]) if before is not None else np.nan, float(now[c.name]) if now is not None else np.nan)


def _row(frame: pd.DataFrame | None, key: int):
    if frame is None:
        return None
    at = np.flatnonzero(frame["key"].to_numpy() == key)
    return frame.iloc[int(at[0])] if len(at) else None


def _place(row, c: Criterion) -> float:
    return 0.0 if row is None else float(row[f"{c.name}_place"])


def _plain(m: _Moved, catalog: Catalog) -> Reason:
    """The reason without looking at records."""
    kind: Kind = "value" if m.own or m.now is None or m.before is None else "others"
    return Reason(m.key, m.before, m.now, m.criterion.name, unit_of(m.criterion.name, catalog), kind, _known(m.old), _known(m.new))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


# Records ------------------------------------------------------------------------------------------------------------
def _with_events(ranking: Ranking, c: Criterion, moved: Sequence[_Moved], warehouse, scope: Scope, catalog: Catalog) -> dict[int, Reason]:
    if c.name in (RECENCY, LAST_CONTACT):
        return _since(ranking, c, moved, warehouse, scope, catalog)
    if not c.measure or not catalog.measure(c.measure).adds_up or catalog.measure(c.measure).kind == "balance":
        return {}
    # More of what is bad, and more of what is good, are told by what came; less of either by what did not.
    more = [m for m in moved if np.nan_to_num(m.new) > np.nan_to_num(m.old)]
    less = [m for m in moved if m not in more]
    assert ranking.period_before is not None
    came = _largest(c.measure, [m.key for m in more], ranking.period, ranking.filters, warehouse, scope, catalog)
    went = _largest(c.measure, [m.key for m in less], ranking.period_before, ranking.filters, warehouse, scope, catalog)
    silent = [m.key for m in less if not np.nan_to_num(m.new) and c.high]
    last = _last_days(c.measure, silent, ranking, warehouse, scope, catalog) if silent else {}
    found: dict[int, Reason] = {}
    for m in moved:
        plain = _plain(m, catalog)
        if m in more:
            event, kind = came.get(m.key), "event"
        elif m.key in last:
            event, kind = last[m.key], "stopped"
        else:
            event, kind = went.get(m.key), "missing"
        found[m.key] = replace(plain, kind=kind, event=event) if event is not None else plain  # type: ignore[arg-type]
    return found


def _largest(measure: str, keys: Sequence[int], period: Period, filters: tuple[Filter, ...], warehouse, scope: Scope, catalog: Catalog) -> dict[int, Event]:
    """The largest record of each customer behind a measure: an order with all its lines (and their cost), a contact, an invoice ..."""
    if not keys:
        return {}
    cut = Cut((measure,), period=period, filters=(*(f for f in filters if f.dimension != "customer"), Filter("customer", "is", tuple(str(k) for k in keys))))
    catalog.check(measure, used_dimensions(cut))
    with warehouse.engine.connect() as connection:
        r = records(measure, cut, scope, catalog).c
        told = (r.customer_id, r.kind, r.day, r.reference)
        rows = connection.execute(select(*told, func.sum(r.value)).group_by(*told)).fetchall()
    if not rows:
        return {}
    frame = pd.DataFrame([(int(key), _fact(kind, catalog), day, str(reference), float(value or 0)) for key, kind, day, reference, value in rows], columns=["key", "what", "day", "reference", "amount"])
    # An order is all its lines, and what they cost.
    whole = frame.groupby(["key", "what", "day", "reference"], as_index=False, sort=True)["amount"].sum()
    # The largest; of equal ones the newest, then the first by its number.
    whole = whole.sort_values(["key", "amount", "day", "reference"], ascending=[True, False, False, True], kind="stable").drop_duplicates("key")
    return {int(r.key): Event(str(r.what), r.day, str(r.reference), float(r.amount)) for r in whole.itertuples()}


def _fact(kind: str, catalog: Catalog) -> str:
    """What a record of some kind is: the lines of an order, and their cost, are the order."""
    base = catalog.all_measures.get(kind) or catalog.all_measures.get(f"_{kind}")
    fact = base.fact if isinstance(base, Measure) else kind
    return "orders" if fact == "sales" else fact


def _since(ranking: Ranking, c: Criterion, moved: Sequence[_Moved], warehouse, scope: Scope, catalog: Catalog) -> dict[int, Reason]:
    measure = "contacts" if c.name == LAST_CONTACT else "orders" if catalog.has_orders else "won"
    last = _last_days(measure, [m.key for m in moved], ranking, warehouse, scope, catalog)
    return {m.key: replace(_plain(m, catalog), kind="event" if m.new < m.old or np.isnan(m.old) else "stopped", event=last[m.key]) for m in moved if m.key in last}


def _last_days(measure: str, keys: Iterable[int], ranking: Ranking, warehouse, scope: Scope, catalog: Catalog) -> dict[int, Event]:
    """The last record of each customer up to the period's end."""
    dimensions = ("customer", *(f.dimension for f in ranking.filters))
    fact = catalog.fact_of(next(iter(catalog.parts(measure))), dimensions)[0]
    # Days of orders tell the same as those of their lines, unless a product is asked.
    fact = (catalog.fact_of("orders", dimensions) or (fact,))[0] if fact == "sales" else fact
    what = "orders" if fact == "sales" else fact
    days: Mapping[int, date] = {}
    wanted = Cut((measure,), ("customer",), Period(EARLIEST, ranking.period.last), filters=ranking.filters)
    with warehouse.engine.connect() as connection:
        rows = FactRows(catalog.fact(fact), wanted, scope, catalog)
        key = rows.need(rows.fact.keys["customer"])
        found = connection.execute(select(key, func.max(rows.fact.date)).select_from(rows.source).where(
            key.in_([int(k) for k in keys]), rows.fact.date <= ranking.period.last, *rows.where).group_by(key)).all()
        days = dict(tuple(r) for r in found)
    return {int(k): Event(what, day, "", 0.0) for k, day in days.items() if day is not None}
