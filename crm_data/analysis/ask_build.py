"""Phrases found in a question put together to one Cut: what is measured, by what, of whom, when, against what."""
from __future__ import annotations

from crm_data.analysis.ask_comparing import compared, parted
from crm_data.analysis.ask_conditions import ages, each, ranks
from crm_data.analysis.ask_draft import Draft
from crm_data.analysis.ask_match import Match
from crm_data.analysis.ask_members import choose_dimension, choose_member, dimension_of, split_code
from crm_data.analysis.ask_periods import PERIOD_KINDS, innermost, together, whole_year
from crm_data.cuts.cut import EACH, Cut, Filter
from crm_data.cuts.measures import Measure
from crm_data.cuts.periods import Period, in_calendar, plain_name

_PHONE, _BY_CUSTOMER, _BY_FIRM = Filter("contact_channel", "is", ("phone",)), Filter("initiated_by", "is", ("customer",)), Filter("initiated_by", "is", ("company",))
#: What a verb says of customers: filters on contacts, or a measure each of them must have (or, with "not", must not have).
CONTACTED: dict[str, tuple[Filter, ...]] = {
    "called": (_PHONE,), "we_called": (_PHONE, _BY_FIRM), "contacted": (_BY_CUSTOMER,), "starts": (_BY_CUSTOMER,), "wrote": (Filter("contact_channel", "is", ("email",)),),
    "chatted": (Filter("contact_channel", "is", ("chat",)),), "visited": (Filter("contact_channel", "is", ("visit",)),)}
DID: dict[str, tuple[str, bool]] = {
    "bought": ("orders", True), "not_bought": ("orders", False), "not_contacted": ("contacts", False), "complained": ("complaints", True), "not_complained": ("complaints", False)}
#: What is counted where no measure was said and customers do not tell it: the first that can be cut so.
LEADS = ("revenue", "contacts", "complaints", "leads", "lost_value", "opportunities", "cost_to_serve", "customers")


def build(draft: Draft) -> Cut | None:
    """Read all matches, the plain ones first; None when nothing of a question is in them."""
    if not any(m.kind not in ("stop", "count", "change", "number", "amount", "share") for m in draft.matches):
        draft.unused += draft.of("count", "change", "number", "amount", "share")
        return None
    draft.unused += draft.of("number", "amount", "share")
    for step in (_period, _grain, _measures, _calls, _divisions, each, ages, _members, _unknown, _acts, ranks, _otherwise, _compare):
        step(draft)
    return draft.cut()


def _period(draft: Draft) -> None:
    found = []
    for match in draft.of(*PERIOD_KINDS):
        period = draft.clock.period(match)
        if period is None:
            draft.unused.append(match)
        else:
            found.append((match, period))
    if draft.comparing:
        ends, sure = parted(draft, found) or (found, True)
        if compared(draft, ends):
            return
        found = ends if sure else found
    one = together(found, draft.clock, bool(draft.comparing))
    if one is None:
        return
    draft.period, used, left = one
    for match in used:
        # "the last year" may have meant the calendar year.
        loose = len(used) == 1 and innermost(match).code == "last_12_months" and not any(draft.numeric(p) for p in range(match.start, match.end))
        draft.say(match, "period", draft.period, not loose, [Period.named(in_calendar("last_year", draft.clock.calendar), draft.clock.today)] if loose else [])
    draft.unused += left


def _grain(draft: Draft) -> None:
    for match in draft.of("grain"):
        grain = in_calendar(match.code, _calendar(draft))
        if draft.grain is None:
            draft.grain = grain  # type: ignore[assignment]
            draft.say(match, "grain", grain)
        elif draft.grain != grain:
            draft.unused.append(match)


def _calendar(draft: Draft) -> str:
    """The calendar whose months are meant: that of the period where it is made of its months, else the asker's."""
    period = draft.period
    return period.calendar if period and not period.name and period.whole_months() else draft.clock.calendar


