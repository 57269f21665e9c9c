"""Draws every page of the demonstration firm in every language: desktop light and dark, and phone. ``make screenshots`` writes to screenshots/.

``--docs`` writes the pictures of the README to docs/images instead.
"""
from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PAGES = {"today": "/", "review": "/review", "segments": "/segments?period=year_to_date", "explore": "/explore", "targets": "/targets", "team": "/team?period=last_month", "rankings": "/rankings?period=last_12_months", "worth": "/worth?period=last_12_months",
         "customer_find": "/customer", "customer": "/customer?id={customer}", "tiers": "/tiers", "pipeline": "/pipeline", "opportunity": "/pipeline?id=400000007000", "data": "/data", "people": "/people"}
KINDS = {"light": {"viewport": {"width": 1366, "height": 900}, "color_scheme": "light"},
         "dark": {"viewport": {"width": 1366, "height": 900}, "color_scheme": "dark"},
         "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "is_mobile": True, "has_touch": True, "user_agent": "Mozilla/5.0 (Linux; Android 14) Mobile Mobi"}}
LANGUAGES = {"en": "en-GB", "he": "he-IL", "fa": "fa-IR"}
#: What the READMEs show: in English, and in the other languages.
SHOWN = {"en": ("today", "segments", "explore", "targets", "rankings", "worth", "customer"), "he": ("today", "explore", "targets", "customer"), "fa": ("today", "explore", "targets", "customer")}


def browser_path() -> str:
    import shutil
    found = next((b for b in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if b), None)
    return found or sys.exit("No Chromium: run make test once, or install the system's package chromium.")


def serve(home: Path) -> tuple[subprocess.Popen, str]:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    environment = {**os.environ, "MABAT_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", "crm_data", "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(400):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=2).close()
            return process, f"http://localhost:{port}"
        except OSError:
            time.sleep(0.25)
    process.kill()
    sys.exit("The server did not start.")


def entry(home: Path, url: str) -> tuple[str, int]:
    """A one-time link, and the customer with the most revenue."""
    os.environ["MABAT_HOME"] = str(home)
    from crm_data.accounts.sessions import make_ticket
    from crm_data.accounts.users import ensure_administrator
    from crm_data.cuts.access import Scope
    from crm_data.cuts.cut import Cut
    from crm_data.cuts.query import ask
    from crm_data.model.appdb import open_appdb
    from crm_data.model.snapshots import open_store
    from crm_data.settings import load_settings
    settings = load_settings()
    engine = open_appdb(settings.appdb)
    subprocess.run([sys.executable, "-m", "crm_data", "review", "create"], cwd=ROOT, env={**os.environ, "MABAT_HOME": str(home)}, capture_output=True, check=False)
    best = ask(Cut(("revenue",), ("customer",), limit=1), open_store(settings.warehouse).warehouse(), scope=Scope.everything()).rows
    return f"{url}/auth/enter?ticket={make_ticket(engine, ensure_administrator(engine), timedelta(minutes=5))}", int(best["customer_id"].iloc[0])


def whole_height(page) -> int:
    return int(page.evaluate("(() => { const m = document.querySelector('[data-testid=stMain]'); return m ? m.scrollHeight : 900; })()"))


def draw(page, url: str, path: str, out: Path, options: dict, full: bool) -> None:
    page.set_viewport_size(options["viewport"])
    page.goto(url + path)
    page.wait_for_selector(READY, timeout=90_000)
    page.wait_for_timeout(1500)
    if full:
        page.set_viewport_size({"width": options["viewport"]["width"], "height": min(whole_height(page) + 10, 3200)})
        page.wait_for_timeout(1200)
    page.screenshot(path=str(out))


def wanted(docs: bool) -> list[tuple[str, str, str]]:
    """(language, kind, page) of every picture."""
    found = [(language, kind, name) for language in LANGUAGES for kind in KINDS for name in PAGES if language == "en" or kind != "dark"]
    return [(w, k, n) for w, k, n in found if not docs or (n in SHOWN[w] and (k == "light" or (w, k, n) == ("en", "dark", "today")))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a Mabat home to draw; default: a new demonstration firm")
    parser.add_argument("--docs", action="store_true", help="write the pictures of the READMEs to docs/images")
    asked = parser.parse_args()
    from playwright.sync_api import sync_playwright
    out = ROOT / ("docs/images" if asked.docs else "screenshots")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = (asked.home or Path(folder)).resolve()
        server, url = serve(home)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
                pictures = wanted(asked.docs)
                for language, kind in dict.fromkeys((w, k) for w, k, _ in pictures):
                    link, customer = entry(home, url)
                    context = browser.new_context(locale=LANGUAGES[language], **KINDS[kind])
                    page = context.new_page()
                    page.goto(link)
                    for name in (n for w, k, n in pictures if (w, k) == (language, kind)):
                        target = out / f"{name}_{kind}{'' if language == 'en' else '_' + language}.png"
                        draw(page, url, PAGES[name].format(customer=customer), target, KINDS[kind], full=not asked.docs)
                        print(target.relative_to(ROOT))
                    context.close()
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


if __name__ == "__main__":
    main()
