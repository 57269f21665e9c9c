"""More events of one customer's story: quotes and offers; documents, tasks, decisions, tiers, wants, worries and notes."""
from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Engine, select

from crm_data.analysis.events import Event, Reader, just, maybe, member
from crm_data.analysis.findings import Said
from crm_data.errors import N_
from crm_data.model import appdb
from crm_data.model import schema as s

_OFFERS = {"cross": N_("Offered {name}"), "up": N_("Offered more: {name}"), "win_back": N_("Win-back offer: {name}"), "tier": N_("Offered a tier: {name}")}
_ANSWERS = {"accepted": N_("accepted"), "refused": N_("refused"), "later": N_("perhaps later")}
_LEARNED = {"concern": N_("Worry noted: {name}")}


def offers(read: Reader) -> Iterator[Event]:
    """Quotes and offers, with their answers."""
    q, o = s.quote.c, s.opportunity.c
    for r in read.rows(select(q.id, q.number, q.amount_base, q.sent_on, q.valid_to, q.answered_on, q.answer, q.opportunity_id, o.outcome, o.closed_on).select_from(
            s.quote.outerjoin(s.opportunity, o.id == q.opportunity_id)), s.quote, q.sent_on):
        answered = r.answered_on if r.answered_on and r.answered_on <= read.until else None
        decided = r.outcome in ("won", "lost") and r.closed_on is not None and r.sent_on <= r.closed_on <= read.until
        bits = (Said(_ANSWERS.get(r.answer or "", N_("answered"))), Said(N_("answered {day}"), {"day": ("day", answered)}) if answered else None) if answered or r.answer else \
            (Said(N_("no answer yet")), Said(N_("valid to {day}"), {"day": ("day", r.valid_to)}) if r.valid_to else None)
        ended = answered or (r.sent_on if r.answer else None) or (r.valid_to if r.valid_to and r.valid_to < read.until else None)
        yield Event("offers", r.sent_on, Said(N_("Quote {number}"), {"number": ("text", r.number or r.id)}), tuple(b for b in bits if b), maybe(r.amount_base), r.sent_on, ended,
                    f"quote:{r.id}", 11, "", {"waiting": not answered and not r.answer and not decided, "valid_to": r.valid_to, "number": r.number or r.id, "deal": r.opportunity_id},
                    read.whose[r.cid])
    f = s.offer.c
    made = select(f.id, f.kind, f.made_on, f.answered_on, f.answer, s.product.c.name).select_from(s.offer.outerjoin(s.product, s.product.c.id == f.product_id))
    for r in read.rows(made, s.offer, f.made_on):
        answered = r.answered_on if r.answered_on and r.answered_on <= read.until else None
        bits = (Said(_ANSWERS[r.answer]) if r.answer in _ANSWERS else None, Said(N_("answered {day}"), {"day": ("day", answered)}) if answered else None)
        yield Event("offers", r.made_on, Said(_OFFERS.get(r.kind, N_("Offered {name}")), {"name": ("member:product", r.name or "–")}), tuple(b for b in bits if b),
                    ref=f"offer:{r.id}", hour=11, facts={"offer": r.kind, "answer": r.answer, "answered": answered}, whose=read.whose[r.cid])


def records(read: Reader) -> Iterator[Event]:
    """Tasks, documents with their end, and what was learned of wants and worries, from the data."""
    a, d, i = s.activity.c, s.document.c, s.customer_interest.c
    for r in read.rows(select(a.id, a.kind, a.subject, a.created_on, a.due_on, a.done_on, s.staff.c.name.label("owner")).select_from(
            s.activity.outerjoin(s.staff, s.staff.c.id == a.owner_id)), s.activity, a.created_on):
        done = r.done_on if r.done_on and r.done_on <= read.until else None
        yield _task(f"activity:{r.id}", r.created_on, r.subject or r.kind or "–", r.owner, r.due_on, done, read.whose[r.cid], 8)
    for r in read.rows(select(d.id, d.kind, d.title, d.added_on, d.valid_to), s.document, d.added_on):
        bits = [member("document_kind", r.kind), *([Said(N_("valid to {day}"), {"day": ("day", r.valid_to)})] if r.valid_to else [])]
        yield Event("notes", r.added_on, Said(N_("Document: {title}"), {"title": ("member:document_kind", r.title or r.kind)}), tuple(bits), ref=f"document:{r.id}", hour=8,
                    facts={"ends": r.valid_to, "title": r.title or r.kind, "document": r.kind}, whose=read.whose[r.cid])
    for r in read.rows(select(i.id, i.kind, i.name, i.noted_on), s.customer_interest, i.noted_on):
        yield Event("notes", r.noted_on, Said(_LEARNED.get(r.kind, N_("Interest noted: {name}")), {"name": ("member:interest", r.name)}), ref=f"customer_interest:{r.id}", hour=7,
                    whose=read.whose[r.cid])


