"""What is borrowed from the front end and from the credentials library, each with its quirk in one place."""
from __future__ import annotations

import base64
import hashlib
import logging
import re
from functools import lru_cache
from pathlib import Path

import streamlit

_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


@lru_cache(maxsize=1)
def inline_script_hashes() -> str:
    """CSP sources of the few inline scripts in Streamlit's own start page, so that no other inline script may run."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    digests = (hashlib.sha256(text.encode()).digest() for text in _INLINE.findall(page))
    return " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)


@lru_cache(maxsize=1)
def hasher():
    """The credentials library's password check. Its import complains about a missing page run, which is not wrong here."""
    loggers = [logging.getLogger(name) for name in ("streamlit", "streamlit.runtime.scriptrunner_utils.script_run_context",
                                                     "streamlit.runtime.state.session_state_proxy", "streamlit.runtime.caching.cache_data_api")]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL)
    try:
        from streamlit_authenticator.utilities.hasher import Hasher
    finally:
        for one, level in zip(loggers, before, strict=True):
            one.setLevel(level)
    return Hasher
