"""Targets of single customers: typed by number, shown by name, and not for who sees numbers only."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from crm_data.analysis.target_customers import customer_names, customers_typed
from crm_data.analysis.target_rules import members, visible
from crm_data.analysis.target_store import Goal, all_targets, set_target
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import AccessDenied, InputError
from crm_data.model.schema import customer
from tests.target_firm import SEPTEMBER, build
from tests.test_target_grid_page import paste, press, said, sheet  # noqa: F401 - paste is a fixture
from tests.test_targets_page import make, show, texts  # noqa: F401 - make is a fixture

NUMBERS_ONLY = Scope(None, None, False)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("single"), "single")


@pytest.fixture
def two(firm):
    with firm.engine.connect() as connection:
        return connection.execute(select(customer.c.id, customer.c.number, customer.c.name).order_by(customer.c.id).limit(2)).all()


def test_typed_by_number(firm, two):
    everything = Scope.everything()
    text = ", ".join(row.number or str(row.id) for row in two) + f" ; {two[0].number or two[0].id}"
    assert customers_typed(text, firm, everything) == [str(row.id) for row in two]
    assert customers_typed("  ", firm, everything) == []
    with pytest.raises(InputError, match="There is no customer"):
        customers_typed("C-nobody", firm, everything)
    with pytest.raises(AccessDenied):
        customers_typed(text, firm, NUMBERS_ONLY)


def test_shown_by_name_to_who_may_see_customers(firm, two):
    one = two[0]
    assert one.name in customer_names([str(one.id)], firm, Scope.everything())[str(one.id)]
    assert customer_names([str(one.id)], firm, NUMBERS_ONLY) == {} and customer_names(["x", ""], firm, Scope.everything()) == {}
    goal = Goal("revenue", *SEPTEMBER, "customer", str(one.id))
    assert visible(goal, Scope.everything(), places(firm)) and not visible(goal, NUMBERS_ONLY, places(firm))
    assert members("customer", catalog_for(firm), firm, Scope.everything(), str(one.id)) == [str(one.id)]
    assert members("customer", catalog_for(firm), firm, NUMBERS_ONLY, str(one.id)) == []


def test_the_page_names_the_customer_and_hides_it_from_numbers_only(make, two):  # noqa: F811
    page = make()
    set_target(page.appdb, Goal("revenue", *SEPTEMBER, "customer", str(two[0].id)), 5_000, user=page.user, why="")
    seen = [p for p in show(page, query={"show": "people"}).dataframe if two[0].name in p.value.to_string()]
    assert seen
    hidden = show(make(scope=NUMBERS_ONLY), query={"show": "people"})
    assert not hidden.exception and not [p for p in hidden.dataframe if two[0].name in p.value.to_string()]


def test_a_sheet_of_customers(make, two, paste):  # noqa: F811
    page = make()
    number = two[0].number or str(two[0].id)
    app = sheet(page, {"target_grid_dimension_revenue": "customer"})
    assert not app.exception and "Type the customers’ numbers" in said(app)
    app.text_input(key="target_grid_customers").set_value(f"{number}, C-nobody").run()
    assert any("There is no customer" in str(e.value) for e in app.error)
    assert not [t for t in all_targets(page.warehouse, page.appdb) if t.goal.dimension == "customer"]
    app.text_input(key="target_grid_customers").set_value(number).run()
    paste(customer_names([str(two[0].id)], page.warehouse, page.scope)[str(two[0].id)], *SEPTEMBER, "7,500")
    app.run()
    press(app, "target_grid_save")
    found = [t for t in all_targets(page.warehouse, page.appdb) if t.goal.dimension == "customer"]
    assert [(t.goal.member, t.value) for t in found] == [(str(two[0].id), 7_500)]
