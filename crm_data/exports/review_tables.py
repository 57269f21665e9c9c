"""The lists of a review as tables of a file: numbers, places, decisions, targets, what was stored."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_data.analysis.decisions import Decision, Moved
from crm_data.analysis.review import Figure, Line, Stored
from crm_data.analysis.target_customers import customer_names
from crm_data.analysis.target_store import GROUP, Goal
from crm_data.analysis.targets import Progress
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_
from crm_data.exports.review_words import delta_of, label_of, told, told_change
from crm_data.output.charts import LIGHT, Bullet, Picture, bullets
from crm_data.output.formats import Formats
from crm_data.output.tables import Column, Sheet
from crm_data.output.words import Words

#: Targets drawn one under the other.
MOST_BULLETS = 14


def figures_sheet(figures: Sequence[Figure], words: Words, formats: Formats) -> Sheet:
    """Every number with the last meeting, the change and the target."""
    rows = [{"name": label_of(f, words), "days": formats.dated(*f.period.dated) if f.period else "", "now": told(f.now, f.unit, formats),
             "then": told(f.then, f.unit, formats) if f.has_then else None, "change": told_change(f, formats), "relative": delta_of(f, formats).full or None,
             "target": told(f.target, f.unit, formats), "expected": told(f.expected, f.unit, formats)} for f in figures]
    return _sheet(rows, (Column("name", words.t(N_("Figure"))), Column("days", words.t(N_("Days"))), Column("now", words.t(N_("Now"))), Column("then", words.t(N_("Last meeting"))),
                         Column("change", words.t(N_("Change"))), Column("relative", words.t(N_("In percent"))), Column("target", words.t(N_("Target"))),
                         Column("expected", words.t(N_("By now")))), keep=("name", "now"))


def lines_sheet(lines: Sequence[Line], words: Words, formats: Formats) -> Sheet:
    """Customers with their places, complaints: each with its numbers and what is said of it."""
    def label(one: Line, figure: Figure) -> str:
        """The measure alone where the row's name says of whom it is."""
        return words.t(figure.label) if figure.member in ("", one.name) else label_of(figure, words)

    labels = list(dict.fromkeys(label(one, f) for one in lines for f in one.figures))
    columns = [Column("name", words.t(N_("Name"))), Column("place", words.t(N_("Place")), "rank"), Column("then", words.t(N_("Place at the last meeting")), "rank"),
               Column("move", words.t(N_("Moved")), "move", "up")]
    for n, head in enumerate(labels):
        columns += [Column(f"now{n}", head), Column(f"change{n}", words.t(N_("Change")))]
    columns.append(Column("said", words.t(N_("Note"))))
    rows = []
    for one in lines:
        by = {label(one, f): f for f in one.figures}
        row: dict[str, Any] = {"name": one.name, "place": one.place, "then": one.place_then, "move": one.move, "said": one.said.text(words, formats) if one.said else None}
        for n, head in enumerate(labels):
            if head in by:
                row |= {f"now{n}": told(by[head].now, by[head].unit, formats), f"change{n}": told_change(by[head], formats)}
        rows.append(row)
    return _sheet(rows, tuple(columns), keep=("name",))


def decisions_sheet(found: Sequence[tuple[Decision, Moved | None]], words: Words, formats: Formats) -> Sheet:
    """Text, owner, day, done or not, and the number it is to move: then and now."""
    rows = []
    for one, number in found:
        rows.append({"text": one.text, "owner": one.owner or None, "due": one.due_on, "state": words.t(N_("done")) if one.done else words.t(N_("open")),
                     "held": one.held_on, "measure": words.t(number.label) if number else None, "then": told(number.then, number.unit, formats) if number else None,
                     "now": told(number.now, number.unit, formats) if number else None, "moved": _judged(number, words)})
    return _sheet(rows, (Column("text", words.t(N_("Decision"))), Column("owner", words.t(N_("Owner"))), Column("due", words.t(N_("Due")), "date"), Column("state", words.t(N_("State"))),
                         Column("held", words.t(N_("Decided on")), "date"), Column("measure", words.t(N_("Measure"))), Column("then", words.t(N_("Then"))),
                         Column("now", words.t(N_("Now"))), Column("moved", words.t(N_("Change")))), keep=("text", "state"))


def _judged(number: Moved | None, words: Words) -> str | None:
    if number is None or number.then is None or number.now is None:
        return None
    if number.then == number.now:
        return words.t(N_("no change"))
    return {True: words.t(N_("for the better")), False: words.t(N_("for the worse")), None: None}[number.improved]


