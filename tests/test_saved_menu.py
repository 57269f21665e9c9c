"""Saving and opening by clicking: versions, two tabs, a vanished measure mended in one click, pins on Today."""
from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import update

from crm_data.accounts.users import add_user, ensure_administrator
from crm_data.analysis import saved_cuts as sc
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.model import appdb
from tests.dialog_runs import dialog_run
from tests.page_runs import ADMIN, page_run, texts

LINK = {"m": "revenue", "by": "branch", "period": "last_12_months"}
LAST = Period.named("last_12_months", date(2026, 11, 20))


@pytest.fixture
def engine(tmp_path):
    engine = appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")
    assert ensure_administrator(engine).id == ADMIN.id
    return engine


@pytest.fixture
def save(monkeypatch, tmp_path, truth_url, engine):
    """Opens the dialog that saves what an address shows."""
    return lambda query=LINK, user=ADMIN: dialog_run(monkeypatch, tmp_path, truth_url, "saved_menu.save_body", user=user, query=query)


@pytest.fixture
def listed(monkeypatch, tmp_path, truth_url, engine):
    """Opens the dialog of saved cuts."""
    return lambda user=ADMIN: dialog_run(monkeypatch, tmp_path, truth_url, "saved_list.list_body", user=user, query={"m": "orders", "by": "city"})


def warned(at) -> str:
    return "\n".join(str(w.value) for kind in ("warning", "info") for w in getattr(at, kind)).replace("\\", "")


def said(at) -> str:
    return texts(at).replace("\\", "")


def asked(at, key: str) -> str:
    """What the address says now."""
    value = at.query_params[key]
    return value if isinstance(value, str) else value[-1]


def go_buttons(at) -> list[str]:
    return [b.key for b in at.button if str(b.key).startswith("saved_go_")]


def test_explore_has_the_buttons_and_opens_the_dialogs(monkeypatch, tmp_path, truth_url, engine):
    at = page_run(monkeypatch, tmp_path, truth_url, "explore", user=ADMIN, query=LINK)
    for key in ("saved_save", "saved_open", "segment_open"):
        assert not at.button(key).click().run().exception
    at.button("saved_open").click().run()
    assert "Nothing is saved yet" in said(at)


def test_what_is_on_the_screen_is_saved_under_a_name_and_opened_again(save, listed, engine):
    at = save()
    assert at.text_input("saved_name").value == "Revenue by branch" and "last 12 months. It moves with time." in said(at)
    at.toggle("saved_shared").set_value(True).run()
    at.button("saved_do").click().run()
    kept, = sc.list_cuts(engine, ADMIN)
    assert (kept.name, kept.shared, kept.version) == ("Revenue by branch", True, 1) and kept.link["period"] == ["last_12_months"]
    other = listed()
    assert "Revenue by branch · last 12 months" in said(other)
    other.button(go_buttons(other)[0]).click().run()
    assert not other.exception and asked(other, "m") == "revenue" and asked(other, "by") == "branch"


def test_saving_again_is_the_next_version_and_says_so_before(save, engine):
    at = save()
    at.text_input("saved_name").set_value("A").run()
    at.button("saved_do").click().run()
    assert "version 1 by Administrator" in warned(at) and at.button("saved_do").label == "Save as version 2"
    at.button("saved_do").click().run()
    assert [v.version for v in sc.history(engine, ADMIN, 1)] == [2, 1]


def test_a_second_tab_saving_the_same_name_gets_a_sentence_and_nothing_is_lost(save, engine):
    one, two = save(), save({"m": "orders"})
    for tab in (one, two):
        tab.text_input("saved_name").set_value("Same").run()
    one.button("saved_do").click().run()
    two.button("saved_do").click().run()
    assert "“Same” has been saved meanwhile" in warned(two) and len(sc.history(engine, ADMIN, 1)) == 1
    two.button("saved_do").click().run()
    assert [json.loads(v.text)["m"] for v in sc.history(engine, ADMIN, 1)] == [["orders"], ["revenue"]], "told, then on top of it"
    one.run()
    one.button("saved_do").click().run()
    assert "is now version 2" in warned(one) and len(sc.history(engine, ADMIN, 1)) == 2
    one.button("saved_do").click().run()
    assert len(sc.history(engine, ADMIN, 1)) == 3


def test_a_vanished_measure_is_said_and_mended_with_one_click(listed, engine):
    kept = sc.save_cut(engine, ADMIN, name="Old", cut=Cut(("revenue",), ("branch",), LAST), fig="bars")
    with engine.begin() as connection:
        connection.execute(update(appdb.saved_cut).values(cut=kept.text.replace("revenue", "net_revenue")))
    at = listed()
    assert "Gone since it was saved: the measure “net revenue”." in warned(at) and at.button("saved_go_1").disabled
    assert at.button("saved_mend_1").label.replace("\\", "") == "Mend: Revenue"
    at.button("saved_mend_1").click().run()
    assert not at.exception and asked(at, "m") == "revenue" and asked(at, "fig") == "bars"
    assert [(v.version, v.what) for v in sc.history(engine, ADMIN, 1)] == [(2, "mended"), (1, "saved")]


