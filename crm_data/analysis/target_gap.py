"""Who carries a target and who drags it: what each member adds to the whole's distance from its pace.

A member's part is what it reached less what it should have reached by the day; the parts add up to the same distance of the
whole, to the cent. What no member's target stands for has lines of its own: those without a target (against what the whole's
target leaves for them), what nobody is named for, and what the whole's target differs by from the sum of its members'.

Pure arithmetic over progress and daily values; amounts are Decimal, so that sums are exact.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from crm_data.analysis.target_days import Daily, of_member
from crm_data.analysis.targets import PARTS_OF_FIRM, Board, Progress
from crm_data.analysis.working_days import Places

LineKind = Literal["member", "without", "unknown", "unshared"]
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One part of the gap in the measure's unit: ``ahead`` = reached less expected (above 0: ahead of pace).

    ``kind``: a member with a target (``one``); the ``names`` without one, of whom the rest of the whole's target is expected (nothing,
    where there is no rest); what has no member named; or what the whole's target differs by from the sum of its members'.
    """

    kind: LineKind
    ahead: Decimal
    reached: Decimal = Decimal(0)
    one: Progress | None = None
    names: tuple[str, ...] = ()

    @property
    def expected(self) -> Decimal:
        return self.reached - self.ahead

    def helps(self, better: str) -> bool | None:
        """Whether it moves the whole the right way; None where it does nothing."""
        return None if not self.ahead else (self.ahead < 0) == (better == "down")


@dataclass(frozen=True)
class Gap:
    """A whole and the parts of its distance from the pace: members first, the one that drags most at the top."""

    whole: Progress
    dimension: str
    ahead: Decimal
    lines: tuple[Line, ...]

    @property
    def members(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.kind == "member")

    def share(self, line: Line) -> float | None:
        """A part as a share of the whole's target: 0.02 is two points of its attainment."""
        return float(line.ahead) / self.whole.pace.target if self.whole.pace.target else None

    def most(self, helping: bool) -> Line | None:
        """The member that carries (or drags) most; None where none does."""
        found = [line for line in self.members if line.helps(self.whole.better) is helping]
        return max(found, key=lambda line: abs(line.ahead), default=None)


def members_of(whole: Progress, board: Board) -> tuple[str, list[Progress]]:
    """Whose targets stand beside each other under a whole, and by which dimension: the branches under the firm or a group of
    branches, else the people of a branch. Of a branch inside another one that is listed only the outer one counts."""
    goal, firm = whole.goal, board.places
    same = [p for p in board.all if (p.goal.measure, p.goal.first, p.goal.last) == (goal.measure, goal.first, goal.last) and p.goal != goal and not p.parts]
    if whole.parts:
        parts = set(whole.parts)
        return whole.parts[0].asked, [p for p in same if p.goal in parts]
    if not goal.dimension or whole.children:
        within = [p for p in same if p.goal.dimension == PARTS_OF_FIRM and (not goal.dimension or p.goal.member in whole.children)]
        inside = {name for p in within for name in p.children if name != p.goal.member}
        if found := [p for p in within if p.goal.member not in inside]:
            return PARTS_OF_FIRM, found
        return ("owner", [p for p in same if p.goal.dimension == "owner"]) if not goal.dimension else ("", [])
    if goal.dimension == PARTS_OF_FIRM:
        here = firm.branches_of(goal.dimension, goal.member)
        return "owner", [p for p in same if p.goal.dimension == "owner" and firm.staff_branch.get(p.goal.member) in here]
    return "", []


def gap(whole: Progress, dimension: str, members: Sequence[Progress], days: Mapping[str, Daily], firm: Places) -> Gap | None:
    """The parts of the whole's distance from its pace; None where it has no pace.

    ``days``: what was reached within the whole by member of ``dimension`` ("" for none named), up to the day of the board.
    """
    if whole.pace.ahead is None or whole.pace.expected is None:
        return None
    total = exact(whole.pace.actual) - exact(whole.pace.expected)
    lines = [_member(one, days, firm) for one in members]
    taken = {name for one in members for name in (*one.children, one.goal.member)}
    others = {name: sum(values.values()) for name, values in days.items() if name not in taken}
    unknown = others.pop("", 0.0)
    if named := tuple(sorted((name for name, value in others.items() if exact(value)), key=lambda n: -abs(others[n]))):
        amount = exact(sum(others.values()))
        lines.append(Line("without", amount, amount, names=named))
    if exact(unknown):
        lines.append(Line("unknown", exact(unknown), exact(unknown)))
    return Gap(whole, dimension, total, tuple(_ordered(_closed(lines, total), whole.better)))


def exact(value: float | None) -> Decimal:
    """A number to the cent (a hundredth of any other unit)."""
    return Decimal(repr(float(value or 0.0))).quantize(CENT)


def _member(one: Progress, days: Mapping[str, Daily], firm: Places) -> Line:
    reached = exact(sum(of_member(days, one.goal, firm).values()))
    return Line("member", reached - exact(one.pace.expected), reached, one)


def _closed(lines: list[Line], total: Decimal) -> list[Line]:
    """The lines with what is left to the whole; of that, what is only rounding goes into the largest line."""
    rest = total - sum((line.ahead for line in lines), Decimal(0))
    if not rest:
        return lines
    dust = abs(rest) <= CENT * (len(lines) + 1)
    taker = max(range(len(lines)), key=lambda i: abs(lines[i].ahead), default=None) if dust else None
    if not dust and rest < 0:
        # The whole asks more than its members: it is asked of those without a target of their own.
        taker = next((i for i, line in enumerate(lines) if line.kind == "without"), None)
    if taker is None:
        return [*lines, Line("unshared", rest)]
    return [replace(line, ahead=line.ahead + rest) if i == taker else line for i, line in enumerate(lines)]


def _ordered(lines: Sequence[Line], better: str) -> list[Line]:
    """Members from the one that drags most to the one that carries most; the rest below them."""
    turn = -1 if better == "down" else 1
    members = sorted((line for line in lines if line.kind == "member"), key=lambda line: turn * line.ahead)
    return [*members, *(line for line in lines if line.kind != "member")]


