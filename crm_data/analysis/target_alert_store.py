"""Alerts on targets as people keep them: own or shared, who may set and take them away, all in the audit log."""
from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, insert, select, update

from crm_data.analysis.findings import Finding
from crm_data.analysis.owned import check_share, committed, is_own, may_edit, own, seen, signed
from crm_data.analysis.target_alerts import ANY, Alert, Rule, due
from crm_data.analysis.target_rules import SETTERS, check_member, members, visible
from crm_data.analysis.target_store import FIRM, Goal
from crm_data.analysis.targets import Board, board
from crm_data.analysis.working_days import Places, places
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import appdb

#: Alerts one person keeps; more are not read by anybody.
MOST_OWN = 50
_GONE = N_("There is no such alert any more, or it is not shared with you.")


def list_alerts(engine: Engine, user, scope: Scope, firm: Places) -> list[Alert]:
    """One's own and the shared ones, oldest first; shared ones about a scope that may not be seen are left out."""
    t = appdb.target_alert
    with engine.connect() as connection:
        rows = connection.execute(select(t).where(seen(t, user)).order_by(t.c.id)).all()
    found = [_alert(row, user) for row in rows]
    return [a for a in found if a is not None and (a.own or _within(a, scope, firm))]


def every_alert(engine: Engine, user) -> list[Alert]:
    """All alerts of everybody, for the command line."""
    t = appdb.target_alert
    with engine.connect() as connection:
        rows = connection.execute(select(t).where(t.c.deleted_at.is_(None)).order_by(t.c.id)).all()
    return [a for a in (_alert(row, user) for row in rows) if a is not None]


def _alert(row, user) -> Alert | None:
    try:
        rule = Rule.from_text(row.rule)
    except (ValueError, KeyError, TypeError):
        # Written by a later version: it cannot be judged here, and the rest must not fail by it.
        return None
    return Alert(row.measure, row.dimension, row.member, rule, bool(row.shared), row.id, row.user_name or "", is_own(row, user), may_edit(row, user), row.created_at)


def _within(alert: Alert, scope: Scope, firm: Places) -> bool:
    """Whether what an alert names may be seen; one about each of a kind names nobody."""
    if alert.dimension == ANY or (alert.dimension and not alert.member):
        return True
    return visible(Goal(alert.measure, date.min, date.min, alert.dimension, alert.member), scope, firm)


def check_alert(alert: Alert, user, warehouse, scope: Scope, firm: Places | None = None) -> None:
    """Refuse an alert that says nothing, names nobody known, or that this user may not set."""
    if getattr(user, "role", "") not in SETTERS:
        raise AccessDenied(N_("Only managers and administrators set alerts. You see those they share."))
    if alert.shared:
        check_share(user)
    catalog = catalog_for(warehouse)
    alert.check(catalog)
    if not _within(alert, scope, firm or places(warehouse)):
        raise AccessDenied(N_("This alert reaches beyond what you may see. Choose one of your own branches, or each of them."))
    if alert.dimension not in (FIRM, ANY) and alert.member:
        check_member(Goal(alert.measure, date.min, date.min, alert.dimension, alert.member), catalog, warehouse, scope, members)


def add_alert(engine: Engine, user, alert: Alert, *, warehouse, scope: Scope) -> int:
    """Keep an alert; returns its id. Raises InputError or AccessDenied with a sentence."""
    check_alert(alert, user, warehouse, scope)
    t, rule = appdb.target_alert, alert.rule.to_text()

    def write(connection: Connection) -> int:
        mine = connection.execute(select(t).where(own(t, user), t.c.deleted_at.is_(None))).all()
        if any((r.measure, r.dimension, r.member, r.rule) == (alert.measure, alert.dimension, alert.member, rule) for r in mine):
            raise InputError(N_("You have this alert already."))
        if len(mine) >= MOST_OWN:
            raise InputError(N_("You have {n} alerts, as many as are kept. Delete one first."), n=len(mine))
        made = connection.execute(insert(t).values(
            measure=alert.measure, dimension=alert.dimension, member=alert.member, rule=rule, shared=alert.shared, user_id=user.id,
            user_name=signed(user), created_at=appdb.now())).inserted_primary_key[0]
        appdb.write_audit(connection, user, "alert.set", {"id": made, "measure": alert.measure, "dimension": alert.dimension, "member": alert.member,
                                                          "rule": rule, "shared": alert.shared})
        return made
    return committed(engine, write)


def delete_alert(engine: Engine, user, alert_id: int) -> None:
    """Take an alert away; :func:`undelete_alert` brings it back."""
    _move(engine, user, alert_id, appdb.now(), "alert.delete")


def undelete_alert(engine: Engine, user, alert_id: int) -> None:
    _move(engine, user, alert_id, None, "alert.undelete")


def _move(engine: Engine, user, alert_id: int, deleted_at, action: str) -> None:
    t = appdb.target_alert

    def write(connection: Connection) -> None:
        row = connection.execute(select(t).where(t.c.id == alert_id)).first()
        if row is None or (row.deleted_at is None) == (deleted_at is None) or not (is_own(row, user) or row.shared):
            raise InputError(_GONE)
        if not may_edit(row, user):
            raise AccessDenied(N_("This alert is {author}’s; they or an administrator can delete it."), author=row.user_name or "?")
        connection.execute(update(t).where(t.c.id == alert_id).values(deleted_at=deleted_at))
        appdb.write_audit(connection, user, action, {"id": alert_id, "measure": row.measure, "dimension": row.dimension, "member": row.member, "rule": row.rule})
    committed(engine, write)


def due_alerts(warehouse, engine: Engine, user, scope: Scope, on: date | None = None, known: Board | None = None) -> list[Finding]:
    """What the user's own and shared alerts say on a day, for Today. ``known``: the day's targets, if they were read already."""
    alerts = list_alerts(engine, user, scope, known.places if known else places(warehouse))
    if not alerts:
        return []
    return due(alerts, known or board(warehouse, engine, scope=scope, on=on), warehouse, scope)
