"""Text of the data made safe to stand beside other text; as low as errors, so that every layer may use it."""
from __future__ import annotations

import re

_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def plain(text: object) -> str:
    """Text of the data without the characters that turn the writing direction around."""
    return _BIDI.sub("", "" if text is None else str(text))
