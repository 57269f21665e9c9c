"""The timeline as a component of the browser. Its script and style are served by the dashboard itself, never inline: the
content security policy refuses scripts that come as text."""
from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
NAME, NUDGE = "mabat.timeline", "mabat.nudge"


def _declared() -> None:
    """Make the assets known. Streamlit finds the manifest of an installed package by itself, but looks for an editable
    installation (``pip install -e .``) under the distribution's name only, and our packages have other names."""
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is not None and manager.get_component_asset_root(NUDGE) is not None:
        return
    manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    project, parts = manifest["project"], manifest["tool"]["streamlit"]["component"]["components"]
    manager.register_from_manifest(ComponentManifest(project["name"], project["version"], [ComponentConfig(p["name"], p["asset_dir"]) for p in parts]), HERE)


@st.cache_resource(show_spinner=False, ttl=None, max_entries=2)
def _mounted(name: str, **files: str) -> Callable[..., Any]:
    return st.components.v2.component(name, **files, isolate_styles=True)


def draw(key: str, data: dict[str, Any], told: Callable[[Mapping[str, Any]], None]) -> dict[str, Any] | None:
    """Draw the story; the event that was just opened as ``{"i": place, "r": ref}``, or None. ``told`` is called, before the next
    run, with what of the story is shown when that was changed in the browser."""
    _declared()

    def changed() -> None:
        result = st.session_state.get(key)
        view = result.get("view") if hasattr(result, "get") else None
        if isinstance(view, Mapping):
            told(view)
    result = _mounted(NAME, html="<div class='tl'></div>", css="timeline.css", js="timeline.js")(key=key, data=data, on_open_change=lambda: None, on_view_change=changed)
    opened = result.get("open") if hasattr(result, "get") else getattr(result, "open", None)
    return dict(opened) if opened else None


def nudge(key: str, story: str, **sent: Any) -> None:
    """Send the story ``story`` (``data["story"]``) something small: ``jump`` and ``jump_n``, or ``view`` and ``view_n``. Takes no room."""
    _declared()
    with st.container(key=f"css_{key}"):
        _mounted(NUDGE, js="nudge.js")(key=key, data={"story": story, **sent}, height=1)
