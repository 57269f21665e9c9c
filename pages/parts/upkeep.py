"""What the server does besides answering: memory is collected here (after every run it doubles a run's time), the search of the
published snapshot is prepared, files are packed."""
from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import AsyncIterator

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from crm_data.analysis.search import prepare
from crm_data.errors import MabatError
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.settings import load_settings
from pages.parts.export_jobs import close
from pages.parts.export_routes import LIBRARY

EVERY_SECONDS = 180


async def _keep_up() -> None:
    while True:
        await asyncio.to_thread(_prepare_search)
        await asyncio.sleep(EVERY_SECONDS)
        await asyncio.to_thread(gc.collect)


def _open_appdb() -> None:
    """Open the application database, and bring it up to date, before anybody asks: its libraries are then loaded by one thread alone."""
    try:
        open_appdb(load_settings().appdb)
    except MabatError as error:
        logging.getLogger(__name__).warning("%s", error)


def _prepare_search() -> None:
    """Index the snapshot that is published now, so that nobody waits for it; without data, or without it, pages say so themselves."""
    try:
        settings = load_settings()
        prepare(open_store(settings.warehouse, **settings.place).warehouse())
    except Exception as error:
        logging.getLogger(__name__).debug("nothing to search yet: %s", error)


@contextlib.asynccontextmanager
async def upkeep(_app: object) -> AsyncIterator[None]:
    """The application's lifespan: prepare and collect from time to time while it serves."""
    await asyncio.to_thread(_open_appdb)
    task = asyncio.create_task(_keep_up())
    try:
        yield
    finally:
        close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class SmallerFrontEnd:
    """Compresses the front end's own files (the figures' library: 4.7 MB to 1.4 MB); Streamlit leaves them as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._packed = app, GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(("/static/", LIBRARY)) and not any(n == b"range" for n, _ in scope["headers"])
        await (self._packed if ours else self._plain)(scope, receive, send)
