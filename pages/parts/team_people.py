"""People of the Team page: their numbers with the score, and the points the score is made of."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.scorecard import BY_NAME, LEAST_CASES, TARGET, Card
from crm_data.analysis.team_facts import OF_PEOPLE, Team, measure_of
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, state
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.table import table
from pages.parts.team_asks import label

if TYPE_CHECKING:
    from pages.parts.context import Page

OPEN = "_open_team"
#: Rows of a table before it scrolls.
MOST_ROWS = 12
#: Pixels of a remark such as "Win rate: 5 of 30".
NOTE_WIDTH = 136


def sentence_of(page: Page, found: Team) -> str:
    """Of when, of whom, and of which target."""
    words, formats = page.words, page.formats
    aim, target = found.aim, ""
    if aim:
        told = {"measure": words.label(page.catalog.measure(aim.measure)), "period": formats.called(aim.first, aim.last)}
        target = words.t(N_("target: {measure}, {period}, the sum of {n} targets each"), n=formats.count(aim.summed), **told) if aim.summed > 1 else words.t(N_("target: {measure}, {period}"), **told)
        if aim.partly:
            target += ", " + words.n("{n} person has targets for a part of it only", "{n} people have targets for a part of it only", aim.partly, n=formats.count(aim.partly))
    elif any(f.dimension not in OF_PEOPLE for f in page.filters):
        target = words.t(N_("targets are left out: they stand on all of a person's business, the filters on a part of it"))
    else:
        target = words.t(N_("no target: the period has not begun") if page.period.first > page.warehouse.as_of else N_("no target: nobody has one of just these days"))
    away = words.n("{n} person of another branch left out", "{n} people of other branches left out", found.elsewhere, n=formats.count(found.elsewhere)) if found.elsewhere else ""
    return asking.sentence(page, formats.period(found.period.first, found.period.last), asking.filters_text(page), target, away)


def _empty(page: Page) -> Empty:
    words = page.words
    return Empty(words.t(N_("Nobody to compare")), words.t(N_("No person has business or a target in the period and under these filters.")), ":material/groups_2:",
                 words.t(N_("Clear all filters")) if page.filters else "", state.clear_filters if page.filters else None)


def _clicked(key: str) -> None:
    st.session_state[OPEN] = ("owner", int(key))


def people_content(page: Page, found: Team, made: Sequence[Card], weights: Mapping[str, int]) -> Content:
    """One row a person, the best score first; a row on less than the others' is grey and says why."""
    if not made:
        return Content(empty=_empty(page))
    words = page.words
    columns = [Column("name", words.t(N_("Person")), width=116), Column("score", words.t(N_("Score")), "tenth", width=58, help=words.t(N_("0 to 100; the table below shows what it is made of."))),
               Column("place", words.t(N_("Branch")), width=120, wide_only=True)]
    if TARGET in found.parts:
        columns += [Column("attained", words.t(N_("Target reached")), "part", width=100, wide_only=True), Column("landing", words.t(N_("Will land at")), "part", width=88)]
    for name in found.parts:
        if name != TARGET:
            unit = page.catalog.measure(measure_of(BY_NAME[name], found.volume)).unit
            columns.append(Column(name, label(page, name, found.volume) + (f" {page.formats.symbol}" if unit == "money" else ""), unit, wide_only=name != "volume"))  # type: ignore[arg-type]
    rows = tuple(_row(page, card, found, weights) for card in made)
    return _content(page, "people", Sheet(tuple(columns), rows), made)


def _content(page: Page, key: str, sheet: Sheet, made: Sequence[Card]) -> Content:
    """A table whose rows open the person; a long one scrolls within the page, so that the next figure is near."""
    keys = tuple(str(c.person.key) for c in made)
    if len(made) <= MOST_ROWS:
        return Content(sheet=sheet, only_table=True, row_keys=keys, on_click=_clicked)
    return Content(sheet=sheet, row_keys=keys, on_click=_clicked,
                   draw=lambda: table(page, f"{key}_first", sheet, on_row=lambda i: _clicked(keys[i]), height=36 * (MOST_ROWS + 1) + 18))


