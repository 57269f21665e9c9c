"""Classes of a ranking: A, B and C by the running share of what they bring, those who bring nothing or lose apart as D."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crm_data.errors import N_, InputError

CLASSES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Classing:
    """By what and where: A up to ``a`` of the positive values, B up to ``b``, C the rest; D loses or brings nothing.
    ``by``: a criterion that adds up ("worth"); "" for the ranking's first."""

    by: str = ""
    a: float = 0.80
    b: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.a < self.b <= 1:
            raise InputError(N_("The limits of the classes rise: A between 0 and 100 %, B above A, at most 100 %."))

    def to_text(self) -> str:
        """``worth:80:95``; "" for the usual limits by the first criterion."""
        return "" if self == Classing() else f"{self.by}:{self.a * 100:g}:{self.b * 100:g}"

    @staticmethod
    def from_text(text: str) -> Classing:
        """Read :meth:`to_text`. Raises InputError with a sentence."""
        name, _, rest = text.partition(":")
        a, _, b = rest.partition(":")
        try:
            return Classing(name[:80], float(a or 80) / 100, float(b or 95) / 100)
        except ValueError:
            raise InputError(N_("The classes “{text}” are not readable. Write them as worth:80:95."), text=text[:40]) from None


@dataclass(frozen=True)
class ClassPart:
    """One class: how many, and what they bring together (negative where they lose); ``share`` of the total, None where it is not positive."""

    name: str
    count: int
    amount: float
    share: float | None


def classes(values: np.ndarray, classing: Classing = Classing()) -> list[str]:
    """A, B, C by the share that stands *before* a member among the positive values (so the largest is always A); D otherwise."""
    clean = np.nan_to_num(values)
    order = np.argsort(-clean, kind="stable")
    positive = np.where(clean > 0, clean, 0.0)[order]
    total = positive.sum()
    # Rounded: 0.5 + 0.3 is 80 %, whatever the last bit says.
    before = np.round((np.cumsum(positive) - positive) / total, 12) if total > 0 else np.ones(len(clean))
    named = np.where(positive <= 0, "D", np.where(before < classing.a, "A", np.where(before < classing.b, "B", "C")))
    out = np.empty(len(clean), dtype=object)
    out[order] = named
    return list(out)


def parts(values: np.ndarray, named: list[str]) -> tuple[ClassPart, ...]:
    """Counts and amounts by class; they sum to all and to the total."""
    clean, label = np.nan_to_num(values), np.array(named, dtype=object)
    total = float(clean.sum())
    found = []
    for name in CLASSES:
        mine = label == name
        amount = float(clean[mine].sum())
        found.append(ClassPart(name, int(mine.sum()), amount, amount / total if total > 0 else None))
    return tuple(found)


def running(values: np.ndarray) -> np.ndarray:
    """Running share of the total, largest value first; may pass 1 where some values are negative."""
    ordered = np.sort(np.nan_to_num(values))[::-1]
    total = ordered.sum()
    return np.cumsum(ordered) / total if total > 0 else np.array([])
