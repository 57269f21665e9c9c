"""Measures: what is counted and added. Each says its unit, direction, denominator and what it leaves out.

``Measure`` adds up rows of one fact; ``Distinct`` describes the customers with business in the period; ``Balance`` is a
sum of movements up to a day; ``Formula`` is computed from others after they have been added, at the grain asked.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sqlalchemy import ColumnElement, Double, Numeric, and_, case, cast, func, literal_column

from crm_data.cuts.facts import FACTS, Fact
from crm_data.errors import N_
from crm_data.model import dialects
from crm_data.model import schema as s

Unit = Literal["money", "count", "share", "number", "days", "hours", "minutes", "years", "score"]
Better = Literal["up", "down", "none"]
Parts = Mapping[str, ColumnElement]


@dataclass(frozen=True)
class Base:
    name: str
    label: str = ""
    help: str = ""
    unit: Unit = "count"
    better: Better = "up"
    #: What stands under the line, in words ("of won and lost opportunities"); shown beside the number.
    denominator: str = ""
    #: Parts of a cut by a plain dimension sum to its total.
    adds_up: bool = True
    hidden: bool = False
    #: (known, total): measures that say how much of the data this one rests on.
    coverage: tuple[str, str] | None = None
    #: Of an average or a share: the measure that counts what it rests on (answers, orders, customers); "" of what is added up.
    n: str = ""
    kind = "flow"


@dataclass(frozen=True)
class Measure(Base):
    """``agg`` of ``value`` over rows of ``fact`` (of ``instead`` when the fact does not reach a dimension) where ``where``."""

    fact: str = ""
    agg: Literal["sum", "count"] = "count"
    value: ColumnElement | None = None
    where: ColumnElement | None = None
    instead: tuple[tuple[str, ColumnElement], ...] = ()


@dataclass(frozen=True)
class Distinct(Base):
    """An aggregate over the distinct customers with business in the period."""

    of: Literal["count", "age_sum", "age_known", "contacts"] = "count"


@dataclass(frozen=True)
class Balance(Base):
    """What stands on the period's last day: the sum of ``fact``'s movements up to it."""

    fact: str = ""
    kind = "balance"


@dataclass(frozen=True)
class Formula(Base):
    """``value`` of other measures (``parts``). ``rows``: signed measures whose rows stand behind the number."""

    parts: tuple[str, ...] = ()
    value: Callable[[Parts], ColumnElement] | None = None
    rows: tuple[tuple[str, int], ...] = ()
    kind = "formula"


def ratio(over: str, under: str, times: float = 1) -> Callable[[Parts], ColumnElement]:
    def value(p: Parts) -> ColumnElement:
        quotient = cast(p[over], Double) / func.nullif(cast(p[under], Double), literal_column("0"))
        return quotient * literal_column(f"{times:.1f}") if times != 1 else quotient
    return value


_line, _deal, _talk, _case, _answer = s.order_line.c, s.opportunity.c, s.interaction.c, s.complaint.c, s.feedback.c
_won, _lost, _csat, _nps = _deal.outcome == "won", _deal.outcome == "lost", _answer.kind == "csat", _answer.kind == "nps"
_answered = and_(_case.first_response_at.is_not(None), _case.opened_at.is_not(None))


def _cost_known(p: Parts) -> ColumnElement:
    """Cost of goods, or NULL where there are lines and none has a cost."""
    return case((and_(p["_lines"] > literal_column("0"), p["_lines_costed"] == literal_column("0")), None), else_=p["_cost"])


def _squared(value: ColumnElement) -> ColumnElement:
    """For the spread of an average: sums of squares, as floats (exact decimals would overflow)."""
    number = cast(value, Double)
    return number * number


def cost_measures(costs: Fact) -> tuple[Measure, ...]:
    """The measures of activities, over this table of priced ones (:func:`crm_data.cuts.facts.costs_fact`)."""
    one = costs.table.c
    return (
        Measure("cost_to_serve", N_("Cost to serve"), N_("Contacts, complaints, orders, returns, deliveries and late days, each at the rate of its day; activities without a rate are not priced."), "money", "down", fact="costs", agg="sum", value=one.cost, coverage=("_activities_priced", "_activities")),
        Measure("_activities", fact="costs", value=one.driver, hidden=True),
        Measure("_activities_priced", fact="costs", value=one.driver, where=one.cost.is_not(None), hidden=True))


_SALES = (
    Measure("revenue", N_("Revenue"), N_("Value of sale lines after discounts and returns, without cancelled and returned orders, in the reporting currency."), "money", fact="sales", agg="sum", value=_line.net_base),
    Measure("units", N_("Units"), N_("Quantity sold; returns are negative."), "number", fact="sales", agg="sum", value=_line.quantity),
    Measure("discount", N_("Discount"), N_("Discounts given on sale lines."), "money", "down", fact="sales", agg="sum", value=_line.discount_base),
    Measure("orders", N_("Orders"), N_("Orders neither cancelled nor returned; by product, the orders that hold it, and by owner, the orders one has a part in, so those parts need not add up."), fact="orders", value=s.sales_order.c.id, instead=(("sales", _line.order_id),)),
    Formula("_gross", unit="money", parts=("revenue", "discount"), value=lambda p: p["revenue"] + p["discount"], rows=(("revenue", 1), ("discount", 1)), hidden=True),
    Measure("_cost", unit="money", fact="sales", agg="sum", value=_line.cost_base, hidden=True),
    Measure("_lines", fact="sales", value=_line.id, hidden=True),
    Measure("_lines_costed", fact="sales", value=_line.id, where=_line.cost_base.is_not(None), hidden=True),
    Formula("cost_of_goods", N_("Cost of goods"), N_("Cost of what was sold; not known where no line has a cost."), "money", "down", parts=("_cost", "_lines", "_lines_costed"), value=_cost_known, rows=(("_cost", 1),), coverage=("_lines_costed", "_lines")),
    Formula("gross_profit", N_("Gross profit"), N_("Revenue less cost of goods; lines without a known cost count with no cost, see coverage."), "money", parts=("revenue", "cost_of_goods"), value=lambda p: p["revenue"] - p["cost_of_goods"], rows=(("revenue", 1), ("_cost", -1)), coverage=("_lines_costed", "_lines")),
    Formula("gross_margin", N_("Gross margin"), N_("Gross profit as a share of revenue."), "share", denominator=N_("of revenue"), adds_up=False, parts=("gross_profit", "revenue"), value=ratio("gross_profit", "revenue"), rows=(("revenue", 1), ("_cost", -1)), coverage=("_lines_costed", "_lines"), n="orders"),
    Formula("average_order", N_("Average order"), N_("Revenue per order."), "money", denominator=N_("per order"), adds_up=False, parts=("revenue", "orders"), value=ratio("revenue", "orders"), rows=(("revenue", 1),), n="orders"),
)
_CUSTOMERS = (
    Distinct("customers", N_("Customers"), N_("Customers with an order, contact, opportunity, quote, invoice, payment or complaint in the period; counted once, so parts need not add up."), adds_up=False),
    Distinct("_customer_contacts", of="contacts", hidden=True, adds_up=False),
    Distinct("_age_sum", of="age_sum", hidden=True, adds_up=False),
    Distinct("_age_known", of="age_known", hidden=True, adds_up=False),
    Balance("customers_total", N_("Customers in all"), N_("Customers on the period's last day: joined by then and not lost."), fact="standing"),
    Measure("new_customers", N_("New customers"), N_("Customers who joined in the period."), fact="joined", value=s.customer.c.id),
    Measure("_parties", fact="parties", value=s.customer.c.id, hidden=True),
    Formula("revenue_per_customer", N_("Revenue per customer"), N_("Revenue divided by the customers with any business in the period."), "money", denominator=N_("per customer with business in the period"), adds_up=False, parts=("revenue", "customers"), value=ratio("revenue", "customers"), rows=(("revenue", 1),), n="customers"),
    Formula("orders_per_customer", N_("Orders per customer"), N_("Orders divided by the customers with any business in the period."), "number", denominator=N_("per customer with business in the period"), adds_up=False, parts=("orders", "customers"), value=ratio("orders", "customers"), rows=(("orders", 1),), n="customers"),
    Formula("mean_age", N_("Mean age"), N_("Mean age, at the period's end, of the customers with business in the period whose birth date or year is known."), "years", "none", denominator=N_("of customers whose age is known"), adds_up=False, parts=("_age_sum", "_age_known"), value=ratio("_age_sum", "_age_known"), rows=(("customers", 1),), coverage=("_age_known", "customers"), n="_age_known"),
)
_SERVICE = (
    Measure("contacts", N_("Contacts"), N_("Contacts of every kind, whoever began them."), better="none", fact="contacts", value=_talk.id),
    Measure("contacts_by_customer", N_("Contacts by customers"), N_("Contacts the customer began."), better="none", fact="contacts", value=_talk.id, where=_talk.initiated_by == "customer"),
    Formula("contacts_per_customer", N_("Contacts per customer"), N_("Contacts with customers divided by the customers with any business in the period."), "number", "none", denominator=N_("per customer with business in the period"), adds_up=False, parts=("_customer_contacts", "customers"), value=ratio("_customer_contacts", "customers"), rows=(("contacts", 1),), n="customers"),
    Measure("contact_minutes", N_("Contact minutes"), N_("Length of all contacts whose length is known."), "minutes", "none", fact="contacts", agg="sum", value=_talk.duration_minutes),
    *cost_measures(FACTS["costs"]),
    Measure("complaints", N_("Complaints"), N_("Complaints opened in the period."), better="down", fact="complaints", value=_case.id),
    Balance("open_complaints", N_("Waiting complaints"), N_("Complaints not resolved on the period's last day."), better="down", fact="waiting"),
    Measure("_resolved", fact="resolved", value=_case.id, hidden=True),
    Measure("_resolution_days", fact="resolved", agg="sum", value=dialects.days_between(_case.opened_on, _case.resolved_on), hidden=True),
    Measure("_resolution_squares", unit="number", fact="resolved", agg="sum", value=_squared(dialects.days_between(_case.opened_on, _case.resolved_on)), hidden=True),
    Formula("resolution_days", N_("Days to resolve"), N_("Mean days from opening to resolving, of complaints resolved in the period."), "days", "down", denominator=N_("of complaints resolved"), adds_up=False, parts=("_resolution_days", "_resolved"), value=ratio("_resolution_days", "_resolved"), rows=(("_resolved", 1),), n="_resolved"),
    Measure("_responded", fact="complaints", value=_case.id, where=_answered, hidden=True),
    Measure("_response_hours", unit="number", fact="complaints", agg="sum", value=dialects.hours_between(_case.opened_at, _case.first_response_at), where=_answered, hidden=True),
    Measure("_response_squares", unit="number", fact="complaints", agg="sum", value=_squared(dialects.hours_between(_case.opened_at, _case.first_response_at)), where=_answered, hidden=True),
    Formula("first_response_hours", N_("Hours to first answer"), N_("Mean hours to the first answer, of complaints opened in the period and answered."), "hours", "down", denominator=N_("of complaints answered"), adds_up=False, parts=("_response_hours", "_responded"), value=ratio("_response_hours", "_responded"), rows=(("_responded", 1),), coverage=("_responded", "complaints"), n="_responded"),
    Measure("_csat_sum", unit="number", fact="feedback", agg="sum", value=_answer.score, where=_csat, hidden=True),
    Measure("_csat_n", fact="feedback", value=_answer.id, where=_csat, hidden=True),
    Measure("_csat_squares", unit="number", fact="feedback", agg="sum", value=_squared(_answer.score), where=_csat, hidden=True),
    Formula("csat", N_("Satisfaction"), N_("Mean satisfaction (1-5) of the answers given in the period."), "score", denominator=N_("of answers"), adds_up=False, parts=("_csat_sum", "_csat_n"), value=ratio("_csat_sum", "_csat_n"), rows=(("_csat_n", 1),), n="_csat_n"),
    Measure("_nps_n", fact="feedback", value=_answer.id, where=_nps, hidden=True),
    Measure("_promoters", fact="feedback", value=_answer.id, where=and_(_nps, _answer.score >= 9), hidden=True),
    Measure("_detractors", fact="feedback", value=_answer.id, where=and_(_nps, _answer.score <= 6), hidden=True),
    Formula("nps", N_("Net promoter score"), N_("Share of answers of 9-10 less share of 0-6, in points from -100 to 100."), "score", denominator=N_("of answers"), adds_up=False, parts=("_promoters", "_detractors", "_nps_n"), value=lambda p: cast(p["_promoters"] - p["_detractors"], Double) * literal_column("100.0") / func.nullif(cast(p["_nps_n"], Double), literal_column("0")), rows=(("_nps_n", 1),), n="_nps_n"),
)
_SELLING = (
    Measure("opportunities", N_("Opportunities"), N_("Opportunities opened in the period."), fact="opened", value=_deal.id),
    Measure("won", N_("Won"), N_("Opportunities won in the period, by closing day."), fact="closed", value=_deal.id, where=_won),
    Measure("lost", N_("Lost"), N_("Opportunities lost in the period, by closing day."), better="down", fact="closed", value=_deal.id, where=_lost),
    Measure("_closed", fact="closed", value=_deal.id, hidden=True),
    Measure("won_value", N_("Won value"), N_("Amount of opportunities won in the period."), "money", fact="closed", agg="sum", value=_deal.amount_base, where=_won),
    Measure("lost_value", N_("Lost value"), N_("Amount of opportunities lost in the period."), "money", "down", fact="closed", agg="sum", value=_deal.amount_base, where=_lost),
    Balance("open_value", N_("Open pipeline"), N_("Amount of opportunities open on the period's last day."), "money", fact="pipeline"),
    Balance("weighted_pipeline", N_("Weighted pipeline"), N_("Amount times probability, each opportunity by itself, of those open on the period's last day; without a probability left out."), "money", fact="weighted"),
    Formula("win_rate", N_("Win rate"), N_("Won as a share of won and lost, by closing day; open ones are left out."), "share", denominator=N_("of won and lost"), adds_up=False, parts=("won", "lost"), value=lambda p: cast(p["won"], Double) / func.nullif(cast(p["won"] + p["lost"], Double), literal_column("0")), rows=(("won", 1), ("lost", 1)), n="_closed"),
    Measure("_cycle_days", fact="closed", agg="sum", value=dialects.days_between(_deal.opened_on, _deal.closed_on), where=_won, hidden=True),
    Measure("_cycle_squares", unit="number", fact="closed", agg="sum", value=_squared(dialects.days_between(_deal.opened_on, _deal.closed_on)), where=_won, hidden=True),
    Formula("sales_cycle_days", N_("Sales cycle"), N_("Mean days from opening to winning, of opportunities won in the period."), "days", "down", denominator=N_("of opportunities won"), adds_up=False, parts=("_cycle_days", "won"), value=ratio("_cycle_days", "won"), rows=(("won", 1),), n="won"),
    Measure("quotes", N_("Quotes"), N_("Quotes sent in the period."), fact="quotes", value=s.quote.c.id),
    Measure("leads", N_("Leads"), N_("Enquiries received in the period."), fact="leads", value=s.web_lead.c.id),
    Measure("_converted", fact="leads", value=s.web_lead.c.id, where=s.web_lead.c.converted_on.is_not(None), hidden=True),
    Formula("lead_conversion", N_("Lead conversion"), N_("Leads received in the period that have converted by now, as a share of all received."), "share", denominator=N_("of leads received"), adds_up=False, parts=("_converted", "leads"), value=ratio("_converted", "leads"), rows=(("_converted", 1),), n="leads"),
)
_MONEY = (
    Measure("invoiced", N_("Invoiced"), N_("Invoices issued in the period, without cancelled ones; credit notes are negative."), "money", fact="invoices", agg="sum", value=s.invoice.c.amount_base),
    Measure("collected", N_("Collected"), N_("Payments received in the period."), "money", fact="payments", agg="sum", value=s.payment.c.amount_base),
    Balance("open_balance", N_("Open balance"), N_("Invoiced and not yet settled on the period's last day."), "money", "down", fact="receivable"),
    Balance("overdue_balance", N_("Overdue balance"), N_("Not settled on the period's last day though due before it."), "money", "down", fact="overdue"),
)
_WORTH = (
    Formula("worth", N_("Worth"), N_("Gross profit less cost to serve."), "money", parts=("gross_profit", "cost_to_serve"), value=lambda p: p["gross_profit"] - p["cost_to_serve"], rows=(("revenue", 1), ("_cost", -1), ("cost_to_serve", -1)), coverage=("_activities_priced", "_activities")),
    Formula("worth_per_customer", N_("Worth per customer"), N_("Worth divided by the customers with any business in the period."), "money", denominator=N_("per customer with business in the period"), adds_up=False, parts=("worth", "customers"), value=ratio("worth", "customers"), rows=(("revenue", 1), ("_cost", -1), ("cost_to_serve", -1)), coverage=("_activities_priced", "_activities"), n="customers"),
)
MEASURES: Mapping[str, Base] = MappingProxyType({m.name: m for m in (*_CUSTOMERS, *_SALES, *_WORTH, *_SERVICE, *_SELLING, *_MONEY)})

#: Exact decimal type of sums of money.
Exact = Numeric(38, 10)
