"""Alerts on targets: thresholds a manager sets ("below 90 % of pace after the 10th"), and which targets they speak of today.

Every threshold is a share of what should be, on the side that is better: of a limit (less is better) it is the limit's part of
what was reached, so "below 90 %" means more than a ninth over it. A target the rule cannot judge is named with its reason, never
counted as fine. Nothing is read here but the days a chance needs; the store is :mod:`crm_data.analysis.target_alert_store`.
"""
from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crm_data.analysis.findings import Finding, Link, Said
from crm_data.analysis.target_chance import outlook
from crm_data.analysis.target_course import days_behind
from crm_data.analysis.target_rules import LONGEST_DAYS
from crm_data.analysis.target_store import Goal
from crm_data.analysis.targets import Board, Progress
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Filter
from crm_data.errors import N_, InputError
from crm_data.text import Figure

#: Stands for every scope; an empty dimension is the whole firm, a dimension without a member each of its members.
ANY = "*"
KINDS = ("pace", "landing", "chance", "attained")
#: Shares above this are slips of the hand.
MOST = 2.0
NOT_ABOVE_0 = N_("Its target is not above 0, so no share of it can be said.")
NOT_KNOWN = N_("What is reached is not known yet.")


@dataclass(frozen=True)
class Rule:
    """Fires where ``kind`` is below ``below`` (a share) once ``after_day`` days of the period have ended (0: from its first day)."""

    kind: str
    below: float
    after_day: int = 0

    def to_text(self) -> str:
        return json.dumps({"kind": self.kind, "below": self.below, "after_day": self.after_day})

    @staticmethod
    def from_text(text: str) -> Rule:
        """Raises ValueError or KeyError for what was not written by :meth:`to_text`."""
        read = json.loads(text)
        return Rule(str(read["kind"]), float(read["below"]), int(read["after_day"]))

    def check(self) -> None:
        """Refuse a rule that says nothing."""
        if self.kind not in KINDS:
            raise InputError(N_("There is no alert on “{kind}”. Choose one of: {known}."), kind=str(self.kind)[:40], known=", ".join(KINDS))
        if not math.isfinite(self.below) or self.below <= 0:
            raise InputError(N_("The threshold must be above 0 %; nothing would ever lie below it."))
        if self.kind == "chance" and self.below > 1:
            raise InputError(N_("A chance lies between 0 and 100 %: {share} is no threshold for it."), share=Figure(f"{self.below * 100:,.6g}%"))
        if self.below > MOST:
            raise InputError(N_("{share} would nearly always be alarmed. Give at most {most}."), share=Figure(f"{self.below * 100:,.6g}%"), most=Figure(f"{MOST * 100:g}%"))
        if self.after_day != int(self.after_day) or not 0 <= self.after_day <= LONGEST_DAYS:
            raise InputError(N_("The day of the period is a whole number from 0 to {most}."), most=LONGEST_DAYS)


@dataclass(frozen=True)
class Alert:
    """A rule and what it is about: a measure (empty: any) and a scope (see :data:`ANY`). ``author``: who set it."""

    measure: str
    dimension: str
    member: str
    rule: Rule
    shared: bool = False
    id: int | None = None
    author: str = ""
    own: bool = True
    editable: bool = True
    at: datetime | None = None

    def speaks_of(self, goal: Goal) -> bool:
        return self.measure in ("", goal.measure) and (self.dimension == ANY or (self.dimension == goal.dimension and self.member in ("", goal.member)))

    def check(self, catalog: Catalog) -> None:
        """Refuse a rule its indicator or scope cannot have. Members are checked by the store, which knows who asks."""
        self.rule.check()
        asked = Goal(self.measure, date.min, date.min, self.dimension).asked
        if self.dimension in ("", ANY):
            if self.member:
                raise InputError(N_("“{member}” needs a dimension: say whether it is a branch, an owner or something else."), member=self.member[:80])
        else:
            catalog.dimension(asked)
        if not self.measure:
            return
        measure = catalog.measure(self.measure)
        if self.rule.kind != "attained" and (measure.kind == "balance" or not measure.adds_up):
            raise InputError(N_("{measure} does not add up over days, so it has no pace, landing or chance. Set an alert on what is reached."), measure=measure.label)
        if self.dimension not in ("", ANY) and not catalog.can_cut(self.measure, asked):
            raise InputError(N_("{measure} cannot be split by {dimension}, so it cannot have a target there."),
                             measure=measure.label, dimension=catalog.dimension(asked).label)


@dataclass(frozen=True)
class Fired:
    """A target below its threshold. ``score``: the share judged; ``shown``: the share as it is said (of a limit: the part used)."""

    one: Progress
    score: float
    shown: float | None


@dataclass(frozen=True)
class Judged:
    """What an alert says today: targets below it (worst first), how many are fine, how many are not due yet, and those it cannot judge, with why."""

    fired: tuple[Fired, ...]
    fine: int
    early: int
    unjudged: tuple[tuple[Progress, str, Mapping[str, int]], ...]

    @property
    def spoken_of(self) -> int:
        return len(self.fired) + self.fine + self.early + len(self.unjudged)


