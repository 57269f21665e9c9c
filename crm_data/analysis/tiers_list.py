"""The list of those who change tier, for a campaign or a check: one row a customer, with its values and what is at stake."""
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import select

from crm_data.analysis.customers import check_personal, visible
from crm_data.analysis.tiers_plan import Board
from crm_data.analysis.tiers_rules import asked
from crm_data.analysis.tiers_trial import Mover, Trial, movers
from crm_data.cuts.access import Scope
from crm_data.model import schema as s

_MANY = 5000


def listed(warehouse, scope: Scope, found: Board, outcome: Trial, *, most: int | None = None, way: str = "", consent: bool = False) -> pd.DataFrame:
    """Those who change, the most revenue first: ``id``, ``number``, ``name``, ``email``, ``phone``, ``branch``, ``from``, ``to``,
    ``way``, a column for each value the rules look at (``revenue@12m``), and ``revenue``, ``worth`` of the 12 months, ``discount``
    (cost of the change in a year) and ``balance`` (shifted by the payment days). Amounts are exact.

    ``consent``: only customers who may be contacted for marketing. Raises AccessDenied for who sees numbers only.
    """
    check_personal(scope)
    rows = movers(found.book, outcome, found.tiers, found.told, None if consent else most, way)
    if consent:
        rows = [m for m in rows if found.book.consent[m.row] == 1][:most]
    return _frame(rows, found, people_of(warehouse, scope, [int(found.book.ids[m.row]) for m in rows]))


def members(warehouse, scope: Scope, found: Board, label: str, *, most: int | None = None, consent: bool = False) -> pd.DataFrame:
    """Customers who are in a tier now, the most revenue first, with the columns of :func:`listed` that are known of them."""
    check_personal(scope)
    own, now = found.book, found.now
    rows = np.flatnonzero(now.code == now.labels.index(label))
    if consent:
        rows = rows[own.consent[rows] == 1]
    rows = rows[np.lexsort((own.ids[rows], -own.money["revenue"].whole[rows].astype(float)))][:most]
    people, pairs = people_of(warehouse, scope, [int(i) for i in own.ids[rows]]), asked(found.tiers)
    records = [(int(own.ids[i]), *people[int(own.ids[i])], label, *(own.value(*pair, i) for pair in pairs), own.money["revenue"].at(i), own.worth(int(i)))
               for i in rows if int(own.ids[i]) in people]
    return pd.DataFrame(records, columns=["id", "number", "name", "email", "phone", "branch", "tier", *(f"{measure}@{span}" for measure, span in pairs), "revenue", "worth"], dtype=object)


def _frame(rows: Sequence[Mover], found: Board, people: dict[int, tuple]) -> pd.DataFrame:
    pairs = asked(found.tiers)
    known = [(m, people.get(int(found.book.ids[m.row]))) for m in rows]
    records = [(int(found.book.ids[m.row]), *person, m.before, m.after, m.way, *(found.book.value(*pair, m.row) for pair in pairs), m.revenue, m.worth, m.discount, m.shifted)
               for m, person in known if person is not None]
    return pd.DataFrame(records, columns=["id", "number", "name", "email", "phone", "branch", "from", "to", "way", *(f"{measure}@{span}" for measure, span in pairs),
                                          "revenue", "worth", "discount", "balance"], dtype=object)


def people_of(warehouse, scope: Scope, ids: Sequence[int]) -> dict[int, tuple]:
    """Number, name, mail, phone and branch of customers the viewer may see."""
    c, b = s.customer.c, s.branch.c
    wanted = select(c.id, c.number, c.name, c.email, c.phone, b.name).select_from(s.customer.outerjoin(s.branch, b.id == c.branch_id)).where(*visible(scope))
    found: dict[int, tuple] = {}
    with warehouse.engine.connect() as connection:
        if len(ids) > _MANY:  # most of the firm: one pass over it costs less than naming each
            wish = set(ids)
            return {r[0]: tuple(r[1:]) for r in connection.execute(wanted) if r[0] in wish}
        for part in np.array_split(np.array(ids, dtype=np.int64), max(1, len(ids) // 500)):
            found |= {r[0]: tuple(r[1:]) for r in connection.execute(wanted.where(c.id.in_([int(i) for i in part])))}
    return found
