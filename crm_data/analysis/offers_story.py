"""More events of one customer's story: quotes, opportunities with their stages, offers; tasks, documents and notes."""
from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, select

from crm_data.analysis.events import Event, Reader, _money, just, text
from crm_data.analysis.findings import Said
from crm_data.errors import N_
from crm_data.model import appdb
from crm_data.model import schema as s

_OFFERS = {"cross": N_("Offered {name}"), "up": N_("Offered more: {name}"), "win_back": N_("Win-back offer: {name}"), "tier": N_("Offered a tier: {name}")}
_ANSWERS = {"accepted": N_("accepted"), "refused": N_("refused"), "later": N_("perhaps later")}


def offers(read: Reader) -> Iterator[Event]:
    """Quotes, opportunities (opened, each stage, won or lost) and offers."""
    q = s.quote.c
    for r in read._rows(select(q.id, q.number, q.amount_base, q.sent_on, q.valid_to, q.answered_on, q.answer), s.quote, q.sent_on):
        answered = r["answered_on"] if r["answered_on"] and r["answered_on"] <= read.until else None
        bits = (Said(_ANSWERS.get(r["answer"] or "", N_("answered"))),) if answered or r["answer"] else \
            (Said(N_("valid to {day}"), {"day": ("day", r["valid_to"])}),) if r["valid_to"] else (Said(N_("no answer yet")),)
        ended = answered or (r["sent_on"] if r["answer"] else None) or (r["valid_to"] if r["valid_to"] and r["valid_to"] < read.until else None)
        yield Event("offers", r["sent_on"], Said(N_("Quote {number}"), {"number": text(r["number"] or r["id"])}), bits, _money(r["amount_base"]), r["sent_on"], ended,
                    f"quote:{r['id']}", 11, facts={"waiting": not answered and not r["answer"], "valid_to": r["valid_to"], "number": r["number"] or r["id"]})
    yield from _opportunities(read)
    f = s.offer.c
    made = select(f.id, f.kind, f.made_on, f.answered_on, f.answer, s.product.c.name).select_from(s.offer.outerjoin(s.product, s.product.c.id == f.product_id))
    for r in read._rows(made, s.offer, f.made_on):
        yield Event("offers", r["made_on"], Said(_OFFERS.get(r["kind"], N_("Offered {name}")), {"name": text(r["name"] or "–")}),
                    (Said(_ANSWERS[r["answer"]]),) if r["answer"] in _ANSWERS else (), ref=f"offer:{r['id']}", hour=11)


def _opportunities(read: Reader) -> Iterator[Event]:
    o, h = s.opportunity.c, s.stage_history.c
    query = select(o.id, o.name, o.stage, o.amount_base, o.opened_on, o.expected_close_on, o.closed_on, o.outcome, o.lost_reason, o.competitor, o.next_step)
    seen = {}
    for r in read._rows(query, s.opportunity, o.opened_on):
        seen[r["id"]] = r
        name = {"name": text(r["name"] or r["id"])}
        closed = r["closed_on"] if r["closed_on"] and r["closed_on"] <= read.until else None
        bits = [just(r["stage"]) if r["stage"] else None, Said(N_("next: {step}"), {"step": text(r["next_step"])}) if r["next_step"] and not closed else None,
                Said(N_("expected {day}"), {"day": ("day", r["expected_close_on"])}) if r["expected_close_on"] and not closed else None]
        yield Event("offers", r["opened_on"], Said(N_("Opportunity: {name}"), name), tuple(b for b in bits if b), _money(r["amount_base"]), r["opened_on"], closed,
                    f"opportunity:{r['id']}", 10)
        if closed and r["outcome"] in ("won", "lost"):
            why = [just(x) for x in (r["lost_reason"], r["competitor"]) if x and r["outcome"] == "lost"]
            yield Event("offers", closed, Said(N_("Won: {name}") if r["outcome"] == "won" else N_("Lost: {name}"), name), tuple(why), _money(r["amount_base"]),
                        ref=f"opportunity:{r['id']}:closed", hour=18)
    if seen:
        moved = select(h.id, h.opportunity_id, h.stage, h.entered_on, h.amount_base).where(h.opportunity_id.in_(sorted(seen)), h.entered_on <= read.until)
        for r in read.connection.execute(moved.order_by(h.opportunity_id, h.entered_on, h.id)).mappings():
            owner = seen[r["opportunity_id"]]
            if r["entered_on"] > owner["opened_on"]:
                yield Event("offers", r["entered_on"], Said(N_("{name}: now {stage}"), {"name": text(owner["name"] or owner["id"]), "stage": text(r["stage"])}),
                            ref=f"stage_history:{r['id']}", hour=12)


def notes(read: Reader, engine: Engine | None, key: str) -> Iterator[Event]:
    """Tasks, documents, what was learned of wants and worries, and notes people wrote here."""
    a, d, i = s.activity.c, s.document.c, s.customer_interest.c
    for r in read._rows(select(a.id, a.kind, a.subject, a.created_on, a.due_on, a.done_on), s.activity, a.created_on):
        done = r["done_on"] if r["done_on"] and r["done_on"] <= read.until else None
        bits = (Said(N_("done {day}"), {"day": ("day", done)}),) if done else (Said(N_("due {day}"), {"day": ("day", r["due_on"])}),) if r["due_on"] else ()
        yield Event("notes", r["created_on"], Said(N_("Task: {what}"), {"what": text(r["subject"] or r["kind"] or "–")}), bits, None, r["created_on"],
                    done or (None if r["due_on"] else r["created_on"]), f"activity:{r['id']}", 8, facts={"task_due": None if done else r["due_on"]})
    for r in read._rows(select(d.id, d.kind, d.title, d.added_on, d.valid_to), s.document, d.added_on):
        bits = [just(r["kind"]), *([Said(N_("valid to {day}"), {"day": ("day", r["valid_to"])})] if r["valid_to"] else [])]
        yield Event("notes", r["added_on"], Said(N_("Document: {title}"), {"title": text(r["title"] or r["kind"])}), tuple(bits), ref=f"document:{r['id']}", hour=8,
                    facts={"ends": r["valid_to"], "title": r["title"] or r["kind"]})
    learned = {"concern": N_("Worry noted: {name}")}
    for r in read._rows(select(i.id, i.kind, i.name, i.noted_on), s.customer_interest, i.noted_on):
        yield Event("notes", r["noted_on"], Said(learned.get(r["kind"], N_("Interest noted: {name}")), {"name": text(r["name"])}), ref=f"customer_interest:{r['id']}", hour=7)
    if engine is None:
        return
    n = appdb.note.c
    with engine.connect() as connection:
        for r in connection.execute(select(n.id, n.text, n.on_day, n.user_name, n.created_at).where(n.customer_key == key)).mappings():
            first = " ".join(r["text"].split())
            yield Event("notes", r["on_day"] or r["created_at"].date(), Said(N_("Note by {who}"), {"who": text(r["user_name"] or "–")}), (just(first[:160]),),
                        ref=f"note:{r['id']}", hour=20, body=r["text"])
