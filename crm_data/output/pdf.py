"""A page as PDF, printed by a browser of the Chromium family that is on this machine. Nothing is fetched; the pages printed carry
a content policy under which no script runs."""
from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from crm_data.errors import N_, MabatError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "microsoft-edge-stable", "msedge")
_PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
           r"C:\Program Files\Google\Chrome\Application\chrome.exe", r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe", r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
           r"C:\Program Files\Microsoft\Edge\Application\msedge.exe")
#: Browsers that Playwright brought, below its own folder.
_BROUGHT = ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-*/*headless*shell*", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*", "chromium-*/chrome-win*/chrome.exe")
SECONDS = 30


class NoBrowser(MabatError):
    """There is no browser here that can print."""

    def __init__(self) -> None:
        super().__init__(N_("There is no Chrome, Chromium or Edge on this machine to make a PDF with. Open the HTML page and print it to PDF, or install Chromium here."))


@lru_cache(maxsize=1)
def find_browser() -> str | None:
    """The browser that prints; None when there is none."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    for place in _PLACES:
        if Path(place).is_file():
            return place
    homes = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), "~/.cache/ms-playwright", "~/Library/Caches/ms-playwright", "~/AppData/Local/ms-playwright"]
    for home in (Path(h).expanduser() for h in homes if h and h != "0"):
        for pattern in _BROUGHT:
            if found_there := sorted(p for p in home.glob(pattern) if p.is_file() and os.access(p, os.X_OK)):
                return str(found_there[-1])
    return None


def to_pdf(page: str, seconds: float = SECONDS) -> bytes:
    """``page`` (HTML) printed as it says itself (``@page``). Raises NoBrowser, or MabatError when the browser fails or takes too long."""
    browser = find_browser()
    if browser is None:
        raise NoBrowser()
    with tempfile.TemporaryDirectory(prefix="mabat-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "page.html", folder / "page.pdf"
        source.write_text(page, encoding="utf-8")
        run([*alone(browser, folder), "--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri()], seconds)
        if not target.is_file() or target.stat().st_size < 500:
            raise MabatError(N_("The browser made no PDF. Open the HTML page and print it instead."))
        return target.read_bytes()


def alone(browser: str, folder: Path) -> list[str]:
    """The command of a browser without a window, a profile that stays or a network."""
    command = [browser, "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-background-networking", "--disable-sync",
               "--disable-component-update", "--disable-crash-reporter", "--disable-dev-shm-usage", "--mute-audio",
               "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # Chromium refuses its sandbox to root; the page is ours and runs no script but ours
    return command


def run(command: list[str], seconds: float, said: Path | None = None, late: str = "") -> None:
    """Run in a group of its own, so that a browser that hangs ends with all its children. What it says goes into the file ``said``;
    ``late``: the sentence when it takes longer than ``seconds``."""
    own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if sys.platform == "win32" else {"start_new_session": True}
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(said.open("wb")) if said is not None else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, **own)  # type: ignore[call-overload]
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise MabatError(late or N_("The PDF was not ready after {seconds} s. Try again, or open the HTML page and print it."), seconds=round(seconds)) from None
        finally:
            _ended(process)


def _ended(process: subprocess.Popen) -> None:
    """End it and its children, if it still runs."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            process.kill() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGKILL)
        process.wait(5)
