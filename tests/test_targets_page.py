"""The Targets page on the small firm: what it shows, how it narrows, who may set, what a dialog writes."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.analysis.target_store import Goal, history, list_targets
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import Period
from crm_data.model.appdb import open_appdb
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.target_view import goal_of, key_of
from tests.target_firm import AS_OF, SEPTEMBER, build

HAIFA = Goal("revenue", *SEPTEMBER, "branch", "Haifa")


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return build(tmp_path_factory.mktemp("page"), "page")


@pytest.fixture
def make(firm, tmp_path):
    """A page for a role, scope, filters and language; the application database is empty."""
    engine = open_appdb(f"sqlite:///{tmp_path / 'app.db'}")

    def page(role="manager", scope=None, filters=(), language="en", period=None, theme="light", narrow=False):
        words = Words(language)
        return SimpleNamespace(user=SimpleNamespace(id=None, name="Dana Levi", role=role), scope=scope or Scope.everything(), words=words,
                               formats=Formats(words, "ILS"), warehouse=firm, catalog=catalog_for(firm), appdb=engine, period=period or Period(SEPTEMBER[0], AS_OF),
                               compare="last_year", filters=tuple(filters), today=AS_OF, theme=theme, narrow=narrow)
    return page


def show(page, state=None, query=None) -> AppTest:
    def script(page):
        from pages import targets
        targets.render(page)
    app = AppTest.from_function(script, args=(page,), default_timeout=30)
    for name, value in (state or {}).items():
        app.session_state[name] = value
    for name, value in (query or {}).items():
        app.query_params[name] = value
    return app.run()


def metrics(app: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def texts(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption))


def test_the_whole_and_its_branches(make):
    app = show(make())
    assert not app.exception
    found = metrics(app)
    assert found["Revenue attainment"] == "50%" and found["Branches on pace"] == "2 of 4" and found["Gap to target"] == "₪179K"
    assert found["Landing estimate"] == "₪335K"
    said = texts(app)
    assert "Targets reached by branch" in said and "Attainment by branch and month" in said and "Who carries and who drags" in said
    assert "Targets by owner" not in said and "Targets by owner" in texts(show(make(), query={"show": "people"}))
    assert "cannot be measured" in said and "no measure “magic”" in said.replace("\\", "")


def test_choosing_an_indicator_and_a_filter_changes_what_is_shown(make):
    margin = show(make(), query={"measure": "gross_margin"})
    assert not margin.exception and "Branches at target" in metrics(margin) and "Landing estimate" not in metrics(margin)
    one = show(make(filters=[Filter("branch", "is", ("Haifa",))]))
    assert metrics(one)["Revenue attainment"] == "50%" and metrics(one)["Landing estimate"] == "₪162K" and "Branches on pace" not in metrics(one)
    both = show(make(filters=[Filter("branch", "is", ("Haifa", "Berlin"))]))
    assert metrics(both)["Branches on pace"] == "1 of 2" and metrics(both)["Gap to target"] == "₪140K"
    beside = show(make(filters=[Filter("city", "is", ("Haifa",))]))
    assert "that filter does not change this page" in texts(beside)


def test_a_month_that_has_ended(make):
    from datetime import date
    app = show(make(period=Period(date(2026, 8, 1), date(2026, 8, 31))))
    assert not app.exception and metrics(app)["Ended at"] == "₪100K" and metrics(app)["Revenue attainment"] == "125%"


def test_viewers_see_and_cannot_set(make):
    assert {"set_target", "adopt_targets"} <= {b.key for b in show(make()).button}
    assert not {"set_target", "adopt_targets"} & {b.key for b in show(make(role="viewer")).button}
    opened = show(make(role="viewer"), state={"targets_open": key_of(HAIFA)})
    assert not opened.exception and not opened.number_input


def test_a_branch_manager_sees_the_branch_and_how_many_are_hidden(make):
    app = show(make(scope=Scope(frozenset({2}), None, True)))
    assert not app.exception and metrics(app)["Revenue attainment"] == "50%" and "reach beyond your branches" in texts(app)
    assert "Berlin" not in texts(app) and "adopt_targets" not in {b.key for b in app.button}


def test_a_manager_changes_a_target_in_the_dialog(make):
    page = make()
    app = show(page, state={"targets_open": key_of(HAIFA), "target_view_0": "change"})
    assert not app.exception and app.number_input[0].value == 180_000

    def save(value: float, why: str = "") -> None:
        # The test runs the whole page where a browser runs the dialog alone: what opened it is said again.
        app.session_state["targets_open"] = key_of(HAIFA)
        app.number_input[0].set_value(value)
        app.text_input[0].set_value(why)
        next(b for b in app.button if b.label == "Save new version").click().run()
    save(-5)
    assert "cannot be negative" in app.error[0].value and list_targets(page.appdb) == []
    save(150_000, "new budget")
    assert not app.exception
    assert [(v.version, v.value, v.who, v.why) for v in history(page.appdb, HAIFA)] == [(1, 150_000, "Dana Levi", "new budget")]
    assert metrics(show(page))["Gap to target"] == "₪149K"


def test_a_new_target_is_offered_only_within_the_scope(make):
    whole = show(make(), state={"targets_new": "revenue"})
    assert not whole.exception and "Berlin" in whole.selectbox[1].options
    narrow = show(make(scope=Scope(frozenset({2}), None, True)), state={"targets_new": "revenue"})
    assert not narrow.exception and narrow.selectbox[1].options == ["Haifa"]


def test_a_new_target_is_set(make):
    page = make()
    app = show(page, state={"targets_new": "orders"})
    app.session_state["targets_new"] = "orders"
    app.number_input[0].set_value(12)
    next(b for b in app.button if b.label == "Save").click().run()
    assert not app.exception
    assert [(t.goal.measure, t.goal.dimension, t.goal.member, t.value, t.goal.first) for t in list_targets(page.appdb)] == [
        ("orders", "branch", "Berlin", 12, SEPTEMBER[0])]


def test_adopting_the_targets_of_the_data(make):
    page = make()
    app = show(page, state={"targets_adopt": "1"})
    app.session_state["targets_adopt"] = "1"
    next(b for b in app.button if b.key == "adopt_now").click().run()
    # All but the two that cannot be measured.
    assert not app.exception and len(list_targets(page.appdb)) == 9
    assert "adopt_targets" not in {b.key for b in show(page).button}


def test_nothing_set_says_how_to_begin(make):
    from datetime import date
    app = show(make(period=Period(date(2025, 1, 1), date(2025, 1, 31))))
    assert not app.exception and "No target holds on 31 Jan 2025" in texts(app)
    viewer = show(make(role="viewer", period=Period(date(2025, 1, 1), date(2025, 1, 31))))
    assert "A manager or administrator can set one." in texts(viewer)


def test_every_text_goes_through_translation(make):
    app = show(make(language="xx"))
    assert not app.exception and all("⟦" in label for label in metrics(app))
    for language in ("dark",):
        assert not show(make(theme=language, narrow=True)).exception


def test_keys_of_marks_come_back_as_goals():
    for goal in (HAIFA, Goal("revenue", *SEPTEMBER), Goal("revenue", *SEPTEMBER, "owner", "A|B")):
        assert goal_of(key_of(goal)) == goal
