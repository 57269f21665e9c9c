"""The application database: made once whoever comes first, private, its audit only grows, newer ones are not touched."""
from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import inspect, select, text

from crm_data.model import appdb

MUST_HOLD = {"app_user", "app_session", "sign_in_ticket", "sign_in_attempt", "target", "target_version", "saved_cut", "ranking", "note", "task", "cost_rate_edit",
             "segment", "tier", "annotation", "meeting", "decision", "audit", "preference", "recent_customer", "dq_decision"}


@pytest.fixture
def url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'deep' / 'app.db'}"


def test_it_is_made_with_all_tables_in_wal_and_for_its_owner_only(url):
    engine = appdb.open_appdb(url)
    assert set(inspect(engine).get_table_names()) >= MUST_HOLD
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert Path(engine.url.database).stat().st_mode & 0o077 == 0
    assert appdb.open_appdb(url) is engine, "one engine a file in a process"


def test_four_processes_at_once_make_it_once(url):
    script = "import sys; from crm_data.model.appdb import open_appdb, audit; audit(open_appdb(sys.argv[1]), None, 'started')"
    running = [subprocess.Popen([sys.executable, "-c", script, url], stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate(timeout=50)[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * 4, said
    with appdb.open_appdb(url).connect() as connection:
        assert list(connection.execute(select(appdb.audit_log.c.action)).scalars()) == ["started"] * 4
        assert connection.execute(text("select count(*) from alembic_version")).scalar() == 1


def test_the_audit_says_who_what_and_when_in_readable_text(url):
    engine = appdb.open_appdb(url)
    appdb.audit(engine, SimpleNamespace(id=3, name="דנה"), "export", {"rows": 5, "value": Decimal("1.50"), "day": date(2026, 11, 1), "at": datetime(2026, 11, 1, 5), "name": "כהן"})
    with engine.connect() as connection:
        row = connection.execute(select(appdb.audit_log)).one()
    assert (row.user_id, row.user_name, row.action) == (3, "דנה", "export") and "כהן" in row.detail
    assert json.loads(row.detail) == {"rows": 5, "value": 1.5, "day": "2026-11-01", "at": "2026-11-01T05:00:00", "name": "כהן"}
    assert abs((appdb.now() - row.created_at).total_seconds()) < 60


def test_what_fails_leaves_no_trace(url):
    engine = appdb.open_appdb(url)
    with pytest.raises(RuntimeError), engine.begin() as connection:
        appdb.write_audit(connection, None, "half")
        raise RuntimeError
    with engine.connect() as connection:
        assert connection.execute(select(appdb.audit_log)).all() == []


def test_the_migration_can_be_taken_back(url):
    from alembic import command
    from alembic.config import Config
    engine = appdb.open_appdb(url)
    config = Config()
    config.set_main_option("script_location", str(Path(appdb.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert set(inspect(engine).get_table_names()) & MUST_HOLD == set()
    appdb.upgrade(engine)
    assert set(inspect(engine).get_table_names()) >= MUST_HOLD
