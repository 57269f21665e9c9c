"""The change of revenue by products: more sold, other things sold, other prices. Exact: parts sum to the change to the last cent.

For products sold in both periods (units above zero in each), with q units, r revenue and p = r / q, and P the mean price of
them all in the earlier period:

- ``volume`` = (all units now - all units before) x P: what would have changed had only the number of pieces changed;
- ``mix`` = sum of (q now - q before) x (p before - P): more of what costs more, or less of it;
- ``price`` = sum of q now x (p now - p before).

Products sold in one period only are ``added`` and ``dropped``; what has no price in a period (returns alone, no product noted)
is ``unpriced``. Units of unlike things are added up, so volume and mix mean little where a piece and a litre stand side by side.
"""
from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from crm_data.analysis.bridge import Bridge, Part, ends, plain
from crm_data.analysis.bridge_rows import exact
from crm_data.cuts.access import Scope
from crm_data.cuts.cache import ANSWERS
from crm_data.cuts.cut import Cut
from crm_data.cuts.query import ask
from crm_data.cuts.segments import definitions
from crm_data.errors import N_, InputError

MEASURE = "revenue"
ORDER = ("volume", "mix", "price", "added", "dropped", "unpriced")
#: Volume and mix are quotients: they are kept to this place, and the price takes what is left of it.
_PLACE = Decimal("0.0000000001")


@dataclass(frozen=True)
class Product:
    """One product in the change: revenue and units before and now, and what it adds to each part."""

    key: int | None
    name: str | None
    before: Decimal
    now: Decimal
    units_before: Decimal
    units_now: Decimal
    adds: tuple[tuple[str, Fraction], ...] = ()

    @property
    def priced(self) -> bool:
        return self.key is not None and self.units_before > 0 and self.units_now > 0

    def part(self, name: str) -> float:
        return float(dict(self.adds).get(name, Fraction(0)))


@dataclass(frozen=True)
class ProductBridge(Bridge):
    """A bridge whose parts are made of ``products`` (all of them)."""

    products: tuple[Product, ...] = ()

    def behind(self, part: str) -> tuple[Product, ...]:
        """Products that add to a part, the largest first."""
        found = [p for p in self.products if part in dict(p.adds)]
        return tuple(sorted(found, key=lambda p: (-abs(dict(p.adds)[part]), p.name or "", p.key or 0)))


def price_volume_mix(cut: Cut, warehouse, *, scope: Scope) -> ProductBridge:
    """The change of revenue by volume, mix and price. InputError without a comparison or where no product is told apart."""
    key = ("bridge_products", warehouse.key, scope.key, plain(MEASURE, cut), definitions((f.dimension for f in cut.filters), warehouse))
    return ANSWERS.get(key, lambda: _bridge(cut, warehouse, scope))


def _bridge(cut: Cut, warehouse, scope: Scope) -> ProductBridge:
    answer = ends(MEASURE, cut, warehouse, scope)
    by = ask(replace(plain(MEASURE, cut), measures=(MEASURE, "units"), by=("product",)), warehouse, scope=scope)
    products = told(_products(by.rows, by.before))
    if not any(p.priced for p in products):
        raise InputError(N_("No product was sold in both periods, so price, volume and mix cannot be told apart."))
    start, end = exact(answer.totals_before[MEASURE]), exact(answer.totals[MEASURE])
    parts = _parts(products, Decimal(end) - Decimal(start))
    return ProductBridge(MEASURE, plain(MEASURE, cut), "products", answer.period, answer.period_before, start, end, parts, products=products)


def _products(now, before) -> list[Product]:
    found: dict[object, dict] = {}
    for frame, tail in ((before, "before"), (now, "now")):
        for row in frame.to_dict("records"):
            key = row["product_id"]
            one = found.setdefault(None if key is None or key != key else int(key), {"name": row["product"]})
            one[tail], one[f"units_{tail}"] = row[MEASURE], row["units"]
    return [Product(key, one["name"], *(Decimal(exact(one.get(n))) for n in ("before", "now", "units_before", "units_now")))  # type: ignore[arg-type]
            for key, one in found.items()]


def told(products: list[Product]) -> tuple[Product, ...]:
    """The products with what each adds to every part."""
    both = [p for p in products if p.priced]
    units = sum((Fraction(p.units_before) for p in both), Fraction(0))
    mean = sum((Fraction(p.before) for p in both), Fraction(0)) / units if units else Fraction(0)
    return tuple(replace(p, adds=_adds(p, mean)) for p in products if (p.before, p.now, p.units_before, p.units_now) != (0, 0, 0, 0))


def _adds(p: Product, mean: Fraction) -> tuple[tuple[str, Fraction], ...]:
    before, now, sold, sells = (Fraction(v) for v in (p.before, p.now, p.units_before, p.units_now))
    if p.priced:
        price = before / sold
        return (("volume", (sells - sold) * mean), ("mix", (sells - sold) * (price - mean)), ("price", now - sells * price))
    if p.key is not None and (before, sold) == (0, 0) and sells > 0:
        return (("added", now),)
    if p.key is not None and (now, sells) == (0, 0) and sold > 0:
        return (("dropped", -before),)
    return (("unpriced", now - before),)


def _parts(products: tuple[Product, ...], change: Decimal) -> tuple[Part, ...]:
    found = []
    for name in ORDER:
        mine = [p for p in products if name in dict(p.adds)]
        if mine:
            amount = sum((dict(p.adds)[name] for p in mine), Fraction(0))
            found.append(Part(name, _decimal(amount), len(mine), sum((p.before for p in mine), Decimal(0)), sum((p.now for p in mine), Decimal(0))))
    # What rounding at the tenth decimal left over goes into the price, so that the parts sum exactly.
    left = change - sum((Decimal(p.amount) for p in found), Decimal(0))
    return tuple(replace(p, amount=exact(Decimal(p.amount) + left)) if p.name == "price" else p for p in found)


def _decimal(value: Fraction) -> Decimal:
    return exact((Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACE))  # type: ignore[return-value]
