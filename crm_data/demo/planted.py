"""The customers of the stories, written by hand: fixed numbers and names, days counted back from the last day of the data.

Order numbers are customer x 1000 + k.
"""
from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import duckdb

from crm_data.demo import firm
from crm_data.demo.dice import put
from crm_data.demo.places import fall_begins, seated, staff_ids

#: Added to the keys of their facts, so that they never meet those that are drawn.
KEYS = 4 * 10 ** 11
#: id: (name, own script, kind, branch, seat, city, industry or gender, years it has been a customer, payment days)
PEOPLE: dict[int, tuple] = {
    1: ("Marom Law Office", "משרד עורכי דין מרום", "Small firms", "Tel Aviv HQ", 1, "Ramat Gan", "Legal", 4.2, 30),
    2: ("Yael Shapira", "יעל שפירא", "Families", "Haifa", 0, "Nesher", "female", 3.6, 14),
    3: ("Daniel Azoulay", "דניאל אזולאי", "Families", "Jerusalem", 2, "Jerusalem", "male", 4.8, 14),
    4: ("Rimon Pharmacy", "בית מרקחת רימון", "Small firms", "Haifa", 1, "Acre", "Health", 5.1, 30),
    5: ("Kourosh Tehrani", "کوروش تهرانی", "Families", "Tel Aviv HQ", 3, "Holon", "male", 3.9, 14),
    6: ("Shlomo Navon", "שלמה נבון", "Pensioners", "Tel Aviv HQ", 0, "Petah Tikva", "male", 6.0, 14),
    7: ("Hermon Hotels", "מלונות חרמון", "Large firms", "Nazareth", 0, "Tiberias", "Tourism", 3.3, 60),
    8: ("Barkan Builders Ltd", "בנייה ברקן", "Large firms", "Jerusalem", 0, "Beit Shemesh", "Construction", 2.8, 30),
    9: ("Ofek College", "מכללה אופק", "Large firms", "Tel Aviv HQ", 2, "Herzliya", "Education", 2.1, 60),
    10: ("Shirin Farhadi", "شیرین فرهادی", "Pensioners", "Online", 4, "Netanya", "female", 4.0, 14),
    11: ("Dekel Agro", "חקלאות דקל", "Large firms", "Be'er Sheva", 0, "Ofakim", "Agriculture", 4.4, 30)}