def stored_sheet(stored: Sequence[Stored], catalog: Catalog | None, words: Words, formats: Formats) -> Sheet:
    """What the numbers of a closed meeting read, where its data is gone."""
    rows = []
    for one in stored:
        about = catalog.measure(one.measure) if catalog is not None and one.measure in catalog.measures else None
        rows.append({"name": one.title or (words.label(about) if about is not None else one.measure), "days": formats.dated(one.first, one.last, one.calendar) if one.first and one.last else None,
                     "value": told(one.value, about.unit if about is not None else "number", formats)})
    return _sheet(rows, (Column("name", words.t(N_("Figure"))), Column("days", words.t(N_("Days"))), Column("value", words.t(N_("As it read")))), keep=("name", "value"))


# Targets --------------------------------------------------------------------------------------------------------------
def targets_sheet(found: Sequence[Progress], then: Sequence[Figure | None], warehouse, scope: Scope, words: Words, formats: Formats) -> Sheet:
    """Each target with what is reached, what should be by now, and where it lands; ``then``: of the first of them, what was reached at the last meeting."""
    earlier = [*then[:len(found)], *[None] * (len(found) - len(then))]
    rows = [{"then": told(was.then, was.unit, formats) if was is not None and was.has_then else None, "measure": words.t(one.label), "of": whose(one.goal, warehouse, scope, words), "days": formats.called(one.goal.first, one.goal.last),
             "actual": told(one.pace.actual, one.unit, formats), "target": told(one.pace.target, one.unit, formats), "attained": one.pace.attained, "share": one.pace.share,
             "landing": told(one.pace.landing, one.unit, formats), "state": None if one.pace.good is None else words.t(N_("on course")) if one.pace.good else words.t(N_("behind"))} for one, was in zip(found, earlier, strict=True)]
    return _sheet(rows, (Column("measure", words.t(N_("Indicator"))), Column("of", words.t(N_("Of whom"))), Column("days", words.t(N_("Period"))), Column("actual", words.t(N_("Reached"))),
                         Column("then", words.t(N_("Last meeting"))),
                         Column("target", words.t(N_("Target"))), Column("attained", words.t(N_("Attained")), "part"), Column("share", words.t(N_("Should be by now")), "part"),
                         Column("landing", words.t(N_("Landing"))), Column("state", words.t(N_("State")))), keep=("measure", "target"))


def targets_picture(found: Sequence[Progress], warehouse, scope: Scope, words: Words, formats: Formats) -> Picture | None:
    """The targets on one axis of parts of the target: all, or of many those furthest behind."""
    rows = []
    for n, one in enumerate(_drawn(found)):
        where = one.pace
        share = where.landing / where.target if where.landing is not None and not where.closed and where.target else None
        rows.append(Bullet(str(n), f"{words.t(one.label)} · {whose(one.goal, warehouse, scope, words)}", where.attained or 0.0,
                           words.t(N_("{actual} of {target}"), actual=formats.value(where.actual, one.unit), target=formats.value(where.target, one.unit)), formats.part(where.attained), pace=None if where.closed else where.share,
                           landing=(share, share, share) if share is not None else None, landing_text=formats.part(share) if share is not None else "",
                           tone="none" if where.good is None else "good" if where.good else "bad"))
    if not rows:
        return None
    return bullets(rows, LIGHT, title=words.t(N_("Targets reached")), attained=words.t(N_("Attained")), landing=words.t(N_("Landing")) if any(r.landing for r in rows) else "",
                   target=words.t(N_("Target")), pace=words.t(N_("Pace")), mirrored=words.rtl)


def _drawn(found: Sequence[Progress]) -> Sequence[Progress]:
    """The firm's own first, then the worst, as many as a page holds."""
    if len(found) <= MOST_BULLETS:
        return found
    return sorted(found, key=lambda p: (p.goal.dimension != "", p.pace.good is not False, p.pace.points_ahead if p.pace.points_ahead is not None else 0.0))[:MOST_BULLETS]


def targets_sentence(found: Sequence[Progress], words: Words, formats: Formats) -> str:
    """What is drawn of the targets."""
    parts = [words.t(N_("% of target · mark: where it should be by now"))]
    if len(found) > MOST_BULLETS:
        parts.append(words.t(N_("drawn: the firm’s and those furthest behind, {n} of {all}"), n=formats.count(MOST_BULLETS), all=formats.count(len(found))))
    return " · ".join(parts)


def whose(goal: Goal, warehouse, scope: Scope, words: Words) -> str:
    """The scope of a target in words: the firm, or a dimension's member; a customer only to who may see its name."""
    if goal.dimension == "customer":
        return customer_names((goal.member,), warehouse, scope).get(goal.member, words.t(N_("Customer {id}"), id=goal.member))
    if goal.dimension == GROUP:
        return words.t(N_("{branch} and those below"), branch=goal.member)
    return words.member(goal.dimension, goal.member) if goal.dimension else words.t(N_("The whole firm"))


def _sheet(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], keep: Sequence[str]) -> Sheet:
    """Without the columns that hold nothing."""
    return Sheet(tuple(c for c in columns if c.name in keep or any(row.get(c.name) not in (None, "") for row in rows)), tuple(rows))
