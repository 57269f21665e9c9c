"""What the server does besides answering: memory is collected here (after every run it doubles a run's time), files are packed."""
from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

EVERY_SECONDS = 180


async def _collect_for_ever() -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await asyncio.to_thread(gc.collect)


@contextlib.asynccontextmanager
async def upkeep(_app: object) -> AsyncIterator[None]:
    """The application's lifespan: collect from time to time while it serves."""
    task = asyncio.create_task(_collect_for_ever())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class SmallerFrontEnd:
    """Compresses the front end's own files (the figures' library: 4.7 MB to 1.4 MB); Streamlit leaves them as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain, self._packed = app, GZipMiddleware(app, minimum_size=1000, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith("/static/") and not any(n == b"range" for n, _ in scope["headers"])
        await (self._packed if ours else self._plain)(scope, receive, send)
