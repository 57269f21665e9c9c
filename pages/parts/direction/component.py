"""The document's language and direction, set in the browser by a served script (an inline one would not run here)."""
from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from crm_data.errors import N_
from crm_data.output.formats import plain
from crm_data.output.words import Words

HERE = Path(__file__).parent
NAME = "mabat.direction"
#: Of the widgets' own library: with another, sliders and fields of days turn by the browser's language, not by the page's.
WIDGETS = "en-US"
#: Words of the front end itself, which has them in English only: names of buttons for readers of the screen, and a few texts.
#: ``{x}`` stands for what is named.
BUILT_IN = (
    N_("Skip to main content"), N_("Navigate to home page"), N_("App pages"), N_("Sidebar"), N_("Collapse sidebar"), N_("Expand sidebar"), N_("Main menu"), N_("Logo"),
    N_("Close"), N_("Clear all"), N_("Clear value"), N_("Clear entry"), N_("Clear date"), N_("Clear dates"), N_("Open"), N_("Selected values"), N_("Show password"), N_("Hide password"),
    N_("Search"), N_("Fullscreen"), N_("Close fullscreen"), N_("Download as CSV"), N_("Show/hide columns"), N_("Choose an option"), N_("Choose options"), N_("No results"),
    N_("Choose date"), N_("Choose date range"), N_("Quick select a date range"), N_("Previous month"), N_("Next month"), N_("Date range"), N_("None"),
    N_("Past Week"), N_("Past Month"), N_("Past 3 Months"), N_("Past 6 Months"), N_("Past Year"), N_("Past 2 Years"),
    N_("Increment"), N_("Decrement"), N_("Press Enter to apply"), N_("Press Enter to submit form"), N_("month"), N_("year"), N_("Notifications"), N_("Running..."), N_("Stop script"),
    N_("Remove {x}"), N_("Shortcut {x}"), N_("{x}: first day"), N_("{x}: last day"), N_("Options: {x}"))


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
        _mounted()(key="direction", data={"lang": words.html_lang, "dir": "rtl" if words.rtl else "ltr", "locale": WIDGETS, "words": built_in(words)}, height=1)


def built_in(words: Words) -> dict[str, str]:
    """The front end's own words in the language, by the English ones; nothing in English."""
    return {} if words.language == "en" else {text: plain(words.t(text, x="{x}") if "{x}" in text else words.t(text)) for text in BUILT_IN}
