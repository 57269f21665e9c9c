"""The document's language and direction, set in the browser by a served script (an inline one would not run here)."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from crm_data.output.words import Words

HERE = Path(__file__).parent
NAME = "mabat.direction"
#: Of the widgets' own library: with another, sliders and fields of days turn by the browser's language, not by the page's.
WIDGETS = "en-US"


@st.cache_resource(show_spinner=False, ttl=None, max_entries=1)
def _mounted() -> Callable[..., Any]:
    return st.components.v2.component(NAME, js="direction.js", isolate_styles=True)


def turn(words: Words) -> None:
    """Let the document be in the language of ``words``. Every run says it anew, so a change of language turns the page at once."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
        project, parts = manifest["project"], manifest["tool"]["streamlit"]["component"]["components"]
        manager.register_from_manifest(ComponentManifest(project["name"], project["version"], [ComponentConfig(p["name"], p["asset_dir"]) for p in parts]), HERE)
    with st.container(key="css_direction"):
        _mounted()(key="direction", data={"lang": words.html_lang, "dir": "rtl" if words.rtl else "ltr", "locale": WIDGETS}, height=1)
