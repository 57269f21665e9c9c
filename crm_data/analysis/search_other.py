"""Other ways to read what was typed: words run together or apart, and letters typed with the keyboard in another language."""
from __future__ import annotations

from collections.abc import Iterator

from crm_data.analysis.search_index import Index
from crm_data.model.sounds import sounds

#: The keys of a Latin keyboard in order, and what the same keys write in Hebrew and in Persian.
_LATIN = "qwertyuiopasdfghjkl;'zxcvbnm,./"
_OTHERS = ("/'קראטוןםפשדגכעיחלךף,זסבהנמצתץ.", "ضصثقفغعهخحشسیبلاتنمکگظطزرذدپو./")
_TO = tuple(str.maketrans(_LATIN, other) for other in _OTHERS)
_FROM = tuple(str.maketrans(other, _LATIN) for other in _OTHERS)


#: How long a sound is that is one word's in one script and two words' in another, and how many such readings are tried.
_LONG_SOUND, _PART, _MOST_HEARD = 4, 2, 6


def layouts(typed: str) -> Iterator[str]:
    """What the same keys would have written with the keyboard in another language: ``akuo`` is שלום."""
    text = typed.lower()
    if any("a" <= letter <= "z" for letter in text):
        yield from (text.translate(table) for table in _TO)
    elif any("\u0590" <= letter <= "\u05ff" for letter in text):
        yield text.translate(_FROM[0])
    elif any("\u0600" <= letter <= "\u06ff" for letter in text):
        yield text.translate(_FROM[1])


def readings(index: Index, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The same words with two run together, or one taken apart, where the index knows the outcome: ``bendavid``, ``ben david``."""
    def known(word: str) -> bool:
        return len(index.words.equal(word)) > 0
    for n in range(len(words) - 1):
        if known(words[n] + words[n + 1]):
            yield (*words[:n], words[n] + words[n + 1], *words[n + 2:])
    for n, word in enumerate(words):
        for cut in range(2, len(word) - 1) if len(word) <= 30 and not word.isdigit() else ():
            if known(word[:cut]) and known(word[cut:]):
                yield (*words[:n], word[:cut], word[cut:], *words[n + 1:])


def heard(index: Index, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The same by sound, where one script writes as one word what the other writes as two: ``Ali Asghar`` is علی‌اصغر, ``Mohammadreza`` محمد رضا."""
    def known(word: str, least: int) -> bool:
        return any(len(key) >= least and len(index.keys.equal(key)) > 0 for key in sounds(word))
    found = [(*words[:n], words[n] + words[n + 1], *words[n + 2:]) for n in range(len(words) - 1) if known(words[n] + words[n + 1], _LONG_SOUND)]
    for n, word in enumerate(words):
        if 6 <= len(word) <= 30 and word.isalpha():
            found += [(*words[:n], word[:cut], word[cut:], *words[n + 1:]) for cut in range(3, len(word) - 2) if known(word[:cut], _PART) and known(word[cut:], _PART)]
    yield from found[:_MOST_HEARD]
