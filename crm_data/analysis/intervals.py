"""How many things a number rests on, and within which bounds it would likely fall again.

Shares get Wilson's interval (at n = 10 it covers 93 % where the textbook's covers 65 %), means get Student's t over the
unit they are a mean of: answers and complaints as they are, customers and orders each with its own sum.
Everything is asked through ``ask`` or compiled by the same compiler, so scope, filters and period are those of the number.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import sub

import pandas as pd
from sqlalchemy import Double, cast, func, literal_column, select

from crm_data.analysis.bounds import t_bounds, wilson
from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import compile_cut
from crm_data.cuts.cut import Cut
from crm_data.cuts.facts import FACTS
from crm_data.cuts.people import axes_of
from crm_data.cuts.privacy import K
from crm_data.cuts.query import ask
from crm_data.cuts.rows import FactRows, used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.errors import N_

#: Members and bucket of a row: the values of ``Answer.keys()``; the whole is ``TOTAL``.
Key = tuple[object, ...]
TOTAL: Key = ("total",)


# What a number rests on ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rests:
    """n of each measure that has one: of each row (beside ``Answer.rows``, in the same order), the whole and the others."""

    rows: tuple[Mapping[str, int | None], ...]
    total: Mapping[str, int | None]
    others: Mapping[str, int | None]
    before: Mapping[Key, Mapping[str, int | None]]
    total_before: Mapping[str, int | None]


def resting(cut: Cut, catalog: Catalog) -> dict[str, str]:
    """measure -> the measure that counts what it rests on, for averages and shares."""
    used = used_dimensions(cut)
    found = {m: catalog.measure(m).n for m in cut.measures if catalog.measure(m).n}
    return {m: n for m, n in found.items() if all(catalog.fact_of(part, used) for part in catalog.parts(n))}


def counted(cut: Cut, catalog: Catalog) -> Cut:
    """``cut`` with the counts its averages rest on beside them, in the same rows and order."""
    further = tuple(dict.fromkeys(n for n in resting(cut, catalog).values() if n not in cut.measures))
    return replace(cut, measures=(*cut.measures, *further))


def answered(cut: Cut, warehouse, *, scope: Scope) -> Answer:
    """The answer to ``cut``, asked in one with what its averages rest on: :func:`counts` then costs nothing."""
    return replace(ask(counted(cut, catalog_for(warehouse)), warehouse, scope=scope), cut=cut)


def counts(cut: Cut, warehouse, *, scope: Scope) -> Rests:
    """n of each cell. A measure that is added up has none; a count that is hidden or not known is None."""
    catalog = catalog_for(warehouse)
    by_measure = resting(cut, catalog)
    if not by_measure:
        plain = ask(cut, warehouse, scope=scope)
        return Rests(({},) * len(plain.rows), {}, {}, {}, {})
    answer = ask(counted(cut, catalog), warehouse, scope=scope)

    def of(row: Mapping) -> dict[str, int | None]:
        return {m: None if row.get(n) is None else int(row[n]) for m, n in by_measure.items()}
    early = {} if answer.before is None else dict(zip(keys_of(answer, answer.before), map(of, answer.before.to_dict("records")), strict=True))
    return Rests(tuple(of(r) for r in answer.rows.to_dict("records")), of(answer.totals), of(answer.others or {}), early, of(answer.totals_before or {}))


def keys_of(answer: Answer, frame: pd.DataFrame | None = None) -> list[Key]:
    """What tells the rows of an answer apart."""
    frame = answer.rows if frame is None else frame
    columns = answer.keys()
    if not columns:
        return [()] * len(frame)
    return [tuple(None if v is None or v != v else v for v in row) for row in frame[columns].itertuples(index=False)]


# Intervals --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Interval:
    """``low`` to ``high`` covers the truth in ``level`` of all samples; None where ``n`` is too small to say."""

    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True)
class Intervals:
    """Of each measure: by row key (``keys_of``) and ``TOTAL``. ``why``: measure -> sentence that says why it has none."""

    level: float
    cells: Mapping[str, Mapping[Key, Interval]]
    why: Mapping[str, str]


#: Shares: what stands above the line (below it stands n).
_SHARES = {"win_rate": "won", "lead_conversion": "_converted"}
#: Means of records: (sum, sum of squares).
_RECORDS = {"csat": ("_csat_sum", "_csat_squares"), "resolution_days": ("_resolution_days", "_resolution_squares"),
            "first_response_hours": ("_response_hours", "_response_squares"), "sales_cycle_days": ("_cycle_days", "_cycle_squares")}
#: Means over customers: (what each brings: the first less the others; 1 for each that counts). Worth by its parts: a
#: customer none of whose costs is known counts with no cost, as in the whole.
_CUSTOMERS = {"revenue_per_customer": (("revenue",), "customers"), "orders_per_customer": (("orders",), "customers"),
              "worth_per_customer": (("revenue", "_cost", "cost_to_serve"), "customers"),
              "contacts_per_customer": (("_customer_contacts",), "customers"), "mean_age": (("_age_sum",), "_age_known")}
_NPS = ("_promoters", "_detractors")
_WHY_SUM = N_("What is added up is not a sample: it is what happened, without an interval.")
_WHY_MONEY = N_("A share of money is not a share of cases: it has no simple interval.")
_WHY_OTHER = N_("There is no interval for this measure.")


def has_interval(measure: str) -> bool:
    """Whether ``intervals`` knows bounds of the measure."""
    return measure in _SHARES or measure in _RECORDS or measure in _CUSTOMERS or measure in ("nps", "average_order")


def intervals(cut: Cut, warehouse, *, scope: Scope, level: float = 0.95) -> Intervals:
    """Intervals of the averages and shares of ``cut`` in each of its rows and in its total. A hidden cell has none."""
    catalog = catalog_for(warehouse)
    cells: dict[str, dict[Key, Interval]] = {}
    why: dict[str, str] = {}
    answer = ask(counted(cut, catalog), warehouse, scope=scope)
    for m in cut.measures:
        if not catalog.measure(m).n:
            why[m] = _WHY_SUM
        elif m == "gross_margin":
            why[m] = _WHY_MONEY
        else:
            found = _of_measure(m, cut, answer, warehouse, scope, catalog, level)
            if found is None:
                why[m] = _WHY_OTHER
            else:
                cells[m] = found
    return Intervals(level, cells, why)


def _of_measure(m: str, cut: Cut, answer: Answer, warehouse, scope: Scope, catalog: Catalog, level: float) -> dict[Key, Interval] | None:
    if m in _SHARES:
        return _each(m, answer, _asked(cut, (_SHARES[m],), warehouse, scope), catalog, lambda row, mean, n: wilson(row[_SHARES[m]] or 0, n, level))
    if m in _RECORDS:
        total, squares = _RECORDS[m]
        return _each(m, answer, _asked(cut, _RECORDS[m], warehouse, scope), catalog,
                     lambda row, mean, n: t_bounds(mean, _variance(float(row[total] or 0), float(row[squares] or 0), n), n, level))
    if m == "nps":
        return _each(m, answer, _asked(cut, _NPS, warehouse, scope), catalog, lambda row, mean, n: t_bounds(
            mean, _variance(100.0 * ((row[_NPS[0]] or 0) - (row[_NPS[1]] or 0)), 1e4 * ((row[_NPS[0]] or 0) + (row[_NPS[1]] or 0)), n), n, level))
    if m in _CUSTOMERS or m == "average_order":
        return _each(m, answer, _spreads(m, cut, answer, warehouse, scope, catalog), catalog,
                     lambda row, mean, n: t_bounds(mean, row["variance"] or 0.0, row["n"], level))
    return None


def _variance(total: float, squares: float, n: float) -> float:
    return (squares - total * total / n) / (n - 1) if n > 1 else 0.0


Bounds = Callable[[Mapping, float, int], tuple[float, float] | None]


def _each(m: str, answer: Answer, values: Mapping[Key, Mapping], catalog: Catalog, bounds: Bounds) -> dict[Key, Interval]:
    """The interval of every row and of the total; none where the number itself is not shown."""
    shown = {**dict(zip(keys_of(answer), answer.rows.to_dict("records"), strict=True)), TOTAL: answer.totals}
    found: dict[Key, Interval] = {}
    for key, row in shown.items():
        n, mean, about = row.get(catalog.measure(m).n), row.get(m), values.get(key)
        inside = bounds(about, float(mean), int(n)) if n and mean is not None and about is not None else None
        found[key] = Interval(*(inside or (None, None)), None if n is None else int(n))
    return found


def _asked(cut: Cut, measures: tuple[str, ...], warehouse, scope: Scope) -> dict[Key, Mapping]:
    """Sums of the measures in each row, asked as the cut is (a top N would choose others: without it)."""
    plain = replace(cut, measures=measures, order_by="", limit=None, compare="none")
    answer = ask(plain, warehouse, scope=scope)
    return {**dict(zip(keys_of(answer), answer.rows.to_dict("records"), strict=True)), TOTAL: answer.totals}


# Over customers and orders ------------------------------------------------------------------------------------------------
def _spreads(m: str, cut: Cut, answer: Answer, warehouse, scope: Scope, catalog: Catalog) -> dict[Key, Mapping]:
    over = cut.over and cut.over.clipped(catalog.as_of)
    plain = replace(cut, measures=(m,), period=answer.period, over=over, compare="none", limit=None, order_by="")
    key = ("spreads", warehouse.key, scope.key, plain, definitions(used_dimensions(cut), warehouse))
    return ANSWERS.get(key, lambda: _spread(m, plain, answer, warehouse, scope, catalog))


def _spread(m: str, plain: Cut, answer: Answer, warehouse, scope: Scope, catalog: Catalog) -> dict[Key, Mapping]:
    """n and variance over customers (orders) of each row of the cut, and of the whole."""
    make = _order_values if m == "average_order" else _customer_values
    found: dict[Key, Mapping] = {}
    with warehouse.engine.connect() as connection:
        for whole in (False, True) if plain.by or plain.grain else (True,):
            cut = replace(plain, by=(), grain=None) if whole else plain
            values = make(m, cut, scope, catalog, used_dimensions(plain)).subquery("each")
            names = [c.name for c in values.c if c.name not in ("value", "counts")]
            query = select(*(values.c[n] for n in names), func.count().label("n"), func.var_samp(values.c.value).label("variance")).where(
                values.c.counts > literal_column("0"))
            for row in connection.execute(query.group_by(*(values.c[n] for n in names)) if names else query).mappings():
                if row["n"] >= (0 if scope.personal else K):
                    found[TOTAL if whole else _row_key(row, cut, answer, catalog)] = dict(row)
    if not (plain.by or plain.grain) and TOTAL in found:
        found[()] = found[TOTAL]
    return found


def _row_key(row: Mapping, cut: Cut, answer: Answer, catalog: Catalog) -> Key:
    names = [f"{d}_id" if catalog.dimension(d).keyed else d for d in cut.by]
    key = tuple(row[n] for n in names)
    if not cut.grain:
        return key
    from crm_data.cuts.periods import buckets
    starts = list(buckets(answer.period, cut.grain, catalog.week_start))
    return (*key, starts.index(row["period"]))


def _customer_values(m: str, cut: Cut, scope: Scope, catalog: Catalog, reach: tuple[str, ...]):
    """One row a cell and customer: what the customer brings, and whether it counts below the line."""
    above, below = _CUSTOMERS[m]
    each = replace(cut, measures=(*above, below), by=(*cut.by, "customer"))
    # By customer a role without personal data gets numbers for names; nothing of single customers leaves this statement.
    inner = compile_cut(each, scope=scope, catalog=catalog, reach=reach).order_by(None).subquery("customers")
    names = [n for d in cut.by for n in ((d, f"{d}_id") if catalog.dimension(d).keyed else (d,))] + (["period"] if cut.grain else [])
    first, *less = (cast(inner.c[name], Double) for name in above)
    return select(*(inner.c[n] for n in names), reduce(sub, less, first).label("value"), inner.c[below].label("counts"))


def _order_values(m: str, cut: Cut, scope: Scope, catalog: Catalog, reach: tuple[str, ...]):
    """One row a cell and order: its sum within the cell."""
    assert cut.period is not None
    rows = FactRows(FACTS["sales"], cut, scope, catalog)
    cells = axes_of(rows, cut, catalog)
    value = rows.fact.table.c.net_base
    value = value * rows.share if rows.share is not None else value
    order = rows.fact.table.c.order_id
    inside = (rows.fact.date >= cut.period.first, rows.fact.date <= cut.period.last, *rows.where)
    return select(*cells, cast(func.sum(value), Double).label("value"), literal_column("1").label("counts")).select_from(rows.source).where(
        *inside).group_by(*(c.element for c in cells), order)
