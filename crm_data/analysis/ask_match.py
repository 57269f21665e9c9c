"""Finding the vocabulary's phrases in a text: the longest ones that together explain most of it, in any order."""
from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_data.analysis.ask_amounts import rials_said
from crm_data.analysis.ask_phrases import RULES
from crm_data.analysis.ask_tokens import Piece, WordList, pieces
from crm_data.analysis.synonyms import (
    AND,
    ENDINGS,
    FRACTIONS,
    JALALI_CODE,
    JALALI_MONTHS,
    JALALI_QUARTERS,
    MONTHS,
    NUMBERS,
    PERCENT,
    PREFIXES,
    QUARTERS,
    STOP,
    UNITS,
)
from crm_data.calendars import CalendarName
from crm_data.cuts.cut import Namer

#: What a single word explains, and what every further match costs: few long matches win over many short ones.
WORD, MATCH, STOP_WORD, FILLER = 10.0, 3.0, 4.0, 5.0
_PREFERENCE = {"best": 1.0, "worst": 1.0, "grain": 0.5, "measure": 0.4, "dimension": 0.3, "member": 0.2,
               # "over 10" by itself may be an age; in "with orders over 10" it is not.
               "age_over": -4.0, "age_under": -4.0}
MOST_FILLERS = 2
#: Numbers that are taken for years of the Jalali calendar.
_JALALI_YEARS = range(1380, 1421)


@dataclass(frozen=True)
class Match:
    """A phrase found in pieces ``start`` to ``end`` (not included). ``codes``: what it can stand for, several when it is
    ambiguous, the first ``strong`` by their own name; ``slots``: the matches inside, in the order of the phrase; ``sure``: 1
    as written, under 0.9 misspelt."""

    kind: str
    codes: tuple[str, ...]
    start: int
    end: int
    score: float
    sure: float = 1.0
    slots: tuple[tuple[str, Match], ...] = ()
    strong: int = 1

    @property
    def code(self) -> str:
        return self.codes[0]

    def slot(self, name: str, place: int = 0) -> Match | None:
        found = [m for n, m in self.slots if n == name]
        return found[place] if len(found) > place else None


@dataclass
class Vocabulary:
    """All phrases of one language and one set of data."""

    words: WordList
    #: first word -> [(words, kind, code, own): own: the thing's own name, not another word for it]
    phrases: dict[str, list[tuple[tuple[str, ...], str, str, bool]]] = field(default_factory=lambda: defaultdict(list))
    #: [(elements, kind, code)]; an element is a word or a "{slot}"
    rules: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)
    #: shown phrases, for completion: (text, kind, code)
    shown: list[tuple[str, str, str]] = field(default_factory=list)
    #: measures that are known of each customer: what conditions on customers can be about
    of_each: set[str] = field(default_factory=set)
    #: whether years and months of the Jalali calendar are understood
    jalali: bool = False

    def add(self, kind: str, code: str, alternatives: str, own: bool = False) -> None:
        """Other words for a thing; with ``own`` its name, which is shown in completions."""
        for place, text in enumerate(alternatives.split("|")):
            words = tuple(p.key for p in pieces(text))
            if words:
                self.words.add(words)
                self.phrases[words[0]].append((words, kind, code, own))
                if own and place == 0:
                    self.shown.append((text, kind, code))

    def add_rule(self, kind: str, code: str, alternatives: str) -> None:
        for text in alternatives.split("|"):
            elements: list[str] = []
            for part in re.split(r"(\{\w+\})", text):
                elements += [part] if part.startswith("{") else [p.key for p in pieces(part)]
            self.words.add(e for e in elements if not e.startswith("{"))
            if any(e.startswith("{") for e in elements):
                self.rules.append((tuple(elements), kind, code))
            elif elements:
                self.phrases[elements[0]].append((tuple(elements), kind, code, True))


def basic_vocabulary(words: Namer, calendar: str = "gregorian") -> Vocabulary:
    """The vocabulary of a language without any data: stop words, numbers, months, phrases. Persian, and whoever has the Jalali
    ``calendar``, says Jalali years and months too."""
    endings = tuple((a.strip(), b) for a, _, b in (e.partition(">") for e in _bare(words.t(ENDINGS)).split("|")) if a.strip(" -"))
    joined = _bare(words.t(PREFIXES))
    prefixes = tuple(p for p in joined.split("|") if p.strip(" -")) if joined != PREFIXES else ()
    made = Vocabulary(WordList(endings, prefixes), jalali="jalali" in (calendar, usual_calendar(words)))
    made.add("stop", "", words.t(STOP))
    made.add("stop", "and", words.t(AND))
    made.add("percent", "", words.t(PERCENT))
    for kind, table in (("number", NUMBERS), ("share", FRACTIONS), ("unit", UNITS)):
        for code, text in table.items():
            made.add(kind, code, words.t(text))
    for kind, names in (("month", MONTHS), ("quarter", QUARTERS)):
        for place, text in enumerate(names, 1):
            made.add(kind, str(place), words.t(text))
    for kind, names in (("month", JALALI_MONTHS), ("quarter", JALALI_QUARTERS)) if made.jalali else ():
        for place, text in enumerate(names, 1):
            made.add(kind, f"{JALALI_CODE}{place}", text)
    for rule in RULES:
        made.add_rule(rule.kind, rule.code, words.t(rule.phrases))
    return made


