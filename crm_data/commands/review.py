"""``mabat review``: make, list, show and close weekly meetings, for people and for a scheduler."""
from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import click

from crm_data.analysis.decisions import Decision, Moved
from crm_data.analysis.meetings import create_review, list_reviews
from crm_data.analysis.review import TITLES, Figure, Looked, Opened, Restated, Review
from crm_data.analysis.review_look import decided, look
from crm_data.analysis.review_room import close_review, open_review
from crm_data.calendars import CALENDARS
from crm_data.commands import speaking
from crm_data.commands.columns import columns
from crm_data.commands.cuts import to_json
from crm_data.commands.speaking import say, say_n
from crm_data.commands.target_asking import Teller, operator
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import day_from_text
from crm_data.errors import N_
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.output.formats import Formats
from crm_data.output.review_words import months_text, restated_text
from crm_data.output.words import Words
from crm_data.settings import load_settings

ALL = Scope.everything()


@click.group()
def review() -> None:
    """The weekly review: meetings with their agenda, figures and decisions."""


def _open():
    settings = load_settings()
    return open_appdb(settings.appdb), open_store(settings.warehouse, **settings.place)


@review.command("create")
@click.option("--as-of", "day", metavar="DAY", help="Day of the meeting: figures are of the newest snapshot that does not reach beyond it. Default: the day of the data.")
@click.option("--title", default="", help="Title; default: none.")
@click.option("--participants", default="", metavar="NAMES", help="Who takes part, separated by commas.")
@click.option("--calendar", type=click.Choice(CALENDARS), help="Whose months its figures are of, for every reader. Default: the usual one of the language of commands.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def create(day: str | None, title: str, participants: str, calendar: str | None, as_json: bool) -> None:
    """Make a meeting with the usual agenda and the shared cuts pinned to the review."""
    engine, store = _open()
    made = create_review(engine, operator(), store, held_on=day_from_text(day) if day else None, title=title, participants=participants.split(","),
                         calendar=calendar or speaking.words().calendar)
    if as_json:
        click.echo(json.dumps(_review_json(made), ensure_ascii=False, indent=1))
        return
    say_n("Meeting {id} on {day} with {n} block, snapshot {snapshot}.", "Meeting {id} on {day} with {n} blocks, snapshot {snapshot}.", len(made.agenda),
          id=made.id, day=made.held_on, snapshot=made.snapshot)


@review.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(as_json: bool) -> None:
    """List the meetings, the newest first."""
    found = list_reviews(_open()[0], operator())
    if as_json:
        click.echo(json.dumps([_review_json(r) for r in found], ensure_ascii=False, indent=1))
        return
    if not found:
        say(N_("No meeting yet. Make one with: mabat review create"))
        return
    them = speaking.words()
    days = speaking.formats_in(them, load_settings().currency)
    speaking.write("\n".join(columns([[str(r.id), days.day_figures(r.held_on), them.p("meeting", "Closed") if r.closed else them.p("meeting", "Open"), r.snapshot, r.title or "-"] for r in found], {0})))


@review.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(number: int, as_json: bool) -> None:
    """Show the figures, restatements and decisions of a meeting; of a closed one as they were."""
    engine, store = _open()
    opened = open_review(engine, operator(), number, store)
    blocks = [look(b, opened, scope=ALL, engine=engine, user=operator()) for b in opened.review.agenda]
    own = decided(opened, scope=ALL, engine=engine, user=operator())
    if as_json:
        click.echo(json.dumps({**_review_json(opened.review), "as_it_was": opened.as_it_was, "snapshot_gone": bool(opened.gone), "last_meeting": opened.before and _review_json(opened.before),
                               "blocks": [_block_json(b) for b in blocks], "decisions": [_decision_json(d, m) for d, m in own]}, ensure_ascii=False, indent=1))
        return
    speaking.write("\n".join(_text(opened, blocks, own)))


@review.command("close")
@click.argument("number", type=int)
def close(number: int) -> None:
    """Close a meeting: its snapshot, figures and cuts stay as they are now."""
    engine, store = _open()
    closed = close_review(engine, operator(), number, store, scope=ALL)
    say_n("Meeting {id} is closed on snapshot {snapshot} with {n} number.", "Meeting {id} is closed on snapshot {snapshot} with {n} numbers.", len(closed.figures),
          id=closed.id, snapshot=closed.snapshot)


# JSON -----------------------------------------------------------------------------------------------------------------
def _review_json(r: Review) -> dict[str, Any]:
    return {"id": r.id, "held_on": r.held_on.isoformat(), "title": r.title, "participants": list(r.participants), "snapshot": r.snapshot, "calendar": r.calendar, "closed": r.closed, "author": r.author,
            "agenda": [{"kind": b.kind, "title": b.title, "params": [list(p) for p in b.params]} for b in r.agenda]}


def _number(value: object) -> object:
    return to_json(value)


def _figure_json(f: Figure) -> dict[str, Any]:
    return {"measure": f.measure, "member": f.member or None, "unit": f.unit, "now": _number(f.now), "last_meeting": _number(f.then), "change": _number(f.change), "target": f.target,
            "expected": f.expected, "from": _day(f.period.first if f.period else None), "to": _day(f.period.last if f.period else None)}


def _restated_json(r: Restated) -> dict[str, Any]:
    changes = [{"table": c.table, "what": c.what, "count": None if c.hidden else c.count, "amount": _number(c.amount), "from": _day(c.first), "to": _day(c.last),
                "arrived": [d.isoformat() for d in c.arrived], "columns": list(c.columns), "customers": None if c.hidden else c.customers} for c in r.changes]
    return {"measure": r.measure, "from": r.first.isoformat(), "to": r.last.isoformat(), "then": _number(r.then), "now": _number(r.now), "changes": changes,
            "unexplained": _number(r.unexplained), "members": [{"members": list(c.members), "then": _number(c.then), "now": _number(c.now)} for c in r.cells]}


def _block_json(b: Looked) -> dict[str, Any]:
    return {"kind": b.block.kind, "title": b.title, "problem": None if b.problem is None else str(b.problem), "text": b.text or None,
            "figures": [{"cut": s.cut.to_link(), "numbers": [_figure_json(f) for f in s.hero], "restated": [_restated_json(r) for r in s.restated]} for s in b.shown],
            "lines": [{"name": x.name, "place": x.place, "place_then": x.place_then, "numbers": [_figure_json(f) for f in x.figures]} for x in b.lines],
            "findings": [f.as_json() for f in b.findings], "decisions": [_decision_json(d, m) for d, m in b.decisions],
            "stored": [{"measure": s.measure, "value": _number(s.value), "from": _day(s.first), "to": _day(s.last)} for s in b.stored]}


def _decision_json(d: Decision, m: Moved | None) -> dict[str, Any]:
    return {"id": d.id, "meeting": d.meeting_id, "text": d.text, "owner": d.owner, "due": _day(d.due_on), "done": d.done, "measure": d.measure or None,
            "then": _number(m.then) if m else None, "now": _number(m.now) if m else None, "improved": m.improved if m else None}


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


# Text -----------------------------------------------------------------------------------------------------------------
def _text(opened: Opened, blocks: list[Looked], own) -> list[str]:
    formats = speaking.formats(opened.warehouse) if opened.warehouse else speaking.formats_in(speaking.words(), load_settings().currency)
    teller = Teller(formats.words, formats, catalog_for(opened.warehouse)) if opened.warehouse else None
    words, r, held = formats.words, opened.review, formats.day(opened.review.held_on)
    lines = ["  ".join(x for x in (held, r.title or words.t(N_("Weekly review")), words.listed(r.participants)) if x),
             words.t(N_("as it was on {day}, snapshot {name}"), day=held, name=r.snapshot) if opened.as_it_was else _snapshot(words, r.snapshot, bool(opened.gone))]
    if said := months_text(words, formats, r.calendar):
        lines.append(said)
    if opened.before:
        lines.append(words.t(N_("last meeting: {day}, {snapshot}"), day=formats.day(opened.before.held_on), snapshot=_snapshot(words, opened.before.snapshot, bool(opened.gone_before))))
    for n, b in enumerate(blocks, 1):
        lines += ["", f"{n}. {b.title if b.own_title else words.t(TITLES[b.block.kind])}", *_inset(_block(b, words, formats, teller))]
    return lines + (["", words.t(N_("Decided here")), *_inset(_decision_text(d, m, words, formats) for d, m in own)] if own else [])


def _inset(lines: Iterable[str]) -> list[str]:
    return [f"   {line}" for line in lines]


def _snapshot(words: Words, name: str, gone: bool) -> str:
    return words.t(N_("snapshot {name} (gone)") if gone else N_("snapshot {name}"), name=name)


def _block(b: Looked, words: Words, formats: Formats, teller: Teller | None) -> Iterator[str]:
    """What one block of the agenda shows, line by line."""
    if b.problem is not None:
        yield words.error(b.problem)
    if b.text:
        yield b.text
    for shown in b.shown:
        yield from (_figure_text(f, words, formats) for f in shown.hero)
    yield from (f"! {restated_text(words, formats, one)}" for one in b.restated)
    goals = [(teller.whose(p.goal), teller.days(p.goal)) for p in b.targets] if teller else []
    yield from columns([[str(x.place or ""), *(goals[n] if n < len(goals) else (x.name or "-", "")),
                         "  ".join(_figure_text(f, words, formats) for f in x.figures) + (x.said.text(words, formats) if x.said else "")] for n, x in enumerate(b.lines)], {0})
    yield from (f"{f.title.text(words, formats)}. {f.detail.text(words, formats)}" for f in b.findings)
    yield from (_decision_text(d, m, words, formats) for d, m in b.decisions)
    for s in b.stored:
        yield words.t(N_("{measure}: {value} (stored)"), measure=words.label(s.measure), value=formats.value(s.value, "number" if isinstance(s.value, Decimal) else "count"))


def _figure_text(f: Figure, words: Words, formats: Formats) -> str:
    now = words.t(N_("{name}: {value}"), name=words.t(f.label), value=formats.value(f.now, f.unit))
    then = "" if f.change is None else words.t(N_("last meeting {value} ({change})"), value=formats.value(f.then, f.unit), change=formats.signed(float(f.change), f.unit))
    return words.listed(x for x in (now, then, "" if f.target is None else words.t(N_("target {value}"), value=formats.value(f.target, f.unit))) if x)


def _decision_text(d: Decision, m: Moved | None, words: Words, formats: Formats) -> str:
    number = words.t(N_("{name} {then} → {now}"), name=words.t(m.label), then=formats.value(m.then, m.unit) if m.then is not None else "?", now=formats.value(m.now, m.unit)) if m else ""
    return f"[{'x' if d.done else ' '}] " + words.in_line((d.text, d.owner, formats.day(d.due_on), number))
