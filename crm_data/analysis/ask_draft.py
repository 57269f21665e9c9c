"""The cut of a question while it is put together, and what each phrase came to mean."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_data.analysis.ask_match import Match
from crm_data.analysis.ask_periods import Calendar
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Comparison, Grain, Period

MOST_MEASURES, MOST_DIMENSIONS = 6, 3


@dataclass(frozen=True)
class Said:
    """What a match came to mean. ``kind``: measure, by, filter, period, grain, compare, order; ``what``: code, Filter or
    Period; ``sure``: not a guess; ``others``: what may have been meant instead (codes or Filters)."""

    match: Match | None
    kind: str
    what: object
    sure: bool = True
    others: tuple[object, ...] = ()


@dataclass
class Draft:
    """The cut while it is put together."""

    catalog: Catalog
    clock: Calendar
    matches: Sequence[Match]
    numbers: frozenset[int] = frozenset()
    lead: str = "revenue"
    measures: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    period: Period | None = None
    grain: Grain | None = None
    compare: Comparison = "none"
    order_by: str = ""
    descending: bool = True
    limit: int | None = None
    said: list[Said] = field(default_factory=list)
    unused: list[Match] = field(default_factory=list)
    #: How many of the currency's own units one unit of the asker's is: amounts are said in tomans by who has chosen them.
    times: int = 1
    #: Places of words of comparing that stand by themselves, and of those something was made of.
    comparing: frozenset[int] = frozenset()
    understood: frozenset[int] = frozenset()

    def of(self, *kinds: str) -> list[Match]:
        return [m for m in self.matches if m.kind in kinds]

    def numeric(self, place: int) -> bool:
        """Whether the piece at a place is a number."""
        return place in self.numbers

    def say(self, match: Match | None, kind: str, what: object, sure: bool = True, others: Iterable[object] = ()) -> None:
        self.said.append(Said(match, kind, what, sure and (match is None or match.sure >= 0.9), tuple(others)))

    def measure(self, code: str, first: bool = False) -> None:
        if code in self.measures:
            self.measures.remove(code) if first else None
        if code not in self.measures:
            self.measures.insert(0 if first else len(self.measures), code)

    def divide(self, code: str) -> None:
        if code not in self.by:
            self.by.append(code)

    def keep(self, condition: Filter, match: Match) -> bool:
        """Add a condition; members of one dimension join. False where another condition on it stands already."""
        for place, old in enumerate(self.filters):
            if old.dimension == condition.dimension:
                if old == condition:
                    return True
                if old.op != condition.op or old.op not in ("is", "is_not"):
                    self.unused.append(match)
                    return False
                self.filters[place] = Filter(old.dimension, old.op, (*old.values, *condition.values))
                return True
        self.filters.append(condition)
        return True

    def counted(self, match: Match) -> bool:
        """Whether a noun is asked for by itself: "how many customers", "revenue and customers"."""
        joined = [m for m in self.matches if (m.kind == "stop" and "and" in m.codes) or m.kind in ("count", "change")]
        return any(m.end == match.start for m in joined) or any(m.start == match.end and m.kind in ("stop", "change") for m in joined)

    def beside(self, one: Match, other: Match) -> bool:
        """Whether two matches stand side by side, but for words that carry nothing."""
        low, high = sorted((one, other), key=lambda m: m.start)
        idle = {p for m in self.matches if m.kind == "stop" and "and" not in m.codes for p in range(m.start, m.end)}
        return low is not high and low.end <= high.start and all(p in idle for p in range(low.end, high.start))

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.by, *(f.dimension for f in self.filters))))

    def fits(self, measure: str, *further: str) -> bool:
        wanted = tuple(dict.fromkeys((*self.dimensions, *further)))
        return all(self.catalog.fact_of(p, wanted) for p in self.catalog.parts(measure))

    def cut(self) -> Cut | None:
        if not self.measures:
            return None
        order = self.order_by if self.order_by in (*self.measures, *self.by) else ""
        return Cut(tuple(self.measures[:MOST_MEASURES]), tuple(self.by[:MOST_DIMENSIONS]), self.period, self.grain, tuple(self.filters), self.compare,
                   order, self.descending, self.limit if self.by else None)
