"""The rows behind every number sum exactly to it, under the same filters and scope."""
from decimal import Decimal

import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.behind import COLUMNS, rows_behind
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.measures import MEASURES, Formula
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.values import values_of

PLAIN = sorted(m.name for m in MEASURES.values() if not m.hidden and (m.adds_up or m.name == "customers") and m.name != "cost_of_goods")


def _number(value):
    return Decimal(0) if value is None else Decimal(str(value))


@pytest.mark.parametrize("measure", PLAIN)
@pytest.mark.parametrize("dimension", [None, "customer_type", "owner", "branch"])
def test_rows_sum_to_the_number(truth, everything, measure, dimension):
    period = Period.named("year_to_date", truth.as_of)
    members = [None] if dimension is None else [r[dimension] for r in ask(Cut((measure,), (dimension,), period), truth, scope=everything).rows.to_dict("records")]
    for member in members:
        cut = Cut((measure,), period=period)
        cut = cut if dimension is None else cut.narrowed(dimension, member)
        number, behind = ask(cut, truth, scope=everything).totals[measure], rows_behind(cut, truth, scope=everything)
        assert _number(behind.total) == _number(number), (measure, dimension, member)
        assert sum((_number(v) for v in behind.rows["value"]), Decimal(0)) == _number(number)
        assert behind.exact and behind.count == len(behind.rows) and tuple(behind.rows.columns) == COLUMNS


@pytest.mark.parametrize("measure", [m.name for m in MEASURES.values() if isinstance(m, Formula) and not m.adds_up and not m.hidden])
def test_rows_behind_a_ratio_say_they_are_what_stands_above_the_line(truth, everything, measure):
    behind = rows_behind(Cut((measure,), period=Period.named("year_to_date", truth.as_of)), truth, scope=everything)
    assert not behind.exact


def test_orders_by_product_show_each_order_once(truth, everything):
    products = ask(Cut(("orders",), ("product",)), truth, scope=everything).rows
    for product, number in zip(products["product"], products["orders"], strict=True):
        behind = rows_behind(Cut(("orders",), filters=(Filter("product", "is", (product,)),)), truth, scope=everything)
        assert behind.total == number and behind.rows["reference"].is_unique


def test_a_limit_keeps_the_total_of_all(truth, everything):
    whole, some = (rows_behind(Cut(("revenue",)), truth, scope=everything, limit=n) for n in (None, 3))
    assert len(some.rows) == 3 and (some.total, some.count, some.customers) == (whole.total, whole.count, whole.customers)


def test_without_personal_rights_names_are_numbers(truth):
    plain = rows_behind(Cut(("revenue",)), truth, scope=Scope.everything())
    hidden = rows_behind(Cut(("revenue",)), truth, scope=Scope(None, None, False))
    assert not set(plain.rows["customer"]) & set(hidden.rows["customer"]) and plain.total == hidden.total


def test_values_offer_every_member_with_its_count(truth, everything):
    for name, dimension in catalog_for(truth).dimensions.items():
        values = values_of(name, truth, scope=everything)
        assert all(v.count > 0 for v in values), name
        assert len({v.value for v in values}) == len(values) or dimension.keyed, name
    types = {v.value: v.count for v in values_of("customer_type", truth, scope=everything)}
    assert sum(types.values()) == truth.manifest.tables["customer"]["rows"]
    assert [v.value for v in values_of("customer_type", truth, scope=everything, search="stud")] == ["Students"]


def test_a_sale_line_reads_as_quantity_times_price_less_discount(truth, everything):
    from crm_data.cuts.behind import _text
    assert _text({"detail_0": "2.0000", "detail_1": "× 21.9000", "detail_2": "− 9.4170"}) == "2 × 21.9 − 9.417"
    assert _text({"detail_0": "10.0000", "detail_1": "× 100.0000", "detail_2": "− 0.0000"}) == "10 × 100"
    assert _text({"detail_0": "phone", "detail_1": None, "detail_2": "Price"}) == "phone · Price"
    assert all(" × " in d for d in rows_behind(Cut(("revenue",)), truth, scope=everything).rows["detail"] if d)


def test_those_who_hold_what_was_typed_stand_before_those_who_sound_like_it(demo, everything):
    from crm_data.analysis.customers import find
    from crm_data.model.folding import fold
    found = [fold(f"{f.name} {f.name_local or ''}") for f in find(demo, everything, "לוי", limit=100)]
    held = [fold("לוי") in name for name in found]
    assert any(held) and held == sorted(held, reverse=True)


@pytest.mark.parametrize(("measure", "dimension"), [("customers", "contact_channel"), ("customers", "product"), ("orders", "product"), ("customers", "stage")])
def test_rows_are_of_the_same_facts_as_the_number(truth, everything, measure, dimension):
    cut = Cut((measure,), (dimension,))
    behind = rows_behind(cut, truth, scope=everything)
    assert behind.total == ask(cut, truth, scope=everything).totals[measure] == len(behind.rows)
