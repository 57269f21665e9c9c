"""Keys of the weekly review (arrows, page keys of a remote, full screen) and dragging in its agenda. Both draw nothing.

The scripts are served by the dashboard itself, never inline: the content security policy refuses scripts that come as text.
"""
from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

HERE = Path(__file__).parent
KEYS, AGENDA = "mabat.presenter", "mabat.agenda"


@st.cache_resource(show_spinner=False, ttl=None, max_entries=2)
def _mounted(name: str, script: str) -> Callable[..., Any]:
    return st.components.v2.component(name, js=script, isolate_styles=True)


def _declared() -> None:
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(KEYS) is not None and manager.get_component_asset_root(AGENDA) is not None:
        return
    manifest = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    project, parts = manifest["project"], manifest["tool"]["streamlit"]["component"]["components"]
    manager.register_from_manifest(ComponentManifest(project["name"], project["version"], [ComponentConfig(p["name"], p["asset_dir"]) for p in parts]), HERE)


def _told(key: str, name: str, told: Callable[[Any], None]) -> Callable[[], None]:
    def changed() -> None:
        result = st.session_state.get(key)
        value = result.get(name) if hasattr(result, "get") else None
        if value is not None:
            told(value)
    return changed


def keys(at: int, count: int, *, presenting: bool, rtl: bool, screen: tuple[int, int], act: Callable[[Mapping[str, Any]], None],
         seen: Callable[[Any], None]) -> None:
    """Watch the keys of the page. ``act`` is called, before the next run, with ``{"to": block}``, ``{"leave": 1}`` or ``{"present": 1}``; ``seen``
    with ``[width, height]`` of the window where it is not ``screen`` (only while presenting)."""
    _declared()
    with st.container(key="css_keys_review"):
        _mounted(KEYS, "presenter.js")(key="review_keys", data={"at": at, "count": count, "presenting": presenting, "rtl": rtl, "screen": list(screen)}, height=1,
                                       on_act_change=_told("review_keys", "act", act), on_screen_change=_told("review_keys", "screen", seen))


def draggable(rows: str, row: str, count: int, moved: Callable[[int, int], None]) -> None:
    """Make the ``count`` containers keyed ``row``0, ``row``1, ... inside the container ``rows`` change places by dragging."""
    _declared()

    def dropped(value: Any) -> None:
        if isinstance(value, Mapping) and isinstance(value.get("from"), int | float) and isinstance(value.get("to"), int | float):
            moved(int(value["from"]), int(value["to"]))
    with st.container(key="css_keys_agenda"):
        _mounted(AGENDA, "agenda.js")(key="review_drag", data={"rows": rows, "row": row, "count": count}, height=1, on_moved_change=_told("review_drag", "moved", dropped))
