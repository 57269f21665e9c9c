"""A firm's words for questions asked in words: a catalog with one further field, and members as a telephone firm has them."""
from __future__ import annotations

from datetime import date

from crm_data.cuts.catalog import build_catalog
from crm_data.output.members import MEMBERS
from crm_data.output.words import Words

TODAY = date(2026, 11, 21)
CATALOG = build_catalog(("contract_plan",), TODAY, 6, True)

_NAMES: dict[str, tuple[str, ...]] = {
    "customer_type": ("Families", "Students", "Small firms", "Pensioners", "Soldiers", "Large firms"),
    "branch": ("Tel Aviv HQ", "Jerusalem", "Haifa", "Online", "Be'er Sheva", "Berlin", "London"),
    "city": ("Tel Aviv", "Modi'in", "Haifa", "Jerusalem", "Berlin", "Potsdam"),
    "region": ("Center", "North", "Europe", "Online", "South"),
    "branch_region": ("Center", "North", "Europe", "Online", "South"),
    "country": ("Israel", "Germany"),
    "team": ("Center", "North", "Online", "Dealers"),
    "owner": ("Dalia Ronen", "Nir Alon"),
    "campaign": ("Back to School", "Come Back"),
    "interest": ("Cinema", "Football", "Music"),
    "industry": ("Tourism", "Health", "Finance"),
    "product": ("Mobile Plus 100 GB", "Fibre 600", "SIM Card", "Roaming Pack Europe"),
    "product_category": ("Mobile plans", "Accessories", "Internet", "Devices"),
    "topic": ("Technical help", "Plan change", "Billing", "Outage", "New order"),
    "complaint_topic": ("Wrong charge", "Slow internet", "Late delivery"),
    "stage": ("Enquiry", "Needs", "Proposal", "Won", "Lost"),
    "lost_reason": ("Competitor", "Price"),
    "contract_plan": ("Monthly", "24 months", "12 months"),
    "age_band": ("18-24", "25-34", "65+"),
    "acquisition_channel": ("web", "shop", "referral"),
    "lead_source": ("web", "referral", "event"),
}


def members(dimension: str) -> list[tuple[str, str]]:
    """(value, name shown in English) of a dimension's members."""
    known = _NAMES.get(dimension) or tuple(MEMBERS.get(dimension, ()))
    return [(value, Words("en").member(dimension, value)) for value in known]
