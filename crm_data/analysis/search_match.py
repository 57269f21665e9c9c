"""How well each customer of an index fits what was typed, and the best of them within a scope.

A customer fits when every word typed stands for a word of it. What is surer comes first: the exact number, phone or mail;
whole words; beginnings; parts of words; the same sound in another script; then what is only alike. Scores are whole numbers.
"""
from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from crm_data.analysis.search_index import LONGEST_WORD, PLACE, Index, number_key
from crm_data.analysis.search_lines import script_of
from crm_data.model.folding import fold, phone_digits, skeletons
from crm_data.model.identity import sought
from crm_data.model.sounds import sounds

#: Quality of a word that stands for a word typed, of 100: a whole word, its beginning, a part of it; the same sound in another
#: script, by the length of the sound's key (short ones are shared by many names); the same in the same script, which only resembles.
WHOLE, BEGINS, HOLDS = 100, 80, 65
SOUNDS, LOOSE, SAME_SCRIPT = (0, 36, 44, 60), (0, 0, 30, 45), (0, 30, 40, 47)
SOUND_BEGINS, LIKENESS = 50, 62
#: How far a word typed may be from the customer's: as it stands, by its sound too, misspelt too.
LITERALLY, BY_SOUND, MISSPELT = 0, 1, 2
#: Taken off where the word is not of the customer's own name.
LESS = np.array([0, 12, 30, 0], np.int16)
#: Scores of whole finds, above every name's: 10 for each of its 100, and what a name said in full gets on top.
FULL = 60
NUMBER, IDENTITY, REACHED, NUMBER_BEGINS, REACHED_PARTLY, MAIL_BEGINS, MAIL_HOLDS = 2000, 1950, 1900, 1200, 1100, 90, 60
MOST_WORDS, FEW_DIGITS = 8, 4
BY = ("", "number", "phone", "mail", "identity")
_PHONE = re.compile(r"[\d+()\-\s./]+")
_BREAK, _NINE, _ZERO = 10, 57, 48


def allowed(word: str) -> int:
    """How many wrong letters are forgiven in a word; scripts that leave vowels out say as much in fewer letters."""
    letters = len(word) + (0 if word.isascii() else 1)
    return 0 if letters < 3 else 1 if letters < 5 else 2 if letters < 8 else 3


