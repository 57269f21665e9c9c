"""The card beside the worth: what somebody should look at, what is to be done, and what is known and not known of the customer."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import Profile, unknown_fields
from crm_data.analysis.keeping import Kept, open_tasks
from crm_data.analysis.notices import Notice
from crm_data.analysis.story_words import say
from crm_data.analysis.tiers import Assigned, terms_of
from crm_data.errors import N_
from crm_data.text import in_order, plain
from pages.parts.customer_dialogs import done
from pages.parts.customer_head import may_write
from pages.parts.figure import frame
from pages.parts.text import md
from pages.parts.timeline.component import nudge

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN, SHOWN_TASKS, MOST_KNOWN = 4, 5, 8
STYLE = """
[class*="st-key-note_bad_"] button,[class*="st-key-note_warn_"] button,[class*="st-key-note_good_"] button{justify-content:flex-start;text-align:start;border-inline-start-width:3px;min-height:2.3rem;padding-block:.25rem}
[class*="st-key-note_bad_"] button{border-inline-start-color:light-dark(#AD430B,#F6A273)}
[class*="st-key-note_warn_"] button{border-inline-start-color:light-dark(#A97400,#E6BF66)}
[class*="st-key-note_good_"] button{border-inline-start-color:light-dark(#0A7268,#5BD0C1)}
[class*="st-key-note_"] button > div{justify-content:flex-start}[class*="st-key-note_"] button p{text-align:start;white-space:normal}
.st-key-body_noticed{gap:.5rem}.st-key-notices{gap:.45rem}.st-key-tasks{gap:.2rem}
.st-key-tasks [data-testid="stHorizontalBlock"]{gap:.4rem;flex-wrap:nowrap}.st-key-tasks p{font-size:.9rem;line-height:1.35}
.st-key-tasks button{min-height:1.7rem;padding:0 .3rem}
.st-key-known p{font-size:.9rem;line-height:1.5;color:light-dark(#5B6675,#A3AEBC)}.st-key-known strong{color:light-dark(#16202E,#E7EBF0);font-weight:600}
"""


def noticed(page: Page, who: Profile, tier: Assigned, found: list[Notice], places: dict[str, int], keys: tuple[str, ...]) -> None:
    """``places``: where in the story the event of a notice is, by its ref; ``keys``: whose tasks are shown."""
    words = page.words

    def content() -> None:
        _notices(page, who, found, places)
        _tasks(page, open_tasks(page.appdb, keys))
        with st.container(key="known"):
            if lines := known(page, who, tier):
                st.markdown("  \n".join(lines))
    title = words.t(N_("Noticed · {n}"), n=len(found)) if found else words.t(N_("Noticed"))
    frame(page, "noticed", title, words.t(N_("Worst first; choose one to see it in the story")) if found else "", content=content, menu=False)


def _notices(page: Page, who: Profile, found: list[Notice], places: dict[str, int]) -> None:
    words = page.words
    if not found:
        st.caption(words.t(N_("Nothing late, nothing out of the ordinary.")))
        return

    @st.fragment
    def shown() -> None:
        # By itself, so that going to an event does not draw the page anew.
        turn, at = st.session_state.get(f"story_jump_{who.id}", (0, 0))
        with st.container(key="notices"):
            for n, notice in enumerate(found[:SHOWN]):
                place = places.get(notice.ref)
                if st.button(md(say(notice.said, words, page.formats)), key=f"note_{notice.severity}_{n}", width="stretch", disabled=place is None) and place is not None:
                    turn, at = turn + 1, place
                    st.session_state[f"story_jump_{who.id}"] = turn, at
            rest = len(found) - SHOWN
            if rest > 0:
                st.caption(md(words.n("and {n} more in the story below", "and {n} more in the story below", rest)))
        nudge("jump", str(who.id), jump=at, jump_n=turn)
    shown()


def _tasks(page: Page, tasks: tuple[Kept, ...]) -> None:
    """What is to be done, the most urgent first, each with a button that marks it as done."""
    if not tasks:
        return
    words, formats = page.words, page.formats
    with st.container(key="tasks"):
        st.markdown(f"**{md(words.t(N_('To do · {n}'), n=len(tasks)))}**")
        for one in tasks[:SHOWN_TASKS]:
            late = one.due_on is not None and one.due_on < page.today
            due = words.t(N_("due {day}"), day=formats.day(one.due_on)) if one.due_on else ""
            parts = [f":red[{md(due)}]" if late else md(due), md(words.isolated(plain(one.owner))), md(words.t(N_("Decision"))) if one.what == "decision" else ""]
            with st.container(horizontal=True, vertical_alignment="center", key=f"work_{one.what}_{one.id}"):
                if may_write(page):
                    if st.button(words.t(N_("Done")), icon=":material/check:", key=f"finish_{one.what}_{one.id}", help=words.t(N_("Mark as done"))):
                        done(page, one.key, one.what, one.id)
                st.markdown(" · ".join([md(words.isolated(plain(words.member("activity_kind", one.text[:160])))), *(p for p in parts if p)]))
        if len(tasks) > SHOWN_TASKS:
            st.caption(md(words.n("and {n} more in the story below", "and {n} more in the story below", len(tasks) - SHOWN_TASKS)))


def known(page: Page, who: Profile, tier: Assigned) -> list[str]:
    """Lines of Markdown: interests, preferences, needs, worries, the terms of the tier, and what nobody has asked yet."""
    words = page.words
    told = [(N_("Needs"), who.interests.get("need", ())), (N_("Likes"), who.interests.get("preference", ())), (N_("Interested in"), _of(who, "interest", "hobby")),
            (N_("Worries"), who.interests.get("concern", ())), (N_("Terms"), terms(page, tier)), (N_("Not known"), [words.t(x) for x in unknown_fields(who)])]
    return [f"**{md(words.t(name))}** {md(words.listed(in_order(words.member('interest', v)) for v in values[:MOST_KNOWN]))}" for name, values in told if values]


def _of(who: Profile, *kinds: str) -> list[str]:
    return [x for kind in kinds for x in who.interests.get(kind, ())]


def terms(page: Page, tier: Assigned) -> list[str]:
    """What the customer's tier gives, in words; nothing where nobody defined the tier."""
    words, formats = page.words, page.formats
    given = terms_of(page.appdb, tier.tier) if tier.tier else None
    if given is None:
        return []
    parts = [words.t(N_("price list {name}"), name=given.price_list) if given.price_list else "",
             words.t(N_("{share} off"), share=formats.share(given.discount / 100)) if given.discount else "",
             words.n("{n} day to pay", "{n} days to pay", given.payment_days) if given.payment_days is not None else "", *given.offers]
    said = [p for p in parts if p]
    return [words.t(N_("tier {name}"), name=words.member("tier", tier.tier)), *said] if said else []
