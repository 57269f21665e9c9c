"""Which measures make sense on this data: a firm without order lines is not shown empty revenue, but what it won or billed.

Pure functions over the catalog and the number of rows of each table (from the snapshot's manifest).
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from crm_data.analysis.answerable import lacking, needs
from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_, MabatError

#: What a firm earns, in the order it is believed: sold, won, billed, paid.
LEADS = ("revenue", "won_value", "invoiced", "collected", "orders", "contacts", "customers")
#: Tiles of Today: the first of each group that has data. The three questions every firm should answer come first.
QUESTIONS = (("customers", "customers_total"), ("revenue_per_customer", "won_value/customers", "invoiced/customers", "collected/customers"),
             ("contacts_per_customer", "orders_per_customer"))
FIGURES = (("worth", "win_rate", "gross_profit", "cost_to_serve"), ("open_value", "weighted_pipeline", "average_order", "quotes"),
           ("open_balance", "sales_cycle_days", "new_customers"), ("open_complaints", "csat", "nps", "resolution_days", "leads"))

#: Table -> what it is called where something is missing.
TABLE_NAMES: dict[str, str] = {
    "order_line": N_("order lines"), "sales_order": N_("orders"), "interaction": N_("contacts"), "opportunity": N_("opportunities"), "invoice": N_("invoices"),
    "payment": N_("payments"), "complaint": N_("complaints"), "feedback": N_("feedback"), "quote": N_("quotes"), "web_lead": N_("leads"),
    "customer": N_("customers"), "cost_rate": N_("cost rates")}

__all__ = ["FIGURES", "GROUPS", "LEADS", "QUESTIONS", "TABLE_NAMES", "first_with_data", "grouped", "lacking", "lead_measure", "needs", "refusal", "table_rows", "tile_measures"]


def table_rows(tables: Mapping[str, Mapping]) -> dict[str, int]:
    """Rows by table from a snapshot's manifest."""
    return {name: int(about.get("rows", 0)) for name, about in tables.items()}


def first_with_data(catalog: Catalog, candidates: Iterable[str], rows: Mapping[str, int]) -> str | None:
    """The first candidate the data can answer. ``a/b`` is one total over another."""
    return next((c for c in candidates if all(not lacking(catalog, m, rows) for m in c.split("/"))), None)


def lead_measure(catalog: Catalog, rows: Mapping[str, int]) -> str:
    """What Today and Segments begin with: revenue, or the nearest thing to it that the data has."""
    return first_with_data(catalog, LEADS, rows) or "customers_total"


def tile_measures(catalog: Catalog, rows: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """The three questions, and the figures after them (the lead measure first), as far as the data goes."""
    questions = [m for m in (first_with_data(catalog, group, rows) for group in QUESTIONS) if m]
    figures = [lead_measure(catalog, rows)]
    for group in FIGURES:
        found = first_with_data(catalog, (m for m in group if m not in figures), rows)
        if found:
            figures.append(found)
    return questions, figures


def refusal(catalog: Catalog, measure: str, dimensions: Sequence[str]) -> MabatError | None:
    """Why a measure cannot be cut by (or filtered on) these dimensions together; None when it can."""
    try:
        catalog.check(measure, tuple(dict.fromkeys(dimensions)))
    except MabatError as error:
        return error
    return None


#: Groups of the measure menu; what is not here stands under "More".
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Sales"), ("revenue", "units", "orders", "average_order", "discount", "gross_profit", "gross_margin", "cost_of_goods")),
    (N_("Customers"), ("customers", "customers_total", "new_customers", "revenue_per_customer", "orders_per_customer", "mean_age")),
    (N_("Worth"), ("worth", "worth_per_customer", "cost_to_serve")),
    (N_("Selling"), ("won_value", "won", "lost", "lost_value", "win_rate", "open_value", "weighted_pipeline", "opportunities", "sales_cycle_days", "quotes", "leads", "lead_conversion")),
    (N_("Service"), ("contacts", "contacts_by_customer", "contacts_per_customer", "contact_minutes", "complaints", "open_complaints", "resolution_days",
                     "first_response_hours", "csat", "nps")),
    (N_("Money"), ("invoiced", "collected", "open_balance", "overdue_balance")),
)


def grouped(catalog: Catalog, rows: Mapping[str, int]) -> list[tuple[str, list[str]]]:
    """Measures the data can answer, by group, in the order people look for them."""
    able = [m for m in catalog.measures if not lacking(catalog, m, rows)]
    found = [(name, [m for m in members if m in able]) for name, members in GROUPS]
    placed = {m for _, members in found for m in members}
    found.append((N_("More"), [m for m in able if m not in placed]))
    return [(name, members) for name, members in found if members]
