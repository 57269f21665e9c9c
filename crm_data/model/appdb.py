"""The application database: what people write. SQLite (WAL) by default, PostgreSQL for a team; schema kept by Alembic.

Nothing here is ever overwritten that someone may ask about later: targets and saved cuts have versions, the audit log only grows.
Instants are UTC. ``user_name`` is kept beside ``user_id`` so that a record stays readable after a user is gone.
"""
from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    make_url,
)
from sqlalchemy.exc import DBAPIError

from crm_data.errors import N_, EngineUnavailable
from crm_data.model.locks import file_lock

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
                                       "fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"})


def now() -> datetime:
    """This instant in UTC, without a zone, as instants are kept."""
    return datetime.now(UTC).replace(tzinfo=None)


def _table(name: str, *columns) -> Table:
    return Table(name, metadata, Column("id", Integer, primary_key=True), *columns)


def _who() -> tuple[Column, ...]:
    return (Column("user_id", Integer), Column("user_name", String(200)), Column("created_at", DateTime, nullable=False, default=now))


# Who may enter ---------------------------------------------------------------------------------------------------
user = _table(
    "app_user", Column("name", String(100), nullable=False, unique=True), Column("full_name", String(200), nullable=False),
    Column("password_hash", String(200)), Column("role", String(20), nullable=False), Column("branches", Text),
    Column("owners", Text), Column("language", String(10)), Column("disabled", Boolean, nullable=False, default=False),
    Column("created_at", DateTime, nullable=False, default=now), Column("password_changed_at", DateTime))
session = _table(
    "app_session", Column("digest", LargeBinary(32), nullable=False, unique=True), Column("user_id", ForeignKey("app_user.id"), nullable=False, index=True),
    Column("created_at", DateTime, nullable=False, default=now), Column("seen_at", DateTime, nullable=False, default=now),
    Column("expires_at", DateTime, nullable=False), Column("ended_at", DateTime))
ticket = _table(
    "sign_in_ticket", Column("digest", LargeBinary(32), nullable=False, unique=True), Column("user_id", ForeignKey("app_user.id"), nullable=False),
    Column("expires_at", DateTime, nullable=False), Column("used_at", DateTime))
sign_in_attempt = _table(
    "sign_in_attempt", Column("name", String(100), nullable=False, index=True), Column("address", String(60), index=True),
    Column("at", DateTime, nullable=False, default=now, index=True), Column("succeeded", Boolean, nullable=False))
preference = _table(
    "preference", Column("user_id", ForeignKey("app_user.id"), nullable=False), Column("key", String(60), nullable=False), Column("value", Text),
    UniqueConstraint("user_id", "key"))
recent_customer = _table(
    "recent_customer", Column("user_id", ForeignKey("app_user.id"), nullable=False, index=True), Column("customer_key", String(300), nullable=False),
    Column("opened_at", DateTime, nullable=False, default=now), UniqueConstraint("user_id", "customer_key", name="uq_recent_customer"))
audit_log = _table("audit", *_who(), Column("action", String(60), nullable=False, index=True), Column("detail", Text))

# Targets and what is asked. ``live_name``: author and name of what is not deleted, so that a name exists once --------
target = _table(
    "target", Column("measure", String(60), nullable=False), Column("period_from", Date, nullable=False), Column("period_to", Date, nullable=False),
    Column("dimension", String(60), nullable=False, default=""), Column("member", String(300), nullable=False, default=""),
    Column("created_at", DateTime, nullable=False, default=now),
    UniqueConstraint("measure", "period_from", "period_to", "dimension", "member", name="uq_target_goal"))
target_version = _table(
    "target_version", Column("target_id", ForeignKey("target.id"), nullable=False, index=True), Column("version", Integer, nullable=False),
    Column("value", Numeric(20, 4)), Column("stretch", Numeric(20, 4)), Column("direction", String(4)), Column("phasing", Text), Column("why", String(500)), *_who(),
    UniqueConstraint("target_id", "version", name="uq_target_version"))
target_alert = _table(
    "target_alert", Column("measure", String(60), nullable=False, default=""), Column("dimension", String(60), nullable=False, default=""),
    Column("member", String(300), nullable=False, default=""), Column("rule", Text, nullable=False), Column("shared", Boolean, nullable=False, default=False), *_who(),
    Column("deleted_at", DateTime))
saved_cut = _table(
    "saved_cut", Column("name", String(200), nullable=False), Column("folder", String(200)), Column("cut", Text, nullable=False),
    Column("shared", Boolean, nullable=False, default=False), Column("pinned", String(20)), Column("version", Integer, nullable=False, default=1), *_who(),
    Column("changed_at", DateTime), Column("deleted_at", DateTime), Column("live_name", String(240), unique=True))
saved_cut_version = _table(
    "saved_cut_version", Column("saved_cut_id", ForeignKey("saved_cut.id"), nullable=False, index=True), Column("version", Integer, nullable=False),
    Column("name", String(200), nullable=False), Column("cut", Text, nullable=False), Column("what", String(40), nullable=False, default="saved"), *_who(),
    UniqueConstraint("saved_cut_id", "version", name="uq_saved_cut_version"))
