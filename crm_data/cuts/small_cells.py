"""Which cells of a table to hide, so that none of few customers can be read or found by subtraction: pure rules over counts."""
from __future__ import annotations

from collections.abc import Collection, Mapping

from crm_data.cuts.people import ALL, Key

#: Fewest customers a number may rest on.
K = 5
#: What a top N left out, in the row of the first dimension.
OTHERS: Key = ("others",)


def small(customers: int | None) -> bool:
    """Whether a number that rests on so many customers is hidden; nothing hides nobody."""
    return customers is not None and 0 < customers < K


class _Table:
    """Cells and their totals, and the lines in which cells add up to a total."""

    def __init__(self, counts: Mapping[Key, int], flat: Collection[int], kept: Collection[object] | None, others: int | None) -> None:
        self.counts = dict(counts)
        self.lines: dict[object, tuple[Key, list[Key]]] = {}
        self.of: dict[Key, list[object]] = {}
        for key in sorted(self.counts, key=repr):
            for axis, member in enumerate(key):
                if member is not ALL and axis not in flat:
                    total = (*key[:axis], ALL, *key[axis + 1:])
                    self._put((axis, total), total, key)
        if others is not None and kept is not None and counts:
            self._top(next(iter(self.counts)), kept, others)

    def _put(self, line: object, total: Key, key: Key) -> None:
        self.lines.setdefault(line, (total, []))[1].append(key)
        self.of.setdefault(key, []).append(line)
        if line not in self.of.setdefault(total, []):
            self.of[total].append(line)

    def _top(self, some: Key, kept: Collection[object], others: int) -> None:
        """The members a top N shows, with the others beside, make the whole too."""
        self.counts[OTHERS] = others
        rest = (ALL,) * (len(some) - 1)
        for key in [*((k, *rest) for k in kept if (k, *rest) in self.counts), OTHERS]:
            self._put("top", (ALL, *rest), key)


def _level(key: Key) -> int:
    return sum(member is not ALL for member in key)


def hidden_cells(counts: Mapping[Key, int], *, flat: Collection[int] = (), kept: Collection[object] | None = None, others: int | None = None,
                 always: Collection[Key] = ()) -> set[Key]:
    """Keys of the cells and totals to hide.

    ``counts``: customers of each cell and of each total (``ALL`` for what is added up); ``flat``: axes that do not add up
    to their total (days of a balance); ``kept`` and ``others``: members a top N shows, and the customers of the rest;
    ``always``: cells that are hidden whatever they rest on.
    In no line is one cell hidden alone, nor several that together rest on fewer than five customers.
    """
    table = _Table(counts, flat, kept, others)
    hidden = {key for key, n in table.counts.items() if small(n) or (n and key in always)}
    fixed, banned = frozenset(hidden), set[Key]()
    # Totals first: a cut by one dimension alone then hides the same members.
    waiting = dict.fromkeys(sorted(table.lines, key=lambda line: (_level(table.lines[line][0]), repr(line))))
    while waiting:
        line = next(iter(waiting))
        del waiting[line]
        total, cells = table.lines[line]
        if _safe(table, total, cells, hidden):
            continue
        changed = _one_more(table, total, cells, hidden, banned, fixed)
        if changed is not None:
            waiting |= dict.fromkeys((line, *table.of[changed]))
    return hidden


def _safe(table: _Table, total: Key, cells: list[Key], hidden: set[Key]) -> bool:
    away = [c for c in cells if c in hidden]
    if len(away) + (total in hidden) == 1:
        return False
    return not away or total in hidden or sum(table.counts[c] for c in away) >= K


def _one_more(table: _Table, total: Key, cells: list[Key], hidden: set[Key], banned: set[Key], fixed: Collection[Key]) -> Key | None:
    """Hide the smallest cell still shown; where there is none, show a needless complement again, or hide the total."""
    shown = [c for c in cells if c not in hidden and table.counts[c]]
    pick = min((c for c in shown if c not in banned), key=lambda c: (table.counts[c], repr(c)), default=None)
    if pick is None:
        needless = [c for c in cells if c in hidden and c not in fixed and c not in banned]
        if needless and total not in hidden:
            hidden.discard(needless[0])
            banned.add(needless[0])
            return needless[0]
        pick = min(shown, key=lambda c: (table.counts[c], repr(c)), default=total if total not in hidden else None)
    if pick is None:
        return None
    hidden.add(pick)
    banned.add(pick)
    return pick
