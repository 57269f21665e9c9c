"""The canonical customer and sales warehouse: every table, portable to every engine.

Rules that hold for all tables:

* ``id`` is an integer key; ``(source, source_id)`` is unique, so importing the same record again changes nothing.
* Money stands in the document's currency (``amount``, ``net`` ...) and, with the suffix ``_base``, in the
  reporting currency at the document's date. Measures read the ``_base`` columns only.
* ``..._at`` is an instant in UTC, ``..._on`` a calendar day at the branch, ``..._hour`` the hour there (0-23).
  Periods always filter the day.
* NULL means unknown. Codes (lower case, underscored) are listed in ``CODES`` and translated when shown.
* Columns of ``DERIVED_COLUMNS`` follow from other tables (copies of a parent's, mostly); filled and checked when a snapshot is built.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

Money = Numeric(18, 4)
Rate = Numeric(18, 8)
Share = Numeric(9, 6)


def _c(name: str, kind, doc: str, *, to: str | None = None, required: bool = False) -> Column:
    """A documented column. ``to`` names the table it refers to (logical reference, checked when a snapshot is built)."""
    return Column(name, kind, nullable=not required, doc=doc, comment=doc, info={"to": to} if to else {})


def _id(name: str, to: str, doc: str, *, required: bool = False) -> Column:
    return _c(name, BigInteger, doc, to=to, required=required)


def _table(name: str, doc: str, *columns: Column) -> Table:
    return Table(
        name, metadata,
        Column("id", BigInteger, primary_key=True, autoincrement=False, doc="Key within the snapshot."),
        *columns,
        Column("source", String(60), nullable=False, doc="System the row came from."),
        Column("source_id", String(200), nullable=False, doc="Its key there."),
        Column("batch_id", BigInteger, nullable=False, doc="The import that brought or last changed it."),
        UniqueConstraint("source", "source_id", name=f"uq_{name}_source"),
        comment=doc, info={"doc": doc},
    )


# People and places -------------------------------------------------------------------------------------------------
branch = _table(
    "branch", "A place of the firm that sells or serves.",
    _c("name", String(200), "Name shown.", required=True), _c("kind", String(20), "hq, branch, subsidiary, dealer, agency."),
    _id("parent_id", "branch", "The branch above it."), _c("region", String(100), "Sales region."),
    _c("country", String(100), "Country."), _c("timezone", String(60), "IANA time zone, e.g. Asia/Jerusalem."))
staff = _table(
    "staff", "A person of the firm: owner of customers, orders and opportunities.",
    _c("name", String(200), "Full name.", required=True), _id("branch_id", "branch", "Branch today."),
    _c("team", String(100), "Team today."), _id("reports_to_id", "staff", "Superior."),
    _c("email", String(200), "Mail."), _c("hourly_cost_base", Money, "Cost of an hour, reporting currency."),
    _c("hired_on", Date, "First day."), _c("left_on", Date, "Last day, empty while employed."))
staff_assignment = _table(
    "staff_assignment", "Where a person worked when.",
    _id("staff_id", "staff", "Who.", required=True), _id("branch_id", "branch", "Where."), _c("team", String(100), "Team."),
    _c("valid_from", Date, "First day.", required=True), _c("valid_to", Date, "Last day, empty while it holds."))
customer_type = _table(
    "customer_type", "The firm's own kinds of customer: students, pensioners, small firms ...",
    _c("name", String(100), "Name shown.", required=True), _c("party", String(20), "person or company, if only one fits."))
campaign = _table(
    "campaign", "A marketing campaign.",
    _c("name", String(200), "Name.", required=True), _c("channel", String(40), "email, sms, phone, social, web, print, event."),
    _c("starts_on", Date, "First day."), _c("ends_on", Date, "Last day."), _c("budget_base", Money, "Budget, reporting currency."),
    _c("goal", String(300), "What it is for."))
customer = _table(
    "customer", "A person or company the firm knows: lead, prospect, customer, former, supplier or partner.",
    _c("number", String(60), "Number people use.", required=True), _c("name", String(300), "Name.", required=True),
    _c("name_local", String(300), "The name in its own script, where it differs."),
    _c("identity_number", String(40), "Identity, company or tax number, in digits and capital letters; personal, never a dimension."),
    _c("party", String(20), "person or company.", required=True), _c("relation", String(20), "lead, prospect, customer, former, supplier, partner.", required=True),
    _id("customer_type_id", "customer_type", "Kind of customer."), _id("parent_id", "customer", "Parent company."),
    _id("branch_id", "branch", "Home branch."), _id("owner_id", "staff", "Who looks after it."),
    _c("birth_date", Date, "Day of birth, if told."), _c("birth_year", SmallInteger, "Year of birth, if only that is known."),
    _c("gender", String(20), "female, male, other."), _c("marital_status", String(20), "single, married, divorced, widowed, partner."),
    _c("industry", String(100), "Field of activity."), _c("city", String(100), "City."), _c("region", String(100), "Region, state or district."),
    _c("country", String(100), "Country."), _c("language", String(10), "Language spoken with it (en, he, fa ...)."),
    _c("email", String(200), "Mail."), _c("phone", String(40), "Phone as written."), _c("phone_digits", String(40), "Phone in digits with country code, for search."),
    _c("search_text", Text, "Folded name, mail and number, for search; made when a snapshot is built."),
    _c("acquisition_channel", String(60), "How it came: web, referral, shop, event, phone, partner, advert ..."),
    _id("acquisition_campaign_id", "campaign", "Campaign that won it."),
    _c("customer_since", Date, "Day it became a customer; empty for leads and prospects."), _c("lost_on", Date, "Day it left, empty while it stays."),
    _c("consent_contact", Boolean, "May be contacted for marketing; empty if never asked."),
    _c("payment_days", Integer, "Agreed days to pay."), _c("tier", String(40), "Service tier in the source system."))
customer_interest = _table(
    "customer_interest", "Something a customer wants or worries about.",
    _id("customer_id", "customer", "Who.", required=True), _c("kind", String(20), "interest, preference, concern, need, hobby.", required=True),
    _c("name", String(200), "What.", required=True), _c("noted_on", Date, "When it was learned."))
customer_attribute = _table(
    "customer_attribute", "Any further field of a customer; each key becomes a dimension by itself.",
    _id("customer_id", "customer", "Who.", required=True), _c("key", String(60), "Name of the field (lower case, underscored).", required=True),
    _c("value", String(300), "Its value as text.", required=True))
contact = _table(
    "contact", "A person inside a company.",
    _id("customer_id", "customer", "The company.", required=True), _c("name", String(200), "Name.", required=True),
    _c("title", String(100), "Position."), _c("email", String(200), "Mail."), _c("phone", String(40), "Phone."))
product_category = _table(
    "product_category", "A group of products.",
    _c("name", String(200), "Name.", required=True), _id("parent_id", "product_category", "The group above it."))
product = _table(
    "product", "Something sold: a good, a service, a property, a vehicle.",
    _c("name", String(300), "Name.", required=True), _c("code", String(60), "Code or SKU."),
    _id("product_category_id", "product_category", "Its group."), _c("unit", String(20), "Unit of quantity."),
    _c("list_price", Money, "List price today."), _c("unit_cost_base", Money, "Cost of one, reporting currency."),
    _c("discontinued_on", Date, "No longer sold from this day."))

# What happened: contact ------------------------------------------------------------------------------------------
interaction = _table(
    "interaction", "One contact with a customer, whoever began it.",
    _id("customer_id", "customer", "Who.", required=True), _id("contact_id", "contact", "Person inside the company."),
    _id("owner_id", "staff", "Who of the firm."), _id("branch_id", "branch", "Where."), _id("campaign_id", "campaign", "Campaign it belongs to."),
    _id("product_id", "product", "Product it was about."), _id("opportunity_id", "opportunity", "Opportunity it belongs to."),
    _c("channel", String(20), "phone, email, chat, sms, meeting, visit, web, social, letter.", required=True),
    _c("direction", String(10), "in or out."), _c("initiated_by", String(10), "customer or company."),
    _c("topic", String(100), "What about."), _c("subject", String(500), "Subject line or summary."),
    _c("started_at", DateTime, "Instant it began, UTC."), _c("started_on", Date, "Day it began, at the branch.", required=True),
    _c("started_hour", SmallInteger, "Hour it began, at the branch."), _c("duration_minutes", Numeric(10, 2), "Length, minutes."),
    _c("waited_minutes", Numeric(10, 2), "Minutes the customer waited."), _c("outcome", String(60), "answered, no_answer, resolved, callback, sold ..."),
    _c("satisfaction", Numeric(5, 2), "Rating given for it, 1-5."))
activity = _table(
    "activity", "A task of the firm for a customer.",
    _id("customer_id", "customer", "For whom."), _id("owner_id", "staff", "Who does it."), _id("opportunity_id", "opportunity", "For which opportunity."),
    _c("kind", String(40), "task, reminder, preparation ..."), _c("subject", String(500), "What."), _c("created_on", Date, "Written on."),
    _c("due_on", Date, "Due."), _c("done_on", Date, "Done, empty while open."))
web_lead = _table(
    "web_lead", "An enquiry from someone not yet a customer.",
    _id("customer_id", "customer", "The lead as a party."), _id("branch_id", "branch", "Where it went."), _id("owner_id", "staff", "Who got it."),
    _id("campaign_id", "campaign", "Campaign that brought it."), _c("source_channel", String(60), "Lead source: web, referral, advert, event ..."),
    _c("topic", String(100), "What about."), _c("received_at", DateTime, "Instant received, UTC."), _c("received_on", Date, "Day received.", required=True),
    _c("first_response_at", DateTime, "Instant of the first answer, UTC."), _c("converted_on", Date, "Day it became a customer or opportunity."))
complaint = _table(
    "complaint", "A complaint and how it was handled.",
    _id("customer_id", "customer", "Who.", required=True), _id("owner_id", "staff", "Who handles it."), _id("branch_id", "branch", "Where."),
    _id("product_id", "product", "About what."), _id("order_id", "sales_order", "About which order."),
    _c("topic", String(100), "Complaint topic."), _c("severity", String(20), "low, normal, high, critical."), _c("subject", String(500), "In words."),
    _c("opened_at", DateTime, "Instant opened, UTC."), _c("opened_on", Date, "Day opened.", required=True),
    _c("first_response_at", DateTime, "Instant of the first answer, UTC."), _c("resolved_at", DateTime, "Instant resolved, UTC."),
    _c("resolved_on", Date, "Day resolved, empty while open."), _c("handling", Text, "How it was handled."),
    _c("escalated", Boolean, "Was escalated."), _c("within_promise", Boolean, "Handled within the promised time."))
feedback = _table(
    "feedback", "An answer to a survey.",
    _id("customer_id", "customer", "Who.", required=True), _id("branch_id", "branch", "About which branch."), _id("owner_id", "staff", "About whom."),
    _id("product_id", "product", "About what."), _id("complaint_id", "complaint", "After which complaint."),
    _c("kind", String(10), "nps (0-10) or csat (1-5).", required=True), _c("score", Numeric(5, 2), "Score.", required=True),
    _c("comment", Text, "In words."), _c("given_on", Date, "Day.", required=True))
campaign_touch = _table(
    "campaign_touch", "One event of a campaign with one customer.",
    _id("campaign_id", "campaign", "Campaign.", required=True), _id("customer_id", "customer", "Who.", required=True),
    _c("kind", String(20), "sent, open, click, reply, lead, opt_out, visit.", required=True), _c("arm", String(20), "treated or holdout."),
    _c("touched_on", Date, "Day.", required=True))
document = _table(
    "document", "A document about a customer.",
    _id("customer_id", "customer", "About whom.", required=True), _c("kind", String(40), "contract, letter, id, photo ..."),
    _c("title", String(300), "Title."), _c("added_on", Date, "Day.", required=True), _c("valid_to", Date, "End of validity, e.g. of a contract."), _c("url", String(500), "Where it is kept."))
offer = _table(
    "offer", "An offer made to a customer.",
    _id("customer_id", "customer", "To whom.", required=True), _id("product_id", "product", "Of what."), _id("owner_id", "staff", "By whom."),
    _c("kind", String(20), "cross, up, win_back, tier."), _c("made_on", Date, "Day.", required=True), _c("answered_on", Date, "Day answered."), _c("answer", String(20), "accepted, refused, later."))

# What happened: selling -----------------------------------------------------------------------------------------
opportunity = _table(
    "opportunity", "A possible sale.",
    _id("customer_id", "customer", "With whom.", required=True), _id("owner_id", "staff", "Whose."), _id("branch_id", "branch", "Where."),
    _id("product_id", "product", "Of what."), _id("campaign_id", "campaign", "Campaign that brought it."),
    _c("name", String(500), "Name."), _c("stage", String(60), "Stage today."), _c("stage_order", SmallInteger, "Place of the stage, 1 first."),
    _c("amount", Money, "Amount in its currency."), _c("currency", String(3), "ISO code."), _c("amount_base", Money, "Amount, reporting currency."),
    _c("probability", Share, "Probability of winning, 0-1."), _c("opened_on", Date, "Day opened.", required=True),
    _c("expected_close_on", Date, "Expected close."), _c("closed_on", Date, "Day won or lost, empty while open."),
    _c("outcome", String(10), "open, won or lost.", required=True), _c("lost_reason", String(100), "Why lost."),
    _c("lead_source", String(60), "Lead source."), _c("competitor", String(100), "Competitor."), _c("next_step", String(300), "Next step."))
stage_history = _table(
    "stage_history", "A stay of an opportunity in a stage.",
    _id("opportunity_id", "opportunity", "Which.", required=True), _c("stage", String(60), "Stage.", required=True), _c("stage_order", SmallInteger, "Place of the stage."),
    _c("entered_on", Date, "Day entered.", required=True), _c("left_on", Date, "Day left, empty while there."), _c("amount_base", Money, "Amount then, reporting currency."))
quote = _table(
    "quote", "A price offer.",
    _id("customer_id", "customer", "To whom.", required=True), _id("opportunity_id", "opportunity", "For which opportunity."), _id("owner_id", "staff", "By whom."), _id("branch_id", "branch", "Where."),
    _c("number", String(60), "Number."), _c("amount", Money, "Amount in its currency."), _c("currency", String(3), "ISO code."), _c("amount_base", Money, "Amount, reporting currency."),
    _c("sent_on", Date, "Day sent.", required=True), _c("valid_to", Date, "Valid until."), _c("answered_on", Date, "Day answered."), _c("answer", String(20), "accepted, refused; empty while open."))
sales_order = _table(
    "sales_order", "An order. Its value stands in its lines.",
    _id("customer_id", "customer", "Who.", required=True), _id("owner_id", "staff", "Who sold it."), _id("branch_id", "branch", "Where."),
    _id("campaign_id", "campaign", "Campaign that brought it."), _id("opportunity_id", "opportunity", "Opportunity it came from."),
    _c("number", String(60), "Number."), _c("channel", String(40), "Order channel: shop, web, phone, field, partner."), _c("status", String(20), "open, delivered, cancelled, returned.", required=True),
    _c("currency", String(3), "ISO code."), _c("ordered_at", DateTime, "Instant, UTC."), _c("ordered_on", Date, "Day at the branch.", required=True),
    _c("ordered_hour", SmallInteger, "Hour at the branch."), _c("delivered_on", Date, "Day delivered."), _c("promised_on", Date, "Day promised."))
order_line = _table(
    "order_line", "A line of an order: the price of a product at a moment.",
    _id("order_id", "sales_order", "Order.", required=True), _id("product_id", "product", "What."),
    _id("customer_id", "customer", "Customer of the order (derived)."), _id("branch_id", "branch", "Branch of the order (derived)."), _id("owner_id", "staff", "Owner of the order (derived)."),
    _id("campaign_id", "campaign", "Campaign of the order (derived)."), _c("channel", String(40), "Order channel (derived)."),
    _c("ordered_on", Date, "Day of the order (derived)."), _c("ordered_hour", SmallInteger, "Hour of the order (derived)."), _c("counted", Boolean, "Counts as a sale: the order is neither cancelled nor returned (derived)."),
    _c("first_of_order", Boolean, "The first line of its order (derived)."), _c("first_of_category", Boolean, "The first of its order with a product of this category (derived)."),
    _c("first_of_product", Boolean, "The first of its order with this product (derived)."),
    _c("quantity", Money, "Units; negative for a return.", required=True), _c("unit_price", Money, "Price paid a unit, before line discount."), _c("list_price", Money, "List price that day."),
    _c("discount", Money, "Discount of the line, order's currency."), _c("net", Money, "Line value after discount, order's currency.", required=True),
    _c("unit_cost_base", Money, "Cost of a unit, reporting currency."), _c("net_base", Money, "Line value after discount, reporting currency.", required=True),
    _c("discount_base", Money, "Discount of the line, reporting currency."), _c("cost_base", Money, "Cost of the line, reporting currency; empty if not known."))
order_credit = _table(
    "order_credit", "How the credit for an order is split between people; shares of an order sum to 1.",
    _id("order_id", "sales_order", "Order.", required=True), _id("staff_id", "staff", "Who.", required=True), _c("share", Share, "Share, 0-1.", required=True))
invoice = _table(
    "invoice", "A bill.",
    _id("customer_id", "customer", "Who pays.", required=True), _id("order_id", "sales_order", "For which order."), _id("branch_id", "branch", "Where."), _id("owner_id", "staff", "Whose."),
    _c("number", String(60), "Number."), _c("amount", Money, "Amount; negative for a credit note."), _c("currency", String(3), "ISO code."), _c("amount_base", Money, "Amount, reporting currency.", required=True),
    _c("issued_on", Date, "Day issued.", required=True), _c("due_on", Date, "Day due."), _c("cancelled", Boolean, "Cancelled."))
payment = _table(
    "payment", "Money received.",
    _id("customer_id", "customer", "From whom.", required=True), _id("branch_id", "branch", "Where."), _id("owner_id", "staff", "Whose."),
    _c("amount", Money, "Amount."), _c("currency", String(3), "ISO code."), _c("amount_base", Money, "Amount, reporting currency.", required=True), _c("paid_on", Date, "Day.", required=True), _c("method", String(40), "transfer, card, cash, check ..."))
payment_allocation = _table(
    "payment_allocation", "What part of a payment settles what invoice.",
    _id("payment_id", "payment", "Payment.", required=True), _id("invoice_id", "invoice", "Invoice.", required=True), _c("amount_base", Money, "Settled, reporting currency.", required=True), _c("allocated_on", Date, "Day it counts.", required=True),
    _id("customer_id", "customer", "Customer of the invoice (derived)."), _id("branch_id", "branch", "Branch of the invoice (derived)."), _id("owner_id", "staff", "Owner of the invoice (derived)."),
    _c("issued_on", Date, "Day the invoice was issued (derived)."), _c("due_on", Date, "Day the invoice was due (derived)."), _c("counted", Boolean, "The invoice was not cancelled (derived)."))

# Rates -----------------------------------------------------------------------------------------------------------
cost_rate = _table(
    "cost_rate", "What one unit of an activity costs, dated. Intervals of a driver do not overlap.",
    _c("driver", String(60), "contact_<channel>, minute_<channel>, complaint, order, return, delivery, late_day.", required=True), _c("rate_base", Money, "Cost of one, reporting currency.", required=True),
    _c("valid_from", Date, "First day.", required=True), _c("valid_to", Date, "Last day, empty while it holds."))
currency_rate = _table(
    "currency_rate", "Value of one unit of a currency in the reporting currency.",
    _c("currency", String(3), "ISO code.", required=True), _c("rate", Rate, "Reporting currency for one unit.", required=True), _c("valid_on", Date, "Day.", required=True))
work_calendar = _table(
    "work_calendar", "Days that are not worked, or worked against the rule.",
    _id("branch_id", "branch", "Branch; empty for all."), _c("day", Date, "Day.", required=True), _c("working", Boolean, "Is worked.", required=True), _c("name", String(100), "Holiday's name."))
target_import = _table(
    "target_import", "Targets that came with the data; offered for adoption into the application database.",
    _c("measure", String(60), "Measure.", required=True), _c("period_from", Date, "First day.", required=True), _c("period_to", Date, "Last day.", required=True),
    _c("dimension", String(60), "Dimension of the scope; empty for the firm."), _c("member", String(300), "Its value."), _c("value", Money, "Target.", required=True))

TABLES: dict[str, Table] = dict(metadata.tables)



@dataclass(frozen=True)
class Derived:
    """A column that follows from others: ``sql`` over its own row ``t`` and the tables of ``joins`` (table, condition), each of
    which gives a row one match at most and stands before the column's own table in ``TABLES``."""

    sql: str
    joins: tuple[tuple[str, str], ...] = ()


