"""A real server on a free port over the truth database, and a real Chromium."""
from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BROWSER = next((b for b in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if b), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
AT_REST = """({ready, rest}) => {
  const quiet = document.querySelector(ready) && !document.querySelector('[data-stale="true"], [data-testid=stSkeleton]');
  if (!quiet) { window.restingSince = null; return false; }
  window.restingSince ??= performance.now();
  if (performance.now() - window.restingSince < rest) return false;
  window.restingSince = null;
  return true;
}"""
PASSWORD = "correct horse battery staple"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items) -> None:
    for item in items:
        # Each question of direction is asked of one language and width in every run; of all pairs in the full run.
        if item.fspath.basename == "test_rtl.py" and _pair(item) is not None and _pair(item) != (("he", "390"), ("fa", "1366"))[len(item.originalname) % 2]:
            item.add_marker(pytest.mark.slow)
        if "browser" in Path(str(item.fspath)).parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def _pair(item) -> tuple[str, str] | None:
    """(language, width) a test is asked of; None for those that have no such pair."""
    given = set(item.name.partition("[")[2].rstrip("]").split("-"))
    language, width = given & {"he", "fa"}, given & {"390", "1366"}
    return (language.pop(), width.pop()) if language and width else None


@dataclass(frozen=True)
class Server:
    """A dashboard that runs: its address, home, and the way in without a password."""

    url: str
    home: Path
    process: subprocess.Popen

    @property
    def appdb(self):
        from crm_data.model.appdb import open_appdb
        return open_appdb(f"sqlite:///{self.home / 'app.db'}")

    def ticket(self, name: str = "admin") -> str:
        from crm_data.accounts.sessions import make_ticket
        from crm_data.accounts.users import find_user
        return f"{self.url}/auth/enter?ticket={make_ticket(self.appdb, find_user(self.appdb, name), timedelta(minutes=5))}"


def start(home: Path, warehouse: str) -> Server:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = {**os.environ, "MABAT_HOME": str(home), "MABAT_WAREHOUSE": warehouse}
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "crm_data", "serve", "--no-demo", "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://localhost:{port}"
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                return Server(url, home, process)
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.25)
    process.kill()
    raise RuntimeError(f"the server did not start: {(home / 'server.log').read_text()[-2000:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory, truth_url):
    """One server for the session, with users dana (manager of one branch), vera (viewer) and admin."""
    from crm_data.accounts.users import add_user, ensure_administrator
    from crm_data.model.appdb import open_appdb
    home = tmp_path_factory.mktemp("served")
    engine = open_appdb(f"sqlite:///{home / 'app.db'}")
    ensure_administrator(engine)
    add_user(engine, "dana", role="manager", full_name="Dana Levi", password=PASSWORD)
    add_user(engine, "vera", role="viewer", full_name="Vera Stein", password=PASSWORD)
    running = start(home, truth_url)
    yield running
    running.process.terminate()
    running.process.wait(10)


@pytest.fixture(scope="session")
def chromium():
    if BROWSER is None:
        pytest.skip("no Chromium: install the system's package chromium")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium):
    """A function that opens a page in a context of its own; ``page.requested`` lists every address it asked for."""
    contexts = []

    def open_(**options):
        context = chromium.new_context(**{"viewport": {"width": 1366, "height": 900}, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.requested = []
        page.on("request", lambda r: page.requested.append(r.url))
        return page
    yield open_
    for context in contexts:
        context.close()


def ready(page) -> None:
    """Wait until the script has run to its end, nothing more is being drawn, and it stays so for a while.

    Between two runs that follow each other (an address being completed, a page switched) the page is at rest for a moment: one look is not enough.
    """
    page.wait_for_selector(READY)
    page.wait_for_function(AT_REST, arg={"ready": READY, "rest": 400})


@pytest.fixture
def signed_in(new_page, server):
    """A function that signs somebody in and opens an address."""
    def open_(path: str = "/", name: str = "admin", **options):
        page = new_page(**options)
        page.goto(server.ticket(name))
        page.goto(server.url + path)
        ready(page)
        return page
    return open_
