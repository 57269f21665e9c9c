"""Dimensions: what a measure can be cut by. A dimension stands on an entity (reached by a fact's key) or on the fact."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from crm_data.errors import N_


@dataclass(frozen=True)
class Dimension:
    """``entity``: customer, customer_type, branch, owner, product, product_category, campaign; "" = the fact's own column.

    ``keyed``: members are told apart by id, not only by name; ``optional``: people refuse to tell, so coverage is shown;
    ``multi``: a customer may have several, so parts do not add up; ``ordered``: members have an order of their own.
    """

    name: str
    label: str
    help: str
    entity: str = ""
    column: str = ""
    kind: Literal["text", "code", "number"] = "text"
    keyed: bool = False
    optional: bool = False
    multi: bool = False
    ordered: bool = False
    personal: bool = False
    attribute: str = ""
    #: Made from what each customer did up to the period's end: see :mod:`crm_data.cuts.conditions`.
    derived: bool = False
    #: Of a segment: its conditions (Filters), and whether all of them must hold.
    conditions: tuple = ()
    every: bool = True

    @property
    def root(self) -> str:
        """The key a fact must have to reach it."""
        return {"customer_type": "customer", "product_category": "product"}.get(self.entity, self.entity)


_D = Dimension
_ALL = (
    _D("customer", N_("Customer"), N_("A person or company."), "customer", "name", keyed=True, personal=True),
    _D("customer_type", N_("Customer type"), N_("The firm's own kinds of customer."), "customer_type", "name"),
    _D("party", N_("Person or company"), N_("Whether the customer is a person or a company."), "customer", "party", "code"),
    _D("relation", N_("Relation"), N_("Lead, prospect, customer, former, supplier or partner, as it is today."), "customer", "relation", "code"),
    _D("tier", N_("Tier"), N_("Service tier of the customer as the data has it today; what is assigned in Mabat comes into it with the next import."), "customer", "tier"),
    _D("gender", N_("Gender"), N_("As told by the customer."), "customer", "gender", "code", optional=True),
    _D("age_band", N_("Age"), N_("Age band at the end of the whole period, one for each customer; from the birth date, or the year where only that is known."),
       "customer", "age_band", "code", optional=True, ordered=True),
    _D("age", N_("Age in years"), N_("Age at the end of the period."), "customer", "age", "number", optional=True, ordered=True, personal=True),
    _D("marital_status", N_("Marital status"), N_("As told by the customer."), "customer", "marital_status", "code", optional=True),
    _D("interest", N_("Interest"), N_("What a customer is interested in; one customer may have several, so parts do not add up."),
       "customer", "interest", optional=True, multi=True),
    _D("city", N_("City"), N_("The customer's city."), "customer", "city", optional=True),
    _D("region", N_("Region"), N_("The customer's region."), "customer", "region", optional=True),
    _D("country", N_("Country"), N_("The customer's country."), "customer", "country", optional=True),
    _D("industry", N_("Industry"), N_("The customer's field of activity."), "customer", "industry", optional=True),
    _D("acquisition_channel", N_("Acquisition channel"), N_("How the customer came."), "customer", "acquisition_channel", optional=True),
    _D("life_stage", N_("Life stage"), N_("By the days of purchase up to the period's end: new (first purchase in the last 3 months), active (last one in the "
       "last 6 months), cooling (in the last 12), lost (longer ago, or left), none (never bought)."), "customer", "", "code", ordered=True, derived=True),
    _D("buying_habit", N_("Buying habit"), N_("Purchases in the 12 months to the period's end: regular (3 or more), occasional (1 or 2), none."),
       "customer", "", "code", ordered=True, derived=True),
    _D("purchase_volume", N_("Purchase volume"), N_("By what was bought in the 12 months to the period's end: large (the customers that together bring the first half), "
       "medium (the next 30 %), small (the rest), none."), "customer", "", "code", ordered=True, derived=True),
    _D("branch", N_("Branch"), N_("Where it happened; for customers, their home branch."), "branch", "name", keyed=True),
    _D("branch_region", N_("Branch region"), N_("Sales region of the branch."), "branch", "region"),
    _D("owner", N_("Owner"), N_("Who of the firm; credit for sales is split as agreed."), "owner", "name", keyed=True),
    _D("team", N_("Team"), N_("Team the owner is in today."), "owner", "team"),
    _D("campaign", N_("Campaign"), N_("Campaign that brought it; for customers, the one that won them."), "campaign", "name", keyed=True),
    _D("product", N_("Product"), N_("What was sold or talked about."), "product", "name", keyed=True),
    _D("product_category", N_("Product category"), N_("Group of the product."), "product_category", "name"),
    _D("order_channel", N_("Order channel"), N_("How the order came."), kind="code"),
    _D("contact_channel", N_("Contact channel"), N_("Phone, mail, visit ..."), kind="code"),
    _D("initiated_by", N_("Initiated by"), N_("Who began the contact: the customer or the firm."), kind="code"),
    _D("topic", N_("Topic"), N_("What the contact was about.")),
    _D("outcome", N_("Outcome"), N_("How the contact ended."), kind="code"),
    _D("stage", N_("Stage"), N_("Stage of the opportunity today."), ordered=True),
    _D("lost_reason", N_("Lost reason"), N_("Why the opportunity was lost.")),
    _D("lead_source", N_("Lead source"), N_("Where the lead or opportunity came from.")),
    _D("complaint_topic", N_("Complaint topic"), N_("What the complaint was about.")),
    _D("severity", N_("Severity"), N_("How grave the complaint is."), kind="code"),
    _D("cost_driver", N_("Activity"), N_("The activity that costs."), kind="code"),
    _D("weekday", N_("Weekday"), N_("Day of the week it happened, at the branch."), kind="code", ordered=True),
    _D("hour", N_("Hour"), N_("Hour of the day it happened, at the branch."), kind="number", ordered=True),
)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({d.name: d for d in _ALL})

AGE_BANDS = ((18, "0-17"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
LAST_AGE_BAND = "65+"


def attribute_dimension(key: str) -> Dimension:
    """The dimension of a key found in ``customer_attribute``; a key that is a dimension's name gets a prefix."""
    name = f"attribute_{key}" if key in DIMENSIONS else key
    return Dimension(name, key.replace("_", " ").capitalize(), N_("A further field of the customer, from the imported data."),
                     "customer", "value", optional=True, attribute=key)
