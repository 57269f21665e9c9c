"""The events of one customer's story, a query a table, each through the viewer's scope.

A record counts as the viewer's by its own branch and owner, as in every cut; records without such columns follow the
customer. An event before its day is known, or after the day the data reaches, is not told.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, case, func, select

from crm_data.analysis.findings import Said
from crm_data.cuts.access import Scope
from crm_data.errors import N_
from crm_data.model import dialects
from crm_data.model import schema as s

KINDS = ("contacts", "orders", "money", "complaints", "offers", "notes")


@dataclass(frozen=True)
class Event:
    """One thing that happened on a day. ``opened_on``/``closed_on``: the span of what stays open (``closed_on`` None: still
    open); ``ref`` names the record; ``hour`` orders a day; ``body`` is longer text of the data; ``facts`` what checks read."""

    kind: str
    on: date
    title: Said
    details: tuple[Said, ...] = ()
    amount: Decimal | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    ref: str = ""
    hour: int = 0
    body: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def text(value: object) -> tuple[str, object]:
    return ("text", value)


def just(value: object) -> Said:
    """A text of the data, said as it is."""
    return Said("{text}", {"text": text(value)})


def member(dimension: str, code: object) -> Said:
    """A code of the data, translated when it is said."""
    return Said("{member}", {"member": (f"member:{dimension}", code)})


def _money(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


class Reader:
    """Reads the events of one customer up to ``until`` over one connection."""

    def __init__(self, connection, scope: Scope, customer_id: int, until: date) -> None:
        self.connection, self.scope, self.customer, self.until = connection, scope, customer_id, until

    def _rows(self, query: Select, table, day, *more):
        """Rows of ``table`` of this customer, within the scope by the columns the table has."""
        branch = table.c.branch_id if "branch_id" in table.c else None
        owner = table.c.owner_id if "owner_id" in table.c else None
        where = []
        if branch is not None and self.scope.branches is not None:
            where += Scope(self.scope.branches, None, True).conditions(branch, branch)
        if owner is not None and self.scope.owners is not None:
            where += Scope(None, self.scope.owners, True).conditions(owner, owner)
        return self.connection.execute(query.where(table.c.customer_id == self.customer, day <= self.until, *where, *more)).mappings()

    def contacts(self) -> Iterator[Event]:
        i, staff, person = s.interaction.c, s.staff, s.contact
        query = select(i.id, i.started_on, i.started_hour, i.channel, i.initiated_by, i.topic, i.subject, i.duration_minutes, i.outcome, i.satisfaction,
                       staff.c.name.label("owner"), person.c.name.label("person")).select_from(
            s.interaction.outerjoin(staff, staff.c.id == i.owner_id).outerjoin(person, person.c.id == i.contact_id))
        for r in self._rows(query, s.interaction, i.started_on):
            title = just(r["subject"]) if r["subject"] else Said("{channel}: {topic}", {"channel": ("member:contact_channel", r["channel"]), "topic": text(r["topic"])}) \
                if r["topic"] else member("contact_channel", r["channel"])
            began = {"customer": Said(N_("They began")), "company": Said(N_("We began"))}.get(r["initiated_by"])
            bits = [began, member("contact_channel", r["channel"]) if r["subject"] or not r["topic"] else None, just(r["topic"]) if r["subject"] and r["topic"] else None,
                    Said("{length}", {"length": ("minutes", r["duration_minutes"])}) if r["duration_minutes"] else None,
                    member("outcome", r["outcome"]) if r["outcome"] else None, just(r["person"]) if r["person"] else None,
                    Said(N_("with {owner}"), {"owner": text(r["owner"])}) if r["owner"] else None,
                    Said(N_("rated {score} of 5"), {"score": ("number0", r["satisfaction"])}) if r["satisfaction"] else None]
            yield Event("contacts", r["started_on"], title, tuple(b for b in bits if b), ref=f"interaction:{r['id']}", hour=r["started_hour"] or 0,
                        facts={"by": r["initiated_by"], "channel": r["channel"]})
        w = s.web_lead.c
        for r in self._rows(select(w.id, w.received_on, w.source_channel, w.topic, w.converted_on), s.web_lead, w.received_on):
            bits = (member("lead_source", r["source_channel"]) if r["source_channel"] else None, just(r["topic"]) if r["topic"] else None)
            yield Event("contacts", r["received_on"], Said(N_("Enquiry received")), tuple(b for b in bits if b), ref=f"web_lead:{r['id']}")
        t = s.campaign_touch.c
        touches = select(t.id, t.touched_on, t.kind, s.campaign.c.name).select_from(s.campaign_touch.join(s.campaign, s.campaign.c.id == t.campaign_id))
        for r in self._rows(touches, s.campaign_touch, t.touched_on):
            yield Event("contacts", r["touched_on"], Said(_TOUCH.get(r["kind"], N_("Campaign “{name}”")), {"name": text(r["name"])}), (Said(N_("Campaign")),),
                        ref=f"campaign_touch:{r['id']}")

    def orders(self) -> Iterator[Event]:
        o, line, product = s.sales_order.c, s.order_line.c, s.product.c
        lines = self._rows(select(line.order_id, product.name, line.quantity, line.net_base).select_from(
            s.order_line.outerjoin(s.product, product.id == line.product_id)), s.order_line, line.ordered_on)
        by_order: dict[int, list] = {}
        for r in lines:
            by_order.setdefault(r["order_id"], []).append(r)
        for r in self._rows(select(o.id, o.number, o.ordered_on, o.ordered_hour, o.channel, o.status, o.delivered_on, o.promised_on), s.sales_order, o.ordered_on):
            own = sorted(by_order.get(r["id"], []), key=lambda x: -abs(x["net_base"] or 0))
            names = ", ".join(dict.fromkeys(str(x["name"]) for x in own[:3] if x["name"]))
            values = {"number": text(r["number"] or r["id"]), "names": text(names)}
            title = Said(N_("Order {number}: {names}"), values) if names else Said(N_("Order {number}"), values)
            if len(own) > 1 and names:
                values["n"] = ("count", len(own))
                title = Said(N_("Order {number}: {names}, {n} lines"), values)
            bits: list[Said] = []
            if r["status"] in ("cancelled", "returned"):
                bits.append(member("order_status", r["status"]))
            elif r["delivered_on"] and r["delivered_on"] <= self.until:
                bits.append(Said(N_("Delivered in {days}"), {"days": ("days", (r["delivered_on"] - r["ordered_on"]).days)}))
            elif r["status"]:
                bits.append(member("order_status", r["status"]))
            lead = next((x for x in own if x["quantity"] and x["quantity"] > 0), None)
            if lead is not None and lead["net_base"] is not None:
                price = _money(lead["net_base"]) / _money(lead["quantity"])  # type: ignore[operator]
                shown = {"quantity": ("number0", lead["quantity"]), "price": ("price", price), "name": text(lead["name"])}
                bits.append(Said(N_("{quantity} at {price} each"), shown) if len(own) == 1 else Said(N_("{name}: {quantity} at {price} each"), shown))
            if r["channel"]:
                bits.append(member("order_channel", r["channel"]))
            counted = r["status"] not in ("cancelled", "returned")
            yield Event("orders", r["ordered_on"], title, tuple(bits), sum((_money(x["net_base"]) or Decimal(0) for x in own), Decimal(0)) if own else None,
                        ref=f"sales_order:{r['id']}", hour=r["ordered_hour"] or 12, facts={"counted": counted})

    def money(self) -> Iterator[Event]:
        v, a, p = s.invoice.c, s.payment_allocation.c, s.payment.c
        settled = select(a.invoice_id, func.sum(a.amount_base).label("paid"), func.max(a.allocated_on).label("last")).where(
            a.allocated_on <= self.until).group_by(a.invoice_id).subquery()
        query = select(v.id, v.number, v.amount_base, v.issued_on, v.due_on, v.cancelled, settled.c.paid, settled.c.last).select_from(
            s.invoice.outerjoin(settled, settled.c.invoice_id == v.id))
        for r in self._rows(query, s.invoice, v.issued_on):
            rest = (_money(r["amount_base"]) or Decimal(0)) - (_money(r["paid"]) or Decimal(0))
            credit, cancelled = (r["amount_base"] or 0) < 0, bool(r["cancelled"])
            still = rest > 0 and not cancelled and not credit
            number = {"number": text(r["number"] or r["id"])}
            title = Said(N_("Credit note {number}") if credit else N_("Invoice {number} issued"), number)
            bits = [Said(N_("cancelled"))] if cancelled else []
            if still:
                bits.append(Said(N_("due {day}"), {"day": ("day", r["due_on"])}) if r["due_on"] else Said(N_("not paid yet")))
                if r["paid"]:
                    bits.append(Said(N_("{rest} still open"), {"rest": ("money", rest)}))
            elif r["last"] and not credit:
                bits.append(Said(N_("paid {day}"), {"day": ("day", r["last"])}))
            yield Event("money", r["issued_on"], title, tuple(bits), _money(r["amount_base"]), None if cancelled or credit else r["issued_on"],
                        None if still else r["last"] or r["issued_on"], f"invoice:{r['id']}", 13, facts={"due": r["due_on"], "rest": rest if still else None, "number": r["number"] or r["id"]})
        late = select(a.payment_id, func.max(dialects.days_between(v.due_on, a.allocated_on)).label("late")).select_from(
            s.payment_allocation.join(s.invoice, v.id == a.invoice_id)).where(v.customer_id == self.customer).group_by(a.payment_id).subquery()
        query = select(p.id, p.amount_base, p.paid_on, p.method, late.c.late).select_from(s.payment.outerjoin(late, late.c.payment_id == p.id))
        for r in self._rows(query, s.payment, p.paid_on):
            bits = [just(r["method"])] if r["method"] else []
            if r["late"] and r["late"] > 0:
                bits.append(Said(N_("{days} after the due date"), {"days": ("days", r["late"])}))
            yield Event("money", r["paid_on"], Said(N_("Payment received")), tuple(bits), -(_money(r["amount_base"]) or Decimal(0)), ref=f"payment:{r['id']}", hour=14)

    def complaints(self) -> Iterator[Event]:
        c = s.complaint.c
        hours = case((c.first_response_at.is_not(None), dialects.hours_between(c.opened_at, c.first_response_at)))
        query = select(c.id, c.topic, c.severity, c.subject, c.opened_on, c.first_response_at, c.resolved_on, c.handling, c.escalated, hours.label("hours"),
                       s.staff.c.name.label("owner")).select_from(s.complaint.outerjoin(s.staff, s.staff.c.id == c.owner_id))
        for r in self._rows(query, s.complaint, c.opened_on):
            done = r["resolved_on"] if r["resolved_on"] and r["resolved_on"] <= self.until else None
            about = {"n": text(r["id"]), "about": text(r["subject"] or r["topic"] or "")}
            title = Said(N_("Complaint {n} opened: {about}"), about) if about["about"][1] else Said(N_("Complaint {n} opened"), about)
            bits = [member("severity", r["severity"]) if r["severity"] else None, just(r["topic"]) if r["topic"] and r["subject"] else None,
                    Said(N_("escalated")) if r["escalated"] else None, Said(N_("with {owner}"), {"owner": text(r["owner"])}) if r["owner"] else None,
                    Said(N_("still open")) if done is None else Said(N_("resolved in {days}"), {"days": ("days", (done - r["opened_on"]).days)})]
            answered = r["first_response_at"] is not None and r["first_response_at"].date() <= self.until
            yield Event("complaints", r["opened_on"], title, tuple(b for b in bits if b), None, r["opened_on"], done, f"complaint:{r['id']}", 9,
                        facts={"answered": answered, "open": done is None, "severity": r["severity"]})
            if answered:
                took = (Said(N_("after {hours}"), {"hours": ("hours", r["hours"])}),) if r["hours"] is not None and r["hours"] >= 0 else ()
                yield Event("complaints", r["first_response_at"].date(), Said(N_("First answer to complaint {n}"), about), took, ref=f"complaint:{r['id']}:answer", hour=15)
            if done:
                yield Event("complaints", done, Said(N_("Complaint {n} resolved"), about), (just(r["handling"]),) if r["handling"] else (),
                            ref=f"complaint:{r['id']}:done", hour=16, body=r["handling"] or "")
        f = s.feedback.c
        for r in self._rows(select(f.id, f.kind, f.score, f.comment, f.given_on), s.feedback, f.given_on):
            most = 10 if r["kind"] == "nps" else 5
            title = Said(N_("Would recommend: {score} of 10") if most == 10 else N_("Satisfaction: {score} of 5"), {"score": ("number0", r["score"])})
            yield Event("complaints", r["given_on"], title, (just(r["comment"]),) if r["comment"] else (), ref=f"feedback:{r['id']}", hour=17, body=r["comment"] or "",
                        facts={"feedback": r["kind"], "score": r["score"]})


_TOUCH = {"sent": N_("Sent “{name}”"), "open": N_("Opened “{name}”"), "click": N_("Clicked in “{name}”"), "reply": N_("Replied to “{name}”"),
          "lead": N_("Became a lead by “{name}”"), "opt_out": N_("Opted out at “{name}”"), "visit": N_("Visited “{name}”")}
