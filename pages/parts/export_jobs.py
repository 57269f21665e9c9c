"""Files in the making: each in a thread of its own, seen only by the session that asked for it, gone after a while.

Asked twice for the same while it is being made, or just after, one gets the one file. Nothing here knows Streamlit.
"""
from __future__ import annotations

import hashlib
import logging
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from crm_data.errors import N_, MabatError
from crm_data.exports.job import Cancelled

log = logging.getLogger("mabat.exports")

#: Seconds a finished file waits to be fetched, and for how long asking again gives the same one.
KEPT, SAME = 900.0, 60.0
#: At a time for the whole server, so that people clicking keep their speed; more wait their turn.
AT_ONCE, WAITING_EACH = 2, 6


@dataclass
class Job:
    """One file. ``state``: waiting, making, ready, failed or cancelled; ``done`` of ``total`` steps (0: not known). ``owner`` is the digest of the
    session that may fetch it."""

    token: str
    owner: str
    name: str
    mime: str
    asked: str
    folder: Path
    state: str = "waiting"
    done: int = 0
    total: int = 0
    size: int = 0
    error: Exception | None = None
    begun: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def path(self) -> Path:
        return self.folder / "file"

    @property
    def seconds(self) -> int:
        """Since it was asked for."""
        return int(time.monotonic() - self.begun)

    @property
    def running(self) -> bool:
        return not self.over.is_set()

    def progress(self, done: int, total: int) -> None:
        """Called by who makes the file, from time to time; raises ``Cancelled`` when it is no longer wanted."""
        if self.stop.is_set():
            raise Cancelled()
        self.done, self.total = done, total


#: Writes the file to the path, calling ``job.progress``; returns the rows in it.
Make = Callable[[Job], int]
_JOBS: dict[str, Job] = {}
_LOCK = threading.Lock()
_POOL: list[ThreadPoolExecutor] = []


class TooMany(MabatError):
    """So many files of one session are being made that another one is refused."""

    def __init__(self) -> None:
        super().__init__(N_("Several files are being made for you already. Wait for one, or cancel it."))


def owner_of(session: str | None, user: object) -> str:
    """Who may fetch: this session of this user, as a digest."""
    return hashlib.sha256(f"{user}\n{session or ''}".encode()).hexdigest()


def start(owner: str, asked: str, name: str, mime: str, make: Make, told: Callable[[Job, int], None] | None = None) -> Job:
    """Begin a file, or give the one that is being made for the same ``asked``. ``told`` is called once when it is ready (for the audit), with its rows;
    when that fails the file is not given out."""
    with _LOCK:
        _sweep()
        mine = [j for j in _JOBS.values() if j.owner == owner]
        for job in mine:
            if job.asked == asked and (job.running and not job.stop.is_set() or job.state == "ready" and time.monotonic() - job.ended < SAME):
                return job
        if sum(j.running for j in mine) >= WAITING_EACH:
            raise TooMany()
        job = Job(secrets.token_urlsafe(24), owner, name, mime, asked, Path(tempfile.mkdtemp(prefix="mabat-export-")))
        _JOBS[job.token] = job
        if not _POOL:
            _POOL.append(ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mabat-export"))
    _POOL[0].submit(_run, job, make, told)
    return job


def _run(job: Job, make: Make, told: Callable[[Job, int], None] | None) -> None:
    try:
        job.progress(0, 0)
        job.state = "making"
        rows = make(job)
        job.progress(job.total, job.total)
        job.size = job.path.stat().st_size
        if told is not None:
            told(job, rows)
        state = "ready"
    except Exception as error:  # noqa: BLE001 - whatever it was is said to who waits for the file
        # A writer that stops in its own way stops all the same.
        state = "cancelled" if job.stop.is_set() else "failed"
        job.error = error
        if state == "failed" and not isinstance(error, MabatError):
            log.exception("a file could not be made")
        shutil.rmtree(job.folder, ignore_errors=True)
    job.ended, job.state = time.monotonic(), state
    job.over.set()


def cancel(job: Job) -> None:
    """No longer wanted: what is written so far goes; one that waits for its turn never starts."""
    job.stop.set()
    if not job.running:
        forget(job)


def forget(job: Job) -> None:
    """The file is gone at once."""
    with _LOCK:
        _JOBS.pop(job.token, None)
    shutil.rmtree(job.folder, ignore_errors=True)


def ready(token: str, owner: str) -> Job | None:
    """A finished file, for the session that asked for it; None for everybody else and when it is gone."""
    with _LOCK:
        _sweep()
        job = _JOBS.get(token)
    return job if job is not None and job.state == "ready" and secrets.compare_digest(job.owner, owner) and job.path.is_file() else None


def _sweep() -> None:
    """Forget what nobody fetched in time; under the lock."""
    now = time.monotonic()
    for job in [j for j in _JOBS.values() if not j.running and now - j.ended > KEPT]:
        _JOBS.pop(job.token, None)
        shutil.rmtree(job.folder, ignore_errors=True)


def close() -> None:
    """At the server's end: nothing is left on the disk."""
    with _LOCK:
        jobs = list(_JOBS.values())
        _JOBS.clear()
    for job in jobs:
        job.stop.set()
        shutil.rmtree(job.folder, ignore_errors=True)
    while _POOL:
        _POOL.pop().shutdown(wait=False, cancel_futures=True)
