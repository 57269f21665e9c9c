"""The gate by itself: who is let through, what every answer carries, and a visitor who leaves in the middle."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest
from starlette.responses import PlainTextResponse

from crm_data.accounts import sessions, users
from crm_data.model.appdb import open_appdb
from pages.parts.auth_routes import HEADERS, Gate, safe_next


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("MABAT_HOME", str(tmp_path))
    return open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


def ask(path: str, *, cookie: str = "", accept: str = "text/html", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request through the gate to an application that says "inside"."""
    sent: list[dict] = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)
    raw, _, query = path.partition("?")
    headers = [(b"accept", accept.encode()), (b"host", b"localhost")] + ([(b"cookie", f"mabat_session={cookie}".encode())] if cookie else [])
    scope = {"type": "http", "method": method, "path": raw, "raw_path": raw.encode(), "query_string": query.encode(), "headers": headers, "scheme": "http",
             "server": ("localhost", 80), "http_version": "1.1", "root_path": ""}
    # In a thread of its own: the browser tests leave an event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, Gate(PlainTextResponse("inside")), scope, receive, send).result()
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}, b"".join(m.get("body", b"") for m in sent[1:])


@pytest.mark.parametrize("path", ["/", "/segments", "/media/x.csv", "/_stcore/upload_file/a/b", "/component/x", "/authx", "/healthzz", "/_stcore/health/x", "/staticx"])
def test_nothing_passes_without_a_session(engine, path):
    for cookie in ("", "x", "x" * 5000):
        status, _, body = ask(path, cookie=cookie)
        assert status == 303 and b"inside" not in body
        status, _, body = ask(path, cookie=cookie, accept="*/*")
        assert (status, body) == (401, b"Sign in first.")
        assert ask(path, cookie=cookie, method="POST")[0] == 401


@pytest.mark.parametrize("path", ["/auth/sign-in", "/healthz", "/static/js/index.js", "/app/static/mabat.svg", "/_stcore/health"])
def test_the_way_in_is_open(engine, path):
    assert ask(path)[2] == b"inside"


def test_a_session_passes_until_it_ends(engine):
    user = users.add_user(engine, "dana", role="viewer")
    token = sessions.open_session(engine, user)
    assert ask("/media/x.csv", cookie=token)[2] == b"inside"
    users.change_user(engine, "dana", disabled=True)
    assert ask("/media/x.csv", cookie=token, accept="*/*")[0] == 401


def test_every_answer_carries_the_headers_and_goes_back_to_where_one_wanted(engine):
    for path in ("/healthz", "/segments?f=city:is:Haifa"):
        carried = ask(path)[1]
        assert {name: carried[name.lower()] for name in HEADERS} == HEADERS
    assert ask("/segments?f=city:is:Haifa")[1]["location"] == "/auth/sign-in?next=%2Fsegments%3Ff%3Dcity%3Ais%3AHaifa"


@pytest.mark.parametrize("target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "/auth/sign-in", "javascript:alert(1)", "/x\ny", "", None])
def test_one_is_never_sent_to_another_site(target):
    assert safe_next(target) == "/"


def test_a_path_of_this_host_is_kept():
    assert safe_next("/segments?f=city:is:Haifa") == "/segments?f=city:is:Haifa"
