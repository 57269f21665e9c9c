"""Find a customer by whatever is known of it, and say who it is. Always within the viewer's scope."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from crm_data.cuts.access import Scope
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import dialects
from crm_data.model import schema as s
from crm_data.model.folding import fold, search_words

_PHONE = re.compile(r"[\d+()\-\s./]{5,}")
#: How many customers are compared letter by letter when nothing contains what was typed.
CANDIDATES = 4000
ALIKE = 72.0


@dataclass(frozen=True)
class Found:
    """One customer a search found; ``alike`` when it only resembles what was typed."""

    id: int
    number: str
    name: str
    name_local: str | None
    city: str | None
    branch: str | None
    alike: bool = False


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


def check_personal(scope: Scope) -> None:
    """Raise AccessDenied for a viewer who may see numbers only."""
    if not scope.personal:
        raise AccessDenied(N_("Your role sees numbers, not single customers. Ask your administrator if you need them."))


def visible(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on ``customer``: its home branch and owner are within the scope."""
    return scope.conditions(s.customer.c.branch_id, s.customer.c.owner_id)


def find(warehouse, scope: Scope, text: str, limit: int = 20) -> list[Found]:
    """Customers by name in any script, number, mail or phone; words in any order, parts of words too.

    Only when nothing contains what was typed, names that are alike (marked ``alike``).
    """
    check_personal(scope)
    # "~" marks the skeletons in what is stored: typed, it would find everybody.
    typed = text[:200].replace("\x00", "").replace("~", " ").strip()
    if not fold(typed):
        return []
    c, b = s.customer.c, s.branch.c
    wanted = select(c.id, c.number, c.name, c.name_local, c.city, b.name.label("branch")).select_from(
        s.customer.outerjoin(s.branch, b.id == c.branch_id)).where(*visible(scope))
    with warehouse.engine.connect() as connection:
        rows = connection.execute(wanted.where(_matches(typed)).order_by(_literally(typed), func.length(c.name), dialects.in_code_order(c.name), c.id).limit(limit * 10)).all()
        if not rows:
            return _alike(connection, wanted, typed, limit)
    folded = fold(typed)
    first = sorted(rows, key=lambda r: (fold(r.number) != folded, fold(r.name) != folded, not fold(r.name).startswith(folded)))
    return [Found(*r) for r in first[:limit]]


def _literally(typed: str) -> ColumnElement[int]:
    """0 for those who hold what was typed as it was typed, 1 for those who only sound like it in another script."""
    c = s.customer.c
    return case((and_(*(c.search_text.contains(forms[0], autoescape=True) for forms in search_words(typed))), 0), else_=1)


def _matches(typed: str) -> ColumnElement[bool]:
    c = s.customer.c
    words = and_(*(or_(*(c.search_text.contains(form, autoescape=True) for form in forms)) for forms in search_words(typed)))
    digits = "".join(ch for ch in fold(typed) if ch.isdigit())
    if _PHONE.fullmatch(fold(typed)) or (_PHONE.fullmatch(typed) and len(digits) >= 5):
        # People write 052-123..., 00972 52 123... or +972 52 123...: what follows the prefixes is the same.
        bare = digits[2:] if digits.startswith("00") else digits.lstrip("0")
        return or_(words, c.phone_digits.contains(bare, autoescape=True)) if len(bare) >= 4 else words
    return words


def _alike(connection, wanted, typed: str, limit: int) -> list[Found]:
    folded = fold(typed)
    begins = {word[:2] for word in folded.split() if len(word) > 2}
    if not begins:
        return []
    rows = connection.execute(wanted.where(or_(*(s.customer.c.search_text.contains(b, autoescape=True) for b in sorted(begins))))
                              .order_by(s.customer.c.id).limit(CANDIDATES)).all()
    scored = [(max(fuzz.token_sort_ratio(folded, fold(n)) for n in (r.name, r.name_local) if n), r) for r in rows]
    good = sorted((x for x in scored if x[0] >= ALIKE), key=lambda x: (-x[0], x[1].name, x[1].id))
    return [Found(*r, alike=True) for _, r in good[:limit]]


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


def named(warehouse, scope: Scope, ids: list[int]) -> list[Found]:
    """The customers with these ids that the viewer may see, in the order given."""
    check_personal(scope)
    c, b = s.customer.c, s.branch.c
    with warehouse.engine.connect() as connection:
        rows = connection.execute(select(c.id, c.number, c.name, c.name_local, c.city, b.name).select_from(
            s.customer.outerjoin(s.branch, b.id == c.branch_id)).where(c.id.in_(ids), *visible(scope))).all() if ids else []
    place = {i: n for n, i in enumerate(ids)}
    return sorted((Found(*r) for r in rows), key=lambda f: place[f.id])


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
        row.payment_days, tuple((n, t) for n, t in people), below, interests, dict(tuple(r) for r in further))


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
