"""Identity and company numbers of Israel and Iran: check digits against numbers published with the rules, ways to write one number, masking."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.model.identity import (
    CHECK,
    ELEVEN,
    NINE,
    TEN,
    doubt,
    identity_key,
    iranian_company,
    iranian_person,
    israeli,
    masked,
    plain_number,
    shown,
    sought,
)

ISRAELI = ("039337423", "39337423", "123456782", "000000018", "516179157")
PERSONS_OF_IRAN = ("0084575948", "0499370899", "0790419904", "0684159414", "0067749828", "0650451252", "1583250689", "0076229645", "84575948")
COMPANIES_OF_IRAN = ("10380284790", "10100387143", "77111986110", "18061055669", "15292247120")


@pytest.mark.parametrize("number", ISRAELI)
def test_israeli_numbers_of_persons_and_companies(number):
    assert israeli(number) and doubt(number, "IL", "person") == doubt(number, "IL", "company") == ""


@pytest.mark.parametrize("number", ["039337422", "516179150", "490154203237518", "000000000", "", "12345678A"])
def test_wrong_israeli_numbers(number):
    assert not israeli(number)


@pytest.mark.parametrize("number", PERSONS_OF_IRAN)
def test_national_codes_of_iran(number):
    assert iranian_person(number) and doubt(number, "IR", "person") == ""


@pytest.mark.parametrize("number", ["0684159415", "1111111111", "4444444444", "9999999999", "1230000002", "12345", "0000000000", "", "123456789012"])
def test_wrong_national_codes_of_iran(number):
    assert not iranian_person(number)


@pytest.mark.parametrize("number", COMPANIES_OF_IRAN)
def test_national_ids_of_companies_in_iran(number):
    assert iranian_company(number) and doubt(number, "IR", "company") == ""


@pytest.mark.parametrize("number", ["10380284792", "10380285692", "09748208301", "11111111111", "123000000", "1038028479", ""])
def test_wrong_national_ids_of_companies_in_iran(number):
    assert not iranian_company(number)


@pytest.mark.parametrize(("valid", "length", "judge"), [*((n.zfill(9), 9, israeli) for n in ISRAELI), *((n.zfill(10), 10, iranian_person) for n in PERSONS_OF_IRAN)])
def test_one_wrong_digit_is_always_found(valid, length, judge):
    """What check digits are for; the rules of both countries find every single wrong digit of a person's number."""
    assert len(valid) == length and judge(valid)
    for place in range(length):
        for digit in "0123456789":
            changed = valid[:place] + digit + valid[place + 1:]
            assert judge(changed) == (changed == valid), changed


@pytest.mark.parametrize(("number", "country", "party", "said"), [
    ("039337422", "IL", "person", CHECK), ("1234567890", "IL", "person", NINE), ("0084575949", "IR", "person", CHECK), ("123", "IR", "person", TEN),
    ("10380284790", "IR", "person", TEN), ("10380284791", "IR", "company", CHECK), ("123", "IR", "company", ELEVEN), ("0084575948", "IR", "company", ""),
    ("123456789012", "IR", "person", ""), ("X1234567", "IL", "person", ""), ("1234", "DE", "person", ""), ("1234", None, "person", ""), ("", "IL", "person", "")])
def test_what_is_doubted(number, country, party, said):
    assert doubt(number, country, party) == said


@pytest.mark.parametrize(("written", "kept"), [
    ("3933742-3", "39337423"), ("039 337 423", "039337423"), ("۰۰۸۴۵۷۵۹۴۸", "0084575948"), ("٠٠٨٤٥٧٥٩٤٨", "0084575948"), ("ab-12.3/4", "AB1234"),
    ("\u200f039337423\u200e", "039337423"), ("５１６１７９１５７", "516179157"), (None, ""), ("", "")])
def test_ways_to_write_a_number(written, kept):
    assert plain_number(written) == kept


@given(st.text(max_size=20))
def test_a_kept_number_stays(text):
    assert plain_number(plain_number(text)) == plain_number(text)


def test_leading_zeros_do_not_count_when_searching():
    assert identity_key("0084575948") == identity_key("۸۴۵۷۵۹۴۸") == "84575948"
    assert (sought("039-337-423"), sought("123"), sought("Cohen"), sought("")) == ("39337423", "", "", "")


def test_the_zeros_a_spreadsheet_took_are_shown_again():
    assert (shown("39337423", "IL", "person"), shown("84575948", "IR", "person"), shown("39337422", "IL", "person"), shown("84575948", "IR", "company")) == (
        "039337423", "0084575948", "39337422", "84575948")


@given(st.text(alphabet="0123456789ABC", max_size=20))
def test_masked_keeps_three_letters(number):
    hidden = masked(number)
    assert len(hidden) == len(number) and sum(ch != "x" for ch in hidden) <= 3
    assert number.endswith(hidden.strip("x"))