def _task(ref: str, on, what: str, owner: str | None, due, done, whose: str, hour: int, facts: Mapping[str, object] | None = None) -> Event:
    late = (done - due).days if done and due else 0
    bits = (Said(N_("done {day}"), {"day": ("day", done)}) if done else Said(N_("due {day}"), {"day": ("day", due)}) if due else Said(N_("open")),
            Said(N_("{days} late"), {"days": ("days", late)}) if late > 0 else None, Said(N_("with {owner}"), {"owner": ("text", owner)}) if owner else None)
    return Event("notes", on, Said(N_("Task: {what}"), {"what": ("member:activity_kind", what)}), tuple(b for b in bits if b), None, on, done or (None if due else on), ref, hour, "",
                 {"task_due": None if done else due, "what": what, **(facts or {})}, whose)


def written(engine: Engine, keys: Mapping[str, str]) -> Iterator[Event]:
    """Notes, tasks, decisions and changes of tier kept in the application database; ``keys``: Profile.key -> whose it is."""
    n, t, d = appdb.note.c, appdb.task.c, appdb.decision.c
    wanted = list(keys)
    with engine.connect() as connection:
        for r in connection.execute(select(n.id, n.text, n.on_day, n.user_name, n.created_at, n.customer_key).where(n.customer_key.in_(wanted))):
            first = " ".join(r.text.split())
            yield Event("notes", r.on_day or r.created_at.date(), Said(N_("Note by {who}"), {"who": ("text", r.user_name or "–")}), (just(first[:160]),),
                        ref=f"note:{r.id}", hour=20, body=r.text, whose=keys[r.customer_key])
        for r in connection.execute(select(t.id, t.text, t.owner_name, t.due_on, t.done_at, t.created_at, t.customer_key).where(t.customer_key.in_(wanted))):
            yield _task(f"task:{r.id}", r.created_at.date(), " ".join(r.text.split()), r.owner_name, r.due_on, r.done_at.date() if r.done_at else None, keys[r.customer_key], 21,
                        {"task": r.id, "done": r.done_at is not None})
        for r in connection.execute(select(d.id, d.text, d.owner_name, d.due_on, d.done_at, d.created_at, d.customer_key, d.user_name).where(d.customer_key.in_(wanted))):
            done, what = r.done_at.date() if r.done_at else None, " ".join(r.text.split())
            bits = (Said(N_("done {day}"), {"day": ("day", done)}) if done else Said(N_("due {day}"), {"day": ("day", r.due_on)}) if r.due_on else None,
                    Said(N_("with {owner}"), {"owner": ("text", r.owner_name)}) if r.owner_name else None,
                    Said(N_("decided by {who}"), {"who": ("text", r.user_name)}) if r.user_name else None)
            on = r.created_at.date()
            yield Event("notes", on, Said(N_("Decision: {what}"), {"what": ("text", what[:160])}), tuple(b for b in bits if b), None, on, done or (None if r.due_on else on),
                        f"decision:{r.id}", 22, r.text, {"task_due": None if done else r.due_on, "what": what[:160], "decision": r.id, "done": done is not None}, keys[r.customer_key])
    for key, whose in keys.items():
        yield from _tiers(engine, key, whose)


def _tiers(engine: Engine, key: str, whose: str) -> Iterator[Event]:
    from crm_data.analysis.tiers import tier_events

    for n, (day, tier, before, why, who) in enumerate(tier_events(engine, key)):
        values = {"tier": ("member:tier", tier or "–"), "before": ("member:tier", before or "–")}
        title = Said(N_("Tier {tier}"), values) if not before else Said(N_("Tier {before} ended"), values) if not tier else Said(N_("Tier {before} became {tier}"), values)
        bits = (just(why) if why else None, Said(N_("by {who}"), {"who": ("text", who)}) if who else None)
        yield Event("notes", day, title, tuple(b for b in bits if b), ref=f"tier:{key}:{n}", hour=19, whose=whose)
