"""Targets on a firm small enough to work out by hand: progress at every level, versions, what is refused, files, CLI."""
from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from crm_data.analysis import target_course
from crm_data.analysis.target_files import read_rows
from crm_data.analysis.target_rules import check_goal, check_value, refuse_unless_allowed, visible
from crm_data.analysis.target_store import (
    Change,
    Goal,
    adopt,
    all_targets,
    history,
    imported_targets,
    list_targets,
    set_target,
)
from crm_data.analysis.targets import board, together_as_one
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import AccessDenied, ImportRefused, InputError, MabatError, UnknownName
from crm_data.model import appdb as tables
from crm_data.model.appdb import open_appdb
from tests.target_firm import AS_OF, SEPTEMBER, build

ALL = Scope.everything()


@dataclass(frozen=True)
class Person:
    id: int | None = None
    name: str = "Dana Levi"
    role: str = "manager"


DANA = Person()


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("firm"))


@pytest.fixture(scope="module")
def seen(firm):
    """Progress of the targets that came with the data, on the day of the data."""
    return board(firm, None, scope=ALL, targets=imported_targets(firm))


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def test_a_branch_by_its_own_working_days(seen):
    """Haifa: 18 working days in its September of holidays, 10 by the 15th; Berlin 11 of 22; Tehran 11 of 22."""
    haifa = seen.one("revenue", "branch", "Haifa").pace
    assert (haifa.actual, haifa.attained, haifa.days, haifa.days_done) == (90_000, 0.5, 18, 10)
    assert haifa.expected == pytest.approx(100_000) and haifa.landing == pytest.approx(162_000) and haifa.good is False
    berlin = seen.one("revenue", "branch", "Berlin").pace
    assert (berlin.days, berlin.days_done, berlin.actual) == (22, 11, 60_000) and berlin.good is True
    tehran = seen.one("revenue", "branch", "Tehran").pace
    assert (tehran.days, tehran.days_done) == (22, 11) and tehran.landing == 40_000


def test_the_firm_is_the_sum_of_its_branches_where_nobody_set_it(seen):
    whole = seen.one("revenue")
    assert len(whole.parts) == 4 and whole.target.value == 356_000 and whole.pace.actual == 177_000
    branches = seen.of("revenue", "branch")
    assert whole.pace.expected == pytest.approx(sum(p.pace.expected for p in branches))
    assert seen.one("gross_margin") is None                    # ratio targets are never summed


def test_a_group_of_branches_shows_its_children(firm):
    month = SEPTEMBER
    asked = [t for t in imported_targets(firm) if t.goal.measure == "gross_margin"]
    found = board(firm, None, scope=ALL, targets=[*asked, _target("revenue", *month, "branch", "Group", 300_000)])
    group = found.one("revenue", "branch", "Group")
    assert group.pace.actual == 90_000 + 60_000 + 20_000 and group.children == ("Berlin", "Group", "Haifa", "Tehran")
    # The ratio from its numerator and denominator over the children: (90+60+20 - 60-36-5) / 170, not a mean of means.
    margin = found.one("gross_margin", "branch", "Group").pace
    assert margin.actual == pytest.approx((170_000 - 101_000) / 170_000) and margin.share is None


def test_a_group_and_its_children_are_not_counted_twice(firm):
    asked = [_target("revenue", *SEPTEMBER, "branch", name, value) for name, value in (("Group", 300), ("Haifa", 100), ("Nazareth", 50))]
    whole = board(firm, None, scope=ALL, targets=asked).one("revenue")
    assert whole.target.value == 350 and whole.pace.actual == 177_000


def test_a_branch_that_sells_and_has_others_below(tmp_path):
    """Akko stands below Haifa and sold 5,000: Haifa's own target is about Haifa, its group's about both."""
    day = date(2026, 9, 2)
    more = {"branch": [{"name": "Akko", "parent_id": 2, "country": "Israel"}], "sales_order": [{"customer_id": 1, "branch_id": 6, "owner_id": 1, "status": "delivered", "ordered_on": day}],
            "order_line": [{"order_id": 11, "customer_id": 1, "ordered_on": day, "counted": True, "quantity": 1, "net": 5000, "net_base": 5000, "cost_base": 1000}]}
    firm = build(tmp_path, "akko", more)
    asked = [_target("revenue", *SEPTEMBER, dimension, "Haifa", 100_000) for dimension in ("branch", "branch_group")]
    asked.append(_target("gross_margin", *SEPTEMBER, "branch_group", "Haifa", 0.4))
    found = board(firm, None, scope=ALL, targets=asked)
    assert found.one("revenue", "branch", "Haifa").pace.actual == 90_000
    group = found.one("revenue", "branch_group", "Haifa")
    assert group.pace.actual == 95_000 and group.children == ("Akko", "Haifa")
    assert found.one("gross_margin", "branch_group", "Haifa").pace.actual == pytest.approx((95_000 - 61_000) / 95_000)
    haifa = Scope(frozenset({2}), None, True)
    assert [p.goal.dimension for p in board(firm, None, scope=haifa, targets=asked).all] == ["branch"]
    check_goal(Goal("revenue", *SEPTEMBER, "branch_group", "Haifa"), catalog_for(firm), firm, ALL)
    with pytest.raises(UnknownName):
        check_goal(Goal("revenue", *SEPTEMBER, "branch_group", "Nazareth"), catalog_for(firm), firm, ALL)


