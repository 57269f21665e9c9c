"""The scorecard of people: targets, activities and results as one score whose composition is visible.

Each part stands between 0 and 100: the target by what it reaches (or will, at this pace), at most 100; every other part by the
percentile among the people compared (100 best, ties share the mean place). A part's points are its standing times its share of
the weights, to the tenth; the score is the sum of these points, so it is exact. A part that cannot be said of somebody (no
target, a ratio on too few cases, nobody to compare with) is left out for them, their other parts weigh accordingly more, and it
is said. Pure arithmetic: nothing is read here.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Group = Literal["target", "activities", "results"]
#: A ratio on fewer cases is chance more than skill.
LEAST_CASES = 30
MOST_WEIGHT = 10
TENTH = Decimal("0.1")
TARGET, VOLUME, VISITS = "target", "volume", "visits"


@dataclass(frozen=True)
class Part:
    """One part of the score. ``measure``: what it is asked as ("" for the target and for the volume, which follows the data);
    ``cases``: of a ratio, the measures whose sum it rests on; ``channels``: contacts by these only."""

    name: str
    group: Group
    weight: int
    measure: str = ""
    cases: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


PARTS = (
    Part(TARGET, "target", 3),
    Part("contacts", "activities", 1, "contacts"),
    Part(VISITS, "activities", 1, "contacts", channels=("meeting", "visit")),
    Part("quotes", "activities", 1, "quotes"),
    Part("new_customers", "activities", 1, "new_customers"),
    Part(VOLUME, "results", 2),
    Part("gross_margin", "results", 1, "gross_margin", cases=("orders",)),
    Part("win_rate", "results", 1, "win_rate", cases=("won", "lost")),
)
BY_NAME: Mapping[str, Part] = {part.name: part for part in PARTS}


@dataclass(frozen=True)
class Person:
    """What is known of somebody in the period. ``values``: by part in its unit, None where not defined; ``cases``: by ratio, how
    many it rests on; ``attained`` and ``landing``: shares of the target (None: no target, or it cannot be said, see ``has_target``)."""

    key: int
    name: str
    place: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)
    cases: Mapping[str, int] = field(default_factory=dict)
    attained: float | None = None
    landing: float | None = None
    has_target: bool = False

    @property
    def reached(self) -> float | None:
        """What counts of the target: where it will land, or what is reached where that cannot be said."""
        return self.attained if self.landing is None else self.landing

    def few(self, part: str) -> bool:
        return bool(BY_NAME[part].cases) and self.values.get(part) is not None and self.cases.get(part, 0) < LEAST_CASES


@dataclass(frozen=True)
class Point:
    """A part's addition: ``standing`` 0-100, ``share`` of the weights 0-1, ``points`` = their product."""

    standing: float
    share: float
    points: Decimal


@dataclass(frozen=True)
class Card:
    """A person's score: None where no part can be said. ``few``: the ratios that rest on too few cases."""

    person: Person
    points: Mapping[str, Point]
    score: Decimal | None
    few: tuple[str, ...] = ()

    @property
    def no_target(self) -> bool:
        return self.person.reached is None

    def quiet(self, weights: Mapping[str, int]) -> bool:
        """Whether the score cannot stand beside those of others: there is none, or a target that counts is missing."""
        return self.score is None or (bool(weights.get(TARGET)) and self.no_target)


def weights_of(texts: Iterable[str]) -> dict[str, int]:
    """``contacts:2`` ... -> every part's weight; what names no part or no weight of 0 to 10 is left out, all 0 means the usual."""
    usual = {part.name: part.weight for part in PARTS}
    found = dict(usual)
    for text in texts:
        name, _, number = text.partition(":")
        if name in found and number.isascii() and number.isdigit() and len(number) <= 2 and int(number) <= MOST_WEIGHT:
            found[name] = int(number)
    return found if any(found.values()) else usual


def weights_link(weights: Mapping[str, int]) -> list[str]:
    """Weights as an address carries them: only those that are not the usual."""
    return [f"{part.name}:{weights[part.name]}" for part in PARTS if weights.get(part.name, part.weight) != part.weight]


def standing(value: float, others: Sequence[float]) -> float | None:
    """The percentile of ``value`` among ``others`` (itself one of them); None where there is nobody else."""
    if len(others) < 2:
        return None
    less, same = sum(v < value for v in others), sum(v == value for v in others)
    return (less + (same - 1) / 2) / (len(others) - 1) * 100


def cards(people: Sequence[Person], weights: Mapping[str, int], parts: Sequence[str]) -> list[Card]:
    """Everybody's score from the ``parts`` the data has, the best first; who has none at the end."""
    counted = [name for name in parts if weights.get(name)]
    compared = {name: [float(p.values[name]) for p in people if p.values.get(name) is not None and not p.few(name)]  # type: ignore[arg-type]
                for name in counted if name != TARGET}
    found = [_card(person, {name: weights[name] for name in counted}, compared, parts) for person in people]
    return sorted(found, key=lambda c: (c.score is None, -(c.score or 0), c.person.name, c.person.key))


def _card(person: Person, weights: Mapping[str, int], compared: Mapping[str, Sequence[float]], parts: Sequence[str]) -> Card:
    stands: dict[str, float] = {}
    for name in weights:
        value = person.reached if name == TARGET else person.values.get(name)
        if value is None or (name != TARGET and person.few(name)):
            continue
        stood = min(max(value, 0.0), 1.0) * 100 if name == TARGET else standing(float(value), compared[name])
        if stood is not None:
            stands[name] = stood
    whole = sum(weights[name] for name in stands)
    points = {name: Point(stood, weights[name] / whole, Decimal(repr(stood * weights[name] / whole)).quantize(TENTH)) for name, stood in stands.items()}
    few = tuple(name for name in parts if name != TARGET and person.few(name))
    return Card(person, points, sum((p.points for p in points.values()), Decimal(0)) if points else None, few)
