"""Keys for a search field and the links below it: down and up walk through them, Enter opens. It draws nothing."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
NAME = "mabat.finder"


@st.cache_resource(show_spinner=False, ttl=None, max_entries=1)
def _mounted() -> Callable[..., Any]:
    return st.components.v2.component(NAME, js="finder.js", isolate_styles=True)


def keys(box: str, text: str, *, opens_first: bool, focus: bool) -> None:
    """Watch the keys of the container ``box``, whose links answer ``text``. ``opens_first``: Enter in the field opens the first
    link, else only a single one (with several it goes to the first); ``focus``: the field has the focus as the box appears."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
        project, parts = manifest["project"], manifest["tool"]["streamlit"]["component"]["components"]
        manager.register_from_manifest(ComponentManifest(project["name"], project["version"], [ComponentConfig(p["name"], p["asset_dir"]) for p in parts]), HERE)
    with st.container(key=f"css_keys_{box}"):
        _mounted()(key=f"keys_{box}", data={"box": box, "text": text, "first": opens_first, "focus": focus}, height=1)
