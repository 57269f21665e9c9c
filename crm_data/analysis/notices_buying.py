"""What shows in the way a customer buys: silence, coming back, a falling price, a falling share, revenue far below the year before,
calls without orders, and costing more than it brings. Chance is not news: each rule says how it keeps it out.
"""
from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import takewhile
from math import comb, sqrt
from statistics import median

from crm_data.analysis.events import Event
from crm_data.analysis.findings import Said
from crm_data.analysis.notice import Notice
from crm_data.analysis.story_prices import Points, PriceLine
from crm_data.analysis.timeline import Timeline
from crm_data.analysis.worth import Statement
from crm_data.errors import N_

YEAR = 365
#: How many spreads a fall must be beyond what chance does to orders that come and vary at random: three is once in 700.
SPREADS = 3.0
#: Revenue of the last year against the year before that is told: half and less. A share of purchases that lost half of itself, of a fifth or more.
REVENUE_LEFT, SHARE_LEFT, SHARE_LEAST = 0.5, 0.5, 0.2
#: Orders a year before that must stand behind either.
ORDERS_BEFORE = 8
#: A price paid that fell by a twentieth, or rose by a seventh, is told; of products bought on six days, three and three.
PRICE_FELL, PRICE_ROSE, PRICE_DAYS = Decimal("0.05"), Decimal("0.15"), 3
#: Prices are looked at of many products: one of all of them may look like a change by accident once in so many customers.
CHANCE = 20
#: Back after half a year (and a pause out of the ordinary for it) is told for half a year.
AWAY, BACK = 180, 180
#: Contacts somebody begins in a year, one a week, and for each order, before it is called talk without buying.
TALK, TALK_BY_ORDER = 50, 15
#: Activities in a year below which a loss is chance: two a month. And the part of its gross profit the loss must exceed.
BUSY, LOSS = 24, Decimal("0.1")


def buying(story: Timeline, worth: Statement | None) -> list[Notice]:
    """Everything of this kind. Somebody who left, a lead or a supplier owes no orders: of them nothing is told but prices."""
    orders = [e for e in story.events if e.kind == "orders" and e.facts.get("counted")]
    if story.who.relation != "customer" or story.who.lost_on:
        return []
    silent = _silence(story, orders)
    found = [*silent, *_back(story, orders), *_prices(story), *_talk(story, orders), *_worth(story, orders, worth)]
    # Who stopped buying has less revenue and no share: it is one thing, told once.
    return found if silent else [*found, *_revenue(story, orders), *_share(story, orders)]


def _silence(story: Timeline, orders: list[Event]) -> list[Notice]:
    """The pause that lasts is out of the ordinary for this customer (:func:`crm_data.analysis.timeline.long_gap`)."""
    if not orders or story.silence is None or story.usual_gap is None or not any(g == story.silence and d == orders[0].on for d, g in story.gaps):
        return []
    values: dict[str, tuple[str, object]] = {"days": ("days", story.silence), "usual": ("days", story.usual_gap)}
    return [Notice("silence", "bad", Said(N_("No order for {days}; usually every {usual}"), values), orders[0].ref, 500 + story.silence, orders[0].whose)]


def _back(story: Timeline, orders: list[Event]) -> Iterable[Notice]:
    """Two orders or more after a pause of half a year that was out of the ordinary; with the campaign that did it, where an order names one."""
    for day, gap in story.gaps:
        back = day + timedelta(days=gap)
        since = [e for e in orders if e.on >= back]
        if gap < AWAY or (story.until - back).days > BACK or len({e.on for e in since}) < 2 or back > story.until:
            continue
        campaign = next((e.facts["campaign"] for e in reversed(since) if e.facts.get("campaign") is not None), None)
        name = next((e.facts["name"] for e in story.events if campaign is not None and e.facts.get("campaign") == campaign and e.facts.get("name")), None)
        values: dict[str, tuple[str, object]] = {"day": ("day", back), "days": ("days", gap), "name": ("member:campaign", name)}
        said = Said(N_("Back since {day} after {days} without an order"), values) if not name else Said(N_("Back since {day} after {days} without an order, by “{name}”"), values)
        yield Notice("won_back", "good", said, since[-1].ref, 100, since[-1].whose)


