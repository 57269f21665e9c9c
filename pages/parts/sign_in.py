"""Who is it: the session of the cookie, asked on every run. Nothing is shown to nobody."""
from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st
from sqlalchemy import Engine

from crm_data.accounts.sessions import end_session, session_user
from crm_data.accounts.users import User, set_password
from crm_data.errors import N_, InputError, MabatError
from crm_data.model.appdb import open_appdb
from crm_data.output.words import Words
from crm_data.settings import load_settings
from pages.parts.language import form_settings, language_choice

COOKIE = "mabat_session"


@lru_cache(maxsize=4)
def _appdb(url: str) -> Engine:
    return open_appdb(url)


def appdb() -> Engine:
    return _appdb(load_settings().appdb)


def current_user() -> User | None:
    """The user of this browser's session, checked in the database on every run."""
    return session_user(appdb(), st.context.cookies.get(COOKIE))


def signed_out(words: Words) -> None:
    """What a visitor without a session sees, whatever the address: a way in, and nothing else."""
    st.title(words.t(N_("You are signed out")))
    st.write(words.t(N_("Sign in to go on.")))
    here = urlsplit(st.context.url or "").path or "/"
    back = here + (f"?{urlencode(st.query_params.to_dict())}" if st.query_params else "")
    st.html(f'<a href="/auth/sign-in?next={quote(back, safe="")}" target="_self">{words.t(N_("Sign in"))}</a>')


def user_menu(user: User, words: Words) -> None:
    """Language, name, role, settings, password and the way out, at the foot of the sidebar."""
    language_choice(appdb(), user, words)
    with st.sidebar.popover(user.full_name, icon=":material/account_circle:", key="user_menu", width="stretch"):
        role = {"viewer": N_("Viewer"), "manager": N_("Manager"), "administrator": N_("Administrator")}[user.role]
        st.caption(words.t(role))
        if st.button(words.t(N_("Language and numbers")), key="form_settings", type="tertiary", icon=":material/translate:"):
            form_settings(appdb(), user, words)
        if st.button(words.t(N_("Change password")), key="change_password", type="tertiary", icon=":material/key:"):
            _password(user, words)
        st.button(words.t(N_("Sign out")), key="sign_out", type="tertiary", icon=":material/logout:", on_click=_leave)


def _leave() -> None:
    end_session(appdb(), st.context.cookies.get(COOKIE))
    st.session_state.clear()


def _password(user: User, words: Words) -> None:
    @st.dialog(words.t(N_("Change password")))
    def ask() -> None:
        first = st.text_input(words.t(N_("New password")), type="password", autocomplete="new-password", key="password_new")
        again = st.text_input(words.t(N_("Once more")), type="password", autocomplete="new-password", key="password_again")
        st.caption(words.t(N_("15 characters or more, for example four words. All your sessions end, and you sign in anew.")))
        if st.button(words.t(N_("Change password")), type="primary", key="password_save"):
            try:
                if first != again:
                    raise InputError(N_("The two passwords are not the same."))
                set_password(appdb(), user.name, first, by=user)
                st.rerun()
            except MabatError as error:
                st.error(words.error(error))
    ask()
