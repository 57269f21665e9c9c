"""Trying rules out: who would change tier, what the discounts and payment days cost, what worth is at stake.

Pure functions over a book of one row a customer; nothing is read or written here. The estimates are plain on purpose:

* discounts: (new per cent - old per cent) x revenue of the 12 months, as if the customer bought the same again;
* payment days: balance shifted = revenue / 365 x (new days - old days); where a tier says no days, those agreed with the customer
  stand, and where those are not known either nothing is counted.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from crm_data.analysis.tiers_book import Book
from crm_data.analysis.tiers_rules import Terms, Tier
from crm_data.analysis.tiers_store import MANUAL, Held, Move
from crm_data.cuts.cut import each_parts
from crm_data.model.folding import fold

#: Of no tier.
NOBODY = ""
_YEAR = Decimal(365)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Now:
    """Where each customer of a book is: ``code`` into ``labels`` (the tiers best first, then names the data has and nobody
    defined, then none); ``by_hand``: assigned by hand."""

    labels: tuple[str, ...]
    defined: int
    code: np.ndarray
    by_hand: np.ndarray


@dataclass(frozen=True)
class Group:
    """Customers with what they brought in the 12 months; ``worth`` None where no cost is known at all; ``given``: the mean
    discount they had, None without sales."""

    label: str
    customers: int
    revenue: Decimal
    worth: Decimal | None
    discount: Decimal

    @property
    def given(self) -> Decimal | None:
        gross = self.revenue + self.discount
        return self.discount / gross if gross > 0 else None


@dataclass(frozen=True)
class Shift:
    """Customers who go one way: up, down, into a tier or out of all. ``discount``: what the change of discounts costs in a year
    (saved: negative); ``shifted``: by how much the open balance grows with the payment days."""

    customers: int
    revenue: Decimal
    worth: Decimal | None
    discount: Decimal
    shifted: Decimal


_NONE = Shift(0, Decimal(0), Decimal(0), Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Trial:
    """``matrix[from][to]`` counts customers by ``labels``; ``held``: how many the rules leave alone because they were put where
    they are by hand. ``ways``: up, down, into, out; ``whole``: all who change."""

    labels: tuple[str, ...]
    defined: int
    before: np.ndarray
    after: np.ndarray
    matrix: tuple[tuple[int, ...], ...]
    ways: Mapping[str, Shift]
    whole: Shift
    held: int

    @property
    def movers(self) -> np.ndarray:
        """Rows of the book that change, in its order."""
        return np.flatnonzero(self.before != self.after)


WAYS = ("up", "down", "into", "out")


def standing(book: Book, tiers: Sequence[Tier], held: Mapping[str, Held]) -> Now:
    """Where everybody is now: the latest assignment, else the source's tier."""
    names: list[str | None] = list(book.by_source)
    by_hand = np.zeros(len(book), dtype=bool)
    for key, one in held.items():
        at = book.place.get(key)
        if at is not None:
            names[at], by_hand[at] = one.tier, one.what == MANUAL
    defined = [t.name for t in tiers]
    # "gold" of the data is the tier Gold.
    own = {fold(name): name for name in defined}
    names = [own.get(fold(n), n) if n else n for n in names]
    strays = sorted({n for n in names if n} - set(defined))
    labels = (*defined, *strays, NOBODY)
    code = {name: i for i, name in enumerate(labels)}
    return Now(labels, len(defined), np.array([code[n or NOBODY] for n in names], dtype=np.int64), by_hand)


def by_rules(book: Book, tiers: Sequence[Tier], none: int) -> np.ndarray:
    """The first tier whose every condition holds, ``none`` where there is no such."""
    found = np.full(len(book), none, dtype=np.int64)
    for place in reversed(range(len(tiers))):
        conditions = tiers[place].conditions
        if conditions is None:
            continue
        passes = np.ones(len(book), dtype=bool)
        for f in conditions:
            passes &= book.passes(f)
        found[passes] = place
    return found


def trial(book: Book, tiers: Sequence[Tier], now: Now, *, from_code: np.ndarray | None = None, hand_too: bool = False, old: Sequence[Tier] | None = None) -> Trial:
    """What the rules of ``tiers`` would change from ``now`` (from ``from_code``, where they are compared with other rules).

    Who is in a tier given by hand only, or was put somewhere by hand, stays, unless ``hand_too``. ``old``: the terms that hold
    now, where ``tiers`` have others.
    """
    before = now.code if from_code is None else from_code
    after = by_rules(book, tiers, len(now.labels) - 1)
    fixed = np.zeros(len(book), dtype=bool)
    if not hand_too:
        only = [i for i, t in enumerate(tiers) if t.manual]
        fixed = now.by_hand | np.isin(now.code, only)
        after[fixed] = now.code[fixed]
        before = np.where(fixed, now.code, before)
    return _weighed(book, now.labels, len(tiers), before, after, tiers, tiers if old is None else old, int(fixed.sum()))


def _weighed(book: Book, labels: tuple[str, ...], defined: int, before: np.ndarray, after: np.ndarray, tiers: Sequence[Tier], old: Sequence[Tier], held: int) -> Trial:
    n = len(labels)
    pair = before * n + after
    counts = np.bincount(pair, minlength=n * n)
    revenue, worth = book.money["revenue"].by_group(pair, n * n), book.money["worth"].by_group(pair, n * n)
    shifted = _shifted(book, pair, labels, old, tiers)
    ways = dict.fromkeys(WAYS, _NONE if book.costed else replace(_NONE, worth=None))
    for a in range(n):
        for b in range(n):
            i = a * n + b
            if a == b or not counts[i]:
                continue
            more, way = _discount(tiers, labels[b]) - _discount(old, labels[a]), way_of(a, b, defined)
            ways[way] = _plus(ways[way], Shift(int(counts[i]), revenue[i], worth[i], revenue[i] * more / 100, shifted[i]))
    whole = ways["up"]
    for way in WAYS[1:]:
        whole = _plus(whole, ways[way])
    return Trial(labels, defined, before, after, tuple(tuple(int(c) for c in counts[a * n:(a + 1) * n]) for a in range(n)), ways, whole, held)


