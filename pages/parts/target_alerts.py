"""The dialog of alerts on targets: those there are and what each says now; adding one with a live preview; deleting with undo."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.target_alert_store import add_alert, check_alert, delete_alert, list_alerts, undelete_alert
from crm_data.analysis.target_alerts import ANY, Alert, Judged, Rule, judge, one_said
from crm_data.analysis.target_rules import LONGEST_DAYS, SETTERS, members, visible
from crm_data.analysis.target_store import FIRM, GROUP, Goal, Target
from crm_data.analysis.targets import Board, board
from crm_data.errors import N_, MabatError
from pages.parts.errors import tried
from pages.parts.target_dialog import SCOPES
from pages.parts.target_known import KNOWN
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

_GONE, _ERROR, _TURN = "alerts_deleted", "alerts_error", "alerts_turn"
SHOWN = 4
KINDS = {"pace": N_("Pace"), "landing": N_("Landing"), "chance": N_("Chance"), "attained": N_("Reached")}
BELOW = {"pace": N_("below {share} of pace"), "landing": N_("landing below {share} of target"), "chance": N_("chance below {share}"),
         "attained": N_("reached below {share} of target")}
USUAL = {"pace": 90, "landing": 90, "chance": 50, "attained": 80}


def alerts_button(page: Page, known: Sequence[Target]) -> None:
    """The way into the alerts, beside the page's other questions. ``known``: the targets there are."""
    words = page.words
    if st.query_params.get(KNOWN):
        # Alerts have no past: beside the targets of another day they would mislead.
        return
    if st.button(words.t(N_("Alerts")), key="target_alerts", icon=":material/notifications:"):
        for key in (_GONE, _ERROR):
            st.session_state.pop(key, None)
        st.dialog(words.t(N_("Alerts on targets")), width="large")(alerts_body)(page, known)


def alerts_body(page: Page, known: Sequence[Target]) -> None:
    """The inside of the dialog, for the day the page shows."""
    words = page.words
    if error := st.session_state.pop(_ERROR, ""):
        st.warning(md(error), icon=":material/error_outline:")
    seen = board(page.warehouse, page.appdb, scope=page.scope, on=min(page.period.last, page.warehouse.as_of), targets=known)
    if st.session_state.get(_GONE):
        with st.container(horizontal=True, vertical_alignment="center", key="alerts_undo_row"):
            st.markdown(words.t(N_("The alert was deleted.")), width="content")
            st.button(words.t(N_("Undo")), icon=":material/undo:", key="alerts_undo", on_click=_undo, args=(page,))
    found = list_alerts(page.appdb, page.user, page.scope, seen.places)
    may = page.user.role in SETTERS
    if not found:
        st.markdown(words.t(N_("No alert is set yet. One fires here and on Today.") if may else N_("No alert is shared with you.")))
    for alert in found:
        _row(page, alert, seen)
    if may:
        st.divider()
        _add(page, seen)


def _row(page: Page, alert: Alert, seen: Board) -> None:
    words = page.words
    who = words.t(N_("own, shared")) if alert.own and alert.shared else words.t(N_("own")) if alert.own else words.t(N_("of {name}"), name=words.author(alert.author))
    with st.container(border=True, key=f"alert_row_{alert.id}", gap="small"):
        result = judge(alert, seen, page.warehouse, page.scope)
        icon = ":red[:material/notifications_active:]" if result.fired else ":gray[:material/notifications:]"
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
            st.markdown(f"{icon} **{md(about(page, alert))}** · {md(rule_words(page, alert.rule))} · {md(who)}", width="content")
            if alert.editable:
                st.button(words.t(N_("Delete")), key=f"alert_delete_{alert.id}", icon=":material/delete:", type="tertiary", on_click=_delete, args=(page, alert.id))
        st.markdown(told(page, alert, result, words.t(N_("Fires now for:")), words.t(N_("Fires for nothing now."))))


def about(page: Page, alert: Alert) -> str:
    """Indicator and scope in words."""
    words = page.words
    measure = words.t(N_("Any indicator")) if not alert.measure else words.label(page.catalog.all_measures.get(alert.measure, alert.measure))
    return f"{measure} · {_whose(page, alert.dimension, alert.member)}"


def _whose(page: Page, dimension: str, member: str) -> str:
    words = page.words
    if dimension == ANY:
        return words.t(N_("Any scope"))
    if dimension == FIRM:
        return words.t(N_("The whole firm"))
    if not member:
        return words.t(N_("each: {dimension}"), dimension=_named(page, dimension))
    return words.t(N_("{branch} and those below"), branch=member) if dimension == GROUP else words.member(dimension, member)


def _named(page: Page, dimension: str) -> str:
    words = page.words
    if dimension in (ANY, FIRM):
        return _whose(page, dimension, "")
    return words.t(N_("Branch and those below")) if dimension == GROUP else words.label(page.catalog.dimensions.get(dimension, dimension))


def rule_words(page: Page, rule: Rule) -> str:
    words = page.words
    said = words.t(BELOW[rule.kind], share=page.formats.part(rule.below))
    return words.t(N_("{rule}, after day {n} of the period"), rule=said, n=rule.after_day) if rule.after_day else said