def _prices(story: Timeline) -> list[Notice]:
    """The price paid for a product lately, against nine to eighteen months before: the two worst falls, and the greatest rise.

    Told when the middle one of the last three fell by a twentieth, and the latest prices (three at least, of half a year) are each
    under every price of then. Prices that only vary would stand so by accident once in (n over m) times, n prices of which m are
    late; that chance, times the products looked at, must not be over 1 in ``CHANCE``: one discount, or one of a hundred products of a
    shop whose prices change each week, is no fall. Prices are compared in the currency of the orders: a rate of exchange is no
    price. A rise of a seventh, likewise, is worth knowing before the customer speaks of it.
    """
    pairs = [(line, *found) for line in story.products if (found := _then_and_now(story, line))]
    moved = [m for line, then, lately in pairs if (m := _moved(line, then, lately, CHANCE * len(pairs)))]
    falls = sorted((m for m in moved if m[0] < 0), key=lambda m: (m[0], m[1].product))[:2]
    rises = sorted((m for m in moved if m[0] > 0), key=lambda m: (-m[0], m[1].product))[:1]
    return [_price_notice(story, *m) for m in (*falls, *rises)]


def _then_and_now(story: Timeline, line: PriceLine) -> tuple[list[Decimal], list[Decimal]] | None:
    """Prices of nine to eighteen months before the last one, and those of the half year up to it, newest first; three of each at least."""
    points: Points = line.own
    if len(points) < 2 * PRICE_DAYS or (story.until - points[-1][0]).days > YEAR // 2:
        return None
    end = points[-1][0]
    then, lately = [p for day, p in points if 270 <= (end - day).days <= 545], [p for day, p in reversed(points) if (end - day).days <= YEAR // 2]
    return (then, lately) if min(len(then), len(lately)) >= PRICE_DAYS else None


def _moved(line: PriceLine, then: list[Decimal], lately: list[Decimal], odds: int) -> tuple[Decimal, PriceLine, Decimal, Decimal] | None:
    """(change as a part, the product, price then, price now) when it moved enough and chance would do so once in ``odds`` or less."""
    before, now = median(then), median(lately[:PRICE_DAYS])
    if before <= 0 or round(before, 2) == round(now, 2):
        return None
    change, low, high = now / before - 1, min(then), max(then)
    late = len(list(takewhile(lambda p: p < low if change < 0 else p > high, lately)))
    enough = change <= -PRICE_FELL or change >= PRICE_ROSE
    return (change, line, before, now) if enough and late >= PRICE_DAYS and comb(late + len(then), late) >= odds else None


def _price_notice(story: Timeline, change: Decimal, line: PriceLine, before: Decimal, now: Decimal) -> Notice:
    shown = "price" if line.own == line.points else "priced"
    values = {"product": ("member:product", line.product), "before": (shown, before if shown == "price" else (before, line.currency)),
              "now": (shown, now if shown == "price" else (now, line.currency)), "part": ("part", abs(change))}
    ref = next((e.ref for e in story.events if e.kind == "orders" and e.on == line.points[-1][0] and any(x.product == line.product for x in e.lines)), "")
    if change < 0:
        return Notice("price", "warn", Said(N_("Pays {part} less for {product}: {before} became {now}"), values), ref, 50 + 100 * float(-change))
    return Notice("price_rise", "good", Said(N_("Pays {part} more for {product}: {before} became {now}"), values), ref, 50)


def _years(story: Timeline, orders: list[Event]) -> tuple[list[Event], list[Event]]:
    """Orders of the last year, and of the year before it."""
    edge, first = story.until - timedelta(days=YEAR), story.until - timedelta(days=2 * YEAR)
    return [e for e in orders if e.on > edge], [e for e in orders if first < e.on <= edge]


def _total(orders: Iterable[Event]) -> Decimal:
    return sum((e.amount or Decimal(0) for e in orders), Decimal(0))


def _revenue(story: Timeline, orders: list[Event]) -> Iterable[Notice]:
    """Half the revenue of the year before or less, with eight orders then, and three spreads beyond chance.

    Orders that come at random with values that vary have a variance of the sum of their squares: the fall must be three times the
    root of both years' together. One great order missing is therefore no fall; twenty usual ones are.
    """
    now, before = _years(story, orders)
    had, has = _total(before), _total(now)
    spread = sqrt(sum(float(e.amount or 0) ** 2 for e in (*now, *before)))
    if len(before) < ORDERS_BEFORE or had <= 0 or has > had * Decimal(REVENUE_LEFT) or float(had - has) < SPREADS * spread:
        return
    values: dict[str, tuple[str, object]] = {"now": ("money", has), "before": ("money", had), "part": ("part", 1 - has / had)}
    yield Notice("revenue", "warn", Said(N_("Bought {part} less than the year before: {now} in 12 months, {before} before"), values), orders[0].ref, 250, orders[0].whose)


def _share(story: Timeline, orders: list[Event]) -> Iterable[Notice]:
    """A group of products that was a fifth of its purchases or more and lost half of that share or more within a year, in money too.

    The group's money beyond its share in each order is what chance moves: the fall must be three spreads of it. Eight orders in each
    year, and the group in four of the earlier ones. Only the greatest is told.
    """
    now, before = _years(story, orders)
    had, has = float(_total(before)), float(_total(now))
    if len(before) < ORDERS_BEFORE or len(now) < ORDERS_BEFORE or had <= 0 or has <= 0:
        return
    group_of = {p.product: p.category for p in story.products if p.category}
    sums = [[_by_group(e, group_of) for e in year] for year in (before, now)]
    best: tuple[float, str, float, float] | None = None
    for group in sorted(set(group_of.values())):
        then, since = ([x.get(group, 0.0) for x in year] for year in sums)
        share, left = sum(then) / had, sum(since) / has
        if share < SHARE_LEAST or left > share * SHARE_LEFT or sum(since) >= sum(then) or sum(1 for x in then if x > 0) < 4:
            continue
        spread = sqrt(sum((x - share * float(e.amount or 0)) ** 2 for x, e in zip(since, now, strict=True))
                      + (has / had) ** 2 * sum((x - share * float(e.amount or 0)) ** 2 for x, e in zip(then, before, strict=True)))
        if share * has - sum(since) >= SPREADS * spread and (best is None or share - left > best[0]):
            best = (share - left, group, share, left)
    if best:
        values: dict[str, tuple[str, object]] = {"group": ("member:product_category", best[1]), "before": ("part", best[2]), "now": ("part", best[3])}
        ref = next((e.ref for e in orders if best[1] in _by_group(e, group_of)), orders[0].ref)
        yield Notice("share", "warn", Said(N_("{group} fell from {before} to {now} of what it buys in a year"), values), ref, 80)


def _by_group(order: Event, group_of: dict[str, str]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in order.lines:
        group = group_of.get(line.product)
        if group is not None:
            sums[group] = sums.get(group, 0.0) + float(line.net)
    return sums


def _talk(story: Timeline, orders: list[Event]) -> Iterable[Notice]:
    """Begins a contact a week or more for a year, fifteen or more for each order. Of who never ordered nothing is said: a firm may
    keep its orders elsewhere."""
    edge = story.until - timedelta(days=YEAR)
    began = [e for e in story.events if e.on > edge and e.facts.get("by") == "customer" and e.ref.startswith("interaction:")]
    bought = sum(1 for e in orders if e.on > edge)
    if not orders or len(began) < TALK or len(began) < TALK_BY_ORDER * bought:
        return
    values: dict[str, tuple[str, object]] = {"times": ("count", len(began))}
    said = Said.n("Began {times} contacts in 12 months and ordered once", "Began {times} contacts in 12 months and ordered {n} times", bought, values) if bought else \
        Said(N_("Began {times} contacts in 12 months and ordered nothing"), values)
    yield Notice("talk", "warn", said, began[0].ref, 90, began[0].whose)


def _worth(story: Timeline, orders: list[Event], worth: Statement | None) -> Iterable[Notice]:
    """Brings a gross profit and costs a tenth more than that to serve, in 24 activities or more."""
    if worth is None or worth.worth is None:
        return
    drivers = [line for line in worth.lines if line.count is not None and line.step not in ("gross", "worth")]
    cost, busy = -sum((line.amount or Decimal(0) for line in drivers), Decimal(0)), sum(line.count or 0 for line in drivers)
    gross = worth.worth + cost
    if busy < BUSY or worth.worth >= 0 or -worth.worth <= LOSS * abs(gross):
        return
    top = min(drivers, key=lambda line: (line.amount or 0, line.step))
    values: dict[str, tuple[str, object]] = {"gross": ("money", gross), "cost": ("money", cost), "loss": ("money", -worth.worth), "what": ("msg", top.label)}
    yield Notice("worth", "warn", Said(N_("Costs {loss} more than it brings: {gross} gross profit, {cost} to serve, most of it {what}"), values), orders[0].ref if orders else "", 350)
