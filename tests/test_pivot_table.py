"""The pivot on the screen: choices, what a cell gives back, what it says, and that faults stay in its card."""
from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.model.appdb import open_appdb
from crm_data.output.charts import DARK, LIGHT
from crm_data.output.charts.theme import luminance
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts.pivot_table import tint, title, total_tint

YEAR = Period(date(2026, 1, 1), date(2026, 11, 20))


@pytest.fixture
def page(truth, tmp_path):
    words = Words("en")
    return SimpleNamespace(words=words, formats=Formats(words, "ILS"), catalog=catalog_for(truth), warehouse=truth, scope=Scope.everything(), theme="light",
                           narrow=False, appdb=open_appdb(f"sqlite:///{tmp_path / 'app.db'}"), user=SimpleNamespace(id=None, name="Dana"))


def drawn(page, cut: Cut, **options) -> AppTest:
    def script(page, cut, options):
        import streamlit as st

        from pages.parts.pivot_table import pivot_table
        chosen = st.session_state.get("chosen", [])
        pivot_table(page, cut, on_cell=lambda mark: st.session_state.update(chosen=[mark]), chosen=chosen, **options)
    return AppTest.from_function(script, args=(page, cut, options), default_timeout=40).run()


def said(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption)).replace("\\", "")


def pick(app: AppTest, row: int, column: str) -> AppTest:
    """A cell chosen as a browser would say it, so that the callback runs."""
    states = app._tree.get_widget_states()
    states.widgets.add(id=app.dataframe[0].proto.id, string_value=json.dumps({"selection": {"rows": [], "columns": [], "cells": [[row, column]]}}))
    return app._run(states)


def choose_kind(app: AppTest, kind: str) -> AppTest:
    app.session_state["kind_pivot"] = kind
    return app.run()


def test_it_says_what_it_shows_and_that_totals_were_asked(page):
    app = drawn(page, Cut(("revenue",), ("branch",), YEAR, "quarter", compare="last_year"))
    assert not app.exception
    text = said(app)
    assert "## Revenue by branch and quarter" in text and "totals asked of the database · click a cell for its rows" in text and "₪" in text
    grid = app.dataframe[0].value
    assert list(grid.columns) == ["member", "c0", "c1", "c2", "c3", "total"] and grid["total"].iloc[0] == 6800
    assert "some days of it" in text


@pytest.mark.parametrize("by, grain, expected", [((), None, "Revenue"), ((), "month", "Revenue by month"), (("branch", "city", "gender"), None, "Revenue by branch, city and gender")])
def test_titles(page, by, grain, expected):
    assert title(page, Cut(("revenue",), by, YEAR, grain)) == expected


def test_value_change_and_share(page):
    app = drawn(page, Cut(("revenue",), ("branch",), YEAR, "quarter", compare="last_year"))
    app = choose_kind(app, "change")
    assert app.dataframe[0].value["total"].iloc[0] == 5800 and app.selectbox[0].options == ["Difference", "% difference"]
    app.selectbox[0].set_value("change_percent").run()
    assert app.dataframe[0].value["total"].iloc[0] == pytest.approx(5.8)
    app = choose_kind(app, "share")
    assert app.selectbox[0].options == ["Of the total", "Of the row", "Of the column"]
    app.selectbox[0].set_value("share_column").run()
    assert app.dataframe[0].value["c0"].iloc[0] == pytest.approx(2000 / 2670)
    app = choose_kind(app, "value")
    assert app.dataframe[0].value["total"].iloc[0] == 6800 and not app.exception


def test_a_share_that_makes_no_sense_says_why_and_shows_values(page):
    app = choose_kind(drawn(page, Cut(("customers",), ("branch",), YEAR, "quarter")), "share")
    assert "counts each customer once" in said(app) and app.dataframe[0].value["total"].iloc[-1] == 10


def test_without_a_comparison_there_is_no_change_to_choose(page):
    app = choose_kind(drawn(page, Cut(("revenue",), ("branch",), YEAR), mode="change"), "change")
    assert app.session_state["kind_pivot"] == "value" and not app.exception


def test_a_cell_gives_its_mark_once_and_the_head_of_a_row_none(page):
    app = drawn(page, Cut(("revenue",), ("branch",), YEAR, "quarter"))
    app = pick(app, 0, "member")
    assert "chosen" not in app.session_state
    app = pick(app, 0, "c1")
    assert app.session_state["chosen"] == ['{"branch":"=Eilat","period":"2026-04-01"}']
    app = pick(app, 4, "total")
    assert app.session_state["chosen"] == ["{}"]
    # The choice is given up elsewhere: the grid begins anew and the same cell can be chosen again.
    app.session_state["chosen"] = []
    app.run()
    assert app.session_state["turn_pivot"] == 1
    assert pick(app, 4, "total").session_state["chosen"] == ["{}"]


def test_a_measure_is_chosen_where_the_columns_are_members(page):
    app = drawn(page, Cut(("revenue", "orders"), ("branch", "party"), YEAR))
    assert app.selectbox[0].options == ["Revenue", "Orders"] and app.dataframe[0].value["total"].iloc[-1] == pytest.approx(9055.3333)
    app.selectbox[0].set_value("orders").run()
    assert app.dataframe[0].value["total"].iloc[-1] == 13


def test_what_cannot_be_asked_is_said_in_the_card(page):
    app = drawn(page, Cut(("won",), ("topic", "branch"), YEAR))
    assert not app.exception and "cannot be cut" in said(app)


def test_right_to_left_columns_are_reversed(page):
    words = type("Hebrew", (Words,), {"rtl": True})("en")
    page.words, page.formats = words, Formats(words, "ILS")
    app = drawn(page, Cut(("revenue",), ("branch",), YEAR, "quarter"))
    assert list(app.dataframe[0].proto.column_order) == ["total", "c3", "c2", "c1", "c0", "member"]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=lambda t: t.name)
def test_numbers_stay_readable_on_every_tint(look):
    grounds = [tint(look, s / 10, judged) for s in range(-10, 11) for judged in (True, False)]
    ink = luminance(look.ink)
    for ground in (*filter(None, grounds), total_tint(look)):
        low, high = sorted((luminance(ground), ink))
        assert (high + 0.05) / (low + 0.05) >= 4.5, ground
