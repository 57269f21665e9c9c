"""What a number means: definition, denominator, filters, what it leaves out, how much of the data it rests on."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.cuts.cut import describe_filter
from crm_data.errors import N_
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page
    from pages.parts.figure import Content


def explain(page: Page, title: str, sentence: str, made: Content) -> None:
    """The inside of the dialog."""
    st.markdown(f"**{md(title)}** · {md(sentence)}" if sentence else f"**{md(title)}**")
    for head, lines in sections(page, made):
        st.markdown(f"**{md(head)}**\n" + "\n".join(f"- {md(line)}" for line in lines))


def notes(page: Page, made: Content) -> list[str]:
    """The same as plain lines, for the second sheet of a workbook."""
    return [f"{head}: {line}" for head, lines in sections(page, made) for line in lines]


def sections(page: Page, made: Content) -> list[tuple[str, list[str]]]:
    """Heads and their lines; a head without lines is left out."""
    words, found = page.words, []
    if made.cut is not None:
        found.append((words.t(N_("Definition")), _definitions(page, made)))
        found.append((words.t(N_("Period and filters")), _question(page, made)))
        found.append((words.t(N_("How much is known")), _coverage(page, made)))
    found.append((words.t(N_("Notes")), list(made.notes)))
    found.append((words.t(N_("Data")), [words.t(N_("Data to {day}, amounts in {currency}."), day=page.formats.day(page.warehouse.as_of),
                                                currency=page.formats.unit)]))
    return [(head, lines) for head, lines in found if lines]


def _definitions(page: Page, made: Content) -> list[str]:
    words, lines = page.words, []
    for name in made.cut.measures:  # type: ignore[union-attr]
        measure = page.catalog.measure(name)
        if getattr(measure, "hidden", False):
            continue
        under = getattr(measure, "denominator", "")
        lines.append(f"{words.label(measure)}: {words.help(measure)}" + (f" ({words.t(under)})" if under else ""))
        if not measure.adds_up and made.cut.by:  # type: ignore[union-attr]
            lines.append(words.t(N_("The parts of {measure} do not add up to the whole; the total is asked of the data by itself."), measure=words.label(measure)))
    for name in made.cut.by:  # type: ignore[union-attr]
        dimension = page.catalog.dimension(name)
        lines.append(f"{words.label(dimension)}: {words.help(dimension)}")
    return lines


def _question(page: Page, made: Content) -> list[str]:
    words, formats, cut, answer = page.words, page.formats, made.cut, made.answer
    lines = []
    period = answer.period if answer is not None else cut.period  # type: ignore[union-attr]
    if period is not None:
        lines.append(words.t(N_("Period: {period}, both days included."), period=formats.period(period.first, period.last)))
    if answer is not None and answer.period_before is not None:
        lines.append(words.t(N_("Compared with {period}."), period=formats.period(answer.period_before.first, answer.period_before.last)))
    lines += [describe_filter(f, words, page.catalog) for f in cut.filters]  # type: ignore[union-attr]
    if not cut.filters:  # type: ignore[union-attr]
        lines.append(words.t(N_("No filters: everything you may see.")))
    return lines


def _coverage(page: Page, made: Content) -> list[str]:
    words, formats, lines = page.words, page.formats, []
    for name, known in (made.answer.coverage if made.answer is not None else {}).items():
        thing = page.catalog.measures.get(name) or page.catalog.dimensions.get(name)
        total = known["total"]
        share = known["known"] / total if total else None
        lines.append(words.t(N_("{name}: known for {known} of {total} ({share})."), name=words.label(thing or name), known=formats.count(known["known"], full=True),
                             total=formats.count(total, full=True), share=formats.part(share)))
    return lines