ranking = _table(
    "ranking", Column("name", String(200), nullable=False), Column("criteria", Text, nullable=False), Column("shared", Boolean, nullable=False, default=False), *_who(),
    Column("changed_at", DateTime), Column("deleted_at", DateTime), Column("live_name", String(240), unique=True))
segment = _table(
    "segment", Column("name", String(200), nullable=False), Column("condition", Text, nullable=False), Column("shared", Boolean, nullable=False, default=False), *_who(),
    Column("version", Integer, nullable=False, default=1, server_default="1"), Column("changed_at", DateTime), Column("deleted_at", DateTime),
    Column("live_name", String(240), unique=True))
tier = _table(
    "tier", Column("name", String(100), nullable=False), Column("place", Integer, nullable=False), Column("rule", Text), Column("terms", Text), *_who(),
    Column("changed_at", DateTime), Column("deleted_at", DateTime))
tier_run = _table(
    "tier_run", Column("on_day", Date, nullable=False), Column("what", String(20), nullable=False), Column("detail", Text), Column("changed", Integer, nullable=False), *_who(),
    Column("undone_at", DateTime), Column("undone_by", String(200)))
tier_assignment = _table(
    "tier_assignment", Column("run_id", ForeignKey("tier_run.id"), nullable=False, index=True), Column("customer_key", String(300), nullable=False, index=True),
    Column("tier", String(100)), Column("tier_before", String(100)), Column("why", String(500)))
cost_rate_edit = _table(
    "cost_rate_edit", Column("driver", String(60), nullable=False), Column("rate_base", Numeric(18, 4), nullable=False), Column("valid_from", Date, nullable=False),
    Column("valid_to", Date), Column("why", String(500)), *_who(), Column("withdrawn_at", DateTime), Column("withdrawn_by", String(200)))

# About customers and meetings -------------------------------------------------------------------------------------
note = _table("note", Column("customer_key", String(300), nullable=False, index=True), Column("text", Text, nullable=False), Column("on_day", Date), *_who())
task = _table(
    "task", Column("customer_key", String(300), nullable=False, index=True), Column("text", Text, nullable=False), Column("owner_name", String(200)),
    Column("due_on", Date), Column("done_at", DateTime), *_who())
annotation = _table(
    "annotation", Column("on_day", Date, nullable=False), Column("text", String(300), nullable=False), Column("dimension", String(60)), Column("member", String(300)), *_who(),
    Column("deleted_at", DateTime))
meeting = _table(
    "meeting", Column("held_on", Date, nullable=False), Column("title", String(200), nullable=False), Column("agenda", Text), Column("participants", Text),
    Column("snapshot", String(100), index=True), *_who(), Column("changed_at", DateTime), Column("closed_at", DateTime), Column("deleted_at", DateTime))
decision = _table(
    "decision", Column("meeting_id", ForeignKey("meeting.id")), Column("customer_key", String(300), index=True), Column("text", Text, nullable=False), Column("owner_name", String(200)), Column("due_on", Date),
    Column("measure", String(60)), Column("cut", Text), Column("value_then", Numeric(20, 4)), Column("done_at", DateTime), *_who(), Column("deleted_at", DateTime))
dq_decision = _table("dq_decision", Column("kind", String(40), nullable=False), Column("subject", String(300), nullable=False), Column("decision", String(40), nullable=False), *_who())

_ENGINES: dict[str, Engine] = {}
_LOCK = threading.Lock()


def open_appdb(url: str) -> Engine:
    """The engine of the application database at ``url``, its schema brought up to date; one a URL in a process.

    Raises EngineUnavailable with a sentence when it cannot be opened.
    """
    with _LOCK:
        if url not in _ENGINES:
            _ENGINES[url] = _open(url)
        return _ENGINES[url]


def _open(url: str) -> Engine:
    sqlite = make_url(url).get_backend_name() == "sqlite"
    file = Path(make_url(url).database or "") if sqlite else None
    try:
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                file.touch(mode=0o600)
        engine = create_engine(url, connect_args={"timeout": 30} if sqlite else {"connect_timeout": 5}, pool_pre_ping=not sqlite)
        if sqlite:
            event.listen(engine, "connect", _sqlite_connect)
        lock = (file.parent if file else Path.home()) / (f".{file.name}.migrate" if file else ".mabat-migrate")
        with file_lock(lock, wait_seconds=30):
            upgrade(engine)
    except (DBAPIError, OSError) as error:
        raise EngineUnavailable(N_("The application database does not open ({reason}). Check MABAT_APPDB and that its folder can be written."),
                                reason=str(getattr(error, "orig", error)).splitlines()[0]) from error
    return engine


def _sqlite_connect(connection, _record) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date with the migrations shipped with the product."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _jsonable(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date | datetime) else str(value)


def write_audit(connection: Connection, user, action: str, detail: Mapping[str, object] | None = None) -> None:
    """Add to the audit log within a transaction that is already open. ``user``: has ``id`` and ``name``, or None."""
    connection.execute(insert(audit_log).values(
        user_id=getattr(user, "id", None), user_name=getattr(user, "name", None), action=action,
        detail=json.dumps(detail or {}, ensure_ascii=False, default=_jsonable)))


def audit(engine: Engine, user, action: str, detail: Mapping[str, object] | None = None) -> None:
    """Add to the audit log in a transaction of its own."""
    with engine.begin() as connection:
        write_audit(connection, user, action, detail)