def usual_calendar(words: Namer) -> CalendarName:
    """The calendar people mean in a language unless they chose another."""
    return "jalali" if getattr(words, "language", "") == "fa" else "gregorian"


def _bare(text: str) -> str:
    return text.strip("⟦⟧")


def _phrase(kind: str, start: int, end: int, sure: float, codes: list[tuple[bool, str]]) -> Match:
    names = list(dict.fromkeys(code for own, code in codes if own))
    every = tuple(dict.fromkeys((*names, *(code for _, code in codes))))
    score = (end - start) * (STOP_WORD if kind == "stop" else WORD) * sure + _PREFERENCE.get(kind, 0.0)
    return Match(kind, every, start, end, score, sure, strong=len(names) or len(every))


#: What a slot takes: kinds of matches found before.
_SLOTS = {"measure": ("measure",), "dimension": ("dimension",), "member": ("member",), "month": ("month",), "quarter": ("quarter",), "unit": ("unit",),
          "n": ("number", "amount"), "percent": ("share",), "year": ("year",), "when": ("named", "last_n", "day", "day_month", "month", "quarter", "year")}
#: Rules that can stand in the slot of others, found first.
_INNER = frozenset({"last_n", "day", "day_month", "month", "quarter"})


class Finder:
    """Matches of a vocabulary in the pieces of one text; ``rials``: whether amounts are kept in rials, so that rials and tomans are words."""

    def __init__(self, vocabulary: Vocabulary, text: Sequence[Piece], rials: bool = False) -> None:
        self.vocabulary, self.text = vocabulary, text
        self.like = [vocabulary.words.like(p) for p in text]
        self.at: list[list[Match]] = [[] for _ in text]
        for place in range(len(text)):
            self.at[place] += self._numbers(place)
            self.at[place] += self._phrases(place)
        self.fillers = {m.start for ms in self.at for m in ms if m.kind == "stop" and m.end == m.start + 1}
        for place in range(len(text)):
            self.at[place] += list(self._percents(place))
            if rials and (amount := self._amount(place)):
                # What is said of money is no year, age or count.
                self.at[place] = [m for m in self.at[place] if m.kind not in ("number", "year", "share")] + [amount]
        for inner in (True, False):
            rules = [r for r in vocabulary.rules if (r[1] in _INNER) == inner]
            found = [m for place in range(len(text)) for m in self._ruled(place, rules)]
            for match in found:
                self.at[match.start].append(match)

    def _numbers(self, place: int) -> list[Match]:
        piece = self.text[place]
        found = []
        if piece.day:
            found.append(Match("day", (piece.day.isoformat(),), place, place + 1, WORD))
        if piece.percent:
            found.append(Match("share", (piece.number,), place, place + 1, WORD))
        elif piece.number:
            found.append(Match("number", (piece.number,), place, place + 1, WORD - 1))
            if len(piece.number) == 4 and piece.number.isdigit() and self._is_year(int(piece.number)) and "," not in piece.text:
                found.append(Match("year", (piece.number,), place, place + 1, WORD))
        return found

    def _is_year(self, number: int) -> bool:
        return 1990 <= number <= 2100 or (self.vocabulary.jalali and number in _JALALI_YEARS)

    def _percents(self, place: int) -> Iterable[Match]:
        """A number with the word for percent after it."""
        for number in (m for m in self.at[place] if m.kind == "number"):
            after = self.at[number.end] if number.end < len(self.text) else []
            yield from (Match("share", number.codes, place, p.end, number.score + p.score, p.sure) for p in after if p.kind == "percent")

    def _amount(self, place: int) -> Match | None:
        """An amount with its unit, or a number with its scale; its codes are those of ``rials_said``."""
        found = rials_said(self.text, [(m.end, m.code) for m in self.at[place] if m.kind == "number" and m.sure >= 0.9])
        return Match("amount" if len(found[1]) == 4 else "number", found[1], place, found[0], WORD * (found[0] - place)) if found else None

    def _phrases(self, place: int) -> list[Match]:
        found: dict[tuple[str, int], tuple[float, list[tuple[bool, str]]]] = {}
        for first, how in self.like[place].items():
            for words, kind, code, own in self.vocabulary.phrases.get(first, ()):
                sure = self._sure(words, place, how)
                if sure is None or (kind == "stop" and sure < 0.9):
                    continue
                key = (kind, place + len(words))
                best, codes = found.get(key, (0.0, []))
                # Of several readings of the same words the nearest in writing remains.
                if sure > best:
                    best, codes = sure, []
                if sure == best:
                    codes.append((own, code))
                found[key] = (best, codes)
        # A word that is one of the little ones as it is written is not another one misspelt or bent.
        little = found.get(("stop", place + 1), (0.0, []))[0] == 1.0
        return [_phrase(kind, place, end, sure, codes) for (kind, end), (sure, codes) in found.items()
                if not (little and end == place + 1 and kind != "stop" and sure < 1.0)]

    def _sure(self, words: tuple[str, ...], place: int, first: float) -> float | None:
        """How sure the words stand at ``place``: the least sure of them; None when they do not."""
        if place + len(words) > len(self.text):
            return None
        sure = first
        for step, word in enumerate(words[1:], 1):
            how = self.like[place + step].get(word)
            if how is None:
                return None
            sure = min(sure, how)
        return sure

    def _ruled(self, place: int, rules: Iterable[tuple[tuple[str, ...], str, str]]) -> Iterable[Match]:
        here = self.like[place]
        kinds = {m.kind for m in self.at[place]}
        for elements, kind, code in rules:
            first = elements[0]
            if first in here or (first.startswith("{") and kinds.intersection(_SLOTS[first[1:-1]])):
                for end, score, sure, slots in self._follow(elements, 0, place, 0):
                    if self._means(kind, slots):
                        yield Match(kind, (code,), place, end, score + _PREFERENCE.get(kind, 0.0), sure, slots)

    def _means(self, kind: str, slots: tuple[tuple[str, Match], ...]) -> bool:
        """Whether a phrase makes sense with what is in its slots: "customers with more than 3" is not about customers each has."""
        if any(m.kind == "amount" for _, m in slots) and not kind.startswith("each"):
            return False
        if kind in ("day", "day_month"):
            # "October 2025 and October 2026" holds no day 2025.
            return all(len(m.code) <= 2 for name, m in slots if name == "n")
        if kind.startswith("each"):
            return self.vocabulary.of_each.issuperset(m.code for name, m in slots if name == "measure")
        return kind != "unknown" or slots[0][1].code != "customer"

    def _follow(self, elements: tuple[str, ...], step: int, place: int, fillers: int) -> Iterable[tuple[int, float, float, tuple]]:
        """All ways the elements from ``step`` on stand from ``place`` on: (end, score, sure, slots)."""
        if step == len(elements):
            yield place, 0.0, 1.0, ()
            return
        if place >= len(self.text):
            return
        element = elements[step]
        steps: list[tuple[int, float, float, tuple]] = []
        if element.startswith("{"):
            name = element[1:-1]
            steps = [(m.end, m.score, m.sure, ((name, m),)) for m in self.at[place] if m.kind in _SLOTS[name]]
        elif element in self.like[place]:
            how = self.like[place][element]
            # Words of phrases are short; a misspelt one must not turn a question around.
            steps = [(place + 1, WORD * how, how, ())] if how > 0.9 or len(element) >= 6 else []
        for end, score, sure, slots in steps:
            for last, more, surer, further in self._follow(elements, step + 1, end, 0):
                yield last, score + more, min(sure, surer), (*slots, *further)
        if step and fillers < MOST_FILLERS and place in self.fillers:
            for last, more, surer, further in self._follow(elements, step, place + 1, fillers + 1):
                yield last, more + FILLER, surer, further

    def best(self) -> tuple[list[Match], list[int]]:
        """The matches that explain most of the text, and the places nothing explains."""
        size = len(self.text)
        value, choice = [0.0] * (size + 1), [None] * size  # type: list[float], list[Match | None]
        for place in range(size - 1, -1, -1):
            value[place] = value[place + 1]
            for match in self.at[place]:
                if match.kind in ("percent", "unit"):
                    continue
                gain = match.score - (MATCH if match.kind != "stop" else 0.0) - (8.0 if match.kind in ("number", "amount") else 0.0)
                if gain + value[match.end] > value[place]:
                    value[place], choice[place] = gain + value[match.end], match
        found, left, place = [], [], 0
        while place < size:
            match = choice[place]
            if match is None:
                left.append(place)
            else:
                found.append(match)
            place = place + 1 if match is None else match.end
        return found, left