_ORDER = (("sales_order", "sales_order.id = t.order_id"),)
_INVOICE = (("invoice", "invoice.id = t.invoice_id"),)
_CATEGORY = (("product", "product.id = t.product_id"), ("product_category", "product_category.id = product.product_category_id"))
DERIVED_COLUMNS: dict[tuple[str, str], Derived] = {
    **{("order_line", name): Derived(f"sales_order.{name}", _ORDER)
       for name in ("customer_id", "branch_id", "owner_id", "campaign_id", "channel", "ordered_on", "ordered_hour")},
    ("order_line", "counted"): Derived("sales_order.status NOT IN ('cancelled', 'returned')", _ORDER),
    ("order_line", "first_of_order"): Derived("row_number() OVER (PARTITION BY t.order_id ORDER BY t.id) = 1"),
    ("order_line", "first_of_category"): Derived("row_number() OVER (PARTITION BY t.order_id, product_category.name ORDER BY t.id) = 1", _CATEGORY),
    ("order_line", "first_of_product"): Derived("row_number() OVER (PARTITION BY t.order_id, t.product_id ORDER BY t.id) = 1"),
    **{("payment_allocation", name): Derived(f"invoice.{name}", _INVOICE) for name in ("customer_id", "branch_id", "owner_id", "issued_on", "due_on")},
    ("payment_allocation", "counted"): Derived("NOT coalesce(invoice.cancelled, false)", _INVOICE),
}


