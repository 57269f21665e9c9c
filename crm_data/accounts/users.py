"""Users, roles and what each may see."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Engine, insert, select, update

from crm_data.accounts.passwords import check_password, hash_password
from crm_data.cuts.access import Scope
from crm_data.errors import N_, InputError, UnknownName
from crm_data.model import appdb
from crm_data.model import schema as s

Role = Literal["viewer", "manager", "administrator"]
ROLES: tuple[str, ...] = get_args(Role)


@dataclass(frozen=True)
class User:
    """``branches``: names of branches whose records (and those below) one sees; None: all. Viewers see no personal data."""

    id: int
    name: str
    full_name: str
    role: str
    branches: tuple[str, ...] | None
    language: str | None = None
    disabled: bool = False

    @property
    def may_write(self) -> bool:
        return self.role in ("manager", "administrator")

    @property
    def administers(self) -> bool:
        return self.role == "administrator"


def _user(row) -> User:
    branches = None if row.branches is None else tuple(json.loads(row.branches))
    return User(row.id, row.name, row.full_name, row.role, branches, row.language, row.disabled)


def _check(name: str, role: str) -> None:
    if not (1 <= len(name) <= 100) or name != name.strip() or any(c.isspace() or not c.isprintable() for c in name):
        raise InputError(N_("“{name}” is not a user name: 1 to 100 characters without spaces."), name=name[:40])
    if role not in ROLES:
        raise InputError(N_("There is no role “{role}”. Use one of: {known}."), role=role[:40], known=", ".join(ROLES))


def add_user(engine: Engine, name: str, *, role: str, full_name: str = "", password: str | None = None,
             branches: tuple[str, ...] | None = None, by: User | None = None) -> User:
    """Add a user (without a password: entry by one-time link only). Raises InputError with a sentence."""
    _check(name, role)
    if password is not None:
        check_password(password, name)
    table = appdb.user
    with engine.begin() as connection:
        if connection.execute(select(table.c.id).where(table.c.name == name.casefold())).first():
            raise InputError(N_("There is already a user “{name}”."), name=name)
        connection.execute(insert(table).values(
            name=name.casefold(), full_name=full_name or name, role=role, disabled=False, password_hash=hash_password(password) if password else None,
            branches=None if branches is None else json.dumps(list(branches), ensure_ascii=False)))
        appdb.write_audit(connection, by, "user.add", {"name": name, "role": role, "branches": branches})
    return find_user(engine, name)


def all_users(engine: Engine) -> list[User]:
    with engine.connect() as connection:
        return [_user(r) for r in connection.execute(select(appdb.user).order_by(appdb.user.c.name))]


def find_user(engine: Engine, name: str) -> User:
    with engine.connect() as connection:
        row = connection.execute(select(appdb.user).where(appdb.user.c.name == name.casefold())).first()
    if row is None:
        raise UnknownName("user", name[:100], [u.name for u in all_users(engine)])
    return _user(row)


def change_user(engine: Engine, name: str, *, by: User | None = None, role: str | None = None, branches: tuple[str, ...] | None | Literal["same"] = "same",
                disabled: bool | None = None, full_name: str | None = None) -> User:
    """Change a user; a new role, scope or disablement ends all of their sessions."""
    old = find_user(engine, name)
    _check(old.name, role or old.role)
    values: dict[str, object] = {k: v for k, v in (("role", role), ("disabled", disabled), ("full_name", full_name)) if v is not None}
    if branches != "same":
        values["branches"] = None if branches is None else json.dumps(list(branches), ensure_ascii=False)
    losing = disabled or (role is not None and role != "administrator")
    if losing and old.administers and not any(u.administers and not u.disabled and u.id != old.id for u in all_users(engine)):
        raise InputError(N_("“{name}” is the only administrator. Make another one first."), name=old.name)
    with engine.begin() as connection:
        if values:
            connection.execute(update(appdb.user).where(appdb.user.c.id == old.id).values(**values))
        end_sessions(connection, old.id)
        appdb.write_audit(connection, by, "user.change", {"name": old.name, **values})
    return find_user(engine, name)


def set_password(engine: Engine, name: str, password: str, *, by: User | None = None) -> None:
    """Set a password; all sessions of the user end."""
    user = find_user(engine, name)
    check_password(password, user.name)
    with engine.begin() as connection:
        connection.execute(update(appdb.user).where(appdb.user.c.id == user.id).values(password_hash=hash_password(password), password_changed_at=appdb.now()))
        end_sessions(connection, user.id)
        appdb.write_audit(connection, by, "user.password", {"name": user.name})


def end_sessions(connection, user_id: int) -> None:
    table = appdb.session
    connection.execute(update(table).where(table.c.user_id == user_id, table.c.ended_at.is_(None)).values(ended_at=appdb.now()))


def password_hash(engine: Engine, name: str) -> str | None:
    """The kept hash of an enabled user, None when there is none."""
    table = appdb.user
    with engine.connect() as connection:
        return connection.execute(select(table.c.password_hash).where(table.c.name == name.casefold(), table.c.disabled.is_(False))).scalar()


def ensure_administrator(engine: Engine) -> User:
    """The first enabled administrator; made (without a password) when there is none yet."""
    found = next((u for u in all_users(engine) if u.administers and not u.disabled), None)
    return found or add_user(engine, "admin", role="administrator", full_name="Administrator")


def scope_of(user: User, warehouse) -> Scope:
    """What ``user`` may see in a warehouse: the branches named, with all below them. Unknown names give nothing."""
    personal = user.role != "viewer"
    if user.branches is None:
        return Scope(None, None, personal)
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(s.branch.c.id, s.branch.c.name, s.branch.c.parent_id)).all()
    inside = {r.id for r in rows if r.name in user.branches}
    while True:
        below = {r.id for r in rows if r.parent_id in inside} - inside
        if not below:
            return Scope(frozenset(inside), None, personal)
        inside |= below
