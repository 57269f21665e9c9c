"""Why did it change? The change of a number as a bridge whose parts open, and below it what stands out in the change."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from crm_data.analysis import bridge_rows
from crm_data.analysis.bridge import bridge
from crm_data.analysis.bridge_products import MEASURE, price_volume_mix
from crm_data.analysis.bridge_rates import mix_and_rate
from crm_data.analysis.drivers import drivers
from crm_data.cuts.cut import Cut, Filter, describe_filter
from crm_data.cuts.periods import Period
from crm_data.errors import N_
from crm_data.output import why_view
from crm_data.output.charts.theme import theme
from crm_data.output.charts.waterfall import bridge_bars
from pages.parts import asking, why_dialog
from pages.parts.figure import Content, frame
from pages.parts.text import md

if TYPE_CHECKING:
    from pages.parts.context import Page

CUSTOMERS, PRODUCTS, RATES = "customers", "products", "rates"
VIEWS = {CUSTOMERS: N_("Customers"), PRODUCTS: N_("Price, volume, mix"), RATES: N_("Mix and rate")}
_VIEW, _DIMENSION, _OPEN, _LOOK = "why_view", "why_dimension", "why_open", "why_look"
#: From this many customers on, what stands out is looked for only when it is asked.
MANY = 20_000


def why_panel(page: Page, cut: Cut, measure: str, *, chosen: str = "", on_narrow: Callable[[Filter], None] | None = None) -> None:
    """Draw the card. ``cut`` has the period, the comparison and the filters of what is chosen; ``chosen`` names it in words
    (its filters, if empty); ``on_narrow`` gets the member of a driver that is clicked, before the page runs again."""
    words = page.words
    views = _views(page, measure)
    view = _chosen_view(views)
    name = chosen or words.in_line(describe_filter(f, words, page.catalog) for f in cut.filters) or words.label(page.catalog.measure(measure))
    title = words.t(N_("Why did it change? · {name}"), name=name)
    # What is open is opened by a click in the run before.
    wanted, made = st.session_state.pop(_OPEN, None), {}

    def content() -> Content:
        made["bridge"] = found = _bridge(page, cut, measure, view)
        return _content(page, cut, measure, found, views, view)
    frame(page, "why", title, content=content)
    if wanted and "bridge" in made and any(p.name == wanted for p in made["bridge"].parts):
        why_dialog.open_part(page, made["bridge"], wanted, *ends(page, made["bridge"]))
    _drivers(page, cut, measure, on_narrow)


def _views(page: Page, measure: str) -> tuple[str, ...]:
    if bridge_rows.ratio_of(measure, page.catalog) is not None:
        return (RATES,)
    return (CUSTOMERS, PRODUCTS) if measure == MEASURE else (CUSTOMERS,)


def _chosen_view(views: tuple[str, ...]) -> str:
    chosen = st.session_state.get(_VIEW)
    return chosen if chosen in views else views[0]


def _bridge(page: Page, cut: Cut, measure: str, view: str) -> Any:
    if view == RATES:
        chosen = st.session_state.get(_DIMENSION) or ""
        return mix_and_rate(measure, cut, page.warehouse, scope=page.scope, dimension=chosen if _may_be(page, cut, measure, chosen) else "")
    if view == PRODUCTS:
        return price_volume_mix(cut, page.warehouse, scope=page.scope)
    return bridge(measure, cut, page.warehouse, scope=page.scope)


def _may_be(page: Page, cut: Cut, measure: str, dimension: str) -> bool:
    from crm_data.analysis.bridge_rates import choices

    return bool(dimension) and dimension in choices(measure, cut, page.catalog)


def ends(page: Page, found: Any) -> tuple[str, str]:
    """The names of the two periods; for balances, of their last days."""
    def named(period: Period) -> str:
        if page.catalog.measure(found.measure).kind == "balance":
            return page.formats.day(period.last)
        return page.formats.period(period.first, period.last)
    return named(found.period_before), named(found.period)


def _content(page: Page, cut: Cut, measure: str, found: Any, views: tuple[str, ...], view: str) -> Content:
    words, seen = page.words, asking.view(page)
    before, now = ends(page, found)
    floor = why_view.floor_of(found)
    counted = {CUSTOMERS: N_("customers"), PRODUCTS: N_("products"), RATES: ""}[view]
    title = words.t(N_("{measure} from {before} to {now}"), measure=words.label(page.catalog.measure(measure)), before=before, now=now)
    picture = bridge_bars(why_view.steps(found, seen, before, now), theme(page.theme), title=title, floor=floor, mirrored=words.rtl, narrow=page.narrow,
                          heads=("", words.t(counted)))
    sheet, keys = why_view.bridge_sheet(found, seen, before, now)
    notes = [why_view.summary(found, seen)]
    if view == CUSTOMERS and found.same:
        notes.append(words.n("{n} customer as before", "{n} customers as before", found.same, n=page.formats.count(found.same)))
    if view == CUSTOMERS and bridge_rows.drawn_anew(cut):
        notes.append(words.t(N_("the group is drawn anew in each period, so who entered or left it counts as come or gone")))
    if floor:
        notes.append(words.t(N_("the axis starts at {value}, so that the parts can be seen"), value=seen.value(measure, floor)))
    return Content(picture, sheet, sentence=asking.sentence(page, *notes), cut=found.cut, measure=measure, number=found.end, row_keys=keys, on_click=_open,
                   draw=lambda: _controls(page, found, views, view), notes=tuple(f"{label}: {meaning}" for label, meaning in (why_view.part_text(found, p.name, seen) for p in found.parts)))


def _open(part: str) -> None:
    """A part was clicked, or chosen by key: it is opened in the next run."""
    if part not in (why_view.START, why_view.END):
        st.session_state[_OPEN] = part


def _controls(page: Page, found: Any, views: tuple[str, ...], view: str) -> None:
    """The way of taking apart, and the parts as buttons: a chart's bars cannot be reached by keyboard."""
    words, seen = page.words, asking.view(page)
    with st.container(horizontal=True, key="why_controls", vertical_alignment="center", gap="small"):
        if len(views) > 1:
            st.segmented_control(words.t(N_("Taken apart by")), views, default=view, key=_VIEW, required=True, label_visibility="collapsed",
                                 format_func=lambda v: words.t(VIEWS[v]))
        if view == RATES and len(found.choices) > 1:
            names = {d: words.label(page.catalog.dimension(d)) for d in found.choices}
            st.selectbox(words.t(N_("Taken apart by")), list(names), index=list(names).index(found.dimension), key=_DIMENSION, width=220, format_func=names.__getitem__)
        for part in found.parts:
            if why_dialog.opens(found, part.name):
                label, meaning = why_view.part_text(found, part.name, seen)
                st.button(md(label), key=f"why_part_{part.name}", type="tertiary", help=md(meaning), icon=":material/list:", on_click=_open, args=(part.name,))


