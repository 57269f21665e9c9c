"""The search as it is drawn: what fits, what was found, what to do when nobody does; and the same from any page."""
from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.analysis.found import Found
from crm_data.model.appdb import open_appdb
from crm_data.output.words import Words
from pages.parts.find_box import row_text
from tests.page_runs import page_run
from tests.single_page import run_page, texts


@pytest.fixture
def appdb(tmp_path):
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def test_nothing_is_typed_and_nobody_was_opened_yet(truth, appdb):
    said = texts(run_page("customer", truth, appdb))
    assert "Nobody opened yet" in said


@pytest.mark.parametrize(("typed", "said"), [("כהן", "Avi Cohen"), ("052-1234567", "call: 052-1234567"), ("rina azul", "person: Rina Azul"), ("levi", "customer found"), ("Jafa Gooods", "No exact match; these are alike"),
                                             ("qqzzxx", "Nobody fits “qqzzxx”")])
def test_what_fits_is_shown_with_what_was_found(truth, appdb, typed, said):
    app = run_page("customer", truth, appdb)
    app.text_input("customer_find").set_value(typed).run()
    assert not app.exception and said.lower() in texts(app).lower().replace("material/", "")


def test_an_address_can_hold_what_is_searched(truth, appdb):
    app = run_page("customer", truth, appdb, query={"q": "cohen"})
    assert app.text_input("customer_find").value == "cohen" and "Avi Cohen" in texts(app)


def test_a_row_is_text_whatever_the_customer_is_called():
    row = row_text(Words("en"), Found(1, "C-1", "[x](http://evil) **b**", "<b>", ":red[x]", None, False, "phone", "`0501`"))
    assert row.startswith("**\\[x\\](http") and "\\<b\\>" in row and "\\:red" in row and "\\`0501\\`" in row
    assert row_text(Words("en"), Found(1, "C-1", "Ann", "Ann", None, None)) == "**Ann** :gray[C-1]"
    told = row_text(Words("he", demo=True), Found(1, "C-1", "Ann", None, "Haifa", "Haifa"))
    assert told == "**\u2068Ann\u2069** :gray[\u2068C-1\u2069 · חיפה]"


def test_quick_find_stands_on_every_page(monkeypatch, tmp_path, truth_url):
    app = page_run(monkeypatch, tmp_path, truth_url, "data")
    assert not app.exception and "quick_find" in [b.key for b in app.button]


def test_whoever_may_see_numbers_only_is_offered_no_search():
    def script() -> None:
        from types import SimpleNamespace

        from crm_data.cuts.access import Scope
        from crm_data.output.words import Words
        from pages.parts.find_box import quick_find
        quick_find(SimpleNamespace(scope=Scope(None, None, False), words=Words("en")))
    app = AppTest.from_function(script).run()
    assert not app.exception and not app.button
