"""The fifty cuts in a real browser, from the change of the address to the painted page: anew, and again from the cache.

``python -m bench.browser`` starts its own server on the data of ``MABAT_HOME`` and an own headless Chromium.
"""
from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlencode

from bench.explore import CUTS, cut_of, percentile

#: From the change of the address to the second frame after the page's script has ended with another text on the page; it counts as ended
#: when nothing more has begun for a fifth of a second (which is not counted).
STEP = """(url) => new Promise((done, failed) => {
  const idle = () => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
  const text = () => document.querySelector('[data-testid=stMain]').textContent
  const before = text(), t0 = performance.now(); let ended = 0
  history.pushState({}, '', url); window.dispatchEvent(new PopStateEvent('popstate'))
  const look = () => {
    const now = performance.now()
    if (!idle() || text() === before) ended = 0
    else if (!ended) { ended = now; requestAnimationFrame(() => requestAnimationFrame(() => { if (ended) ended = performance.now() })) }
    else if (now - ended > 200) return done(ended - t0)
    if (now - t0 > 60000) return failed(new Error('not painted within a minute: ' + url))
    setTimeout(look, 4)
  }
  look()
})"""
OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@contextmanager
def served() -> Iterator[str]:
    """The address of a server of our own on this home's data."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "crm_data", "serve", "--no-demo", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=1)
                break
            except OSError:
                time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def entrance(address: str) -> str:
    """A link that signs the administrator in once."""
    from crm_data.accounts.sessions import make_ticket
    from crm_data.accounts.users import ensure_administrator
    from crm_data.model.appdb import open_appdb
    from crm_data.settings import load_settings

    engine = open_appdb(load_settings().appdb)
    return f"{address}/auth/enter?ticket={make_ticket(engine, ensure_administrator(engine), timedelta(minutes=10))}"


def measure() -> Iterator[tuple[str, float, float]]:
    """(cut, milliseconds anew, milliseconds again) of each of the fifty cuts."""
    from playwright.sync_api import sync_playwright

    from crm_data.model.snapshots import open_store
    from crm_data.settings import load_settings

    settings = load_settings()
    warehouse = open_store(settings.warehouse, **settings.place).warehouse()
    links = [(text, "/explore?" + urlencode(cut_of(text, warehouse).to_link(), doseq=True)) for text in CUTS]
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=list(OPTIONS))
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.goto(entrance(address))
        page.goto(f"{address}/explore")
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        page.wait_for_selector(".js-plotly-plot", timeout=60_000)
        for text, link in links:
            times = []
            for address_now in (link, "/explore", link, "/explore"):
                # What the page still does after its last run is not part of the next step.
                page.wait_for_timeout(400)
                times.append(page.evaluate(STEP, address_now))
            yield text, times[0], times[2]
        browser.close()


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    found = []
    for text, new, again in measure():
        found.append((new, again))
        print(f"{new:8.0f} ms anew {again:8.0f} ms again  {text}", flush=True)
    for name, values in (("anew", [n for n, _ in found]), ("again", [a for _, a in found])):
        print(f"{name}: median {percentile(values, 0.5):.0f} ms, p95 {percentile(values, 0.95):.0f} ms, slowest {max(values):.0f} ms of {len(values)} cuts")


if __name__ == "__main__":
    main()
