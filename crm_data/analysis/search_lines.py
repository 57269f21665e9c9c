"""Many short texts in one block of bytes: found by any part of them in about a millisecond, and by likeness in a few."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

#: A word is compared letter by letter with at most so many others, the most promising by their letters.
MOST_COMPARED = 6_000
#: Bytes of a text by which it is looked up.
_HEAD = 12


def places(block: np.ndarray, often: np.ndarray, part: bytes) -> np.ndarray:
    """Where ``part`` begins in ``block``; its rarest byte is looked for first, the others only beside what was found."""
    wanted = np.frombuffer(part, np.uint8)
    if not len(wanted) or len(wanted) > len(block):
        return np.zeros(0, np.int64)
    order = np.argsort(often[wanted], kind="stable")
    last = len(block) - len(wanted) + 1
    at = np.flatnonzero(block[order[0]:order[0] + last] == wanted[order[0]])
    for k in order[1:]:
        at = at[block[at + k] == wanted[k]]
    return at


class Lines:
    """Texts, one a line; each found by its number (its place in what was given)."""

    def __init__(self, texts: Sequence[str]) -> None:
        kept = [text.replace("\n", " ") for text in texts]
        joined = ("\n" + "\n".join(kept) + "\n").encode()
        self.block = np.frombuffer(joined, np.uint8)
        self.often = np.bincount(self.block, minlength=256)
        # Where each line's own line feed stands; the last one closes the block.
        self.breaks = np.flatnonzero(self.block == 10)

    def __len__(self) -> int:
        return len(self.breaks) - 1

    @property
    def bytes(self) -> int:
        return self.block.nbytes + self.breaks.nbytes

    def holding(self, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Lines that hold ``part``, once each: their numbers, whether they begin with it, whether they end with it."""
        text = part.encode()
        at = places(self.block, self.often, text)
        number = np.searchsorted(self.breaks, at, "right") - 1
        begins, ends = self.breaks[number] + 1 == at, self.breaks[number + 1] == at + len(text)
        once, first = np.unique(number, return_index=True)
        if len(once) == len(number):
            return number, begins, ends
        # A line that holds it twice ends with it at the last place and begins with it at the first.
        last = len(number) - 1 - np.unique(number[::-1], return_index=True)[1]
        return once, begins[first], ends[last]

    def before_and_after(self, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every place of ``part``: the line, the byte before it and the byte after it."""
        text = part.encode()
        at = places(self.block, self.often, text)
        return np.searchsorted(self.breaks, at, "right") - 1, self.block[at - 1], self.block[at + len(text)]

    def texts(self, numbers: np.ndarray) -> list[str]:
        return [self.block[a + 1:b].tobytes().decode() for a, b in zip(self.breaks[numbers].tolist(), self.breaks[numbers + 1].tolist(), strict=True)]


def letters_of(text: str) -> int:
    """The letters of a word as bits, whatever their order."""
    found = 0
    for letter in text:
        found |= 1 << (ord(letter) % 61)
    return found


def script_of(word: str) -> int:
    """0 Latin, 1 Hebrew, 2 Arabic and Persian, 3 other: by the first letter."""
    first = ord(word[0]) if word else 0
    return 0 if first < 0x250 else 1 if 0x590 <= first < 0x600 else 2 if 0x600 <= first < 0x780 else 3


class Sorted(Lines):
    """Texts in the order of their code points, each once: whole ones and beginnings are looked up, not searched for."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(texts)
        self.heads = np.array([text.encode()[:_HEAD] for text in texts], f"S{_HEAD}")

    @property
    def bytes(self) -> int:
        return super().bytes + self.heads.nbytes

    def beginning(self, part: str) -> np.ndarray:
        """Lines that begin with ``part``."""
        text = part.encode()
        first, last = np.searchsorted(self.heads, text[:_HEAD]), np.searchsorted(self.heads, text[:_HEAD].ljust(_HEAD, b"\xff"), "right")
        found = np.arange(first, last)
        return found if len(text) <= _HEAD else found[[line.startswith(part) for line in self.texts(found)]]

    def equal(self, text: str) -> np.ndarray:
        """The line that is ``text``, if there is one."""
        found = self.beginning(text)[:1]  # the shortest that begins with it comes first
        return found[self.breaks[found + 1] - self.breaks[found] - 1 == len(text.encode())]


class Words(Sorted):
    """Single words, also found when they are misspelt."""

    def __init__(self, texts: Sequence[str]) -> None:
        super().__init__(texts)
        self.letters = np.fromiter((letters_of(text) for text in texts), np.uint64, len(texts))
        self.length = np.fromiter(map(len, texts), np.uint8, len(texts))
        self.scripts = np.fromiter(map(script_of, texts), np.uint8, len(texts))

    @property
    def bytes(self) -> int:
        return super().bytes + self.letters.nbytes + 2 * self.length.nbytes

    def alike(self, word: str, wrong: int) -> tuple[np.ndarray, np.ndarray]:
        """Words at most ``wrong`` letters (added, dropped, changed or swapped) from ``word``, and how many they are off."""
        # n changed letters change at most 2n of the letters that occur at all: what is further off is never compared.
        other = np.bitwise_count(self.letters ^ np.uint64(letters_of(word)))
        near = np.flatnonzero((other <= 2 * wrong) & (np.abs(self.length.astype(np.int16) - len(word)) <= wrong))
        return self._compared(word, near[np.argsort(other[near], kind="stable")[:MOST_COMPARED]], wrong, None)

    def beginning_alike(self, word: str, wrong: int) -> tuple[np.ndarray, np.ndarray]:
        """Longer words whose beginning is at most ``wrong`` letters from ``word``, and how many it is off."""
        missing = np.bitwise_count(np.uint64(letters_of(word)) & ~self.letters)
        near = np.flatnonzero((missing <= wrong) & (self.length > len(word) + wrong))
        return self._compared(word, near[np.argsort(missing[near], kind="stable")[:MOST_COMPARED]], wrong, len(word))

    def _compared(self, word: str, near: np.ndarray, wrong: int, cut: int | None) -> tuple[np.ndarray, np.ndarray]:
        if not len(near):
            return near, near
        texts = self.texts(near)
        if cut is not None:
            texts = [text[:cut] for text in texts]
        off = cdist([word], texts, scorer=OSA.distance, score_cutoff=wrong, dtype=np.uint8)[0]
        good = off <= wrong
        return near[good], off[good]


class Lists:
    """Lists of numbers of many, one after another: which customers a word stands for."""

    def __init__(self, of: np.ndarray, values: np.ndarray, many: int) -> None:
        order = np.argsort(of, kind="stable")
        self.values = values[order]
        self.starts = np.concatenate(([0], np.cumsum(np.bincount(of, minlength=many)))).astype(np.int64)

    @property
    def bytes(self) -> int:
        return self.values.nbytes + self.starts.nbytes

    def of(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """All values of ``numbers`` together, and for each the place in ``numbers`` it comes from."""
        many = self.starts[numbers + 1] - self.starts[numbers]
        whence = np.repeat(np.arange(len(numbers)), many)
        ends = np.cumsum(many)
        at = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - many, many) + np.repeat(self.starts[numbers], many)
        return self.values[at], whence