@dataclass
class Book:
    """Collects the rows of the planted customers. ``ago`` is counted back from the last day of the data."""

    last: date
    today: date
    prices: dict[tuple[str, date], tuple[Decimal, Decimal]]
    rows: dict[str, list[dict]] = field(default_factory=dict)
    used: dict[tuple[str, int], int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=staff_ids)

    def day(self, ago: int) -> date:
        """The day so long ago, or the working day before it."""
        day = self.last - timedelta(days=ago)
        return day - timedelta(days=1) if day.isoweekday() == 5 else day - timedelta(days=2) if day.isoweekday() == 6 else day

    def add(self, table: str, cid: int, **values: object) -> dict:
        """A row of a customer with the next free key, branch and owner."""
        k = self.used[table, cid] = self.used.get((table, cid), -1) + 1
        row = {"id": KEYS + cid * 1000 + k, "customer_id": cid, **values}
        branch, seat = PEOPLE[cid][3:5]
        if table in ("sales_order", "interaction", "complaint", "quote", "opportunity", "invoice", "payment"):
            day = next(value for value in values.values() if isinstance(value, date))
            row |= {"branch_id": [b.name for b in firm.BRANCHES].index(branch) + 1, "owner_id": seated(self.ids, branch, seat, min(day, self.last), self.today)}
        self.rows.setdefault(table, []).append(row)
        return row

    def order(self, cid: int, ago: int, goods: dict[str, int], *, status: str = "delivered", paid_after: int | None = 0, paid: Decimal | None = None, **extra: object) -> Decimal:
        """An order with its lines, bill and payment; ``paid_after`` days after the bill, None: never. Returns its value."""
        day, channel, hour = self.day(ago), "web" if PEOPLE[cid][3] == "Online" else "shop", 10 + ago % 7
        order = self.add("sales_order", cid, ordered_on=day, number="", channel=channel, status=status, currency="ILS", ordered_at=_at(day, hour - 3, ago % 60), ordered_hour=hour,
                         delivered_on=min(day + timedelta(days=2), self.last) if status in ("delivered", "returned") else None, promised_on=day + timedelta(days=4), **extra)
        order["number"], total = f"SO-{order['id'] - KEYS}", Decimal(0)
        for place, (name, quantity) in enumerate(goods.items()):
            price, cost = self.prices[name, day.replace(day=1)]
            net = price * quantity
            total += net
            self.rows.setdefault("order_line", []).append({
                "id": order["id"] * 10 + place, "order_id": order["id"], "customer_id": cid, "product_id": [p.name for p in firm.PRODUCTS].index(name) + 1, "ordered_on": day,
                "counted": status not in ("cancelled", "returned"), "quantity": Decimal(quantity), "unit_price": price, "list_price": price, "discount": Decimal(0), "net": net,
                "unit_cost_base": cost, "net_base": net, "discount_base": Decimal(0), "cost_base": cost * quantity})
        void = status in ("cancelled", "returned")
        bill = self.add("invoice", cid, issued_on=day, order_id=order["id"], number=f"INV-{order['id'] - KEYS}", amount=total, currency="ILS", amount_base=total,
                        due_on=day + timedelta(days=PEOPLE[cid][8]), cancelled=void)
        paid_on = day + timedelta(days=paid_after) if paid_after is not None else None
        if paid_on and paid_on <= self.last and not void:
            amount = total if paid is None else paid
            payment = self.add("payment", cid, paid_on=paid_on, amount=amount, currency="ILS", amount_base=amount, method="transfer")
            self.rows.setdefault("payment_allocation", []).append({"id": payment["id"], "payment_id": payment["id"], "invoice_id": bill["id"], "amount_base": amount, "allocated_on": paid_on})
        return total

    def call(self, cid: int, ago: int, channel: str = "phone", minutes: float | None = 6.0, topic: str = "Technical help", by: str = "customer", outcome: str = "resolved", **extra: object) -> None:
        """A contact."""
        day, hour = self.day(ago), 9 + ago % 8
        self.add("interaction", cid, started_on=day, channel=channel, direction="in" if by == "customer" else "out", initiated_by=by, topic=topic, started_at=_at(day, hour - 3, ago * 7 % 60),
                 started_hour=hour, duration_minutes=minutes, outcome=outcome, **extra)


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute))


def make_planted(con: duckdb.DuckDBPyConnection, today: date, last: date) -> None:
    """Insert the planted customers and what happened with them."""
    prices = {(name, month): (price, cost) for name, month, price, cost in con.execute(
        "SELECT p.name, q.month, q.list_price, q.unit_cost FROM price AS q JOIN product AS p ON p.id = q.product_id WHERE q.currency = 'ILS'").fetchall()}
    book = Book(last, today, prices)
    _customers(con, book)
    for story in (_costly, _complaint, _won_back, _silent, _quote, _overdue, _contract, _talker, _gone):
        story(book)
    for table, rows in book.rows.items():
        put(con, table, rows)