def told(page: Page, alert: Alert, found: Judged, fires: str, nothing: str) -> str:
    """What an alert says now, escaped: whom it fires for as a list, and what it cannot judge, with the reason."""
    words, formats = page.words, page.formats
    if not found.spoken_of:
        return md(words.t(N_("No target of this day is about that.")))
    lines, shown = [], []
    for one in found.fired[:SHOWN]:
        of = words.listed([*([] if alert.measure else [words.t(one.one.label)]), formats.called(one.one.goal.first, one.one.goal.last)])
        shown.append(f"{one_said(alert.rule, one).text(words, formats)} ({of})")
    if len(found.fired) > SHOWN:
        shown.append(words.t(N_("and {n} more"), n=formats.count(len(found.fired) - SHOWN)))
    said = "\n".join([md(fires), *(f"- {md(line)}" for line in shown)]) if shown else md(nothing)
    if found.fine:
        lines.append(words.n("{n} target is not below it.", "{n} targets are not below it.", found.fine, n=formats.count(found.fine)))
    if found.early:
        lines.append(words.n("{n} target has not come to that day.", "{n} targets have not come to that day.", found.early, n=formats.count(found.early)))
    if found.unjudged:
        _, why, values = found.unjudged[0]
        reason = words.t(why, **{name: formats.count(v) for name, v in values.items()})
        lines.append(words.n("{n} target cannot be judged: {reason}", "{n} targets cannot be judged, such as: {reason}", len(found.unjudged), n=formats.count(len(found.unjudged)), reason=reason))
    return said + ("\n\n" + md(" ".join(lines)) if lines else "")


# Adding one ---------------------------------------------------------------------------------------------------------
def _add(page: Page, seen: Board) -> None:
    """The choices, what they would say now, and the button. Nothing is kept before it is pressed."""
    words = page.words
    st.markdown(f"**{words.t(N_('Add an alert'))}**")
    alert = _chosen(page, seen)
    try:
        check_alert(alert, page.user, page.warehouse, page.scope, seen.places)
    except MabatError as error:
        st.warning(md(page.words.error(error)), icon=":material/error_outline:")
        return
    result = judge(alert, seen, page.warehouse, page.scope)
    st.info(told(page, alert, result, words.t(N_("Would fire now for:")), words.t(N_("Would fire for nothing now."))), icon=":material/visibility:")
    st.button(words.t(N_("Add")), key="alert_add", type="primary", icon=":material/add:", on_click=_save, args=(page, alert))


def _chosen(page: Page, seen: Board) -> Alert:
    words, catalog, turn = page.words, page.catalog, st.session_state.get(_TURN, 0)
    first, second = st.columns(2)
    with first:
        measure = st.selectbox(words.t(N_("Indicator")), ["", *catalog.measures], key=f"alert_measure_{turn}",
                               format_func=lambda m: words.label(catalog.measure(m)) if m else words.t(N_("Any indicator")))
    kinds = ["attained"] if measure and not _flows(page, measure) else list(KINDS)
    scopes = [ANY, FIRM, *(d for d in SCOPES if (asked := Goal("", seen.on, seen.on, d).asked) in catalog.dimensions and (not measure or catalog.can_cut(measure, asked)))]
    with second:
        dimension = st.selectbox(words.t(N_("Whose")), scopes, key=f"alert_scope_{turn}", format_func=lambda d: _named(page, d))
    member = ""
    if dimension not in (ANY, FIRM):
        offered = [m for m in members(dimension, catalog, page.warehouse, page.scope) if visible(Goal(measure, seen.on, seen.on, dimension, m), page.scope, seen.places)]
        member = st.selectbox(_named(page, dimension), ["", *offered], key=f"alert_member_{dimension}_{turn}",
                              format_func=lambda m: _whose(page, dimension, m))
    kind = st.segmented_control(words.t(N_("What is watched")), kinds, default=kinds[0], format_func=lambda k: words.t(KINDS[k]), required=True, key=f"alert_kind_{len(kinds)}_{turn}")
    left, right = st.columns(2)
    with left:
        below = st.number_input(words.t(N_("Fires below, in %")), value=float(USUAL[kind]), step=5.0, format="%g", key=f"alert_below_{kind}_{turn}")
    with right:
        day = st.number_input(words.t(N_("After so many days of the period")), value=0, min_value=0, max_value=LONGEST_DAYS, step=1, key=f"alert_day_{turn}")
    shared = st.toggle(words.t(N_("Share with everybody who may see these targets")), key=f"alert_shared_{turn}")
    return Alert(measure, dimension, member or "", Rule(kind, below / 100, int(day)), bool(shared))


def _flows(page: Page, measure: str) -> bool:
    found = page.catalog.measure(measure)
    return found.kind != "balance" and found.adds_up


def _save(page: Page, alert: Alert) -> None:
    if tried(page.words, lambda: add_alert(page.appdb, page.user, alert, warehouse=page.warehouse, scope=page.scope), _ERROR):
        # Fresh controls for the next one.
        st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def _delete(page: Page, alert_id: int) -> None:
    if tried(page.words, lambda: delete_alert(page.appdb, page.user, alert_id), _ERROR):
        st.session_state[_GONE] = alert_id


def _undo(page: Page) -> None:
    if tried(page.words, lambda: undelete_alert(page.appdb, page.user, st.session_state[_GONE]), _ERROR):
        st.session_state.pop(_GONE, None)
