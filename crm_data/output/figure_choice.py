"""Which figure an answer is shown as: the kind asked for where it is possible, else the best, and the cut it is drawn of."""
from __future__ import annotations

from dataclasses import dataclass, replace

from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import buckets
from crm_data.output.figure_kinds import kinds_for

#: With so few buckets the members side by side say more than their lines.
FEW_BUCKETS = 5
MOST_KINDS = 6
#: Figures that draw several measures.
SEVERAL = frozenset({"number", "bars", "lines", "scatter"})


@dataclass(frozen=True)
class Shown:
    """The kind drawn, those that could be, and the cut each is drawn of (some leave the buckets out)."""

    kind: str
    kinds: tuple[str, ...]
    cut: Cut

    @property
    def several(self) -> bool:
        """Whether the figure draws every measure; others draw the first."""
        return self.kind in SEVERAL and not (self.kind == "bars" and self.cut.grain)


def shown(cut: Cut, wanted: str, answer: Answer, catalog: Catalog) -> Shown:
    """Which figure: the one wanted where it is possible, else the best."""
    over_time = kinds_for(cut, catalog, len(answer.rows), answer)
    if not cut.grain:
        kind = wanted if wanted in over_time else over_time[0]
        return Shown(kind, _offered(over_time, kind), cut)
    plain = replace(cut, grain=None)
    keys = [k for k in answer.keys() if k != "bucket"]
    members = len(answer.rows[keys].drop_duplicates()) if keys else 1
    further = tuple(k for k in kinds_for(plain, catalog, members, answer) if k not in over_time)
    few = bool(cut.by) and cut.period is not None and len(buckets(cut.period, cut.grain, catalog.week_start)) <= FEW_BUCKETS
    kinds = (*further[:1], *over_time, *further[1:]) if few else (*over_time, *further)
    kind = wanted if wanted in kinds else kinds[0]
    return Shown(kind, _offered(kinds, kind), cut if kind in over_time else plain)


def _offered(kinds: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """The first of the kinds, and the one drawn in any case."""
    first = kinds[:MOST_KINDS]
    return first if kind in first else (*first[:-1], kind)
