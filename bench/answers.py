"""Each measure's cut: the time of its answer against the same SQL run directly on the engine."""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import event

from bench.timing import in_turns
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask

#: How each measure is cut: name shown, dimensions, grain.
WAYS: tuple[tuple[str, tuple[str, ...], str | None], ...] = (("by month", (), "month"), ("by customer_type", ("customer_type",), None))


@dataclass(frozen=True)
class Timed:
    """One cut: seconds of its answer, of its SQL on the engine alone, of the answer from the cache; ``statements`` sent."""

    measure: str
    way: str
    answer: float
    engine: float
    cached: float
    statements: int

    @property
    def ratio(self) -> float:
        """Answer to engine; 1 would be an answer that costs nothing beyond its SQL."""
        return self.answer / self.engine


def sent(warehouse, call) -> list[tuple[str, object]]:
    """The statements and values that ``call`` sends to the engine, as the driver gets them."""
    found: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        found.append((statement, parameters))
    event.listen(warehouse.engine, "before_cursor_execute", note)
    try:
        call()
    finally:
        event.remove(warehouse.engine, "before_cursor_execute", note)
    return found


def directly(warehouse, statements: Sequence[tuple[str, object]]) -> None:
    """Run statements on the driver's own connection and fetch what they give; nothing of ours or SQLAlchemy's between."""
    pooled = warehouse.engine.raw_connection()
    try:
        for statement, parameters in statements:
            cursor = pooled.driver_connection.cursor()
            cursor.execute(statement, parameters)
            cursor.fetchall()
            cursor.close()
    finally:
        pooled.close()


def time_cut(cut: Cut, warehouse, repeats: int, way: str = "") -> Timed:
    """Time one cut; the cache is emptied before every answer but the cached one."""
    scope = Scope.everything()

    def fresh() -> object:
        ANSWERS.clear()
        return ask(cut, warehouse, scope=scope)
    statements = sent(warehouse, fresh)
    taken = in_turns({"answer": fresh, "engine": lambda: directly(warehouse, statements)}, repeats)
    fresh()
    cached = in_turns({"cached": lambda: ask(cut, warehouse, scope=scope)}, repeats)["cached"]
    return Timed(cut.measures[0], way, taken["answer"], taken["engine"], cached, len(statements))


def time_measures(warehouse, *, repeats: int = 5, measures: Sequence[str] = ()) -> Iterator[Timed]:
    """Each measure of the catalog (or ``measures``) over the last 12 months, cut in each of ``WAYS`` it can be."""
    catalog = catalog_for(warehouse)
    period = Period.named("last_12_months", warehouse.as_of)
    for name in measures or catalog.measures:
        for way, by, grain in WAYS:
            if all(catalog.can_cut(name, dimension) for dimension in by):
                yield time_cut(Cut(measures=(name,), by=by, period=period, grain=grain), warehouse, repeats, way)
