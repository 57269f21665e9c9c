"""Opening a customer in a real browser: from the change of the address to the first events painted, each customer for the first time.

``python -m bench.customer`` starts its own server on the data of ``MABAT_HOME`` (written to is only a copy of its application
database) and an own headless Chromium. ``--long 5000`` adds a customer with that many events, in a warehouse of its own.
"""
from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.browser import OPTIONS, entrance, served
from bench.explore import percentile

#: From the change of the address to the second frame after another story than before has rows; then the page may end its run.
OPEN = """(url) => new Promise((done, failed) => {
  const story = () => { for (const e of document.querySelectorAll('[data-testid^=stBidi], [data-testid^=stBidi] *')) { const t = e.shadowRoot?.querySelector('.tl'); if (t) return t } }
  const before = url ? story()?.dataset.story : undefined, t0 = performance.now()
  if (url) { history.pushState({}, '', url); window.dispatchEvent(new PopStateEvent('popstate')) }
  const look = () => {
    const now = story()
    if (now && now.dataset.story !== before && now.querySelector('article')) {
      return requestAnimationFrame(() => requestAnimationFrame(() => done({ms: performance.now() - (url ? t0 : 0), made: +now.dataset.ms, events: now.querySelector('[role=status]').textContent})))
    }
    if (performance.now() - t0 > 60000) return failed(new Error('no events within a minute: ' + url))
    setTimeout(look, 4)
  }
  look()
})"""
#: Scrolls the list to its end, 400 pixels a frame; the waits between frames tell whether it runs smoothly, and blank ones whether rows came in time.
SCROLL = """() => new Promise((done) => {
  const list = [...document.querySelectorAll('[data-testid^=stBidi], [data-testid^=stBidi] *')].map(e => e.shadowRoot?.querySelector('.list')).find(Boolean)
  list.scrollIntoView({block: 'center'})
  let last = performance.now(), to = 0, most = 0, blank = 0; const waits = []
  const step = () => {
    const now = performance.now(), rows = list.querySelectorAll('article').length; waits.push(now - last); last = now
    most = Math.max(most, rows)
    const box = list.getBoundingClientRect(), there = list.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    if (!there?.closest('article, .gap, h3')) blank++
    to += 400; list.scrollTo(0, to)
    if (to < list.scrollHeight && waits.length < 900) requestAnimationFrame(step)
    else { waits.sort((a, b) => a - b); done({frames: waits.length, usual: waits[waits.length >> 1], slow: waits[Math.floor(waits.length * 0.95)], longest: waits[waits.length - 1], most, blank}) }
  }
  requestAnimationFrame(step)
})"""
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"


@contextmanager
def own_home(warehouse: str = "") -> Iterator[Path]:
    """A home of our own for this process and its server: the data of the home asked for, a copy of its application database."""
    from crm_data.settings import load_settings

    settings, before = load_settings(), dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        for file in Path(os.environ.get("MABAT_HOME", Path.home() / ".mabat")).glob("app.db*"):
            shutil.copy(file, folder)
        os.environ |= {"MABAT_HOME": folder, "MABAT_WAREHOUSE": warehouse or str(settings.warehouse)}
        os.environ.pop("MABAT_APPDB", None)
        try:
            yield Path(folder)
        finally:
            os.environ.clear()
            os.environ.update(before)


def customers(many: int, seed: int) -> list[int]:
    """Customers with an order, chosen by chance (``seed``)."""
    from sqlalchemy import select

    from crm_data.model import schema as s
    from crm_data.model.snapshots import open_store
    from crm_data.settings import load_settings

    warehouse = open_store(load_settings().warehouse).warehouse()
    with warehouse.engine.connect() as connection:
        known = sorted(connection.execute(select(s.customer.c.id).where(s.customer.c.relation == "customer")).scalars())
    warehouse.engine.dispose()
    return random.Random(seed).sample(known, min(many, len(known)))


def measure(ids: Sequence[int], *, by_link: int = 0) -> Iterator[tuple[str, int, dict]]:
    """("inside", id, what) for each customer opened inside the running app; then ("link", ...) for ``by_link`` fresh page loads."""
    from playwright.sync_api import sync_playwright

    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"), args=list(OPTIONS))
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.goto(entrance(address))
        page.goto(f"{address}/customer?id={ids[0]}")
        page.wait_for_selector(IDLE, timeout=60_000)
        page.evaluate(OPEN, "")
        for one in ids[1:]:
            page.wait_for_selector(IDLE, timeout=60_000)
            # What the page still does after its last run is not part of the next step.
            page.wait_for_timeout(400)
            yield "inside", one, page.evaluate(OPEN, f"/customer?id={one}")
        page.wait_for_selector(IDLE, timeout=60_000)
        if len(ids) == 2:
            page.wait_for_timeout(3000)
            yield "scroll", ids[1], page.evaluate(SCROLL)
        for one in list(ids[1:])[:by_link]:
            page.goto("about:blank")
            page.goto(f"{address}/customer?id={one}", wait_until="commit")
            yield "link", one, page.evaluate(OPEN, "")
            page.wait_for_selector(IDLE, timeout=60_000)
        browser.close()


def report(found: Sequence[tuple[str, float]]) -> None:
    """Median and 95th percentile of each way of opening."""
    for way in dict.fromkeys(w for w, _ in found):
        values = [ms for w, ms in found if w == way]
        print(f"{way}: median {percentile(values, 0.5):.0f} ms, p95 {percentile(values, 0.95):.0f} ms, slowest {max(values):.0f} ms of {len(values)} customers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=40)
    parser.add_argument("--by-link", type=int, default=10, help="how many are opened again by a fresh load of the page")
    parser.add_argument("--long", type=int, default=0, help="events of one more customer, in a warehouse of its own")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = []
    if options.customers:
        with own_home():
            for way, one, told in measure(customers(options.customers + 1, options.seed), by_link=options.by_link):
                print(f"{told['ms']:8.0f} ms {way:7} customer {one}, {told['events']}, drawn in {told['made']:.0f} ms", flush=True)
                found.append((way, told["ms"]))
        report(found)
    if options.long:
        long_story(options.long)


def long_story(events: int) -> None:
    """One customer with very many events: how soon it opens, and how it scrolls."""
    from bench.long_story import FEW, MANY, made

    with tempfile.TemporaryDirectory() as folder, own_home(made(Path(folder), events)):
        for way, _, told in measure((FEW, MANY), by_link=1):
            if way == "scroll":
                print(f"scrolled to the end in {told['frames']} frames of {told['usual']:.0f} ms (p95 {told['slow']:.0f}, longest {told['longest']:.0f}); at most "
                      f"{told['most']} rows drawn at a time, {told['blank']} frames without rows")
            else:
                print(f"{told['ms']:8.0f} ms {way:7} {told['events']}, drawn in {told['made']:.0f} ms")


if __name__ == "__main__":
    main()
