"""Brings a file to the reader: fetches a finished one from the server, or makes a picture (PNG, SVG) in the browser itself."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
NAME = "mabat.courier"


@st.cache_resource(show_spinner=False, ttl=None, max_entries=1)
def _mounted() -> Callable[..., Any]:
    return st.components.v2.component(NAME, html="<div class='courier' role='status'></div>", css="courier.css", js="courier.js", isolate_styles=True)


def bring(key: str, errand: dict[str, Any]) -> None:
    """Do ``errand`` once; the same ``errand["n"]`` drawn again only shows that it was done. ``kind`` is "file" (``href``, ``name``) or "picture"
    (``format``, ``name``, and what :func:`pages.parts.export_picture.errand` puts together). A line says how it went, with a link to save again."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
        project, parts = manifest["project"], manifest["tool"]["streamlit"]["component"]["components"]
        manager.register_from_manifest(ComponentManifest(project["name"], project["version"], [ComponentConfig(p["name"], p["asset_dir"]) for p in parts]), HERE)
    _mounted()(key=key, data=errand)
