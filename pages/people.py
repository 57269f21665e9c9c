"""Users, roles and branch scope, for administrators."""
from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st
from sqlalchemy import select

from crm_data.accounts import users
from crm_data.errors import N_, MabatError
from crm_data.model import schema as s
from pages.parts.page_help import plain_head

if TYPE_CHECKING:
    from pages.parts.context import Page

ROLE_WORDS = {"viewer": N_("Viewer: no personal data"), "manager": N_("Manager: customers by name, sets targets"), "administrator": N_("Administrator: also users")}
_SAID = "people_said"


def branch_names(page: Page) -> list[str]:
    with page.warehouse.engine.connect() as connection:
        return list(connection.execute(select(s.branch.c.name).order_by(s.branch.c.name)).scalars())


def render(page: Page) -> None:
    """Draw the page."""
    words = page.words
    plain_head(words, N_("People"), "people")
    st.caption(words.t(N_("Who may enter, and what each sees. A change of role, branches or password ends that person's sessions at once.")))
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    found = users.all_users(page.appdb)
    with st.container(border=True, key="frame_people"):
        st.markdown(f"## {words.t(N_('Users'))}")
        frame = pd.DataFrame([(u.name, u.full_name, words.t(ROLE_WORDS[u.role]), words.listed(u.branches) if u.branches is not None else words.t(N_("All branches")),
                               words.t(N_("Disabled")) if u.disabled else words.t(N_("May enter"))) for u in found],
                             columns=[words.t(N_(c)) for c in ("User name", "Name", "Role", "Branches", "State")])
        st.dataframe(frame, alt=words.t(N_("Users")), hide_index=True, row_height=36, height="content", column_order=list(frame.columns[::-1] if words.rtl else frame.columns))
    left, right = st.columns(2, gap="small")
    with left.container(border=True, key="frame_add", height="stretch"):
        _add(page)
    with right.container(border=True, key="frame_change", height="stretch"):
        _change(page, found)


def _add(page: Page) -> None:
    words = page.words
    st.markdown(f"## {words.t(N_('Add a user'))}")
    with st.form("add_user", border=False, clear_on_submit=False):
        name = st.text_input(words.t(N_("User name")), max_chars=100, key="add_name", autocomplete="off")
        full = st.text_input(words.t(N_("Name shown")), max_chars=200, key="add_full")
        role = st.selectbox(words.t(N_("Role")), users.ROLES, format_func=lambda r: words.t(ROLE_WORDS[r]), key="add_role")
        branches = st.multiselect(words.t(N_("Only these branches, with all below them (none chosen: all)")), branch_names(page), key="add_branches", placeholder=words.t(N_("All branches")))
        password = st.text_input(words.t(N_("Password: 15 characters or more, for example four words")), type="password", autocomplete="new-password", key="add_password")
        if st.form_submit_button(words.t(N_("Add")), type="primary"):
            try:
                users.add_user(page.appdb, name, role=role, full_name=full, password=password, branches=tuple(branches) or None, by=page.user)
            except MabatError as error:
                st.error(words.error(error))
            else:
                st.session_state[_SAID] = words.t(N_("Added {name}."), name=name)
                st.rerun()


def _change(page: Page, found: list[users.User]) -> None:
    words = page.words
    st.markdown(f"## {words.t(N_('Change a user'))}")
    chosen = st.selectbox(words.t(N_("User")), found, format_func=lambda u: f"{u.name} · {u.full_name}", key="change_who")
    known = branch_names(page)
    with st.form(f"change_user_{chosen.id}", border=False):
        role = st.selectbox(words.t(N_("Role")), users.ROLES, index=users.ROLES.index(chosen.role), format_func=lambda r: words.t(ROLE_WORDS[r]), key=f"role_{chosen.id}")
        branches = st.multiselect(words.t(N_("Only these branches, with all below them (none chosen: all)")), sorted({*known, *(chosen.branches or ())}),
                                  default=list(chosen.branches or ()), key=f"branches_{chosen.id}", placeholder=words.t(N_("All branches")))
        disabled = st.toggle(words.t(N_("Disabled")), value=chosen.disabled, key=f"disabled_{chosen.id}")
        password = st.text_input(words.t(N_("New password (empty: unchanged)")), type="password", autocomplete="new-password", key=f"password_{chosen.id}")
        if st.form_submit_button(words.t(N_("Save")), type="primary"):
            try:
                if password:
                    users.set_password(page.appdb, chosen.name, password, by=page.user)
                users.change_user(page.appdb, chosen.name, by=page.user, role=role, branches=tuple(branches) or None, disabled=disabled)
            except MabatError as error:
                st.error(words.error(error))
            else:
                st.session_state[_SAID] = words.t(N_("Saved {name}."), name=chosen.name)
                st.rerun()
