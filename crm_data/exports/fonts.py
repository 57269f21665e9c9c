"""The letters of the product as font faces inside a file, so that a picture looks the same where they are not installed."""
from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[2] / "static"
#: File, family, letters it holds as CSS says them, and a test whether a text needs it.
_FACES = (("inter-latin-wght-normal.woff2", "Inter", "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD"),
          ("inter-latin-ext-wght-normal.woff2", "Inter", "U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF"),
          ("heebo-hebrew-wght-normal.woff2", "Heebo", "U+0590-05FF,U+20AA,U+25CC,U+FB1D-FB4F"),
          ("vazirmatn-arabic-wght-normal.woff2", "Vazirmatn", "U+0600-06FF,U+0750-077F,U+FB50-FDFF,U+FE70-FEFC"))
FAMILY = 'Inter, Heebo, Vazirmatn, "Noto Sans", "Noto Sans Hebrew", "Noto Sans Arabic", Arial, sans-serif'


def font_faces(text: str) -> str:
    """CSS with the faces that ``text`` needs; empty where the files are not there."""
    return "".join(_face(name, family, letters) for name, family, letters in _FACES if _needed(text, letters))


def _needed(text: str, letters: str) -> bool:
    spans = [tuple(int(end, 16) for end in (part[2:].split("-") * 2)[:2]) for part in letters.split(",")]
    return any(low <= ord(one) <= high for one in set(text) for low, high in spans)


@lru_cache(maxsize=8)
def _face(name: str, family: str, letters: str) -> str:
    place = _FOLDER / name
    if not place.is_file():
        return ""
    data = base64.b64encode(place.read_bytes()).decode()
    return f"@font-face{{font-family:{family};font-weight:100 900;src:url(data:font/woff2;base64,{data}) format('woff2');unicode-range:{letters}}}"
