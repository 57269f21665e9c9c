"""The question itself: links, narrowing, refusals."""
from datetime import date

import pytest

from crm_data.cuts.catalog import build_catalog, problems
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.dimensions import DIMENSIONS
from crm_data.cuts.measures import MEASURES
from crm_data.cuts.periods import Period
from crm_data.errors import InputError, UnknownName

TODAY = date(2026, 11, 20)
CATALOG = build_catalog(("plan",), TODAY, 6, True)

CONTRACT_MEASURES = """customers customers_total new_customers orders units revenue discount cost_of_goods gross_profit gross_margin
average_order revenue_per_customer orders_per_customer contacts contacts_by_customer contacts_per_customer contact_minutes
cost_to_serve worth worth_per_customer mean_age opportunities won lost won_value lost_value open_value weighted_pipeline win_rate
sales_cycle_days quotes complaints resolution_days first_response_hours csat nps invoiced collected open_balance overdue_balance
leads lead_conversion""".split()
CONTRACT_DIMENSIONS = """customer customer_type party relation gender age_band marital_status interest city region country industry
branch branch_region owner team acquisition_channel campaign product product_category order_channel contact_channel initiated_by
topic outcome stage lost_reason lead_source complaint_topic severity weekday hour""".split()


def test_every_name_of_the_contract_is_in_the_catalog():
    assert set(CONTRACT_MEASURES) <= set(CATALOG.measures)
    assert set(CONTRACT_DIMENSIONS) <= set(CATALOG.dimensions)
    assert "plan" in CATALOG.dimensions


def test_definitions_are_sound_and_unsound_ones_are_all_named():
    assert problems(MEASURES, DIMENSIONS) == []
    from dataclasses import replace
    broken = {**MEASURES, "won": replace(MEASURES["won"], fact="nowhere", help="")}
    assert [p for p in problems(broken, DIMENSIONS) if p.startswith("won:")] == ["won: no fact nowhere", "won: no label or help"]


def test_a_link_round_trips_with_any_text():
    cut = Cut(("revenue", "customers"), ("city",), Period.named("month_to_date", TODAY), "week",
              (Filter("city", "is", ("a|b:c\\d", "חיפה")), Filter("gender", "is_empty"), Filter("age", "between", ("30", "40"))),
              "last_year", "revenue", False, 5)
    assert Cut.from_link(cut.to_link(), TODAY) == cut


def test_narrowing_replaces_and_widening_removes():
    cut = Cut(("revenue",)).narrowed("branch", "Haifa").narrowed("branch", "Acre")
    assert cut.filters == (Filter("branch", "is", ("Acre",)),)
    assert cut.narrowed("branch", None).filters == (Filter("branch", "is_empty"),)
    assert cut.widened("branch") == Cut(("revenue",))


@pytest.mark.parametrize(("query", "sentence"), [
    ({}, "at least one measure"),
    ({"m": ["revenue", "revenue"]}, "named twice"),
    ({"m": ["revenue"], "period": ["2026-02-01..2026-01-01"]}, "before it starts"),
    ({"m": ["revenue"], "grain": ["fortnight"]}, "no grain"),
    ({"m": ["revenue"], "vs": ["mars"]}, "no comparison"),
    ({"m": ["revenue"], "top": ["-1"]}, "1 to 10,000"),
    ({"m": ["revenue"], "top": ["9" * 5000]}, "1 to 10,000"),
    ({"m": ["revenue"], "f": ["city"]}, "no filter"),
    ({"m": ["revenue"], "f": ["age:between:1"]}, "needs 2"),
    ({"m": ["revenue"], "f": ["city:is:" + "x" * 500]}, "up to 300"),
    ({"m": ["revenue"], "order": ["password"]}, "cannot order"),
])
def test_links_nobody_could_have_made_get_a_sentence(query, sentence):
    with pytest.raises(InputError, match=sentence):
        Cut.from_link(query, TODAY)


def test_unknown_names_offer_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean “revenue”"):
        CATALOG.measure("revenu")
    with pytest.raises(UnknownName, match="Did you mean “customer_type”"):
        CATALOG.dimension("customertype")


def test_a_cut_that_makes_no_sense_says_which_measures_do():
    with pytest.raises(InputError, match="“cost_to_serve” cannot be cut by “product”. Measures that can: .*revenue"):
        CATALOG.check("cost_to_serve", ("product",))
    with pytest.raises(InputError, match="cannot be cut by topic, complaint_topic together: no record holds all"):
        CATALOG.check("customers", ("topic", "complaint_topic"))
    assert CATALOG.can_cut("revenue", "product") and not CATALOG.can_cut("worth", "product")


def test_customers_by_topic_come_from_contacts_alone():
    assert CATALOG.fact_of("customers", ("topic",)) == ("contacts",)
    assert "orders" in CATALOG.fact_of("customers", ("customer_type",)) and "sales" not in CATALOG.fact_of("customers", ())
    assert CATALOG.fact_of("orders", ("product",)) == ("sales",) and CATALOG.fact_of("orders", ("branch",)) == ("orders",)
