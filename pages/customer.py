"""Customers: find one by whatever is known of it; then who it is, what it is worth, what to look at, and its whole story."""
from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import streamlit as st

from crm_data.analysis.customers import Profile, find, named, resolve, unknown_fields
from crm_data.analysis.keeping import add_note, notes_state, opened, recently_opened
from crm_data.analysis.notices import Notice, notices
from crm_data.analysis.story_words import say
from crm_data.analysis.timeline import Timeline, timeline
from crm_data.analysis.worth import DRIVER_LABELS, Line, statement
from crm_data.cuts.periods import Period
from crm_data.errors import N_, AccessDenied, MabatError
from crm_data.output.charts import Step, theme, waterfall
from crm_data.output.formats import plain
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, state
from pages.parts.customer_figures import figures
from pages.parts.customer_segments import customer_segments
from pages.parts.empty import Empty, show_empty
from pages.parts.figure import Content, frame
from pages.parts.text import md
from pages.parts.tiles import tiles
from pages.parts.timeline.component import draw
from pages.parts.timeline.view import story_data

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN_NOTICES, MOST_LINES, MOST_HITS = 4, 9, 20
STYLE = """<style>
[class*="st-key-note_bad_"] button,[class*="st-key-note_warn_"] button,[class*="st-key-note_good_"] button{justify-content:flex-start;text-align:start;border-inline-start-width:3px;min-height:2.3rem}
[class*="st-key-note_bad_"] button{border-inline-start-color:light-dark(#AD430B,#F6A273)}
[class*="st-key-note_warn_"] button{border-inline-start-color:light-dark(#A97400,#E6BF66)}
[class*="st-key-note_good_"] button{border-inline-start-color:light-dark(#0A7268,#5BD0C1)}
[class*="st-key-note_"] button > div{justify-content:flex-start}[class*="st-key-note_"] button p{text-align:start;white-space:normal}
.st-key-body_noticed{gap:.55rem}.st-key-who h1{line-height:1.25}.st-key-who p{font-size:.93rem;line-height:1.45;color:light-dark(#5B6675,#A3AEBC)}
.st-key-who [data-testid="stText"]{font-size:.93rem;color:light-dark(#5B6675,#A3AEBC)}.st-key-frame_story{gap:.3rem}
.st-key-back{margin-bottom:-.6rem}.st-key-who{gap:.1rem}
[class*="st-key-hit_"] button{justify-content:flex-start;text-align:start}[class*="st-key-hit_"] button > div{justify-content:flex-start}
@media (max-width:640px){.st-key-customer_head{flex-wrap:wrap!important}}
</style>"""


def render(page: Page) -> None:
    """Draw the page: one customer when the address names one, else the search."""
    with st.container(key="css_customer"):
        st.html(STYLE)
    asked = st.query_params.get("id", "")
    try:
        if asked:
            _customer(page, resolve(page.warehouse, page.scope, asked))
        else:
            _search(page)
    except MabatError as error:
        _back(page)
        what = N_("This customer is not yours to see") if isinstance(error, AccessDenied) else N_("No such customer")
        show_empty("customer", Empty(page.words.t(what), page.words.error(error), ":material/lock:" if isinstance(error, AccessDenied) else ":material/person_search:"))


