"""Asking: a Cut and a scope become an Answer. The only door from pages, exports and the command line to the numbers."""
from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Select

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import compile_cut
from crm_data.cuts.cut import Cut
from crm_data.cuts.desk import EARLIEST as EARLIEST
from crm_data.cuts.desk import Desk
from crm_data.cuts.periods import Period
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions


def ask(cut: Cut, warehouse, *, scope: Scope) -> Answer:
    """Answer ``cut`` for a viewer with ``scope``. Raises InputError with a sentence for what cannot be asked.

    The period is cut to what the data reaches (``as_of``), so that a running month is compared with the same days before.
    """
    key = (warehouse.key, scope.key, cut, definitions(used_dimensions(cut), warehouse))
    if scope.personal:
        return ANSWERS.get(key, lambda: _answer(cut, warehouse, scope))
    from crm_data.cuts.privacy import guarded

    return ANSWERS.get(key, lambda: guarded(cut, warehouse, scope, _answer))


def _answer(cut: Cut, warehouse, scope: Scope) -> Answer:
    catalog = catalog_for(warehouse)
    for name in cut.measures:
        catalog.check(name, used_dimensions(cut))
    with warehouse.engine.connect() as connection:
        desk = Desk(connection, scope, catalog, reach=used_dimensions(cut), warehouse=warehouse)
        now = replace(cut, period=desk.resolved(cut), compare="none", over=cut.over.clipped(catalog.as_of) if cut.over else None)
        found = desk.found(now)
        parts = {"totals": found.totals, "others": found.others, "margins": found.margins}
        before_period = _before(cut, catalog)
        if before_period:
            earlier = replace(now, period=before_period, over=cut.over.compared(cut.compare, catalog.as_of) if cut.over else None)
            before = desk.found(earlier, found.keys)
            parts |= {"before": before.rows, "totals_before": before.totals, "others_before": before.others, "period_before": before_period,
                      "margins_before": before.margins}
        return Answer(cut, found.rows, period=now.period, as_of=warehouse.as_of, snapshot=warehouse.snapshot,
                      coverage=desk.coverage(now, found), **parts)


def _before(cut: Cut, catalog: Catalog) -> Period | None:
    if cut.period is None or cut.compare == "none":
        return None
    return cut.period.compared(cut.compare, catalog.as_of)


def statement(cut: Cut, warehouse, *, scope: Scope) -> Select:
    """The main SELECT of a cut with its period resolved, for benchmarks and for people who want to see it."""
    catalog = catalog_for(warehouse)
    with warehouse.engine.connect() as connection:
        period = Desk(connection, scope, catalog).resolved(cut)
    return compile_cut(replace(cut, period=period, compare="none"), scope=scope, catalog=catalog)
