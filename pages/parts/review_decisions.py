"""What was decided: who does it until when, done or not, and whether the number it is to move has moved."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.decisions import (
    MOST,
    Decision,
    Moved,
    add_decision,
    decisions_of,
    finish,
    moved,
    open_decisions,
)
from crm_data.analysis.review import Looked, Opened
from crm_data.cuts.cut import Cut
from crm_data.errors import N_, MabatError
from crm_data.output.formats import plain
from pages.parts import asking
from pages.parts.choices import grouped
from pages.parts.days import day_input, given
from pages.parts.empty import Empty, show_empty
from pages.parts.errors import tried
from pages.parts.review_words import toned, value
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Decisions shown beside a block on the wall, and on the desk.
ON_WALL, ON_DESK = 5, 12
_WRONG = "review_decision_wrong"
Row = tuple[Decision, Moved | None]


def decisions_side(page: Page, opened: Opened, looked: Looked | None, most: int) -> None:
    """This meeting's decisions, those still open from earlier ones, and the button for a new one."""
    words, review = page.words, opened.review
    own = decisions_of(page.appdb, review.id)
    earlier = [d for d in open_decisions(page.appdb, before=review.held_on) if d.meeting_id != review.id] if not review.closed and not (looked is not None and looked.block.kind == "decisions") else []
    listed = [*own, *earlier]
    done = sum(d.done for d in own)
    head = words.t(N_("Decisions"))
    if own:
        head += " · " + words.t(N_("{n} of {all} done"), n=page.formats.count(done), all=page.formats.count(len(own)))
    st.markdown(f"## {md(head)}")
    data = opened.warehouse
    decision_rows(page, [(d, moved(d, data, page.scope) if data is not None else None) for d in listed[:most]], "side")
    if len(listed) > most:
        more = len(listed) - most
        st.caption(words.n("and {n} more", "and {n} more", more, n=page.formats.count(more)))
    if not listed:
        st.caption(words.t(N_("Nothing decided yet.")))
    if getattr(page.user, "may_write", True) and not review.closed and st.button(words.t(N_("Add decision")), key="decision_add", icon=":material/add:"):
        st.dialog(words.t(N_("Add decision")), width="medium")(add_body)(page, opened, looked)


def decision_rows(page: Page, rows: Sequence[Row], where: str) -> None:
    """One decision a row: a box to tick, owner, day and the number."""
    writes = getattr(page.user, "may_write", True)
    for one, number in rows:
        key = f"decision_{where}_{one.id}"
        st.session_state[key] = one.done
        with st.container(key=f"decision_row_{where}_{one.id}"):
            st.checkbox(md(one.text), key=key, disabled=not writes, on_change=lambda i=one.id, k=key: _ticked(page, i, bool(st.session_state[k])))
            said = " · ".join(p for p in (md(one.owner), _due(page, one), _moved(page, number)) if p)
            if said:
                st.caption(said)
    wrong = st.session_state.pop(_WRONG, "")
    if wrong:
        st.warning(wrong)


def decisions_list(page: Page, looked: Looked, most: int) -> None:
    """The block about decisions that are due."""
    if not looked.decisions:
        show_empty("decisions", Empty(page.words.t(N_("Nothing is open from earlier meetings")), "", ":material/task_alt:"))
        return
    decision_rows(page, looked.decisions[:most], "block")
    if len(looked.decisions) > most:
        more = len(looked.decisions) - most
        st.caption(page.words.n("and {n} more", "and {n} more", more, n=page.formats.count(more)))


def _due(page: Page, one: Decision) -> str:
    if one.due_on is None:
        return ""
    day = md(page.formats.day_month(one.due_on) if one.due_on.year == page.today.year else page.formats.day(one.due_on))
    return toned(page.words.t(N_("due {day}, late"), day=day), "bad") if one.overdue(max(date.today(), page.today)) else page.words.t(N_("due {day}"), day=day)


def _moved(page: Page, number: Moved | None) -> str:
    """The number then and now, judged."""
    if number is None:
        return ""
    label, now = md(page.words.t(number.label)), md(value(page, number.now, number.unit))
    if number.then is None:
        return f"{label} {now}"
    tone = "none" if number.improved is None else "good" if number.improved else "bad"
    text = f"{label} {md(value(page, number.then, number.unit))} {page.words.arrow} {now}"
    return toned(text, tone) if tone != "none" else text


def _ticked(page: Page, number: int, done: bool) -> None:
    tried(page.words, lambda: finish(page.appdb, page.user, number, done), _WRONG)


# A new one ------------------------------------------------------------------------------------------------------
def linkable(looked: Looked | None) -> dict[str, Cut]:
    """Numbers of the block a decision can be linked to: each with the question it answers."""
    found: dict[str, Cut] = {}
    for shown in looked.shown if looked is not None else ():
        for measure in shown.cut.measures:
            found.setdefault(measure, shown.cut)
    return found


def add_body(page: Page, opened: Opened, looked: Looked | None) -> None:
    words = page.words
    text = st.text_area(words.t(N_("What was decided")), key="review_decision_text", max_chars=MOST, height=100)
    with st.container(horizontal=True):
        people = list(dict.fromkeys([*opened.review.participants, page.user.full_name or page.user.name]))
        owner = st.selectbox(words.t(N_("Who")), people, key="review_decision_owner", accept_new_options=True, width="stretch", format_func=plain)
        due = day_input(page, words.t(N_("Until")), None, "review_decision_due")
    here = linkable(looked)
    able = {m for _, members in grouped(page.catalog, asking.rows_by_table(page)) for m in members}
    options = ["", *here, *sorted((m for m in able if m not in here), key=lambda m: words.label(page.catalog.measure(m)))]
    measure = st.selectbox(words.t(N_("The number it is to move")), options, index=1 if here else 0, key="review_decision_measure",
                           format_func=lambda m: words.label(page.catalog.measure(m)) if m else words.t(N_("none")),
                           help=words.t(N_("Its value is kept as it is now; the next reviews say how it moved.")))
    if st.button(words.t(N_("Save decision")), type="primary", key="review_decision_save"):
        try:
            add_decision(page.appdb, page.user, opened.review.id, text, owner_name=owner or "", due_on=given(due),
                         cut=here.get(measure), measure=measure, warehouse=page.warehouse, scope=page.scope)
        except MabatError as error:
            st.warning(words.error(error))
            return
        st.rerun()