def _measures(draft: Draft) -> None:
    found = draft.of("measure")
    for match in found:
        # "revenue of customers over 50": whose revenue it is, not a second number.
        noun = match.code == "customers" and len({m.code for m in found}) > 1 and not draft.counted(match)
        if not noun:
            draft.measure(match.code)
        draft.say(match, "subject" if noun else "measure", match.code, match.strong == 1, match.codes[1:])


def _calls(draft: Draft) -> None:
    """Calls as things that are counted."""
    for match in draft.of("calls"):
        if not draft.measures:
            draft.measure("contacts")
        if draft.keep(_PHONE, match):
            draft.say(match, "filter", _PHONE)


def _divisions(draft: Draft) -> None:
    members = draft.of("member")
    for match in draft.of("by", "main", "by_topic", "dimension"):
        inner = match.slot("dimension") or match
        if match.kind == "dimension" and any(draft.beside(match, m) and any(dimension_of(c) in match.codes for c in m.codes) for m in members):
            draft.say(match, "subject", match.code)
            continue
        code, others = choose_dimension(draft, inner) if match.kind != "by_topic" else (match.code, [])
        if match.kind == "dimension" and code == "customer":
            # "the age of a customer": whom it is about, as "customers" would say.
            draft.say(match, "subject" if draft.measures else "measure", "customers")
            if not draft.measures:
                draft.measure("customers")
            continue
        draft.divide(code)
        draft.say(match, "by", code, not others, others)


def _members(draft: Draft) -> None:
    for match in draft.of("member"):
        _member(draft, match, match, "is")
    for match in draft.of("not"):
        for _, member in match.slots:
            _member(draft, match, member, "is_not")
    for match in draft.of("versus"):
        one, other = (m for _, m in match.slots)
        shared = [c for c in one.codes if dimension_of(c) in {dimension_of(o) for o in other.codes}]
        if not shared:
            _member(draft, match, one, "is")
            _member(draft, match, other, "is")
            continue
        dimension, value = choose_member(draft, one, shared)[0]
        second = next(split_code(c)[1] for c in other.codes if dimension_of(c) == dimension)
        draft.divide(dimension)
        condition = Filter(dimension, "is", (value, second))
        if draft.keep(condition, match):
            draft.say(match, "filter", condition)


def _member(draft: Draft, match: Match, member: Match, op: str) -> None:
    (dimension, value), sure, others = choose_member(draft, member, member.codes)
    condition = Filter(dimension, op, (value,))  # type: ignore[arg-type]
    if draft.keep(condition, match):
        draft.say(match, "filter", condition, sure, [Filter(d, op, (v,)) for d, v in others])  # type: ignore[arg-type]


def _unknown(draft: Draft) -> None:
    for match in draft.of("unknown"):
        condition = Filter(match.slots[0][1].code, "is_empty")
        if draft.catalog.dimensions.get(condition.dimension) and draft.keep(condition, match):
            draft.say(match, "filter", condition)


def _acts(draft: Draft) -> None:
    for match in draft.of("act"):
        if match.code == "joined":
            draft.measures = [m for m in draft.measures if m != "customers"]
            draft.measure("new_customers")
            draft.say(match, "measure", "new_customers")
        elif match.code in ("sold", "bought") and _things_counted(draft):
            draft.measure("units")
            draft.say(match, "measure", "units")
        elif match.code == "sold":
            if not draft.measures:
                draft.measure("revenue")
            draft.say(match, "measure" if draft.measures == ["revenue"] else "subject", "revenue")
        elif match.code in CONTACTED:
            conditions = CONTACTED[match.code]
            if all([draft.keep(c, match) for c in conditions]):
                if match.code == "starts":
                    draft.measure("contacts_per_customer")
                elif draft.measures in ([], ["customers"]):
                    if not draft.measures:
                        counted = next(iter(draft.of("count")), None)
                        draft.say(counted, "measure", "customers", counted is not None)
                    draft.measures = ["customers", "contacts"]
                draft.say(match, "filters", conditions)
        else:
            _did(draft, match, *DID[match.code])


