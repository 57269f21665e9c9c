"""Runs one page as a signed-in user would see it, without a browser: AppTest over the shell's own page function."""
from __future__ import annotations

from dataclasses import dataclass, field

from streamlit.testing.v1 import AppTest

from crm_data.accounts.users import User, ensure_administrator
from crm_data.model.appdb import open_appdb

ADMIN = User(1, "admin", "Administrator", "administrator", None)


@dataclass
class Opened:
    """Pages a run wanted to go to."""

    calls: list = field(default_factory=list)


def _script(name: str) -> None:
    from pages import shell
    spec = next(s for s in shell.PAGES if s.name == name)
    shell.show(spec)()


def page_run(monkeypatch, tmp_path, url: str, name: str, *, user: User | None = ADMIN, query: dict | None = None, timeout: float = 60) -> AppTest:
    """An AppTest of page ``name`` on the warehouse ``url``, run once. ``at.opened`` lists pages it wanted to go to."""
    from pages import shell
    from pages.parts import state
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    monkeypatch.setenv("MABAT_WAREHOUSE", url)
    monkeypatch.setenv("MABAT_APPDB", f"sqlite:///{tmp_path / 'app.db'}")
    monkeypatch.setattr(shell, "current_user", lambda: user)
    ensure_administrator(open_appdb(f"sqlite:///{tmp_path / 'app.db'}"))
    opened = Opened()
    monkeypatch.setattr(state, "open_page", lambda page, query=None: opened.calls.append((page, dict(query or {}))))
    at = AppTest.from_function(_script, kwargs={"name": name}, default_timeout=timeout)
    for key, value in (query or {}).items():
        at.query_params[key] = value
    at.opened = opened
    return at.run()


def texts(at: AppTest) -> str:
    """All words a run put on the screen."""
    return "\n".join(str(e.value) for kind in ("title", "markdown", "caption", "warning", "error", "success", "text") for e in getattr(at, kind))