# Finding ------------------------------------------------------------------------------------------------------------
def _search(page: Page) -> None:
    words = page.words
    st.title(words.t(N_("Customers")), anchor=False)
    typed = st.text_input(words.t(N_("Find a customer")), key="customer_find", placeholder=words.t(N_("Name, phone, mail or number, in any script")), icon=":material/search:",
                          max_chars=200)
    if typed.strip():
        hits = find(page.warehouse, page.scope, typed, limit=MOST_HITS)
        many = words.t(N_("The first {n} found; type more to narrow"), n=len(hits)) if len(hits) >= MOST_HITS else words.n("{n} customer found", "{n} customers found", len(hits))
        title = many if not any(h.alike for h in hits) else words.t(N_("No exact match; these are alike"))
        nothing = Empty(words.t(N_("Nobody fits “{text}”"), text=typed.strip()[:60]), words.t(N_("Try a part of the name, the last digits of the phone, or the number.")), ":material/person_search:")
    else:
        hits = named(page.warehouse, page.scope, recently_opened(page.appdb, page.user))
        title = words.t(N_("Recently opened"))
        nothing = Empty(words.t(N_("Nobody opened yet")), words.t(N_("Type above, or choose a customer in Rankings.")), ":material/history:",)
    with st.container(border=True, key="frame_found"):
        st.markdown(f"## {md(title)}")
        if not hits:
            show_empty("found", nothing)
        for hit in hits:
            local = f" · {md(hit.name_local)}" if hit.name_local and hit.name_local != hit.name else ""
            more = " · ".join(md(x) for x in (hit.number, hit.city, hit.branch) if x)
            if st.button(f"**{md(hit.name)}**{local}  \n:gray[{more}]", key=f"hit_{hit.id}", width="stretch"):
                state.open_page("customer", {"id": str(hit.id)})


# One customer -------------------------------------------------------------------------------------------------------
def _back(page: Page) -> None:
    """The way back to the list one came from, with the place in it."""
    words, query = page.words, st.query_params
    came, _, places = query.get("from", "").partition(":")
    place, _, of = places.partition(":")
    told = words.t(N_("Customers"))
    if came == "rankings":
        told = words.t(N_("Rankings"))
        if all(n.isascii() and n.isdigit() and len(n) < 9 for n in (place, of)):
            told = words.t(N_("Rankings, {place} of {of}"), place=ordinal(page, int(place)), of=page.formats.count(int(of), full=True))
    kept = {k: query.get_all(k) for k in ("by", "rank") if k in query} if came == "rankings" else {}
    icon = ":material/arrow_forward:" if words.rtl else ":material/arrow_back:"
    with st.container(key="back"):
        if st.button(told, icon=icon, type="tertiary", key="go_back"):
            state.open_page("rankings" if came == "rankings" else "customer", kept)


def ordinal(page: Page, n: int) -> str:
    """7th, in English; the plain number elsewhere."""
    if page.words.language != "en":
        return page.formats.count(n, full=True)
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"


def _customer(page: Page, customer_id: int) -> None:
    story, data, noticed = _story(page, customer_id)
    opened(page.appdb, page.user, customer_id)
    _back(page)
    _head(page, story.who)
    tiles(page, figures(page, story))
    left, right = st.columns([1, 1.4], gap="small")
    with left:
        _noticed(page, story, noticed, data)
    with right:
        frame(page, "worth", page.words.t(N_("What this customer is worth")), content=lambda: worth_content(page, story.who.id))
    segments = st.container(key="segments_place")
    with st.container(border=True, key="frame_story"):
        with st.container(key="head_story"):
            st.markdown(f"## {md(page.words.t(N_('The whole story')))}\n{md(_span(page, story))}")
        _whole(page, story, data)
    with segments:
        # Last, in its place above: who is in a segment may take a moment, and the story should not wait for it.
        customer_segments(page, story.who.id)


def _story(page: Page, customer_id: int) -> tuple[Timeline, dict, list[Notice]]:
    """The story and what the browser is given of it, kept until data, notes, rights or language change."""
    from crm_data.analysis.customers import profile

    key = profile(page.warehouse, page.scope, customer_id).key

    def make():
        story = timeline(page.warehouse, page.scope, customer_id, page.appdb)
        found = notices(story)
        return story, story_data(story, found, page.words, page.formats), found
    return asking.kept("story", page, make, customer_id, page.words.language, notes_state(page.appdb, key))


