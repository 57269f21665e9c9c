"""Ways on from something chosen: finer buckets, the next dimension, or nothing else but it. Pure: cuts in, cuts out."""
from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, Cut, Filter
from crm_data.cuts.periods import Grain, Period, calendar_of, in_calendar, next_bucket, plain_name
from crm_data.cuts.segments import PREFIX
from crm_data.output.figure_marks import mark_filters, mark_key
from crm_data.output.views import KNOWN, UNKNOWN
from pages.parts.explore_state import BUCKET, bounded, fits

#: A bucket opens into these; the first is the usual step.
FINER: dict[str, tuple[Grain, ...]] = {"year": ("quarter", "month"), "quarter": ("month", "week"), "month": ("week", "day"), "week": ("day",), "day": ()}
#: A member opens into these; what the measure does not know or is filtered already is passed over.
DEEPER: dict[str, tuple[str, ...]] = {
    "branch_region": ("branch",), "branch": ("owner",), "team": ("owner",), "owner": ("customer",), "product_category": ("product",), "product": ("customer",),
    "country": ("region",), "region": ("city",), "city": ("customer",), "customer_type": ("customer",), "campaign": ("customer",), "complaint_topic": ("severity",),
    "industry": ("customer",), "age_band": ("gender",), "gender": ("age_band",), "contact_channel": ("topic",), "topic": ("outcome",), "stage": ("owner",)}
#: Dimensions whose members depend on the days asked.
BY_DAYS = frozenset({"age", "age_band", "life_stage", "buying_habit", "purchase_volume"})
#: Asked of anything once its own way is taken.
USUAL = ("branch", "customer_type", "owner", "product_category", "topic", "customer", "city")
MOST_STEPS = 3


@dataclass(frozen=True)
class Step:
    """One way on: ``to`` is a grain (``time``) or a dimension, ``cut`` the question it leads to."""

    to: str
    time: bool
    cut: Cut


def bucket_of(at: Sequence[Filter]) -> date | None:
    """First day of the bucket chosen."""
    return next((date.fromisoformat(f.values[0]) for f in at if f.dimension == BUCKET), None)


def members_of(at: Sequence[Filter]) -> tuple[Filter, ...]:
    """What is chosen, without the bucket."""
    return tuple(f for f in at if f.dimension != BUCKET)


def period_of(cut: Cut, at: Sequence[Filter]) -> Period | None:
    """The days chosen: the bucket as far as it lies in the cut's period; without a bucket the whole period."""
    start = bucket_of(at)
    if start is None or cut.grain is None:
        return cut.period
    last = next_bucket(start, cut.grain) - timedelta(days=1)
    if cut.period is not None:
        start, last = max(start, cut.period.first), min(last, cut.period.last)
    return Period(start, last, calendar=calendar_of(cut.grain).name) if start <= last else cut.period


def only(cut: Cut, at: Sequence[Filter]) -> Cut:
    """The cut of what is chosen and nothing else: members become filters, a bucket becomes the period."""
    chosen = members_of(at)
    taken = {f.dimension for f in chosen}
    narrowed = replace(cut, filters=(*(f for f in cut.filters if f.dimension not in taken), *chosen))
    days = period_of(cut, at)
    if bucket_of(at) is None or days is None:
        return narrowed
    narrowed = narrowed.in_days(days)
    # Ages and conditions on customers stay those of the whole period; elsewhere the link need not say so.
    return narrowed if by_days(narrowed) else replace(narrowed, over=cut.over)


def by_days(cut: Cut) -> bool:
    """Whether who belongs where depends on the days of the cut: ages, classes and segments of customers, conditions on them."""
    used = {*cut.by, *(f.dimension for f in cut.filters)}
    return bool(used & BY_DAYS) or any(d.startswith((EACH, PREFIX)) for d in used)


def one_number(cut: Cut, at: Sequence[Filter], measure: str) -> Cut:
    """The question whose answer is the number chosen; its dimensions stay named, as they say which facts it is of."""
    return replace(only(cut, at), measures=(measure,), grain=None, order_by="", limit=None, descending=True)


def clicked(mark: str) -> tuple[Filter, ...]:
    """What a clicked mark chooses; nothing for a mark of the whole, and for what a top N left out."""
    members, start = mark_filters(mark)
    return (*members, Filter(BUCKET, "is", (start.isoformat(),))) if start else members


def marks(at: Sequence[Filter]) -> tuple[str, ...]:
    """Keys of the mark chosen, for figures and tables to light it."""
    found = {f.dimension: KNOWN + f.values[0] if f.values else UNKNOWN for f in members_of(at)}
    start = bucket_of(at)
    return (mark_key(found | ({BUCKET: start.isoformat()} if start else {})),) if found or start else ()


def toggled(at: Sequence[Filter], clicked: Sequence[Filter]) -> tuple[Filter, ...]:
    """What is chosen after a click: the mark clicked, or nothing when it was chosen already."""
    return () if set(at) == set(clicked) else tuple(clicked)


def steps(cut: Cut, at: Sequence[Filter], catalog: Catalog, *, personal: bool = True, told: Collection[str] | None = None, most: int = MOST_STEPS) -> tuple[Step, ...]:
    """Ways on from what is chosen, the usual one first. ``told``: dimensions the data tells apart (None: all of them)."""
    narrowed = only(cut, at)
    rest = tuple(d for d in cut.by if d not in {f.dimension for f in members_of(at)})
    found: list[Step] = []
    if bucket_of(at) is not None and cut.grain:
        found += [Step(g, True, _cut(narrowed, rest, g)) for g in finer(cut.grain)[:1]]
    elif cut.grain is None:
        found.append(Step("month", True, _cut(narrowed, rest, _grain(narrowed.period))))
    used = {*rest, *(f.dimension for f in narrowed.filters)}
    own = [d for f in members_of(at) for d in _below(f.dimension)]
    for name in dict.fromkeys((*own, *USUAL)):
        if len(found) == most:
            break
        if name in used or name not in catalog.dimensions or (told is not None and name not in told and name != "customer"):
            continue
        if (catalog.dimension(name).personal and not personal) or not fits(catalog, cut.measures, (name, *used)):
            continue
        found.append(Step(name, False, _cut(narrowed, (name, *rest)[:2], None if bucket_of(at) else cut.grain)))
    return tuple(replace(s, to=s.cut.grain or s.to) if s.time else s for s in found)


def _below(dimension: str) -> tuple[str, ...]:
    """The dimensions under one, nearest first."""
    found: list[str] = []
    waiting = list(DEEPER.get(dimension, ()))
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += DEEPER.get(name, ())
    return tuple(found)


def _grain(period: Period | None) -> Grain:
    days = period.days if period else 1000
    grain = "day" if days <= 31 else "week" if days <= 92 else "month" if days <= 1100 else "year"
    return in_calendar(grain, period.calendar if period else "gregorian")  # type: ignore[return-value]


def finer(grain: Grain) -> tuple[Grain, ...]:
    """The grains below one, in its calendar."""
    return tuple(in_calendar(g, calendar_of(grain).name) for g in FINER[plain_name(grain)])  # type: ignore[misc]


def _cut(narrowed: Cut, by: tuple[str, ...], grain: Grain | None) -> Cut:
    order = narrowed.order_by if narrowed.order_by in (*narrowed.measures, *by) else ""
    return bounded(replace(narrowed, by=by, grain=grain, order_by=order, limit=narrowed.limit if by[:1] == narrowed.by[:1] else None))
