"""The one menu of a frame: table, rows behind, explain, export, copy link. Each runs only when it is chosen."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.errors import N_
from pages.parts import explain, export_dialog, frames, rows_dialog
from pages.parts.export_part import exportable
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page
    from pages.parts.figure import Content

NAMES = {"table": N_("Table"), "figure": N_("Figure"), "rows": N_("Rows behind"), "explain": N_("Explain"), "export": N_("Export"),
         "link": N_("Copy link")}


def shows_table(key: str) -> bool:
    """Whether the frame shows its table in place of its figure."""
    return bool(st.session_state.get(f"as_table_{key}"))


def actions(page: Page, key: str, title: str, sentence: str, made: Content, again: Callable[[], Content] | None = None) -> None:
    """Draw the menu and do what is chosen in it. ``again`` makes the content once more, for a file."""
    here_it_is = frames.Framed(page, key, title, sentence, made, again)
    if exportable(made):
        frames.enter(here_it_is)
    else:
        frames.leave(key)
    options = _options(key, made)
    if not options:
        return
    widget = f"menu_{key}"

    def toggled() -> None:
        if st.session_state[widget] in ("table", "figure"):
            st.session_state[f"as_table_{key}"] = not shows_table(key)

    choice = st.menu_button(page.words.t(N_("Actions: {title}"), title=md(title)), options, key=widget, type="tertiary", icon=":material/more_horiz:",
                            format_func=lambda o: page.words.t(NAMES[o]), on_click=toggled)
    if choice == "rows":
        rows_dialog.open_rows(page, key, title, made.cut, made.measure, made.number)  # type: ignore[arg-type]
    elif choice == "explain":
        st.dialog(page.words.t(N_("What this shows")), width="medium")(explain.explain)(page, title, sentence, made)
    elif choice == "export":
        export_dialog.open_frame(page, here_it_is, here())
    elif choice == "link":
        st.dialog(page.words.t(N_("Copy link")), width="medium")(_link)(page)


def _options(key: str, made: Content) -> list[str]:
    options = []
    if made.sheet is not None and not made.only_table and (made.picture is not None or made.draw is not None) and made.empty is None:
        options.append("figure" if shows_table(key) else "table")
    if made.cut is not None:
        options += ["rows", "explain"] if made.empty is None else ["explain"]
    elif made.notes:
        options.append("explain")
    if exportable(made):
        options.append("export")
    return [*options, "link"] if options else []


def download(page: Page, key: str, label: str, name: str, mime: str, make, detail: dict) -> None:
    """A download that is made when it is clicked, and written into the audit with who and what."""
    def made() -> bytes:
        data = make()
        page_audit(page, "export", {**detail, "bytes": len(data)})
        return data

    st.download_button(label, made, file_name=name, mime=mime, key=f"download_{key}", on_click="ignore", icon=":material/download:")


def page_audit(page: Page, action: str, detail: dict) -> None:
    """One line in the audit, by the signed-in user."""
    from crm_data.model.appdb import audit

    audit(page.appdb, page.user, action, detail)


def _link(page: Page) -> None:
    st.caption(page.words.t(N_("Opens this page with the same period and filters, for anyone who may see it.")))
    st.code(here(), language=None, wrap_lines=True)


def here() -> str:
    """The address of the page as it stands, with its choices."""
    from urllib.parse import urlencode

    query = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    address = (st.context.url or "").split("?")[0]
    return address + ("?" + urlencode(query) if query else "")
