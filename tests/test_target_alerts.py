"""Alerts on targets, by hand on the small firm: whom they fire for, whom they cannot judge, who may set and see them.

On 15 September Haifa has 90,000 where 10/18 of 180,000 = 100,000 should be (0.9), Berlin 60,000 of 55,000, Tehran 20,000 of 27,500 (0.727), Nazareth 7,000 of
5,500; the firm 177,000 of 188,000 (0.941).
"""
from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from crm_data.analysis.attention import Attention, with_alerts
from crm_data.analysis.findings import Finding, Link, Said
from crm_data.analysis.target_alert_store import add_alert, delete_alert, due_alerts, list_alerts, undelete_alert
from crm_data.analysis.target_alerts import ANY, Alert, Rule, due, judge
from crm_data.analysis.target_store import Goal, set_target
from crm_data.analysis.targets import board
from crm_data.cuts.access import Scope
from crm_data.errors import AccessDenied, InputError
from crm_data.model import appdb as tables
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from tests.target_firm import SEPTEMBER, build
from tests.test_targets import Person

ALL, HAIFA, BERLIN = Scope.everything(), Scope(frozenset({2}), None, True), Scope(frozenset({3}), None, True)
DANA, OMER, VERA, ADA = Person(1, "Dana", "manager"), Person(2, "Omer", "manager"), Person(3, "Vera", "viewer"), Person(4, "Ada", "administrator")
BRANCHES = Alert("revenue", "branch", "", Rule("pace", 0.9, 10))
FORMATS = Formats(Words(), "ILS")


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("alerts"), "alerts")


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def says(firm, appdb):
    """Whom an alert fires for, as (measure, member) -> score."""
    def asked(alert: Alert, scope: Scope = ALL):
        return judge(alert, board(firm, appdb, scope=scope), firm, scope)
    return asked


def fires(found) -> dict[str, float]:
    return {f.one.goal.member: round(f.score, 4) for f in found.fired}


def test_below_its_pace(says):
    """Exactly 0.9 (Haifa) is not below 0.9."""
    found = says(BRANCHES)
    assert fires(found) == {"Tehran": 0.7273} and found.fine == 3
    assert fires(says(replace(BRANCHES, rule=Rule("pace", 0.91)))) == {"Tehran": 0.7273, "Haifa": 0.9}
    assert fires(says(Alert("revenue", "", "", Rule("pace", 0.95)))) == {"": 0.9415}
    assert fires(says(Alert("revenue", "branch", "Haifa", Rule("pace", 0.9)))) == {}


def test_only_after_its_day(says):
    """The day of the data, the 15th, counts as ended."""
    assert fires(says(replace(BRANCHES, rule=Rule("pace", 0.9, 15)))) == {"Tehran": 0.7273}
    found = says(replace(BRANCHES, rule=Rule("pace", 0.9, 16)))
    assert found.fired == () and found.early == 4 and found.fine == 0


def test_landing_and_what_is_reached(says):
    assert fires(says(replace(BRANCHES, rule=Rule("landing", 0.91)))) == {"Tehran": 0.7273, "Haifa": 0.9}
    assert fires(says(replace(BRANCHES, rule=Rule("attained", 0.5)))) == {"Tehran": 0.3636}
    # 30,000 of 90,000 is a margin of a third, of 0.4.
    assert fires(says(Alert("gross_margin", "branch", "", Rule("attained", 0.9)))) == {"Haifa": 0.8333}


def test_what_cannot_be_judged_is_said(says):
    found = says(Alert("", ANY, "", Rule("pace", 0.9)))
    assert fires(found) == {"Tehran": 0.7273}
    why = {(one.goal.measure, one.goal.member): reason for one, reason, _ in found.unjudged}
    assert set(why) == {("gross_margin", "Haifa"), ("gross_margin", "Group"), ("open_balance", "")} and "ratio" in why["gross_margin", "Haifa"]
    chances = says(replace(BRANCHES, rule=Rule("chance", 0.5)))
    assert chances.fired == () and len(chances.unjudged) == 4 and "past periods" in chances.unjudged[0][1] and chances.unjudged[0][2]["least"] == 5


