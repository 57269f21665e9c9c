"""Words and tables of tiers: what a tier is called, its rule, its terms, and who is in it."""
from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from crm_data.analysis.tiers_plan import Board
from crm_data.analysis.tiers_rules import Terms, Tier
from crm_data.analysis.tiers_trial import Group, everybody_else, groups
from crm_data.cuts.cut import EACH, WINDOWS, describe_filter, each_parts
from crm_data.errors import N_
from crm_data.output.tables import Column, Sheet

if TYPE_CHECKING:
    from pages.parts.context import Page

WAY_WORDS = {"": N_("All who change"), "up": N_("Up"), "down": N_("Down"), "into": N_("Into a tier"), "out": N_("Out of all")}


def named(page: Page, label: str) -> str:
    """A tier's name, or that there is none."""
    return page.words.member("tier", label) if label else page.words.t(N_("No tier"))


def rule_text(page: Page, tier: Tier) -> str:
    """How customers come into a tier, in one line."""
    words = page.words
    if tier.conditions is None:
        return words.t(N_("by hand only"))
    return words.t(N_("; and ")).join(describe_filter(f, words, page.catalog) for f in tier.conditions) or words.t(N_("everybody else"))


_SHORT = {"at_least": N_("{measure} from {low}"), "below": N_("{measure} below {low}"), "between": N_("{measure} {low} – {high}")}


def rule_short(page: Page, tier: Tier) -> str:
    """The rule for a table, where there is little room."""
    words = page.words
    if not tier.conditions:
        return rule_text(page, tier)
    parts = []
    for f in tier.conditions:
        measure, span = each_parts(f.dimension)
        money = page.catalog.measure(measure).unit == "money"
        low, high = (words.amount(Decimal(v)) if money else words.figure(f"{Decimal(v):,f}") for v in (f.values[0], f.values[-1]))
        parts.append(f"{words.t(_SHORT[f.op], measure=words.label(page.catalog.measure(measure)), low=low, high=high)} {words.t(WINDOWS[span])}")
    return words.listed(parts, ";")


def percent_text(page: Page, value: Decimal | None) -> str:
    return "–" if value is None else page.words.figure(f"{value.normalize():f}%")


def terms_text(page: Page, terms: Terms) -> str:
    """What a tier gives, in one line; "" for nothing."""
    words = page.words
    parts = [words.t(N_("discount {percent}"), percent=percent_text(page, terms.discount)) if terms.discount is not None else "",
             words.n("{n} day to pay", "{n} days to pay", terms.payment_days, n=page.formats.count(terms.payment_days)) if terms.payment_days is not None else "",
             words.t(N_("price list {name}"), name=terms.price_list) if terms.price_list else "", *terms.offers]
    return words.in_line(parts)


def measure_head(page: Page, pair: str) -> str:
    """``revenue@12m`` as the head of a column."""
    measure, span = each_parts(f"{EACH}{pair}")
    about = page.catalog.measure(measure)
    unit = f" {page.formats.symbol}" if about.unit == "money" else ""
    return page.words.listed([f"{page.words.label(about)}{unit}", page.words.t(WINDOWS[span])])


def overview(page: Page, found: Board) -> tuple[Sheet, tuple[str, ...]]:
    """The tiers as a table, best first, and the label of each row. The last row is everybody the numbers are of."""
    words = page.words
    kept = {t.name: t for t in found.tiers}
    sizes = [g for g in groups(found.book, found.now.labels, found.now.code) if g.customers or g.label in kept]
    money = f" {page.formats.symbol}"
    columns = (
        Column("tier", words.t(N_("Tier")), width=84 if page.narrow else 104), Column("customers", words.t(N_("Customers")), "count", width=78 if page.narrow else 84),
        Column("part", words.t(N_("Of all")), "part", bar=True, width=92, wide_only=True),
        Column("revenue", words.t(N_("Revenue")) + money, "money", width=84 if page.narrow else 98), Column("worth", words.t(N_("Worth")) + money, "money", width=78 if page.narrow else 96),
        Column("given", words.t(N_("Discount given")), "share", width=108, wide_only=True, help=words.t(N_("Discounts as a share of what the lists ask: what was really given, whatever the terms say."))),
        Column("rule", words.t(N_("Who comes into it")), wide_only=True), Column("terms", words.t(N_("Terms")), wide_only=True))
    if not page.catalog.has_orders:
        # What data without orders does not know is no nothing: it has no column.
        columns = tuple(c for c in columns if c.name not in ("revenue", "given") and (c.name != "worth" or found.book.costed))
    whole = len(found.book)
    rows = tuple(_row(page, g, whole, kept.get(g.label)) for g in sizes)
    return Sheet(columns, rows, _total(page, sizes, whole)), tuple(g.label for g in sizes)


