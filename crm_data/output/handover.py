"""The hand-over sheet as one self-contained page for A4: no script, no address outside, readable in black and white.

Every text of the data is escaped and stands in an isolate of its own, so that it is never markup and never turns what is beside it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from babel import Locale

from crm_data.errors import N_
from crm_data.output.formats import Formats, plain
from crm_data.output.words import LANGUAGES, Words
from crm_data.text import in_order

#: How much of a list is printed, so that an ordinary customer fits one page.
MOST_NOTICED, MOST_OPEN, MOST_TASKS, MOST_PEOPLE, MOST_KNOWN, LONGEST = 5, 4, 5, 4, 6, 150
_STYLE = Path(__file__).with_suffix(".css")
_BOX = '<span class="mark">☐</span>'
_MARKS = {"bad": "!!", "warn": "!", "good": "+"}


def handover_html(sheet: Any, words: Words, formats: Formats, say: Callable[[Any], str]) -> str:
    """``sheet``: what ``analysis.handover.sheet`` gives; ``say`` puts its sentences into the language."""
    return _Page(sheet, words, formats, say).whole()


def _data(text: object, longest: int = LONGEST, clean: Callable[[object], str] = plain) -> str:
    """A text of the data: without direction marks, on one line, not too long, escaped, isolated; ``clean`` ``in_order`` for a sentence with such texts in it."""
    flat = " ".join(clean(text).split())
    return f"<bdi>{escape(flat[:longest - 1] + '…' if len(flat) > longest else flat)}</bdi>"


def language_name(code: str, language: str) -> str:
    """The name of a language, in a language; its code when nobody knows it."""
    known = Locale.parse(language if language in LANGUAGES else "en").languages
    return str(known.get(plain(code).strip().lower(), plain(code)))


class _Page:
    def __init__(self, sheet: Any, words: Words, formats: Formats, say: Callable[[Any], str]) -> None:
        self.sheet, self.words, self.formats, self._say = sheet, words, formats, say

    def t(self, message: str, **values: object) -> str:
        """A text of ours, escaped; its values are formatted texts."""
        return escape(self.words.t(message, **values))

    def say(self, said: Any) -> str:
        """A sentence with texts of the data in it."""
        return _data(self._say(said), clean=in_order)

    def told(self, dimension: str, value: object) -> str:
        """A value of a dimension as it is called; "" for none."""
        return plain(self.words.member(dimension, value)) if value else ""

    def money(self, value: object) -> str:
        return escape(self.formats.money(value, full=True))

    def whole(self) -> str:
        name = escape(plain(self.sheet.who.name))
        body = "".join((self.head(), self.figures(),
                        '<div class="pair"><div>', self.worth(), self.noticed(), self.known(), "</div><div>", self.reach(), self.open(), self.next(), "</div></div>",
                        self.events(), self.space(), self.foot()))
        return ("<!doctype html>\n"
                f'<html lang="{escape(self.words.language)}" dir="{"rtl" if self.words.rtl else "ltr"}"><head><meta charset="utf-8">'
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
                '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
                f'<title>{self.t(N_("Hand-over"))}: {name}</title><style>{_STYLE.read_text(encoding="utf-8")}</style></head><body>{body}</body></html>\n')

    def section(self, title: str, inside: str, kind: str = "") -> str:
        return f'<section{f" class={kind}" if kind else ""}><h2>{self.t(title)}</h2>{inside}</section>' if inside else ""

    def items(self, lines: Iterable[str], most: int, marked: bool = False) -> str:
        kept = list(lines)
        more = [f'<span class="quiet">{escape(self.words.n("and {n} more", "and {n} more", len(kept) - most))}</span>'] if len(kept) > most else []
        return f"<ul{' class=marked' if marked else ''}>" + "".join(f"<li>{line}</li>" for line in [*kept[:most], *more]) + "</ul>" if kept else ""

    def head(self) -> str:
        who, words, formats = self.sheet.who, self.words, self.formats
        local = f" · {_data(who.name_local)}" if who.name_local and who.name_local != who.name else ""
        kind = words.member("party", who.party) if who.relation == "customer" else words.member("relation", who.relation)
        parts = [who.number, kind, self.told("customer_type", who.kind), self.told("industry", who.industry), who.parent and words.t(N_("part of {name}"), name=plain(who.parent[1])), self.told("city", who.city), who.branch and words.t(N_("{name} branch"), name=self.told("branch", who.branch)),
                 words.t(N_("looked after by {name}"), name=plain(who.owner)) if who.owner else words.t(N_("nobody looks after it")),
                 who.since and words.t(N_("customer since {month}"), month=formats.month(who.since)), who.lost_on and words.t(N_("left {day}"), day=formats.day(who.lost_on))]
        line = " · ".join(_data(p, clean=in_order) for p in parts if p)
        made = [self.t(N_("Hand-over sheet")), self.t(N_("Data to {day}"), day=formats.day(self.sheet.as_of)), self.t(N_("made {day}"), day=formats.day(self.sheet.made_at.date()))]
        by = f"<br>{_data(words.t(N_('by {who}'), who=plain(self.sheet.made_by)))}" if self.sheet.made_by else ""
        return f'<header><div><h1>{_data(who.name, 300)}{local}</h1><p class="sub">{line}</p></div><p class="made">{"<br>".join(made)}{by}</p></header>'

    def figures(self) -> str:
        cells = []
        for figure in self.sheet.figures:
            delta = self.formats.delta(figure.now, figure.before, figure.unit, figure.better)
            note = self.say(figure.note) if figure.note else escape(self.words.t(N_("{change} on last year"), change=delta.full)) if delta.text else ""
            value = self.words.n("{n} day", "{n} days", int(figure.now)) if figure.unit == "days" and figure.now is not None else self.formats.value(figure.now, figure.unit)
            cells.append(f'<div><dt>{self.t(figure.label)}</dt><dd class="value">{escape(value)}</dd><dd class="note">{note}</dd></div>')
        return f'<dl class="figures">{"".join(cells)}</dl>'

    def worth(self) -> str:
        """In three lines: what it pays, what that costs, what is left."""
        found = self.sheet.worth
        if found.worth is None and not found.revenue:
            return ""
        costs = None if found.goods is None or found.worth is None else found.revenue - found.worth
        rows = [(self.t(N_("Revenue after discounts")), self.money(found.revenue)),
                (self.t(N_("Goods and every activity at its rate")), self.money(-costs) if costs is not None else self.t(N_("not known")))]
        body = "".join(f'<tr><td>{label}</td><td class="n">{amount}</td></tr>' for label, amount in rows)
        left = self.money(found.worth) if found.worth is not None else self.t(N_("not known"))
        missing = self.words.listed(f"{self.words.t(label).lower()} ({self.formats.count(n)})" for label, n in found.unpriced)
        note = f'<p class="quiet">{self.t(N_("not priced: {what}"), what=missing)}</p>' if missing else ""
        return self.section(N_("What it is worth, 12 months"), f'<table>{body}<tr class="sum"><td>{self.t(N_("Worth"))}</td><td class="n">{left}</td></tr></table>{note}')

    def noticed(self) -> str:
        lines = [f'<span class="mark">{_MARKS[n.severity]}</span>{self.say(n.said)}' for n in self.sheet.noticed]
        return self.section(N_("Noticed"), self.items(lines, MOST_NOTICED, True) or f'<p class="quiet">{self.t(N_("Nothing late, nothing out of the ordinary."))}</p>')

    def known(self) -> str:
        of, words = self.sheet.of_interest, self.words
        parts = [(N_("Needs"), of("need")), (N_("Likes"), of("preference")), (N_("Interested in"), of("interest", "hobby")), (N_("Worries"), of("concern")),
                 (N_("Not known"), tuple(words.t(x) for x in self.sheet.unknown))]
        return self.section(N_("What is known of it"), self.items((f"<b>{self.t(name)}</b> " + self.words.listed(_data(self.told("interest", v), 60) for v in values[:MOST_KNOWN]) for name, values in parts if values), 9))

    def reach(self) -> str:
        who, words = self.sheet.who, self.words
        lines = []
        if reach := [x for x in (who.phone, who.email) if x]:
            lines.append(" · ".join(f'<bdi class="ltr">{escape(plain(x))}</bdi>' for x in reach))
        lines += [" · ".join([f"<b>{_data(p.name)}</b>", *(_data(x) for x in (self.told("contact_title", p.title),) if x), *(f'<bdi class="ltr">{escape(plain(x))}</bdi>' for x in (p.phone, p.email) if x)])
                  for p in self.sheet.people[:MOST_PEOPLE]]
        more = [words.t(N_("speaks {language}"), language=language_name(who.language, words.language)) if who.language else "",
                {True: words.t(N_("marketing is welcome")), False: words.t(N_("no marketing"))}.get(who.consent, "")]
        if any(more):
            lines.append(" · ".join(escape(x) for x in more if x))
        if terms := self.terms():
            lines.append(f"<b>{self.t(N_('Terms'))}</b> {terms}")
        return self.section(N_("How to reach it, and its terms"), self.items(lines, 12))

    def terms(self) -> str:
        words, given, who = self.words, self.sheet.terms, self.sheet.who
        days = given.payment_days if given is not None and given.payment_days is not None else who.payment_days
        parts = [words.t(N_("tier {name}"), name=self.told("tier", self.sheet.tier)) if self.sheet.tier else "",
                 words.t(N_("price list {name}"), name=plain(given.price_list)) if given and given.price_list else "",
                 words.t(N_("{share} off"), share=self.formats.share(given.discount / 100)) if given and given.discount else "",
                 words.n("{n} day to pay", "{n} days to pay", days) if days is not None else "", *(given.offers if given else ())]
        return self.words.listed(_data(p, 80, in_order) for p in parts if p)

    def open(self) -> str:
        sheet = self.sheet
        lines = [f"<b>{self.t(N_('Balance'))}</b> {self.money(sheet.balance)}" + (f' · <span class="late">{self.t(N_("{amount} overdue"), amount=self.formats.money(sheet.overdue, full=True))}</span>' if sheet.overdue else "")]
        for label, events in sheet.open:
            told = [self.opened(e) for e in events[:MOST_OPEN]]
            more = f' <span class="quiet">{escape(self.words.n("and {n} more", "and {n} more", len(events) - MOST_OPEN))}</span>' if len(events) > MOST_OPEN else ""
            lines.append(f"<b>{self.t(label)} ({self.formats.count(len(events))})</b> " + self.words.listed(told, ";") + more)
        return self.section(N_("Open"), self.items(lines, 12))

    def opened(self, event: Any) -> str:
        due, rest = event.facts.get("due"), event.facts.get("rest")
        amount = rest or event.amount
        # What kind of thing it is stands before it already.
        name = next((_data(self.told("activity_kind", event.facts[k])) for k in ("number", "name", "what") if event.facts.get(k)), None) or self.say(event.title)
        parts = [name, self.money(amount) if amount else "", self.t(N_("due {day}"), day=self.formats.day(due)) if isinstance(due, date) else escape(self.formats.day(event.on))]
        late = isinstance(due, date) and due < self.sheet.as_of
        return f'<span{" class=late" if late else ""}>{" · ".join(p for p in parts if p)}</span>'

    def next(self) -> str:
        """What was written down to be done, then the next steps of what may be sold."""
        lines = []
        for task in self.sheet.tasks:
            late = task.due_on is not None and task.due_on < self.sheet.as_of
            when = f'<span class="due{" late" if late else ""}">{escape(self.formats.day(task.due_on))}</span> ' if task.due_on else ""
            kind = f"<b>{self.t(N_('Decision'))}</b> " if task.what == "decision" else ""
            lines.append(_BOX + when + kind + _data(self.told("activity_kind", task.text)) + (f' <span class="quiet">({_data(task.owner)})</span>' if task.owner else ""))
        lines += [_BOX + (f"{escape(self.formats.day(day))} " if day else "") + f'{_data(self.told("next_step", step))} <span class="quiet">({_data(name, 60)})</span>' for name, step, day in self.sheet.steps]
        return self.section(N_("Next steps"), self.items(lines, MOST_TASKS, True) or f'<p class="quiet">{self.t(N_("None written down."))}</p>')

    def events(self) -> str:
        rows = []
        for e in self.sheet.events:
            details = " · ".join(self.say(d) for d in e.details[:3])
            amount = self.money(e.amount) if e.amount is not None else ""
            rows.append(f'<tr><td class="day">{escape(self.formats.day(e.on))}</td><td>{self.say(e.title)}{f" <span class=quiet>{details}</span>" if details else ""}</td><td class="n">{amount}</td></tr>')
        return self.section(N_("What happened last"), f"<table>{''.join(rows)}</table>" if rows else "", "long")

    def space(self) -> str:
        """Room to write at the meeting."""
        return f'<section class="lines"><h2>{self.t(N_("Agreed at the meeting"))}</h2><div></div><div></div><div></div></section>'

    def foot(self) -> str:
        return f'<footer>{self.t(N_("Amounts in {currency}. Contains personal data: for who visits or takes over this customer, and nobody else."), currency=self.formats.unit)}</footer>'
