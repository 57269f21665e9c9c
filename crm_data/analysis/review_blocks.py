"""The blocks every meeting starts with: what each asks, and what it tells."""
from __future__ import annotations

from decimal import Decimal

from sqlalchemy import and_, or_, select

from crm_data.analysis.attention import of_rows
from crm_data.analysis.attention_checks import unanswered_complaints
from crm_data.analysis.findings import Link, Said
from crm_data.analysis.found import check_personal, visible
from crm_data.analysis.ranking import Criterion, kept_rank, names_of
from crm_data.analysis.ranking_classes import Classing
from crm_data.analysis.ranking_criteria import unit_of
from crm_data.analysis.ranking_link import Whole, from_link
from crm_data.analysis.review import Block, Figure, Line, Looked
from crm_data.analysis.review_figures import Room, able, fixed, known_targets, link_of, months, shown
from crm_data.analysis.target_alert_store import list_alerts
from crm_data.analysis.target_alerts import due
from crm_data.analysis.target_periods import months_of
from crm_data.analysis.targets import Board, Progress, board
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, in_calendar
from crm_data.cuts.query import ask
from crm_data.errors import N_, InputError, MabatError
from crm_data.model import schema as s

CHANGES = ("revenue", "orders", "gross_margin", "new_customers", "open_value", "complaints", "overdue_balance")
MOVERS, AMONG, WAITING, MOST_TARGETS, MOST_CUSTOMERS = 12, 100, 8, 24, 40
_NOTHING = N_("The data holds nothing this block could show.")


def changes(room: Room, block: Block) -> Looked:
    """The firm's main numbers this month, against the last meeting's, by month."""
    measures = able(room, CHANGES)
    if not measures:
        raise InputError(_NOTHING)
    one = shown(room, block, months(room, measures), running=True)
    return Looked(block, "", shown=(one,), link=_explore(one.cut))


def _main(room: Room) -> str:
    found = able(room, ("revenue", "won_value", "invoiced", "orders"))
    if not found:
        raise InputError(_NOTHING)
    return found[0]


def _explore(cut: Cut) -> Link:
    return Link("explore", {k: tuple(v) for k, v in cut.to_link().items()})


# Targets --------------------------------------------------------------------------------------------------------------
def targets(room: Room, block: Block) -> Looked:
    """The firm's first target by month, all targets of the day with what was reached at the last meeting, and the alerts that fire."""
    now = _board(room, room.now)
    alerts = [a for a in list_alerts(room.engine, room.user, room.scope, now.places) if room.opened.moment is None or a.at is None or a.at <= room.opened.moment]
    order = sorted(now.all, key=lambda p: (p.goal.dimension != "", p.goal.dimension != "branch", p.goal.dimension, p.goal.period.days, p.goal.measure != "revenue", p.goal.measure, p.goal.member))
    then = {p.goal: p for p in _board(room, room.then).all} if room.then is not None else {}
    first = next((p for p in order if not p.goal.dimension), None)
    figures = (shown(room, block, months(room, (first.goal.measure,)), running=True),) if first else ()
    lines = tuple(_target_line(room, p, then.get(p.goal)) for p in order[:MOST_TARGETS])
    return Looked(block, "", shown=figures, lines=lines, targets=tuple(order), findings=tuple(due(alerts, now, room.now, room.scope)) if alerts else (), link=Link("targets"))


def _board(room: Room, warehouse) -> Board:
    return board(warehouse, room.engine, scope=room.scope, on=warehouse.as_of, targets=known_targets(room))


def _target_line(room: Room, now: Progress, then: Progress | None) -> Line:
    figure = Figure(now.goal.measure, now.label, now.unit, now.better, now.pace.actual, then.pace.actual if then else None, then is not None,
                    Period(now.goal.first, min(now.goal.last, room.now.as_of), calendar=months_of(now.goal.first, now.goal.last).name),
                    Period(then.goal.first, max(then.goal.first, min(then.goal.last, room.then.as_of)), calendar=months_of(then.goal.first, then.goal.last).name) if then else None,
                    now.pace.target, now.pace.expected, now.pace.good, now.goal.member, _sum_of_days(room, now.goal.measure))
    return Line(now.goal.member, (figure,))


def _sum_of_days(room: Room, measure: str) -> bool:
    known = room.catalog.all_measures
    return measure in known and known[measure].adds_up and known[measure].kind != "balance"