def _row(page: Page, g: Group, whole: int, tier: Tier | None) -> dict[str, object]:
    words = page.words
    rule = rule_short(page, tier) if tier else "" if not g.label else words.t(N_("from the data; no tier of this name is defined"))
    return {"tier": named(page, g.label), "customers": g.customers, "part": g.customers / whole if whole else None, "revenue": g.revenue, "worth": g.worth,
            "given": None if g.given is None else float(g.given), "terms": terms_text(page, tier.terms) if tier else "", "rule": rule}


def _total(page: Page, sizes: Sequence[Group], whole: int) -> dict[str, object]:
    def summed(name: str) -> Decimal:
        return sum((getattr(g, name) for g in sizes), Decimal(0))
    all_ = Group("", whole, summed("revenue"), None if any(g.worth is None for g in sizes) else summed("worth"), summed("discount"))
    return {"tier": page.words.t(N_("All customers")), "customers": whole, "part": 1.0, "revenue": all_.revenue, "worth": all_.worth,
            "given": None if all_.given is None else float(all_.given), "terms": "", "rule": ""}


def others_text(page: Page, found: Board) -> str:
    """What those brought who are no customers on the day of the data, so that the parts make the firm's total; "" for nothing."""
    rest = everybody_else(found.book)
    if not rest.revenue and not rest.worth:
        return ""
    return page.words.t(N_("Beside them former customers and others brought {revenue} of revenue and {worth} of worth; together that is all of it."),
                        revenue=page.formats.money(rest.revenue), worth=page.formats.money(rest.worth))


# Lists of customers ------------------------------------------------------------------------------------------------------
def list_sheet(page: Page, frame: pd.DataFrame, *, full: bool = False) -> Sheet:
    """A list of customers as a table; ``full``, for files: with everything needed to reach them."""
    words, money = page.words, f" {page.formats.symbol}"
    heads: dict[str, tuple[str, str, int]] = {
        "number": (words.t(N_("Customer no.")), "text", 100), "name": (words.t(N_("Customer")), "text", 190), "email": (words.t(N_("Mail")), "text", 0), "phone": (words.t(N_("Phone")), "text", 0),
        "branch": (words.t(N_("Branch")), "text", 0), "tier": (words.t(N_("Tier")), "text", 90), "from": (words.t(N_("From tier")), "text", 90), "to": (words.t(N_("To tier")), "text", 90),
        "revenue": (words.t(N_("Revenue")) + money, "money", 110), "worth": (words.t(N_("Worth")) + money, "money", 110),
        "discount": (words.t(N_("Discounts a year")) + money, "money", 130), "balance": (words.t(N_("Balance")) + money, "money", 110)}
    shown = [c for c in frame.columns if c not in ("id", "way") and (full or c not in ("number", "email", "phone", "branch", "tier"))]
    if not page.catalog.has_orders:
        shown = [c for c in shown if c not in ("revenue", "discount", "balance") and (c != "worth" or frame[c].notna().any())]
    own = [c for c in shown if "@" in c and c not in ("revenue@12m", "worth@12m")]  # those stand there already
    columns = []
    for name in shown:
        if name in heads:
            head, kind, width = heads[name]
            columns.append(Column(name, head, kind, width=width or None, wide_only=name in ("discount", "balance", "worth") and not full))  # type: ignore[arg-type]
        elif name in own:
            columns.append(Column(name, measure_head(page, name), page.catalog.measure(name.partition("@")[0]).unit, width=150, wide_only=True))
    rows = tuple({**{c.name: _cell(page, c.name, r[c.name]) for c in columns}} for r in frame.to_dict("records"))
    return Sheet(tuple(columns), rows)


def _cell(page: Page, name: str, value: Any) -> Any:
    if name in ("from", "to", "tier"):
        return named(page, value)
    return None if value is None or value != value else value