class Fit:
    """Scores of all customers for one text, and what each was found by (a place in ``BY``)."""

    def __init__(self, index: Index, typed: str) -> None:
        self.index, self.typed = index, typed
        self.words = tuple(dict.fromkeys(word[:LONGEST_WORD] for word in fold(typed).split()))[:MOST_WORDS]
        self.score = np.zeros(len(index), np.int32)
        self.by = np.zeros(len(index), np.uint8)
        self.alike = np.zeros(len(index), bool)
        self._known: dict[str, list] = {}

    # Numbers, phones and mails -------------------------------------------------------------------------------------
    def whole(self) -> None:
        """Finds by what was typed as a whole: a number, an identity number, a phone, a mail."""
        for by, rows, score in (*self._by_number(), *self._by_identity(), *self._by_phone(), *self._by_mail()):
            self._keep(rows, score, BY.index(by), False)

    def _keep(self, rows: np.ndarray, score: np.ndarray, by: int, alike: np.ndarray | bool) -> None:
        # A customer with two phones comes twice: the better one counts.
        order = np.argsort(score, kind="stable")
        rows, score, alike = rows[order], score[order], np.broadcast_to(alike, score.shape)[order]
        better = score > self.score[rows]
        self.score[rows[better]] = score[better]
        self.by[rows[better]] = by
        self.alike[rows[better]] = alike[better]

    def _by_number(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        key = number_key(self.typed)
        if not any(ch.isdigit() for ch in key) or len(key) > 60:
            return
        rows, before, after = self.index.numbers.before_and_after(key)
        # 482 is not found in the middle of 100482 as if it began there; C-100482 and 100482 are.
        starts = (before == _BREAK) | (key[0].isdigit() & ((before < _ZERO) | (before > _NINE)))
        score = np.where(starts & (after == _BREAK), NUMBER, np.where(starts, NUMBER_BEGINS, REACHED_PARTLY if len(key) >= FEW_DIGITS else 0))
        yield "number", rows[score > 0], score[score > 0]

    def _by_identity(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """Only the whole number finds anybody: a part of one would let people be guessed."""
        if key := sought(self.typed):
            lines, begins, ends = self.index.identities.holding(key)
            rows = self.index.identities_of[lines[begins & ends]]
            yield "identity", rows, np.full(len(rows), IDENTITY)

    def _by_phone(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        for n, digits in enumerate(phone_forms(self.typed)):
            lines, before, after = self.index.phones.before_and_after(digits)
            whole = (after == _BREAK) & ((before == _BREAK) | (len(digits) >= 8))
            yield "phone", self.index.phones_of[lines], np.where(whole, REACHED, REACHED_PARTLY) - n

    def _by_mail(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        part = self.typed.casefold().strip()
        if len(part) < 3 or any(ch.isspace() for ch in part) or not part.isascii() or part.isdigit():
            return
        lines, begins, ends = self.index.mails.holding(part)
        score = np.where(begins & ends, REACHED, REACHED_PARTLY) if "@" in part or "." in part else np.where(begins, MAIL_BEGINS, MAIL_HOLDS if len(part) > 3 else 0)
        yield "mail", self.index.mails_of[lines][score > 0], score[score > 0]

    def sure(self, seen: np.ndarray) -> bool:
        """Whether somebody was found by a whole number, phone or mail: then nobody else is meant."""
        return bool((self.score[seen] >= REACHED_PARTLY - 2).any())

    # Words ---------------------------------------------------------------------------------------------------------
    def named(self, words: tuple[str, ...], how: int = LITERALLY, minus: int = 0) -> None:
        """Finds by words: every one of ``words`` stands for one of the customer, as far off as ``how`` allows."""
        least = together = None
        sure = np.ones(len(self.index), bool)
        for word in words:
            fits, surely = self._fits(word, how)
            least = fits if least is None else np.minimum(least, fits)
            together = fits.astype(np.int32) if together is None else together + fits
            sure &= surely
            if not least.any():
                return
        if least is None or together is None:
            return
        rows = np.flatnonzero(least)
        score = 5 * least[rows].astype(np.int32) + 5 * together[rows] // len(words) - minus
        full = (least[rows] >= HOLDS) & np.logical_or.reduce([lengths[rows] == len(words) for lengths in self.index.lengths])
        self._keep(rows, (score + np.where(full, FULL, 0)).clip(1).astype(np.int32), 0, ~sure[rows])

    def _fits(self, word: str, how: int) -> tuple[np.ndarray, np.ndarray]:
        """The best quality of ``word`` for each customer (0 for none), and whether that is more than a resemblance."""
        if word not in self._known:
            self._known[word] = list(self._literally(word))
        best, surely = self._spread([*self._known[word], *(self._by_sound(word) if how >= BY_SOUND else ())])
        if len(word) >= 3 and word.isdigit():
            for rows in self._digits(word):
                surely[rows[best[rows] < BEGINS]] = True
                best[rows] = np.maximum(best[rows], BEGINS)
        if how == MISSPELT and (alike := self._spread([(numbers, quality, False) for numbers, quality in self._alike(word)]))[0].any():
            # What both looks and sounds alike comes before what does one of them.
            surely &= best >= alike[0]
            best = np.where((best > 0) & (best < WHOLE), np.maximum(best, alike[0]) + np.minimum(best, alike[0]) // 8, np.maximum(best, alike[0]))
        return best, surely

    def _spread(self, found: list[tuple[np.ndarray, np.ndarray, bool]]) -> tuple[np.ndarray, np.ndarray]:
        """From words of the index to the customers that have them: (quality, whether sure), the surest way to each."""
        best = np.zeros(len(self.index), np.int16)
        surest = np.zeros(len(self.index.words), np.int16)
        for numbers, quality, sure in found:
            # Twice the quality and one more when it is sure: one maximum takes both along.
            np.maximum.at(surest, numbers, (2 * quality + (sure & (quality > 0))).astype(np.int16))
        known = np.flatnonzero(surest)
        values, whence = self.index.of_word.of(known)
        kind, both = values & 3, surest[known][whence]
        # Names of places count only as they are said, and there are few enough for a sound to be sure.
        less = np.where((kind == PLACE) & (both >> 1 < HOLDS), 0, LESS[kind])
        quality = np.maximum((both >> 1) - less, 1) * ((kind != PLACE) | (both >> 1 >= SOUNDS[2]))
        np.maximum.at(best, values >> 2, np.where(quality > 0, 2 * quality + (both & 1), 0).astype(np.int16))
        return best >> 1, (best & 1).astype(bool)

    def _digits(self, word: str) -> Iterator[np.ndarray]:
        """A word of digits beside others: a part of the number or of a phone."""
        yield self.index.numbers.holding(word)[0]
        if len(word) >= FEW_DIGITS:
            yield self.index.phones_of[self.index.phones.holding(word.lstrip("0") or word)[0]]

    def _literally(self, word: str) -> Iterator[tuple[np.ndarray, np.ndarray, bool]]:
        words = self.index.words
        if len(word) < 2:
            numbers = words.beginning(word)
            yield numbers, np.where(words.length[numbers] == len(word), WHOLE, BEGINS), True
            return
        numbers, begins, ends = words.holding(word)
        part = len(word) / np.maximum(words.length[numbers], 1)
        yield numbers, np.where(begins & ends, WHOLE, np.where(begins, BEGINS + (15 * part).astype(int), HOLDS + (10 * part).astype(int))), True

    def _by_sound(self, word: str) -> Iterator[tuple[np.ndarray, np.ndarray, bool]]:
        """Words of another script that sound the same; of the same script too, which is a resemblance."""
        index, script = self.index, script_of(word)
        ways = [(index.of_key.of(index.keys.equal(key))[0], SOUNDS[min(len(key), 3)], SAME_SCRIPT[min(len(key), 3)]) for key in sounds(word)]
        ways += [(index.of_key.of(index.keys.beginning(key))[0], SOUND_BEGINS, 0) for key in sounds(word) if len(key) > 2]
        ways += [(index.of_loose_key.of(index.loose_keys.equal(key))[0], LOOSE[min(len(key), 3)], 0) for key in skeletons(word)]
        for numbers, other, same in ways:
            own = index.words.scripts[numbers] == script
            yield numbers[~own], np.full(np.count_nonzero(~own), other), True
            if same:
                yield numbers[own], np.full(np.count_nonzero(own), same), False

    def _alike(self, word: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        wrong = allowed(word)
        if not wrong or any(ch.isdigit() for ch in word):
            return
        numbers, off = self.index.words.alike(word, wrong)
        length = np.maximum(self.index.words.length[numbers], len(word))
        # Off by one in eight is nearer than off by one in three.
        yield numbers, (LIKENESS * (1 - off / length)).astype(int)
        if len(word) >= 5:
            numbers, off = self.index.words.beginning_alike(word, 1 if len(word) < 8 else 2)
            yield numbers, (LIKENESS * (0.9 - off / len(word))).astype(int)
        for key in sounds(word)[:3]:
            if len(key) >= 4:
                heard = self.index.of_key.of(self.index.keys.alike(key, 1)[0])[0]
                yield heard, np.full(len(heard), LIKENESS // 2)


def phone_forms(typed: str) -> list[str]:
    """The digits a typed phone number may be kept as, surest first; none when it is not one. At least four digits.

    People write 052-123..., 00972 52 123..., +972 (0)52 123...: what follows the prefixes is the same.
    """
    text = "".join(str(int(ch)) if ch.isdigit() and not ch.isascii() else ch for ch in "".join(typed.split())).replace("\u2013", "-")
    digits = "".join(ch for ch in text if ch.isdigit())
    if not _PHONE.fullmatch(text) or len(digits) < FEW_DIGITS:
        return []
    bare = digits[2:] if digits.startswith("00") else digits.lstrip("0")
    forms = [bare] if text.startswith(("+", "00")) else [digits, bare]
    if text.startswith(("+", "00")) and (parsed := phone_digits("+" + bare, None)):
        forms.insert(0, parsed)
    return [form for form in dict.fromkeys(forms) if len(form) >= FEW_DIGITS]
