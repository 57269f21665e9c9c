"""Conditions on customers said in words: more than 3 orders, over 50 years old, the top 10 % by worth, the best customers."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from crm_data.analysis.ask_amounts import in_rials
from crm_data.analysis.ask_draft import Draft
from crm_data.analysis.ask_match import Match
from crm_data.analysis.ask_members import choose_dimension, dimension_of
from crm_data.cuts.cut import EACH, Filter
from crm_data.errors import MabatError

#: What "best" means when nothing more is said, and how many are the best.
BEST_PART, BEST_COUNT = "10%", 10
#: What says which kind of customer is the best: what one of them brings; the biggest kind brings most together.
PER_CUSTOMER = {"worth": ("worth_per_customer",)}
_LIMITS = {"each_least": "least", "times_least": "least", "each_above": "above", "times_above": "above", "each_below": "below", "each_most": "most",
           "each_between": "between", "each_exactly": "exactly", "each_some": "some", "each_none": "none", "twice": "twice", "once": "once"}
#: Units counted in whole numbers: more than 3 is 4 or more.
_WHOLE = ("count",)


def each(draft: Draft) -> None:
    """Conditions on a measure of each customer. There is no "at most" for amounts: it is said as below."""
    for match in draft.of(*_LIMITS):
        inner = match.slot("measure")
        code = inner.code if inner else match.code
        if inner and inner.start == match.start and _of_itself(draft, inner):
            draft.measure(code)
            draft.say(inner, "measure", code)
            draft.unused.append(replace(match, start=inner.end))
            continue
        condition = _condition(draft, code, _LIMITS[match.kind], [m for n, m in match.slots if n == "n"])
        if condition is None:
            draft.unused.append(match)
            continue
        if draft.keep(condition, match):
            twice = [Filter(condition.dimension, "between", ("2", "2"))] if match.kind == "twice" else []
            draft.say(match, "filter", condition, not twice, twice)
            if not draft.measures:
                draft.measure("customers")


def _of_itself(draft: Draft, noun: Match) -> bool:
    """Whether "orders over 1000" is said of the orders: what is counted, where no customers are spoken of, has no size that could be asked for."""
    def of_people(match: Match) -> bool:
        dimension = match.code if match.kind == "dimension" else dimension_of(match.code)
        return match.code == "customers" or (match.kind != "measure" and draft.catalog.dimension(dimension).root == "customer")
    return draft.catalog.measure(noun.code).unit in _WHOLE and not any(map(of_people, draft.of("measure", "dimension", "member")))


def _condition(draft: Draft, code: str, limit: str, numbers: list[Match]) -> Filter | None:
    name = f"{EACH}{code}"
    whole = draft.catalog.measure(code).unit in _WHOLE
    if limit in ("some", "none") and not whole:
        return None
    step = Decimal(1) if whole else Decimal(0)
    money = draft.catalog.measure(code).unit == "money"
    if not money and any(m.kind == "amount" for m in numbers):
        return None
    # An amount is said in the asker's unit unless it names its own, and kept as the data has it.
    limits = in_rials([m.codes for m in numbers], draft.times if money else 1)
    try:
        draft.catalog.dimension(name)
        if limit in ("some", "none", "twice", "once"):
            return {"some": Filter(name, "at_least", ("1",)), "none": Filter(name, "below", ("1",)), "twice": Filter(name, "at_least", ("2",)),
                    "once": Filter(name, "between", ("1", "1"))}[limit]
        low = limits[0]
        if limit in ("between", "exactly"):
            ends = sorted((low, limits[-1]))
            return Filter(name, "between", (_text(ends[0]), _text(ends[1])))
        if limit in ("below", "most"):
            return Filter(name, "below", (_text(low + (step if limit == "most" else 0)),))
        return Filter(name, "at_least", (_text(low + (step if limit == "above" else 0)),))
    except MabatError:
        return None


def _text(number: Decimal) -> str:
    return format(number, "f")


def ages(draft: Draft) -> None:
    for match in draft.of("age_least", "age_below", "age_between", "age_over", "age_under"):
        numbers = sorted(int(Decimal(m.code)) for n, m in match.slots if n == "n")
        if "age" not in draft.catalog.dimensions or not all(0 <= n <= 120 for n in numbers):
            draft.unused.append(match)
            continue
        op = {"age_least": "at_least", "age_over": "at_least", "age_between": "between"}.get(match.kind, "below")
        condition = Filter("age", op, tuple(str(n) for n in numbers))  # type: ignore[arg-type]
        if draft.keep(condition, match):
            # A bare "over 50" is about age most of the time.
            draft.say(match, "filter", condition, match.kind not in ("age_over", "age_under"))


def ranks(draft: Draft) -> None:
    """The top and bottom so many, the best, the highest."""
    for match in draft.of("top", "bottom"):
        _top(draft, match, match.kind == "top")
    for match in draft.of("best", "worst"):
        _best(draft, match, match.kind == "best")
    for match in draft.of("desc", "asc"):
        code = match.slots[0][1].code
        draft.measure(code, first=True)
        draft.order_by, draft.descending = code, match.kind == "desc"
        draft.say(match, "order", (code, match.kind == "desc"))


def _top(draft: Draft, match: Match, top: bool) -> None:
    part, count, measure, of = match.slot("percent"), match.slot("n"), match.slot("measure"), match.slot("dimension")
    dimension = choose_dimension(draft, of)[0] if of else "customer"
    code = measure.code if measure else ""
    number = (part or count).code  # type: ignore[union-attr]
    if part or (dimension == "customer" and code and [m for m in draft.measures if m not in (code, "customers")]):
        if dimension == "customer" and _ranked(draft, match, code or "worth", f"{number}%" if part else number, top, bool(code)):
            return
        draft.unused.append(match)
        return
    if not number.isdigit() or not 1 <= int(number) <= 10_000:
        draft.unused.append(match)
        return
    if of or not draft.by:
        draft.by = [dimension, *(d for d in draft.by if d != dimension)]
    if code:
        draft.measure(code, first=True)
    elif draft.measures in ([], ["customers"]) and draft.by[0] == "customer":
        draft.measures = ["worth"]
        draft.say(None, "measure", "worth", False, ["revenue", "orders"])
    if code and draft.measures == [code, "customers"]:
        draft.measures = [code]
    draft.limit, draft.order_by, draft.descending = int(number), code, top
    draft.say(match, "limit", (draft.limit, draft.by[0], code, top))


def _ranked(draft: Draft, match: Match, code: str, value: str, top: bool, sure: bool) -> bool:
    """A filter on the first or last customers by a measure; where ages are asked, the first of the people, whom firms would crowd out."""
    within = "/party" if "mean_age" in draft.measures else ""
    try:
        condition = Filter(f"{EACH}{code}{within}", "top" if top else "bottom", (value,))
        draft.catalog.dimension(condition.dimension)
    except MabatError:
        return False
    if not draft.keep(condition, match):
        return True
    if not draft.measures:
        draft.measures = ["customers", code]
    others = [] if sure else [Filter(f"{EACH}{m}{within}", condition.op, (value,)) for m in ("revenue", "gross_profit", "worth") if m != code]
    draft.say(match, "filter", condition, sure, others)
    return True


def _best(draft: Draft, match: Match, best: bool) -> None:
    dimension, code = choose_dimension(draft, match.slots[0][1])[0], match.code
    # "the 20% most profitable customers": the part stands beside the words, not among them.
    part = next((m for m in draft.of("share") if draft.beside(m, match)), None) if dimension == "customer" else None
    if dimension == "customer" and (part or [m for m in draft.measures if m != "customers"]):
        draft.unused = [m for m in draft.unused if m is not part]
        _ranked(draft, match, code, f"{part.code}%" if part else BEST_PART, best, bool(part))
        return
    if dimension not in draft.catalog.dimensions:
        draft.unused.append(match)
        return
    draft.by = [dimension, *(d for d in draft.by if d != dimension)]
    if draft.measures in ([], ["customers"]):
        kind = draft.catalog.dimension(dimension).root == "customer" and dimension != "customer"
        draft.measures = [*(PER_CUSTOMER.get(code, ()) if kind else ()), code]
    draft.descending = best
    if dimension == "customer":
        draft.limit = BEST_COUNT
        draft.say(match, "limit", (BEST_COUNT, "customer", draft.measures[0], best), False)
    else:
        draft.say(match, "by", dimension)
