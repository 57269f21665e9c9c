"""The passport of a file: whose eyes, which data, which question; and its lines as every writer prints them."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select

from crm_data.cuts.access import Scope
from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, describe_filter
from crm_data.cuts.small_cells import K
from crm_data.errors import N_
from crm_data.exports.document import Passport
from crm_data.model import schema as s
from crm_data.output.cut_words import coverage_notes, definitions, parts_notes
from crm_data.output.dates import DateFormats
from crm_data.output.formats import Formats, plain
from crm_data.output.views import View
from crm_data.output.words import Words

#: Names of branches or people told one by one.
MOST_NAMES = 8


def passport_of(words: Words, formats: Formats, warehouse, scope: Scope, *, cut: Cut | None = None, answer: Answer | None = None, link: str = "", user=None,
                notes: Iterable[str] = (), filters: str = "", comparison: str = "", made_at: datetime | None = None) -> Passport:
    """The passport of what was asked of ``warehouse`` under ``scope``.

    With ``cut`` (``answer`` when it has been asked) it says the period, filters, comparison and definitions of that cut; without one
    ``filters`` and ``comparison`` are taken as they are. ``user`` signs; ``notes`` stand before those of the cut.
    """
    view = View(words, formats, catalog_for(warehouse))
    cut = cut or (answer.cut if answer is not None else None)
    further = list(notes)
    if cut is not None:
        filters, comparison = filters or _filters(view, cut, answer), comparison or _comparison(view, answer)
        further += parts_notes(view, cut)
    if answer is not None:
        further += coverage_notes(view, answer)
        if answer.hidden_count:
            further.append(words.n("{n} number is left out: it rests on fewer than {few} customers, or would give one away that does.",
                                   "{n} numbers are left out: they rest on fewer than {few} customers, or would give one away that does.", answer.hidden_count,
                                   n=formats.count(answer.hidden_count), few=K))
    return Passport(filters=filters, comparison=comparison, scope=scope_text(words, warehouse, scope), definitions=definitions(view, cut) if cut is not None else (),
                    notes=tuple(further), as_of=warehouse.as_of, snapshot=warehouse.snapshot, link=link, made_by=_signed(user), made_at=made_at or datetime.now(UTC).replace(microsecond=0),
                    currency=formats.currency, calendar=formats.calendar, digits=formats.digits, money="toman" if formats.toman else "rial")


def scope_text(words: Words, warehouse, scope: Scope) -> str:
    """Whose eyes, in words: "All branches", "Haifa and Acre only, without personal data"."""
    parts = []
    for ids, table, everyone, only in ((scope.branches, s.branch, N_("All branches"), N_("Only these branches: {names}")),
                                       (scope.owners, s.staff, "", N_("Only records of: {names}"))):
        if ids is None:
            parts += [words.t(everyone)] if everyone else []
        else:
            parts.append(words.t(only, names=words.listed(_names(words, warehouse, table, ids)) or "–"))
    if not scope.personal:
        parts.append(words.t(N_("without personal data")))
    return words.listed(parts)


def _names(words: Words, warehouse, table, ids: frozenset[int]) -> list[str]:
    if not ids:
        return []
    with warehouse.engine.connect() as connection:
        names = sorted(plain(r.name) for r in connection.execute(select(table.c.name).where(table.c.id.in_(sorted(ids)))))
    more = len(names) - MOST_NAMES
    return names if more <= 0 else [*names[:MOST_NAMES], words.n("{n} more", "{n} more", more)]


def _filters(view: View, cut: Cut, answer: Answer | None) -> str:
    words, period = view.words, answer.period if answer is not None else cut.period
    parts = [words.t(N_("{period}, both days included"), period=view.formats.period(period.first, period.last))] if period is not None else []
    parts += [describe_filter(f, words, view.catalog) for f in cut.filters]
    if not cut.filters:
        parts.append(words.t(N_("no filters")))
    return words.in_line(parts)


def _comparison(view: View, answer: Answer | None) -> str:
    before = answer.period_before if answer is not None else None
    return view.words.t(N_("against {period}"), period=view.formats.period(before.first, before.last)) if before is not None else ""


def _signed(user) -> str:
    return (getattr(user, "full_name", "") or getattr(user, "name", "")) if user is not None else ""


def passport_lines(passport: Passport, language: str = "en") -> list[tuple[str, str]]:
    """The passport as (head, text), in the order it is printed, days in the reader's calendar; what is not known is left out. Definitions come last, one by one."""
    words = Words(language, passport.digits)
    dates = DateFormats(words.html_lang, passport.calendar, passport.digits)
    currency, made = passport.currency, ""
    if passport.money == "toman":
        currency = words.t(N_("Iranian toman, 10 rials each ({code})"), code=passport.currency)
    if passport.made_at is not None:
        made = words.t(N_("{moment} UTC"), moment=dates.moment(passport.made_at))
        made = words.t(N_("{when}, by {who}"), when=made, who=plain(passport.made_by)) if passport.made_by else made
    found = [(words.t(N_("Filters")), passport.filters), (words.t(N_("Comparison")), passport.comparison), (words.t(N_("Seen by")), passport.scope),
             (words.t(N_("Data to")), dates.day(passport.as_of)), (words.t(N_("Currency")), currency), (words.t(N_("Snapshot")), passport.snapshot),
             (words.t(N_("Made")), made), (words.t(N_("Opens at")), passport.link)]
    found += [(words.t(N_("Note")), note) for note in passport.notes]
    found += list(passport.definitions)
    return [(head, plain(text)) for head, text in found if text]
