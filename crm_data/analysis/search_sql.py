"""Finding customers by SQL alone: while the index of a snapshot is being made, and where there are too many customers for one."""
from __future__ import annotations

import re

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from crm_data.analysis.found import Found, visible
from crm_data.cuts.access import Scope
from crm_data.model import dialects
from crm_data.model import schema as s
from crm_data.model.folding import fold, search_words
from crm_data.model.identity import masked, plain_number, sought

_PHONE = re.compile(r"[\d+()\-\s./]{5,}")
#: How many customers are compared letter by letter when nothing contains what was typed.
CANDIDATES = 4000
ALIKE = 72.0


def find_by_sql(warehouse, scope: Scope, typed: str, limit: int) -> list[Found]:
    """Those whose search text holds every word typed (or its skeleton); when there are none, names that are alike."""
    c, b = s.customer.c, s.branch.c
    wanted = select(c.id, c.number, c.name, c.name_local, c.city, b.name.label("branch")).select_from(
        s.customer.outerjoin(s.branch, b.id == c.branch_id)).where(*visible(scope))
    with warehouse.engine.connect() as connection:
        key = sought(typed)
        own = connection.execute(wanted.where(func.ltrim(c.identity_number, "0") == key).order_by(c.id).limit(limit)).all() if key else []
        rows = connection.execute(wanted.where(_matches(typed)).order_by(_literally(typed), func.length(c.name), dialects.in_code_order(c.name), c.id).limit(limit * 10)).all()
        if not rows and not own:
            return _alike(connection, wanted, typed, limit)
    folded = fold(typed)
    first = sorted(rows, key=lambda r: (fold(r.number) != folded, fold(r.name) != folded, not fold(r.name).startswith(folded)))
    theirs = {r.id for r in own}
    return [*(Found(*r, by="identity", what=masked(plain_number(typed))) for r in own), *(Found(*r) for r in first if r.id not in theirs)][:limit]


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
