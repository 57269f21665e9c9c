"""Sessions and one-time tickets: random, kept as SHA-256 only, ended on the server."""
from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Engine, delete, func, insert, select, update

from crm_data.accounts.passwords import DUMMY_HASH
from crm_data.accounts.users import User, _user, find_user, password_hash
from crm_data.errors import N_, AccessDenied, MabatError
from crm_data.model import appdb

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 60


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def open_session(engine: Engine, user: User, *, replacing: str | None = None) -> str:
    """A new session's token (for the cookie); an earlier one of the same browser ends."""
    token, now = secrets.token_urlsafe(32), appdb.now()
    with engine.begin() as connection:
        if replacing:
            connection.execute(update(appdb.session).where(appdb.session.c.digest == _digest(replacing)).values(ended_at=now))
        connection.execute(insert(appdb.session).values(digest=_digest(token), user_id=user.id, created_at=now, seen_at=now, expires_at=now + LONGEST))
        connection.execute(delete(appdb.session).where(appdb.session.c.expires_at < now - LONGEST))
        appdb.write_audit(connection, user, "sign_in")
    return token


def session_user(engine: Engine, token: str | None) -> User | None:
    """Who the session belongs to; None when it is unknown, ended, expired, idle too long, or the user is disabled."""
    if not token or len(token) > 200:
        return None
    t, now = appdb.session, appdb.now()
    with engine.connect() as connection:
        row = connection.execute(select(appdb.user, t.c.id.label("session_id"), t.c.seen_at).join(t, t.c.user_id == appdb.user.c.id).where(
            t.c.digest == _digest(token), t.c.ended_at.is_(None), t.c.expires_at > now, t.c.seen_at > now - IDLE, appdb.user.c.disabled.is_(False))).first()
    if row is None:
        return None
    if now - row.seen_at > timedelta(minutes=5):
        with engine.begin() as connection:
            connection.execute(update(t).where(t.c.id == row.session_id).values(seen_at=now))
    return _user(row)


def end_session(engine: Engine, token: str | None) -> None:
    """Sign out: the token is worth nothing from now on."""
    user = session_user(engine, token)
    if user is None:
        return
    with engine.begin() as connection:
        connection.execute(update(appdb.session).where(appdb.session.c.digest == _digest(token or "")).values(ended_at=appdb.now()))
        appdb.write_audit(connection, user, "sign_out")


def make_ticket(engine: Engine, user: User, lasting: timedelta) -> str:
    """A one-time entry for ``user`` (the link a server prints at start)."""
    token = secrets.token_urlsafe(32)
    with engine.begin() as connection:
        connection.execute(insert(appdb.ticket).values(digest=_digest(token), user_id=user.id, expires_at=appdb.now() + lasting))
    return token


def use_ticket(engine: Engine, token: str) -> User | None:
    """Who the ticket is for, the first time it is used in time; None otherwise."""
    t, now = appdb.ticket, appdb.now()
    with engine.begin() as connection:
        used = connection.execute(update(t).where(t.c.digest == _digest(token), t.c.used_at.is_(None), t.c.expires_at > now).values(used_at=now))
        if used.rowcount != 1:
            return None
        row = connection.execute(select(appdb.user).join(t, t.c.user_id == appdb.user.c.id).where(
            t.c.digest == _digest(token), appdb.user.c.disabled.is_(False))).first()
    return None if row is None else _user(row)


class TooManyTries(MabatError):
    """An account or address has tried too often within the window."""


class WrongPassword(AccessDenied):
    """The name or the password is not right; which of the two is not said."""


def sign_in(engine: Engine, name: str, password: str, address: str, check) -> User:
    """The user, if the password is right. ``check(password, hash) -> bool`` is the credentials library's.

    At most ``TRIES_PER_ACCOUNT`` failed checks an account and ``TRIES_PER_ADDRESS`` an address within ``WINDOW``; then
    no password is looked at until the window has passed, for nobody for ever. A name that does not exist takes as long.
    """
    from crm_data.accounts.passwords import condensed

    name, t, now = name.strip().casefold()[:100], appdb.sign_in_attempt, appdb.now()
    with engine.begin() as connection:
        # One at a time: the write comes first (it takes SQLite's lock; PostgreSQL's is on the user), so that many tries at
        # once cannot all see a low count. Counted as failed before the slow check; a refused try is rolled back.
        attempt = connection.execute(insert(t).values(name=name, address=address, succeeded=False, at=now)).inserted_primary_key[0]
        connection.execute(select(appdb.user.c.id).where(appdb.user.c.name == name).with_for_update())
        since = (t.c.succeeded.is_(False), t.c.at > now - WINDOW, t.c.id != attempt)
        by_name = connection.execute(select(func.count(), func.min(t.c.at)).where(t.c.name == name, *since)).one()
        by_address = connection.execute(select(func.count(), func.min(t.c.at)).where(t.c.address == address, *since)).one()
        for (count, first), most in ((by_name, TRIES_PER_ACCOUNT), (by_address, TRIES_PER_ADDRESS)):
            if count >= most:
                minutes = max(1, int((first + WINDOW - now).total_seconds() // 60) + 1)
                raise TooManyTries(N_("Too many tries. Wait {minutes} minutes and try again."), minutes=minutes)
        connection.execute(delete(t).where(t.c.at < now - 10 * WINDOW))
    kept = password_hash(engine, name)
    right = check(condensed(password[:1000]), kept or DUMMY_HASH)
    if not (right and kept):
        appdb.audit(engine, None, "sign_in.refused", {"name": name, "address": address})
        raise WrongPassword(N_("The user name or the password is not right."))
    with engine.begin() as connection:
        connection.execute(update(t).where(t.c.id == attempt).values(succeeded=True))
    return find_user(engine, name)