def derived_joins(table: str, columns: Iterable[str], prefix: str) -> str:
    """The joins that the derived ``columns`` of ``table`` (called ``t``) need; ``prefix`` says where the other tables are."""
    joins = dict.fromkeys(join for column in columns for join in DERIVED_COLUMNS[table, column].joins)
    return " ".join(f'LEFT JOIN {prefix}"{parent}" AS {parent} ON {condition}' for parent, condition in joins)


#: Codes allowed in a column (others are rejected by name); everything else is free text of the firm.
CODES: dict[tuple[str, str], tuple[str, ...]] = {
    ("branch", "kind"): ("hq", "branch", "subsidiary", "dealer", "agency"),
    ("customer", "party"): ("person", "company"),
    ("customer", "relation"): ("lead", "prospect", "customer", "former", "supplier", "partner"),
    ("customer", "gender"): ("female", "male", "other"),
    ("customer", "marital_status"): ("single", "married", "divorced", "widowed", "partner"),
    ("customer_interest", "kind"): ("interest", "preference", "concern", "need", "hobby"),
    ("interaction", "channel"): ("phone", "email", "chat", "sms", "meeting", "visit", "web", "social", "letter"),
    ("interaction", "direction"): ("in", "out"),
    ("interaction", "initiated_by"): ("customer", "company"),
    ("complaint", "severity"): ("low", "normal", "high", "critical"),
    ("feedback", "kind"): ("nps", "csat"),
    ("campaign_touch", "kind"): ("sent", "open", "click", "reply", "lead", "opt_out", "visit"),
    ("campaign_touch", "arm"): ("treated", "holdout"),
    ("opportunity", "outcome"): ("open", "won", "lost"),
    ("sales_order", "status"): ("open", "delivered", "cancelled", "returned"),
    ("offer", "kind"): ("cross", "up", "win_back", "tier"),
    ("offer", "answer"): ("accepted", "refused", "later"),
    ("quote", "answer"): ("accepted", "refused"),
}


def references() -> list[tuple[str, str, str]]:
    """All logical references as (table, column, table referred to)."""
    return [(table.name, column.name, column.info["to"])
            for table in TABLES.values() for column in table.columns if column.info.get("to")]
