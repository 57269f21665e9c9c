"""docs/measures.md and docs/dimensions.md hold everything the catalog has, and nothing it no longer has."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from crm_data.cuts import docs
from crm_data.model.schema import CODES

FOLDER = Path(__file__).resolve().parents[1] / "docs"


@pytest.mark.parametrize(("name", "page"), [("measures.md", docs.measures_page), ("dimensions.md", docs.dimensions_page)])
def test_page_is_current(name: str, page) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == page(), "run: python -m crm_data.cuts.docs docs"


def test_every_measure_and_dimension_has_its_section() -> None:
    catalog = docs.reference_catalog()
    for name, known in (("measures.md", catalog.measures), ("dimensions.md", catalog.dimensions)):
        text = (FOLDER / name).read_text(encoding="utf-8")
        sections = dict(re.findall(r"^### (\w+)\n(.+)$", text, re.M))
        assert set(sections) == set(known)
        for thing in known.values():
            assert thing.label in sections[thing.name] and thing.help in sections[thing.name]


def test_every_ratio_names_its_denominator() -> None:
    for m in docs.reference_catalog().measures.values():
        if m.kind == "formula" and not m.adds_up:
            assert m.denominator, f"{m.name} does not say what it is a share or a mean of"


def test_code_members_come_from_the_schema() -> None:
    for column in docs._CODE_COLUMNS.values():
        assert column in CODES
    catalog = docs.reference_catalog()
    assert docs.members_of(catalog.dimension("party")) == ("person", "company")
    assert docs.members_of(catalog.dimension("city")) == ()


#: The names promised to everyone who keeps a link or a script (the first release's contract).
MEASURES = """customers customers_total new_customers orders units revenue discount cost_of_goods gross_profit gross_margin
average_order revenue_per_customer orders_per_customer contacts contacts_by_customer contacts_per_customer contact_minutes
cost_to_serve worth worth_per_customer mean_age opportunities won lost won_value lost_value open_value weighted_pipeline win_rate
sales_cycle_days quotes complaints resolution_days first_response_hours csat nps invoiced collected open_balance overdue_balance
leads lead_conversion""".split()
DIMENSIONS = """customer customer_type party relation gender age_band marital_status interest city region country industry branch
branch_region owner team acquisition_channel campaign product product_category order_channel contact_channel initiated_by topic
outcome stage lost_reason lead_source complaint_topic severity weekday hour""".split()


def test_promised_names_stand() -> None:
    catalog = docs.reference_catalog()
    assert set(MEASURES) <= set(catalog.measures)
    assert set(DIMENSIONS) <= set(catalog.dimensions)
