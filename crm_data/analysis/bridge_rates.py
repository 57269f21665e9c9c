"""The change of a ratio by mix and rate over the members of a dimension (Kitagawa).

With weight w (the member's part of what stands under the line) and rate r, before and now, and R the mean of the whole's two rates:

- ``rate`` = sum of (r now - r before) x (w now + w before) / 2: the members themselves changed;
- ``mix`` = sum of (w now - w before) x ((r now + r before) / 2 - R): members with another rate grew or shrank.

Both sum to the change of the ratio. A member with nothing under the line in one period keeps the rate of the other: it came or
went, which is mix. What stands above the line with nothing under it moves the rate by itself.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from crm_data.analysis import bridge_rows
from crm_data.analysis.bridge import Bridge, Part, ends, plain
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.catalog import Catalog, catalog_for
from crm_data.cuts.compile import compile_cut
from crm_data.cuts.cut import Cut
from crm_data.cuts.measures import Distinct
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.cuts.rows import used_dimensions
from crm_data.cuts.segments import definitions
from crm_data.errors import N_, InputError, MabatError

#: Dimensions tried, in this order, when none is chosen; the first few that fall apart are compared.
PREFERRED = ("customer_type", "branch", "product_category", "order_channel", "region", "age_band", "gender", "acquisition_channel", "owner", "contact_channel",
             "topic", "complaint_topic", "severity", "lead_source", "campaign", "industry", "city", "party", "team", "branch_region", "initiated_by", "stage", "product")
TRIED, MOST_MEMBERS = 5, 200


@dataclass(frozen=True)
class Member:
    """A member of the dimension: rate before and now (None: nothing under the line), its weights, what it adds to mix and rate."""

    label: str | None
    key: object
    rate_before: float | None
    rate_now: float | None
    weight_before: float
    weight_now: float
    mix: float
    rate: float


@dataclass(frozen=True)
class RateBridge(Bridge):
    """``dimension`` chosen, its ``members`` (largest effect first) and the other dimensions one may choose."""

    dimension: str = ""
    members: tuple[Member, ...] = ()
    choices: tuple[str, ...] = ()


def choices(measure: str, cut: Cut, catalog: Catalog) -> tuple[str, ...]:
    """Dimensions a ratio can be taken apart by: its parts can be cut by them and add up to their totals."""
    ratio = bridge_rows.ratio_of(measure, catalog)
    if ratio is None:
        return ()
    chosen = {f.dimension for f in cut.filters if f.op in ("is", "is_empty") and len(f.values) < 2}
    parts = [p for p, _ in (*ratio.over, *ratio.under)]
    able = [d for d in (*PREFERRED, *(n for n in catalog.dimensions if n not in PREFERRED))
            if d in catalog.dimensions and d not in chosen and _fits(d, measure, parts, cut, catalog)]
    return tuple(able)


def _fits(name: str, measure: str, parts: Iterable[str], cut: Cut, catalog: Catalog) -> bool:
    d = catalog.dimension(name)
    if d.multi or d.personal or bridge_rows.told_afterwards(name):
        return False
    try:
        catalog.check(measure, (name, *used_dimensions(plain(measure, cut))))
    except MabatError:
        return False
    # Distinct customers add up only over what each customer has once.
    distinct = any(isinstance(catalog.measure(p), Distinct) for p in parts)
    return d.root == "customer" if distinct else all(catalog.adds_up(p, (name,)) for p in parts)


def mix_and_rate(measure: str, cut: Cut, warehouse, *, scope: Scope, dimension: str = "") -> RateBridge:
    """The change of a ratio by mix and rate over ``dimension``; without one, over that of the usual ones whose mix explains most."""
    key = ("bridge_rates", warehouse.key, scope.key, measure, plain(measure, cut), dimension, definitions((f.dimension for f in cut.filters), warehouse))
    return ANSWERS.get(key, lambda: _bridge(measure, cut, warehouse, scope, dimension))


def _bridge(measure: str, cut: Cut, warehouse, scope: Scope, dimension: str) -> RateBridge:
    catalog = catalog_for(warehouse)
    if bridge_rows.ratio_of(measure, catalog) is None:
        raise InputError(N_("“{measure}” is not a ratio, so it has no mix and rate."), measure=measure)
    able = choices(measure, cut, catalog)
    if dimension and dimension not in able:
        raise InputError(N_("“{measure}” cannot be taken apart by “{dimension}”: its parts do not add up there."), measure=measure, dimension=dimension)
    answer = ends(measure, cut, warehouse, scope)
    best: RateBridge | None = None
    tried = 0
    for name in (dimension,) if dimension else able:
        found = _over(measure, cut, name, answer, warehouse, scope, catalog)
        if found is None or (not dimension and not 2 <= len(found.members) <= MOST_MEMBERS):
            continue
        tried += 1
        if best is None or abs(found.part("mix").amount) > abs(best.part("mix").amount):
            best = found
        if tried >= TRIED:
            break
    if best is None:
        raise InputError(N_("“{measure}” cannot be taken apart here: nothing divides it into parts that add up."), measure=measure)
    return replace(best, choices=able)


def _over(measure: str, cut: Cut, dimension: str, answer, warehouse, scope: Scope, catalog: Catalog) -> RateBridge | None:
    """The bridge over one dimension; None where its parts do not sum to the ratio, or a member rests on too few customers to be told."""
    if not scope.personal and ask(replace(plain(measure, cut), by=(dimension,)), warehouse, scope=scope).hidden:
        return None
    ratio = bridge_rows.ratio_of(measure, catalog)
    assert ratio is not None
    parts = tuple(dict.fromkeys(p for p, _ in (*ratio.over, *ratio.under)))
    key = f"{dimension}_id" if catalog.dimension(dimension).keyed else dimension

    def cells(connection, period: Period) -> dict[object, tuple[object, Fraction, Fraction]]:
        # Not by ``ask``: what stands above and under the line are hidden sums, which it takes for counts.
        by = replace(plain(measure, cut), measures=parts, by=(dimension,), period=period, compare="none")
        found = {}
        for row in connection.execute(compile_cut(by, scope=scope, catalog=catalog)).mappings():
            over, under = (sum((Fraction(row[p] or 0) * sign for p, sign in side), Fraction(0)) for side in (ratio.over, ratio.under))
            found[row[key]] = (row[dimension], over * ratio.times, under)
        return found
    with warehouse.engine.connect() as connection:
        members, start, end = kitagawa(cells(connection, answer.period), cells(connection, answer.period_before))
    told = [float(answer.totals_before[measure]), float(answer.totals[measure])]
    if start is None or end is None or any(abs(a - b) > 1e-9 * max(1.0, abs(b)) for a, b in zip((start, end), told, strict=True)):
        return None
    amounts = {"mix": sum(m.mix for m in members), "rate": 0.0}
    amounts["rate"] = (told[1] - told[0]) - amounts["mix"]
    made = tuple(Part(name, amounts[name], len(members), told[0], told[1]) for name in ("rate", "mix"))
    return RateBridge(measure, plain(measure, cut), "rates", answer.period, answer.period_before, told[0], told[1], made, dimension=dimension, members=members)


def kitagawa(now: dict, before: dict) -> tuple[tuple[Member, ...], float | None, float | None]:
    """Members with their effects, and both ratios, from key -> (label, over, under) in each period."""
    under_now, under_before = (sum((u for _, _, u in cells.values()), Fraction(0)) for cells in (now, before))
    if not under_now or not under_before:
        return (), None, None
    end, start = (sum((o for _, o, _ in cells.values()), Fraction(0)) / under for cells, under in ((now, under_now), (before, under_before)))
    middle, members, nothing = (start + end) / 2, [], (None, Fraction(0), Fraction(0))
    for key in dict.fromkeys((*now, *before)):
        (label, over1, n1), (old, over0, n0) = now.get(key, nothing), before.get(key, nothing)
        # What stands above the line with nothing under it (costs of those who are no customers) moves the rate by itself.
        bare = (over1 / under_now if not n1 else Fraction(0)) - (over0 / under_before if not n0 else Fraction(0))
        if not n1 and not n0 and not bare:
            continue
        rate1 = over1 / n1 if n1 else over0 / n0 if n0 else Fraction(0)
        rate0 = over0 / n0 if n0 else rate1
        w1, w0 = n1 / under_now, n0 / under_before
        members.append(Member(label if label is not None else old, key, float(rate0) if n0 else None, float(rate1) if n1 else None, float(w0), float(w1),  # type: ignore[arg-type]
                              float((w1 - w0) * ((rate1 + rate0) / 2 - middle)), float((rate1 - rate0) * (w1 + w0) / 2 + bare)))
    members.sort(key=lambda m: -abs(m.mix + m.rate))
    return tuple(members), float(start), float(end)
