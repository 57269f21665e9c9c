"""Why a number changed, as people read it: steps of a waterfall, sentences and tables of a bridge and of what stands out.

The parts shown add up to the change shown, digit by digit: what rounding leaves over goes to the parts that lost most by it.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm_data.errors import N_
from crm_data.output.charts.waterfall import Step
from crm_data.output.tables import Column, Sheet
from crm_data.output.views import View

START, END = "start", "end"
#: Parts under this share of the larger total cannot be seen beside it: the axis is cut.
CUT_BELOW = 0.05
PARTS: dict[str, tuple[str, str]] = {
    "new": (N_("New"), N_("Nothing ever before this period, something now.")),
    "between": (N_("Came in between"), N_("Nothing in the earlier period or before it; the first came in the days between the two periods.")),
    "won_back": (N_("Won back"), N_("Nothing in the earlier period, something now, and something before it.")),
    "lost": (N_("Gone"), N_("Something in the earlier period, nothing now.")),
    "more": (N_("More than before"), N_("Something in both periods, more now.")),
    "less": (N_("Less than before"), N_("Something in both periods, less now.")),
    "without": (N_("Without a customer"), N_("Records that belong to no customer.")),
    "several": (N_("Smaller parts together"), N_("Parts of fewer than five customers each, put together for those who may not see persons.")),
    "volume": (N_("Volume"), N_("More or fewer pieces, at the mean price of the earlier period.")),
    "mix": (N_("Mix"), N_("Other things sold: more of what costs more, or less of it.")),
    "price": (N_("Price"), N_("The same products at other prices, discounts included.")),
    "added": (N_("New products"), N_("Products sold now only.")),
    "dropped": (N_("Dropped products"), N_("Products sold in the earlier period only.")),
    "unpriced": (N_("Without a price"), N_("Returns alone, or no product noted.")),
    "rate": (N_("Rate"), N_("The members themselves changed.")),
    "members": (N_("Mix"), N_("Members with another rate grew or shrank."))}
_BALANCE = {"new": (N_("New"), N_("Nothing on the earlier day, something now.")), "lost": (N_("Gone"), N_("Something on the earlier day, nothing now."))}


def part_text(bridge: Any, name: str, view: View) -> tuple[str, str]:
    """(label, meaning) of a part."""
    if bridge.kind == "rates" and name == "mix":
        name = "members"
    balance = bridge.kind == "customers" and view.catalog.measure(bridge.measure).kind == "balance"
    label, meaning = (_BALANCE if balance and name in _BALANCE else PARTS)[name]
    return view.words.t(label), view.words.t(meaning)


def adding_up(start: Any, parts: Sequence[Any], end: Any, decimals: int) -> tuple[Decimal, list[Decimal], Decimal]:
    """Start, parts and end rounded so that they still add up."""
    unit = Decimal(1).scaleb(-decimals)

    def rounded(value: Any) -> Decimal:
        return Decimal(str(value)).quantize(unit, ROUND_HALF_UP)
    first, last, shown = rounded(start), rounded(end), [rounded(p) for p in parts]
    left = last - first - sum(shown, Decimal(0))
    step = unit.copy_sign(left) if left else Decimal(0)
    worst = sorted(range(len(shown)), key=lambda i: -float((Decimal(str(parts[i])) - shown[i]) * (1 if left > 0 else -1)))
    for i in range(int(abs(left) / unit)):
        shown[worst[i % len(worst)]] += step
    return first, shown, last


def decimals_of(bridge: Any, view: View) -> int:
    """How many decimals a number of this bridge is shown with."""
    unit = view.catalog.measure(bridge.measure).unit
    if unit == "count":
        return 0
    if unit == "share":
        return 3
    largest = max(abs(float(told_of(v, unit, view))) for v in (bridge.start, bridge.end))
    return 0 if largest >= 1000 else 2


def told_of(value: Any, unit: str, view: View) -> Any:
    """A number of the bridge in the unit it is told in, in which the parts must add up."""
    return view.formats.shown(value) if unit == "money" else value


def amount(value: Any, unit: str, view: View, decimals: int, signed: bool = False) -> str:
    """An amount of the bridge (from :func:`told_of`) in full: "+₪38,200", "−0.4 pts"."""
    formats = view.formats
    if unit == "money":
        return formats.told(value, full=True, signed=signed, decimals=decimals)
    if unit == "count":
        return formats.count(value, full=True, signed=signed)
    if unit == "share":
        return formats.signed(value, unit) if signed else formats.share(value)
    if signed:
        return formats.number(value, decimals, signed=True)
    return formats.number(value, decimals) if decimals == 0 else formats.value(value, unit)


def steps(bridge: Any, view: View, before: str, now: str) -> list[Step]:
    """The rows of the waterfall; ``before`` and ``now`` name the two periods."""
    about = view.catalog.measure(bridge.measure)
    decimals = decimals_of(bridge, view)
    start, end, *parts = (told_of(v, about.unit, view) for v in (bridge.start, bridge.end, *(p.amount for p in bridge.parts)))
    first, shown, last = adding_up(start, parts, end, decimals)
    rows = [Step(START, before, float(bridge.start), amount(first, about.unit, view, decimals), total=True, tone="before")]
    for part, value in zip(bridge.parts, shown, strict=True):
        label, meaning = part_text(bridge, part.name, view)
        counted = view.formats.count(part.count) if part.count and bridge.kind != "rates" else ""
        rows.append(Step(part.name, label, float(part.amount), amount(value, about.unit, view, decimals, signed=True), counted, tone=tone(part.amount, about.better), note=meaning))
    return [*rows, Step(END, now, float(bridge.end), amount(last, about.unit, view, decimals), total=True)]


def tone(value: Any, better: str) -> str:
    if not value or better not in ("up", "down"):
        return "none"
    return "good" if (value > 0) == (better == "up") else "bad"


def floor_of(bridge: Any) -> float:
    """Where the axis starts: 0, or near the lowest level when all parts are small beside the totals."""
    level, levels = float(bridge.start), [float(bridge.start), float(bridge.end)]
    for part in bridge.parts:
        level += float(part.amount)
        levels.append(level)
    largest = max(abs(v) for v in levels)
    if min(levels) <= 0 or not bridge.parts or max(abs(float(p.amount)) for p in bridge.parts) >= CUT_BELOW * largest:
        return 0.0
    return max(0.0, min(levels) - 0.6 * ((max(levels) - min(levels)) or 0.01 * largest))


def summary(bridge: Any, view: View) -> str:
    """Both ends and the exact difference in one sentence."""
    words, unit = view.words, view.catalog.measure(bridge.measure).unit
    decimals = 0 if unit == "count" else 3 if unit == "share" else 2
    first, last = (Decimal(str(told_of(v, unit, view))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) for v in (bridge.start, bridge.end))
    values = {"start": amount(first, unit, view, decimals), "end": amount(last, unit, view, decimals)}
    if bridge.start == bridge.end:
        return words.t(N_("{start} in both periods: the parts cancel out exactly"), **values)
    difference = amount(last - first, unit, view, decimals, signed=True)
    return words.n("From {start} to {end}: the only part is {difference} exactly", "From {start} to {end}: the {n} parts add up to {difference} exactly",
                   len(bridge.parts), difference=difference, **values)


def bridge_sheet(bridge: Any, view: View, before: str, now: str) -> tuple[Sheet, tuple[str, ...]]:
    """The bridge as a table, with full numbers, and the keys of its rows."""
    words, about = view.words, view.catalog.measure(bridge.measure)
    counted = {"customers": N_("Customers"), "products": N_("Products"), "rates": ""}[bridge.kind]
    columns = [Column("part", words.t(N_("Part"))), Column("amount", view.head(bridge.measure), about.unit)]
    columns += [Column("count", words.t(counted), "count")] if counted else []
    columns.append(Column("meaning", words.t(N_("Meaning")), wide_only=True))
    rows: list[Mapping[str, Any]] = [{"part": before, "amount": _number(bridge.start)}]
    for part in bridge.parts:
        label, meaning = part_text(bridge, part.name, view)
        rows.append({"part": label, "amount": _number(part.amount), "count": part.count or None, "meaning": meaning})
    rows.append({"part": now, "amount": _number(bridge.end)})
    return Sheet(tuple(columns), tuple(rows)), (START, *(p.name for p in bridge.parts), END)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def customers_sheet(rows: Sequence[Mapping[str, Any]], measure: str, view: View, before: str, now: str, links: bool) -> Sheet:
    """Customers of a part; ``customer`` is an address or a name already."""
    words, unit = view.words, view.catalog.measure(measure).unit
    columns = (Column("customer", words.t(N_("Customer")), "link" if links else "text"), Column("before", before, unit, width=130), Column("now", now, unit, width=130),
               Column("change", words.t(N_("Difference")), unit, width=130))
    return Sheet(columns, tuple({**r, **{n: _number(r[n]) for n in ("before", "now", "change")}} for r in rows))


def products_sheet(products: Sequence[Any], part: str, view: View, before: str, now: str) -> Sheet:
    words = view.words
    columns = (Column("product", words.label(view.catalog.dimension("product"))), Column("before", before, "money"), Column("now", now, "money"),
               Column("units_before", words.t(N_("Units before")), "count", wide_only=True), Column("units_now", words.t(N_("Units now")), "count", wide_only=True),
               Column("effect", words.t(N_("Effect")) + f" {view.formats.symbol}", "money"))
    rows = tuple({"product": words.member("product", p.name), "before": float(p.before), "now": float(p.now), "units_before": float(p.units_before),
                  "units_now": float(p.units_now), "effect": p.part(part)} for p in products)
    return Sheet(columns, rows)


def members_sheet(bridge: Any, view: View) -> Sheet:
    """Members of a ratio's dimension: their rates, weights, and what each adds to rate and mix."""
    words, about = view.words, view.catalog.measure(bridge.measure)
    effect = "points" if about.unit == "share" else "money" if about.unit == "money" else "number"
    columns = (Column("member", words.label(view.catalog.dimension(bridge.dimension))), Column("before", words.t(N_("Before")), about.unit), Column("now", words.t(N_("Now")), about.unit),
               Column("weight_before", words.t(N_("Weight before")), "part", wide_only=True), Column("weight_now", words.t(N_("Weight now")), "part", wide_only=True),
               Column("rate", words.t(N_("By rate")), effect, about.better if effect == "points" else "none"),
               Column("mix", words.t(N_("By mix")), effect, about.better if effect == "points" else "none"))
    rows = tuple({"member": words.member(bridge.dimension, m.label), "before": m.rate_before, "now": m.rate_now, "weight_before": m.weight_before,
                  "weight_now": m.weight_now, "rate": m.rate, "mix": m.mix} for m in bridge.members)
    return Sheet(columns, rows)


