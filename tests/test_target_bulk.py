"""Many targets at once on the small firm: stretch, direction and phasing, all or none, splits and copies, boards as once known."""
from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from crm_data.analysis import target_course
from crm_data.analysis.phasing import Phasing
from crm_data.analysis.target_bulk import differing, kept, moved, problems, set_all
from crm_data.analysis.target_files import read_rows
from crm_data.analysis.target_rules import check_change
from crm_data.analysis.target_split import split_down
from crm_data.analysis.target_store import (
    Change,
    Goal,
    Target,
    all_targets,
    history,
    imported_targets,
    known_at,
    list_targets,
    set_target,
)
from crm_data.analysis.targets import board, together_as_one
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import AccessDenied, ImportRefused, InputError
from crm_data.model import appdb as tables
from crm_data.model.appdb import open_appdb
from tests.target_firm import SEPTEMBER, build
from tests.test_targets import DANA, Person

ALL = Scope.everything()
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
QUARTER = date(2026, 7, 1), date(2026, 9, 30)
HAIFA = Goal("revenue", *SEPTEMBER, "branch", "Haifa")


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("bulk"), "bulk")


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def _set(firm, appdb, *changes, user=DANA, scope=ALL, why="plan"):
    return set_all(appdb, changes, all_targets(firm, appdb), user=user, why=why, catalog=catalog_for(firm), warehouse=firm, scope=scope, firm=places(firm))


def _october(member: str, value: float | None = 100.0, **more) -> Change:
    return Change(Goal("revenue", *OCTOBER, "branch", member), value, **more)


@pytest.mark.parametrize(("measure", "more", "says"), [
    ("revenue", {"stretch": 90.0}, "above the target"), ("revenue", {"stretch": 100.0}, "above the target"), ("revenue", {"stretch": float("inf")}, "must be a number"),
    ("revenue", {"stretch": 1e15}, "too large"), ("complaints", {"stretch": 120.0}, "Less is better"), ("complaints", {"stretch": 100.0}, "Less is better"), ("revenue", {"stretch": 120.0, "direction": "down"}, "Less is better"),
    ("revenue", {"direction": "sideways"}, "no direction"), ("revenue", {"phasing": Phasing("manual", (1, 1))}, "at least two whole months"),
    ("gross_margin", {"value": 0.4, "phasing": Phasing("last_year")}, "does not add up over days"), ("open_balance", {"phasing": Phasing("last_year")}, "does not add up over days"),
    ("new_customers", {"value": -3.0}, "cannot be negative"), ("revenue", {"value": 1e15}, "too large"), ("revenue", {"value": float("nan")}, "must be a number")])
def test_what_a_target_cannot_be_gets_a_sentence(firm, measure, more, says):
    with pytest.raises(InputError, match=says):
        check_change(Change(Goal(measure, *SEPTEMBER), **{"value": 100.0, **more}), catalog_for(firm).measure(measure))


def test_what_a_target_may_be(firm):
    catalog = catalog_for(firm)
    for measure, change in (("revenue", {"stretch": 110.0}), ("complaints", {"stretch": 80.0}), ("revenue", {"stretch": 90.0, "direction": "down"}),
                            ("revenue", {"value": 0.0, "direction": "down"}), ("worth", {"value": -100.0, "stretch": -80.0})):
        check_change(Change(Goal(measure, *SEPTEMBER), **{"value": 100.0, **change}), catalog.measure(measure))
    check_change(Change(Goal("revenue", *QUARTER), 100.0, phasing=Phasing("manual", (1, 1, 2))), catalog.measure("revenue"))


def test_stretch_direction_and_phasing_are_kept_with_versions(firm, appdb):
    goal = Goal("revenue", *QUARTER, "branch", "Haifa")
    assert _set(firm, appdb, Change(goal, 400_000, 440_000, "", Phasing("manual", (0, 1, 1)))) == 1
    assert _set(firm, appdb, Change(goal, 400_000, None, "down")) == 1
    assert [(v.stretch, v.direction, v.phasing) for v in history(appdb, goal)] == [(None, "down", Phasing()), (440_000, "", Phasing("manual", (0, 0.5, 0.5)))]
    with appdb.connect() as connection:
        first = json.loads(connection.execute(select(tables.audit_log.c.detail).order_by(tables.audit_log.c.id)).scalar())
    assert first["stretch"] == 440_000 and "manual" in first["phasing"]


