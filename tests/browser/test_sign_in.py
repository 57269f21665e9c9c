"""Who may enter: cold links, the form, sessions, sign-out, replays, headers, and the hosts the browser talks to."""
import gzip
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_data.model import schema as s
from tests.browser.conftest import PASSWORD, ready, start

PATHS = ("/", "/today", "/segments", "/targets", "/rankings", "/customer?id=1", "/data", "/people", "/nonsense")


def customer_texts(truth) -> list[str]:
    """Everything of any customer that must never be seen by a visitor."""
    with truth.engine.connect() as connection:
        rows = connection.execute(select(s.customer.c.name, s.customer.c.phone, s.customer.c.email)).all()
    return [t for row in rows for t in row if t]


def test_a_cold_deep_link_on_a_fresh_server_shows_nothing_of_any_customer(new_page, truth, truth_url, tmp_path):
    """The very first request of a fresh process is a deep link without a session."""
    fresh = start(tmp_path, truth_url)
    try:
        page = new_page()
        bodies = []
        page.on("response", lambda r: bodies.append(r.text()) if "text" in r.headers.get("content-type", "") else None)
        page.on("websocket", lambda w: w.on("framereceived", lambda data: bodies.append(data if isinstance(data, str) else data.decode("utf-8", "replace"))))
        page.goto(fresh.url + "/customer?id=1")
        page.wait_for_selector("form")
        assert "/auth/sign-in?next=%2Fcustomer%3Fid%3D1" in page.url
        everything = "\n".join([page.content(), *bodies])
        assert [t for t in customer_texts(truth) if t in everything] == []
    finally:
        fresh.process.terminate()
        fresh.process.wait(10)


@pytest.mark.parametrize("path", PATHS)
def test_no_address_is_served_without_a_session(server, path):
    request = urllib.request.Request(server.url + path, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request) as answer:
        assert "/auth/sign-in" in answer.url
        assert "stApp" not in answer.read().decode()


def test_files_and_uploads_need_a_session_too(server):
    for path in ("/media/abc.csv", "/_stcore/upload_file/a/b", "/component/x"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(server.url + path)
        assert refused.value.code == 401
        refused.value.close()


def test_the_socket_alone_gives_a_visitor_nothing(new_page, server, truth):
    """Even with the front end loaded, a run without a session draws the way in and no data."""
    page = new_page()
    page.goto(server.ticket())
    page.goto(server.url + "/segments")
    ready(page)
    page.context.clear_cookies()
    with server.appdb.begin() as connection:
        from crm_data.model import appdb
        connection.execute(appdb.session.update().values(ended_at=appdb.now()))
    page.locator("[data-testid=stMain] [data-testid=stButtonGroup] button").nth(1).click()
    page.wait_for_selector("text=You are signed out")
    ready(page)
    assert [t for t in customer_texts(truth) if t in page.content()] == []


def test_password_in_reload_out_and_the_old_cookie_is_worth_nothing(new_page, server):
    page = new_page()
    page.goto(server.url + "/segments?period=last_12_months")
    page.fill("#name", "dana")
    page.fill("#password", "wrong password entirely")
    page.click("button")
    assert "The user name or the password is not right." in page.inner_text("[role=alert]")
    page.fill("#password", PASSWORD)
    page.click("button")
    ready(page)
    assert re.search(r"/segments\?period=last_12_months", page.url)
    cookie = next(c for c in page.context.cookies() if c["name"] == "mabat_session")
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    page.reload()
    ready(page)
    assert page.locator("h1").first.inner_text() == "Segments"
    page.locator(".st-key-user_menu button").first.click()
    page.get_by_text("Sign out", exact=True).click()
    page.wait_for_selector("text=You are signed out")
    other = new_page()
    other.context.add_cookies([cookie])
    other.goto(server.url + "/segments")
    assert "/auth/sign-in" in other.url


def test_two_browsers_and_a_change_of_password_ends_both(new_page, signed_in, server):
    from crm_data.accounts.users import set_password
    first, second = signed_in("/data", "vera"), signed_in("/data", "vera")
    assert first.locator("h1").first.inner_text() == second.locator("h1").first.inner_text() == "Data"
    set_password(server.appdb, "vera", "quite another long phrase")
    for page in (first, second):
        page.reload()
        page.wait_for_selector("form")
        assert "/auth/sign-in" in page.url


def test_a_one_time_link_works_once(new_page, server):
    link = server.ticket()
    first, second = new_page(), new_page()
    first.goto(link)
    ready(first)
    second.goto(link)
    assert "This link has been used or is too old" in second.inner_text("[role=alert]")


def test_people_is_for_administrators(signed_in):
    page = signed_in("/people", "dana")
    assert "This page is for administrators." in page.inner_text("[data-testid=stMain]")
    assert page.locator("[data-testid=stSidebarNavLink]", has_text="People").count() == 0


def test_headers_and_a_form_from_elsewhere(server):
    with urllib.request.urlopen(server.url + "/auth/sign-in") as answer:
        policy = answer.headers["Content-Security-Policy"]
        script = next(p for p in policy.split(";") if p.strip().startswith("script-src"))
        assert "'unsafe-inline'" not in script and "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["X-Frame-Options"] == "DENY"
    request = urllib.request.Request(server.url + "/auth/sign-in", data=b"name=dana&password=x", headers={"Origin": "http://elsewhere.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    refused.value.close()


def test_the_front_end_comes_packed(server):
    with urllib.request.urlopen(urllib.request.Request(server.url + "/static/" + biggest_script(), headers={"Accept-Encoding": "gzip"})) as answer:
        assert answer.headers["Content-Encoding"] == "gzip" and "immutable" in answer.headers["Cache-Control"]
        packed = answer.read()
    assert len(packed) < 2_000_000 and len(gzip.decompress(packed)) > 4_000_000


def biggest_script() -> str:
    import streamlit
    folder = Path(streamlit.__file__).parent / "static" / "static"
    return max(folder.rglob("*.js"), key=lambda f: f.stat().st_size).relative_to(folder).as_posix()


@pytest.mark.parametrize("target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/auth/sign-in", "javascript:alert(1)"])
def test_one_is_never_sent_to_another_site(target):
    from pages.parts.auth_routes import safe_next
    assert safe_next(target) == "/"
    assert safe_next("/segments?f=city:is:Haifa") == "/segments?f=city:is:Haifa"


def test_the_browser_talks_to_this_host_only(signed_in, server):
    page = signed_in("/?period=last_12_months")
    for path in ("/segments", "/targets", "/rankings", "/customer", "/data", "/people"):
        page.goto(server.url + path)
        ready(page)
    outside = [u for u in page.requested if not u.startswith((server.url, "data:", "blob:"))]
    assert len(page.requested) > 50 and outside == []