def test_balances_owners_and_what_cannot_be_measured(seen):
    owed = seen.one("open_balance").pace
    assert (owed.actual, owed.attained, owed.good) == (700, 0.7, True) and owed.share is None and "balance" in owed.why
    anna = seen.one("revenue", "owner", "Anna")
    assert anna.pace.actual == 90_000 and anna.pace.days == 18          # by the calendar of her branch
    reasons = {t.goal.measure: str(error) for t, error in seen.refused}
    assert "no measure “magic”" in reasons["magic"] and "cannot be cut by “severity”" in reasons["revenue"]


def test_one_question_per_dimension_and_period(firm, monkeypatch):
    from crm_data.analysis import targets as module
    asked = []
    real = module.ask
    monkeypatch.setattr(module, "ask", lambda cut, *a, **k: asked.append(cut) or real(cut, *a, **k))
    board(firm, None, scope=ALL, targets=imported_targets(firm))
    keys = [(cut.by, cut.filters) for cut in asked]
    assert len(keys) == len(set(keys)) == 4                             # branch, the group's ratio, owner, firm


def test_a_choice_of_branches_as_one(seen):
    two = [seen.one("revenue", "branch", name) for name in ("Haifa", "Berlin")]
    one = together_as_one(two, AS_OF)
    assert one.target.value == 290_000 and one.pace.actual == 150_000
    assert one.pace.expected == pytest.approx(sum(p.pace.expected for p in two))
    assert together_as_one([seen.one("gross_margin", "branch", "Haifa")], AS_OF) is None


def test_scope_sees_only_whole_targets(firm):
    haifa_only = Scope(frozenset({2}), None, True)
    found = board(firm, None, scope=haifa_only, targets=imported_targets(firm))
    assert {(p.goal.dimension, p.goal.member) for p in found.all} == {("branch", "Haifa"), ("owner", "Anna")}
    assert found.hidden > 0
    nobody = board(firm, None, scope=Scope(frozenset(), None, False), targets=imported_targets(firm))
    assert not nobody.all
    shape = places(firm)
    assert visible(Goal("revenue", *SEPTEMBER, "branch", "Group"), haifa_only, shape) is False
    assert visible(Goal("revenue", *SEPTEMBER, "branch", "Group"), Scope(frozenset({1, 2, 3, 4}), None, True), shape) is True


def test_course_ends_where_the_progress_stands(firm, seen):
    course = target_course.cumulative_toward(seen, firm, scope=ALL)
    whole = seen.one("revenue").pace
    assert course.actual[-1] == whole.actual and course.landing == pytest.approx(whole.landing) and course.on == AS_OF
    assert course.pace_line[14] == pytest.approx(whole.expected) and course.pace_line[-1] == pytest.approx(356_000)
    assert course.last_year[2] == 75_000 and course.last_year[-1] == 165_000 and len(course.days) == 30
    assert course.band is None and course.past < 9                      # one past month is no ground for a band
    bare = target_course.cumulative_toward(seen, firm, scope=ALL, measure="orders")
    assert bare.target is None and bare.pace_line is None and bare.actual[-1] == 6


def test_months_of_attainment(firm, seen):
    months = target_course.monthly(imported_targets(firm), "revenue", "branch", firm, scope=ALL, on=AS_OF, firm=seen.places, members=["Haifa"], months=3)["Haifa"]
    assert [m.attained for m in months] == [None, 1.25, pytest.approx(0.9)] and [m.estimate for m in months] == [False, False, True]


