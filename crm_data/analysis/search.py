"""Find anyone, as one types: by name in any script, misspelt too, by number, phone or mail. Always within the viewer's scope.

An index of the published snapshot is kept in memory (``search_index``). A small one is made when it is first asked for, a large
one beside (``prepare``), and until it is there SQL answers.
"""
from __future__ import annotations

import logging
import threading
from collections import OrderedDict

import numpy as np
from rapidfuzz import fuzz

from crm_data.analysis.found import Found, Hits, check_personal
from crm_data.analysis.search_index import Index, build
from crm_data.analysis.search_match import BY, BY_SOUND, MAIL_BEGINS, MISSPELT, Fit, phone_forms
from crm_data.analysis.search_other import heard, layouts, readings
from crm_data.analysis.search_sql import find_by_sql
from crm_data.cuts.access import Scope
from crm_data.model.folding import fold
from crm_data.model.identity import masked, plain_number

#: Up to so many customers the index is made at once (half a second); beyond, beside; beyond the last, never (300 MB a million).
AT_ONCE, MOST_CUSTOMERS = 20_000, 1_000_000
#: Indexes kept: the published snapshot's and the one before it, while readers change over.
KEPT = 2
#: With fewer finds than this, misspelt names are looked for too.
FEW = 5
LONGEST = 200
#: What is only alike is shown from this part of the best score on.
NEAR_ENOUGH = 0.7


class Keeper:
    """The indexes of the snapshots last asked for. Safe for threads; an index is made once however many ask."""

    def __init__(self, most: int = KEPT) -> None:
        self._most, self._lock = most, threading.Lock()
        self._kept: OrderedDict[tuple, Index] = OrderedDict()
        self._making: dict[tuple, threading.Event] = {}

    def ready(self, warehouse) -> Index | None:
        """The index if it is there."""
        with self._lock:
            key = _key(warehouse)
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def make(self, warehouse) -> Index | None:
        """The index, made now (or waited for) if need be; None when it could not be made."""
        key = _key(warehouse)
        with self._lock:
            if key in self._kept:
                return self._kept[key]
            other = self._making.get(key)
            if other is None:
                own = self._making[key] = threading.Event()
        if other is not None:
            other.wait()
            return self.ready(warehouse)
        try:
            index = build(warehouse)
            with self._lock:
                self._kept[key] = index
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return index
        finally:
            with self._lock:
                self._making.pop(key, None)
            own.set()

    def making(self, warehouse) -> bool:
        with self._lock:
            return _key(warehouse) in self._making

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


INDEXES = Keeper()


def _key(warehouse) -> tuple:
    return str(warehouse.engine.url), warehouse.snapshot


def prepare(warehouse, wait: bool = False) -> Index | None:
    """Have the index made: at once for a small snapshot or when told to ``wait``, else beside. What is there already is given."""
    index = INDEXES.ready(warehouse)
    if index is not None:
        return index
    many = int(warehouse.manifest.tables.get("customer", {}).get("rows", 0))
    if many > MOST_CUSTOMERS:
        return None
    if wait or many <= AT_ONCE:
        return INDEXES.make(warehouse)
    if not INDEXES.making(warehouse):
        threading.Thread(target=_beside, args=(warehouse,), name="search-index", daemon=True).start()
    return None


def _beside(warehouse) -> None:
    try:
        INDEXES.make(warehouse)
    except Exception:  # the search still answers by SQL; the next who searches tries again
        logging.getLogger(__name__).exception("the search index of %s could not be made", warehouse.snapshot)


def search(warehouse, scope: Scope, text: str, limit: int = 20, wait: bool = False) -> Hits:
    """The ``limit`` customers that fit best; AccessDenied for a viewer who may see numbers only."""
    check_personal(scope)
    # "~" marks the skeletons in what is stored: typed, it would find everybody.
    typed = text[:LONGEST].replace("\x00", "").replace("~", " ").strip()
    if not fold(typed):
        return Hits()
    index = prepare(warehouse, wait)
    if index is None:
        found = find_by_sql(warehouse, scope, typed, limit)
        return Hits(tuple(found), len(found) if len(found) < limit else None, partly=True)
    return best(index, scope, typed, limit)


def find(warehouse, scope: Scope, text: str, limit: int = 20) -> list[Found]:
    """The customers that fit best, surest first; misspelt ones (marked ``alike``) last, and only when few others fit."""
    return list(search(warehouse, scope, text, limit).found)


