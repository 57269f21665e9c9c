"""Keys of a table whose cells can be chosen: arrows only walk through it, Enter chooses. It draws nothing.

The front end's grid selects the cell the cursor stands on, even the first one as the focus comes in by Tab: without this a page would
be narrowed, or left, by walking past a table.
"""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
NAME = "mabat.grid_keys"


@st.cache_resource(show_spinner=False, ttl=None, max_entries=1)
def _mounted() -> Callable[..., Any]:
    return st.components.v2.component(NAME, js="grid_keys.js", isolate_styles=True)


def by_keys(key: str) -> bool:
    """Whether the reader goes through the table ``key`` by keys: a cell selected is then only where they stand."""
    told = st.session_state.get(f"keys_{key}")
    return bool(told.get("keyed")) if hasattr(told, "get") else False


def grid_keys(key: str, widget: str, choose: Callable[[], None]) -> None:
    """Watch the keys of the table ``key``, drawn just now under the widget's key ``widget``. ``choose`` is called, before the next run,
    when Enter is pressed on the cell that is selected."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
        project, parts = manifest["project"], manifest["tool"]["streamlit"]["component"]["components"]
        manager.register_from_manifest(ComponentManifest(project["name"], project["version"], [ComponentConfig(p["name"], p["asset_dir"]) for p in parts]), HERE)

    def entered() -> None:
        told = st.session_state.get(f"keys_{key}")
        if hasattr(told, "get") and told.get("enter"):
            choose()
    with st.container(key=f"css_keys_{key}"):
        _mounted()(key=f"keys_{key}", data={"table": key, "grid": widget, "keyed": by_keys(key)}, height=1, on_keyed_change=lambda: None, on_enter_change=entered)
