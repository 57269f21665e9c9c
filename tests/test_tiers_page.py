"""The Tiers page on the paper firm: what it shows to whom, trying limits, applying and undoing by its dialogs."""
from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from crm_data.accounts.users import User
from crm_data.analysis.tiers import current
from crm_data.analysis.tiers_store import list_tiers, runs, save_tiers, state
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.model.appdb import open_appdb
from tests.page_runs import ADMIN, page_run, texts
from tests.test_tiers import GOLD, SILVER, keys_by_name

MANAGER = User(2, "mia", "Mia", "manager", None)
HAIFA = User(3, "hana", "Hana", "manager", ("Haifa",))
VIEWER = User(4, "vera", "Vera", "viewer", None)
EVERYTHING = Scope.everything()


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def defined(appdb, truth):
    save_tiers(appdb, ADMIN, EVERYTHING, [GOLD, SILVER], expected=state(appdb), catalog=catalog_for(truth))
    return appdb


@pytest.fixture
def opened(monkeypatch, tmp_path, truth_url):
    def run(user: User = ADMIN) -> AppTest:
        at = page_run(monkeypatch, tmp_path, truth_url, "tiers", user=user)
        assert not at.exception, at.exception
        return at
    return run


def grids(at: AppTest) -> list[pd.DataFrame]:
    return [d.value for d in at.dataframe]


def labels(at: AppTest) -> list[str]:
    return [b.label for b in at.button]


def press(at: AppTest, key: str) -> AppTest:
    at = at.button(key=key).click().run()
    assert not at.exception, at.exception
    return at


def test_the_first_opening_offers_tiers_of_the_data_and_of_the_revenue(opened, appdb):
    at = opened()
    assert "No tiers are defined yet" in texts(at) and "gold: customers with revenue of 2,500 or more, in 12 months" in texts(at)
    assert "Gold: customers with revenue of 3,100 or more, in 12 months" in texts(at) and labels(at).count("Begin with these") == 2
    press(at, "tier_start_data")
    assert [t.name for t in list_tiers(appdb)] == ["gold", "silver"]


def test_an_overview_a_matrix_and_who_changes(opened, defined):
    at = opened(MANAGER)
    tiers, matrix, movers = grids(at)[:3]
    assert tiers["tier"].tolist() == ["gold", "silver", "No tier", "All customers"] and tiers["customers"].tolist() == [2, 1, 5, 8]
    assert tiers["revenue"].tolist() == [3730.3333, 325, 4990, 9045.3333] and tiers["rule"][0] == "Revenue from 1,000 in 12 months"
    assert tiers["terms"][0] == "discount 10% · 60 days to pay · price list A · Free delivery"
    assert matrix.iloc[:, 1:].values.tolist() == [[1, 1, 0, 2], [0, 1, 0, 1], [2, 2, 1, 5], [3, 4, 1, 8]]
    assert movers["name"].tolist() == ["Carmel North", "Jaffa Foods", "CANARY Zebra", "Avi Cohen", "Émile Durand"]
    told = {m.label: m.value for m in at.metric}
    assert (told["Up"], told["Down"], told["Into a tier"], told["Discounts a year"]) == ("0", "1", "4", "+₪390")
    assert "Apply: 5 customers change" in labels(at) and "Beside them former customers and others brought ₪110 of revenue" in texts(at).replace("\\", "")
    assert "runs" not in texts(at) and "Bring them into the data now" not in labels(at)


def test_moving_a_limit_shows_who_changes_and_is_kept_only_when_asked(opened, defined):
    at = opened()
    number = next(n for n in at.number_input if n.key.endswith("_0_0_n0"))
    assert number.value == 1000
    at = number.set_value(900.0).run()
    assert grids(at)[1].iloc[2, 1:].tolist() == [3, 1, 1, 5] and "Keep the limits only" in labels(at)
    at = press(at, "tier_back")
    assert grids(at)[1].iloc[2, 1:].tolist() == [2, 2, 1, 5] and "Keep the limits only" not in labels(at)
    number = next(n for n in at.number_input if "_0_0_n" in n.key)
    at = number.set_value(900.0).run()
    at = press(at, "tier_keep")
    assert list_tiers(defined)[0].conditions[0].values == ("900",) and runs(defined) == []
    slider = next(s for s in at.select_slider if "_0_0_s" in s.key)
    at = slider.set_value(2600.0).run()
    assert grids(at)[1].iloc[3, 1] == 1 and next(n for n in at.number_input if "_0_0_n" in n.key).value == 2600


def test_compared_with_the_rules_nothing_is_applied(opened, defined):
    at = opened()
    at = next(g for g in at.button_group if g.key == "tier_against").set_value("rules").run()
    assert not at.exception and grids(at)[1].iloc[-1, -1] == 8 and at.button(key="tier_apply").disabled


def test_a_part_of_the_firm_may_look_and_try_only(opened, defined):
    at = opened(HAIFA)
    assert grids(at)[0]["customers"].tolist() == [1, 1, 2] and "Tiers are the whole firm" in texts(at) and "Zebra" not in str(grids(at))
    assert not [b for b in at.button if b.key in ("tier_apply", "tier_add")] and at.button(key="tier_assign")


def test_who_sees_no_persons_sees_counts_alone_and_none_of_few(opened, defined):
    at = opened(VIEWER)
    assert len(grids(at)) == 1 and list(grids(at)[0].columns) == ["tier", "customers"] and (grids(at)[0]["customers"] < 0).all()
    assert "3 numbers are hidden" in texts(at) and not at.metric and not at.number_input


