"""Addresses of exports: finished files, each for the session that asked for it alone, and the figures' library for pictures made in the browser."""
from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from crm_data.accounts.sessions import session_user
from pages.parts.export_jobs import owner_of, ready
from pages.parts.sign_in import COOKIE, appdb

FILES = "/export/"
LIBRARY = "/app/figures.js"


@lru_cache(maxsize=1)
def library() -> Path:
    """The figures' library as Plotly brings it: the same that draws the figures of a report."""
    import plotly

    return Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


@lru_cache(maxsize=1)
def library_address() -> str:
    """Its address, which changes with its version."""
    import plotly

    return f"{LIBRARY}?v={plotly.__version__}"


async def figures(_request: Request) -> Response:
    return FileResponse(library(), media_type="text/javascript", headers={"Cache-Control": "public, max-age=31536000, immutable"})


async def file(request: Request) -> Response:
    """A finished file. Without its session, too late, or made up: the same answer."""
    cookie = request.cookies.get(COOKIE)
    user = await run_in_threadpool(session_user, appdb(), cookie)
    job = ready(request.path_params["token"][:80], owner_of(cookie, user.id)) if user is not None else None
    if job is None:
        return PlainTextResponse("This file is not there, or no longer. Export it again.", status_code=404, headers={"Cache-Control": "no-store"})
    plain = job.name.encode("ascii", "ignore").decode().replace('"', "") or "export"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(job.name, safe='')}"
    return FileResponse(job.path, media_type=job.mime, headers={"Content-Disposition": disposition, "Cache-Control": "no-store, private"})


EXPORT_ROUTES = [Route(FILES + "{token}", file), Route(LIBRARY, figures)]