# Branches and segments, pipeline, complaints ----------------------------------------------------------------------------
def segments(room: Room, block: Block) -> Looked:
    """The main number of the running month by branch and by kind of customer, against last year, each with the last meeting's."""
    measure = _main(room)
    by = [d for d in ("branch", "customer_type") if room.catalog.can_cut(measure, d)]
    period = room.named("month_to_date")
    found = tuple(shown(room, block, fixed(Cut((measure,), by=(d,), period=period, compare="last_year")), hero=None if d == by[0] else ()) for d in by)
    return Looked(block, "", shown=found, link=Link("segments"))


def pipeline(room: Room, block: Block) -> Looked:
    """What is open by stage, and what was opened, won and lost by month."""
    stands, flows = able(room, ("open_value", "weighted_pipeline")), able(room, ("won_value", "won", "lost", "opportunities"))
    if not stands and not flows:
        raise InputError(_NOTHING)
    month = room.named("month_to_date")
    found = ([shown(room, block, fixed(Cut(stands, by=("stage",), period=month)))] if stands else []) + ([shown(room, block, months(room, flows), running=True)] if flows else [])
    return Looked(block, "", shown=tuple(found), link=Link("pipeline"))


def complaints(room: Room, block: Block) -> Looked:
    """Complaints waiting by severity, those opened by month, and who waits longest."""
    stands, flows = able(room, ("open_complaints",)), able(room, ("complaints", "resolution_days"))
    if not stands:
        raise InputError(_NOTHING)
    month = room.named("month_to_date")
    found = [shown(room, block, fixed(Cut(stands, by=("severity",), period=month)))] + ([shown(room, block, months(room, flows), running=True)] if flows else [])
    findings = tuple(f for f in of_rows(unanswered_complaints, room.now, room.scope, room.now.as_of) if f)
    return Looked(block, "", shown=tuple(found), lines=_waiting(room) if room.scope.personal else (), findings=findings, link=_explore(found[0].cut))


def _waiting(room: Room) -> tuple[Line, ...]:
    """The complaints that wait longest, with their customers."""
    c, who, on = s.complaint.c, s.customer.c, room.now.as_of
    query = select(c.opened_on, c.topic, c.severity, who.id, who.name).select_from(s.complaint.outerjoin(s.customer, who.id == c.customer_id)).where(
        *room.scope.conditions(c.branch_id, c.owner_id), c.opened_on <= on, or_(c.resolved_on.is_(None), c.resolved_on > on)).order_by(c.opened_on, c.id).limit(WAITING)
    with room.now.engine.connect() as connection:
        rows = connection.execute(query).all()

    def line(r) -> Line:
        values = {"days": ("days", (on - r.opened_on).days), "topic": ("member:complaint_topic", r.topic), "severity": ("member:severity", r.severity)}
        return Line(r.name or "", link=Link("customer", {"id": (str(r.id),)}) if r.id is not None else None, said=Said(N_("{topic}, waiting for {days}"), values))
    return tuple(line(r) for r in rows)


# Ranking and customers --------------------------------------------------------------------------------------------------
def ranking(room: Room, block: Block) -> Looked:
    """Who moved most among the first hundred since the last meeting; who sees no persons is told of branches."""
    def asked(warehouse) -> Whole:
        if block.value("link"):
            return from_link(link_of(block.value("link")), warehouse.as_of, catalog_for(warehouse))
        subject = "customer" if room.scope.personal else "branch"
        return from_link({"by": [subject], "rank": [_main(room)], "period": [in_calendar("last_12_months", room.opened.review.calendar)], "vs": ["none"]}, warehouse.as_of, catalog_for(warehouse))
    whole = asked(room.now)
    now, then = _ranked(room, room.now, whole), None
    if room.then is not None:
        try:
            then = _ranked(room, room.then, asked(room.then))
        except MabatError:
            then = None
    return Looked(block, "", lines=_movers(room, whole, now, then), link=Link("rankings", {k: tuple(v) for k, v in {**whole.asked.to_link(), "period": [whole.period.to_text()]}.items()}))


def _ranked(room: Room, warehouse, whole: Whole):
    criteria: tuple[Criterion, ...] = whole.asked.criteria
    return kept_rank(warehouse, room.scope, whole.period, criteria, subject=whole.asked.subject, compare="none", filters=whole.filters, classing=whole.asked.classing or Classing())


