"""The tiers as they stand for one viewer, trying rules out on them, and applying what was tried."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from crm_data.analysis.owned import Changed
from crm_data.analysis.tiers_book import Book, book
from crm_data.analysis.tiers_rules import Tier, asked, checked
from crm_data.analysis.tiers_store import RULES, Run, check_firm_wide, get_run, held, list_tiers, state, write_run
from crm_data.analysis.tiers_trial import Now, Trial, by_rules, groups, moves, standing, trial
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.people import ALL
from crm_data.cuts.small_cells import hidden_cells
from crm_data.errors import N_, InputError


@dataclass(frozen=True)
class Board:
    """Definitions, the customers of the scope and where each is now. ``seen``: what it was made from; when that has changed,
    nothing is applied. ``told``: the definitions that hold where ``tiers`` are being tried."""

    tiers: tuple[Tier, ...]
    book: Book
    now: Now
    seen: tuple[object, ...]
    told: tuple[Tier, ...]

    def trial(self, *, hand_too: bool = False, against_rules: bool = False) -> Trial:
        """What the rules tried would change: from where everybody is now, or from where the rules that hold would put them."""
        start = by_rules(self.book, self.told, len(self.now.labels) - 1) if against_rules and _same_names(self.told, self.tiers) else None
        return trial(self.book, self.tiers, self.now, from_code=start, hand_too=hand_too, old=self.told)

    @property
    def behind(self) -> int:
        """Customers whose tier the data does not say yet as it was assigned here; cuts by tier still count them in the old one."""
        return int(sum(1 for name, code in zip(self.book.in_data, self.now.code, strict=True) if (name or "") != self.now.labels[code]))


def _same_names(a: Sequence[Tier], b: Sequence[Tier]) -> bool:
    return [t.name for t in a] == [t.name for t in b]


def seen(engine: Engine, warehouse) -> tuple[object, ...]:
    """What a board is made from: definitions, assignments, data and rates."""
    return (state(engine), *warehouse.key)


def board(engine: Engine, warehouse, scope: Scope, tiers: Sequence[Tier] | None = None) -> Board:
    """The board for a viewer; with ``tiers`` for rules that are only tried. Raises InputError for rules that cannot be asked."""
    stamp, told = seen(engine, warehouse), list_tiers(engine)
    wanted = told if tiers is None else checked(tiers, catalog_for(warehouse))
    found = book(warehouse, scope, asked((*told, *wanted)))
    latest = ANSWERS.get(("tiers held", str(engine.url), stamp[0]), lambda: held(engine))
    return Board(wanted, found, standing(found, wanted, latest), stamp, told)


def apply(engine: Engine, user, warehouse, scope: Scope, tried: Board, *, why: str, hand_too: bool = False) -> Run:
    """Put every customer where the rules tried put it, and keep those rules: all of it or nothing.

    Raises AccessDenied for who sees a part of the firm only, InputError when nobody would change, and Changed when data, rates,
    definitions or assignments are no longer those of ``tried``.
    """
    check_firm_wide(user, scope)
    if seen(engine, warehouse) != tried.seen:
        raise Changed(N_("Somebody changed tiers or data meanwhile. Nothing was written: look at it as it is now, and do it again."))
    outcome = tried.trial(hand_too=hand_too)
    if not outcome.whole.customers:
        raise InputError(N_("Nobody changes tier under these rules."))
    made = write_run(engine, user, on=warehouse.as_of, what=RULES, why=why.strip()[:400], moves=moves(tried.book, outcome, tried.tiers), expected=str(tried.seen[0]),
                     tiers=tried.tiers, detail={"snapshot": warehouse.snapshot, "hand_too": hand_too, "discount": str(outcome.whole.discount), "shifted": str(round(outcome.whole.shifted, 2))})
    return get_run(engine, made)


def counts(found: Board, personal: bool) -> list[tuple[str, int | None]]:
    """Customers in each tier, ("", n) those of none. For who sees no persons, None where so few are in it that one could be
    found, or where it could be told from the others and the whole."""
    sizes = {g.label: g.customers for g in groups(found.book, found.now.labels, found.now.code)}
    away: set = set() if personal else hidden_cells({**{(name,): n for name, n in sizes.items()}, (ALL,): sum(sizes.values())})
    return [(name, None if (name,) in away else n) for name, n in sizes.items()]
