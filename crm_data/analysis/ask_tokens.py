"""Typed text as pieces (words, numbers, days, signs), and which words of the vocabulary each piece can be."""
from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rapidfuzz import process
from rapidfuzz.distance import OSA

from crm_data.calendars import from_jalali
from crm_data.text import plain

#: More is not read: a question is one line.
MOST_LETTERS, MOST_PIECES = 400, 60
_PIECE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4}|\d+\+|\d+(?:[.,٬٫]\d+)*(?:\s?[%٪]|[km]\b)?"
                    r"|[^\W\d_](?:[^\W_]|['’‘`´׳״\"](?=\w))*|[<>]=|[≥≤<>=&,،%٪﷼]")
_SAME = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ؤ": "و", "،": ",", "٪": "%"})
_SIGNS = {"≥": ">=", "≤": "<="}


@dataclass(frozen=True)
class Piece:
    """A word, number or sign of the text. ``key``: folded for comparison; ``number``: its value as text ("1000.5"), if it is one."""

    text: str
    key: str
    start: int
    end: int
    number: str = ""
    percent: bool = False
    day: date | None = None


def fold(word: str) -> str:
    """A word as compared: without case, accents, vowel points and apostrophes; letters that look alike are one."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain(word)) if not unicodedata.combining(c))
    return re.sub(r"['’‘`´׳״\"]", "", bare.casefold().translate(_SAME))


def pieces(text: str) -> tuple[Piece, ...]:
    """The pieces of a text; places are those in ``text``."""
    return tuple(_piece(m.group(), m.start(), m.end()) for m in _PIECE.finditer(text))[:MOST_PIECES]


def _piece(text: str, start: int, end: int) -> Piece:
    if not text[0].isdecimal():
        key = fold(text)
        return Piece(text, _SIGNS.get(key, key), start, end)
    latin = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text).replace("٬", ",").replace("٫", ".").replace("٪", "%")
    if day := _day(latin):
        return Piece(text, latin, start, end, day=day)
    if latin.endswith("+") or "-" in latin or "/" in latin:
        return Piece(text, latin, start, end)
    factor = {"k": 1000, "m": 1_000_000}.get(latin[-1], 1)
    bare = latin.rstrip("%km ").strip()
    # 1,000 and 1,000,000 are thousands; 1,5 is one and a half.
    bare = bare.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", bare) else bare.replace(",", ".")
    if bare.count(".") > 1 or len(bare) > 15:
        return Piece(text, latin, start, end)
    number = Decimal(bare) * factor
    shown = format(number.to_integral_value() if number == number.to_integral_value() else number.normalize(), "f")
    return Piece(text, shown, start, end, number=shown, percent=latin.endswith("%"))


def _day(text: str) -> date | None:
    """A day written 2026-03-31, 31.3.2026 or 31/3/2026; a Jalali one as 1404/07/15."""
    numbers = [int(n) for n in re.split(r"[-./]", text)] if re.fullmatch(r"\d+([-./])\d+\1\d+", text) else []
    if len(numbers) != 3:
        return None
    if numbers[0] <= 31:
        numbers.reverse()
    try:
        return from_jalali(*numbers) if 1200 <= numbers[0] < 1600 else date(*numbers)
    except ValueError:
        return None


@dataclass
class WordList:
    """The single words of a vocabulary, found exactly, by another ending, with a joined prefix, or misspelt."""

    endings: tuple[tuple[str, str], ...] = ()
    prefixes: tuple[str, ...] = ()
    words: set[str] = field(default_factory=set)
    #: words that mean something by themselves, not only within a phrase
    alone: set[str] = field(default_factory=set)
    _forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _long: list[str] = field(default_factory=list)

    def add(self, words: Iterable[str]) -> None:
        """The words of one phrase."""
        words = tuple(words)
        if len(words) == 1:
            self.alone.update(words)
        for word in words:
            if word not in self.words:
                self.words.add(word)
                for form in self.forms(word):
                    self._forms[form].add(word)
                if len(word) >= 4 and not word.isdigit():
                    self._long.append(word)

    def forms(self, word: str) -> set[str]:
        """The word and what is left without an ending."""
        found = {word}
        for ending, instead in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                found.add(word[:-len(ending)] + instead)
        return found

    def like(self, piece: Piece) -> dict[str, float]:
        """Words of the vocabulary this piece can be, with how sure that is (1: as written; under 0.9: misspelt)."""
        key = piece.key
        if piece.number and not piece.percent:
            return {key: 1.0} if key in self.words else {}
        found = self._known(key)
        # A word known only from a phrase ("in-this month") may be another one with its prefix elsewhere ("in-month March").
        for prefix in self.prefixes if self.alone.isdisjoint(found) else ():
            if key.startswith(prefix) and len(key) - len(prefix) >= 2:
                found = {w: s - 0.03 for w, s in self._known(key[len(prefix):]).items()} | found
        return found or self._misspelt(key)

    def _known(self, key: str) -> dict[str, float]:
        found = {w: 0.96 for form in self.forms(key) for w in self._forms.get(form, ())}
        return found | ({key: 1.0} if key in self.words else {})

    def _misspelt(self, key: str) -> dict[str, float]:
        """One letter wrong, missing or swapped; two in words of eight letters and more; in four only two swapped."""
        if len(key) < 4 or len(key) > 40 or not key[0].isalpha():
            return {}
        most = 2 if len(key) >= 8 else 1
        near = process.extract(key, self._long, scorer=OSA.distance, score_cutoff=most, limit=8)
        near = [(w, d) for w, d, _ in near if len(key) >= 5 or sorted(w) == sorted(key)]
        best = min((d for _, d in near), default=0)
        return {w: 0.8 if d == 1 else 0.7 for w, d in near if d == best and (w[0] == key[0] or sorted(w[:2]) == sorted(key[:2]))}
