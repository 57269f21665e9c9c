"""Text of the data beside other text: nothing turns the line around or speaks to a terminal."""
from __future__ import annotations

import pytest

from crm_data.text import in_order, plain


@pytest.mark.parametrize(("given", "shown"), [
    ("a\u202ebc", "abc"), ("\u2067שלום\u2069", "שלום"), ("\x1b[31mred\x07", "[31mred"), ("one\ttwo\nthree\r\n", "one\ttwo\nthree\r\n"), ("nul\x00\x85", "nul"), (None, ""), (12, "12"),
    ("نیم\u200cفاصله", "نیم\u200cفاصله")])
def test_plain(given, shown):
    assert plain(given) == shown


@pytest.mark.parametrize(("given", "shown"), [
    ("\u2068Fibre\u2069, \u20661,000 ₪\u2069", "\u2068Fibre\u2069, \u20661,000 ₪\u2069"), ("\u2068a \u2066b\u2069 c\u2069", "\u2068a \u2066b\u2069 c\u2069"),
    ("a\u2066b", "ab"), ("a\u2069b\u2068", "ab"), ("\u2067a \u2068b\u2069\u2069", "a \u2068b\u2069"), ("\u2066a\u202eb\u2069\x1b", "\u2066ab\u2069"), (None, ""), (12, "12")])
def test_a_sentence_keeps_the_isolates_that_are_closed_again(given, shown):
    assert in_order(given) == shown