def _things_counted(draft: Draft) -> bool:
    """"How many Fibre 600 were sold": the number of things, not of customers."""
    counts = draft.of("count")
    return not draft.measures and any(draft.beside(c, m) and draft.catalog.dimension(dimension_of(m.code)).root == "product" and c.end <= m.start
                                      for c in counts for m in draft.of("member"))


def _did(draft: Draft, match: Match, measure: str, did: bool) -> None:
    """Customers who bought, or did not: a condition on each, unless what is measured says it already."""
    if not draft.measures:
        draft.measure("customers")
    facts = {"orders": ("sales", "orders"), "contacts": ("contacts",), "complaints": ("complaints",)}[measure]
    if did and _stands_on(draft, facts):
        draft.say(match, "subject", measure)
        return
    condition = Filter(f"{EACH}{measure}", "at_least" if did else "below", ("1",))
    if draft.keep(condition, match):
        draft.say(match, "filter", condition)
        if did and any(draft.catalog.dimension(d).root == "product" for d in draft.dimensions) and draft.fits(measure):
            draft.measure(measure)


def _stands_on(draft: Draft, facts: tuple[str, ...]) -> bool:
    """Whether every measure is made of rows of these facts only."""
    def fact(part: str) -> str:
        base = draft.catalog.measure(part)
        return base.fact if isinstance(base, Measure) else ""
    return all(fact(p) in facts for m in draft.measures for p in draft.catalog.parts(m))


def _otherwise(draft: Draft) -> None:
    """What is measured when nobody said it: customers for what is known of customers, else the first number that can be cut so."""
    if draft.measures:
        return
    def of_customer(name: str) -> bool:
        return draft.catalog.dimension(name).root == "customer"
    # "students in Haifa" are people; "Haifa by city" is one of all places they are from.
    people = any(of_customer(f.dimension) for f in draft.filters) or bool(draft.by and all(of_customer(d) for d in draft.by) and not draft.filters)
    if draft.of("count") and "order_channel" in draft.dimensions and draft.fits("orders"):
        # "number of phone orders": the orders, which stand in the words of the channel.
        guess = "orders"
    elif draft.of("count") or (people and "customer" not in draft.by and draft.fits("customers") and "topic" not in draft.by):
        guess = "customers"
    else:
        order = dict.fromkeys((*(("contacts",) if {"topic", "contact_channel", "initiated_by", "outcome"} & set(draft.dimensions) else ()), draft.lead, *LEADS))
        guess = next((m for m in order if m in draft.catalog.measures and draft.fits(m)), "customers")
    draft.measure(guess)
    draft.say(None, "measure", guess, False, [m for m in ("revenue", "contacts", "orders", "customers") if m != guess and draft.fits(m)][:3])


def _compare(draft: Draft) -> None:
    for match in draft.of("compare"):
        draft.compare = match.code  # type: ignore[assignment]
        draft.say(match, "compare", match.code)
    for match in draft.of("against"):
        other = draft.clock.period(match.slots[0][1])
        how, name = draft.clock.compared(draft.period, other) if other else None, plain_name(other.name) if other else ""
        if how is None and other is not None and draft.period is None and (name == "last_year" or not whole_year(other)):
            how = "last_year" if name == "last_year" else "previous" if name in ("last_month", "last_quarter", "last_week") else None
            if how == "previous":
                draft.period = Period.named(in_calendar({"last_month": "month_to_date", "last_quarter": "quarter_to_date"}.get(name, "last_7_days"), draft.clock.calendar), draft.clock.today)
        if how is None:
            draft.unused.append(match)
        else:
            draft.compare = how
            draft.say(match, "compare", how)
    for match in draft.of("change"):
        if draft.compare == "none":
            draft.compare = "last_year"
            draft.say(match, "compare", "last_year", False)