def test_direction_and_phasing_decide_the_pace(firm, appdb):
    """Haifa has 190,000 of 400,000 by 15 September: half by the end of August, and 10 of 18 working days of the other half: 311,111."""
    goal = Goal("revenue", *QUARTER, "branch", "Haifa")
    _set(firm, appdb, Change(goal, 400_000, 440_000, "", Phasing("manual", (0, 1, 1))))
    one = board(firm, appdb, scope=ALL, targets=list_targets(appdb)).one("revenue", "branch", "Haifa")
    assert one.pace.actual == 190_000 and one.pace.expected == pytest.approx(400_000 * (0.5 + 0.5 * 10 / 18)) and one.pace.good is False
    assert one.as_json()["stretch"] == 440_000 and one.as_json()["phasing"] == "manual"
    _set(firm, appdb, Change(goal, 400_000, 350_000, "down"))
    limit = board(firm, appdb, scope=ALL, targets=list_targets(appdb)).one("revenue", "branch", "Haifa")
    assert limit.better == "down" and limit.pace.good is True and limit.pace.needed_per_day is None


def test_last_years_shape_of_a_branch(firm, appdb):
    """A year ago Haifa sold all of September on the 3rd: by the 15th all of the target should be there."""
    _set(firm, appdb, Change(HAIFA, 180_000, phasing=Phasing("last_year")))
    one = board(firm, appdb, scope=ALL, targets=list_targets(appdb)).one("revenue", "branch", "Haifa")
    assert one.pace.expected == 180_000 and one.curve.at(SEPTEMBER[0], date(2026, 9, 2)) == 0


def test_a_sum_of_phased_parts_expects_what_they_expect(firm, appdb):
    """Haifa in last year's shape (all of 100,000 by the 3rd), Berlin over its working days (11 of 22 of 50,000): 125,000 of 150,000."""
    changes = [Change(HAIFA, 100_000, 110_000, "", Phasing("last_year")), Change(Goal("revenue", *SEPTEMBER, "branch", "Berlin"), 50_000, 60_000)]
    _set(firm, appdb, *changes)
    found = board(firm, appdb, scope=ALL, targets=list_targets(appdb))
    whole = found.one("revenue")
    assert whole.pace.expected == pytest.approx(125_000) == sum(p.pace.expected for p in found.of("revenue", "branch"))
    assert whole.target.stretch == 170_000 and whole.parts
    again = together_as_one(found.of("revenue", "branch"), found.on)
    assert again.pace.expected == pytest.approx(125_000) and again.curve == whole.curve
    month = target_course.monthly(list_targets(appdb), "revenue", "branch", firm, scope=ALL, on=found.on, firm=found.places, members=["Haifa"], months=1)["Haifa"][0]
    assert month.attained == found.one("revenue", "branch", "Haifa").pace.landing_share == pytest.approx(0.9)


def test_a_group_where_one_branch_does_not_know_its_costs(tmp_path):
    """Eilat sold 1,000 at an unknown cost: the group's profit is what all know together, (170,000 + 1,000) - 101,000."""
    day = date(2026, 9, 2)
    more = {"branch": [{"name": "Eilat", "parent_id": 1, "country": "Israel"}], "sales_order": [{"customer_id": 1, "branch_id": 6, "owner_id": 1, "status": "delivered", "ordered_on": day}],
            "order_line": [{"order_id": 11, "quantity": 1, "net": 1000, "net_base": 1000, "cost_base": None}]}
    firm = build(tmp_path, "eilat", more)
    found = board(firm, None, scope=ALL, targets=[Target(Goal("gross_profit", *SEPTEMBER, "branch", "Group"), 90_000)])
    assert found.one("gross_profit", "branch", "Group").pace.actual == 70_000


