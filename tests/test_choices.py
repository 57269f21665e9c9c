"""What pages begin with on data that lacks something; and rows of an answer made ready to draw."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.cuts.catalog import build_catalog
from pages.parts.choices import grouped, lacking, lead_measure, refusal, table_rows, tile_measures
from pages.parts.text import link, md

FULL = dict.fromkeys(("order_line", "sales_order", "interaction", "opportunity", "invoice", "payment", "complaint", "feedback", "quote", "web_lead", "customer",
                      "cost_rate", "branch", "customer_type"), 10)


@pytest.fixture
def catalog():
    return build_catalog((), date(2026, 11, 20), 6, False)


def without(*tables: str) -> dict[str, int]:
    return {name: (0 if name in tables else n) for name, n in FULL.items()}


def test_a_whole_firm_begins_with_revenue(catalog):
    questions, figures = tile_measures(catalog, FULL)
    assert questions == ["customers", "revenue_per_customer", "contacts_per_customer"]
    assert figures == ["revenue", "worth", "open_value", "open_balance", "open_complaints"]


def test_without_order_lines_what_was_won_takes_the_place_of_revenue(catalog):
    rows = without("order_line", "sales_order", "invoice", "payment", "quote", "web_lead", "cost_rate", "branch")
    assert lead_measure(catalog, rows) == "won_value"
    questions, figures = tile_measures(catalog, rows)
    assert questions == ["customers", "won_value/customers", "contacts_per_customer"]
    assert figures[0] == "won_value" and "worth" not in figures and "open_balance" not in figures and len(set(figures)) == 5
    assert all(not lacking(catalog, m, rows) for name in (*questions, *figures) for m in name.split("/"))


def test_a_firm_with_sales_only(catalog):
    rows = {"customer": 93, "sales_order": 830, "order_line": 2155}
    questions, figures = tile_measures(catalog, rows)
    assert questions == ["customers", "revenue_per_customer", "orders_per_customer"] and figures[0] == "revenue" and "contacts" not in figures


def test_no_data_at_all_is_not_an_error(catalog):
    assert lead_measure(catalog, {}) == "customers_total"
    assert tile_measures(catalog, {})[1][0] == "customers_total"


def test_what_is_lacking_is_named_by_its_table(catalog):
    assert lacking(catalog, "revenue", without("order_line")) == ("order_line",)
    assert lacking(catalog, "worth", without("cost_rate")) == ("cost_rate",)
    assert lacking(catalog, "open_balance", without("invoice")) == ("invoice",)
    assert lacking(catalog, "customers", {"interaction": 1}) == () and lacking(catalog, "csat", FULL) == ()


def test_every_measure_is_in_the_menu_once(catalog):
    listed = [m for _, members in grouped(catalog, FULL) for m in members]
    assert sorted(listed) == sorted(catalog.measures)
    assert "revenue" not in [m for _, members in grouped(catalog, without("order_line")) for m in members]


def test_a_measure_that_cannot_be_cut_is_refused_with_a_sentence(catalog):
    assert refusal(catalog, "revenue", ["branch", "customer_type"]) is None
    assert "cannot be cut by" in str(refusal(catalog, "revenue", ["contact_channel"]))


def test_rows_of_a_manifest():
    assert table_rows({"customer": {"rows": 3, "controls": {}}, "branch": {}}) == {"customer": 3, "branch": 0}


def test_names_of_the_data_are_never_markup():
    assert md("**bold** [x](http://y) <b> :material/home: $a$ `c`") == r"\*\*bold\*\* \[x\](http\://y) \<b\> \:material/home: \$a\$ \`c\`"
    assert md("1. first\nsecond") == r"1\. first second" and md("a\u202eb") == "ab"


def test_links_inside_the_app():
    assert link("customer", {"id": "12"}, "Ann & Co") == "customer?id=12#Ann%20%26%20Co"
    assert link("segments", {"f": ["a:is:b", "c:is:d"]}) == "segments?f=a%3Ais%3Ab&f=c%3Ais%3Ad"
