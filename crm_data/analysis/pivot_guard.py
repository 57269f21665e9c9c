"""Small cells of a pivot: for roles without personal data, what rests on too few customers is taken out at every level, and with
it what would give it away by subtraction. The rules are those of :mod:`crm_data.cuts.small_cells`."""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from crm_data.analysis.pivot_shape import PERIOD, Cell, Part, Path
from crm_data.analysis.pivot_shape import Key as Member
from crm_data.cuts.cut import Cut
from crm_data.cuts.people import ALL, Key, fewest, people
from crm_data.cuts.privacy import related, told_by_filters
from crm_data.cuts.query import Desk
from crm_data.cuts.small_cells import hidden_cells

Place = tuple[Path, Member]
#: Of each measure, the keys (member of each dimension of the cut, then the bucket's number) that are hidden.
Hidden = Mapping[str, Collection[Key]]


def hidden_of(cut: Cut, desk: Desk, kept: Mapping[str, Sequence[Member]], starts: Sequence[date]) -> Hidden:
    """What to hide of one period. ``cut``: the plain cut of that period with all its dimensions; ``kept``: members shown apart, of
    axes with others."""
    reach, catalog = desk.reach, desk.catalog
    cells = people(cut, desk.connection, scope=desk.scope, catalog=catalog, reach=reach)
    told = told_by_filters(cut, cells, desk.connection, scope=desk.scope, catalog=catalog, reach=reach)
    index = {day: i for i, day in enumerate(starts)}

    def folded(key: Key) -> Key:
        members = [Part.OTHERS if m is not ALL and d in kept and m not in kept[d] else m for d, m in zip(cut.by, key, strict=False)]
        return (*members, *(m if m is ALL else index.get(m, -1) for m in key[len(cut.by):]))
    found: dict[str, Collection[Key]] = {}
    for group in related(cut.measures, catalog):
        counts: dict[Key, int] = {}
        for key, row in cells.items():
            # Others are at least as many customers as the largest of them.
            place, n = folded(key), fewest(row[m] for m in group)
            counts[place] = max(counts.get(place, 0), n)
        balance = cut.grain and any(catalog.measure(p).kind == "balance" for m in group for p in catalog.parts(m))
        away = hidden_cells(counts, flat=(len(cut.by),) if balance else (), always={folded(k) for m in group for k in told.get(m, ())})
        if "customer" in cut.by:
            # A cell of single customers is one customer's; only the whole can be shown.
            away |= {key for key in counts if any(m is not ALL for m in key)}
        found |= dict.fromkeys(group, away)
    return found


def without(cells: Mapping[Place, Cell], cut: Cut, row_axes: Sequence[str], column_axis: str, now: Hidden, before: Hidden) -> dict[Place, Cell]:
    """The cells with None for what is hidden."""
    axes = (*cut.by, *([PERIOD] if cut.grain else []))

    def masked(values: Mapping, hidden: Hidden, key: Key) -> dict:
        return {m: None if key in hidden.get(m, ()) else v for m, v in values.items()}
    found = {}
    for (line, column), cell in cells.items():
        at = dict(zip(row_axes, line, strict=False)) | ({column_axis: column} if column is not Part.TOTAL else {})
        key = tuple(at.get(a, ALL) for a in axes)
        found[line, column] = Cell(masked(cell.now, now, key), masked(cell.before, before, key))
    return found
