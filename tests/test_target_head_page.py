"""The Targets page's head and form: what is offered, which period is shown first, kinds of period, and what is refused where it is typed."""
from __future__ import annotations

from datetime import date

import pytest

from crm_data.analysis.target_store import Change, Goal, list_targets, set_many, set_target
from crm_data.cuts.periods import Period
from tests.target_firm import SEPTEMBER, build
from tests.test_target_grid_page import paste, press, said, sheet  # noqa: F401 - paste is a fixture
from tests.test_targets_page import HAIFA, make, metrics, show, texts  # noqa: F401 - make is a fixture

JALALI = Goal("orders", date(2026, 8, 23), date(2026, 9, 22))


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("head"), "head")


def options(app, key: str) -> list[str]:
    """What a control offers."""
    return next(box.options for box in app.selectbox if box.key == key)


def form(page):
    """The dialog of a new target alone, as a browser runs it."""
    from streamlit.testing.v1 import AppTest

    def script(page):
        from crm_data.analysis.targets import board
        from pages.parts.target_dialog import _new
        _new(page, board(page.warehouse, page.appdb, scope=page.scope), "revenue")
    return AppTest.from_function(script, args=(page,), default_timeout=30)


def test_the_first_period_shown_has_a_whole(make):  # noqa: F811
    """One branch's week does not take the page from the firm's month; it is one click away."""
    page = make()
    set_target(page.appdb, Goal("revenue", date(2026, 9, 13), date(2026, 9, 19), "branch", "Haifa"), 9_000, user=page.user, why="")
    assert metrics(show(page))["Gap to target"] == "₪179K"
    week = show(page, query={"of": "2026-09-13..2026-09-19"})
    assert not week.exception and "Gap to target" not in metrics(week) and "Over target" in metrics(week)


def test_a_single_period_is_named(make):  # noqa: F811
    page = make()
    set_target(page.appdb, JALALI, 300, user=page.user, why="")
    app = show(page, query={"measure": "orders"})
    assert not app.exception and "Shahrivar 1405 (23 Aug – 22 Sep 2026)" in texts(app)


def test_only_the_asked_for_figure_is_drawn(make):  # noqa: F811
    shown = {view: texts(show(make(), query={"show": view})) for view in ("gap", "course", "people", "forecast")}
    heads = {"gap": "Who carries and who drags", "course": "toward the target", "people": "Targets by owner", "forecast": "Forecast by month"}
    for view, text in shown.items():
        assert [name for name, head in heads.items() if head in text] == [view]
    assert heads["gap"] in texts(show(make(), query={"show": "nonsense"}))


def test_the_sheet_and_alerts_are_offered_without_any_target(make):  # noqa: F811
    page = make(period=Period(date(2025, 1, 1), date(2025, 1, 31)))
    app = show(page)
    assert "No target holds on" in texts(app) and {"edit_grid", "target_alerts"} <= {b.key for b in app.button}
    press(app, "edit_grid")
    assert "edit_grid" not in {b.key for b in show(make(role="viewer", period=page.period)).button}


def test_every_kind_of_period_can_be_chosen(make, monkeypatch):  # noqa: F811
    page = make()
    app = form(page).run()
    assert not app.exception and "Jalali month" in options(app, "target_kind") and not any("firm’s" in o for o in options(app, "target_kind"))
    monkeypatch.setenv("MABAT_FISCAL_YEAR_START", "5")
    app = form(page).run()
    app.selectbox(key="target_kind").set_value("fiscal_year").run()
    assert "FY2026 (May 2026 – Apr 2027)" in options(app, "target_period_fiscal_year")
    app.selectbox(key="target_kind").set_value("jalali_quarter").run()
    assert "Tir–Shahrivar 1405 (22 Jun – 22 Sep 2026)" in options(app, "target_period_jalali_quarter")
    app.selectbox(key="target_kind").set_value("week").run()
    assert not app.exception and "13–19 Sep 2026" in options(app, "target_period_week")


def test_what_overlaps_is_said_before_a_number_is_typed(make):  # noqa: F811
    """Also over a target that came with the data, which nobody has set here."""
    page = make()
    assert not list_targets(page.appdb)
    app = form(page)
    app.session_state["target_scope"], app.session_state["target_member_branch"], app.session_state["target_kind"] = "branch", "Haifa", "jalali_month"
    app.run()
    assert not app.exception and any("overlaps these days" in str(e.value) for e in app.error) and not app.number_input


@pytest.mark.parametrize(("number", "says"), [(-5.0, "cannot be negative"), (1e15, "too large"), (0.0, "reached before anything happens"), (None, "Give the target a number")])
def test_what_cannot_be_is_said_and_stays_typed(make, number, says):  # noqa: F811
    page = make()
    app = form(page)
    app.session_state["target_scope"], app.session_state["target_member_branch"], app.session_state["target_kind"] = "branch", "Haifa", "week"
    app.run()
    app.number_input[0].set_value(number)
    app.text_input[-1].set_value("because")
    app.button[-1].click().run()
    assert not app.exception and any(says in str(e.value) for e in app.error) and not list_targets(page.appdb)
    assert app.number_input[0].value == number and app.text_input[-1].value == "because"


def test_a_stretch_is_a_line_of_the_course(make):  # noqa: F811
    page = make()
    set_many(page.appdb, [Change(Goal("revenue", *SEPTEMBER), 400_000, stretch=450_000)], user=page.user, why="")
    app = show(page, query={"show": "course"})
    assert not app.exception and any("Stretch ₪450K" in str(chart.proto) for chart in app.get("plotly_chart"))


def test_a_sheet_of_a_jalali_year(make, paste):  # noqa: F811
    """Typed by year, split into its twelve months in whole orders, and saved on Jalali days."""
    page = make()
    year, aban = Period(date(2026, 3, 21), date(2027, 3, 20)), Period(date(2026, 10, 23), date(2026, 11, 21))
    app = sheet(page, {"target_grid_calendar": "jalali", "target_grid_measure": "orders", "target_grid_dimension_orders": "owner"})
    assert not app.exception
    paste("Anna", year.first, year.last, "1,000")
    app.run()
    press(app, "target_grid_split")
    press(app, "target_grid_save")
    found = {(t.goal.first, t.goal.last): t.value for t in list_targets(page.appdb)}
    assert len(found) == 13 and found.pop((year.first, year.last)) == 1_000 and found[aban.first, aban.last] == 83 and sum(found.values()) == 1_000


def test_what_is_typed_into_one_sheet_outlives_saving_another(make, paste):  # noqa: F811
    page = make()
    app = sheet(page)
    paste("Haifa", date(2026, 10, 1), date(2026, 10, 31), "111,000")
    app.run()
    app.selectbox(key="target_grid_year").set_value(2027).run()
    paste("Haifa", date(2027, 1, 1), date(2027, 1, 31), "222,000")
    app.run()
    assert "1 change in another sheet" in said(app)
    press(app, "target_grid_save")
    assert [t.value for t in list_targets(page.appdb)] == [222_000]
    app.selectbox(key="target_grid_year").set_value(2026).run()
    assert "1 target would change" in said(app)
