"""Orders with their lines, invoices, payments and the open balance of one customer's story."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from crm_data.analysis.events import Event, Reader, Sold, exact, maybe, member, one
from crm_data.analysis.findings import Said
from crm_data.analysis.story_prices import Bought, PriceLine, price_lines
from crm_data.errors import N_
from crm_data.model import schema as s

_PAID = Said(N_("Payment received"))
_NOT_COUNTED = ("cancelled", "returned")


class _Line(NamedTuple):
    """A line as it is read: ``base`` its net in the reporting currency, ``net`` in the order's."""

    id: int
    product: int | None
    name: str | None
    category: str | None
    units: Decimal
    base: Decimal
    net: Decimal


def orders(read: Reader, base: str) -> tuple[list[Event], tuple[PriceLine, ...]]:
    """Every order, and the price of each product along time from the lines of those that count. ``base``: the reporting currency."""
    o, line = s.sales_order.c, s.order_line.c
    rows = read.rows(select(line.id, line.order_id, line.product_id, line.quantity, line.net_base, line.net), s.order_line, line.ordered_on)
    known = _products(read, {r.product_id for r in rows if r.product_id is not None})
    by_order: dict[int, list[_Line]] = {}
    for r in rows:
        name, category = known.get(r.product_id, (None, None))
        by_order.setdefault(r.order_id, []).append(_Line(r.id, r.product_id, name, category, exact(r.quantity), exact(r.net_base), exact(r.net)))
    found, bought = [], []
    heads = read.rows(select(o.id, o.number, o.ordered_on, o.ordered_hour, o.channel, o.status, o.delivered_on, o.promised_on, o.campaign_id, o.currency), s.sales_order, o.ordered_on)
    for r in heads:
        own = by_order.get(r.id, [])
        if len(own) > 1:
            # Lines of one amount stand in the order of their ids, on every engine.
            own.sort(key=lambda x: (-abs(x.base), x.id))
        found.append(_order(read, r, own))
        if r.status not in _NOT_COUNTED:
            bought += [Bought(x.product, x.name, x.category, r.ordered_on, x.units, x.base, x.net, r.currency) for x in own]
    return found, price_lines(bought, base)


def _products(read: Reader, ids: set[int]) -> dict[int, tuple[str, str | None]]:
    """Name and group of products. Asked for apart from the lines: joined to millions of them it would be most of the work."""
    product, group, found = s.product.c, s.product_category.c, {}
    wanted = sorted(ids)
    for part in (wanted[n:n + 1000] for n in range(0, len(wanted), 1000)):
        for r in read.connection.execute(select(product.id, product.name, group.name.label("category")).select_from(
                s.product.outerjoin(s.product_category, group.id == product.product_category_id)).where(product.id.in_(part))):
            found[r.id] = (r.name, r.category)
    return found


def _order(read: Reader, r, own: list[_Line]) -> Event:
    lines = tuple(Sold(x.name or "–", x.units, x.base / x.units if x.units else None, x.base) for x in own)
    names = tuple(dict.fromkeys(str(x.name) for x in own[:3] if x.name))
    values: dict[str, tuple[str, object]] = {"number": ("text", r.number or r.id)}
    message = N_("Order {number}")
    if names:
        values["names"] = ("members:product", names)
        message = N_("Order {number}: {names}")
        if len(own) > 1:
            values["n"] = ("count", len(own))
            message = N_("Order {number}: {names}, {n} lines")
    bits: list[Said] = []
    if r.status in _NOT_COUNTED:
        bits.append(member("order_status", r.status))
    elif r.delivered_on and r.delivered_on <= read.until:
        bits.append(one(N_("Delivered in {days}"), "days", "days", (r.delivered_on - r.ordered_on).days))
        if r.promised_on and r.delivered_on > r.promised_on:
            bits.append(one(N_("{days} later than promised"), "days", "days", (r.delivered_on - r.promised_on).days))
    elif r.status:
        bits.append(member("order_status", r.status))
    lead = next((x for x in lines if x.quantity > 0 and x.price is not None), None)
    if lead is not None:
        shown: dict[str, tuple[str, object]] = {"quantity": ("number0", lead.quantity), "price": ("price", lead.price)}
        bits.append(Said(N_("{quantity} at {price} each"), shown) if len(own) == 1 else
                    Said(N_("{name}: {quantity} at {price} each"), {**shown, "name": ("member:product", lead.product)}))
    if r.channel:
        bits.append(member("order_channel", r.channel))
    facts = {"counted": r.status not in _NOT_COUNTED, "campaign": r.campaign_id}
    return Event("orders", r.ordered_on, Said(message, values), tuple(bits), sum((x.net for x in lines), Decimal(0)) if own else None, None, None,
                 f"sales_order:{r.id}", r.ordered_hour or 12, "", facts, read.whose[r.cid], "", (), lines)