def test_all_or_none(firm, appdb):
    catalog, known = catalog_for(firm), all_targets(firm, appdb)
    wrong = [_october("Haifa"), _october("Haiffa"), _october("Berlin", -5.0), _october("Haifa", 90.0), Change(Goal("revenue", date(2026, 9, 20), date(2026, 10, 19), "branch", "Haifa"), 5.0),
             _october("Tehran", None), Change(Goal("revenue", date(2026, 10, 1), date(2026, 10, 30), "branch", "Haifa"), 5.0)]
    found = {place: str(error) for place, error in problems(wrong, known, catalog, firm, ALL, DANA, places(firm))}
    assert set(found) == {1, 2, 3, 4, 5, 6}
    assert "Did you mean “Haifa”" in found[1] and "cannot be negative" in found[2] and "stands twice" in found[3]
    assert "overlaps" in found[4] and "no such target to withdraw" in found[5] and "overlaps" in found[6]       # the data's September, and the first row
    with pytest.raises(InputError, match="cannot be negative"):
        _set(firm, appdb, _october("Haifa"), _october("Berlin", -5.0))
    assert list_targets(appdb) == []
    assert _set(firm, appdb, _october("Haifa"), _october("Berlin"), why="autumn") == 2
    assert {t.why for t in list_targets(appdb)} == {"autumn"} and len(list_targets(appdb)) == 2


def test_nothing_is_left_behind_where_writing_fails(firm, appdb, monkeypatch):
    from crm_data.analysis import target_store
    written = []
    real = target_store._write

    def failing(connection, change, user, why):
        written.append(change)
        if len(written) == 3:
            raise RuntimeError("the machine stops")
        return real(connection, change, user, why)
    monkeypatch.setattr(target_store, "_write", failing)
    with pytest.raises(RuntimeError):
        _set(firm, appdb, *(_october(name) for name in ("Haifa", "Berlin", "Tehran", "Nazareth")))
    with appdb.connect() as connection:
        assert [connection.execute(select(func.count()).select_from(t)).scalar() for t in (tables.target, tables.target_version, tables.audit_log)] == [0, 0, 0]


def test_rights_are_those_of_each_goal(firm, appdb):
    haifa = Scope(frozenset({2}), None, True)
    assert _set(firm, appdb, _october("Haifa"), scope=haifa) == 1
    with pytest.raises(AccessDenied, match="beyond what you may see"):
        _set(firm, appdb, _october("Haifa", 120.0), _october("Berlin"), scope=haifa)
    with pytest.raises(AccessDenied, match="Only managers"):
        _set(firm, appdb, _october("Haifa", 120.0), user=Person(role="viewer"))
    assert [t.value for t in list_targets(appdb)] == [100]


def test_only_what_changes_is_written(firm, appdb):
    _set(firm, appdb, _october("Haifa", stretch=110.0), _october("Berlin"))
    known = all_targets(firm, appdb)
    assert differing([_october("Haifa", stretch=110.0), _october("Berlin", 101.0)], known) == [_october("Berlin", 101.0)]
    assert _set(firm, appdb, _october("Haifa", stretch=110.0), _october("Berlin", 101.0)) == 1
    # A target of the data becomes somebody's own with the value it has; withdrawn, it keeps what it was as its first version.
    assert _set(firm, appdb, Change(HAIFA, 180_000)) == 1 and len(history(appdb, HAIFA)) == 1
    berlin = Goal("revenue", *SEPTEMBER, "branch", "Berlin")
    assert _set(firm, appdb, Change(berlin, None)) == 1
    assert [v.value for v in history(appdb, berlin)] == [None, 110_000] and berlin not in {t.goal for t in all_targets(firm, appdb)}


def test_a_new_value_keeps_the_rest(firm, appdb):
    goal = Goal("revenue", *QUARTER, "branch", "Haifa")
    shaped = Change(goal, 100.0, 110.0, "up", Phasing("last_year"))
    _set(firm, appdb, shaped)
    later = Goal("revenue", date(2026, 10, 1), date(2026, 12, 31), "branch", "Haifa")
    found = kept([(goal, 200.0), (later, 50.0), (Goal("orders", *QUARTER), 7.0)], all_targets(firm, appdb), like=[(later, goal)])
    assert found == [Change(goal, 200.0, 220.0, "up", Phasing("last_year")), Change(later, 50.0, 55.0, "up", Phasing("last_year")), Change(Goal("orders", *QUARTER), 7.0)]
    assert moved(Change(goal, -100.0, -80.0), 50.0) == 70 and moved(Change(goal, 100.0, 110.0), 100.0) == 110