def way_of(before: int, after: int, defined: int) -> str:
    """up, down, into or out; a name nobody defined is no tier."""
    if after >= defined:
        return "out"
    return "into" if before >= defined else "up" if after < before else "down"


def _plus(a: Shift, b: Shift) -> Shift:
    worth = None if a.worth is None or b.worth is None else a.worth + b.worth
    return Shift(a.customers + b.customers, a.revenue + b.revenue, worth, a.discount + b.discount, a.shifted + b.shifted)


def _terms(tiers: Sequence[Tier], label: str) -> Terms:
    return next((t.terms for t in tiers if t.name == label), Terms())


def _discount(tiers: Sequence[Tier], label: str) -> Decimal:
    return _terms(tiers, label).discount or Decimal(0)


def _days(book: Book, tiers: Sequence[Tier], labels: Sequence[str], code: np.ndarray) -> np.ndarray:
    """Days to pay of each customer in the tiers ``code``; -1 not known."""
    by_tier = np.array([-1 if (d := _terms(tiers, label).payment_days) is None else d for label in labels], dtype=np.int64)[code]
    return np.where(by_tier >= 0, by_tier, book.days)


def _shifted(book: Book, pair: np.ndarray, labels: Sequence[str], old: Sequence[Tier], new: Sequence[Tier]) -> list[Decimal]:
    n = len(labels)
    was, will = _days(book, old, labels, pair // n), _days(book, new, labels, pair % n)
    more = np.where((was >= 0) & (will >= 0), will - was, 0)
    revenue, moved = book.money["revenue"], np.flatnonzero(more)
    sums = [0] * (n * n)
    for i in moved:
        sums[pair[i]] += int(revenue.whole[i]) * int(more[i])
    return [revenue.decimal(whole) / _YEAR for whole in sums]


# What is shown and written -----------------------------------------------------------------------------------------------
def groups(book: Book, labels: Sequence[str], code: np.ndarray) -> list[Group]:
    """Every tier with its customers and what they brought."""
    n = len(labels)
    counts = np.bincount(code, minlength=n)
    sums = {name: book.money[name].by_group(code, n) for name in ("revenue", "worth", "discount")}
    return [Group(label, int(counts[i]), sums["revenue"][i], sums["worth"][i] if book.costed else None, sums["discount"][i]) for i, label in enumerate(labels)]


def everybody_else(book: Book) -> Group:
    """Who is no customer on the day of the data, and records of nobody known: what they brought in the 12 months."""
    return Group("", 0, book.outside["revenue"], book.outside["worth"] if book.costed else None, book.outside["discount"])


@dataclass(frozen=True)
class Mover:
    """One customer that changes: its row in the book, from where to where, and what that means for it."""

    row: int
    before: str
    after: str
    way: str
    revenue: Decimal
    worth: Decimal | None
    discount: Decimal
    shifted: Decimal


def movers(book: Book, tried: Trial, tiers: Sequence[Tier], old: Sequence[Tier] | None = None, most: int | None = None, way: str = "") -> list[Mover]:
    """Those who change, the most revenue first; at most ``most`` of them, only those who go one ``way``."""
    rows = tried.movers
    if way:
        rows = rows[np.array([way_of(int(tried.before[i]), int(tried.after[i]), tried.defined) == way for i in rows], dtype=bool)]
    revenue = book.money["revenue"].whole[rows]
    rows = rows[np.lexsort((book.ids[rows], -revenue.astype(float)))][:most]
    known, labels = tiers if old is None else old, tried.labels
    was, will = _days(book, known, labels, tried.before)[rows], _days(book, tiers, labels, tried.after)[rows]
    found = []
    for k, i in enumerate(rows):
        a, b = int(tried.before[i]), int(tried.after[i])
        brought = book.money["revenue"].at(i)
        more = int(will[k] - was[k]) if was[k] >= 0 and will[k] >= 0 else 0
        found.append(Mover(int(i), labels[a], labels[b], way_of(a, b, tried.defined), brought, book.worth(int(i)),
                           (brought * (_discount(tiers, labels[b]) - _discount(known, labels[a])) / 100).quantize(_CENT), (brought * more / _YEAR).quantize(_CENT)))
    return found


def reason(book: Book, tiers: Sequence[Tier], row: int) -> str:
    """The values the rules looked at, as they are kept with an assignment: ``revenue@12m=1200.00 orders@12m=3``."""
    pairs = dict.fromkeys(each_parts(f.dimension) for t in tiers for f in t.conditions or ())
    parts = []
    for measure, span in pairs:
        value = book.value(measure, span, row)
        parts.append(f"{measure}@{span}={'' if value is None else f'{value:.6g}' if isinstance(value, float) else f'{value:f}'}")
    return " ".join(parts)


def moves(book: Book, tried: Trial, tiers: Sequence[Tier]) -> list[Move]:
    """What applying writes: one line for each customer that changes."""
    return [Move(str(book.keys[i]), tried.labels[tried.before[i]] or None, tried.labels[tried.after[i]] or None, reason(book, tiers, int(i))) for i in tried.movers]