def _row(page: Page, card: Card, found: Team, weights: Mapping[str, int]) -> dict[str, object]:
    p = card.person
    row = {"name": p.name, "place": page.words.member("branch", p.place) if p.place else p.place, "score": card.score, "attained": p.attained, "landing": p.landing, **p.values}
    return {**row, "_quiet": True if card.quiet(_counted(found, weights)) else card.few}


def _counted(found: Team, weights: Mapping[str, int]) -> dict[str, int]:
    return {name: weights[name] for name in found.parts if weights[name]}


def left_out(page: Page, found: Team, made: Sequence[Card], weights: Mapping[str, int]) -> str:
    """The parts that count for nobody, and why; "" where each counts for somebody."""
    words, names = page.words, _silent(found, made, weights)
    few = [label(page, name, found.volume) for name in names if BY_NAME[name].cases and any(name in card.few for card in made)]
    return words.t(N_("Left out for everybody: {parts}, for which nobody has the {least} cases it takes."), parts=words.listed(few), least=page.formats.count(LEAST_CASES)) if few else ""


def _silent(found: Team, made: Sequence[Card], weights: Mapping[str, int]) -> tuple[str, ...]:
    """Parts with a weight that give nobody a point."""
    return tuple(name for name in _counted(found, weights) if not any(name in card.points for card in made))


def _note(page: Page, card: Card, found: Team, weights: Mapping[str, int], silent: Sequence[str] = ()) -> str:
    """What a score stands on less than those of others; what counts for nobody is said once, above."""
    words, said = page.words, []
    if TARGET in found.parts and card.no_target:
        said.append(words.t(N_("target not known yet") if card.person.has_target else N_("no target")))
    for name in card.few:
        if name not in silent:
            said.append(words.t(N_("{part}: {n} of {least}"), part=label(page, name, found.volume), n=page.formats.count(card.person.cases[name]), least=page.formats.count(LEAST_CASES)))
    for name in _counted(found, weights):
        if name not in card.points and name not in card.few and name != TARGET and card.person.values.get(name) is not None:
            said.append(words.t(N_("{part}: nobody to compare with"), part=label(page, name, found.volume)))
    return words.in_line(said)


def composition_content(page: Page, found: Team, made: Sequence[Card], weights: Mapping[str, int]) -> Content:
    """The points of each part; with their weights in the heads. A part that cannot be said of somebody is empty."""
    words, silent = page.words, _silent(found, made, weights)
    used = [name for name in found.parts if weights.get(name) and name not in silent]
    heads = {name: f"{page.formats.figures(weights[name])}× {label(page, name, found.volume)}" for name in used}
    notes = [_note(page, c, found, weights, silent) for c in made]
    columns = [Column("name", words.t(N_("Person")), width=116), Column("score", words.t(N_("Score")), "tenth", width=58, help=words.t(N_("The sum of the points beside it."))),
               *(Column(name, head, "tenth", width=_wide_enough(head), help=words.t(N_("Of somebody without one of the parts the others weigh more."))) for name, head in heads.items())]
    if any(notes):
        columns.append(Column("note", words.t(N_("Left out")), width=NOTE_WIDTH, help=words.t(N_("What does not count for somebody: no target, or a ratio on too few cases."))))
    rows = tuple({"name": c.person.name, "score": c.score, "note": note, **{n: p.points for n, p in c.points.items()}, "_quiet": c.quiet(_counted(found, weights))}
                 for c, note in zip(made, notes, strict=True))
    return _content(page, "composition", Sheet(tuple(columns), rows), made)


def _wide_enough(head: str) -> int:
    """Pixels that hold a head in full: narrow letters, wide ones, and the others of any script."""
    return max(62, round(sum(3.5 if c in " .,'’-ijlftr" else 9 if c in "mwMW×&" else 6.6 for c in head)) + 20)
