"""The shell: nothing without a user, roles decide pages, a broken part stays a part, choices change what is shown."""
from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.accounts import users
from crm_data.errors import InputError
from crm_data.model.appdb import open_appdb
from pages.parts import sign_in

SHELL = Path(__file__).parents[1] / "pages" / "shell.py"


@pytest.fixture
def engine(tmp_path, monkeypatch, truth_url):
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", truth_url)
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def enter(engine, monkeypatch):
    """A function that opens the shell as a new user of a role, or as nobody."""
    def open_(role: str | None, **query) -> AppTest:
        user = users.add_user(engine, f"u-{role}", role=role, full_name="Dana Levi") if role else None
        monkeypatch.setattr(sign_in, "session_user", lambda *_: user)
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        return app.run()
    return open_


@pytest.fixture
def today(monkeypatch):
    """Stands for the first page; ``calls`` says what it was given."""
    module, module.calls = ModuleType("pages.today"), []
    module.render = module.calls.append
    monkeypatch.setitem(sys.modules, "pages.today", module)
    return module


def written(app: AppTest) -> str:
    kinds = (app.title, app.markdown, app.caption, app.warning, app.error, app.text)
    return "\n".join(str(e.value) for kind in kinds for e in kind)


def test_a_visitor_sees_the_way_in_and_no_page_runs(enter, today):
    app = enter(None, period="last_year")
    assert not app.exception and "You are signed out" in written(app)
    assert today.calls == [] and not app.button and not app.date_input and not app.sidebar.button


def test_a_page_is_given_who_asks_what_they_may_see_and_the_choices(enter, today):
    app = enter("viewer", period="last_year", f=["branch:is:Haifa"])
    assert not app.exception and [t.value for t in app.title] == ["Today"]
    page = today.calls[-1]
    assert (page.user.role, page.scope.personal, page.period.name, page.compare) == ("viewer", False, "last_year", "last_year")
    assert [f.to_text() for f in page.filters] == ["branch:is:Haifa"] and page.theme in ("light", "dark")
    assert "Data to" in written(app)


def test_choices_change_what_the_next_run_is_given(enter, today):
    app = enter("manager")
    assert today.calls[-1].period.name == "month_to_date" and today.calls[-1].compare == "last_year"
    app.radio[0].set_value("none").run()
    app.get("button_group")[0].set_value("year_to_date").run()
    assert (today.calls[-1].compare, today.calls[-1].period.name) == ("none", "year_to_date")
    app.query_params.clear()
    app.run()
    assert (today.calls[-1].compare, today.calls[-1].period.name) == ("last_year", "month_to_date")


def test_the_link_to_share_carries_the_choices(enter, today):
    app = enter("manager", period="last_year", f=["branch:is:Haifa"])
    assert "?period=last_year&f=branch%3Ais%3AHaifa" in app.code[0].value


def test_a_user_who_is_signed_out_meanwhile_sees_nothing_at_the_next_run(enter, today, monkeypatch):
    app = enter("manager")
    assert len(today.calls) == 1
    monkeypatch.setattr(sign_in, "session_user", lambda *_: None)
    app.run()
    assert len(today.calls) == 1 and "You are signed out" in written(app) and not app.date_input


@pytest.mark.parametrize("error", [ZeroDivisionError("secret detail"), RuntimeError("secret detail"), KeyError("secret detail")])
def test_an_unexpected_error_is_a_calm_sentence_with_a_number(enter, today, error, caplog):
    def broken(page):
        raise error
    today.render = broken
    app = enter("manager")
    assert not app.exception and [t.value for t in app.title] == ["Today"], "the head and the strip stay"
    assert "Tell your administrator the number" in written(app) and "secret detail" not in written(app)
    number = written(app).split("the number ")[1].split(".")[0]
    assert any(number in record.getMessage() and record.exc_info for record in caplog.records)


def test_a_known_error_is_its_sentence(enter, today):
    def refused(page):
        raise InputError("There is no {thing} here.", thing="moon")
    today.render = refused
    app = enter("manager")
    assert "There is no moon here." in written(app) and not app.exception


def test_no_warehouse_is_said_with_what_to_do(enter, today, monkeypatch, tmp_path):
    monkeypatch.setenv("MABAT_WAREHOUSE", f"duckdb:///{tmp_path / 'nothing'}")
    app = enter("manager")
    assert not app.exception and today.calls == [] and [w.value for w in app.warning]


def test_every_page_of_the_menu_has_an_address_for_everybody_and_people_is_hidden(monkeypatch):
    source = SHELL.read_text(encoding="utf-8")
    assert source.count("st.set_page_config") == source.count("st.navigation(") == 1
    assert source.index("st.set_page_config") < source.index("st.navigation(")
    assert not (SHELL.parent / "pages").exists(), "a folder pages beside the script would be served without the shell"