def test_versions_are_kept_and_said(appdb, firm):
    goal = Goal("revenue", *SEPTEMBER, "branch", "Haifa")
    assert set_target(appdb, goal, 200_000, user=DANA, why="budget") == 1
    between = list_targets(appdb)[0].at + timedelta(microseconds=1)
    assert set_target(appdb, goal, 210_000, user=Person(name="Omer Katz"), why="raised after August") == 2
    now = next(t for t in all_targets(firm, appdb) if t.goal == goal)
    assert (now.value, now.version, now.who, now.why, now.source) == (210_000, 2, "Omer Katz", "raised after August", "app")
    assert [(v.version, v.value, v.who) for v in history(appdb, goal)] == [(2, 210_000, "Omer Katz"), (1, 200_000, "Dana Levi")]
    assert [t.value for t in list_targets(appdb, as_known=between)] == [200_000]     # as it was known then
    assert set_target(appdb, goal, None, user=DANA, why="wrong branch") == 3
    assert list_targets(appdb) == [] and goal not in {t.goal for t in all_targets(firm, appdb)}   # the data's does not come back
    with appdb.connect() as connection:
        assert connection.execute(select(func.count()).select_from(tables.audit_log)).scalar() == 3


def test_two_people_at_once_lose_nothing(appdb):
    goal = Goal("revenue", *SEPTEMBER, "branch", "Haifa")

    def write(who: int) -> list[int]:
        return [set_target(appdb, goal, 1000 * who + n, user=Person(name=f"Person {who}")) for n in range(1, 9)]
    with ThreadPoolExecutor(3) as pool:
        numbers = [n for found in pool.map(write, (1, 2, 3)) for n in found]
    kept = history(appdb, goal)
    assert sorted(numbers) == list(range(1, 25)) and len(kept) == 24 and len({v.value for v in kept}) == 24


def test_adopting_leaves_what_somebody_set(appdb, firm):
    goal = Goal("revenue", *SEPTEMBER, "branch", "Haifa")
    set_target(appdb, goal, 1, user=DANA)
    offered = [t for t in imported_targets(firm) if t.goal.measure == "revenue" and t.goal.dimension == "branch"]
    assert adopt(appdb, offered, user=DANA) == len(offered) - 1
    assert adopt(appdb, offered, user=DANA) == 0
    assert next(t.value for t in list_targets(appdb) if t.goal == goal) == 1


def _target(measure, first, last, dimension, member, value):
    from crm_data.analysis.target_store import Target
    return Target(Goal(measure, first, last, dimension, member), value)


@pytest.mark.parametrize(("measure", "value", "says"), [
    ("new_customers", -5, "cannot be negative"), ("revenue", 1e15, "too large"), ("revenue", 0, "0 would be reached"), ("revenue", float("nan"), "must be a number"),
    ("win_rate", 65, "between 0 and 100 %"), ("csat", 7, "between 1 and 5"), ("nps", 300, "between −100 and 100")])
def test_impossible_values_get_a_sentence(firm, measure, value, says):
    with pytest.raises(InputError, match=says):
        check_value(catalog_for(firm).measure(measure), value)


def test_values_that_are_fine(firm):
    catalog = catalog_for(firm)
    for measure, value in (("worth", -1000), ("complaints", 0), ("win_rate", 0.65), ("nps", -10), ("revenue", 7.2e6)):
        check_value(catalog.measure(measure), value)


def test_impossible_goals_get_a_sentence(firm):
    catalog = catalog_for(firm)

    def refused(goal: Goal, existing=()) -> str:
        with pytest.raises(MabatError) as error:
            check_goal(goal, catalog, firm, ALL, existing)
        return str(error.value)
    assert "Did you mean “revenue”" in refused(Goal("revenu", *SEPTEMBER))
    assert "before it starts" in refused(Goal("revenue", SEPTEMBER[1], SEPTEMBER[0]))
    assert "Did you mean “branch”" in refused(Goal("revenue", *SEPTEMBER, "branche", "Haifa"))
    assert "Did you mean “Haifa”" in refused(Goal("revenue", *SEPTEMBER, "branch", "Haiffa"))
    assert "cannot be split by" in refused(Goal("revenue", *SEPTEMBER, "severity", "high"))
    assert "needs a dimension" in refused(Goal("revenue", *SEPTEMBER, "", "Haifa"))
    assert "three years" in refused(Goal("revenue", date(2020, 1, 1), date(2026, 1, 1)))
    known = [_target("revenue", *SEPTEMBER, "branch", "Haifa", 5)]
    assert "overlaps" in refused(Goal("revenue", date(2026, 9, 15), date(2026, 10, 14), "branch", "Haifa"), known)
    assert "overlaps" in refused(Goal("revenue", date(2026, 9, 1), date(2026, 9, 29), "branch", "Haifa"), known)
    for fine in (Goal("revenue", *SEPTEMBER, "branch", "Haifa"), Goal("revenue", date(2026, 7, 1), SEPTEMBER[1], "branch", "Haifa"),
                 Goal("revenue", date(2026, 9, 1), date(2026, 9, 7), "branch", "Haifa"), Goal("revenue", *SEPTEMBER, "branch", "Group"),
                 Goal("revenue", *SEPTEMBER, "customer", "1")):
        check_goal(fine, catalog, firm, ALL, known)
    with pytest.raises(UnknownName):
        check_goal(Goal("revenue", *SEPTEMBER, "customer", "99"), catalog, firm, ALL)


