"""How a word sounds, in Latin consonants, so that a name written in one script is found by its spelling in another.

Finer than the skeletons of ``folding`` (which are stored and found by "contains"): a first vowel and the gutturals count, so
short names stay apart: ``Ohana`` and ``אוחנה`` are ``ahn``, ``Hila`` and ``הילה`` are ``hl``.
"""
from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, product

#: Letters inside a word; several where spellings differ. What is written first, and last, differs for some.
_INSIDE: dict[str, tuple[str, ...]] = {letter: tuple(sounds.split("|")) for letter, sounds in {
    "א": "", "ב": "b|v", "ג": "g", "ד": "d", "ה": "h", "ו": "|v", "ז": "z", "ח": "h", "ט": "t", "י": "", "כ": "k|h", "ל": "l",
    "מ": "m", "נ": "n", "ס": "s", "ע": "", "פ": "p", "צ": "ts|z", "ק": "k", "ר": "r", "ש": "s", "ת": "t",
    "ا": "", "ب": "b", "پ": "p", "ت": "t", "ث": "s", "ج": "g", "چ": "h", "ح": "h", "خ": "h", "د": "d", "ذ": "z", "ر": "r",
    "ز": "z", "ژ": "z|g", "س": "s", "ش": "s", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "", "غ": "g", "ف": "p", "ق": "g|k",
    "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "و": "|v", "ه": "h", "ی": "",
}.items()}
_FIRST: dict[str, tuple[str, ...]] = {"א": ("a",), "ע": ("a",), "ו": ("v",), "י": ("y", "a"), "ا": ("a",), "ع": ("a",), "و": ("v",), "ی": ("y", "a")}
_SILENT_LAST = frozenset("\u05d4\u0647")  # he, in both
_DOUBLED, _LONG_VOWEL = re.compile(r"(.)\1+"), re.compile("([\u05d5\u05d9])\\1+")  # vav and yod, written twice
_SOFT_S = re.compile("(?<=[aeiouy])s(?=[aeiouy])")
#: Of a Latin spelling, in order. ``H`` is a guttural that is heard also at the end of a word.
_LATIN = (("tsch", "H"), ("tch", "H"), ("sch", "s"), ("sh", "s"), ("ch", "H"), ("kh", "H"), ("gh", "g"), ("ph", "p"), ("th", "t"), ("tz", "ts"),
          ("ck", "k"), ("q", "k"), ("x", "ks"), ("f", "p"), ("w", "v"))
_VOWELS = re.compile("[aeiouy]")
_OTHER = re.compile("[^a-z]")
MOST = 12


@lru_cache(maxsize=50_000)
def sounds(word: str) -> tuple[str, ...]:
    """The keys of one folded word, the likeliest first; none for digits and for scripts that are not known."""
    if word.isascii():
        return _latin(word)
    if sum(letter in _INSIDE for letter in word) * 2 <= len(word):
        return ()
    word = _LONG_VOWEL.sub(r"\1", word)
    choices = [_INSIDE.get(letter, ("",)) for letter in word]
    if word[-1] in _SILENT_LAST and len(word) > 1:
        choices[-1] = ("",)
    choices[0] = _FIRST.get(word[0], choices[0])
    return tuple(dict.fromkeys(key for key in ("".join(parts) for parts in islice(product(*choices), MOST)) if key))


def _latin(word: str) -> tuple[str, ...]:
    word = _DOUBLED.sub(r"\1", _OTHER.sub("", word))
    if not word:
        return ()
    for spelled, heard in _LATIN:
        word = word.replace(spelled, heard)
    if len(word) > 1 and word.endswith("h"):
        word = word[:-1]
    spellings = [word, *([_SOFT_S.sub("z", word)] if _SOFT_S.search(word) else []), *([re.sub("c(?=[eiy])", "s", word)] if re.search("c[eiy]", word) else []),
                 *(["y" + word[1:]] if word[0] == "j" else [])]
    return tuple(dict.fromkeys(_consonants(spelling.replace("c", "k").replace("j", "g")) for spelling in spellings))


def _consonants(word: str) -> str:
    first = "h" if word[0] == "H" else "a" if word[0] in "aeiou" else word[0]
    return first + _VOWELS.sub("", word[1:].replace("H", "h"))
