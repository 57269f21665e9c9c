"""What a ranking looks at: a criterion with a weight and a direction, as it stands in an address, and the criteria offered.

Besides the measures of the catalog there are: ``growth`` and ``growth_rate`` (of revenue; ``growth.orders`` of another measure),
``recency`` (days since the last purchase), ``last_contact`` (days since the last contact), ``days_late`` (how late invoices are
paid) and ``member:DIMENSION=...`` (points given to the members of a field of the customer, such as its field of activity).
"""
from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from crm_data.cuts.catalog import Catalog, reaches
from crm_data.cuts.cut import EACH
from crm_data.cuts.facts import FACTS
from crm_data.errors import N_, InputError

GROWTH, GROWTH_RATE, RECENCY, LAST_CONTACT, DAYS_LATE, MEMBER = "growth", "growth_rate", "recency", "last_contact", "days_late", "member:"
SUBJECTS = ("customer", "owner", "branch")
#: Criteria of one ranking at most, and members of a field that may have points.
MOST, MOST_MEMBERS = 8, 12
#: Criteria that say how somebody is, not that there was business: alone they do not make anyone ranked beside others.
_STANDING = frozenset({RECENCY, LAST_CONTACT})
_POINTS = r"[^:,=]+:\d{1,3}(?:\.\d{1,2})?"
_MEMBER = re.compile(rf"(?P<name>member:[^=:,]{{1,80}})=(?P<points>{_POINTS}(?:,{_POINTS})*)(?::(?P<weight>[^:]*))?(?::(?P<way>[^:]*))?", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Criterion:
    """``high``: more is better. ``weight`` is relative; only its proportion to the others counts. ``points`` (0-100) of the members
    of a ``member:DIMENSION``, whose ``name`` says the dimension; members without points have 0."""

    name: str
    weight: float = 1.0
    high: bool = True
    points: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and 0 < self.weight <= 1000):
            raise InputError(N_("The weight of {name} must be above 0 and at most 1000, not {weight}."), name=self.name[:60], weight=self.weight)
        if bool(self.points) != self.name.startswith(MEMBER) or len(self.points) > MOST_MEMBERS:
            raise InputError(N_("Points are given to 1 to {most} members of a field, as in member:industry=Health:100,Legal:50."), most=MOST_MEMBERS)
        if any(not 0 <= n <= 100 for _, n in self.points):
            raise InputError(N_("Points are from 0 to 100."))

    @property
    def measure(self) -> str:
        """The measure it is made of; "" where it is of its own."""
        if self.grows:
            return self.name.partition(".")[2] or "revenue"
        return "" if self.name in (RECENCY, LAST_CONTACT, DAYS_LATE) or self.points else self.name

    @property
    def grows(self) -> bool:
        return self.name.partition(".")[0] in (GROWTH, GROWTH_RATE)

    @property
    def dimension(self) -> str:
        """The field whose members have points."""
        return self.name.removeprefix(MEMBER) if self.points else ""

    @property
    def standing(self) -> bool:
        return self.name in _STANDING or bool(self.points)

    def to_text(self) -> str:
        """``revenue:2:high``, ``member:industry=Health:100,Legal:50:1:high``."""
        name = f"{self.name}={','.join(f'{quote(m, safe=_PLAIN)}:{n:g}' for m, n in self.points)}" if self.points else self.name
        return f"{name}:{self.weight:g}:{'high' if self.high else 'low'}"

    @staticmethod
    def from_text(text: str, catalog: Catalog) -> Criterion:
        """Read :meth:`to_text`; weight and direction may be left out. Raises InputError or UnknownName with a sentence."""
        text, points = text[:4000], ()
        if text.startswith(MEMBER):
            found = _MEMBER.fullmatch(text)
            if not found:
                raise InputError(N_("Points are given to 1 to {most} members of a field, as in member:industry=Health:100,Legal:50."), most=MOST_MEMBERS)
            name, weight, way = found["name"], found["weight"] or "", found["way"] or ""
            points = tuple((unquote(m), float(n)) for m, _, n in (one.rpartition(":") for one in found["points"].split(",")))
        else:
            name, _, rest = text.partition(":")
            weight, _, way = rest.partition(":")
        try:
            number = float(weight or 1)
        except ValueError:
            raise InputError(N_("The weight of {name} must be above 0 and at most 1000, not {weight}."), name=name[:60], weight=weight[:20]) from None
        if way not in ("", "high", "low"):
            raise InputError(N_("The direction of a criterion is “high” or “low”, not “{text}”."), text=way[:20])
        made = Criterion(name, number, way == "high" if way else True, points)
        check(made, catalog)
        return made if way else Criterion(name, number, better_high(name, catalog), points)


