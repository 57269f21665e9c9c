"""Fifty cuts such as a manager asks for on the Explore page, each asked for the first time: seconds, processor seconds, engine."""
from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.answers import directly, sent
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.values import values_of

#: measures | by | grain | filters ("dimension" or "dimension=N": its Nth member, "!" before: not it) | period | compare | top
CUTS: tuple[str, ...] = (
    "revenue|||||last_year|", "revenue orders average_order|||||previous|", "revenue||month|||last_year|", "revenue|branch|||||",
    "revenue|branch||||last_year|", "revenue|branch|month||||", "revenue gross_margin|product_category||||last_year|",
    "revenue|product|||||10", "revenue|customer|||||20", "revenue|customer||branch|||20", "revenue|customer_type|month|||last_year|",
    "revenue|branch product_category|||||", "revenue|branch_region customer_type||||last_year|", "revenue|owner|||||10",
    "revenue|team||||last_year|", "revenue|age_band||||last_year|", "revenue|city||||last_year|10", "revenue|gender age_band|||||",
    "revenue units discount|product||product_category|year_to_date|last_year|5", "revenue|order_channel|quarter||last_24_months||",
    "revenue|weekday|||last_24_months||", "revenue|hour||branch|||", "revenue||day||last_30_days|previous|",
    "revenue|branch product_category customer_type|||||", "revenue|interest|||||", "orders|branch|month||||",
    "orders orders_per_customer|customer_type||||last_year|", "gross_profit|branch|||this_year|last_year|", "gross_margin|product_category|quarter||last_24_months||",
    "customers|||||last_year|", "customers|age_band|||||", "customers|age_band||||last_year|", "customers|branch|month||||", "customers|city||||last_year|10",
    "customers|customer_type gender|||||", "revenue_per_customer|branch||||last_year|", "mean_age|branch|||||", "new_customers|acquisition_channel|quarter||last_24_months||",
    "worth|branch||||last_year|", "worth|customer|||||20", "worth worth_per_customer|customer_type||||previous|", "cost_to_serve|cost_driver|month||||",
    "cost_to_serve|age_band||!branch||last_year|", "contacts|topic|month||||", "contacts|contact_channel||age_band||last_year|",
    "contacts contact_minutes|owner|||||10", "contacts_per_customer|branch||||last_year|", "complaints resolution_days|complaint_topic||||last_year|",
    "win_rate won_value|owner||||last_year|10", "open_balance overdue_balance|branch|month||||")


@dataclass(frozen=True)
class Asked:
    """A cut asked anew: seconds by the clock and of the processor, seconds of its SQL alone, from the cache; ``statements`` sent."""

    name: str
    clock: float
    processor: float
    engine: float
    cached: float
    statements: int

    @property
    def added(self) -> float:
        """Seconds beyond those of its SQL."""
        return max(self.clock - self.engine, 0.0)


def cut_of(text: str, warehouse) -> Cut:
    """A line of ``CUTS`` as a Cut; members are those of the data."""
    measures, by, grain, filters, period, compare, top = text.split("|")
    return Cut(tuple(measures.split()), tuple(by.split()), Period.named(period or "last_12_months", warehouse.as_of), grain or None,  # type: ignore[arg-type]
               tuple(_filter(f, warehouse) for f in filters.split()), compare or "none", limit=int(top) if top else None)  # type: ignore[arg-type]


def _filter(text: str, warehouse) -> Filter:
    name, _, place = text.lstrip("!").partition("=")
    known = [v.value for v in values_of(name, warehouse, scope=Scope.everything(), limit=20) if v.value is not None]
    return Filter(name, "is_not" if text.startswith("!") else "is", (known[int(place or 0) % len(known)],))


def time_cuts(warehouse, *, repeats: int = 3, cuts: Sequence[str] = CUTS, told: Callable[[str], object] | None = None) -> Iterator[Asked]:
    """Each cut anew ``repeats`` times, the fastest counting (others only ever slow it down); the first has no warm-up of its own."""
    scope = Scope.everything()
    for text in cuts:
        cut = cut_of(text, warehouse)

        def fresh(cut: Cut = cut) -> object:
            ANSWERS.clear()
            return ask(cut, warehouse, scope=scope)
        rounds = [_timed(fresh) for _ in range(repeats)]
        statements = sent(warehouse, fresh)
        engine = min(_timed(lambda found=statements: directly(warehouse, found))[0] for _ in range(max(repeats - 1, 1)))  # type: ignore[misc]
        cached = min(_timed(lambda cut=cut: ask(cut, warehouse, scope=scope))[0] for _ in range(3))  # type: ignore[misc]
        yield Asked(text, min(c for c, _ in rounds), min(p for _, p in rounds), engine, cached, len(statements))
        if told:
            told(text)


def _timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of all this process's threads."""
    clock, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - clock, time.process_time() - processor


def percentile(values: Sequence[float], part: float) -> float:
    """The value that ``part`` of them do not exceed: one of them, none made up."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-round(part * 1000) * len(ordered) // 1000) - 1))]
