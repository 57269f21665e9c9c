"""The dashboard's ASGI application: ``streamlit run dashboard.py``, or any ASGI server with ``dashboard:app``.

The script is ``pages/shell.py``; its folder holds no folder ``pages``, so Streamlit never runs a page beside the shell.
"""
from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from pages.parts.auth_routes import ROUTES, Gate
from pages.parts.errors import on_script_error
from pages.parts.upkeep import SmallerFrontEnd, upkeep

app = st.App("pages/shell.py", routes=ROUTES, middleware=[Middleware(Gate), Middleware(SmallerFrontEnd)], lifespan=upkeep,
             on_script_error=on_script_error)
