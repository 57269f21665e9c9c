"""Users, passwords, sessions, tickets, back-off and scope."""
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import bcrypt
import pytest
from sqlalchemy import func, select, update

from crm_data.accounts import sessions, users
from crm_data.accounts.passwords import check_password, condensed, hash_password
from crm_data.errors import InputError, UnknownName
from crm_data.model import appdb

GOOD = "correct horse battery staple"


def check(password: str, kept: str) -> bool:
    return bcrypt.checkpw(password.encode(), kept.encode())


@pytest.fixture
def engine(tmp_path):
    return appdb.open_appdb(f"sqlite:///{tmp_path / 'app.db'}")


@pytest.fixture
def dana(engine):
    return users.add_user(engine, "Dana", role="manager", full_name="Dana Levi", password=GOOD, branches=("Haifa",))


@pytest.mark.parametrize(("password", "sentence"), [
    ("short", "5 characters; use at least 15"), ("a" * 600, "longer than 512"), ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
    ("passwordpassword1", "easy to guess"), ("dana-dana-dana-dana", "easy to guess"), ("123456789012345678", "easy to guess")])
def test_weak_passwords_are_refused(password, sentence):
    with pytest.raises(InputError, match=sentence):
        check_password(password, "dana")


def test_every_character_of_a_long_password_counts():
    long = "x" * 80 + "one two three"
    kept = hash_password(long)
    assert check(condensed(long), kept) and not check(condensed(long[:-1] + "!"), kept) and len(condensed(long)) <= 72


def test_users_are_found_listed_and_refused_twice(engine, dana):
    assert users.find_user(engine, "DANA") == dana and dana.may_write and not dana.administers
    assert [u.name for u in users.all_users(engine)] == ["dana"]
    with pytest.raises(InputError, match="already a user"):
        users.add_user(engine, "dana", role="viewer")
    with pytest.raises(UnknownName, match="Did you mean “dana”"):
        users.find_user(engine, "danna")
    with pytest.raises(InputError, match="no role “king”"):
        users.add_user(engine, "x", role="king")
    with pytest.raises(InputError, match="not a user name"):
        users.add_user(engine, "two words", role="viewer")


def test_a_session_lives_until_it_is_ended(engine, dana):
    token = sessions.open_session(engine, dana)
    assert sessions.session_user(engine, token) == dana
    assert sessions.session_user(engine, token + "x") is None and sessions.session_user(engine, None) is None
    sessions.end_session(engine, token)
    assert sessions.session_user(engine, token) is None


def test_a_new_sign_in_ends_the_browsers_old_session(engine, dana):
    first = sessions.open_session(engine, dana)
    second = sessions.open_session(engine, dana, replacing=first)
    assert sessions.session_user(engine, first) is None and sessions.session_user(engine, second) == dana


@pytest.mark.parametrize("column", ["expires_at", "seen_at"])
def test_sessions_expire_absolutely_and_when_idle(engine, dana, column):
    token = sessions.open_session(engine, dana)
    with engine.begin() as connection:
        connection.execute(update(appdb.session).values({column: appdb.now() - sessions.IDLE - timedelta(minutes=1)}))
    assert sessions.session_user(engine, token) is None


@pytest.mark.parametrize("act", [
    lambda e: users.set_password(e, "dana", "another long pass phrase"), lambda e: users.change_user(e, "dana", role="viewer"),
    lambda e: users.change_user(e, "dana", disabled=True), lambda e: users.change_user(e, "dana", branches=None)])
def test_a_change_of_rights_or_password_ends_all_sessions(engine, dana, act):
    tokens = [sessions.open_session(engine, dana) for _ in range(3)]
    act(engine)
    assert [sessions.session_user(engine, t) for t in tokens] == [None] * 3


def test_only_digests_are_kept(engine, dana):
    token = sessions.open_session(engine, dana)
    ticket = sessions.make_ticket(engine, dana, timedelta(minutes=1))
    raw = Path(engine.url.database).read_bytes() + Path(engine.url.database + "-wal").read_bytes()
    assert token.encode() not in raw and ticket.encode() not in raw and GOOD.encode() not in raw


def test_a_ticket_is_good_once_and_in_time(engine, dana):
    ticket = sessions.make_ticket(engine, dana, timedelta(minutes=1))
    assert sessions.use_ticket(engine, ticket) == dana and sessions.use_ticket(engine, ticket) is None
    assert sessions.use_ticket(engine, sessions.make_ticket(engine, dana, timedelta(seconds=-1))) is None
    users.change_user(engine, "dana", disabled=True)
    assert sessions.use_ticket(engine, sessions.make_ticket(engine, dana, timedelta(minutes=1))) is None


