"""Language, calendar, digits and money as one person wants them: chosen in the sidebar, kept with the user."""
from __future__ import annotations

import streamlit as st
from sqlalchemy import Engine

from crm_data.accounts.preferences import CHOICES, choose, choose_language, preferences_of
from crm_data.accounts.users import User
from crm_data.errors import N_, MabatError
from crm_data.output.words import LANGUAGES, Words, languages

#: As short as a switch needs; each in its own letters.
SHORT = {"en": "EN", "he": "עב", "fa": "فا"}
NAMES = {
    "calendar": (N_("Calendar"), {"gregorian": N_("Gregorian"), "jalali": N_("Jalali")}),
    "digits": (N_("Digits"), {"latin": "123", "persian": "۱۲۳"}),
    "short": (N_("Large numbers"), {"letters": "4.82M", "words": N_("In words of the language")}),
    "money": (N_("Iranian money"), {"rial": N_("Rial"), "toman": N_("Toman")}),
}


def language_choice(engine: Engine, user: User, words: Words) -> None:
    """A switch of languages at the foot of the sidebar; nothing where there is one language only."""
    offered = languages()
    if len(offered) < 2:
        return
    st.session_state["language"] = words.language if words.language in offered else "en"
    st.sidebar.segmented_control(words.t(N_("Language")), offered, key="language", format_func=lambda code: SHORT.get(code, LANGUAGES[code]), width="stretch",
                                 label_visibility="collapsed", on_change=_language_chosen, args=(engine, user))


def _language_chosen(engine: Engine, user: User) -> None:
    # A click on the language that is on takes the choice away: it stays.
    if chosen := st.session_state.get("language"):
        choose_language(engine, user, chosen, languages())


def form_settings(engine: Engine, user: User, words: Words) -> None:
    """A dialog with everything a person may choose about form. A choice is kept at once."""
    @st.dialog(words.t(N_("Language and numbers")))
    def ask() -> None:
        try:
            _ask(engine, user, words)
        except MabatError as error:
            st.error(words.error(error))
    ask()


def _ask(engine: Engine, user: User, words: Words) -> None:
    # Examples of digits stand as they are, whatever digits the reader has.
    plain = Words(words.language)
    kept, shown = preferences_of(engine, user), preferences_of(engine, user).filled(words.language)
    chosen: dict[str, str | None] = {}
    for name, (label, options) in NAMES.items():
        chosen[name] = st.segmented_control(words.t(label), CHOICES[name], default=getattr(shown, name), key=f"form_{name}",
                                            format_func=lambda one, options=options: plain.t(options[one]))
    st.caption(words.t(N_("A calendar changes months, quarters and years everywhere: periods, axes, comparisons. Weeks begin on the day the firm has set.")))
    left, right = st.columns(2)
    if left.button(words.t(N_("Save")), type="primary", key="form_save", width="stretch"):
        for name, value in chosen.items():
            if value and value != getattr(shown, name):
                choose(engine, user, name, value)
        st.rerun()
    if right.button(words.t(N_("As usual in the language")), key="form_usual", width="stretch", disabled=kept == type(kept)()):
        for name in CHOICES:
            choose(engine, user, name, "")
        st.rerun()