def _customers(con, book: Book) -> None:
    rows, kinds, branches = [], [k.name for k in firm.KINDS], [b.name for b in firm.BRANCHES]
    for cid, (name, own, kind, branch, seat, city, what, years, days) in PEOPLE.items():
        company = "firms" in kind
        since = book.last - timedelta(days=int(years * 365.25))
        rows.append({"id": cid, "number": f"C-{100000 + cid}", "name": name, "name_local": own, "party": "company" if company else "person", "relation": "customer",
                     "customer_type_id": kinds.index(kind) + 1, "branch_id": branches.index(branch) + 1, "owner_id": seated(book.ids, branch, seat, book.last, book.today),
                     "birth_date": None if company else date(book.last.year - (74 if kind == "Pensioners" else 41), 1 + cid, 7 + cid), "gender": None if company else what,
                     "marital_status": None if company else "married", "industry": what if company else None, "city": city, "region": firm.BRANCHES[branches.index(branch)].region,
                     "country": "Israel", "language": "fa" if "ی" in own else "he", "email": f"{name.lower().replace(' ', '.')}@example.com", "phone": f"+972 54-77000{cid:02d}",
                     "phone_digits": f"9725477000{cid:02d}", "acquisition_channel": "referral", "customer_since": since, "consent_contact": True, "payment_days": days, "tier": "Gold"})
        book.add("document", cid, kind="contract", title="Contract", added_on=since, valid_to=since + timedelta(days=2200), url=f"documents/{cid}-0.pdf")
    put(con, "customer", rows)
    put(con, "customer_attribute", [{"id": cid * 10 + 1, "customer_id": cid, "key": "contract_plan", "value": "24 months"} for cid in PEOPLE])
    put(con, "contact", [{"id": cid * 10, "customer_id": cid, "name": "Sigal Harel", "title": "Office manager", "email": f"sigal.{cid}@example.com", "phone": "+972 54-7711122"}
                         for cid in PEOPLE if "firms" in PEOPLE[cid][2]])


def _costly(book: Book) -> None:
    """Much revenue and gross profit, and more calls, visits, returns and complaints than it pays for."""
    for i in range(60):
        book.order(1, 8 + 17 * i, {"Fibre Business 1000": 2, "Cloud Telephony": 10, "Managed Backup": 2}, paid_after=40)
    for i in range(14):
        book.order(1, 15 + 26 * i, {"Headset Office": 2}, status="returned", paid_after=None)
    for i in range(360):
        book.call(1, 2 + 2 * i, minutes=38.0 + i % 9, topic="Technical help" if i % 3 else "Billing")
    for i in range(240):
        book.call(1, 4 + 3 * i, "visit", 60, by="company")
    for i in range(70):
        book.call(1, 6 + 10 * i, "meeting", 90, "Plan change")
    for i in range(22):
        opened = book.day(20 + 30 * i)
        book.add("complaint", 1, opened_on=opened, topic="Wrong charge", severity="normal", subject="The bill shows more than agreed", opened_at=_at(opened, 7, 5), first_response_at=_at(opened, 10, 0),
                 resolved_on=opened + timedelta(days=6), resolved_at=_at(opened + timedelta(days=6), 12, 0), handling="Explained on the phone", escalated=False, within_promise=True)


def _complaint(book: Book) -> None:
    """A grave complaint that nobody answered."""
    for i in range(32):
        book.order(2, 40 + 31 * i, {"Mobile Plus 100 GB": 3, "Fibre 300": 1})
    opened = book.last - timedelta(days=33)
    book.add("complaint", 2, opened_on=opened, topic="Slow internet", severity="critical", subject="No internet since the weekend, two children study at home", opened_at=_at(opened, 6, 40),
             escalated=False)
    for ago in (32, 29, 25, 18, 11, 4):
        book.call(2, ago, minutes=9.0, topic="Outage", outcome="callback")


def _won_back(book: Book) -> None:
    """Three customers who left and came back with an offer of the campaign Come Back."""
    back = [c[0] for c in firm.CAMPAIGNS].index("Come Back") + 1
    for cid, goods in ((3, {"Mobile Plus 100 GB": 2, "Fibre 600": 1}), (4, {"Fibre Business 1000": 1, "Cloud Telephony": 4}), (5, {"Mobile Unlimited 5G": 2})):
        for i in range(20):
            book.order(cid, 455 + 30 * i, goods)
        book.call(cid, 440, topic="Contract end", outcome="answered")
        offered = book.day(190 + cid)
        book.add("campaign_touch", cid, campaign_id=back, kind="sent", arm="treated", touched_on=offered)
        book.call(cid, 188 + cid, topic="Contract end", by="company", outcome="sold", campaign_id=back)
        book.add("offer", cid, product_id=3, kind="win_back", made_on=offered, answered_on=book.day(186 + cid), answer="accepted")
        for i in range(6):
            book.order(cid, 5 + 30 * (5 - i) + cid, goods, campaign_id=back if i == 0 else None)