def money(read: Reader) -> tuple[list[Event], tuple[tuple[date, Decimal], ...]]:
    """Invoices and payments, and what was open after each day on which that changed (as the measure ``open_balance``)."""
    v, a, p = s.invoice.c, s.payment_allocation.c, s.payment.c
    invoices = read.rows(select(v.id, v.number, v.amount_base, v.issued_on, v.due_on, v.cancelled), s.invoice, v.issued_on)
    parts: dict[int, list] = {}
    late: dict[int, int] = {}
    # A part of a payment follows the invoice it settles, in rights too.
    for r in read.rows(select(a.invoice_id, a.payment_id, a.amount_base, a.allocated_on, a.due_on), s.payment_allocation, a.allocated_on, a.issued_on <= read.until):
        parts.setdefault(r.invoice_id, []).append(r)
        if r.due_on:
            late[r.payment_id] = max(late.get(r.payment_id, 0), (r.allocated_on - r.due_on).days)
    found = [_invoice(read, r, parts.get(r.id, ())) for r in invoices]
    for r in read.rows(select(p.id, p.amount_base, p.paid_on, p.method), s.payment, p.paid_on):
        bits = [member("payment_method", r.method)] if r.method else []
        if late.get(r.id, 0) > 0:
            bits.append(one(N_("{days} after the due date"), "days", "days", late[r.id]))
        found.append(Event("money", r.paid_on, _PAID, tuple(bits), -exact(r.amount_base), None, None, f"payment:{r.id}", 14, whose=read.whose[r.cid]))
    return found, balance((r, parts.get(r.id, ())) for r in invoices)


def balance(invoices: Iterable[tuple[object, Iterable]]) -> tuple[tuple[date, Decimal], ...]:
    """(day, open after it). An invoice is open from the day it is issued; what was settled before that counts from that day on."""
    moved: dict[date, Decimal] = {}
    for r, settled in invoices:
        if r.cancelled:  # type: ignore[attr-defined]
            continue
        issued = r.issued_on  # type: ignore[attr-defined]
        moved[issued] = moved.get(issued, Decimal(0)) + exact(r.amount_base)  # type: ignore[attr-defined]
        for part in settled:
            day = max(part.allocated_on, issued)
            moved[day] = moved.get(day, Decimal(0)) - exact(part.amount_base)
    level, found = Decimal(0), []
    for day in sorted(moved):
        level += moved[day]
        found.append((day, level))
    return tuple(found)


def _invoice(read: Reader, r, settled) -> Event:
    amount, paid = exact(r.amount_base), sum((exact(x.amount_base) for x in settled), Decimal(0))
    last = max((x.allocated_on for x in settled), default=None)
    credit, cancelled, rest = amount < 0, bool(r.cancelled), amount - paid
    still = rest > 0 and not cancelled and not credit
    bits = [Said(N_("cancelled"))] if cancelled else []
    if still:
        bits.append(one(N_("due {day}"), "day", "day", r.due_on) if r.due_on else Said(N_("not paid yet")))
        if paid:
            bits.append(Said(N_("{rest} still open"), {"rest": ("money", rest)}))
    elif last and not credit:
        bits.append(one(N_("paid {day}"), "day", "day", last))
        if r.due_on and last > r.due_on:
            bits.append(one(N_("{days} after the due date"), "days", "days", (last - r.due_on).days))
    return Event("money", r.issued_on, Said(N_("Credit note {number}") if credit else N_("Invoice {number} issued"), {"number": ("text", r.number or r.id)}), tuple(bits),
                 maybe(r.amount_base), None if cancelled or credit else r.issued_on, None if still else last or r.issued_on, f"invoice:{r.id}", 13, "",
                 {"due": r.due_on, "rest": rest if still or (credit and not cancelled and rest) else None, "number": r.number or r.id}, read.whose[r.cid])

