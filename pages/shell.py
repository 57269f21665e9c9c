"""The one Streamlit script: who is it, what may they see, the filter strip, the navigation; then the page.

Signed in or not, the same addresses are registered, so a link opened cold leads to its page after signing in.
"""
from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from crm_data.accounts.preferences import preferences_of
from crm_data.accounts.users import User, scope_of
from crm_data.analysis.rate_store import effective
from crm_data.analysis.segment_store import visible_segments
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.segments import with_segments
from crm_data.errors import N_, MabatError
from crm_data.model.snapshots import open_store
from crm_data.output.formats import Formats
from crm_data.output.words import Words, languages, preferred
from crm_data.settings import load_settings
from pages.parts import frames, state
from pages.parts.context import Page
from pages.parts.direction.component import turn
from pages.parts.errors import guard, show_error
from pages.parts.filter_bar import filter_bar
from pages.parts.find_box import quick_find
from pages.parts.page_head import export_page_if_asked, page_head
from pages.parts.sign_in import appdb, current_user, signed_out, user_menu

_HERE = Path(__file__).parent
_ICON = _HERE.parent / "static" / "mabat.png"
_LOGO = _HERE.parent / "static" / "logo.svg"


@dataclass(frozen=True)
class Spec:
    """One page: ``name`` is its address and its module; ``plain``: draws its own title and needs no filter strip."""

    name: str
    title: str
    section: str
    icon: str
    plain: bool = False
    administrators: bool = False


PAGES = (
    Spec("today", N_("Today"), N_("Overview"), ":material/today:"),
    Spec("review", N_("Weekly review"), N_("Overview"), ":material/co_present:", plain=True),
    Spec("segments", N_("Segments"), N_("Performance"), ":material/donut_small:"),
    Spec("explore", N_("Explore"), N_("Performance"), ":material/explore:", plain=True),
    Spec("targets", N_("Targets"), N_("Performance"), ":material/flag:"),
    Spec("team", N_("Team"), N_("Performance"), ":material/groups_2:"),
    Spec("rankings", N_("Rankings"), N_("Performance"), ":material/format_list_numbered:"),
    Spec("worth", N_("Worth"), N_("Performance"), ":material/account_balance_wallet:"),
    Spec("customer", N_("Customers"), N_("Customers"), ":material/groups:", plain=True),
    Spec("tiers", N_("Tiers"), N_("Customers"), ":material/workspace_premium:", plain=True),
    Spec("pipeline", N_("Pipeline"), N_("Customers"), ":material/filter_alt:", plain=True),
    Spec("data", N_("Data"), N_("Work"), ":material/database:", plain=True),
    Spec("people", N_("People"), N_("Work"), ":material/manage_accounts:", plain=True, administrators=True),
)


def words_of(user: User | None) -> Words:
    """The language a user chose, else the first of the browser's that the product has; with the digits they want."""
    language = user.language if user and user.language in languages() else preferred(st.context.headers.get("Accept-Language") or st.context.locale, load_settings().language)
    taste = preferences_of(appdb(), user).filled(language) if user else None
    return Words(language, taste.digits, calendar=taste.calendar) if taste else Words(language)


def style() -> None:
    """The stylesheet, a constant, in a container that takes no room."""
    with st.container(key="css"):
        # Dialogs and menus hang outside the app's element: they follow the root's scheme.
        scheme = "dark" if st.context.theme.type == "dark" else "light"
        st.html(f"<style>:root{{color-scheme:{scheme}}} {_css()}</style>")
        st.html(f"<style>{_css('style_rtl.css')}</style>")


@st.cache_resource(show_spinner=False, ttl=3600, max_entries=4)
def _css(name: str = "style.css") -> str:
    return (_HERE / "parts" / name).read_text(encoding="utf-8")


def make_page(spec: Spec, user: User, words: Words) -> Page | None:
    """Everything the page is given, or None after saying why there is nothing to show."""
    try:
        settings = load_settings()
        warehouse = effective(appdb(), open_store(settings.warehouse, **settings.place).warehouse())
        warehouse = with_segments(warehouse, visible_segments(appdb(), user, catalog_for(warehouse)))
        catalog = catalog_for(warehouse)
        taste = preferences_of(appdb(), user).filled(words.language)
        choices = state.load(spec.name, warehouse.as_of, catalog, taste.calendar)
        scope = scope_of(user, warehouse)
    except MabatError as error:
        st.title(words.t(spec.title))
        show_error(error, words)
        return None
    for wrong in choices.wrong:
        st.warning(words.error(wrong), icon=":material/link_off:")
    words = words.for_data(warehouse.manifest.sources)
    formats = Formats(words, warehouse.currency, calendar=taste.calendar, money=taste.money, short=taste.short)
    # Texts tell amounts as the numbers beside them do.
    return Page(user, scope, formats.words, formats, warehouse, catalog, appdb(), choices.period, choices.compare, choices.filters,
                warehouse.as_of, "dark" if st.context.theme.type == "dark" else "light", "Mobi" in (st.context.headers.get("User-Agent") or ""))


def show(spec: Spec) -> Callable[[], None]:
    """The function Streamlit runs for a page: only for a user, only with the right role."""
    def run() -> None:
        user = current_user()
        words = words_of(user)
        if user is None:
            signed_out(words)
            return
        if spec.administrators and not user.administers:
            st.warning(words.t(N_("This page is for administrators.")), icon=":material/lock:")
            return
        page = make_page(spec, user, words)
        if page is None:
            return
        with guard(words):
            frames.begin()
            quick_find(page)
            if not spec.plain:
                page_head(page, spec.title, spec.name)
                filter_bar(page)
            importlib.import_module(f"pages.{spec.name}").render(page)
            export_page_if_asked(page, spec.title)
    run.__name__ = spec.name
    return run


def main() -> None:
    st.set_page_config(page_title="Mabat", page_icon=str(_ICON), layout="wide", initial_sidebar_state=224)
    st.logo(str(_LOGO), size="large")
    style()
    user = current_user()
    words = words_of(user)
    turn(words)
    pages = {spec.name: st.Page(show(spec), title=words.t(spec.title), icon=spec.icon, url_path=spec.name, default=spec.name == "today") for spec in PAGES}
    state.keep_pages(pages)
    sections: dict[str, list] = {}
    for spec in PAGES:
        # Everyone registers every page, so that no address is "not found"; what one may not open is only left out of the menu.
        hidden = spec.administrators and not (user and user.administers)
        sections.setdefault(words.t(spec.section), []).append(pages[spec.name] if not hidden else st.Page(
            show(spec), title=words.t(spec.title), icon=spec.icon, url_path=spec.name, visibility="hidden"))
    chosen = st.navigation(sections, position="sidebar" if user else "hidden", expanded=True)
    if user:
        user_menu(user, words)
    chosen.run()


if __name__ == "__main__":
    main()