def test_a_withdrawn_target_stands_in_nobodys_way(firm, appdb):
    _set(firm, appdb, _october("Haifa"))
    moved_days = Change(Goal("revenue", date(2026, 10, 2), date(2026, 10, 31), "branch", "Haifa"), 90.0)
    with pytest.raises(InputError, match="overlaps"):
        _set(firm, appdb, moved_days)
    assert _set(firm, appdb, moved_days, _october("Haifa", None)) == 2


def test_a_split_of_the_firm_by_its_branches(firm):
    """By working days: Haifa has 18 in its September of holidays, Berlin 22; last year's sales are Haifa's and Berlin's alone."""
    catalog, shape, goal = catalog_for(firm), places(firm), Goal("revenue", *SEPTEMBER)
    told = {"catalog": catalog, "warehouse": firm, "scope": ALL, "firm": shape}
    days = split_down(goal, 7300, "branch", "working_days", **told)
    weights = {p.member: shape.working("branch", p.member).worked(*SEPTEMBER) for p, _ in days.parts}
    assert set(weights) == {"Berlin", "Haifa", "Nazareth", "Tehran"} and weights["Haifa"] == 18 and weights["Berlin"] == 22
    assert dict((p.member, v) for p, v in days.parts)["Haifa"] == pytest.approx(7300 * 18 / sum(weights.values()), abs=0.01)
    last = split_down(goal, 1100, "branch", "last_year", **told)
    assert {p.member: v for p, v in last.given} == {"Haifa": 500.0, "Berlin": 600.0} and last.years == 1      # 75,000 and 90,000 a year ago
    assert [v for _, v in split_down(Goal("revenue", *QUARTER, "branch", "Haifa"), 1000, "month", "last_year", **told).parts] == [0, 0, 1000]
    # Of 2027 the whole shape is known from 2025 alone, when all was sold in September.
    later = split_down(Goal("revenue", date(2027, 1, 1), date(2027, 12, 31)), 1000, "month", "last_year", **told)
    assert later.years == 2 and [(p.first.month, v) for p, v in later.given] == [(9, 1000)]
    people = split_down(Goal("revenue", *SEPTEMBER, "branch", "Group"), 100, "owner", "equal", **told)
    assert {p.member for p, _ in people.parts} == {"Anna", "Berta", "Dara"} and sum(v for _, v in people.parts) == pytest.approx(100)
    for measure, goal_of, by, says in (("gross_margin", goal, "branch", "do not add up"), ("open_balance", Goal("open_balance", *QUARTER), "month", "do not add up"),
                                       ("revenue", Goal("revenue", *SEPTEMBER, "owner", "Anna"), "branch", "not split by"), ("revenue", goal, "branch_group", "hold one another"),
                                       ("revenue", Goal("revenue", *SEPTEMBER, "branch", "Nazareth"), "month", "whole steps"), ("revenue", goal, "severity", "cannot be split")):
        with pytest.raises(InputError, match=says):
            split_down(Goal(measure, goal_of.first, goal_of.last, goal_of.dimension, goal_of.member), 0.4, by, "equal", **told)
    with pytest.raises(InputError, match="no shape to follow"):
        split_down(Goal("revenue", *QUARTER, "branch", "Tehran"), 100, "month", "last_year", **told)