def test_a_limit_is_turned_round(firm, appdb, says):
    """90,000 where 100,000 may be is within the limit; of a limit of 144,000 80,000 may be: 80/90."""
    goal = Goal("revenue", *SEPTEMBER, "branch", "Haifa")
    set_target(appdb, goal, 180_000, user=DANA, direction="down")
    assert fires(says(Alert("revenue", "branch", "Haifa", Rule("pace", 1.0)))) == {}
    set_target(appdb, goal, 144_000, user=DANA, direction="down")
    found = says(Alert("revenue", "branch", "Haifa", Rule("pace", 0.9)))
    assert fires(found) == {"Haifa": 0.8889} and found.fired[0].shown == pytest.approx(1.125)
    told = due([Alert("revenue", "branch", "Haifa", Rule("pace", 0.9))], board(firm, appdb, scope=ALL), firm, ALL)[0]
    assert told.title.text(Words(), FORMATS) == "Haifa is at 113% of its limit’s pace"


def test_a_chance_below(firm, appdb, says, monkeypatch):
    from crm_data.analysis import target_alerts
    from crm_data.analysis.landing import Chance
    from crm_data.analysis.target_chance import Outlook
    monkeypatch.setattr(target_alerts, "outlook", lambda one, days: Outlook(Chance(0.25 if one.goal.member == "Haifa" else 0.75, 6), 6))
    assert fires(says(replace(BRANCHES, rule=Rule("chance", 0.5)))) == {"Haifa": 0.25}


def test_findings_for_today_and_the_review(firm, appdb):
    add_alert(appdb, DANA, BRANCHES, warehouse=firm, scope=ALL)
    add_alert(appdb, DANA, replace(BRANCHES, rule=Rule("pace", 0.95)), warehouse=firm, scope=ALL)
    one, two = due_alerts(firm, appdb, DANA, ALL)
    assert one.title.text(Words(), FORMATS) == "Tehran is at 73% of its pace" and one.severity == "bad"
    assert one.detail.text(Words(), FORMATS) == "Revenue, Sep 2026; alert of Dana: below 90%"
    assert one.link.query["f"] == ("branch is Tehran",) or "Tehran" in one.link.query["f"][0]
    assert two.title.text(Words(), FORMATS) == "2 targets are below 95% of their pace" and "f" not in two.link.query
    assert due_alerts(firm, appdb, OMER, ALL) == [] and json.dumps([one.as_json(), two.as_json()])
    seen = Attention((Finding("x", "bad", Said("a"), Said("b"), Link("today"), 9e14),), 8, 1)
    shown = with_alerts(seen, [one, two])
    assert [f.kind for f in shown.findings] == ["alert", "alert", "x"] and (shown.checks, shown.fired) == (10, 3)
    assert with_alerts(seen, []) is seen


def test_two_that_say_the_same_are_one(firm, appdb):
    for who in (DANA, OMER):
        add_alert(appdb, who, replace(BRANCHES, shared=True), warehouse=firm, scope=ALL)
    assert len(due_alerts(firm, appdb, VERA, ALL)) == 1


def test_own_shared_and_within_the_scope(firm, appdb):
    own = add_alert(appdb, DANA, BRANCHES, warehouse=firm, scope=ALL)
    add_alert(appdb, DANA, Alert("revenue", "branch", "Tehran", Rule("pace", 0.9), True), warehouse=firm, scope=ALL)
    add_alert(appdb, DANA, Alert("revenue", "branch", "", Rule("pace", 0.91), True), warehouse=firm, scope=ALL)
    places = board(firm, appdb, scope=ALL).places
    assert len(list_alerts(appdb, DANA, ALL, places)) == 3 and len(list_alerts(appdb, VERA, ALL, places)) == 2
    # Berlin's viewer is not told of Tehran, and Haifa's hears of Haifa alone.
    assert [a.member for a in list_alerts(appdb, VERA, BERLIN, places)] == [""]
    assert due_alerts(firm, appdb, VERA, BERLIN) == []
    assert [f.title.text(Words(), FORMATS) for f in due_alerts(firm, appdb, VERA, HAIFA)] == ["Haifa is at 90% of its pace"]
    with pytest.raises(InputError, match="no such alert"):
        delete_alert(appdb, OMER, own)


def test_who_may_set(firm, appdb):
    with pytest.raises(AccessDenied, match="Only managers"):
        add_alert(appdb, VERA, BRANCHES, warehouse=firm, scope=ALL)
    for alert in (Alert("revenue", "branch", "Tehran", Rule("pace", 0.9)), Alert("revenue", "", "", Rule("pace", 0.9))):
        with pytest.raises(AccessDenied, match="beyond what you may see"):
            add_alert(appdb, OMER, alert, warehouse=firm, scope=HAIFA)
    assert add_alert(appdb, OMER, Alert("revenue", "branch", "Haifa", Rule("pace", 0.9)), warehouse=firm, scope=HAIFA)


