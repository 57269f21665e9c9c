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


def sentence_of(page: Page, found: Team) -> str:
    """Of when, of whom, and of which target."""
    words, formats = page.words, page.formats
    goal, target = found.target.goal if found.target else None, ""
    if goal:
        target = words.t(N_("target: {measure}, {period}"), measure=words.label(page.catalog.measure(goal.measure)), period=formats.period(goal.first, goal.last))
    elif any(f.dimension not in OF_PEOPLE for f in page.filters):
        target = words.t(N_("targets are left out: they stand on all of a person's business, the filters on a part of it"))
    away = words.n("{n} person of another branch left out", "{n} people of other branches left out", found.elsewhere, n=formats.count(found.elsewhere)) if found.elsewhere else ""
    return asking.sentence(formats.period(found.period.first, found.period.last), asking.filters_text(page), target, away)


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
    columns = [Column("name", words.t(N_("Person")), width=124), Column("score", words.t(N_("Score")), "score", width=58, help=words.t(N_("0 to 100; the table below shows what it is made of."))),
               Column("place", words.t(N_("Branch")), width=92, wide_only=True)]
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
    row = {"name": p.name, "place": p.place, "score": card.score, "attained": p.attained, "landing": p.landing, **p.values}
    return {**row, "_quiet": True if card.quiet(_counted(found, weights)) else card.few}


def _counted(found: Team, weights: Mapping[str, int]) -> dict[str, int]:
    return {name: weights[name] for name in found.parts if weights[name]}


def _note(page: Page, card: Card, found: Team, weights: Mapping[str, int]) -> str:
    """What a score stands on less than those of others."""
    words, said = page.words, []
    if TARGET in found.parts and card.no_target:
        said.append(words.t(N_("no target")))
    for name in card.few:
        said.append(words.t(N_("{part}: {n} of {least} cases"), part=label(page, name, found.volume), n=page.formats.count(card.person.cases[name]), least=page.formats.count(LEAST_CASES)))
    for name in _counted(found, weights):
        if name not in card.points and name not in card.few and name != TARGET and card.person.values.get(name) is not None:
            said.append(words.t(N_("{part}: nobody to compare with"), part=label(page, name, found.volume)))
    return " · ".join(said)


def composition_content(page: Page, found: Team, made: Sequence[Card], weights: Mapping[str, int]) -> Content:
    """The points of each part; with their weights in the heads. A part that cannot be said of somebody is empty."""
    words = page.words
    used = [name for name in found.parts if weights.get(name)]
    columns = [Column("name", words.t(N_("Person")), width=124), Column("score", words.t(N_("Score")), "score", width=58, help=words.t(N_("The sum of the points beside it."))),
               *(Column(name, f"{weights[name]}× {label(page, name, found.volume)}", "score", width=92 if page.narrow else 84,
                        help=words.t(N_("Of somebody without one of the parts the others weigh more."))) for name in used),
               Column("note", words.t(N_("Left out")), width=200, wide_only=True)]
    rows = tuple({"name": c.person.name, "score": c.score, "note": _note(page, c, found, weights), **{n: p.points for n, p in c.points.items()}, "_quiet": c.quiet(_counted(found, weights))} for c in made)
    return _content(page, "composition", Sheet(tuple(columns), rows), made)