def test_who_may_set(firm):
    shape, haifa = places(firm), Goal("revenue", *SEPTEMBER, "branch", "Haifa")
    refuse_unless_allowed(DANA, haifa, ALL, shape)
    with pytest.raises(AccessDenied, match="Only managers"):
        refuse_unless_allowed(Person(role="viewer"), haifa, ALL, shape)
    with pytest.raises(AccessDenied, match="beyond what you may see"):
        refuse_unless_allowed(DANA, Goal("revenue", *SEPTEMBER), Scope(frozenset({2}), None, True), shape)


def test_files_are_all_or_nothing(firm, tmp_path):
    catalog = catalog_for(firm)
    good = tmp_path / "targets.csv"
    good.write_text("measure,from,to,dimension,member,value\nrevenue,2026-10-01,2026-10-31,branch,Haifa,\"200,000\"\nwin_rate,2026-10-01,2026-10-31,,,0.4\n", "utf-8")
    rows = read_rows(str(good), catalog, firm)
    assert rows[0] == Change(Goal("revenue", date(2026, 10, 1), date(2026, 10, 31), "branch", "Haifa"), 200_000) and rows[1].goal.dimension == ""
    from openpyxl import Workbook
    book = Workbook()
    for line in (["Measure", "From", "To", "Dimension", "Member", "Value"], ["orders", date(2026, 10, 1), date(2026, 10, 31), None, None, 40]):
        book.active.append(line)
    book.save(tmp_path / "targets.xlsx")
    assert read_rows(str(tmp_path / "targets.xlsx"), catalog, firm) == [Change(Goal("orders", date(2026, 10, 1), date(2026, 10, 31)), 40)]
    for text, says in (("measure,from,to,value\nrevenue,2026-10-01,2026-10-31,lots\n", "Row 2 .*“lots” is not a number"), ("a,b\n1,2\n", "needs the columns"),
                       ("measure;from;to;value\nrevenue;2026-10-31;2026-10-01;5\n", "before it starts"),
                       ("measure,from,to,value\n" + "orders,2026-10-01,2026-10-31,5\n" * 2, "Row 3 .*twice")):
        bad = tmp_path / "bad.csv"
        bad.write_text(text, "utf-8")
        with pytest.raises(ImportRefused, match=says):
            read_rows(str(bad), catalog, firm)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK not a workbook")
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_rows(str(broken), catalog, firm)


@pytest.fixture
def mabat(firm, tmp_path, monkeypatch):
    """The command line on the small firm and an empty application database."""
    from crm_data.cli import main
    from crm_data.commands import targets as command
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setattr(command, "open_warehouse", lambda: firm)

    def run(*words: str):
        return CliRunner().invoke(main, ["targets", *words])
    return run


def test_command_line(mabat):
    found = json.loads(mabat("progress", "--json").output)
    haifa = next(t for t in found["targets"] if t["member"] == "Haifa" and t["measure"] == "revenue")
    assert found["on"] == "2026-09-15" and haifa["actual"] == 90_000 and haifa["expected"] == pytest.approx(100_000) and haifa["source"] == "data"
    assert len(found["refused"]) == 2
    done = mabat("set", "-m", "revenue", "--period", "2026-09", "--for", "branch=Haifa", "--value", "150000", "--why", "new budget")
    assert done.exit_code == 0 and "version 1" in done.output
    listed = json.loads(mabat("list", "-m", "revenue", "--history", "--json").output)
    mine = next(t for t in listed if t["member"] == "Haifa" and t["from"] == "2026-09-01")
    assert mine["target"] == 150_000 and mine["versions"][0]["why"] == "new budget" and "command line" in mine["who"]
    taken = mabat("import", "--from-data")
    assert "8 adopted, 2 left out" in taken.output, taken.output
    assert mabat("set", "-m", "revenue", "--period", "2026-09", "--for", "branch=Haifa", "--withdraw").exit_code == 0
    for words, says in ((("set", "-m", "revenue", "--period", "2026-13", "--value", "5"), "is not a period"),
                        (("set", "-m", "revenue", "--period", "2026-09", "--value", "1e15"), "too large"),
                        (("set", "-m", "revenue", "--period", "2026-09", "--for", "Haifa", "--value", "5"), "is not a scope"),
                        (("set", "-m", "revenue", "--period", "2026-09-30..2026-09-01", "--value", "5"), "before it starts")):
        result = mabat(*words)
        assert result.exit_code == 2 and says in result.output and "Traceback" not in result.output
    assert "pace" in mabat("progress").output and mabat("list").exit_code == 0
