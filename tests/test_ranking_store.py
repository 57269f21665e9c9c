"""Saved rankings: own and shared, names, deletion and undo, and the command line."""
from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from crm_data.accounts.users import add_user
from crm_data.analysis import ranking_store as rs
from crm_data.analysis.owned import NameTaken
from crm_data.analysis.ranking_link import from_link
from crm_data.cli import main
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import AccessDenied, InputError, MabatError
from crm_data.model import appdb

LINK = {"by": ["customer"], "rank": ["revenue:3:high", "complaints:1:low"], "abc": ["worth:70:90"], "class": ["AB"], "period": ["year_to_date"], "vs": ["last_year"], "f": ["party:is:company"], "id": ["7"]}


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def people(engine):
    made = {n: add_user(engine, n, role=r, full_name=n.title()) for n, r in (("dana", "manager"), ("omer", "manager"), ("vera", "viewer"), ("adam", "administrator"))}
    return SimpleNamespace(**made)


def names(engine, user) -> list[str]:
    return [k.name for k in rs.list_rankings(engine, user)]


def test_a_ranking_opens_as_the_same_question(engine, people, truth):
    kept = rs.save_ranking(engine, people.dana, name="  Best\nfirms ", link=LINK)
    assert (kept.name, kept.shared, kept.author, kept.own, kept.editable) == ("Best firms", False, "Dana", True, True)
    assert dict(kept.link) == {k: v for k, v in LINK.items() if k != "id"}, "only what says the ranking"
    whole = from_link(kept.link, truth.as_of, catalog_for(truth))
    assert {**whole.asked.to_link(), "period": [whole.period.to_text()], "vs": [whole.compare], "f": [f.to_text() for f in whole.filters]} == dict(kept.link)
    found = whole.found(truth, Scope.everything())
    assert found.count == 4 and found.classing.by == "worth" and {p.name for p in found.classes if p.count} <= set("ABCD")


def test_own_and_shared_names_and_rights(engine, people):
    mine = rs.save_ranking(engine, people.dana, name="A", link=LINK)
    shared = rs.save_ranking(engine, people.dana, name="B", link=LINK, shared=True)
    assert names(engine, people.dana) == ["A", "B"] and names(engine, people.omer) == ["B"] == names(engine, people.vera)
    with pytest.raises(InputError, match="not shared with you"):
        rs.get_ranking(engine, people.omer, mine.id)
    with pytest.raises(AccessDenied, match="Dana"):
        rs.change_ranking(engine, people.omer, shared.id, name="C")
    assert rs.change_ranking(engine, people.adam, shared.id, name="Best").name == "Best"
    with pytest.raises(NameTaken, match="already have"):
        rs.save_ranking(engine, people.dana, name=" a ", link=LINK)
    with pytest.raises(NameTaken):
        rs.change_ranking(engine, people.dana, shared.id, name="A")
    with pytest.raises(AccessDenied, match="Only managers"):
        rs.save_ranking(engine, people.vera, name="V", link=LINK, shared=True)
    over = rs.save_ranking(engine, people.dana, name="A", link={**LINK, "rank": ["orders:1:high"]}, over=mine.id)
    assert over.id == mine.id and over.link["rank"] == ["orders:1:high"]
    with pytest.raises(InputError):
        rs.save_ranking(engine, people.dana, name="   ", link=LINK)


def test_deleting_is_undone_under_its_name_or_the_next(engine, people):
    first = rs.save_ranking(engine, people.dana, name="A", link=LINK)
    assert rs.delete_ranking(engine, people.dana, first.id) == "A" and names(engine, people.dana) == []
    rs.save_ranking(engine, people.dana, name="A", link=LINK)
    assert rs.undelete_ranking(engine, people.dana, first.id).name == "A (2)" and names(engine, people.dana) == ["A", "A (2)"]
    with pytest.raises(InputError):
        rs.undelete_ranking(engine, people.omer, first.id)
    with engine.connect() as connection:
        audited = [a for a in connection.execute(select(appdb.audit_log.c.action).order_by(appdb.audit_log.c.id)).scalars() if a.startswith("ranking.")]
    assert audited == ["ranking.save", "ranking.delete", "ranking.save", "ranking.undelete"]


def test_what_is_damaged_is_empty_and_what_is_gone_is_said(engine, people, truth):
    kept = rs.save_ranking(engine, people.dana, name="A", link=LINK)
    with engine.begin() as connection:
        connection.execute(update(appdb.ranking).values(criteria="{not json"))
    assert rs.get_ranking(engine, people.dana, kept.id).link == {}
    for link in ({"rank": ["gone:1:high"]}, {"by": ["moon"]}, {"vs": ["moon"]}, {"period": ["moon"]}, {"f": ["x"]}, {"abc": ["x:9:1"]}):
        with pytest.raises(MabatError):
            from_link(link, truth.as_of, catalog_for(truth)).found(truth, Scope.everything())


def test_the_command_line_lists_and_shows(tmp_path, monkeypatch, truth_url):
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    engine, run = appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), CliRunner()
    assert "No saved rankings yet" in run.invoke(main, ["rankings", "list"]).output
    dana = add_user(engine, "dana", role="manager", full_name="Dana")
    rs.save_ranking(engine, dana, name="Best customers", link={"rank": ["revenue:1:high"], "period": ["year_to_date"]}, shared=True)
    rs.save_ranking(engine, dana, name="Mine", link={"by": ["branch"], "rank": ["revenue:3:high", "complaints:1:low"], "period": ["year_to_date"]})
    assert "Best customers  (shared, Dana)" in run.invoke(main, ["rankings", "list"]).output
    listed = json.loads(run.invoke(main, ["rankings", "list", "--json", "--user", "dana"]).output)
    assert [r["name"] for r in listed] == ["Best customers", "Mine"] and listed[0]["link"]["rank"] == ["revenue:1:high"]
    shown = json.loads(run.invoke(main, ["rankings", "show", "best CUSTOMERS", "--json", "--top", "2"]).output)
    assert shown["count"] == 9 and [(r["rank"], r["name"], r["criteria"]["revenue"]["value"], r["why"]) for r in shown["rows"]] == [
        (1, "Carmel Ltd", 3100, None), (2, "Carmel North", 2590, "new at 2nd: order of 20 Oct 2026 (O-17, ₪2,590)")]
    assert sum(c["count"] for c in shown["classes"]) == 9
    rows = list(csv.reader(io.StringIO(run.invoke(main, ["rankings", "show", "Best customers", "--format", "csv", "--all"]).output)))
    assert len(rows) == 10 and rows[0][:4] == ["Place", "Place before", "Move", "Customer"] and rows[1][3] == "Carmel Ltd"
    table = run.invoke(main, ["rankings", "show", "Mine", "--user", "dana"]).output
    assert "Eilat" in table and "3 of 3" in table
    wrong = run.invoke(main, ["rankings", "show", "Mine"])
    assert wrong.exit_code == 2 and "There is no ranking “Mine”" in wrong.output
