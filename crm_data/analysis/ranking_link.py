"""A ranking as its address: what is ranked, by what, in which classes, when, against what and of whom."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm_data.analysis.ranking import Ranking, rank
from crm_data.analysis.ranking_classes import CLASSES, Classing
from crm_data.analysis.ranking_criteria import MOST, SUBJECTS, Criterion
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Filter
from crm_data.cuts.periods import COMPARISONS, Comparison, Period
from crm_data.errors import N_, InputError

#: Parameters of an address that say the ranking itself; ``OF`` say the days and customers it is of.
OWN, OF = ("by", "rank", "abc", "class"), ("period", "vs", "f")


@dataclass(frozen=True)
class Asked:
    """``shown``: the classes shown, () for all; places and scores are always those of all."""

    subject: str
    criteria: tuple[Criterion, ...]
    classing: Classing = Classing()
    shown: tuple[str, ...] = ()

    def to_link(self) -> dict[str, list[str]]:
        link = {"by": [self.subject], "rank": [c.to_text() for c in self.criteria], "abc": [self.classing.to_text()], "class": ["".join(self.shown)]}
        return {k: v for k, v in link.items() if v != [""]}


@dataclass(frozen=True)
class Whole:
    """A ranking with its days and customers."""

    asked: Asked
    period: Period
    compare: Comparison
    filters: tuple[Filter, ...]

    def found(self, warehouse, scope: Scope) -> Ranking:
        a = self.asked
        return rank(warehouse, scope, self.period, a.criteria, subject=a.subject, compare=self.compare, filters=self.filters, classing=a.classing)


def classes_of(text: str) -> tuple[str, ...]:
    """``AB`` -> the classes A and B; letters that name none are left out."""
    return tuple(c for c in CLASSES if c in text.upper()) if len(text) <= 8 else ()


def from_link(query: Mapping[str, Sequence[str]], today: date, catalog: Catalog) -> Whole:
    """Read an address. Raises a sentence for what it could not have written, or for what is gone since."""
    def one(name: str, instead: str = "") -> str:
        return str((query.get(name) or [instead])[-1])
    subject, compare = one("by", "customer"), one("vs", "last_year")
    if subject not in SUBJECTS:
        raise InputError(N_("There is no ranking of “{subject}”. Use one of: {known}."), subject=subject[:40], known=", ".join(SUBJECTS))
    if compare not in COMPARISONS:
        raise InputError(N_("There is no comparison “{name}”. Use one of: {known}."), name=compare[:40], known=", ".join(COMPARISONS))
    criteria = tuple(Criterion.from_text(text, catalog) for text in list(query.get("rank") or ("revenue",))[:MOST])
    classing = Classing.from_text(one("abc")) if one("abc") else Classing()
    return Whole(Asked(subject, criteria, classing, classes_of(one("class"))), Period.from_text(one("period", "month_to_date"), today),
                 compare, tuple(Filter.from_text(f) for f in query.get("f", ())))  # type: ignore[arg-type]