def _head(page: Page, who: Profile) -> None:
    words = page.words
    with st.container(horizontal=True, key="customer_head", horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(key="who", width="stretch"):
            local = f" · {md(who.name_local)}" if who.name_local and who.name_local != who.name else ""
            st.markdown(f"# {md(who.name)}{local}\n{md(identity(page, who))}")
            if reach := [plain(x) for x in (who.phone, who.email) if x]:
                # Not Markdown, which would make links of them.
                st.text(" · ".join(reach))
        if getattr(page.user, "may_write", True) and st.button(words.t(N_("Add note")), icon=":material/edit_note:", key="add_note"):
            _note_dialog(page, who)


def identity(page: Page, who: Profile) -> str:
    """Number, kind, branch, owner, tier and since when, in one line."""
    words, formats = page.words, page.formats
    kind = words.member("party", who.party) if who.relation == "customer" else words.member("relation", who.relation)
    people = words.n("{n} contact", "{n} contacts", len(who.contacts)) if who.contacts else ""
    below = words.n("{n} subsidiary", "{n} subsidiaries", who.subsidiaries) if who.subsidiaries else ""
    parts = [who.number, kind, who.kind, people, below, words.t(N_("part of {name}"), name=who.parent[1]) if who.parent else "",
             words.t(N_("{name} branch"), name=who.branch) if who.branch else "", words.t(N_("looked after by {name}"), name=who.owner) if who.owner else words.t(N_("nobody looks after it")),
             words.t(N_("tier {name}"), name=who.tier) if who.tier else "", who.city, words.t(N_("customer since {month}"), month=formats.month(who.since)) if who.since else "",
             words.t(N_("left {day}"), day=formats.day(who.lost_on)) if who.lost_on else ""]
    return " · ".join(p for p in parts if p)


def _note_dialog(page: Page, who: Profile) -> None:
    def body() -> None:
        with st.form("note_form", border=False):
            text = st.text_area(page.words.t(N_("What should be remembered")), max_chars=4000, height=140)
            if st.form_submit_button(page.words.t(N_("Save note")), type="primary"):
                try:
                    add_note(page.appdb, page.user, who.key, text, page.today)
                except MabatError as error:
                    st.warning(page.words.error(error))
                    return
                st.rerun()
    st.dialog(page.words.t(N_("Note about {name}"), name=who.name))(body)()


# Noticed ------------------------------------------------------------------------------------------------------------
def _noticed(page: Page, story: Timeline, found: list[Notice], data: dict) -> None:
    words = page.words

    def content() -> None:
        place = {ref: i for i, ref in reversed(list(enumerate(data["ev"]["r"])))}
        if not found:
            st.caption(words.t(N_("Nothing late, nothing out of the ordinary.")))
        for n, notice in enumerate(found[:SHOWN_NOTICES]):
            at = place.get(notice.ref)
            if st.button(md(say(notice.said, words, page.formats)), key=f"note_{notice.severity}_{n}", width="stretch", disabled=False) and at is not None:
                st.session_state["story_jump"] = (story.who.id, at, st.session_state.get("story_jump", (0, 0, 0))[2] + 1)
        rest = len(found) - SHOWN_NOTICES
        wants = [x for k in ("need", "preference", "interest", "hobby") for x in story.who.interests.get(k, ())]
        known = [(N_("Wants"), wants), (N_("Worries"), story.who.interests.get("concern", ())), (N_("Not known"), [words.t(x) for x in unknown_fields(story.who)])]
        lines = [f"**{md(words.t(name))}** {md(', '.join(values[:8]))}" for name, values in known if values]
        if rest > 0:
            lines.insert(0, md(words.n("and {n} more in the story below", "and {n} more in the story below", rest)))
        if lines:
            st.caption("  \n".join(lines))
    title = words.t(N_("Noticed · {n}"), n=len(found)) if found else words.t(N_("Noticed"))
    sentence = words.t(N_("Worst first; choose one to see it in the story")) if found else ""
    frame(page, "noticed", title, sentence, content=content, menu=False)


# Worth --------------------------------------------------------------------------------------------------------------
def worth_content(page: Page, customer_id: int) -> Content:
    """The statement as a waterfall, and as a table."""
    words, formats = page.words, page.formats
    found = statement(page.warehouse, page.scope, Period.named("last_12_months", page.today), customer_id)
    gross = float(found.lines[0].amount or 0)
    missing = [f"{words.t(label).lower()} ({formats.count(n)})" for label, n in found.unpriced]
    parts = [formats.period(found.period.first, found.period.last), words.t(N_("revenue less goods less every activity at its rate")),
             words.t(N_("not priced: {what}"), what=", ".join(missing)) if missing else "",
             words.t(N_("cost known for {part} of the lines"), part=formats.part(found.costed / found.sold)) if found.sold and found.costed < found.sold else ""]
    sentence = asking.sentence(*parts)
    if not any(line.amount for line in found.lines):
        return Content(sentence=sentence, empty=Empty(words.t(N_("Nothing sold in twelve months")), words.t(N_("And no activity with a rate. The story below may tell why.")), ":material/payments:"))
    steps = []
    for line in _folded(found.lines):
        if line.amount is None:
            if line.step == "goods":
                continue
            steps.append(Step(line.step, words.t(line.label), 0.0, words.t(N_("not known")), total=True, note=words.t(N_("no line has a known cost"))))
            continue
        share = formats.part(abs(float(line.amount)) / gross) if gross > 0 else ""
        note = words.n("{n} time", "{n} times", line.count) if line.count else ""
        steps.append(Step(line.step, words.t(line.label), float(line.amount), formats.money(line.amount, full=True), share, line.total, "bad", note))
    sheet = Sheet((Column("step", words.t(N_("Step"))), Column("amount", words.t(N_("Amount")), "money"), Column("count", words.t(N_("Times")), "count")),
                  tuple({"step": words.t(line.label), "amount": line.amount, "count": line.count} for line in found.lines))
    picture = waterfall(steps, theme(page.theme), title=words.t(N_("What this customer is worth")), mirrored=words.rtl, narrow=page.narrow)
    return Content(picture, sheet, sentence=sentence)


def _folded(lines: tuple[Line, ...]) -> list[Line]:
    """At most nine lines: the smallest costs become one."""
    costs = [line for line in lines if line.count is not None]
    many = len(lines) - MOST_LINES
    if many <= 0:
        return list(lines)
    small = sorted(costs, key=lambda line: (abs(line.amount or 0), line.step))[:many + 1]
    rest = Line("other", DRIVER_LABELS[""], sum((line.amount or Decimal(0) for line in small), Decimal(0)), sum(line.count or 0 for line in small))
    kept = [line for line in lines if line not in small]
    return [*kept[:-1], rest, kept[-1]]


# The story ----------------------------------------------------------------------------------------------------------
def _span(page: Page, story: Timeline) -> str:
    if not story.events:
        return ""
    words, formats = page.words, page.formats
    many = words.n("{n} event", "{n} events", len(story.events), n=formats.count(len(story.events), full=True))
    return words.t(N_("{many} since {month}, newest first · a line runs from opened to closed · open one for all that is known of it"), many=many,
                   month=formats.month(story.events[-1].on))


def _whole(page: Page, story: Timeline, data: dict) -> None:
    if not story.events:
        show_empty("story", Empty(page.words.t(N_("Nothing has happened yet")), page.words.t(N_("No order, contact, invoice or note is known of this customer.")), ":material/timeline:"))
        return
    whose, at, turn = st.session_state.get("story_jump", (0, 0, 0))
    jump = {"jump": at, "jump_n": turn} if whose == story.who.id else {}

    @st.fragment
    def shown() -> None:
        chosen = draw(f"story_{story.who.id}", {**data, **jump})
        if chosen and isinstance(chosen.get("i"), int | float) and 0 <= int(chosen["i"]) < len(story.events):
            _event_dialog(page, story, int(chosen["i"]))
    shown()


def _event_dialog(page: Page, story: Timeline, i: int) -> None:
    """Everything known of one event."""
    event, words, formats = story.events[i], page.words, page.formats

    def body() -> None:
        st.caption(md(f"{formats.weekday(event.on)}, {formats.day(event.on)}"))
        if event.amount is not None:
            st.metric(words.t(N_("Amount")), formats.money(event.amount, full=True, decimals=2))
        for detail in event.details:
            st.markdown(md(say(detail, words, formats)))
        if event.body:
            st.text(event.body)
    st.dialog(say(event.title, words, formats)[:200])(body)()
