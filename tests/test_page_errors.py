"""The last resort of a page: an error outside every part is said in the language of who looks, and never shows its insides."""
from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.output.words import Words


def failing(language: str, known: bool) -> None:
    import streamlit as st

    from crm_data.errors import InputError
    from pages.parts.errors import on_script_error
    if language:
        st.session_state["language"] = language
    on_script_error(InputError("There is no period “{name}”. Use one of: {known}.", name="x", known="y") if known else ValueError("secret"))


@pytest.mark.parametrize("language", ["en", "he", "fa", "", "zz"])
def test_in_the_language_of_who_looks(language: str) -> None:
    at = AppTest.from_function(failing, args=(language, False)).run()
    said, words = at.error[0].value, Words(language if language in ("he", "fa") else "en")
    assert not at.exception and "secret" not in said
    assert said[:20] == words.t("This part could not be shown. Nothing is lost. Tell your administrator the number {number}.", number="A")[:20]
    known = AppTest.from_function(failing, args=(language, True)).run().warning[0].value
    assert known == words.error(_period())


def _period():
    from crm_data.errors import InputError
    return InputError("There is no period “{name}”. Use one of: {known}.", name="x", known="y")
