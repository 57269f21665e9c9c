"""Who carries and who drags: each member's part of the distance from the pace, as bars that add up to the whole's."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from crm_data.analysis.target_course import cut_of, days_within
from crm_data.analysis.target_gap import Gap, Line, gap, members_of
from crm_data.analysis.target_week import WeekBoard, week
from crm_data.errors import N_, MabatError
from crm_data.output.charts import theme
from crm_data.output.charts.bars import Bar, BarRow, bars
from crm_data.output.tables import Column, Sheet
from pages.parts.figure import Content
from pages.parts.target_view import View, key_of, tone_of, whose

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Members drawn; of more, those that move the whole most. The table has all.
MOST = 10


def parts_of(page: Page, view: View) -> tuple[Gap | None, WeekBoard | None]:
    """The parts of the whole's distance from its pace (None: nobody has a target under it) and its week."""
    whole, firm = view.whole, view.board.places
    if whole is None or not view.flows:
        return None, None
    dimension, members = members_of(whole, view.board)
    members = sorted(members, key=lambda p: -p.pace.target)
    try:
        days = days_within(whole, dimension, page.warehouse, scope=page.scope, firm=firm, on=view.board.on)
    except MabatError:
        # What may not be split for this reader is not split here; the whole stands above.
        return None, None
    return gap(whole, dimension, members, days, firm) if members else None, week(whole, members, days, firm, view.board.on)


def gap_content(page: Page, view: View, found: Gap, on_click: Callable[[str], None]) -> Content:
    """Bars of the parts, the members that drag most first; a member opens its target."""
    words = page.words
    better = found.whole.better
    rows = tuple(_row(page, found, line, better) for line in _drawn(found))
    picture = bars(rows, [words.t(N_("Against pace"))], theme(page.theme), title=page.words.t(N_("Who carries and who drags")), mirrored=words.rtl, narrow=page.narrow)
    keys = tuple(key_of(line.one.goal) if line.one else "" for line in found.lines)

    def opened(key: str) -> None:
        if key:
            on_click(key)
    return Content(picture=picture, sheet=gap_sheet(page, found), sentence=_sentence(page, found), on_click=opened, row_keys=keys,
                   cut=cut_of(found.whole, view.board.on, view.board.places), measure=found.whole.goal.measure, number=found.whole.pace.actual, notes=_notes(page, found))


def _drawn(found: Gap) -> list[Line]:
    members = found.members
    if len(members) > MOST:
        kept = {id(line) for line in sorted(members, key=lambda line: -abs(line.ahead))[:MOST]}
        members = tuple(line for line in members if id(line) in kept)
    return [*members, *(line for line in found.lines if line.kind != "member")]


def _row(page: Page, found: Gap, line: Line, better: str) -> BarRow:
    formats, unit, share = page.formats, found.whole.unit, found.share(line)
    points = "" if share is None else ("↑ " if round(share, 3) > 0 else "↓ " if round(share, 3) < 0 else "") + formats.points(abs(share))
    bar = Bar(float(line.ahead), formats.signed(line.ahead, unit), change=points, tone=tone_of(line.helps(better)))
    return BarRow(key_of(line.one.goal) if line.one else None, name_of(page, line), (bar,), quiet=line.one is None)


def name_of(page: Page, line: Line) -> str:
    """Whose part it is."""
    words = page.words
    if line.one is not None:
        return whose(page, line.one.goal)
    if line.kind == "without":
        return words.n("{n} without a target", "{n} without a target", len(line.names), n=page.formats.count(len(line.names)))
    return words.t(N_("Nobody named")) if line.kind == "unknown" else words.t(N_("Difference of the targets"))


def _sentence(page: Page, found: Gap) -> str:
    """The whole's distance, and who moves it most either way."""
    words, formats, whole = page.words, page.formats, found.whole
    parts = [words.t(N_("{gap} against pace in all"), gap=formats.signed(found.ahead, whole.unit))]
    for helping, text in ((False, N_("{name} drags most")), (True, N_("{name} carries most"))):
        line = found.most(helping)
        if line is not None:
            parts.append(words.t(text, name=name_of(page, line)))
    if len(found.members) > MOST:
        parts.append(words.t(N_("the {n} that move it most; the table has all"), n=formats.count(MOST)))
    return words.in_line(parts)


def gap_sheet(page: Page, found: Gap) -> Sheet:
    """All parts with what each reached and should have reached; the last row is the whole."""
    words, unit, whole = page.words, found.whole.unit, found.whole
    sign = f" {page.formats.symbol}" if unit == "money" else ""
    columns = (Column("name", words.label(page.catalog.dimension(found.dimension))), Column("reached", words.t(N_("Reached")) + sign, unit),
               Column("expected", words.t(N_("Should be today")) + sign, unit, wide_only=True), Column("ahead", words.t(N_("Against pace")) + sign, unit),
               Column("points", words.t(N_("Of the target")), "points", better=whole.better if whole.better != "none" else "up"))

    def row(name: str, reached: float, expected: float, ahead: float) -> dict[str, object]:
        return {"name": name, "reached": reached, "expected": expected, "ahead": ahead, "points": ahead / whole.pace.target if whole.pace.target else None}
    rows = tuple(row(name_of(page, line), float(line.reached), float(line.expected), float(line.ahead)) for line in found.lines)
    return Sheet(columns, rows, row(words.t(N_("Total")), float(whole.pace.actual or 0), float(whole.pace.expected or 0), float(found.ahead)))


def _notes(page: Page, found: Gap) -> tuple[str, ...]:
    words = page.words
    said = [words.t(N_("A part is what was reached less what should have been reached by this day; the parts add up to the whole’s to the cent."))]
    kinds = {line.kind: line for line in found.lines}
    if "without" in kinds:
        said.append(words.t(N_("Without a target of their own: {names}. They stand against what the whole’s target leaves for them."), names=words.listed(kinds["without"].names[:12])))
    if "unshared" in kinds:
        said.append(words.t(N_("Difference of the targets: what the whole should have reached by today differs by this from the sum of its members’.")))
    return tuple(said)
