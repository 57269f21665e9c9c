"""The dialog of alerts: live preview, adding, deleting and undo; what viewers see; and the finding on Today."""
from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.analysis.target_alert_store import add_alert, list_alerts
from crm_data.analysis.target_alerts import Alert, Rule
from crm_data.analysis.targets import board
from crm_data.analysis.working_days import places
from crm_data.cuts.access import Scope
from tests.target_firm import build
from tests.test_targets_page import make, show, texts  # noqa: F401 - make is a fixture

ALL = Scope.everything()
TEHRAN = Alert("revenue", "branch", "", Rule("pace", 0.9, 10), shared=True)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("alertpage"), "alertpage")


def dialog(page) -> AppTest:
    """The inside of the dialog alone, as a browser runs it."""
    def script(page):
        from crm_data.analysis.target_store import all_targets
        from pages.parts.target_alerts import alerts_body
        alerts_body(page, all_targets(page.warehouse, page.appdb))
    return AppTest.from_function(script, args=(page,), default_timeout=30).run()


def plain(app) -> str:
    return "\n".join([texts(app), *(str(i.value) for i in app.info), *(str(w.value) for w in app.warning)]).replace("\\", "")


def press(app, key: str):
    return next(b for b in app.button if b.key == key).click().run()


def kept(page) -> list[Alert]:
    return list_alerts(page.appdb, page.user, page.scope, places(page.warehouse))


def test_the_way_in(make):  # noqa: F811
    app = show(make())
    assert not app.exception and "target_alerts" in {b.key for b in app.button}
    opened = press(app, "target_alerts")
    assert not opened.exception and "No alert is set yet" in plain(opened)
    assert "target_alerts" in {b.key for b in show(make(role="viewer")).button}
    assert "target_alerts" not in {b.key for b in show(make(), query={"known": "2026-09-10"}).button}


def test_previewed_added_deleted_and_brought_back(make):  # noqa: F811
    page = make()
    app = dialog(page)
    assert not app.exception and "Would fire now for:\n- Tehran is at 73% of its pace (Revenue, Sep 2026)" in plain(app) and "3 targets cannot be judged" in plain(app)
    app.selectbox[0].set_value("revenue").run()
    app.selectbox[1].set_value("branch").run()
    app.number_input[1].set_value(16).run()
    assert not app.exception and "Would fire for nothing now.\n\n4 targets have not come to that day." in plain(app) and kept(page) == []
    app.number_input[1].set_value(10).run()
    app.number_input[0].set_value(91.0).run()
    press(app, "alert_add")
    assert not app.exception
    one, = kept(page)
    assert (one.measure, one.dimension, one.member, one.rule, one.shared) == ("revenue", "branch", "", Rule("pace", 0.91, 10), False)
    assert "below 91% of pace, after day 10 of the period" in plain(app) and "Haifa is at 90% of its pace" in plain(app)
    press(app, f"alert_delete_{one.id}")
    assert kept(page) == [] and "The alert was deleted." in plain(app)
    press(app, "alerts_undo")
    assert len(kept(page)) == 1 and "The alert was deleted." not in plain(app)


def test_a_bad_threshold_gets_a_sentence_and_no_button(make):  # noqa: F811
    app = dialog(make())
    app.number_input[0].set_value(0.0).run()
    assert not app.exception and "above 0 %" in plain(app) and "alert_add" not in {b.key for b in app.button}


def test_a_ratio_is_watched_by_what_is_reached(make):  # noqa: F811
    app = dialog(make())
    app.selectbox[0].set_value("gross_margin").run()
    assert not app.exception and app.button_group[0].options == ["Reached"] and app.number_input[0].value == 80


def test_viewers_see_shared_ones_and_set_none(make):  # noqa: F811
    page, viewer = make(), make(role="viewer")
    viewer.user.name = "Vera"
    add_alert(page.appdb, page.user, TEHRAN, warehouse=page.warehouse, scope=ALL)
    app = dialog(viewer)
    assert not app.exception and "of Dana Levi" in plain(app) and "Tehran is at 73%" in plain(app)
    assert not app.selectbox and not any((b.key or "").startswith("alert_delete") for b in app.button)
    narrow = make(role="viewer", scope=Scope(frozenset({2}), None, True))
    assert "Tehran" not in plain(dialog(narrow))


def test_in_other_languages(make):  # noqa: F811
    page = make(language="xx")
    add_alert(page.appdb, page.user, TEHRAN, warehouse=page.warehouse, scope=ALL)
    app = dialog(page)
    assert not app.exception and "⟦" in plain(app) and not dialog(make(language="he")).exception


def test_on_today(make):  # noqa: F811
    page = make()
    add_alert(page.appdb, page.user, TEHRAN, warehouse=page.warehouse, scope=ALL)

    def script(page, known):
        from pages import today
        today._attention(page, known).draw()
    app = AppTest.from_function(script, args=(page, board(page.warehouse, page.appdb, scope=ALL)), default_timeout=30).run()
    assert not app.exception and "Tehran is at 73% of its pace" in plain(app) and "alert of Dana Levi" in plain(app)
    assert plain(app).index("Tehran is at 73%") < plain(app).index("Tehran will land") if "Tehran will land" in plain(app) else True