def test_a_past_board_as_it_was_known(firm, appdb):
    """Set on three days; each day's board is what it was, also after a withdrawal, and of the data's until somebody decided."""
    other = Goal("revenue", *SEPTEMBER, "branch", "Berlin")
    days = [date(2026, 9, 3), date(2026, 9, 8), date(2026, 9, 12)]
    boards = []
    for day, wanted in zip(days, ([Change(HAIFA, 150_000.0, 160_000.0)], [Change(HAIFA, 170_000.0, phasing=Phasing("last_year")), Change(other, 90_000.0)], [Change(HAIFA, None)]), strict=True):
        _set(firm, appdb, *wanted, why=day.isoformat())
        _move_to(appdb, day)
        boards.append(board(firm, appdb, scope=ALL, on=day))
    for day, once in zip(days, boards, strict=True):
        again = board(firm, appdb, scope=ALL, on=day, targets=all_targets(firm, appdb, known_at(day)))
        assert (again.on, again.all, again.hidden, [t for t, _ in again.refused]) == (once.on, once.all, once.hidden, [t for t, _ in once.refused])
    at = history(appdb, HAIFA)[-1].at
    assert [t.value for t in list_targets(appdb, at)] == [150_000] and list_targets(appdb, at - timedelta(microseconds=1)) == []
    before = all_targets(firm, appdb, known_at(days[0] - timedelta(days=1)))
    assert before == imported_targets(firm)
    known = [next((t.value for t in all_targets(firm, appdb, known_at(day)) if t.goal == HAIFA), None) for day in days]
    assert known == [150_000, 170_000, None]                        # the data's 180,000 does not come back


def _move_to(appdb, day: date) -> None:
    """What was written with the day as its reason, as if written then."""
    v = tables.target_version
    with appdb.begin() as connection:
        connection.execute(update(v).where(v.c.why == day.isoformat()).values(created_at=known_at(day) - timedelta(hours=6)))


def test_files_with_stretch_direction_and_phasing(firm, tmp_path):
    catalog, path = catalog_for(firm), tmp_path / "plan.csv"
    path.write_text("measure,from,to,dimension,member,value,stretch,direction,phasing\nrevenue,2026-10-01,2026-12-31,branch,Haifa,300000,330000,,20/30/50\n"
                    "revenue,2026-10-01,2026-12-31,branch,Berlin,300000,,down,last_year\n", "utf-8")
    found = read_rows(str(path), catalog, firm)
    assert (found[0].stretch, found[0].phasing) == (330_000, Phasing("manual", (20, 30, 50))) and (found[1].stretch, found[1].direction) == (None, "down")
    # A file without the columns leaves them as they are.
    path.write_text("measure,from,to,dimension,member,value\nrevenue,2026-10-01,2026-12-31,branch,Haifa,310000\n", "utf-8")
    known = [Target(found[0].goal, 300_000, stretch=330_000, phasing=found[0].phasing)]
    assert read_rows(str(path), catalog, firm, known) == [Change(found[0].goal, 310_000, 330_000, "", found[0].phasing)]
    for row, says in (("330000,290000,,", "Row 2 .*above the target"), ("1,,left,", "no direction"), ("1,,,20/30", "3 months, and 2 shares"), ("1,,,weekly", "not a phasing"), ("1,many,,", "not a number")):
        path.write_text(f"measure,from,to,dimension,member,value,stretch,direction,phasing\nrevenue,2026-10-01,2026-12-31,branch,Haifa,{row}\n", "utf-8")
        with pytest.raises(ImportRefused, match=says):
            read_rows(str(path), catalog, firm)


@pytest.fixture
def mabat(firm, tmp_path, monkeypatch):
    from crm_data.cli import main
    from crm_data.commands import target_plan, targets
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    for command in (targets, target_plan):
        monkeypatch.setattr(command, "open_warehouse", lambda: firm)

    def run(*words: str):
        return CliRunner().invoke(main, ["targets", *words])
    return run


def test_setting_from_the_command_line(mabat, appdb):
    assert mabat("set", "-m", "revenue", "--period", "2026-Q4", "--for", "branch=Haifa", "--value", "300000", "--stretch", "330000", "--phasing", "20/30/50").exit_code == 0
    assert mabat("set", "-m", "revenue", "--period", "2026-Q4", "--for", "branch=Haifa", "--value", "320000").exit_code == 0      # the rest stays
    one = next(t for t in json.loads(mabat("list", "--json").output) if t["from"] == "2026-10-01")
    assert (one["target"], one["stretch"], one["phasing"], one["version"]) == (320_000, 330_000, "0.2/0.3/0.5", 2)
    assert mabat("set", "-m", "revenue", "--period", "2026-Q4", "--for", "branch=Haifa", "--stretch", "nan", "--direction", "down", "--phasing", "last_year").exit_code == 0
    now = list_targets(appdb)[0]
    assert (now.value, now.stretch, now.direction, now.phasing.kind) == (320_000, None, "down", "last_year")
    assert mabat("set", "-m", "revenue", "--period", "1405-08", "--value", "50").exit_code == 0 and list_targets(appdb)[0].goal.first == date(2026, 10, 1)
    for words, says in ((("--value", "5", "--stretch", "4"), "above the target"), (("--stretch", "4"), "Give either"), ((), "Give either"),
                        (("--value", "5", "--phasing", "1/1"), "3 months, and 2 shares"), (("--withdraw", "--stretch", "5"), "Give either")):
        result = mabat("set", "-m", "revenue", "--period", "2027-Q1", *words)
        assert result.exit_code == 2 and says in result.output and "Traceback" not in result.output


