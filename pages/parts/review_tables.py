"""Numbers and lists of a block as Markdown tables: they grow with the letters of the page, from the desk to the screen on the wall."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.review import Figure, Line, Stored
from crm_data.errors import N_
from pages.parts.review_words import against_target, change_cell, label_of, toned, value
from pages.parts.text import link, md

if TYPE_CHECKING:
    from pages.parts.context import Page


def _table(key: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Cells are Markdown already. The first column holds names, the others numbers."""
    text = "\n".join(["| " + " | ".join(heads) + " |", "| :-- |" + " --: |" * (len(heads) - 1), *("| " + " | ".join(row) + " |" for row in rows)])
    with st.container(key=f"reviewtable_{key}" + ("" if len(heads) > 1 else "_plain")):
        st.markdown(text)


def _kept(heads: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Without the columns (after the first) that hold nothing."""
    used = [i for i in range(len(heads)) if i == 0 or any(row[i] for row in rows)]
    return [heads[i] for i in used], [[row[i] for i in used] for row in rows]


def more_caption(page: Page, left: int) -> None:
    if left > 0:
        st.caption(page.words.n("and {n} more", "and {n} more", left, n=page.formats.count(left)))


def figures_table(page: Page, key: str, figures: Sequence[Figure], most: int, names: Sequence[str] = ()) -> None:
    """Every number with the last meeting, the change and the target; ``names`` where their own would not tell them apart."""
    words = page.words
    heads = ["&nbsp;", words.t(N_("Now")), words.t(N_("Last meeting")), words.t(N_("Change")), words.t(N_("By now, of target"))]
    rows = [[md(names[i] if names else label_of(page, f)), f"**{md(value(page, f.now, f.unit))}**", md(value(page, f.then, f.unit)) if f.has_then else "", change_cell(page, f), _target(page, f)]
            for i, f in enumerate(figures[:most])]
    _table(key, *_kept(heads, rows))
    more_caption(page, len(figures) - most)


def _target(page: Page, figure: Figure) -> str:
    if figure.target is None:
        return ""
    found = against_target(page, figure)
    judged = f"{toned(md(found[1].full), found[1].tone)} " if found is not None and found[1].arrow else ""
    return judged + md(page.formats.value(figure.target, figure.unit))


def lines_table(page: Page, key: str, lines: Sequence[Line], most: int) -> None:
    """Customers with their place now and at the last meeting, complaints, and the numbers of each."""
    words = page.words
    ranked = any(one.place is not None for one in lines)
    compared = any(one.place_then is not None for one in lines)
    labels = list(dict.fromkeys(label_of(page, f) for one in lines for f in one.figures))
    heads = ["&nbsp;", *([words.t(N_("Place"))] if ranked else []), *([words.t(N_("Moved"))] if compared else [])]
    for label in labels:
        heads += [md(label), words.t(N_("Change"))]
    rows = []
    for one in lines[:most]:
        by = {label_of(page, f): f for f in one.figures}
        row = [_name(page, one)]
        row += [page.formats.count(one.place) if one.place is not None else ""] if ranked else []
        row += [_moved(page, one)] if compared else []
        for label in labels:
            f = by.get(label)
            row += [f"**{md(value(page, f.now, f.unit))}**", change_cell(page, f)] if f is not None else ["", ""]
        rows.append(row)
    _table(key, *_kept(heads, rows))
    more_caption(page, len(lines) - most)


def _name(page: Page, one: Line) -> str:
    name = md(one.name)
    if one.link is not None:
        name = f"[{name}]({link(one.link.page, dict(one.link.query))})"
    said = one.said.text(page.words, page.formats) if one.said is not None else ""
    return f"{name} :gray[{md(said)}]" if said else name


def _moved(page: Page, one: Line) -> str:
    if one.place_then is None:
        return f":blue[{page.words.t(N_('new'))}]" if one.place is not None else ""
    if one.move is None or not one.move:
        return toned("·", "none")
    return toned(("↑ " if one.move > 0 else "↓ ") + page.formats.count(abs(one.move)), "good" if one.move > 0 else "bad")


def stored_table(page: Page, key: str, stored: Sequence[Stored], most: int) -> None:
    """What the numbers of a closed meeting read, where its data is gone."""
    words, catalog = page.words, page.catalog
    heads = ["&nbsp;", words.t(N_("Days")), words.t(N_("As it read"))]
    rows = []
    for one in stored[:most]:
        known = one.measure in catalog.measures
        label = words.label(catalog.measure(one.measure)) if known else one.measure
        unit = catalog.measure(one.measure).unit if known else "number"
        rows.append([md(one.title or label), md(page.formats.dated(one.first, one.last, one.calendar)) if one.first and one.last else "", f"**{md(value(page, one.value, unit))}**"])
    _table(key, *_kept(heads, rows))
    more_caption(page, len(stored) - most)
