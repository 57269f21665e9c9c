"""One block of the review: its title and sentence, the number it is about with what it was and what it should be, its figure, lists, and
what reads differently than at the last meeting. The same on the desk and on the wall, in another size."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.review import Figure, Looked
from crm_data.errors import N_
from crm_data.output.charts.flags import Note
from crm_data.output.formats import NO_DELTA
from pages.parts.attention_list import ICONS
from pages.parts.chart import plot, under
from pages.parts.empty import Empty, show_empty
from pages.parts.review_decisions import decisions_list
from pages.parts.review_figures import Size, drawn_of, goal_name, name_of, pictures_of, sentence_of
from pages.parts.review_tables import figures_table, lines_table, stored_table
from pages.parts.review_words import (
    against_target,
    delta_of,
    difference,
    label_of,
    restated_lines,
    title_of,
    value,
)
from pages.parts.text import md
from pages.parts.tiles import isolated

if TYPE_CHECKING:
    from pages.parts.context import Page

_COLOURS = {"good": "green", "bad": "red", "none": "gray"}
_SEVERITY = {"bad": "red", "warn": "orange", "good": "green"}
#: Lines of what reads differently.
RESTATED = 2
#: More numbers than this stand in a table instead of one large number beside a table.
FEW_HEROES = 3
FINDINGS = 3
#: Two figures beside each other are drawn smaller than one; pixels of a line of text, and of the tallest figure beside a table, as on the desk.
HALF, LINE, TALLEST = 0.8, 14.3, 280


def block(page: Page, looked: Looked, room: Size, notes: Sequence[Note] = ()) -> None:
    """Draw the block. ``room.height`` is what is left of the screen under the title (0 on the desk)."""
    head(page, looked)
    if looked.problem is not None and not looked.stored and not looked.lines:
        show_empty("block", Empty(page.words.t(N_("This cannot be shown")), page.words.error(looked.problem), ":material/error_outline:"))
        return
    if looked.problem is not None:
        # A part can be shown: what of the block is missing is said over it.
        st.caption(md(page.words.error(looked.problem)))
    if looked.stored:
        stored_table(page, "stored", looked.stored, room.rows)
        return
    if looked.block.kind == "decisions":
        decisions_list(page, looked, room.rows)
        return
    if looked.text:
        with st.container(key="review_note"):
            st.markdown(md_lines(looked.text))
    figures = figures_of(looked)
    if room.presenting and _in_table(looked, figures) and len(drawn_of(looked)) == 1 and not looked.lines:
        _side_by_side(page, looked, figures, room, notes)
    else:
        _numbers(page, looked, figures, room)
        _pieces(page, looked, figures, room, notes)
    if looked.findings:
        _findings(page, looked, room)
    if _empty(looked):
        _nothing(page, looked)
    _restated(page, looked, room)


def _side_by_side(page: Page, looked: Looked, figures: Sequence[Figure], room: Size, notes: Sequence[Note]) -> None:
    """On the wall a long table leaves no height for its figure: they stand beside each other."""
    start, end = st.columns([1.75, 1], gap="large")
    with start:
        _numbers(page, looked, figures, room)
    left = _left_for_figure(looked, (), room, False)
    size = replace(left, factor=left.factor * HALF, height=min(left.height, int(TALLEST * left.factor)), width=0, narrow=True)
    for picture in pictures_of(page, looked, [size], notes):
        with end, st.container(key="review_figure_0"):
            st.markdown(f"**{md(name_of(page, drawn_of(looked)[0]))}**")
            with under(title_of(page, looked), _about(page, looked)):
                plot(f"review_plot_{looked.block.kind}_0", picture)


def _pieces(page: Page, looked: Looked, figures: Sequence[Figure], room: Size, notes: Sequence[Note]) -> None:
    """Figures and the list: under each other on the desk, two beside each other on the wall."""
    several = len(drawn_of(looked)) > 1 and not looked.targets
    beside = room.presenting and (several or (bool(looked.lines) and bool(drawn_of(looked)))) and not looked.targets
    left = _left_for_figure(looked, figures, room, beside)
    size = replace(left, factor=left.factor * HALF, width=0) if beside else left
    pictures = pictures_of(page, looked, [size] * (1 if looked.lines and beside else 2), notes)
    lists = bool(looked.lines) and not (looked.targets and room.presenting)
    places = st.columns(2, gap="large") if beside else [st.container() for _ in range(len(pictures) + lists)]
    for i, (place, picture) in enumerate(zip(places, pictures, strict=False)):
        with place, st.container(key=f"review_figure_{i}"):
            if several:
                st.markdown(f"**{md(name_of(page, drawn_of(looked)[i]))}**")
            with under(title_of(page, looked), _about(page, looked)):
                plot(f"review_plot_{looked.block.kind}_{i}", picture)
    if lists:
        with places[-1]:
            if looked.targets:
                listed = [(f, goal_name(page, one)) for line, one in zip(looked.lines, looked.targets, strict=False) for f in line.figures]
                figures_table(page, "lines", [f for f, _ in listed], room.rows, [name for _, name in listed])
            else:
                lines_table(page, "lines", looked.lines, min(room.rows, max(int((left.height / _line(room) - 2) / 2), 3)) if beside else room.rows)


def head(page: Page, looked: Looked) -> None:
    """Title and sentence."""
    sentence = _about(page, looked)
    with st.container(key="review_head"):
        st.markdown(f"## {md(title_of(page, looked))}" + (f"\n{md(sentence)}" if sentence else ""))


def _about(page: Page, looked: Looked) -> str:
    return sentence_of(page, looked) if looked.problem is None and not looked.stored else ""


def md_lines(text: str) -> str:
    """A text of several lines as plain Markdown: its own line ends, no markup."""
    return "  \n".join(md(line) for line in text.splitlines()) or ""


# Numbers --------------------------------------------------------------------------------------------------------
def _numbers(page: Page, looked: Looked, figures: Sequence[Figure], room: Size) -> None:
    if not figures:
        return
    if _in_table(looked, figures):
        figures_table(page, "numbers", figures, room.rows)
        return
    _hero(page, figures[0])
    if len(figures) > 1:
        figures_table(page, "numbers", figures[1:], room.rows)


def _in_table(looked: Looked, figures: Sequence[Figure]) -> bool:
    return len(figures) > FEW_HEROES or looked.block.kind == "changes"


def _hero(page: Page, figure: Figure) -> None:
    """Now, large, judged against the target or the last meeting; the other numbers beside it."""
    words = page.words
    target, delta = against_target(page, figure), delta_of(page, figure) if figure.same_start else NO_DELTA
    with st.container(horizontal=True, key="review_hero", vertical_alignment="bottom"):
        judged, said = (target[1], target[0]) if target is not None else (delta, words.t(N_("since the last meeting")) if delta.arrow else "")
        with st.container(key="hero_now", width="content"):
            st.metric(md(label_of(page, figure)), value(page, figure.now, figure.unit), delta=isolated(page, judged.text) if judged.arrow else (said or None),
                      delta_color=_COLOURS[judged.tone], delta_arrow=judged.arrow or "off", delta_description=(said or None) if judged.arrow else None)
        beside = [(words.t(N_("Last meeting")), value(page, figure.then, figure.unit))] if figure.has_then else []
        if figure.same_start and figure.change is not None:
            beside.append((words.t(N_("Change")), difference(page, figure)))
        if figure.target is not None:
            beside.append((words.t(N_("Target")), page.formats.value(figure.target, figure.unit)))
        if beside:
            with st.container(horizontal=True, key="hero_beside", vertical_alignment="bottom", width="content"):
                for i, (label, number) in enumerate(beside):
                    with st.container(key=f"hero_beside_{i}", width="content"):
                        st.metric(label, number)
    if figure.has_then and not figure.same_start and figure.period_then is not None:
        st.caption(md(words.t(N_("At the last meeting: {period}; another period, so no change is said."), period=page.formats.dated(*figure.period_then.dated))))


# Room on the wall -----------------------------------------------------------------------------------------------
def _line(room: Size) -> float:
    """Pixels of a line of text on the wall."""
    return room.factor * LINE


def _left_for_figure(looked: Looked, figures: Sequence[Figure], room: Size, beside: bool) -> Size:
    """The room of the figures after what stands above and under them."""
    if not room.presenting:
        return room
    line = _line(room)
    table = _in_table(looked, figures)
    rows = min(len(figures), room.rows) if table else max(len(figures) - 1, 0)
    taken = (0 if table or not figures else 7.5) + (rows * 2.28 + 3.2 if rows else 0) + (1.7 if len(figures) > room.rows else 0)
    taken += 2.7 if beside and len(drawn_of(looked)) > 1 else 0
    taken += 1.2 if looked.targets else 0
    taken += 2.4 if not table and figures and figures[0].has_then and not figures[0].same_start else 0
    taken += (2.4 if len(looked.restated) == 1 else 3.6) + 1 if looked.restated else 0
    taken += min(len(looked.findings), FINDINGS) * 2.4 + 1 if looked.findings else 0
    return replace(room, height=max(int(room.height - taken * line), int(7 * line)))


# Findings and what is not there -----------------------------------------------------------------------------------
def _findings(page: Page, looked: Looked, room: Size) -> None:
    """What stands out, worst first: an icon, the finding, what is behind it."""
    most = FINDINGS if looked.shown else room.rows // 2 + 1
    with st.container(key="review_findings"):
        for one in looked.findings[:most]:
            title, detail = one.title.text(page.words, page.formats), one.detail.text(page.words, page.formats)
            st.markdown(f":{_SEVERITY[one.severity]}[:material/{ICONS.get(one.kind, 'notifications')}:] **{md(title)}** :gray[{md(detail)}]")


def _empty(looked: Looked) -> bool:
    return not (figures_of(looked) or looked.lines or looked.findings or looked.targets or looked.decisions or looked.text)


def figures_of(looked: Looked) -> list[Figure]:
    """Every number of the block, each once: figures by branch and by segment tell the same whole."""
    found = {(f.measure, f.member, f.period): f for shown in reversed(looked.shown) for f in reversed(shown.hero)}
    return list(reversed(found.values()))


def _nothing(page: Page, looked: Looked) -> None:
    words = page.words
    said = {"complaints": (N_("No complaint is waiting"), N_("Every complaint has been answered."), ":material/task_alt:"),
            "targets": (N_("No target is set for this period"), N_("Set one under Targets."), ":material/flag:"),
            "changes": (N_("Nothing changed"), N_("The figures are those of the last meeting."), ":material/trending_flat:"),
            "ranking": (N_("Nobody moved"), N_("The ranking is that of the last meeting."), ":material/trending_flat:")}
    what, why, icon = said.get(looked.block.kind, (N_("Nothing to show"), N_("There is nothing here in this period."), ":material/event_busy:"))
    show_empty("block", Empty(words.t(what), words.t(why), icon))


def _restated(page: Page, looked: Looked, room: Size) -> None:
    """Figures of the last meeting that read differently today, with what changed in the data."""
    if not looked.restated:
        return
    with st.container(key="review_restated"):
        for text in restated_lines(page, looked.restated, 1 if room.presenting else RESTATED):
            st.markdown(f":material/history: {md(text)}")
