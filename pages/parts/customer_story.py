"""The whole story of a customer: together with the companies below it or apart, drawn by the timeline, kept in the address."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from crm_data.analysis.customers import Profile
from crm_data.analysis.family import keys_of
from crm_data.analysis.keeping import notes_state
from crm_data.analysis.notices import Notice, notices
from crm_data.analysis.timeline import Timeline, timeline
from crm_data.errors import N_
from pages.parts import asking, state
from pages.parts.customer_event import event_dialog
from pages.parts.empty import Empty, show_empty
from pages.parts.text import md
from pages.parts.timeline.component import draw, nudge
from pages.parts.timeline.moment import Moment
from pages.parts.timeline.view import story_data

if TYPE_CHECKING:
    from pages.parts.context import Page


def together(page: Page, who: Profile) -> bool:
    """Whether the companies below are told with the customer: as the address says."""
    return bool(who.subsidiaries) and st.query_params.get("family") == "1"


def family_keys(page: Page, who: Profile, family: bool) -> tuple[str, ...]:
    """Whose notes, tasks and decisions belong to the story."""
    return (who.key, *keys_of(page.warehouse, page.scope, who.id)) if family else (who.key,)


def story_of(page: Page, who: Profile, family: bool, keys: tuple[str, ...]) -> tuple[Timeline, dict, list[Notice]]:
    """The story, what the browser is given of it, and what is noticed in it; kept until data, notes, rights, language or its formats change."""
    def make():
        story = timeline(page.warehouse, page.scope, who.id, page.appdb, family=family)
        found = notices(story)
        return story, story_data(story, found, page.words, page.formats), found
    return asking.kept("story", page, make, who.id, family, page.formats.key, notes_state(page.appdb, *keys))


def story_card(page: Page, story: Timeline, data: dict[str, Any]) -> None:
    """The card with the drawn axis and the list."""
    words = page.words
    with st.container(border=True, key="frame_story"):
        with st.container(horizontal=True, key="head_story", vertical_alignment="top", horizontal_alignment="distribute"):
            st.markdown(f"## {md(words.t(N_('The whole story')))}\n{md(span(page, story))}")
            if story.members:
                _switch(page, story)
        if not story.events:
            show_empty("story", Empty(words.t(N_("Nothing has happened yet")), words.t(N_("No order, contact, invoice or note is known of this customer.")), ":material/timeline:"))
            return
        _drawn(page, story, data)


def span(page: Page, story: Timeline) -> str:
    if not story.events:
        return ""
    words, formats = page.words, page.formats
    many = words.n("{n} event", "{n} events", len(story.events), n=formats.count(len(story.events), full=True))
    return words.t(N_("{many} since {month}, newest first · a line runs from opened to closed · open one for all that is known of it"), many=many,
                   month=formats.month(story.events[-1].on))


def _switch(page: Page, story: Timeline) -> None:
    """The company alone, or with those below it; the choice stands in the address."""
    words, key = page.words, f"family_{story.who.id}"
    names = {"": words.t(N_("This company")), "1": words.n("With its subsidiary", "With its {n} subsidiaries", len(story.members))}

    def changed() -> None:
        if st.session_state.get(key) == "1":
            st.query_params["family"] = "1"
        else:
            st.query_params.pop("family", None)
    st.session_state[key] = "1" if story.family else ""
    st.segmented_control(words.t(N_("Told together")), list(names), key=key, format_func=names.__getitem__, on_change=changed, label_visibility="collapsed", width="content",
                         required=True)


def _drawn(page: Page, story: Timeline, data: dict[str, Any]) -> None:
    name = data["story"]
    _addressed(name)

    def told(view: Mapping[str, Any]) -> None:
        moment = Moment.from_view(view)
        # What the browser shows itself it need not be told again.
        st.session_state[f"story_moment_{name}"] = (moment, st.session_state[f"story_moment_{name}"][1])
        rest = {k: v for k, v in state.query_now().items() if k not in moment.KEYS}
        st.query_params.from_dict(rest | {k: [v] for k, v in moment.to_query().items()})

    @st.fragment
    def shown() -> None:
        chosen = draw(f"story_{name}", data, told)
        if chosen and isinstance(chosen.get("i"), int | float) and 0 <= int(chosen["i"]) < len(story.events):
            event_dialog(page, story, int(chosen["i"]))
    shown()


def _addressed(name: str) -> None:
    """Show the moment of the address: when the page is opened by a link, and after Back."""
    moment = Moment.from_query(state.query_now())
    last, turn = st.session_state.get(f"story_moment_{name}", (Moment(), 0))
    if moment != last:
        turn += 1
    st.session_state[f"story_moment_{name}"] = (moment, turn)
    nudge("moment", name, view=moment.to_view(), view_n=turn)
