"""An Answer is the reply to a Cut: rows, totals asked of the database, the comparison, the others, what is known."""
from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pandas as pd

from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period

Number = int | float | Decimal | None


@dataclass(frozen=True)
class Answer:
    """Reply to ``cut``. Do not change its frames: they are shared with everyone who asks the same.

    ``rows``: one row a cell: dimensions (``None``: unknown; keyed ones with ``<name>_id``), ``period`` (first day of the
    bucket) with a grain, then measures (money exact as Decimal, counts int, ratios float, None where not defined).
    ``totals``: each measure over everything the filters leave. ``others``: the same for what a top N left out.
    ``before``...: the same for the comparison period; buckets are aligned by ``bucket`` (0, 1 ...).
    ``coverage``: name -> {"known", "total"} for dimensions people refuse to tell and measures that rest on part of the data.
    ``margins``: of two or three axes ("period" among them), rows by fewer of them, where they came in the same statement; only for
    viewers to whom nothing is hidden.
    ``hidden``: numbers left out (None) because they rest on too few customers or would give such a number away: part of the
    answer ("rows", "before", "totals" ...), number of the row, measure.
    """

    cut: Cut
    rows: pd.DataFrame
    totals: Mapping[str, Number]
    period: Period
    as_of: date
    snapshot: str
    before: pd.DataFrame | None = None
    totals_before: Mapping[str, Number] | None = None
    period_before: Period | None = None
    others: Mapping[str, Number] | None = None
    others_before: Mapping[str, Number] | None = None
    coverage: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    hidden: frozenset[tuple[str, int, str]] = frozenset()
    margins: Mapping[tuple[str, ...], Sequence[Mapping[str, object]]] = field(default_factory=dict)
    margins_before: Mapping[tuple[str, ...], Sequence[Mapping[str, object]]] = field(default_factory=dict)

    @property
    def hidden_count(self) -> int:
        """Numbers of the period itself that are hidden, totals and others included."""
        return sum(part in ("rows", "totals", "others") for part, _, _ in self.hidden)

    def keys(self) -> list[str]:
        """Columns that tell rows apart."""
        keys = [f"{d}_id" if f"{d}_id" in self.rows else d for d in self.cut.by]
        return keys + (["bucket"] if self.cut.grain else [])

    def as_float(self, column: str, frame: pd.DataFrame | None = None) -> list[float]:
        """A measure as floats for a chart; not defined is NaN."""
        return [math.nan if v is None else float(v) for v in (self.rows if frame is None else frame)[column]]

    def matched(self) -> pd.DataFrame:
        """Rows beside those of the comparison: ``m``, ``m_before`` (None if there was none), ``m_change`` (relative, None
        where it has no meaning). Members that only the comparison has are added with None (0 for what adds up)."""
        measures, keys = list(self.cut.measures), self.keys()
        if self.before is None:
            return self.rows.assign(**{f"{m}_{x}": None for m in measures for x in ("before", "change")})
        if not keys:
            joined = self.rows.copy()
            for m in measures:
                joined[f"{m}_before"] = pd.Series([(self.totals_before or {}).get(m)], dtype=object)
        else:
            joined = self._joined(keys, measures)
        for m in measures:
            joined[f"{m}_change"] = pd.Series([change(a, b) for a, b in zip(joined[m], joined[f"{m}_before"], strict=True)],
                                              dtype=object, index=joined.index)
        return joined

    def _joined(self, keys: list[str], measures: list[str]) -> pd.DataFrame:
        """An outer join by hand: a few thousand rows at most, exact objects, None equal to None."""
        assert self.before is not None
        earlier = {tuple(_key(r[k]) for k in keys): r for r in self.before.to_dict("records")}
        out = []
        for row in self.rows.to_dict("records"):
            old = earlier.pop(tuple(_key(row[k]) for k in keys), None)
            out.append({**row, **{f"{m}_before": old[m] if old else None for m in measures}})
        for row in earlier.values() if not self.cut.grain else ():
            out.append({**{c: row[c] for c in row if c not in measures}, **dict.fromkeys(measures),
                        **{f"{m}_before": row[m] for m in measures}})
        columns = [*self.rows.columns, *(f"{m}_before" for m in measures)]
        return pd.DataFrame({c: pd.Series([r.get(c) for r in out], dtype=object) for c in columns})


def _key(value: object) -> object:
    return None if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) else value


def change(now: Number, before: Number) -> float | None:
    """Relative change; None where there was nothing, or less than nothing, to compare with."""
    if now is None or before is None or before <= 0:
        return None
    return float(now) / float(before) - 1
