"""The cards beside a ranking: classes and concentration, who moved most and why, and how firm the top is."""
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from crm_data.analysis.ranking import Ranking
from crm_data.analysis.ranking_criteria import unit_of
from crm_data.analysis.ranking_link import Asked
from crm_data.analysis.ranking_reasons import movers_of
from crm_data.analysis.ranking_stability import Stability, shown_share, stability
from crm_data.errors import N_
from crm_data.output.charts import concentration, movers, theme
from crm_data.output.charts.movers import Move
from crm_data.output.ranking_words import move_text, why_text
from crm_data.output.tables import Column, Sheet
from pages.parts import asking
from pages.parts.chart import plot
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.ranking_asks import SUBJECT_WORDS, label, write
from pages.parts.ranking_table import MOVERS, side, told_why
from pages.parts.table import table

if TYPE_CHECKING:
    from pages.parts.context import Page

CURVE = 150


def classes_content(page: Page, asked: Asked, found: Ranking) -> Content:
    """How much the first bring, and the classes with counts and amounts; a class is chosen by a click."""
    words, formats = page.words, page.formats
    by = found.classing.by or asked.criteria[0].name
    if not found.classes or not len(found.running):
        return Content(empty=Empty(words.t(N_("Not for {measure}"), measure=label(page, by).lower()), words.t(N_("Only what adds up can be concentrated.")), ":material/functions:"))
    names = words.t(SUBJECT_WORDS[asked.subject]).lower()
    at = [max(1, round(found.count * part)) for part in (0.2, 0.5)]
    shares = [float(found.running[n - 1]) for n in at]
    points = [(n / found.count, s, formats.part(s)) for n, s in zip(at, shares, strict=True)]
    sentence = words.t(N_("{part} of the {names} bring {share} of the {measure}"), part=formats.part(at[0] / found.count), names=names, share=formats.part(shares[0]), measure=label(page, by).lower())
    picture = concentration(found.running, theme(page.theme), title=words.t(N_("How concentrated it is")), points=points, axis=[(p[0], formats.part(p[0])) for p in points], height=CURVE)
    unit = unit_of(by, page.catalog)
    sheet = Sheet((Column("class", words.t(N_("Class")), "class", width=50), Column("count", words.t(N_("Count")), "count", width=58),
                   Column("amount", label(page, by) + (f" {formats.symbol}" if unit == "money" else ""), unit, width=86), Column("share", words.t(N_("Share")), "part", width=48)),  # type: ignore[arg-type]
                  tuple({"class": p.name, "count": p.count, "amount": p.amount, "share": p.share} for p in found.classes if p.count))
    rows = [p.name for p in found.classes if p.count]

    def chosen(i: int) -> None:
        name = rows[i]
        kept = tuple(c for c in asked.shown if c != name) if name in asked.shown else tuple(sorted((*asked.shown, name)))
        write(replace(asked, shown=kept))

    def draw() -> None:
        plot("plot_concentration", picture)
        table(page, "ranking_classes", sheet, on_row=chosen, alt=words.t(N_("Classes: choose one to see only its members")))
    return Content(draw=draw, pictures=lambda: (picture,), sheet=sheet, sentence=sentence)


def moved_content(page: Page, asked: Asked, found: Ranking) -> Content:
    """The largest changes of the first criterion, with the change of place and its reason."""
    words, formats, first = page.words, page.formats, asked.criteria[0]
    if found.earlier is None or not first.measure or first.grows:
        return Content(empty=Empty(words.t(N_("No comparison")), words.t(N_("Choose a period to compare with in the strip above.")), ":material/compare_arrows:"))
    rows = movers_of(found, MOVERS)
    if not len(rows):
        return Content(empty=Empty(words.t(N_("Nobody moved")), words.t(N_("All values are as in the comparison period.")), ":material/horizontal_rule:"))
    keys = [int(k) for k in rows["key"]]
    names, why = side(page, asked, found, keys, "names"), told_why(page, asked, found)
    unit, neutral = unit_of(first.name, page.catalog), page.catalog.measure(first.name).better == "none"

    def told(key: int) -> str:
        return f"{move_text(why[key], words, formats)}: {why_text(why[key], words, formats, page.catalog, short=True)}" if key in why else ""
    shown = [Move(str(k), names.get(k, ""), float(a), formats.signed(a, unit), "none" if neutral else "good" if (a > 0) == first.high else "bad", told(k))
             for k, a in zip(keys, rows["amount"], strict=True)]
    sentence = words.t(N_("{measure} against {period}"), measure=label(page, first.name), period=formats.period(found.period_before.first, found.period_before.last))  # type: ignore[union-attr]
    sheet = Sheet((Column("name", words.t(N_("Name")), width=150), Column("amount", words.t(N_("Change")), unit), Column("why", words.t(N_("Why")), width=260)),  # type: ignore[arg-type]
                  tuple({"name": m.label, "amount": m.amount, "why": m.note} for m in shown))
    ranked = set(map(int, found.rows["key"].to_numpy()[np.isin(found.rows["key"].to_numpy(), keys)]))
    places = {k: int(found.rows["rank"].to_numpy()[np.flatnonzero(found.rows["key"].to_numpy() == k)[0]]) for k in ranked}

    def clicked(key: str) -> None:
        st.session_state["_open_ranked"] = (int(key), places.get(int(key), 0), found.count)
    return Content(movers(shown, theme(page.theme), title=words.t(N_("Who moved most")), mirrored=words.rtl, narrow=page.narrow, letters=26, noted=True), sheet, sentence=sentence,
                   row_keys=tuple(m.key for m in shown), on_click=clicked)


# How firm the top is ------------------------------------------------------------------------------------------------
def stable_of(page: Page, asked: Asked, found: Ranking) -> Stability | None:
    return asking.kept("ranking_stable", page, lambda: stability(found), asked.subject, asked.criteria, page.period, page.compare, page.filters)


def stability_content(page: Page, asked: Asked, found: Ranking) -> Content:
    words, formats = page.words, page.formats
    held = stable_of(page, asked, found)
    if held is None:
        return Content(empty=Empty(words.t(N_("Too few to tell")), words.t(N_("The top is told apart from others where more are ranked.")), ":material/functions:"))
    if held.always == held.top:
        sentence = words.t(N_("All of the top {top} stay whatever the weights"), top=held.top)
    elif not held.always:
        sentence = words.t(N_("None of the top {top} stays whatever the weights"), top=held.top)
    else:
        sentence = words.n("{n} of the top {top} stays whatever the weights", "{n} of the top {top} stay whatever the weights", held.always, top=held.top)
    names = side(page, asked, found, [f.key for f in held.firm], "names")
    sheet = Sheet((Column("rank", "#", "rank", width=34), Column("name", words.t(N_("Name")), width=98),
                   Column("range", words.t(N_("Places")), width=58, help=words.t(N_("Best and worst place under {tries} other weights."), tries=formats.count(held.tries))),
                   Column("stays", words.t(N_("Stays")), "part", width=52, help=words.t(N_("In how many of the tries it is among the first {top}: each weight half and half as much again, and mixes around yours."), top=held.top))),
                  tuple({"rank": f.rank, "name": names.get(f.key, ""), "range": formats.figures(f"{f.best}–{f.worst}" if f.best < f.worst else f.best), "stays": shown_share(f.stays)} for f in held.firm))

    def clicked(key: str) -> None:
        st.session_state["_why_ranked"] = int(key)
    return Content(sheet=sheet, only_table=True, sentence=sentence, row_keys=tuple(str(f.key) for f in held.firm), on_click=clicked)