# What stands out -----------------------------------------------------------------------------------------------------
def _drivers(page: Page, cut: Cut, measure: str, on_narrow: Callable[[Filter], None] | None) -> None:
    words = page.words
    title = words.t(N_("What stands out in the change"))
    many = asking.rows_by_table(page).get("customer", 0) >= MANY
    asked = (measure, tuple(f.to_text() for f in cut.filters), cut.period.to_text() if cut.period else "", cut.compare)
    if many and st.session_state.get(_LOOK) != asked:
        label = words.t(N_("Look for what stands out"))
        frame(page, "why_drivers", title, words.t(N_("Looks through every group of customers and records; takes some seconds on so much data")),
              content=Content(draw=lambda: st.button(label, key="why_look_now", icon=":material/query_stats:", on_click=st.session_state.update, args=({_LOOK: asked},))))  # type: ignore[arg-type, return-value]
        return
    frame(page, "why_drivers", title, content=lambda: _drivers_content(page, cut, measure, on_narrow))


def _drivers_content(page: Page, cut: Cut, measure: str, on_narrow: Callable[[Filter], None] | None) -> Content:
    seen = asking.view(page)
    found = drivers(measure, cut, page.warehouse, scope=page.scope)
    sentence = why_view.looked_sentence(found, seen)
    came = why_view.came_sentence(found, seen)
    if not found.found:
        return Content(sentence=sentence, draw=(lambda: st.caption(md(came))) if came else None, only_table=False)  # type: ignore[arg-type, return-value]
    lines = [why_view.driver_sentence(d, found, seen) for d in found.found[:3]]

    def said() -> None:
        st.markdown("\n".join(f"{i}. {md(line)}" for i, line in enumerate(lines, 1)))
        if came:
            st.caption(md(came))
        from pages.parts.table import table

        table(page, "why_drivers_table", why_view.drivers_sheet(found, seen), on_row=(lambda i: on_narrow(found.found[i].condition)) if on_narrow else None,
              alt=page.words.t(N_("What stands out, strongest first")))
    return Content(sentence=sentence, draw=said)
