"""What a tier is: its name, the rule that leads into it, and the terms it gives. Pure values, kept as JSON."""
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from crm_data.analysis.owned import clean
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, WINDOWS, Filter, each_parts
from crm_data.errors import N_, InputError
from crm_data.model.folding import fold

#: The canonical column ``customer.tier`` holds so many letters.
LONGEST_NAME, LONGEST_PRICE_LIST, LONGEST_OFFER = 40, 100, 100
MOST_TIERS, MOST_CONDITIONS, MOST_OFFERS, MOST_DAYS = 12, 6, 10, 365
OPS = ("at_least", "below", "between")


@dataclass(frozen=True)
class Terms:
    """What a customer in a tier is given. ``discount``: per cent off the price list, ``payment_days``: days to pay; None: not
    said by the tier, so that what was agreed with the customer stays."""

    price_list: str = ""
    discount: Decimal | None = None
    payment_days: int | None = None
    offers: tuple[str, ...] = ()

    def to_text(self) -> str:
        return json.dumps({"price_list": self.price_list, "discount": None if self.discount is None else str(self.discount),
                           "payment_days": self.payment_days, "offers": list(self.offers)}, ensure_ascii=False)

    @staticmethod
    def from_text(text: str | None) -> Terms:
        found = json.loads(text) if text else {}
        discount = found.get("discount")
        return Terms(found.get("price_list") or "", None if discount is None else Decimal(discount), found.get("payment_days"), tuple(found.get("offers") or ()))


@dataclass(frozen=True)
class Tier:
    """``conditions``: all must hold, each a measure of one customer over a window (``each.revenue@12m:at_least:1000``);
    ``()``: whoever no better tier took; None: given by hand only."""

    name: str
    conditions: tuple[Filter, ...] | None = None
    terms: Terms = Terms()

    @property
    def manual(self) -> bool:
        return self.conditions is None

    def rule_text(self) -> str | None:
        """The rule as it is kept."""
        return None if self.conditions is None else json.dumps({"all": [f.to_text() for f in self.conditions]}, ensure_ascii=False)

    @staticmethod
    def from_texts(name: str, rule: str | None, terms: str | None) -> Tier:
        kept = None if rule is None else tuple(Filter.from_text(text) for text in json.loads(rule).get("all", ()))
        return Tier(name, kept, Terms.from_text(terms))

    def to_json(self) -> dict[str, object]:
        """For people who read the audit log and ``mabat tiers list --json``."""
        return {"name": self.name, "rule": "by hand" if self.conditions is None else [f.to_text() for f in self.conditions],
                "price_list": self.terms.price_list, "discount": None if self.terms.discount is None else str(self.terms.discount),
                "payment_days": self.terms.payment_days, "offers": list(self.terms.offers)}


def asked(tiers: Iterable[Tier]) -> tuple[tuple[str, str], ...]:
    """(measure, window) of all conditions, each once."""
    return tuple(dict.fromkeys(each_parts(f.dimension) for tier in tiers for f in tier.conditions or ()))


def condition(measure: str, window: str, op: str, *values: object) -> Filter:
    return Filter(f"{EACH}{measure}@{window}", op, tuple(str(v) for v in values))  # type: ignore[arg-type]


def checked(tiers: Sequence[Tier], catalog: Catalog) -> tuple[Tier, ...]:
    """The tiers as they may be kept, best first. Raises InputError with a sentence for what cannot be."""
    if len(tiers) > MOST_TIERS:
        raise InputError(N_("There are {n} tiers; at most {most} are kept."), n=len(tiers), most=MOST_TIERS)
    kept: list[Tier] = []
    for tier in tiers:
        name = clean(tier.name, LONGEST_NAME)
        if fold(name) in {fold(t.name) for t in kept}:
            raise InputError(N_("There are two tiers “{name}”. Give each a name of its own."), name=name)
        for f in tier.conditions or ():
            check_condition(f, catalog)
        if len(tier.conditions or ()) > MOST_CONDITIONS:
            raise InputError(N_("“{name}” has {n} conditions; at most {most} are kept."), name=name, n=len(tier.conditions or ()), most=MOST_CONDITIONS)
        kept.append(Tier(name, tier.conditions, checked_terms(tier.terms)))
    by_rule = [t for t in kept if not t.manual]
    everybody = next((t for t in by_rule[:-1] if t.conditions == ()), None)
    if everybody is not None:
        raise InputError(N_("“{name}” takes everybody who is left, so no tier after it would get anybody. Put it last, or give it a condition."), name=everybody.name)
    return tuple(kept)


def check_condition(f: Filter, catalog: Catalog) -> None:
    """Refuse what is not a threshold on a measure of each customer over a window of its own."""
    if not f.dimension.startswith(EACH) or "/" in f.dimension or f.op not in OPS:
        raise InputError(N_("“{text}” is not a rule of a tier. Write a measure of each customer over a window, such as each.revenue@12m:at_least:10000."), text=f.to_text()[:80])
    catalog.dimension(f.dimension)
    _, window = each_parts(f.dimension)
    if not window:
        raise InputError(N_("“{text}” has no window. Say over what it is taken: {known}."), text=f.to_text()[:80], known=", ".join(w for w in WINDOWS if w))
    if f.op == "between" and Decimal(f.values[0]) > Decimal(f.values[1]):
        raise InputError(N_("In “{text}” the first number is above the second."), text=f.to_text()[:80])


def checked_terms(terms: Terms) -> Terms:
    if terms.discount is not None and (not terms.discount.is_finite() or not 0 <= terms.discount <= 100 or terms.discount != round(terms.discount, 2)):
        raise InputError(N_("A discount is 0 to 100 per cent with at most two decimals, not {value}."), value=terms.discount)
    if terms.payment_days is not None and not 0 <= terms.payment_days <= MOST_DAYS:
        raise InputError(N_("Payment days are 0 to {most}, not {value}."), value=terms.payment_days, most=MOST_DAYS)
    if len(terms.offers) > MOST_OFFERS:
        raise InputError(N_("A tier has at most {most} offers, not {n}."), n=len(terms.offers), most=MOST_OFFERS)
    return Terms(clean(terms.price_list, LONGEST_PRICE_LIST) if terms.price_list.strip() else "", terms.discount, terms.payment_days,
                 tuple(dict.fromkeys(clean(o, LONGEST_OFFER) for o in terms.offers if o.strip())))


def percent(text: str) -> Decimal | None:
    """A discount as typed: ``7.5`` or ``7.5%``; empty: none. Raises InputError."""
    bare = text.strip().rstrip("%").strip().replace(",", ".")
    if not bare:
        return None
    try:
        if not re.fullmatch(r"\d{1,3}(\.\d+)?", bare, re.ASCII):
            raise InvalidOperation
        return Decimal(bare)
    except InvalidOperation:
        raise InputError(N_("“{text}” is not a discount. Write per cent, such as 7.5."), text=text[:40]) from None
