"""Text of the data made safe to stand beside other text; as low as errors, so that every layer may use it."""
from __future__ import annotations

import re

#: Marks of writing direction, and control characters (which a terminal would obey).
_ODD = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def plain(text: object) -> str:
    """Text of the data without the characters that turn the writing direction around or control a terminal; tabs and line ends stay."""
    return _ODD.sub("", "" if text is None else str(text))
