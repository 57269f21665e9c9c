"""The form of a target: its value, stretch value and direction, how it is spread over its period, and why; checked and saved."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from crm_data.analysis.phasing import PLAIN, Phasing, PhasingKind, months_of
from crm_data.analysis.target_rules import check_change, check_goal, refuse_unless_allowed
from crm_data.analysis.target_store import Change, Goal, Target, Version, all_targets, history, set_many
from crm_data.analysis.targets import Board, Progress
from crm_data.cuts.periods import Period
from crm_data.errors import N_, MabatError
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Units typed as a percentage.
PERCENT = "share"
SPREADS: dict[PhasingKind, str] = {"working_days": N_("Working days"), "last_year": N_("Last year’s shape"), "manual": N_("By month")}
EXPLAINED: dict[PhasingKind, str] = {
    "working_days": N_("Each working day should bring the same."),
    "last_year": N_("Each day should bring the share of the period it brought a year ago."),
    "manual": N_("Each month should bring the share you give it, evenly over its working days."),
}


def change_form(page: Page, board: Board, goal: Goal, one: Progress | None) -> None:
    """Change or withdraw a known target."""
    words = page.words
    now = None if one is None else one.target
    phasing = spread_choice(page, goal, now)
    with st.form("change_target", border=False):
        change, slot = _fields(page, goal, now, phasing)
        why = st.text_input(words.t(N_("Why (kept with the version)")), max_chars=500)
        with st.container(horizontal=True):
            saved = st.form_submit_button(words.t(N_("Save new version")), type="primary")
            gone = st.form_submit_button(words.t(N_("Withdraw")))
    if saved:
        _save(page, board, goal, change, why, slot)
    elif gone:
        _save(page, board, goal, None, why, slot)


def new_form(page: Page, board: Board, goal: Goal, latest: Version | None) -> None:
    """The number of a new target and what goes with it; one that is set already begins as it is."""
    now = None if latest is None or latest.value is None else Target(goal, latest.value, stretch=latest.stretch, direction=latest.direction, phasing=latest.phasing)
    phasing = spread_choice(page, goal, now)
    with st.form("new_target", border=False):
        change, slot = _fields(page, goal, now, phasing)
        why = st.text_input(page.words.t(N_("Why (kept with the version)")), max_chars=500)
        saved = st.form_submit_button(page.words.t(N_("Save")), type="primary")
    if saved:
        _save(page, board, goal, change, why, slot)


def spread_choice(page: Page, goal: Goal, now: Target | None) -> PhasingKind | None:
    """How the target is spread, asked outside the form since it changes the form; None where it cannot be spread at all."""
    measure, words = page.catalog.measure(goal.measure), page.words
    if measure.kind == "balance" or not measure.adds_up:
        return None
    able = [kind for kind in SPREADS if kind != "manual" or _by_month(goal.period)]
    default = now.phasing.kind if now is not None and now.phasing.kind in able else able[0]
    chosen = st.segmented_control(words.t(N_("Spread over the period")), able, default=default, required=True, format_func=lambda kind: words.t(SPREADS[kind]),
                                  key=f"target_spread_{goal.measure}_{goal.first}_{goal.last}_{st.session_state.get('targets_turn', 0)}",
                                  help=words.t(N_("What should be reached by each day, and so the pace. Shares by month need a period of at least two whole months.")))
    st.caption(words.t(EXPLAINED[chosen or "working_days"]))
    return chosen or "working_days"


def _by_month(period: Period) -> bool:
    return period.whole_months() and len(months_of(period)) >= 2


def _fields(page: Page, goal: Goal, now: Target | None, kind: PhasingKind | None) -> tuple[tuple, DeltaGenerator]:
    """Value, stretch value, direction, spread and the shares typed in for the months (per cent); and the place under the numbers where what is wrong is said."""
    words, measure = page.words, page.catalog.measure(goal.measure)
    left, right = st.columns(2)
    with left:
        value = _number(page, measure.unit, words.t(N_("Target")), None if now is None else now.value)
    with right:
        stretch = _number(page, measure.unit, words.t(N_("Stretch (optional)")), None if now is None else now.stretch,
                          words.t(N_("What would be more than enough: a mark beyond the target. It does not change the pace.")))
    slot = st.container()
    ways = {"": words.t(N_("As usual for this indicator")), "up": words.t(N_("More is better")), "down": words.t(N_("Less is better"))}
    direction = st.selectbox(words.t(N_("Direction")), list(ways), index=list(ways).index(now.direction if now is not None else ""), format_func=ways.__getitem__,
                             help=words.t(N_("Where less is better the target is a limit: being under its pace is good.")))
    return (value, stretch, direction, kind, _shares(page, goal, now) if kind == "manual" else []), slot


def _shares(page: Page, goal: Goal, now: Target | None) -> list[float]:
    """A field for each month of the period, in per cent."""
    months = months_of(goal.period)
    known = now.phasing.shares if now is not None and now.phasing.kind == "manual" and len(now.phasing.shares) == len(months) else (1 / len(months),) * len(months)
    st.caption(page.words.t(N_("Shares of the months in %; if they do not make 100 together, they are scaled so that they do.")))
    given = []
    with st.grid(4, min_column_width=110, gap="small"):
        for (year, month), share in zip(months, known, strict=True):
            first = goal.first.replace(year=year, month=month, day=1)
            given.append(st.number_input(f"{page.formats.bucket(first, 'month')} %", value=round(share * 100, 4), min_value=0.0, step=None, format="%.4g", key=f"target_share_{year}_{month}"))
    return [float(x or 0.0) for x in given]


def _number(page: Page, unit: str, head: str, now: float | None, explained: str | None = None) -> float | None:
    """A field in the indicator's unit: shares are typed in per cent; money in the currency's unit that is told."""
    head += " %" if unit == PERCENT else f" {page.formats.symbol}" if unit == "money" else ""
    money, formats = unit == "money", page.formats
    shown = None if now is None else now * 100 if unit == PERCENT else formats.shown(now) if money else now
    given = st.number_input(head, value=shown, step=None, format="%.6g" if not money else "%.15g" if formats.toman else "%.0f", help=explained)
    return None if given is None else float(given) / 100 if unit == PERCENT else formats.kept(float(given)) if money else float(given)


def _change(goal: Goal, fields: tuple[float | None, float | None, str, PhasingKind | None, list[float]]) -> Change:
    value, stretch, direction, kind, shares = fields
    phasing = Phasing("manual", tuple(share / 100 for share in shares)) if kind == "manual" else PLAIN if kind is None else Phasing(kind)
    return Change(goal, value, stretch, direction, phasing)


def _save(page: Page, board: Board, goal: Goal, fields: tuple | None, why: str, slot: DeltaGenerator) -> None:
    """Check, write, and draw the page anew; what is wrong is said in ``slot``, under the numbers, and nothing is changed. No fields: withdraw."""
    words, known = page.words, history(page.appdb, goal)
    if fields is not None and fields[0] is None:
        slot.error(words.t(N_("Give the target a number.")), icon=":material/error_outline:")
        return
    try:
        refuse_unless_allowed(page.user, goal, page.scope, board.places)
        changes = [Change(goal, None) if fields is None else _change(goal, fields)]
        if fields is not None:
            check_goal(goal, page.catalog, page.warehouse, page.scope, all_targets(page.warehouse, page.appdb))
            check_change(changes[0], page.catalog.measure(goal.measure))
        elif not known:
            # A target of the data is withdrawn by a first version that says what it was.
            was = next((p.target for p in board.all if p.goal == goal), None)
            changes = [*([Change.of(was)] if was is not None else []), *changes]
        number = set_many(page.appdb, changes, user=page.user, why=why)[-1]
    except MabatError as error:
        slot.error(md(words.error(error)), icon=":material/error_outline:")
        return
    st.session_state["targets_said"] = words.t(N_("Saved as version {n}."), n=page.formats.count(number))
    st.rerun()


def terms_of(page: Page, version: Version, unit: str) -> str:
    """Stretch value, direction and spread of a version in a few words; empty where it has none."""
    words = page.words
    found = []
    if version.stretch is not None:
        found.append(words.t(N_("stretch {value}"), value=page.formats.value(version.stretch, unit)))
    if version.direction:
        found.append(words.t(N_("less is better") if version.direction == "down" else N_("more is better")))
    if version.phasing.kind != "working_days":
        found.append(words.t(SPREADS[version.phasing.kind]))
    return " · ".join(found)
