"""The weekly review as a value: a meeting with its agenda, and what looking at a block of it gives to be drawn.

A meeting is kept in the application database (:mod:`crm_data.analysis.meetings`). It refers to the snapshot its figures were of, so
that it can be opened as it was. Looking at a block (:mod:`crm_data.analysis.review_look`) gives plain data: nothing here reads anything.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from crm_data.analysis.findings import Finding, Link, Said
from crm_data.calendars import CalendarName
from crm_data.cuts.answer import Answer, Number
from crm_data.cuts.cut import Cut
from crm_data.cuts.periods import Period
from crm_data.errors import N_, InputError, MabatError

if TYPE_CHECKING:
    from crm_data.analysis.decisions import Decision, Moved
    from crm_data.analysis.targets import Progress
    from crm_data.model.manifest import Manifest
    from crm_data.model.store import Warehouse

#: Kinds of blocks with the title each has where it was given none.
TITLES: Mapping[str, str] = {
    "changes": N_("What changed since last time"), "targets": N_("Targets"), "segments": N_("Branches and segments"), "ranking": N_("Movers in the ranking"),
    "pipeline": N_("Pipeline"), "complaints": N_("Complaints waiting"), "decisions": N_("Decisions due"), "cut": N_("Saved cut"),
    "customers": N_("Customers"), "note": N_("Note")}
What = Literal["added", "removed", "changed", "returned", "cancelled"]
KINDS: tuple[str, ...] = tuple(TITLES)
MOST_BLOCKS, LONGEST_TITLE, LONGEST_NOTE = 40, 120, 4000


@dataclass(frozen=True)
class Block:
    """One item of the agenda. ``title``: its own, empty for that of its kind (:data:`TITLES`).

    ``params`` by kind: cut ``saved`` (id of a saved cut) or ``link`` (the JSON a saved cut is kept as); customers ``key`` (several);
    note ``text``; ranking ``link`` (the JSON of its criteria); others none.
    """

    kind: str
    title: str = ""
    params: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in TITLES:
            raise InputError(N_("There is no block “{kind}”. Use one of: {known}."), kind=str(self.kind)[:40], known=", ".join(KINDS))

    def value(self, name: str) -> str:
        """The (last) parameter of this name, empty where there is none."""
        return next((v for k, v in reversed(self.params) if k == name), "")

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(v for k, v in self.params if k == name)

    def with_value(self, name: str, value: str) -> Block:
        """The same block with one parameter set."""
        return replace(self, params=(*((k, v) for k, v in self.params if k != name), (name, value)))


@dataclass(frozen=True)
class Review:
    """A meeting. ``snapshot``: what its figures are of: fixed once it is closed, until then the one it was made on (the open meeting
    itself shows the published data); ``figures``: what its numbers read when it was closed, for the day its snapshot is gone."""

    id: int
    held_on: date
    title: str
    participants: tuple[str, ...] = ()
    agenda: tuple[Block, ...] = ()
    snapshot: str = ""
    closed_at: datetime | None = None
    author: str = ""
    created_at: datetime | None = None
    changed_at: datetime | None = None
    editable: bool = True
    figures: tuple[Stored, ...] = ()
    #: Segments as they were defined when it was closed: (id, name, conditions as kept).
    segments: tuple[tuple[int, str, str], ...] = ()
    #: Whose months its blocks are of, for every reader: that of who made it.
    calendar: CalendarName = "gregorian"

    @property
    def closed(self) -> bool:
        return self.closed_at is not None


@dataclass(frozen=True)
class Stored:
    """A number as it read when its meeting was closed; ``scope`` is whose rights it was asked under (``Scope.key``)."""

    block: int
    measure: str
    value: Decimal | None
    first: date | None
    last: date | None
    scope: str
    title: str = ""
    #: Of its meeting, which the days are told in.
    calendar: CalendarName = "gregorian"


@dataclass(frozen=True)
class Opened:
    """A meeting with the data it is looked at on. ``before``: the meeting before it, ``then`` its data (None: there is no such meeting,
    or its snapshot is gone). ``as_it_was``: closed, and shown from its own snapshot. ``gone``: name of its snapshot where that was deleted:
    ``warehouse`` is None then, and only ``review.figures`` can be shown."""

    review: Review
    warehouse: Warehouse | None
    before: Review | None = None
    then: Warehouse | None = None
    as_it_was: bool = False
    gone: str = ""
    #: The last meeting's snapshot, where it is gone.
    gone_before: str = ""
    #: Manifests of the snapshots after ``then`` up to ``warehouse``, oldest first: they tell when data arrived.
    between: tuple[Manifest, ...] = ()

    @property
    def moment(self) -> datetime | None:
        """What people wrote after it (UTC) does not count: None while the meeting is open."""
        return self.review.closed_at


@dataclass(frozen=True)
class Figure:
    """One number: now, at the last meeting, its target. ``period``: the days of ``now``; ``period_then``: those of ``then``.

    ``then`` is what the last meeting's snapshot says of its own period ("month to date" as of that meeting). ``target`` with
    ``expected`` (what should be reached by now) where there is a target. Money in the reporting currency, shares 0-1.
    """

    measure: str
    label: str
    unit: str
    better: str
    now: Number
    then: Number = None
    has_then: bool = False
    period: Period | None = None
    period_then: Period | None = None
    target: float | None = None
    expected: float | None = None
    good: bool | None = None
    member: str = ""
    #: Whether its days add up to it (a sum, no balance, mean or share).
    adds_up: bool = False
    #: Whether both periods begin on the same day: a running sum of two months compares nothing.
    same_start: bool = True

    @property
    def grown(self) -> bool:
        """Whether ``now`` is what ``then`` was with further days added to it: that it grew is not for the better or worse."""
        days, was = self.period, self.period_then
        return self.adds_up and self.same_start and days is not None and was is not None and days.first == was.first and days.last > was.last

    @property
    def change(self) -> Number:
        """``now`` less ``then``; None where either is not known."""
        if self.now is None or self.then is None:
            return None
        if isinstance(self.now, float) or isinstance(self.then, float):
            return float(self.now) - float(self.then)
        return self.now - self.then

    @property
    def relative(self) -> float | None:
        """The change as a share of what it was; None where that has no meaning."""
        change = self.change
        return None if change is None or self.then is None or self.then <= 0 else float(change) / float(self.then)

    @property
    def better_now(self) -> bool | None:
        """Whether the change is for the better; None where there is none or neither way is better."""
        change = self.change
        if not change or self.grown or self.better not in ("up", "down"):
            return None
        return (change > 0) == (self.better == "up")


@dataclass(frozen=True)
class DataChange:
    """Records that make a figure read differently: ``count`` documents of ``table`` (an order with its lines is one) and their exact effect
    ``amount`` on the figure (None for a ratio, whose records do not add up).

    ``first``/``last``: the days the records are of; ``arrived``: days of the snapshots that brought the change, where that can be told;
    ``columns``: what of changed records changed, most frequent first. Where the viewer may not see so few customers ``hidden`` is True
    and neither count nor amount is given."""

    table: str
    what: What
    count: int
    amount: Decimal | None = None
    first: date | None = None
    last: date | None = None
    arrived: tuple[date, ...] = ()
    columns: tuple[str, ...] = ()
    customers: int = 0
    hidden: bool = False


@dataclass(frozen=True)
class Cell:
    """One member (of several dimensions: a combination) of a restated figure, that reads differently itself."""

    members: tuple[str | None, ...]
    then: Number
    now: Number


@dataclass(frozen=True)
class Restated:
    """A figure of the last meeting that reads differently today: ``first``-``last`` are its days, all before that meeting's data ended.

    ``changes`` explain it from the rows, the largest effect first; ``unexplained`` is what they leave: 0 where their effects add up to the
    difference exactly, None for a ratio or where the rows were not looked at. ``cells``: members of the cut that read differently; the
    figure itself may be the same when they only moved between them."""

    measure: str
    label: str
    unit: str
    better: str
    first: date
    last: date
    then: Number
    now: Number
    changes: tuple[DataChange, ...] = ()
    unexplained: Decimal | None = None
    cells: tuple[Cell, ...] = ()
    #: What its days were reckoned in; "" where they were only counted.
    calendar: str = "gregorian"

    @property
    def difference(self) -> Number:
        return None if self.now is None or self.then is None else self.now - self.then


@dataclass(frozen=True)
class Line:
    """A row of a block that lists: a customer with its place now and then, a complaint. ``name`` is text of the data; ``place_then`` None: it
    was not ranked then. ``said``: a sentence about it."""

    name: str
    figures: tuple[Figure, ...] = ()
    place: int | None = None
    place_then: int | None = None
    link: Link | None = None
    said: Said | None = None

    @property
    def move(self) -> int | None:
        """Places won since the last meeting; negative: lost."""
        return None if self.place is None or self.place_then is None else self.place_then - self.place


@dataclass(frozen=True)
class Shown:
    """One figure of a block: the question, its answer on the meeting's data, its numbers and what was restated. ``fig``: the kind of
    figure chosen with a saved cut; ``then``: the last meeting's answer to the same question."""

    block: Block
    cut: Cut
    title: str
    hero: tuple[Figure, ...] = ()
    answer: Answer | None = None
    restated: tuple[Restated, ...] = ()
    fig: str = ""
    then: Answer | None = None
    link: Link | None = None


@dataclass(frozen=True)
class Looked:
    """What a block shows. ``title``: its own, or a text of the product to be translated (``own_title`` tells which).

    ``problem`` is a sentence where the block cannot be shown to this viewer (a saved cut no longer shared, a measure without data); the rest
    is empty then. ``restated`` of each figure stands with it in ``shown``."""

    block: Block
    title: str
    own_title: bool = False
    shown: tuple[Shown, ...] = ()
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    targets: tuple[Progress, ...] = ()
    decisions: tuple[tuple[Decision, Moved | None], ...] = ()
    text: str = ""
    problem: MabatError | None = None
    link: Link | None = None
    #: Where the snapshot is gone: what was stored.
    stored: tuple[Stored, ...] = ()

    @property
    def hero(self) -> tuple[Figure, ...]:
        return self.shown[0].hero if self.shown else ()

    @property
    def restated(self) -> tuple[Restated, ...]:
        """What reads differently, each once: figures by branch and by segment tell the same whole."""
        found = {(one.measure, one.first, one.last, one.then, one.now, one.cells if one.then == one.now else (), shown.cut.filters): one
                 for shown in reversed(self.shown) for one in reversed(shown.restated)}
        return tuple(reversed(found.values()))
