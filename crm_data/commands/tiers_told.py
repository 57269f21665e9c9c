"""What ``mabat tiers`` says: a tier with its rule and terms, what its customers brought, a trial, a run; in words and as JSON."""
from __future__ import annotations

from decimal import Decimal

from crm_data.analysis.tiers_rules import Terms, Tier
from crm_data.analysis.tiers_store import MANUAL, Run
from crm_data.analysis.tiers_trial import Trial
from crm_data.commands.columns import columns
from crm_data.commands.speaking import say, write
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import describe_filter
from crm_data.errors import N_
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from crm_data.text import plain

WAYS = {"up": N_("Up"), "down": N_("Down"), "into": N_("Into a tier"), "out": N_("Out of all")}


def exact(amount: Decimal | None) -> str | None:
    """An exact amount without needless zeros: 3730.3333, 110; None: not known."""
    return None if amount is None else f"{amount.normalize():f}"


def name_of(tier: str | None, words: Words) -> str:
    return plain(words.member("tier", tier)) if tier else words.t(N_("No tier"))


def rule_of(tier: Tier, catalog: Catalog, words: Words) -> str:
    if tier.conditions is None:
        return words.t(N_("by hand only"))
    return words.t(N_("; and ")).join(describe_filter(f, words, catalog) for f in tier.conditions) or words.t(N_("everybody else"))


def terms_of(terms: Terms, formats: Formats) -> str:
    words = formats.words
    parts = [words.t(N_("price list {name}"), name=terms.price_list) if terms.price_list else "",
             words.t(N_("discount {percent}"), percent=words.figure(f"{exact(terms.discount)}%")) if terms.discount is not None else "",
             words.n("{n} day to pay", "{n} days to pay", terms.payment_days, n=formats.count(terms.payment_days)) if terms.payment_days is not None else "", *terms.offers]
    return words.listed([p for p in parts if p]) or words.t(N_("no terms"))


def tell(tier: Tier, catalog: Catalog, formats: Formats) -> None:
    """A tier with its rule and terms."""
    words = formats.words
    say(N_("{tier}: {rule}  ({terms})"), tier=name_of(tier.name, words), rule=rule_of(tier, catalog, words), terms=terms_of(tier.terms, formats))


def size_cells(r: dict, formats: Formats) -> tuple[str, ...]:
    """A tier's customers and what they brought in 12 months."""
    words = formats.words
    return (name_of(r["tier"], words), words.n("{n} customer", "{n} customers", r["customers"], n=formats.count(r["customers"])),
            words.t(N_("revenue {amount}"), amount=formats.money(r["revenue"])), words.t(N_("worth {amount}"), amount=formats.money(r["worth"])),
            "" if r["mean_discount"] is None else words.t(N_("discount given {share}"), share=formats.share(r["mean_discount"])))


def trial_json(outcome: Trial) -> dict[str, object]:
    labels = [label or None for label in outcome.labels]
    return {"changed": outcome.whole.customers, "kept_by_hand": outcome.held, "discount_cost": str(round(outcome.whole.discount, 2)), "balance_shifted": str(round(outcome.whole.shifted, 2)),
            "moves": [{"from": labels[a], "to": labels[b], "customers": n} for a, line in enumerate(outcome.matrix) for b, n in enumerate(line) if a != b and n],
            **{way: {"customers": one.customers, "revenue": exact(one.revenue), "worth": exact(one.worth), "discount_cost": str(round(one.discount, 2)),
                     "balance_shifted": str(round(one.shifted, 2))} for way, one in outcome.ways.items()}}


def tell_trial(outcome: Trial, formats: Formats) -> None:
    words, whole = formats.words, outcome.whole
    moves = trial_json(outcome)["moves"]
    for line in columns([(words.t(N_("{before} → {now}"), before=name_of(r["from"], words), now=name_of(r["to"], words)), formats.count(r["customers"])) for r in moves], right=(1,)):  # type: ignore[attr-defined]
        write(line)
    rows = [(words.t(WAYS[way]), words.n("{n} customer", "{n} customers", one.customers, n=formats.count(one.customers)), words.t(N_("revenue {amount}"), amount=formats.money(one.revenue)),
             words.t(N_("worth {amount}"), amount=formats.money(one.worth)), words.t(N_("discounts {amount} a year"), amount=formats.money(one.discount, signed=True)),
             words.t(N_("balance {amount}"), amount=formats.money(one.shifted, signed=True))) for way, one in outcome.ways.items() if one.customers]
    for line in columns(rows, right=(1, 2, 3, 4, 5)):
        write(line)
    write(words.listed([words.n("{n} customer changes", "{n} customers change", whole.customers, n=formats.count(whole.customers)),
                                   words.n("{n} stays, put there by hand", "{n} stay, put there by hand", outcome.held, n=formats.count(outcome.held))], ";"))


def run_cells(r: Run, formats: Formats) -> tuple[str, ...]:
    words = formats.words
    undone = words.t(N_("undone by {who}"), who=words.author(r.undone_by)) if r.undone else ""
    return (str(r.id), formats.day(r.on), words.t(N_("by hand") if r.what == MANUAL else N_("by the rules")), formats.count(r.changed, full=True), words.in_line((words.author(r.who), r.why, undone)))
