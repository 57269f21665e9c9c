"""Text of the data beside other text: nothing turns the line around or speaks to a terminal."""
from __future__ import annotations

import pytest

from crm_data.text import plain


@pytest.mark.parametrize(("given", "shown"), [
    ("a\u202ebc", "abc"), ("\u2067שלום\u2069", "שלום"), ("\x1b[31mred\x07", "[31mred"), ("one\ttwo\nthree\r\n", "one\ttwo\nthree\r\n"), ("nul\x00\x85", "nul"), (None, ""), (12, "12"),
    ("نیم\u200cفاصله", "نیم\u200cفاصله")])
def test_plain(given, shown):
    assert plain(given) == shown
