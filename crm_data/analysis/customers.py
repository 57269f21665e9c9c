"""Who a customer is, by its number, id or key (``find`` is for whatever else is known). Always within the viewer's scope."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, or_, select

from crm_data.analysis.found import Found, check_personal, visible
from crm_data.analysis.search import find
from crm_data.cuts.access import Scope
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import schema as s

__all__ = ["Found", "Profile", "check_personal", "find", "named", "profile", "resolve", "unknown_fields", "visible", "within"]


@dataclass(frozen=True)
class Profile:
    """Who a customer is. ``key`` names it in the application database, whatever its id in later snapshots."""

    id: int
    number: str
    name: str
    name_local: str | None
    party: str
    relation: str
    key: str
    kind: str | None = None
    branch: str | None = None
    owner: str | None = None
    parent: tuple[int, str] | None = None
    tier: str | None = None
    since: date | None = None
    lost_on: date | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    industry: str | None = None
    city: str | None = None
    country: str | None = None
    language: str | None = None
    email: str | None = None
    phone: str | None = None
    consent: bool | None = None
    payment_days: int | None = None
    contacts: tuple[tuple[str, str | None], ...] = ()
    subsidiaries: int = 0
    interests: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    identity_number: str | None = None


def resolve(warehouse, scope: Scope, key: str) -> int:
    """The id of the customer with this number, or with this id. Raises InputError or AccessDenied with a sentence."""
    check_personal(scope)
    key = key.strip()[:60].replace("\x00", "")
    c = s.customer.c
    with warehouse.engine.connect() as connection:
        ids = list(connection.execute(select(c.id).where(c.number == key).limit(2)).scalars())
        if not ids and key.isascii() and key.isdigit() and len(key) < 19:
            ids = list(connection.execute(select(c.id).where(c.id == int(key))).scalars())
        if not ids:
            raise InputError(N_("There is no customer “{key}”. Give its number, or find it by name."), key=key)
        mine = connection.execute(select(c.id).where(c.id.in_(ids), *visible(scope)).order_by(c.id)).scalars().first()
    if mine is None:
        raise AccessDenied(N_("This customer belongs to another branch or colleague. Ask your administrator if you need to see it."))
    return mine


def named(warehouse, scope: Scope, keys: list[str]) -> list[Found]:
    """The customers with these keys (``Profile.key``) that the viewer may see, in the order given."""
    check_personal(scope)
    c, b = s.customer.c, s.branch.c
    pairs = [tuple(key.split(":", 1)) for key in keys if ":" in key]
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(c.source, c.source_id, c.id, c.number, c.name, c.name_local, c.city, b.name).select_from(
            s.customer.outerjoin(s.branch, b.id == c.branch_id)).where(
                or_(*(and_(c.source == source, c.source_id == own) for source, own in pairs)), *visible(scope))).all() if pairs else []
    place = {key: n for n, key in enumerate(keys)}
    return [Found(*r[2:]) for r in sorted(rows, key=lambda r: place[f"{r[0]}:{r[1]}"])]


def profile(warehouse, scope: Scope, customer_id: int) -> Profile:
    """Who the customer is. Raises AccessDenied outside the scope, InputError when there is none."""
    customer_id = _within(warehouse, scope, customer_id)
    c, parent = s.customer.c, s.customer.alias()
    joined = (s.customer.outerjoin(s.branch, s.branch.c.id == c.branch_id).outerjoin(s.staff, s.staff.c.id == c.owner_id)
              .outerjoin(s.customer_type, s.customer_type.c.id == c.customer_type_id).outerjoin(parent, parent.c.id == c.parent_id))
    wanted = select(s.customer, s.branch.c.name.label("branch"), s.staff.c.name.label("owner"), s.customer_type.c.name.label("kind"),
                    parent.c.name.label("parent"), parent.c.branch_id.label("parent_branch"), parent.c.owner_id.label("parent_owner"))
    with warehouse.engine.connect() as connection:
        row = connection.execute(wanted.select_from(joined).where(c.id == customer_id)).one()
        people = connection.execute(select(s.contact.c.name, s.contact.c.title).where(s.contact.c.customer_id == customer_id).order_by(s.contact.c.id).limit(50)).all()
        below = connection.execute(select(func.count()).select_from(s.customer).where(c.parent_id == customer_id)).scalar_one()
        i = s.customer_interest.c
        noted = connection.execute(select(i.kind, i.name).where(i.customer_id == customer_id).group_by(i.kind, i.name).order_by(i.kind, i.name)).all()
        a = s.customer_attribute.c
        further = connection.execute(select(a.key, func.max(a.value)).where(a.customer_id == customer_id).group_by(a.key).order_by(a.key)).all()
    interests: dict[str, tuple[str, ...]] = {}
    for kind, name in noted:
        interests[kind] = (*interests.get(kind, ()), name)
    seen = scope.branches is None or row.parent_branch in scope.branches
    return Profile(
        row.id, row.number, row.name, row.name_local, row.party, row.relation, f"{row.source}:{row.source_id}", row.kind, row.branch, row.owner,
        (row.parent_id, row.parent) if row.parent_id is not None and row.parent and seen and scope.owners is None else None, row.tier, row.customer_since, row.lost_on,
        row.birth_date, row.birth_year, row.industry, row.city, row.country, row.language, row.email, row.phone, row.consent_contact,
        row.payment_days, tuple((n, t) for n, t in people), below, interests, dict(tuple(r) for r in further), row.identity_number)


def _within(warehouse, scope: Scope, customer_id: int) -> int:
    """The id again, when the viewer may see it; the door of everything about one customer."""
    check_personal(scope)
    c = s.customer.c
    with warehouse.engine.connect() as connection:
        if connection.execute(select(c.id).where(c.id == customer_id)).first() is None:
            raise InputError(N_("There is no customer “{key}”. Give its number, or find it by name."), key=customer_id)
        if connection.execute(select(c.id).where(c.id == customer_id, *visible(scope))).first() is None:
            raise AccessDenied(N_("This customer belongs to another branch or colleague. Ask your administrator if you need to see it."))
    return customer_id


within = _within


def unknown_fields(who: Profile) -> tuple[str, ...]:
    """What nobody has asked or noted about this customer yet (English, marked for translation)."""
    missing = [
        (who.party == "person" and not who.birth_date and not who.birth_year, N_("birthday")),
        (who.party == "company" and not who.industry, N_("field of activity")),
        (who.party == "company" and not who.contacts, N_("who decides")),
        (not who.email, N_("mail")), (not who.phone, N_("phone")), (not who.language, N_("language")),
        (who.consent is None, N_("whether marketing is welcome")),
        (not any(who.interests.get(k) for k in ("interest", "preference", "need", "hobby")), N_("what it wants"))]
    return tuple(text for yes, text in missing if yes)
