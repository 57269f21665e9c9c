"""What a segment can begin with: examples made of this firm's own words, and the filters of the page."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_data.cuts.cut import EACH, Filter
from crm_data.cuts.segments import PREFIX
from crm_data.cuts.values import values_of
from crm_data.errors import N_, MabatError

if TYPE_CHECKING:
    from pages.parts.context import Page


@dataclass(frozen=True)
class Start:
    """An example: a name and its conditions."""

    name: str
    filters: tuple[Filter, ...]


def _each(measure: str, op: str, value: str, window: str) -> Filter:
    return Filter(f"{EACH}{measure}@{window}", op, (value,))  # type: ignore[arg-type]


def starts(page: Page) -> list[Start]:
    """Examples the data can answer."""
    t, rows = page.words.t, page.warehouse.manifest.tables
    orders, complaints = (bool(rows.get(name, {}).get("rows", 0)) for name in ("sales_order", "complaint"))
    found = []
    kind = _kind(page)
    if orders and complaints and kind:
        found.append(Start(t(N_("{type} who bought twice this year and complained"), type=kind),
                           (Filter("customer_type", "is", (kind,)), _each("orders", "at_least", "2", "year"), _each("complaints", "at_least", "1", "year"))))
    if orders:
        found += [Start(t(N_("Regular: 3 orders or more in 12 months")), (_each("orders", "at_least", "3", "12m"),)),
                  Start(t(N_("Quiet for 3 months")), (_each("orders", "at_least", "1", "ever"), _each("orders", "below", "1", "3m"))),
                  Start(t(N_("Top tenth by revenue in 12 months")), (_each("revenue", "top", "10%", "12m"),))]
    return found


def _kind(page: Page) -> str:
    """The customer type of the example: students where there are any, else the most frequent one."""
    try:
        kinds = [v.value for v in values_of("customer_type", page.warehouse, scope=page.scope, limit=50) if v.value is not None]
    except MabatError:
        return ""
    return next((k for k in kinds if k.lower().startswith("student")), kinds[0] if kinds else "")


def present_filters(page: Page) -> tuple[tuple[Filter, ...], list[str]]:
    """The page's filters that can make a segment, and the labels of those that cannot."""
    kept, left = [], []
    for f in page.filters:
        segment = f.dimension.startswith(PREFIX)
        if segment or not (f.dimension.startswith(EACH) or page.catalog.can_cut("_parties", f.dimension)):
            left.append(page.words.label(page.catalog.dimension(f.dimension)))
        else:
            kept.append(f)
    return tuple(kept), left
