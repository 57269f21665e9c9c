"""The Team page: people with their composition, branches with their fair numbers, rights, weights in the address."""
from __future__ import annotations

import pytest

from crm_data.cuts.access import Scope
from crm_data.model.appdb import open_appdb
from tests.single_page import run_page, texts

YEAR = {"period": "2026-01-01..2026-11-20"}


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def shown(app) -> str:
    return texts(app)


def test_people_their_points_and_branches(truth, appdb):
    app = run_page("team", truth, appdb, query=YEAR)
    assert not app.exception and "cannot be shown" not in shown(app)
    branches, people, points = (d.value for d in app.dataframe)
    assert set(people["name"]) == {"Dana", "Omer", "Claire", "Noa"}
    # Nobody has thirty orders or closed opportunities: said once for all, and no empty columns.
    assert "Left out for everybody: Gross margin, Win rate" in shown(app) and not {"note", "gross_margin", "win_rate"} & set(points.columns)
    assert "no target: nobody has one of just these days" in shown(app)
    parts = [c for c in points.columns if c not in ("name", "score", "note")]
    for _, row in points.iterrows():
        assert sum(row[p] for p in parts if row[p] > -1e14) == pytest.approx(row["score"], abs=1e-9)
    assert list(branches["name"])[-1] == "All" and {"per_day", "per_head", "like"} <= set(branches.columns)


def test_weights_come_from_the_address(truth, appdb):
    only = [f"{n}:0" for n in ("target", "contacts", "visits", "quotes", "gross_margin", "win_rate")]
    app = run_page("team", truth, appdb, query={**YEAR, "weight": only})
    assert list(app.dataframe[1].value["name"]) == ["Omer", "Dana", "Noa", "Claire"]
    assert list(app.dataframe[1].value["score"]) == [100.0, 50.0, 27.8, 22.2]
    broken = run_page("team", truth, appdb, query={**YEAR, "weight": ["x", "contacts:999", "'; DROP TABLE staff"]})
    assert not broken.exception and len(broken.dataframe) == 3


def test_a_click_opens_segments_with_the_person_as_a_filter(truth, appdb, monkeypatch):
    from pages.parts import state
    opened = []
    monkeypatch.setattr(state, "open_page", lambda page, query=None: opened.append((page, query)))
    app = run_page("team", truth, appdb, query={**YEAR, "f": ["branch:is:Haifa"]})
    app.session_state["_open_team"] = ("owner", 4)
    app.run()
    assert opened == [("segments", {"f": ["branch:is:Haifa", "owner:is:#4"]})]
    app.session_state["_open_team"] = ("branch", 2)
    app.run()
    assert opened[1:] == [("segments", {"f": ["branch:is:#2"]})]


def test_targets_stand_aside_where_a_filter_takes_a_part(truth, appdb):
    app = run_page("team", truth, appdb, query={**YEAR, "f": ["branch:is:Haifa"]})
    assert "targets are left out" in shown(app) and "attained" not in app.dataframe[1].value and "note" not in app.dataframe[2].value


def test_rights(truth, appdb):
    haifa = run_page("team", truth, appdb, query=YEAR, scope=Scope(frozenset({2}), None, True))
    assert set(haifa.dataframe[1].value["name"]) == {"Dana", "Noa"} and list(haifa.dataframe[0].value["name"]) == ["Haifa", "All"]
    viewer = run_page("team", truth, appdb, query=YEAR, scope=Scope(None, None, False))
    assert not viewer.exception and len(viewer.dataframe) <= 1 and "Scorecards of people" in shown(viewer)
    mine = run_page("team", truth, appdb, query=YEAR, scope=Scope(None, frozenset({3}), True))
    assert list(mine.dataframe[1].value["name"]) == ["Claire"] and "heads" not in mine.dataframe[0].value.columns


def test_a_period_without_anything_says_so(truth, appdb):
    app = run_page("team", truth, appdb, query={"period": "2020-01-01..2020-01-31"})
    assert not app.exception and "cannot be shown" not in shown(app)


def test_narrow_dark_and_other_languages(truth, appdb):
    for options in ({"narrow": True}, {"theme": "dark"}, {"language": "he"}, {"language": "fa"}):
        assert not run_page("team", truth, appdb, query=YEAR, **options).exception


def test_the_demo_firm(demo, appdb):
    app = run_page("team", demo, appdb, query={"period": "month_to_date"})
    assert not app.exception and "cannot be shown" not in shown(app) and len(app.dataframe) == 3
    assert len(app.dataframe[1].value) >= 3


def test_a_year_sums_the_targets_of_its_months(demo, appdb):
    app = run_page("team", demo, appdb, query={"period": "year_to_date"})
    assert not app.exception and "the sum of 11 targets each" in shown(app) and "for a part of it only" in shown(app)
    week = run_page("team", demo, appdb, query={"period": "2026-11-16..2026-11-20"})
    assert not week.exception and "nobody has one of just these days" in shown(week) and "attained" not in week.dataframe[1].value


def test_a_period_to_come_has_no_targets_yet(demo, appdb):
    app = run_page("team", demo, appdb, query={"period": "2026-12-01..2026-12-31"})
    assert not app.exception and "the period has not begun" in shown(app)
