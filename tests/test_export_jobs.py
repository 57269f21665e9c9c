"""Files in the making: one for many clicks, only for their own session, stopped when asked, gone after a while."""
from __future__ import annotations

import threading
import time

import pytest

from crm_data.errors import InputError
from pages.parts import export_jobs
from pages.parts.export_jobs import TooMany, cancel, owner_of, ready, start

DANA, VERA = owner_of("cookie-of-dana", 2), owner_of("cookie-of-vera", 3)


@pytest.fixture(autouse=True)
def clean():
    yield
    export_jobs.close()


def writes(data: bytes = b"file", rows: int = 3):
    def make(job) -> int:
        job.path.write_bytes(data)
        return rows
    return make


def waits(go: threading.Event, started: threading.Event | None = None):
    """Works in steps until told to go on."""
    def make(job) -> int:
        if started:
            started.set()
        while not go.wait(0.01):
            job.progress(1, 4)
        job.path.write_bytes(b"late")
        return 1
    return make


def test_a_file_is_made_once_told_once_and_fetched_by_its_session_alone():
    told = []
    job = start(DANA, "revenue xlsx", "revenue.xlsx", "text/plain", writes(), lambda j, rows: told.append((j.size, rows)))
    assert job.over.wait(5) and job.state == "ready" and told == [(4, 3)]
    assert ready(job.token, DANA) is job and job.path.read_bytes() == b"file"
    assert ready(job.token, VERA) is None and ready(job.token, owner_of(None, 2)) is None and ready(job.token, owner_of("another cookie of dana", 2)) is None
    assert ready("made up", DANA) is None


def test_clicking_twice_makes_it_once_and_asking_for_another_makes_another():
    go, made = threading.Event(), []
    first = start(DANA, "a", "a.csv", "text/csv", waits(go), lambda *_: made.append(1))
    assert start(DANA, "a", "a.csv", "text/csv", waits(go), lambda *_: made.append(2)) is first
    assert start(DANA, "b", "b.csv", "text/csv", writes()) is not first
    assert start(VERA, "a", "a.csv", "text/csv", writes()) is not first
    go.set()
    assert first.over.wait(5) and start(DANA, "a", "a.csv", "text/csv", writes()) is first and made == [1]


def test_cancelled_it_leaves_nothing_and_is_not_told():
    go, started, told = threading.Event(), threading.Event(), []
    job = start(DANA, "long", "long.xlsx", "text/plain", waits(go, started), lambda *_: told.append(1))
    assert started.wait(5)
    cancel(job)
    assert job.over.wait(5) and job.state == "cancelled" and not job.folder.exists() and not told and ready(job.token, DANA) is None
    again = start(DANA, "long", "long.xlsx", "text/plain", writes())
    assert again is not job and again.over.wait(5) and again.state == "ready"


def test_cancelled_while_it_waits_it_never_starts():
    go, ran = threading.Event(), []
    busy = [start(DANA, str(i), "x", "y", waits(go)) for i in range(export_jobs.AT_ONCE)]
    waiting = start(DANA, "waiting", "x", "y", lambda job: ran.append(1) or 0)
    assert waiting.state == "waiting"
    cancel(waiting)
    go.set()
    assert all(j.over.wait(5) for j in (*busy, waiting)) and waiting.state == "cancelled" and not ran


def test_a_failure_keeps_its_sentence_and_another_try_is_a_new_one():
    def fails(job):
        job.path.write_bytes(b"half")
        raise InputError("Too many rows.")
    job = start(DANA, "f", "f.pptx", "x", fails)
    assert job.over.wait(5) and job.state == "failed" and str(job.error) == "Too many rows." and not job.folder.exists()
    assert start(DANA, "f", "f.pptx", "x", writes()) is not job


def test_a_file_that_cannot_be_logged_is_not_given_out():
    def refuses(*_):
        raise InputError("The audit cannot be written.")
    job = start(DANA, "g", "g.csv", "x", writes(), refuses)
    assert job.over.wait(5) and job.state == "failed" and ready(job.token, DANA) is None


def test_one_session_cannot_fill_the_server():
    go = threading.Event()
    for i in range(export_jobs.WAITING_EACH):
        start(DANA, str(i), "x", "y", waits(go))
    with pytest.raises(TooMany):
        start(DANA, "one more", "x", "y", writes())
    assert start(VERA, "hers", "x", "y", writes()).state == "waiting"
    go.set()


def test_what_nobody_fetches_is_forgotten(monkeypatch):
    job = start(DANA, "old", "x", "y", writes())
    assert job.over.wait(5)
    monkeypatch.setattr(export_jobs, "KEPT", 0.05)
    time.sleep(0.1)
    assert ready(job.token, DANA) is None and not job.folder.exists()