#: Signs that stand as they are in a member's name; all others are escaped, so that ":" and "," tell the parts.
_PLAIN = " &/()'.-_" + "".join(map(chr, range(0xA1, 0x700)))


def check(c: Criterion, catalog: Catalog) -> None:
    """Raise a sentence for a criterion the catalog does not know."""
    if c.points:
        if catalog.dimension(c.dimension).name not in fields(catalog):
            raise InputError(N_("“{dimension}” is not a field of the customer whose members could be given points."), dimension=c.dimension[:60])
    elif c.measure:
        catalog.measure(c.measure)


def needed(name: str, catalog: Catalog) -> str:
    """The measure whose records a criterion of its own is made of."""
    return {DAYS_LATE: "invoiced", LAST_CONTACT: "contacts"}.get(name, "orders" if catalog.has_orders else "won")


def better_high(name: str, catalog: Catalog) -> bool:
    """Whether more of a criterion is better, as the catalog says."""
    c = Criterion(name, 1.0, True, (("", 0.0),) if name.startswith(MEMBER) else ())
    return name not in (RECENCY, LAST_CONTACT, DAYS_LATE) and (not c.measure or catalog.measure(c.measure).better != "down")


def unit_of(name: str, catalog: Catalog) -> str:
    """The unit its values are shown in."""
    if name == DAYS_LATE:
        return "days"
    if name in (RECENCY, LAST_CONTACT) or name.startswith(MEMBER):
        return "count"  # days and points without fractions
    head, _, rest = name.partition(".")
    return "share" if head == GROWTH_RATE else catalog.measure((rest or "revenue") if head == GROWTH else name).unit


def adds_up(name: str, catalog: Catalog, subject: str) -> bool:
    """Whether its values of all who are ranked add up to a total."""
    head, _, rest = name.partition(".")
    if name in (RECENCY, LAST_CONTACT, DAYS_LATE) or name.startswith(MEMBER) or head == GROWTH_RATE:
        return False
    return catalog.adds_up((rest or "revenue") if head == GROWTH else name, (subject,))


def fields(catalog: Catalog) -> list[str]:
    """Fields of the customer whose members may have points: what each customer has one of."""
    return [name for name, d in catalog.dimensions.items() if name != "customer" and not name.startswith(EACH) and not d.multi and not d.derived and not d.personal and d.kind != "number"
            and (d.root == "customer" or name in ("branch", "owner")) and reaches(FACTS["parties"], d)]


def offered(catalog: Catalog, able: Iterable[str], subject: str) -> list[str]:
    """All criteria in the order people look for them; ``able``: the measures the data can answer by the subject."""
    first = ("revenue", "worth", "orders", "won_value", "growth", "growth_rate", "gross_margin", RECENCY, DAYS_LATE, "overdue_balance", "complaints", "csat", "contacts_by_customer", LAST_CONTACT)
    known = [m for m in able if m in catalog.measures]
    own = [n for n in (GROWTH, GROWTH_RATE) if "revenue" in known] + [n for n in (RECENCY, DAYS_LATE, LAST_CONTACT) if needed(n, catalog) in known]
    rest = [m for m in known if m not in first and m != "customers_total" and "per_customer" not in m and m not in ("customers", "new_customers", "mean_age")]
    return [*(n for n in first if n in known or n in own), *rest]
