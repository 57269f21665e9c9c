"""The worth statement against the measures, to the cent, and by hand for one customer of the truth database."""
from __future__ import annotations

from decimal import Decimal

import pytest

from crm_data.analysis.worth import statement
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask


def year(warehouse) -> Period:
    return Period.named("last_12_months", warehouse.as_of)


@pytest.mark.parametrize("scope", [Scope.everything(), Scope(frozenset({2, 3}), None, True), Scope(None, frozenset({1, 2}), True)])
@pytest.mark.parametrize("firm", ["truth", "noise"])
def test_every_customers_statement_ends_at_its_worth_to_the_cent(firm, scope, request):
    warehouse = request.getfixturevalue(firm)
    answer = ask(Cut(("worth", "revenue"), ("customer",), year(warehouse)), warehouse, scope=scope)
    rows = [r for r in answer.rows.to_dict("records") if r["customer_id"] is not None][:25]
    assert rows
    for row in rows:
        found = statement(warehouse, scope, year(warehouse), int(row["customer_id"]))
        assert found.worth == row["worth"] and found.revenue == row["revenue"]
        if found.worth is not None:
            assert sum((line.amount for line in found.lines[:-1]), Decimal(0)) == found.worth


def test_the_laptop_buyer_by_hand(truth, everything):
    found = statement(truth, everything, Period.named("year_to_date", truth.as_of), 3)
    amounts = {line.step: line.amount for line in found.lines}
    assert amounts == {"gross": 3200, "discount": -100, "goods": -1500, "late_day": -176, "complaint": -50, "contact_phone": -42, "order": -12, "delivery": -8, "worth": 1312}
    assert found.lines[0].total and found.lines[-1].total and not found.lines[1].total
    assert (found.costed, found.sold) == (2, 3)


def test_an_activity_without_a_rate_is_named_and_left_out(truth, everything):
    found = statement(truth, everything, Period.named("year_to_date", truth.as_of), 1)
    assert found.unpriced == (("Mails", 1),)
    assert all(line.step != "contact_email" for line in found.lines)


def test_of_a_group_it_is_the_worth_of_the_group(truth, everything):
    where = (Filter("branch", "is", ("Haifa",)),)
    whole = ask(Cut(("worth",), period=year(truth), filters=where), truth, scope=everything)
    assert statement(truth, everything, year(truth), filters=where).worth == whole.totals["worth"]