def test_as_known_from_the_command_line(mabat, appdb):
    set_target(appdb, HAIFA, 150_000, user=DANA, why="2026-09-03")
    _move_to(appdb, date(2026, 9, 3))
    set_target(appdb, HAIFA, 170_000, user=DANA, why="2026-09-08")
    _move_to(appdb, date(2026, 9, 8))

    def haifa(*words):
        found = json.loads(mabat(*words, "--json").output)
        return next(t for t in (found["targets"] if isinstance(found, dict) else found) if t["member"] == "Haifa" and t["from"] == "2026-09-01" and t["measure"] == "revenue")
    assert haifa("list")["target"] == 170_000 and haifa("list", "--as-known", "2026-09-05")["target"] == 150_000
    assert haifa("list", "--as-known", "2026-09-01")["source"] == "data"
    then = haifa("progress", "--as-known", "2026-09-05")
    assert (then["target"], then["actual"]) == (150_000, 30_000) and haifa("progress")["actual"] == 90_000
    assert len(haifa("list", "--as-known", "2026-09-05", "--history")["versions"]) == 1


def test_split_and_copy_from_the_command_line(mabat, appdb):
    mabat("set", "-m", "revenue", "--period", "2026", "--value", "100000")
    trial = json.loads(mabat("split", "-m", "revenue", "--period", "2026", "--by", "quarter", "--dry-run", "--json").output)
    assert [t["target"] for t in trial["targets"]] == [25_000] * 4 and trial["written"] == 0 and len(list_targets(appdb)) == 1
    done = mabat("split", "-m", "revenue", "--period", "2026", "--by", "quarter", "--weights", "working_days", "--why", "budget")
    assert done.exit_code == 0 and "4 set" in done.output
    parts = [t for t in list_targets(appdb) if t.goal.period.days < 100]
    assert sum(round(t.value * 100) for t in parts) == 10_000_000 and {t.why for t in parts} == {"budget"}
    copied = json.loads(mabat("copy", "--from", "2026", "--to", "2027", "--percent", "10", "--by", "firm", "-m", "revenue", "--json").output)
    assert copied["written"] == 5 and sum(t["target"] for t in copied["targets"] if t["from"] != "2027-01-01" or t["to"] != "2027-12-31") == pytest.approx(110_000, abs=0.02)
    assert "0 set" in mabat("copy", "--from", "2026", "--to", "2027", "--percent", "10", "--by", "firm", "-m", "revenue").output
    # Ratios are carried over as they are; what cannot be measured is left out and said.
    margins = mabat("copy", "--from", "2026-09", "--to", "2026-10", "--percent", "10", "--by", "branch", "--json")
    assert "0.4" in margins.output and 0.44 not in [t["target"] for t in json.loads(margins.stdout)["targets"]]
    assert 198_000 in [t["target"] for t in json.loads(margins.stdout)["targets"]]
    for words, says in ((("split", "-m", "gross_margin", "--period", "2026-09", "--for", "branch=Group", "--by", "branch"), "do not add up"),
                        (("split", "-m", "revenue", "--period", "2025", "--by", "month"), "There is no target"), (("split", "-m", "revenue", "--period", "2026", "--by", "moon"), "no dimension"),
                        (("copy", "--from", "2026", "--to", "2027-Q1"), "not of one length"), (("copy", "--from", "2026", "--to", "2027", "--percent", "-100"), "not a change")):
        result = mabat(*words)
        assert result.exit_code == 2 and says in result.output and "Traceback" not in result.output, result.output