def driver_name(dimension: str, member: str | None, view: View) -> str:
    """"Branch: Haifa"."""
    return view.words.t(N_("{dimension}: {member}"), dimension=view.words.label(view.catalog.dimension(dimension)), member=view.words.member(dimension, member))


def driver_sentence(driver: Any, drivers: Any, view: View) -> str:
    """What happened in the member, and how far it is out of line."""
    words, about = view.words, view.catalog.measure(drivers.measure)
    values = {"name": driver_name(driver.dimension, driver.member, view), "before": view.value(drivers.measure, driver.before, full=True),
              "now": view.value(drivers.measure, driver.now, full=True), "excess": view.formats.signed(driver.excess, about.unit)}
    text = words.t(N_("{name}: from {before} to {now}, {excess} out of line with the rest"), **values)
    if driver.also:
        text += words.t(N_(" (the same is seen in {others})"), others=view.words.listed(driver_name(d, m, view) for d, m in driver.also))
    return text


def drivers_sheet(drivers: Any, view: View) -> Sheet:
    """What stands out, ranked: the member, before and now, how far out of line, customers, and how surely."""
    words, about = view.words, view.catalog.measure(drivers.measure)
    columns = (Column("name", words.t(N_("Where"))), Column("before", words.t(N_("Before")), about.unit, wide_only=True), Column("now", words.t(N_("Now")), about.unit, wide_only=True),
               Column("change", words.t(N_("Change")), "points" if about.unit == "share" else "change", about.better),
               Column("excess", words.t(N_("Out of line")), about.unit if about.unit != "share" else "points", about.better if about.unit == "share" else "none"),
               Column("customers", words.t(N_("Customers")), "count", wide_only=True),
               Column("sure", words.t(N_("False alarm")), "text", help=words.t(N_("How often so strong a finding would be chance, among all that are told.")), wide_only=True),
               Column("also", words.t(N_("Also seen in")), wide_only=True))
    rows = tuple({"name": driver_name(d.dimension, d.member, view), "before": d.before, "now": d.now, "change": _change(d, about.unit), "excess": d.excess,
                  "customers": d.customers, "sure": sure(d.q, view), "also": view.words.listed(driver_name(x, m, view) for x, m in d.also)} for d in drivers.found)
    return Sheet(columns, rows)