def test_a_thousand_tries_check_at_most_ten_passwords_and_the_owner_enters_later(engine, dana, monkeypatch):
    checked = []

    def counted(password, kept):
        checked.append(password)
        return False
    for i in range(1000):
        with pytest.raises((sessions.WrongPassword, sessions.TooManyTries)):
            sessions.sign_in(engine, "dana", f"guess {i}", f"10.0.0.{i % 250}", counted)
    assert len(checked) == sessions.TRIES_PER_ACCOUNT
    with pytest.raises(sessions.TooManyTries, match="Wait 1?\\d minutes"):
        sessions.sign_in(engine, "dana", GOOD, "10.0.0.1", check)
    monkeypatch.setattr(sessions, "WINDOW", timedelta(0))
    assert sessions.sign_in(engine, "dana", GOOD, "10.0.0.1", check) == dana


def test_tries_at_the_same_moment_do_not_pass_the_limit_together(engine, dana):
    checked, start = [], threading.Barrier(30)

    def attempt(i: int) -> str:
        start.wait()
        try:
            sessions.sign_in(engine, "dana", "guess", f"10.0.1.{i}", lambda p, k: bool(checked.append(p)))
        except (sessions.WrongPassword, sessions.TooManyTries) as error:
            return type(error).__name__
        return "entered"
    with ThreadPoolExecutor(30) as pool:
        told = Counter(pool.map(attempt, range(30)))
    assert len(checked) == sessions.TRIES_PER_ACCOUNT and told == {"WrongPassword": 10, "TooManyTries": 20}


def test_one_address_cannot_try_many_accounts(engine, dana):
    for i in range(sessions.TRIES_PER_ADDRESS):
        with pytest.raises(sessions.WrongPassword):
            sessions.sign_in(engine, f"user{i}", "x", "10.0.0.9", lambda p, k: False)
    with pytest.raises(sessions.TooManyTries):
        sessions.sign_in(engine, "dana", GOOD, "10.0.0.9", check)
    assert sessions.sign_in(engine, "dana", GOOD, "10.0.0.10", check) == dana


def test_an_unknown_name_costs_a_check_too_and_says_the_same(engine, dana):
    told = []
    for name in ("dana", "nobody"):
        hashes = []
        with pytest.raises(sessions.WrongPassword) as refused:
            sessions.sign_in(engine, name, "wrong", "10.0.0.2", lambda p, k, seen=hashes: seen.append(k) or check(p, k))
        told.append((str(refused.value), len(hashes), hashes[0][:7]))
    assert told[0] == told[1]
    users.add_user(engine, "ticket-only", role="viewer")
    with pytest.raises(sessions.WrongPassword):
        sessions.sign_in(engine, "ticket-only", "", "10.0.0.2", lambda p, k: True)


def test_the_last_administrator_stays(engine):
    boss = users.ensure_administrator(engine)
    assert users.ensure_administrator(engine) == boss
    for change in ({"disabled": True}, {"role": "viewer"}):
        with pytest.raises(InputError, match="only administrator"):
            users.change_user(engine, boss.name, **change)


def test_everything_is_audited(engine, dana):
    users.set_password(engine, "dana", "another long pass phrase", by=dana)
    with engine.connect() as connection:
        actions = list(connection.execute(select(appdb.audit_log.c.action)).scalars())
        assert actions == ["user.add", "user.password"]
        assert connection.execute(select(func.count()).where(appdb.audit_log.c.detail.contains("another"))).scalar() == 0


def test_scope_holds_the_branches_named_and_all_below(engine, truth):
    from crm_data.model import schema as s
    with truth.engine.connect() as connection:
        rows = connection.execute(select(s.branch.c.id, s.branch.c.name, s.branch.c.parent_id)).all()
    parent = next(r for r in rows if any(c.parent_id == r.id for c in rows))
    below = {r.id for r in rows if r.parent_id == parent.id}
    of = users.scope_of(users.User(1, "x", "X", "manager", (parent.name,)), truth)
    assert of.branches >= below | {parent.id} and of.personal
    assert users.scope_of(users.User(1, "x", "X", "viewer", ("nowhere",)), truth).branches == frozenset()
    assert not users.scope_of(users.User(1, "x", "X", "viewer", None), truth).personal


def test_the_database_opens_with_a_sentence_or_not_at_all(tmp_path):
    from crm_data.errors import EngineUnavailable
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(EngineUnavailable, match="does not open"):
        appdb.open_appdb(f"sqlite:///{tmp_path / 'file' / 'app.db'}")


def test_the_migrations_give_the_tables_the_code_knows(engine):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), appdb.metadata) == []
    assert Path(engine.url.database).stat().st_mode & 0o777 == 0o600
