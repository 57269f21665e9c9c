"""Folding, skeletons and phone digits: what is typed finds what is stored, in every script."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.model.folding import fold, phone_digits, region, search_text, search_words, transliterate


@pytest.mark.parametrize(("text", "folded"), [
    ("Müller", "muller"), ("ÁLVARO", "alvaro"), ("Straße", "strasse"), ("Łódź", "lodz"), ("O'Neil", "oneil"),
    ("שָׁלוֹם", "שלומ"), ("כהן", "כהנ"), ("צה״ל", "צהל"), ("ג'ורג'", "גורג"),
    ("كريمي", "کریمی"), ("علی\u200cرضا", "علیرضا"), ("مُحَمَّد", "محمد"), ("آرش", "ارش"), ("۱۲۳", "123"), ("٤٥٦", "456"),
    ("  two   words ", "two words"), ("Anne-Marie", "anne marie"), ("", ""), (None, ""),
])
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(("written", "typed"), [
    ("כהן", "Cohen"), ("כהן", "Kohen"), ("לוי", "Levi"), ("לוי", "Levy"), ("שלום", "Shalom"), ("פרץ", "Peretz"), ("מיכאל", "Michael"),
    ("אברהם", "Avraham"), ("יוסף", "Yosef"), ("מזרחי", "Mizrahi"), ("פרידמן", "Friedman"), ("גולדשטיין", "Goldstein"),
    ("شوارتز", "Schwartz"), ("محمد", "Mohammad"), ("محمد", "Mohammed"), ("کریمی", "Karimi"), ("حسین", "Hossein"), ("قاسم", "Ghasem"),
    ("قاسم", "Qasem"), ("علی‌رضا", "Alireza"), ("کهن", "כהן"),
])
def test_a_name_is_found_in_another_script(written, typed):
    assert set(transliterate(written).split()) & set(transliterate(typed).split())


def test_different_names_stay_different():
    names = ["Cohen", "Levi", "Mizrahi", "Peretz", "Karimi", "Friedman", "Goldstein", "Rosenberg"]
    assert len({transliterate(name) for name in names}) == len(names)


def _found(query: str, stored: str) -> bool:
    return all(any(form in stored for form in forms) for forms in search_words(query))


def test_search_text_is_found_by_name_number_mail_and_phone():
    stored = search_text("David Cohen", "דוד כהן", "C-0012", "David@Example.com", "972541234567")
    for query in ("cohen", "COHEN david", "כהן", "דוד", "c-0012", "0012", "david@example.com", "example", "972541234567", "Kohen"):
        assert _found(query, stored), query
    for query in ("levi", "C-0013", "cohen levi", "97299"):
        assert not _found(query, stored), query


def test_search_text_of_little():
    assert search_text("A", None, None, None) == "a"
    assert search_words("") == []


@pytest.mark.parametrize(("text", "country", "digits"), [
    ("054-123 4567", "Israel", "972541234567"), ("054-1234567", "IL", "972541234567"), ("+98 912 345 6789", None, "989123456789"),
    ("۰۹۱۲۳۴۵۶۷۸۹", "Iran", "989123456789"), ("(212) 555-0100", "USA", "12125550100"), ("02 1234 5678", "Italy", "390212345678"),
    ("054-1234567", None, ""), ("ask reception", "Israel", ""), (None, "Israel", ""), ("", "Israel", ""),
])
def test_phone_digits(text, country, digits):
    assert phone_digits(text, country) == digits


def test_region():
    assert (region("Israel"), region("il"), region("Atlantis"), region(None), region("United Kingdom")) == ("IL", "IL", None, None, "GB")
