"""The timeline in a real browser: filters, keys, jumps, opening an event; text stays text; five thousand events stay quick."""
from __future__ import annotations

import json

from tests.browser.conftest import ready

ROWS = ".tl article"

#: Draws a story of n events by the component's own script, outside Streamlit; gives the milliseconds of building and of a filter.
DRAW = """async ([address, n]) => {
  const start = (await import(address)).default, host = document.body.appendChild(document.createElement('div')), root = host.attachShadow({mode: 'open'});
  const last = 20000, ev = {}, span = [];
  for (const c of ['d','k','m','w','t','s','a','f','fs','o','c','b','bw','g','r','h','y']) ev[c] = [];
  for (let i = 0; i < n; i++) {
    const row = {d: last - Math.floor(i / 2), k: i % 6, m: Math.floor(i / 60), w: '1 Nov', t: 'Event ' + i, s: 'detail', a: '1', f: i % 500 ? 0 : 1, fs: i % 500 ? '' : 'late', o: i % 7 ? 0 : last - Math.floor(i / 2), c: i % 14 ? last - Math.floor(i / 2) + 20 : 0, b: '10', bw: 40, g: '', r: 'x:' + i, h: -1, y: -1};
    for (const c in row) ev[c].push(row[c]);
  }
  const first = last - Math.floor(n / 2), months = [];
  for (let m = 0; m * 60 < n; m++) { months.push({w: 'Month ' + m, n: Math.min(60, n - m * 60), s: '60 events'}); }
  for (let d = first; d <= last; d += 30) span.push([d, 'M' + d]);
  const labels = {whose: 'w', everyone: 'e', product: 'p', price: 'p', list: 'l', kinds: 'k', only: 'o', search: 's', whole: 'w', count: '{n} of {m}', of: '{n} of {m}', none: 'none', balance: 'b', from: 'f', to: 't', digits: '0123456789', keys: 'k'};
  const data = {version: 'v' + n, dir: 'ltr', first, last, ev, months, spans: span, years: [], balance: [[first, 0.5]], prices: [], owed: '', whose: [], story: 's' + n, noticed: [], labels, kinds: [0,1,2,3,4,5].map((i) => ({w: 'K' + i, n: '1'}))};
  const began = performance.now();
  start({data, parentElement: root, setTriggerValue: () => {}, setStateValue: () => {}});
  root.querySelector('.list').getBoundingClientRect();
  const built = performance.now() - began, again = performance.now();
  root.querySelector('.kind').click();
  root.querySelector('.list').getBoundingClientRect();
  return {built, filtered: performance.now() - again, rows: root.querySelectorAll('article').length, months: root.querySelectorAll('h3').length, said: root.querySelector('[role=status]').textContent};
}"""


def open_story(signed_in, path="/customer?id=3", **options):
    page = signed_in(path, **options)
    page.wait_for_selector(ROWS)
    return page


def test_the_story_is_drawn_by_our_own_file_and_filters_without_asking_the_server(signed_in):
    page = open_story(signed_in)
    assert page.locator(".tl [role=status]").inner_text() == "22 of 22 events"
    assert all(u.startswith(("http://localhost", "ws://localhost", "data:", "blob:")) for u in page.requested) and any("timeline.js" in u for u in page.requested)
    page.locator(".tl .kind").nth(1).click()
    assert page.locator(".tl .kind").nth(1).get_attribute("aria-pressed") == "false" and page.locator(".tl [role=status]").inner_text() == "19 of 22 events"
    page.locator(".tl .kind").nth(1).click()
    page.locator(".tl input").fill("laptop")
    assert page.locator(".tl [role=status]").inner_text() == "5 of 22 events"
    page.locator(".tl input").press("Escape")
    page.get_by_role("button", name="2025", exact=True).click()
    assert page.locator(ROWS).first.locator(".day").inner_text() == "10 Dec"


def test_keys_walk_the_story_and_open_an_event(signed_in):
    page = open_story(signed_in)
    page.locator(".tl .list").focus()
    focused = "() => document.activeElement.shadowRoot.activeElement.dataset.i"
    for key, place in (("ArrowDown", "0"), ("ArrowDown", "1"), ("n", "2"), ("End", "21"), ("Home", "0"), ("PageDown", "3"), ("PageUp", "0")):
        page.keyboard.press(key)
        assert page.evaluate(focused) == place, key
    page.keyboard.press("1")
    assert page.locator(".tl .kind").first.get_attribute("aria-pressed") == "false"
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-testid=stDialog]")
    assert "Order O-20" in page.locator("[data-testid=stDialog]").inner_text()


def test_a_notice_jumps_into_the_story(signed_in):
    page = open_story(signed_in)
    page.get_by_role("button", name="Invoice I-2 overdue").click()
    ready(page)
    page.wait_for_function("() => document.activeElement.shadowRoot?.activeElement?.querySelector?.('.t')?.textContent.includes('Invoice I-2')")


def test_text_of_the_data_is_never_markup(signed_in, server):
    page = open_story(signed_in, "/customer?id=1")
    page.get_by_role("button", name="Add note").click()
    evil = "<img src=x onerror=\"document.title='PWNED'\"><script>document.title='PWNED'</script> **bold**"
    page.get_by_label("What should be remembered").fill(evil)
    page.get_by_role("button", name="Save note").click()
    page.wait_for_function("() => [...document.querySelectorAll('[data-testid=stBidiComponentRegular], .stBidiComponent, *')].some(e => e.shadowRoot && e.shadowRoot.textContent.includes('**bold**'))")
    ready(page)
    assert page.locator(".tl img, .tl script").count() == 0 and page.title() != "PWNED"


def test_the_phone_has_the_whole_story_too(signed_in):
    page = open_story(signed_in, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    width = page.evaluate("() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth }")
    assert width <= 1 and page.locator(ROWS).first.bounding_box()["width"] < 390


def test_five_thousand_events_are_built_and_filtered_quickly(signed_in):
    page = open_story(signed_in)
    address = next(u for u in page.requested if "timeline.js" in u)
    small, large = (page.evaluate(DRAW, [address, n]) for n in (200, 5000))
    print(json.dumps({"200": small, "5000": large}))
    assert large["rows"] < 2000 and large["months"] == 84 and large["built"] < 1500 and large["filtered"] < 1000
    assert "of 5,000" in large["said"]