def test_versions_are_looked_at_and_restored(listed, engine):
    first = sc.save_cut(engine, ADMIN, name="A", cut=Cut(("revenue",), ("branch",)))
    sc.save_version(engine, ADMIN, first.id, Cut(("orders",)), expected=1)
    at = listed()
    at.session_state["saved_pane"] = ("history", first.id)
    at.run()
    assert "Version 2" in said(at) and "Version 1" in said(at) and "Revenue by branch" in said(at)
    at.button("saved_restore_1").click().run()
    assert sc.get_cut(engine, ADMIN, first.id).text == first.text and "restored from version 1" in said(at)
    at.button("saved_look_2").click().run()
    assert asked(at, "m") == "orders"


def test_names_folders_and_sharing_are_changed_and_deletion_is_undone(listed, engine):
    first, second = (sc.save_cut(engine, ADMIN, name=n, cut=Cut(("revenue",))) for n in "AB")
    at = listed()
    at.session_state["saved_pane"] = ("edit", first.id)
    at.run()
    at.text_input(f"saved_rename_{first.id}").set_value("B").run()
    at.button(f"saved_changed_{first.id}").click().run()
    assert "already have a saved cut “B”" in warned(at)
    at.text_input(f"saved_rename_{first.id}").set_value("C")
    at.toggle(f"saved_share_{first.id}").set_value(True)
    at.button(f"saved_changed_{first.id}").click().run()
    assert [(s.name, s.shared) for s in sc.list_cuts(engine, ADMIN)] == [("B", False), ("C", True)]
    sc.delete_cut(engine, ADMIN, second.id)
    at.session_state["saved_deleted"] = (second.id, "B")
    at.run()
    assert "“B” was deleted." in said(at)
    at.button("saved_undo").click().run()
    assert len(go_buttons(at)) == 2


def test_the_menu_pins_deletes_and_says_what_is_refused(engine, monkeypatch):
    from types import SimpleNamespace

    import streamlit as st

    from crm_data.output.words import Words
    from pages.parts import saved_list
    state: dict = {}
    monkeypatch.setattr(st, "session_state", state)
    kept = sc.save_cut(engine, ADMIN, name="A", cut=Cut(("revenue",)), shared=True)
    page = SimpleNamespace(appdb=engine, user=ADMIN, words=Words("en"))
    for action, pinned in (("pin_today", ("today",)), ("pin_review", ("today", "review")), ("unpin_today", ("review",))):
        saved_list.act(page, sc.get_cut(engine, ADMIN, kept.id), action)
        assert sc.get_cut(engine, ADMIN, kept.id).pinned == pinned
    omer = add_user(engine, "omer", role="manager")
    saved_list.act(SimpleNamespace(appdb=engine, user=omer, words=Words("en")), sc.get_cut(engine, omer, kept.id), "delete")
    assert "Administrator’s" in state["saved_error"] and sc.list_cuts(engine, ADMIN)
    saved_list.act(page, kept, "delete")
    assert state["saved_deleted"] == (kept.id, "A") and not sc.list_cuts(engine, ADMIN)


def test_colleagues_see_shared_ones_without_the_right_to_change_them(save, listed, engine):
    vera = add_user(engine, "vera", role="viewer", full_name="Vera")
    sc.save_cut(engine, ADMIN, name="For all", cut=Cut(("revenue",), ("branch",)), shared=True)
    sc.save_cut(engine, ADMIN, name="Private", cut=Cut(("revenue",)))
    at = listed(vera)
    assert go_buttons(at) == ["saved_go_1"] and "of Administrator" in said(at)
    at = save(user=vera)
    assert at.toggle("saved_shared").disabled
    at.text_input("saved_name").set_value("For all").run()
    at.button("saved_do").click().run()
    assert [(s.name, s.author) for s in sc.list_cuts(engine, vera)] == [("For all", "Administrator"), ("For all", "Vera")], "her own beside it"


def test_hostile_names_stay_words(listed, engine):
    for name in ("<img src=x onerror=alert(1)>", "![x](http://evil)", "**bold** :material/delete: $x$"):
        sc.save_cut(engine, ADMIN, name=name, cut=Cut(("revenue",)), folder=name[:60])
    at = listed()
    labels = [b.label for b in at.button if str(b.key).startswith("saved_go_")]
    assert len(labels) == 3 and all("\\<" in x or "\\!\\[" in x or "\\*\\*bold" in x for x in labels)


# Today --------------------------------------------------------------------------------------------------------------
def test_pinned_cuts_stand_on_today_with_a_way_into_explore(monkeypatch, tmp_path, truth_url, engine):
    sc.save_cut(engine, ADMIN, name="My branches", cut=Cut(("revenue",), ("branch",), LAST), pinned=["today"])
    sc.save_cut(engine, ADMIN, name="Not here", cut=Cut(("revenue",), ("city",)), pinned=["review"])
    gone = sc.save_cut(engine, ADMIN, name="Broken", cut=Cut(("orders",)), pinned=["today"])
    with engine.begin() as connection:
        connection.execute(update(appdb.saved_cut).where(appdb.saved_cut.c.id == gone.id).values(cut='{"m": ["zzz"]}'))
    at = page_run(monkeypatch, tmp_path, truth_url, "today", user=ADMIN)
    shown = said(at)
    assert not at.exception and "## My branches" in shown and "Not here" not in shown
    assert "Needs mending" in shown and "the measure “zzz”" in shown
    at.button("explore_pinned_1").click().run()
    name, query = at.opened.calls[0]
    assert name == "explore" and query["m"] == ["revenue"] and query["period"] == ["last_12_months"]
