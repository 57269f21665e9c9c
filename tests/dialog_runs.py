"""Runs the inside of a dialog by itself: a browser runs a dialog alone too, while AppTest would run the whole page and lose it."""
from __future__ import annotations

from streamlit.testing.v1 import AppTest

from crm_data.accounts.users import User, ensure_administrator
from crm_data.model.appdb import open_appdb
from tests.page_runs import ADMIN


def _script(module: str, function: str, with_cut: bool) -> None:
    import importlib

    from crm_data.output.words import Words
    from pages import shell
    from pages.parts import explore_state
    user = shell.current_user()
    page = shell.make_page(next(s for s in shell.PAGES if s.name == "explore"), user, Words("en"))
    page, explored = explore_state.read(page)
    inside = getattr(importlib.import_module(module), function)
    inside(page, explored.cut, explored.fig) if with_cut else inside(page)


def dialog_run(monkeypatch, tmp_path, url: str, name: str, *, user: User = ADMIN, query: dict | None = None, state: dict | None = None) -> AppTest:
    """The dialog ``module.function`` of ``pages.parts`` over Explore at ``query``, run once; ``save_body`` is given the cut."""
    from pages import shell
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setattr(shell, "current_user", lambda: user)
    ensure_administrator(open_appdb(f"sqlite:///{tmp_path / 'app.db'}"))
    module, function = name.split(".")
    at = AppTest.from_function(_script, kwargs={"module": f"pages.parts.{module}", "function": function, "with_cut": function == "save_body"}, default_timeout=60)
    for key, value in (query or {}).items():
        at.query_params[key] = value
    for key, value in (state or {}).items():
        at.session_state[key] = value
    at = at.run()
    assert not at.exception, at.exception
    return at
