"""Two people, or branches, of one name: a target is of one of them, and a target that does not say of whom is not measured."""
from __future__ import annotations

from datetime import date, datetime

import pytest

from crm_data.analysis.same_names import names_meant, told_apart
from crm_data.analysis.target_course import cut_of, days_behind, monthly
from crm_data.analysis.target_rules import check_goal, members, visible
from crm_data.analysis.target_store import Goal, Target, imported_targets
from crm_data.analysis.targets import board
from crm_data.analysis.team_facts import team
from crm_data.analysis.team_targets import aim
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.errors import InputError, UnknownName
from tests import target_firm

ALL = Scope.everything()
SEPTEMBER = target_firm.SEPTEMBER


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    """The small firm, with a second Anna (5, in Berlin) who sold 5,000, and a second Haifa (6) where she sold them."""
    more = {"staff": [{"name": "Anna", "branch_id": 3, "team": "Shops"}], "branch": [{"name": "Haifa", "country": "Israel"}],
            "sales_order": [{"customer_id": 2, "branch_id": 6, "owner_id": 5, "status": "delivered", "ordered_on": date(2026, 9, 3), "ordered_at": datetime(2026, 9, 3, 10)}],
            "order_line": [{"order_id": len(target_firm.ORDERS) + 1, "customer_id": 2, "ordered_on": date(2026, 9, 3), "counted": True, "quantity": 1,
                            "net": 5_000, "net_base": 5_000, "cost_base": 1_000}]}
    return target_firm.build(tmp_path_factory.mktemp("twins"), more=more)


def target(member: str, dimension: str = "owner", first=SEPTEMBER[0], last=SEPTEMBER[1], value: float = 10_000.0, measure: str = "revenue") -> Target:
    return Target(Goal(measure, first, last, dimension, member), value)


def test_each_has_a_target_of_their_own(firm):
    assert told_apart(firm, "owner") == {1: "Anna (#1)", 5: "Anna (#5)"} and told_apart(firm, "branch") == {2: "Haifa (#2)", 6: "Haifa (#6)"}
    targets = [target("Anna (#1)", value=100_000.0), target("Anna (#5)"), target("Haifa (#2)", "branch"), target("Haifa (#6)", "branch"), target("Berta")]
    found = board(firm, None, scope=ALL, targets=targets)
    reached = {p.goal.member: p.pace.actual for p in found.all if not p.parts}
    assert reached == {"Anna (#1)": 90_000, "Anna (#5)": 5_000, "Haifa (#2)": 90_000, "Haifa (#6)": 5_000, "Berta": 60_000} and not found.refused
    # The first Anna works in Israel, the other in Berlin.
    assert {p.goal.member: p.pace.days for p in found.all if p.goal.dimension == "owner"} == {"Anna (#1)": 18, "Anna (#5)": 22, "Berta": 22}
    # The firm's sum over branches counts each once; the rows behind are those of the one.
    assert found.one("revenue").pace.actual == 95_000
    for one, value in ((found.one("revenue", "owner", "Anna (#5)"), 5_000), (found.one("revenue", "branch", "Haifa (#2)"), 90_000)):
        assert sum(v for day, v in days_behind(one, firm, scope=ALL, firm=found.places, on=found.on).items() if day >= SEPTEMBER[0]) == value
        assert ask(cut_of(one, found.on, found.places), firm, scope=ALL).totals["revenue"] == value
    assert ask(cut_of(found.one("revenue"), found.on, found.places), firm, scope=ALL).totals["revenue"] == 95_000


def test_a_filter_by_id_means_the_one_member(firm):
    assert names_meant(firm, "owner", ("#5", "Berta")) == {"#5", "Anna (#5)", "Berta"}
    assert "Berta" in names_meant(firm, "owner", ("#2",)) and names_meant(firm, "region", ("#2",)) == {"#2"}


def test_a_period_in_which_one_of_them_sold_nothing(firm):
    august = target("Anna (#1)", first=date(2026, 8, 1), last=date(2026, 8, 31)), target("Anna (#5)", first=date(2026, 8, 1), last=date(2026, 8, 31))
    found = board(firm, None, scope=ALL, on=date(2026, 8, 31), targets=august)
    assert {p.goal.member: p.pace.actual for p in found.all} == {"Anna (#1)": 100_000, "Anna (#5)": 0}
    cells = monthly(august, "revenue", "owner", firm, scope=ALL, on=date(2026, 8, 31), firm=found.places, members=["Anna (#1)", "Anna (#5)"], months=1)
    assert {name: cell[0].actual for name, cell in cells.items()} == {"Anna (#1)": 100_000, "Anna (#5)": 0}


def test_a_target_of_the_plain_name_is_not_measured_and_says_why(firm):
    found = board(firm, None, scope=ALL, targets=imported_targets(firm))
    assert not [p for p in found.all if p.goal.member in ("Anna", "Haifa")]
    said = {str(error) for t, error in found.refused if t.goal.member == "Anna"}
    assert len(said) == 1 and "Anna (#1), Anna (#5)" in said.pop()
    # Whoever sees one branch sees neither.
    berlin = Scope(frozenset({3}), None, True)
    assert not visible(target("Anna").goal, berlin, found.places) and visible(target("Anna (#5)").goal, berlin, found.places)


def test_who_may_be_chosen_and_what_is_refused(firm):
    catalog = catalog_for(firm)
    assert members("owner", catalog, firm, ALL) == ["Anna (#1)", "Anna (#5)", "Berta", "Dara", "Elias"]
    for dimension in ("owner", "branch"):
        with pytest.raises(InputError, match="Several are called"):
            check_goal(target("Anna" if dimension == "owner" else "Haifa", dimension).goal, catalog, firm, ALL)
    check_goal(target("Anna (#5)").goal, catalog, firm, ALL)
    with pytest.raises(UnknownName):
        check_goal(target("Anna (#2)").goal, catalog, firm, ALL)
    shape = places(firm)
    assert shape.staff_branch["Anna (#5)"] == 3 and "Anna" not in shape.staff_branch and set(shape.under("Group")) == {1, 2, 3, 4}
    assert shape.filter_of("branch", ["Haifa (#6)", "Berlin"]).values == ("#3", "#6") and shape.filter_of("owner", ["Berta"]).values == ("Berta",)


def test_the_scorecard_gives_nobody_the_target_of_another(firm):
    period = Period(SEPTEMBER[0], firm.as_of)
    found = team(firm, ALL, period, (), ["revenue"], "revenue", aim([target("Anna (#5)"), target("Berta")], firm, ALL, period, "revenue"))
    assert {p.name: p.attained for p in found.people} == {"Anna (#1)": None, "Anna (#5)": 0.5, "Berta": 6.0, "Dara": None, "Elias": None}
