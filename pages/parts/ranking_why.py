"""Why somebody has its place: what each criterion adds, why the place changed, what would win one more, and how firm it is."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.ranking import Ranking, names_of
from crm_data.analysis.ranking_criteria import LAST_CONTACT, RECENCY, unit_of
from crm_data.analysis.ranking_explain import Lift, Standing, rounded, standing
from crm_data.analysis.ranking_reasons import reasons
from crm_data.analysis.ranking_stability import shown_share
from crm_data.errors import N_, MabatError
from crm_data.output.ranking_words import criterion_label, place_text, reason_text
from crm_data.output.tables import Column, Sheet
from pages.parts.table import table
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page


def open_why(page: Page, found: Ranking, key: int, stable, go) -> None:
    """The dialog of one member. ``stable()``: the stability of the top (or None); ``go()``: to the member's page."""
    name = names_of(page.warehouse, page.scope, found.subject, [key]).get(key, "")
    st.dialog(page.words.t(N_("Why this place: {name}"), name=md(name)), width="large")(why_body)(page, found, key, stable, go)


def why_body(page: Page, found: Ranking, key: int, stable, go) -> None:
    words, formats = page.words, page.formats
    try:
        stands = standing(found, key)
        why = reasons(found, [key], page.warehouse, page.scope).get(key)
    except MabatError as error:
        st.warning(md(words.error(error)), icon=":material/error_outline:")
        return
    st.markdown(f"**{md(words.t(N_('{place} of {count}'), place=place_text(stands.rank, words, formats), count=formats.count(stands.count, full=True)))}** · "
                + md(words.t(N_("score {score}"), score=formats.number(stands.score, 1)) + (f" · {words.t(N_('class {name}'), name=stands.named)}" if stands.named else "")))
    if why is not None:
        st.markdown(f":material/swap_vert: {md(reason_text(why, words, formats, page.catalog))}")
    table(page, "why_parts", _sheet(page, found, stands), alt=words.t(N_("What each criterion adds")))
    _lifts(page, stands)
    _firm(page, stands, stable)
    if st.button(words.t(N_("Open the customer")) if found.subject == "customer" else words.t(N_("Open in Segments")), type="primary", key="why_open", icon=":material/open_in_new:"):
        go()


def _sheet(page: Page, found: Ranking, stands: Standing) -> Sheet:
    words, formats, compared = page.words, page.formats, found.earlier is not None
    columns = [Column("name", words.t(N_("Criterion")), width=190), Column("value", words.t(N_("Value")), width=110)]
    columns += [Column("before", words.t(N_("Before")), width=110, wide_only=True)] if compared else []
    columns += [Column("place", words.t(N_("Percentile")), "score", width=90, help=words.t(N_("Of all ranked, how many in a hundred stand behind; ties share."))),
                Column("weight", words.t(N_("Weight")), width=80), Column("adds", words.t(N_("Adds")), "score", width=90)]
    columns += [Column("adds_before", words.t(N_("Added before")), "score", width=80, quiet=True, wide_only=True)] if compared else []
    adds = rounded([p.adds for p in stands.parts])
    rows = [{"name": criterion_label(p.criterion.name, words, page.catalog), "value": _value(page, p.criterion.name, p.value), "before": _value(page, p.criterion.name, p.value_before),
             "place": round(p.place, 1), "weight": formats.part(p.weight), "adds": a, "adds_before": None if p.adds_before is None else round(p.adds_before, 1)} for p, a in zip(stands.parts, adds, strict=True)]
    return Sheet(tuple(columns), tuple(rows), {"name": words.t(N_("Score")), "value": "", "before": "", "place": None, "weight": formats.part(1.0), "adds": round(sum(adds), 1),
                                            "adds_before": None if stands.rank_before is None else round(sum(p.adds_before or 0.0 for p in stands.parts), 1)})


def _value(page: Page, name: str, value: float | None) -> str:
    return page.formats.value(value, unit_of(name, page.catalog), True)


def _lifts(page: Page, stands: Standing) -> None:
    words = page.words
    if stands.rank == 1:
        st.caption(words.t(N_("Nobody stands above.")))
        return
    st.markdown(f"**{words.t(N_('What would win one place, by itself'))}**")
    if not stands.lifts:
        st.caption(words.t(N_("No single criterion would: the best value of each is there already, or is not enough.")))
        return
    st.markdown("\n".join(f"- {md(_lift(page, x))}" for x in stands.lifts))


def _lift(page: Page, x: Lift) -> str:
    words, unit = page.words, unit_of(x.criterion.name, page.catalog)
    needed, beyond = x.needed, x.beyond
    if unit == "count" and beyond:
        needed, beyond = (int(needed) + 1 if x.criterion.high else int(needed) - 1), False
    shape = (N_("{criterion}: more than {needed} (now {value})") if beyond else N_("{criterion}: {needed} or more (now {value})")) if x.criterion.high else (
        N_("{criterion}: less than {needed} (now {value})") if beyond else N_("{criterion}: {needed} or less (now {value})"))
    if x.criterion.name in (RECENCY, LAST_CONTACT) and needed < 0:
        shape = N_("{criterion}: none (now {value})")
    return words.t(shape, criterion=criterion_label(x.criterion.name, words, page.catalog), needed=page.formats.value(needed, unit, True), value=page.formats.value(x.value, unit, True))


def _firm(page: Page, stands: Standing, stable) -> None:
    held = stable()
    firm = next((f for f in held.firm if f.key == stands.key), None) if held else None
    if firm is not None:
        words, formats = page.words, page.formats
        st.caption(md(words.t(N_("Under {tries} other weights it stays among the first {top} in {share}; its place is then {best} to {worst}."), tries=formats.count(held.tries), top=held.top,
                              share=formats.part(shown_share(firm.stays)), best=firm.best, worst=firm.worst)))