def _change(driver: Any, unit: str) -> float | None:
    if driver.now is None or driver.before is None:
        return None
    if unit == "share":
        return driver.now - driver.before
    return driver.now / driver.before - 1 if driver.before > 0 else None


def sure(q: float, view: View) -> str:
    """The rate of false alarms in words: "under 0.1%"."""
    if q < 0.001:
        return view.words.t(N_("under {share}"), share=view.formats.share(0.001))
    return view.formats.share(q)


def came_sentence(drivers: Any, view: View) -> str:
    """Members that have something in one of the periods only."""
    if not drivers.came:
        return ""
    unit = view.catalog.measure(drivers.measure).unit
    names = [f"{driver_name(d.dimension, d.member, view)} ({view.formats.signed(d.excess, unit)})" for d in drivers.came]
    return view.words.t(N_("In one of the two periods only: {names}."), names=view.words.listed(names))


def looked_sentence(drivers: Any, view: View) -> str:
    """What was looked through, and that what is told is more than chance; or that nothing is."""
    words, count = view.words, view.formats.count
    people = count(drivers.customers)
    if drivers.one_of > 1:
        people = words.t(N_("{customers} (one in {n})"), customers=people, n=count(drivers.one_of))
    values = {"cells": count(drivers.looked), "dimensions": count(len(drivers.dimensions)), "customers": people}
    if not drivers.enough:
        return words.t(N_("Too few customers to tell anything from chance: a group needs at least ten of them whose number changed."))
    if not drivers.found:
        return words.t(N_("Nothing stands out: in none of the {cells} groups of {dimensions} dimensions is the change out of line with the rest by more than the differences "
                          "between {customers} customers explain."), **values)
    return words.n("{n} of {cells} groups of {dimensions} dimensions is out of line by more than the differences between {customers} customers explain; what says the same is told once.",
                   "{n} of {cells} groups of {dimensions} dimensions are out of line by more than the differences between {customers} customers explain; what says the same is told once.",
                   drivers.significant, **values)