def _movers(room: Room, whole: Whole, now, then) -> tuple[Line, ...]:
    """Members with their places and values; those that moved by most places first, without a last meeting the first ones."""
    subject, criterion = whole.asked.subject, whole.asked.criteria[0]
    theirs = _same_member(room, subject, then.rows["key"], room.then) if then is not None else {}
    old = {theirs.get(int(r.key)): r for r in then.rows.itertuples()} if then is not None else {}
    keys = _same_member(room, subject, now.rows["key"][:AMONG], room.now)
    first = [(int(r.rank), int(r.key), r.value, old.get(keys.get(int(r.key)))) for r in now.rows[:AMONG].itertuples()]
    if then is not None:
        first = sorted((f for f in first if f[3] is None or int(f[3].rank) != f[0]), key=lambda f: (-abs((int(f[3].rank) if f[3] is not None else len(then.rows) + 1) - f[0]), f[0]))
    first = first[:MOVERS]
    names, unit = names_of(room.now, room.scope, subject, [key for _, key, _, _ in first]), unit_of(criterion.name, room.catalog)
    label = room.catalog.measure(criterion.measure).label if criterion.measure else criterion.name
    return tuple(Line(names.get(key, str(key)), (Figure(criterion.name, label, unit, "up" if criterion.high else "down", _number(value), _number(was.value) if was is not None else None,
                                                        then is not None, now.period, then.period if then is not None else None),),
                      place, int(was.rank) if was is not None else None, Link("customer", {"id": (str(key),)}) if subject == "customer" else None) for place, key, value, was in first)


def _same_member(room: Room, subject: str, keys, warehouse) -> dict[int, tuple[str, str]]:
    """id -> key in the source, which is the same in every snapshot."""
    table, wanted = {"customer": s.customer, "owner": s.staff, "branch": s.branch}[subject], [int(k) for k in keys]
    few = table.c.id.in_(wanted) if len(wanted) <= 1000 else table.c.id.is_not(None)
    with warehouse.engine.connect() as connection:
        return {i: (source, own) for i, source, own in connection.execute(select(table.c.id, table.c.source, table.c.source_id).where(few))}


def _number(value) -> float | None:
    return None if value is None or value != value else float(value)


def customers(room: Room, block: Block) -> Looked:
    """Chosen customers with their revenue of 12 months and their place, now and at the last meeting."""
    check_personal(room.scope)
    keys, measure = block.values("key")[:MOST_CUSTOMERS], _main(room)
    now = _customers(room, room.now, keys, measure)
    then = _customers(room, room.then, keys, measure) if room.then is not None else {}
    base, days = room.catalog.measure(measure), room.named("last_12_months")
    lines = []
    for key, (number, name, value) in now.items():
        was = then.get(key)
        lines.append(Line(name, (Figure(measure, base.label, base.unit, base.better, value, was[2] if was else None, was is not None, days,
                                        room.named("last_12_months", room.then.as_of) if was else None, same_start=True),), link=Link("customer", {"id": (str(number),)})))
    left = len(keys) - len(now)
    problem = InputError(N_("{n} of the customers of this block are gone from the data or beyond what you may see."), n=left) if left else None
    return Looked(block, "", lines=tuple(lines), problem=problem)


def _customers(room: Room, warehouse, keys, measure: str) -> dict[str, tuple[int, str, Decimal | float | int | None]]:
    """key -> (id, name, value) of those that the viewer may see, in the order given."""
    c, pairs = s.customer.c, [tuple(k.split(":", 1)) for k in keys if ":" in k]
    if not pairs:
        return {}
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(c.id, c.name, c.source, c.source_id).where(or_(*(and_(c.source == a, c.source_id == b) for a, b in pairs)), *visible(room.scope))).all()
    if not rows:
        return {}
    chosen = Filter("customer", "is", tuple(str(r.id) for r in rows))
    answer = ask(Cut((measure,), by=("customer",), period=room.named("last_12_months", warehouse.as_of), filters=(chosen,)), warehouse, scope=room.scope)
    values = {int(i): v for i, v in zip(answer.rows["customer_id"], answer.rows[measure], strict=True)}
    found = {f"{r.source}:{r.source_id}": (r.id, r.name, values.get(r.id, 0)) for r in rows}
    return {k: found[k] for k in keys if k in found}