def test_deleting_with_undo_and_audit(firm, appdb):
    made = add_alert(appdb, DANA, replace(BRANCHES, shared=True), warehouse=firm, scope=ALL)
    with pytest.raises(AccessDenied, match="This alert is Dana’s"):
        delete_alert(appdb, OMER, made)
    delete_alert(appdb, ADA, made)
    assert due_alerts(firm, appdb, DANA, ALL) == []
    undelete_alert(appdb, DANA, made)
    assert len(due_alerts(firm, appdb, DANA, ALL)) == 1
    with appdb.connect() as connection:
        log = connection.execute(select(tables.audit_log.c.action).order_by(tables.audit_log.c.id)).scalars().all()
    assert [a for a in log if a.startswith("alert.")] == ["alert.set", "alert.delete", "alert.undelete"]


@pytest.mark.parametrize(("alert", "says"), [
    (Alert("revenue", "branch", "", Rule("mood", 0.9)), "no alert on “mood”"),
    (Alert("revenue", "branch", "", Rule("pace", 0.0)), "above 0"), (Alert("revenue", "branch", "", Rule("pace", -1)), "above 0"),
    (Alert("revenue", "branch", "", Rule("pace", float("nan"))), "above 0"), (Alert("revenue", "branch", "", Rule("pace", 90)), "9,000% would nearly always"),
    (Alert("revenue", "branch", "", Rule("chance", 1.2)), "between 0 and 100"), (Alert("revenue", "branch", "", Rule("pace", 0.9, -1)), "whole number from 0"),
    (Alert("revenue", "branch", "", Rule("pace", 0.9, 10**9)), "whole number from 0"),
    (Alert("gross_margin", "branch", "", Rule("pace", 0.9)), "does not add up over days"), (Alert("open_balance", "", "", Rule("landing", 0.9)), "does not add up over days"),
    (Alert("magic", "branch", "", Rule("pace", 0.9)), "no measure “magic”"), (Alert("revenue", "moon", "", Rule("pace", 0.9)), "no dimension “moon”"),
    (Alert("revenue", "branch", "Haifaa", Rule("pace", 0.9)), "Haifa"), (Alert("revenue", ANY, "Haifa", Rule("pace", 0.9)), "needs a dimension"),
    (Alert("revenue", "severity", "", Rule("pace", 0.9)), "cannot be split"),
])
def test_bad_rules_get_a_sentence(firm, appdb, alert, says):
    with pytest.raises(InputError, match=says):
        add_alert(appdb, DANA, alert, warehouse=firm, scope=ALL)


def test_the_same_twice_is_refused(firm, appdb):
    add_alert(appdb, DANA, BRANCHES, warehouse=firm, scope=ALL)
    with pytest.raises(InputError, match="already"):
        add_alert(appdb, DANA, BRANCHES, warehouse=firm, scope=ALL)


def test_from_the_command_line(firm, appdb, tmp_path, monkeypatch):
    from crm_data.cli import main
    from crm_data.commands import target_alerts as command
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setattr(command, "open_warehouse", lambda: firm)

    def run(*words: str):
        found = CliRunner().invoke(main, ["targets", "alerts", *words])
        assert found.exit_code == 0, found.output
        return found.output
    assert "No alerts yet" in run()
    add_alert(appdb, DANA, BRANCHES, warehouse=firm, scope=ALL)
    add_alert(appdb, DANA, Alert("gross_margin", "branch", "Group", Rule("attained", 0.9)), warehouse=firm, scope=ALL)
    text = run()
    assert "Revenue · each: Branch · below 90% of pace, after day 10 of the period · Dana" in text and "Tehran is at 73% of its pace" in text and "Fires for nothing now." in text
    read = json.loads(run("--json"))
    first = read["alerts"][0]
    assert (first["kind"], first["below"], first["after_day"], first["fine"], first["who"]) == ("pace", 0.9, 10, 3, "Dana")
    assert [(f["member"], f["actual"], round(f["share"], 4)) for f in first["fires"]] == [("Tehran", 20_000, 0.7273)]
    assert json.loads(run("--json", "--on", "2026-09-09"))["alerts"][0]["not_yet"] == 4