def _silent(book: Book) -> None:
    """He came every ten days for years, and has not been seen for eleven weeks."""
    dice = random.Random(6)
    for i in range(92):
        book.order(6, 78 + 10 * i + dice.randint(0, 2), {"Mobile Senior": 1, "Device Insurance": 1} if i % 3 else {"Mobile Senior": 1, "Fast Charger": 1})
    for i in range(20):
        book.call(6, 80 + 45 * i, "visit", 20)


def _quote(book: Book) -> None:
    """The largest open quote of the firm: sent four weeks ago, nobody has followed it up."""
    for i in range(24):
        book.order(7, 12 + 42 * i, {"Office Network Care": 2, "Cloud Telephony": 30}, paid_after=55)
    amount = Decimal("186400.00")
    opened, sent = book.last - timedelta(days=48), book.last - timedelta(days=27)
    deal = book.add("opportunity", 7, opened_on=opened, product_id=33, name="Network for six hotels", stage="Proposal", stage_order=3, amount=amount, currency="ILS", amount_base=amount,
                    probability=Decimal("0.45"), expected_close_on=book.last + timedelta(days=14), outcome="open", lead_source="referral", next_step="Call the owner")
    for ago, channel, minutes in ((47, "phone", 14.0), (36, "meeting", 75.0), (30, "email", None)):
        book.call(7, ago, channel, minutes, "Plan change", by="company", outcome="answered", opportunity_id=deal["id"])
    days = (opened, book.last - timedelta(days=36), sent, None)
    for k in range(3):
        book.add("stage_history", 7, opportunity_id=deal["id"], stage=firm.STAGES[k], stage_order=k + 1, entered_on=days[k], left_on=days[k + 1], amount_base=amount)
    book.add("quote", 7, sent_on=sent, opportunity_id=deal["id"], number="Q-7001", amount=amount, currency="ILS", amount_base=amount, valid_to=book.last + timedelta(days=3))
    for row in book.rows["stage_history"]:
        row.pop("customer_id", None)


def _overdue(book: Book) -> None:
    """A large bill of which a part was paid; the rest has been due for eighty days."""
    for i in range(18):
        book.order(8, 150 + 45 * i, {"Mobile Unlimited 5G": 20, "Office Network Care": 1}, paid_after=44)
    book.order(8, 110, {"Notebook Terra 14": 20, "Phone Aria Pro": 8}, paid_after=35, paid=Decimal("20000.00"))


def _contract(book: Book) -> None:
    """A large customer whose contract ends in eighteen days, and nobody has spoken with it for three months."""
    for i in range(22):
        book.order(9, 6 + 30 * i, {"Course: Excel at Work": 6, "Cloud Telephony": 15}, paid_after=50)
    book.add("document", 9, kind="contract", title="Frame agreement", added_on=book.last - timedelta(days=712), valid_to=book.last + timedelta(days=18), url="documents/9-1.pdf")
    for i in range(8):
        book.call(9, 95 + 60 * i, "meeting", 60, "Plan change", by="company")


def _talker(book: Book) -> None:
    """She buys little and calls almost every second day."""
    for i in range(20):
        book.order(10, 15 + 50 * i, {"Mobile Senior": 1})
    for i in range(150):
        book.call(10, 1 + 2 * i, minutes=14.0, topic="Technical help")


def _gone(book: Book) -> None:
    """The largest customer of the branch that fell bought every twelve days until the fall began."""
    since = (book.last - fall_begins(book.last)).days + 4
    for i in range(64):
        book.order(11, since + 12 * i, {"Cloud Telephony": 40, "Mobile Unlimited 5G": 25, "Office Network Care": 2}, paid_after=28)
    book.call(11, since - 2, topic="Contract end", outcome="answered")