# Dialogs -----------------------------------------------------------------------------------------------------------------
def _dialog(module: str, function: str, maker: str) -> None:
    import importlib

    from crm_data.analysis.tiers_plan import board
    from crm_data.analysis.tiers_store import runs
    from crm_data.output.words import Words
    from pages import shell
    page = shell.make_page(next(s for s in shell.PAGES if s.name == "tiers"), shell.current_user(), Words("en"))
    found = board(page.appdb, page.warehouse, page.scope)
    given = {"nothing": (), "apply": (found, found.trial(), False), "run": (runs(page.appdb)[:1] or [None]), "gold": (found, "gold", True), "none": (found, "", True), "new": (found,)}[maker]
    if maker in ("gold", "new"):
        import streamlit as st

        from pages.parts import tier_editor
        if "tier_draft" not in st.session_state:
            tier_editor.begin(page, found.tiers[0] if maker == "gold" else None)
    getattr(importlib.import_module(f"pages.parts.{module}"), function)(page, *given)


@pytest.fixture
def dialog(opened, defined):
    def run(name: str, maker: str, user: User = ADMIN) -> AppTest:
        opened(user)
        module, function = name.split(".")
        at = AppTest.from_function(_dialog, kwargs={"module": module, "function": function, "maker": maker}, default_timeout=60).run()
        assert not at.exception, at.exception
        return at
    return run


def test_applying_names_the_counts_first_and_can_be_undone(dialog, defined, truth):
    before = current(defined, truth, EVERYTHING)
    at = dialog("tier_dialogs.apply_body", "apply")
    shown = texts(at).replace("\\", "")
    assert "5 customers change tier" in shown and "gold → silver: **1**" in shown and "No tier → gold: **2**" in shown
    at.text_input(key="tier_apply_why").set_value("yearly review")
    at = at.button(key="tier_apply_now").click().run()
    assert [(r.changed, r.why, r.who) for r in runs(defined)] == [(5, "yearly review", "Administrator")]
    undone = dialog("tier_dialogs.run_body", "run")
    assert "yearly review" in texts(undone)
    undone.button(key="tier_undo_now").click().run()
    assert runs(defined)[0].undone and current(defined, truth, EVERYTHING) == before
    assert "Undone by" in texts(dialog("tier_dialogs.run_body", "run"))


def test_one_customer_by_hand(dialog, defined, truth):
    at = dialog("tier_dialogs.assign_body", "nothing", MANAGER)
    at = at.text_input(key="tier_who").set_value("dov").run()
    key = keys_by_name(truth)["Dov Katz"]
    assert "Now: No tier" in texts(at)
    at = at.selectbox(key=f"tier_to_{key}").set_value("silver").run()
    at = at.button(key=f"tier_put_{key}").click().run()
    assert "Say why" in "".join(e.value for e in at.error) and runs(defined) == []
    at.text_input(key=f"tier_why_{key}").set_value("a friend")
    at.button(key=f"tier_put_{key}").click().run()
    assert current(defined, truth, EVERYTHING, [key])[key].why == "a friend"


def test_a_tier_opened_shows_its_customers_and_is_changed(dialog, defined):
    at = dialog("tier_editor.tier_body", "gold")
    assert grids(at)[0]["name"].tolist() == ["Carmel Ltd", "Avi Cohen"] and at.toggle[0].value
    at = next(g for g in at.button_group if g.key.startswith("tier_view")).set_value("change").run()
    assert not at.exception and next(n for n in at.number_input if n.key.startswith("tier_discount")).value == 10
    next(n for n in at.number_input if n.key.startswith("tier_discount")).set_value(12.5)
    next(n for n in at.number_input if n.key.startswith("seg_")).set_value(1500.0)
    next(b for b in at.button if b.key.startswith("tier_save")).click().run()
    gold, silver = list_tiers(defined)
    assert str(gold.terms.discount) == "12.50" and gold.conditions[0].values == ("1500",) and gold.terms.offers == ("Free delivery",) and silver == SILVER
    at = dialog("tier_editor.tier_body", "gold")
    at = next(g for g in at.button_group if g.key.startswith("tier_view")).set_value("versions").run()
    assert grids(at)[0]["discount"].tolist() == ["12.5%", "10%"]
    assert len(grids(dialog("tier_editor.tier_body", "none"))[0]) == 5


def test_a_new_tier(dialog, defined):
    at = dialog("tier_editor.new_body", "new")
    next(t for t in at.text_input if t.key.startswith("tier_name")).set_value("Bronze")
    at = next(g for g in at.button_group if g.key.startswith("tier_way")).set_value("rest").run()
    next(b for b in at.button if b.key.startswith("tier_save")).click().run()
    assert [(t.name, t.conditions) for t in list_tiers(defined)][2] == ("Bronze", ())


def test_a_name_is_never_markup(opened, appdb, truth):
    from dataclasses import replace
    save_tiers(appdb, ADMIN, EVERYTHING, [replace(GOLD, name="**x** <b>[a](http://b)")], expected=state(appdb), catalog=catalog_for(truth))
    at = opened()
    assert "<b>" not in texts(at) and "[a](http" not in texts(at)


def test_the_page_in_hebrew_and_on_no_data_of_the_last_year(monkeypatch, tmp_path, truth_url, defined):
    at = page_run(monkeypatch, tmp_path, truth_url, "tiers", user=User(1, "admin", "Administrator", "administrator", None, "he"))
    assert not at.exception and grids(at)[0].shape[0] == 4
