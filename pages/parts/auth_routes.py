"""The routes that let people in, and the gate in front of everything else. Plain HTML, no script: it works everywhere.

A visitor without a session gets the sign-in page whatever the address; nothing of the dashboard is served to them.
"""
from __future__ import annotations

import html
from pathlib import Path
from string import Template
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_data.accounts.sessions import LONGEST, TooManyTries, open_session, session_user, sign_in, use_ticket
from crm_data.errors import N_, MabatError
from crm_data.output.words import Words, preferred
from crm_data.settings import load_settings
from pages.parts.export_routes import EXPORT_ROUTES
from pages.parts.front_end import hasher, inline_script_hashes
from pages.parts.sign_in import COOKIE, appdb

_STATIC = Path(__file__).resolve().parents[2] / "static"
_PAGE = Template((Path(__file__).parent / "sign_in.html").read_text(encoding="utf-8"))
#: Served without a session: the way in, health, and the front end's own files (no data in them).
OPEN = ("/auth/", "/healthz", "/static/", "/app/static/", "/_stcore/health", "/_stcore/host-config", "/_stcore/stream", "/favicon.png")
HEADERS = {
    "Content-Security-Policy": f"default-src 'self'; script-src 'self' 'unsafe-eval' {inline_script_hashes()}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
                               "font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()", "Cross-Origin-Opener-Policy": "same-origin"}


def words_of(request: Request) -> Words:
    """Words in the first language of the browser that the product has."""
    return Words(preferred(request.headers.get("accept-language"), load_settings().language))


def safe_next(text: str | None) -> str:
    """A path of this host to go on to; anything else becomes the first page."""
    text = text or "/"
    parts = urlsplit(text)
    ok = text.startswith("/") and not text.startswith(("//", "/\\", "/auth")) and not parts.scheme and not parts.netloc
    return text if ok and "\\" not in text and text.isprintable() and len(text) < 4000 else "/"


def same_origin(request: Request) -> bool:
    """Whether a form came from this host: by the browser's own headers."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if origin and origin != "null":
        return urlsplit(origin).netloc == request.headers.get("host")
    return site in (None, "same-origin", "none")


def _page(request: Request, *, error: str = "", name: str = "", to: str | None = None, status: int = 200) -> HTMLResponse:
    words = words_of(request)
    t = words.t
    body = _PAGE.substitute(
        lang=words.language, dir="rtl" if words.rtl else "ltr", title=t(N_("Sign in")), name_label=t(N_("User name")), password_label=t(N_("Password")),
        button=t(N_("Sign in")), lead=t(N_("Know your customers.")), next=html.escape(safe_next(to or request.query_params.get("next")), quote=True),
        name=html.escape(name, quote=True), error=f'<p class="error" role="alert">{html.escape(error)}</p>' if error else "",
        help=t(N_("No password yet? Ask your administrator for one, or open the one-time link the server printed at its start.")))
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-store"})


def _entered(request: Request, token: str, to: str) -> Response:
    response = RedirectResponse(to, status_code=303, headers={"Cache-Control": "no-store"})
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    response.set_cookie(COOKIE, token, max_age=int(LONGEST.total_seconds()), httponly=True, samesite="lax", secure=secure, path="/")
    return response


async def sign_in_form(request: Request) -> Response:
    """GET: the form. POST: check the password, open a session, go on to where one wanted to be."""
    if request.method != "POST":
        return _page(request)
    words = words_of(request)
    if not same_origin(request):
        return _page(request, error=words.t(N_("The form came from another site. Sign in here.")), status=403)
    form = await request.form(max_fields=10, max_files=0)
    name, password = str(form.get("name", ""))[:100], str(form.get("password", ""))[:1000]
    address = request.client.host if request.client else ""
    try:
        user = await run_in_threadpool(sign_in, appdb(), name, password, address, _check)
    except MabatError as error:
        return _page(request, error=words.error(error), name=name, to=str(form.get("next", "/")), status=429 if isinstance(error, TooManyTries) else 401)
    token = await run_in_threadpool(open_session, appdb(), user, replacing=request.cookies.get(COOKIE))
    return _entered(request, token, safe_next(str(form.get("next", "/"))))


async def enter(request: Request) -> Response:
    """The one-time link: good once, for a short time."""
    user = await run_in_threadpool(use_ticket, appdb(), request.query_params.get("ticket", "")[:200])
    if user is None:
        return _page(request, error=words_of(request).t(N_("This link has been used or is too old. Sign in with your password, or start the server again for a new one.")), status=401)
    token = await run_in_threadpool(open_session, appdb(), user, replacing=request.cookies.get(COOKIE))
    return _entered(request, token, "/")


async def health(_request: Request) -> Response:
    """For a load balancer: the server answers and the application database can be read."""
    try:
        await run_in_threadpool(session_user, appdb(), "nobody")
    except MabatError:
        return JSONResponse({"status": "application database does not answer"}, status_code=503)
    return JSONResponse({"status": "ok"})


async def first_page(request: Request) -> Response:
    """The first page has the address "/" only; its own name leads there too."""
    return RedirectResponse("/" + (f"?{request.url.query}" if request.url.query else ""), status_code=307)


def _check(password: str, kept: str) -> bool:
    return hasher().check_pw(password, kept)


ROUTES = [Route("/auth/sign-in", sign_in_form, methods=["GET", "POST"]), Route("/auth/enter", enter), Route("/healthz", health), Route("/today", first_page), *EXPORT_ROUTES,
          Mount("/app/static", StaticFiles(directory=_STATIC))]


class Gate:
    """Security headers on every answer; nothing but ``OPEN`` without a session."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The only socket is Streamlit's, where every run asks for the session itself.
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)
        refusal = await self._refusal(Request(scope))
        await (refusal or self._app)(scope, receive, with_headers)

    async def _refusal(self, request: Request) -> Response | None:
        path = request.url.path
        if any(path == p or (p.endswith("/") and path.startswith(p)) for p in OPEN):
            return None
        if await run_in_threadpool(session_user, appdb(), request.cookies.get(COOKIE)):
            return None
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            target = path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/auth/sign-in?next={quote(target, safe='')}", status_code=303, headers={"Cache-Control": "no-store"})
        return PlainTextResponse("Sign in first.", status_code=401)
