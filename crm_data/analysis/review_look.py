"""Looking at a block of a meeting: plain data to be drawn, never an exception of what cannot be shown."""
from __future__ import annotations

from sqlalchemy import Engine

from crm_data.analysis.cut_mending import open_saved
from crm_data.analysis.decisions import Decision, Moved, decisions_of, moved, open_decisions
from crm_data.analysis.findings import Link
from crm_data.analysis.review import TITLES, Block, Looked, Opened
from crm_data.analysis.review_blocks import changes, complaints, customers, pipeline, ranking, segments, targets
from crm_data.analysis.review_figures import Room, fixed, link_of, shown
from crm_data.analysis.saved_cuts_read import get_cut
from crm_data.cuts.access import Scope
from crm_data.errors import N_, InputError, MabatError


def look(block: Block, opened: Opened, *, scope: Scope, engine: Engine, user) -> Looked:
    """What a block shows to a viewer. What cannot be shown is told in ``problem``."""
    title = block.title or TITLES[block.kind]
    base = Looked(block, title, bool(block.title))
    if block.kind == "note":
        return Looked(block, title, bool(block.title), text=block.value("text"))
    if opened.warehouse is None:
        return _stored(base, opened, scope)
    room = Room(opened, scope, engine, user)
    try:
        found = _LOOKS[block.kind](room, block)
    except MabatError as error:
        return Looked(block, title, bool(block.title), problem=error)
    return Looked(block, found.title or title, bool(block.title or found.own_title), found.shown, found.lines, found.findings, found.targets, found.decisions, found.text,
                  found.problem, found.link)


def _stored(base: Looked, opened: Opened, scope: Scope) -> Looked:
    """What is left where the snapshot is gone: the numbers as they were stored, to who has the rights of who closed the meeting."""
    place = next((n for n, block in enumerate(opened.review.agenda) if block == base.block), -1)
    kept = tuple(s for s in opened.review.figures if s.block == place and s.scope == scope.key)
    gone = InputError(N_("The snapshot {name} of this meeting is gone. Shown is what was stored when it was closed."), name=opened.gone) if kept else InputError(
        N_("The snapshot {name} of this meeting is gone, and no numbers were stored that your rights would let you see."), name=opened.gone)
    return Looked(base.block, base.title, base.own_title, problem=gone, stored=kept)


def cut(room: Room, block: Block) -> Looked:
    """A saved cut as it stands now; of a closed meeting as it was written out when it was closed."""
    number, text = block.value("saved"), block.value("link")
    name, fig = "", ""
    if number.isdigit() and not (room.opened.review.closed and text):
        saved = get_cut(room.engine, room.user, int(number))
        link, name, fig = saved.link, saved.name, saved.fig
    else:
        link = link_of(text)
        fig = (link.get("fig") or [""])[-1]
    query = {k: v for k, v in link.items() if k != "fig"}
    found = open_saved(query, room.catalog, room.now.as_of)
    if found.cut is None:
        raise found.error or InputError(N_("This saved cut names what the data no longer has: {names}. Mend it in Explore."), names=", ".join(g.name for g in found.gone))
    way = Link("explore", {k: tuple(v) for k, v in link.items()})
    one = shown(room, block, fixed(found.cut), name, fig=fig, link=way)
    return Looked(block, block.title or name, bool(block.title or name), (one,), link=way)


def decisions(room: Room, block: Block) -> Looked:
    """Decisions of the last meeting, done or not, and those of earlier ones that are still open; each with where its number stands."""
    review, moment = room.opened.review, room.opened.moment
    before = decisions_of(room.engine, room.opened.before.id, moment) if room.opened.before else ()
    older = [d for d in open_decisions(room.engine, None, moment) if d.meeting_id != review.id and (d.held_on is None or d.held_on <= review.held_on)]
    found = {d.id: d for d in (*before, *older)}
    return Looked(block, "", decisions=with_moves(room, sorted(found.values(), key=lambda d: (d.done, d.due_on is None, d.due_on or d.created_at.date(), d.id))))


def with_moves(room: Room, found) -> tuple[tuple[Decision, Moved | None], ...]:
    return tuple((one, moved(one, room.now, room.scope)) for one in found)


def decided(opened: Opened, *, scope: Scope, engine: Engine, user) -> tuple[tuple[Decision, Moved | None], ...]:
    """The meeting's own decisions, each with where its number stands on the meeting's data; without data the decisions alone."""
    found = decisions_of(engine, opened.review.id)
    return tuple((d, None) for d in found) if opened.warehouse is None else with_moves(Room(opened, scope, engine, user), found)


_LOOKS = {"changes": changes, "targets": targets, "segments": segments, "ranking": ranking, "pipeline": pipeline, "complaints": complaints, "customers": customers,
          "decisions": decisions, "cut": cut}
