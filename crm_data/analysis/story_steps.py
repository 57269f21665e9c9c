"""What goes on for some time in a customer's story, step by step: complaints with their handling, opportunities with their stages.

The data has no day for an escalation: it is a step without a day. No record ties a contact to a complaint: contacts of the same
customer while it was open are told with it (``Reader.while_open``).
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import case, select

from crm_data.analysis.events import Event, Reader, Span, Step, maybe, member
from crm_data.analysis.findings import Said
from crm_data.errors import N_
from crm_data.model import dialects
from crm_data.model import schema as s


def complaint_rows(read: Reader) -> Sequence:
    """The complaints as rows; told to ``read`` too, so that contacts know into which one they fell."""
    c = s.complaint.c
    hours = case((c.first_response_at.is_not(None), dialects.hours_between(c.opened_at, c.first_response_at)))
    rows = read.rows(select(c.id, c.topic, c.severity, c.subject, c.opened_on, c.opened_at, c.first_response_at, c.resolved_on, c.handling, c.escalated, c.within_promise,
                            c.product_id, hours.label("hours"), s.staff.c.name.label("owner"), s.product.c.name.label("product")).select_from(
        s.complaint.outerjoin(s.staff, s.staff.c.id == c.owner_id).outerjoin(s.product, s.product.c.id == c.product_id)), s.complaint, c.opened_on)
    read.spans = [Span(r.id, r.cid, r.opened_on, r.opened_at, min(r.resolved_on or read.until, read.until), r.topic, r.product_id) for r in rows]
    return rows


def complaints(read: Reader, rows: Sequence) -> Iterator[Event]:
    """Opened, first answer, resolved, and feedback; the opening carries all steps. After the contacts have been read."""
    f = s.feedback.c
    answers = read.rows(select(f.id, f.kind, f.score, f.comment, f.given_on, f.complaint_id), s.feedback, f.given_on)
    after: dict[int, list] = {}
    for r in answers:
        after.setdefault(r.complaint_id, []).append(r)
    for r in rows:
        yield from _complaint(read, r, sorted(after.get(r.id, ()), key=lambda x: (x.given_on, x.id)))
    for r in answers:
        said = _feedback(r)
        if r.complaint_id is not None:
            said = Said(N_("Would recommend after complaint {n}: {score} of 10") if r.kind == "nps" else N_("Satisfaction after complaint {n}: {score} of 5"),
                        {**said.values, "n": ("text", r.complaint_id)})
        yield Event("complaints", r.given_on, said, (member("comment", r.comment),) if r.comment else (), ref=f"feedback:{r.id}", hour=17, body=r.comment or "",
                    facts={"feedback": r.kind, "score": r.score, "after": f"complaint:{r.complaint_id}" if r.complaint_id is not None else ""}, whose=read.whose[r.cid])


def _feedback(r) -> Said:
    return Said(N_("Would recommend: {score} of 10") if r.kind == "nps" else N_("Satisfaction: {score} of 5"), {"score": ("number0", r.score)})


def _contacts(read: Reader, complaint: int, until: date) -> Said | None:
    """How many contacts fell into it, and the last of them."""
    days = sorted(day for day, _ in read.during.get(complaint, ()))
    if not days:
        return None
    return Said.n("{n} contact while it was open, on {day}", "{n} contacts while it was open, the last on {day}", len(days), {"day": ("day", days[-1])})


def _complaint(read: Reader, r, feedback: list) -> Iterator[Event]:
    done = r.resolved_on if r.resolved_on and r.resolved_on <= read.until else None
    answered = r.first_response_at.date() if r.first_response_at is not None and r.first_response_at.date() <= read.until else None
    about = {"n": ("text", r.id), "about": ("member:complaint_topic", r.subject or r.topic or "")}
    title = Said(N_("Complaint {n} opened: {about}"), about) if about["about"][1] else Said(N_("Complaint {n} opened"), about)
    took = Said(N_("after {hours}"), {"hours": ("hours", r.hours)}) if r.hours is not None and r.hours >= 0 else None
    contacts, owner = _contacts(read, r.id, done or read.until), Said(N_("with {owner}"), {"owner": ("text", r.owner)}) if r.owner else None
    ended = Said(N_("still open")) if done is None else Said(N_("resolved in {days}"), {"days": ("days", (done - r.opened_on).days)})
    promise = None if r.within_promise is None or done is None else Said(N_("in the promised time")) if r.within_promise else Said(N_("later than promised"))
    bits = (member("severity", r.severity) if r.severity else None, member("complaint_topic", r.topic) if r.topic and r.subject else None, member("product", r.product) if r.product else None,
            Said(N_("escalated")) if r.escalated else None, owner, contacts, ended, promise)
    steps = [Step(r.opened_on, Said(N_("opened")))]
    if answered:
        steps.append(Step(answered, Said(N_("first answer {after}"), {"after": ("said", took)}) if took else Said(N_("first answer")), (answered - r.opened_on).days))
    elif done is None:
        steps.append(Step(None, Said(N_("no answer yet")), (read.until - r.opened_on).days, False))
    if r.escalated:
        steps.append(Step(None, Said(N_("escalated"))))
    if contacts:
        steps.append(Step(max(day for day, _ in read.during[r.id]), contacts))
    steps.append(Step(done, Said(N_("resolved")), (done - r.opened_on).days) if done else Step(None, Said(N_("still open")), (read.until - r.opened_on).days, False))
    steps += [Step(x.given_on, _feedback(x)) for x in feedback]
    whose = read.whose[r.cid]
    yield Event("complaints", r.opened_on, title, tuple(b for b in bits if b), None, r.opened_on, done, f"complaint:{r.id}", 9, r.handling or "",
                {"answered": answered is not None, "open": done is None, "severity": r.severity, "contacts": len(read.during.get(r.id, ()))}, whose, "", tuple(steps))
    if answered:
        yield Event("complaints", answered, Said(N_("First answer to complaint {n}"), about), (took,) if took else (), ref=f"complaint:{r.id}:answer", hour=15, whose=whose)
    if done:
        yield Event("complaints", done, Said(N_("Complaint {n} resolved"), about), tuple(b for b in (member("handling", r.handling) if r.handling else None, ended, promise) if b),
                    ref=f"complaint:{r.id}:done", hour=16, body=r.handling or "", whose=whose)


def opportunities(read: Reader) -> Iterator[Event]:
    """Opened (with every stage and the days in it), each change of stage, won or lost."""
    o, h = s.opportunity.c, s.stage_history.c
    found = {r.id: r for r in read.rows(select(o.id, o.name, o.stage, o.amount_base, o.opened_on, o.expected_close_on, o.closed_on, o.outcome, o.lost_reason, o.competitor, o.next_step,
                                               o.probability), s.opportunity, o.opened_on)}
    stays: dict[int, list] = {}
    if found:
        ids = sorted(found)
        for part in (ids[n:n + 500] for n in range(0, len(ids), 500)):
            for r in read.connection.execute(select(h.id, h.opportunity_id, h.stage, h.entered_on, h.left_on).where(h.opportunity_id.in_(part), h.entered_on <= read.until).order_by(
                    h.opportunity_id, h.entered_on, h.stage_order, h.id)):
                stays.setdefault(r.opportunity_id, []).append(r)
    for r in found.values():
        yield from _opportunity(read, r, stays.get(r.id, []))


def _opportunity(read: Reader, r, stays: list) -> Iterator[Event]:
    closed = r.closed_on if r.closed_on and r.closed_on <= read.until else None
    name, whose = {"name": ("text", r.name or r.id)}, read.whose[r.cid]
    steps = stages(stays, closed, read.until)
    bits = [member("stage", r.stage) if r.stage else None, Said(N_("next: {step}"), {"step": ("member:next_step", r.next_step)}) if r.next_step and not closed else None,
            Said(N_("expected {day}"), {"day": ("day", r.expected_close_on)}) if r.expected_close_on and not closed else None,
            Said(N_("{days} in all"), {"days": ("days", (closed - r.opened_on).days)}) if closed else None]
    now = stays[-1] if stays else None
    yield Event("offers", r.opened_on, Said(N_("Opportunity: {name}"), name), tuple(b for b in bits if b), maybe(r.amount_base), r.opened_on, closed, f"opportunity:{r.id}", 10, "",
                {"opportunity": r.id, "deal": r.id, "open": not closed and r.outcome == "open", "stage": now.stage if now else r.stage, "entered": now.entered_on if now else None,
                 "expected": r.expected_close_on, "name": r.name or r.id}, whose, "", steps)
    for before, stay in zip([None, *stays], stays, strict=False):
        if stay.entered_on > r.opened_on:
            lasted = (Said(N_("{days} in {stage}"), {"days": ("days", (stay.entered_on - before.entered_on).days), "stage": ("member:stage", before.stage)}),) if before else ()
            yield Event("offers", stay.entered_on, Said(N_("{name}: now {stage}"), {**name, "stage": ("member:stage", stay.stage)}), lasted, ref=f"stage_history:{stay.id}", hour=12,
                        facts={"deal": r.id}, whose=whose)
    if closed and r.outcome in ("won", "lost"):
        why = [member(d, x) for d, x in (("lost_reason", r.lost_reason), ("competitor", r.competitor)) if x and r.outcome == "lost"]
        yield Event("offers", closed, Said(N_("Won: {name}") if r.outcome == "won" else N_("Lost: {name}"), name), tuple(why), maybe(r.amount_base),
                    ref=f"opportunity:{r.id}:closed", hour=18, facts={"deal": r.id}, whose=whose)


def stages(stays: list, closed: date | None, until: date) -> tuple[Step, ...]:
    """Each stay in a stage with the days it lasted; the last one lasts until today while the opportunity is open.

    A stay ends when the next one begins, else when it was left; the stage an opportunity was closed into lasts no time.
    """
    found = []
    for stay, after in zip(stays, [*stays[1:], None], strict=False):
        left = after.entered_on if after else stay.left_on if stay.left_on and stay.left_on <= until else None
        if left is not None:
            found.append(Step(stay.entered_on, member("stage", stay.stage), (left - stay.entered_on).days))
        elif closed:
            found.append(Step(stay.entered_on, member("stage", stay.stage), max(0, (closed - stay.entered_on).days)))
        else:
            found.append(Step(stay.entered_on, member("stage", stay.stage), (until - stay.entered_on).days, False))
    return tuple(found)