def judge(alert: Alert, seen: Board, warehouse, scope: Scope) -> Judged:
    """The alert against every target of the board it is about. The board holds only what its reader may see."""
    fired, unjudged, fine, early = [], [], 0, 0
    for one in seen.all:
        if not alert.speaks_of(one.goal):
            continue
        if (seen.on - one.goal.first).days + 1 < alert.rule.after_day:
            early += 1
            continue
        score, shown, why, values = _score(one, alert.rule.kind, seen, warehouse, scope)
        if score is None:
            unjudged.append((one, why, values))
        elif score < alert.rule.below - 1e-9:
            fired.append(Fired(one, score, shown))
        else:
            fine += 1
    fired.sort(key=lambda f: (f.score, f.one.goal.measure, f.one.goal.member))
    return Judged(tuple(fired), fine, early, tuple(unjudged))


def _score(one: Progress, kind: str, seen: Board, warehouse, scope: Scope) -> tuple[float | None, float | None, str, Mapping[str, int]]:
    """The share a rule of this kind judges, the share as said, or why there is none (with the values of that sentence)."""
    where = one.pace
    if kind == "chance":
        flows = one.kind != "balance" and one.adds_up
        found = outlook(one, days_behind(one, warehouse, scope=scope, firm=seen.places, on=seen.on) if flows else {})
        share = found.chance.share if found.chance else None
        return share, share, found.why, found.values or {}
    part, whole = {"pace": (where.actual, where.expected), "landing": (where.landing, where.target)}.get(kind, (where.actual, where.target))
    if part is None or whole is None:
        return None, None, where.why or NOT_KNOWN, {}
    if one.better == "down" and whole >= 0:
        # A limit that is kept cannot be broken by using nothing of it.
        return (math.inf if part <= 0 else whole / part), (part / whole if whole else None), "", {}
    if whole <= 0:
        return None, None, where.why if kind == "pace" and where.why else NOT_ABOVE_0, {}
    return part / whole, part / whole, "", {}


def due(alerts: Sequence[Alert], seen: Board, warehouse, scope: Scope) -> list[Finding]:
    """One finding for each alert that fires; two that say the same of the same targets are one."""
    found, said = [], set()
    for alert in alerts:
        fired = judge(alert, seen, warehouse, scope).fired
        key = alert.rule, tuple(f.one.goal for f in fired)
        if fired and key not in said:
            said.add(key)
            found.append(finding(alert, fired))
    return found


# In words -----------------------------------------------------------------------------------------------------------
ONE = {("pace", "up"): N_("{member} is at {share} of its pace"), ("pace", "down"): N_("{member} is at {share} of its limit’s pace"),
       ("landing", "up"): N_("{member} will land at {share} of target"), ("landing", "down"): N_("{member} will land at {share} of its limit"),
       ("chance", "up"): N_("{member} has a chance of {share} to reach its target"), ("chance", "down"): N_("{member} has a chance of {share} to stay within its limit"),
       ("attained", "up"): N_("{member} has reached {share} of target"), ("attained", "down"): N_("{member} has used {share} of its limit")}


def one_said(rule: Rule, fired: Fired) -> Said:
    """A target that is below, in a sentence."""
    whose = (f"member:{fired.one.goal.dimension}", fired.one.goal.member) if fired.one.goal.dimension else ("measure", N_("The whole firm"))
    return Said(ONE[rule.kind, "down" if fired.one.better == "down" else "up"], {"member": whose, "share": ("part", fired.shown)})


def finding(alert: Alert, fired: Sequence[Fired]) -> Finding:
    """What Today and the review show of an alert: the target itself, or how many there are and the worst."""
    rule, worst = alert.rule, fired[0]
    goal = worst.one.goal
    values = {"n": ("count", len(fired)), "below": ("part", rule.below), "measure": ("measure", worst.one.label), "period": ("period", (goal.first, goal.last)),
              "who": ("text", alert.author or "?"), "member": one_said(rule, worst).values["member"], "share": ("part", worst.shown)}
    if len(fired) == 1:
        title, detail = one_said(rule, worst), Said(N_("{measure}, {period}; alert of {who}: below {below}"), values)
    else:
        title = _several(rule, len(fired), values)
        detail = Said(N_("The worst: {member}, {measure}, {period}, {share}; alert of {who}"), values)
    # Somebody asked to be told: before what the checks find by themselves.
    return Finding("alert", "bad", title, detail, _link(fired), weight=2e15 + 1000 * (rule.below - worst.score))


def _several(rule: Rule, n: int, values: Mapping[str, tuple[str, object]]) -> Said:
    if rule.kind == "pace":
        return Said.n("{n} target is below {below} of its pace", "{n} targets are below {below} of their pace", n, values)
    if rule.kind == "landing":
        return Said.n("{n} target will land below {below}", "{n} targets will land below {below}", n, values)
    if rule.kind == "chance":
        return Said.n("{n} target has a chance below {below}", "{n} targets have a chance below {below}", n, values)
    return Said.n("{n} target is reached to less than {below}", "{n} targets are reached to less than {below}", n, values)


def _link(fired: Sequence[Fired]) -> Link:
    """The page of the worst one; narrowed to it where it is the only one."""
    one = fired[0].one
    names = one.children or (one.goal.member,)
    filters = (Filter(one.goal.asked, "is", tuple(names)).to_text(),) if len(fired) == 1 and one.goal.dimension else ()
    return Link("targets", {"measure": (one.goal.measure,), "of": (one.goal.period.to_text(),), **({"f": filters} if filters else {})})