def best(index: Index, scope: Scope, typed: str, limit: int) -> Hits:
    """Search an index."""
    seen, fit = index.seen(scope), Fit(index, typed)
    fit.whole()
    fit.named(fit.words)
    literal = int(np.count_nonzero(fit.score[seen] > MAIL_BEGINS))
    if literal < FEW and not fit.sure(seen):
        for words in readings(index, fit.words):
            fit.named(words, minus=20)
    if literal < limit and not fit.sure(seen):
        fit.named(fit.words, BY_SOUND)
        if not fit.score[seen].any():
            for words in heard(index, fit.words):
                fit.named(words, BY_SOUND, minus=20)
    if literal < FEW and not fit.sure(seen):
        if not literal:
            for other in layouts(typed):
                fit.named(tuple(fold(other).split()), minus=20)
        fit.named(fit.words, MISSPELT)
        if not fit.score[seen].any() and len(fit.words) > 2:
            for n in range(len(fit.words)):
                fit.named(fit.words[:n] + fit.words[n + 1:], minus=500)
    score = np.where(seen, fit.score, 0)
    # Beside what fits well, a faint likeness is noise.
    score[fit.alike & (score < NEAR_ENOUGH * score.max(initial=0))] = 0
    rows = np.flatnonzero(score)
    # One number to sort by: the score, and among equals the order of the index.
    place = (fit.score[rows].astype(np.int64) << 32) - index.rank[rows]
    top = rows[np.argsort(-place, kind="stable")[:limit]] if len(rows) <= 4 * limit else rows[_first(place, limit)]
    surely = len(top) and not fit.alike[top[0]]
    return Hits(tuple(_found(index, fit, int(row)) for row in top), int(np.count_nonzero(~fit.alike[rows])) if surely else len(rows))


def _first(place: np.ndarray, limit: int) -> np.ndarray:
    some = np.argpartition(-place, limit)[:limit]
    return some[np.argsort(-place[some], kind="stable")]


def _found(index: Index, fit: Fit, row: int) -> Found:
    shown = {name: index.shown[name][row].as_py() for name in ("number", "name", "name_local", "city", "branch", "phone", "email")}
    by = BY[fit.by[row]]
    what = {"number": shown["number"], "identity": masked(plain_number(fit.typed)), "phone": _phone, "mail": _mail}.get(by, _beside_name)
    told = what(index, fit, row, shown) if callable(what) else (by, what)
    return Found(int(index.ids[row]), shown["number"], shown["name"], shown["name_local"], shown["city"], shown["branch"], bool(fit.alike[row]), *told)


def _phone(index: Index, fit: Fit, row: int, shown: dict) -> tuple[str, str]:
    forms = phone_forms(fit.typed)
    own = index.phones.texts(np.flatnonzero(index.phones_of == row))
    told = next((text for text in own if any(form in text for form in forms)), "")
    digits = "".join(ch for ch in fold(shown["phone"]) if ch.isdigit())
    # As it is written where it is the customer's own, else (a contact's) in digits.
    return "phone", shown["phone"] if digits and digits.lstrip("0") in told else f"+{told}"


def _mail(index: Index, fit: Fit, row: int, shown: dict) -> tuple[str, str]:
    own = index.mails.texts(np.flatnonzero(index.mails_of == row))
    return "mail", next((text for text in own if fit.typed.casefold().strip() in text), shown["email"] or "")


def _beside_name(index: Index, fit: Fit, row: int, shown: dict) -> tuple[str, str]:
    """A contact or the city, when a word typed is not in the name but there."""
    names = f"{fold(shown['name'])} {fold(shown['name_local'])}"
    missing = [word for word in fit.words if word not in names]
    people = [str(index.contacts[int(n)]) for n in np.flatnonzero(index.contacts_of == row)] if missing else []
    if people:
        # Of several contacts the one most of the words are in; none when the customer's own name is as near.
        near, name = max((sum(fuzz.partial_ratio(word, fold(name)) for word in missing), name) for name in people)
        if near >= 75 * len(missing) and near > sum(fuzz.partial_ratio(word, names) for word in missing):
            return "contact", name
    for place in (shown["city"], shown["branch"]) if missing else ():
        if place and any(word in fold(place) for word in missing):
            return "city", place
    return "", ""
