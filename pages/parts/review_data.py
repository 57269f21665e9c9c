"""What the review page reads: the meetings, the one that is open with its data, and what a block of it shows. Kept for a short while."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from sqlalchemy import func, select

from crm_data.analysis.meetings import list_reviews
from crm_data.analysis.review import Looked, Opened, Review
from crm_data.analysis.review_look import look
from crm_data.analysis.review_room import close_review, open_review
from crm_data.model import appdb
from crm_data.model.snapshots import Store, open_store
from crm_data.output.charts.flags import Note
from crm_data.settings import load_settings
from pages.parts.review_figures import leading
from pages.parts.review_notes import chart_notes

if TYPE_CHECKING:
    from pages.parts.context import Page


def store() -> Store:
    """The store of snapshots."""
    settings = load_settings()
    return open_store(settings.warehouse, **settings.place)


def all_reviews(page: Page) -> list[Review]:
    return list_reviews(page.appdb, page.user)


def opened_review(page: Page, review: Review) -> Opened:
    """The meeting with its data and that of the meeting before it."""
    return open_review(page.appdb, page.user, review.id, store())


def looked_at(page: Page, opened: Opened, place: int) -> Looked:
    """What the block shows to this user; turning back to a block does not ask for it again."""
    block, data = opened.review.agenda[place], opened.warehouse
    key = (block, opened.review, data.key if data is not None else None, opened.then.key if opened.then is not None else None, getattr(data, "segments", ()),
           str(page.appdb.url), page.user.id, page.scope.key, page.formats.key, _written(page))
    return _kept(key, lambda: look(block, opened, scope=page.scope, engine=page.appdb, user=page.user))


def notes_of(page: Page, opened: Opened, looked: Looked) -> tuple[Note, ...]:
    """Notes on the days of the block's figure, those of a closed meeting as they stood then."""
    one = leading(looked)
    if one is None or one.answer is None or not one.cut.grain:
        return ()
    return chart_notes(page, one.answer.period.first, one.answer.period.last, one.cut.filters, opened.moment)


def close(page: Page, review: Review) -> Review:
    return close_review(page.appdb, page.user, review.id, store(), scope=page.scope)


@st.cache_resource(ttl=120, max_entries=96, show_spinner=False)
def _kept(key: tuple, _make) -> Looked:
    return _make()


def _written(page: Page) -> tuple:
    """Changes with everything people write that a block may show: targets, decisions, saved cuts, rankings."""
    with page.appdb.connect() as connection:
        return (connection.execute(select(func.max(appdb.audit_log.c.id))).scalar(),)
