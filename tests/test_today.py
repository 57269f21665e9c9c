"""Today on the truth database: every number beside its comparison, what happens when filters change, and what it says when empty."""
from __future__ import annotations

import pytest

from crm_data.analysis.target_store import Goal, set_target
from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model.appdb import open_appdb
from tests.single_page import alts, run_page, texts

YEAR = {"period": "year_to_date"}


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def metrics(app) -> dict[str, str]:
    return {m.label: m.value for m in app.metric}


def test_the_three_questions_come_first_and_every_figure_is_there(truth, appdb):
    app = run_page("today", truth, appdb, query=YEAR)
    assert not app.exception
    labels = [m.label for m in app.metric]
    assert labels[:3] == ["Customers", "Revenue per customer", "Contacts per customer"]
    assert set(labels) >= {"Revenue", "Worth", "Target reached", "Open balance"} and len(labels) == 9
    wanted = ask(Cut(("revenue", "customers"), period=Period.named("year_to_date", truth.as_of)), truth, scope=Scope.everything()).totals
    assert metrics(app)["Customers"] == str(wanted["customers"]) and metrics(app)["Revenue"] == "₪9.1K"


def test_every_figure_has_words_and_frames_have_a_menu(truth, appdb):
    app = run_page("today", truth, appdb, query=YEAR)
    assert len(alts(app)) >= 12 and all(alts(app))
    said = texts(app)
    for title in ("Revenue toward the year’s target", "What needs attention", "Revenue by branch", "Biggest movers"):
        assert f"## {title}" in said
    assert "mark: " in said and "ahead of pace" in said
    app.query_params["period"] = "last_30_days"
    app.run()
    assert "## Revenue day by day against last year" in texts(app)


def test_a_filter_changes_the_numbers_and_goes_again(truth, appdb):
    app = run_page("today", truth, appdb, query=YEAR)
    whole = metrics(app)["Revenue"]
    app.query_params["f"] = "branch:is:Haifa"
    app.run()
    assert not app.exception and metrics(app)["Revenue"] != whole and "Branch: Haifa" not in metrics(app)
    del app.query_params["f"]
    app.query_params["period"] = "year_to_date"
    app.run()
    assert metrics(app)["Revenue"] == whole


def test_a_target_that_is_changed_shows_at_once(truth, appdb):
    app = run_page("today", truth, appdb, query=YEAR)
    assert metrics(app)["Target reached"] == "91%"
    from datetime import date
    from types import SimpleNamespace
    set_target(appdb, Goal("revenue", date(2026, 1, 1), date(2026, 12, 31), "", ""), 20_000, user=SimpleNamespace(id=None, name="Dana"))
    app.run()
    assert metrics(app)["Target reached"] == "45%"
    assert "of ₪20K" in texts(app) and "Target ₪20K" in "\n".join(alts(app))


def test_targets_of_the_other_calendar_are_shown_by_their_own_period(truth, appdb):
    """The firm's target is of the year 2026; whoever looks at the Jalali year 1405 sees it, and of which year it is."""
    app = run_page("today", truth, appdb, query={"period": "jalali_year_to_date"})
    assert not app.exception and metrics(app)["Target reached"] == "91%"
    said = texts(app)
    assert "no target set for this period; that of 2026 is 91% reached" in said and "of ₪10K, 2026" in said and "**91%** of ₪10K, 2026" in said.replace("\\", "")
    app.query_params["period"] = "jalali_month_to_date"
    app.run()
    assert "that of 2026" not in texts(app)


def test_measures_unknown_by_a_filter_say_so(truth, appdb):
    app = run_page("today", truth, appdb, query={**YEAR, "f": "contact_channel:is:phone"})
    assert not app.exception and metrics(app)["Revenue"] == "–" and metrics(app)["Customers"] != "–"
    assert "not known by" in texts(app)


def test_an_empty_period_says_what_to_do(truth, appdb):
    app = run_page("today", truth, appdb, query={"period": "2001-01-01..2001-01-31"})
    assert not app.exception and "Nothing in this period" in texts(app)
    app = run_page("today", truth, appdb, query={**YEAR, "f": "city:is:Nowhere"})
    assert "Nothing fits these filters" in texts(app)
    app.button("mend_places").click().run()
    assert not app.exception and "f" not in app.query_params and "Nothing fits" not in texts(app)


def test_without_personal_scope_and_in_dark_and_on_a_phone(truth, appdb):
    app = run_page("today", truth, appdb, query=YEAR, scope=Scope(None, None, False), theme="dark", narrow=True)
    assert not app.exception and len(app.metric) == 9


def test_nothing_is_seen_outside_the_branches_of_the_scope(truth, appdb):
    app = run_page("today", truth, appdb, query={"period": "last_24_months"}, scope=Scope(frozenset({-1}), None, True))
    assert not app.exception and metrics(app)["Customers"] == "0"


def test_every_text_goes_through_words(truth, appdb):
    app = run_page("today", truth, appdb, query=YEAR, language="xx")
    assert not app.exception
    for metric in app.metric:
        assert metric.label.startswith("⟦"), metric.label
    for block in app.markdown:
        if str(block.value).startswith("## "):
            assert "⟦" in block.value.splitlines()[0], block.value


def test_no_comparison_is_said(truth, appdb):
    app = run_page("today", truth, appdb, query={**YEAR, "vs": "none"})
    assert not app.exception and "no comparison" in {m.delta for m in app.metric}
