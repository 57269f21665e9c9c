"""Brings much, costs much: the four groups of the Worth page."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from crm_data.analysis.quadrant import GROUPS, Quadrant, cells, largest, quadrant
from crm_data.analysis.ranking import names_of
from crm_data.analysis.worth_people import People, tellable
from crm_data.errors import N_
from crm_data.output.charts import Corner, Crowd, Customer, quadrants, theme
from crm_data.output.tables import Column, Sheet
from pages.parts import asking
from pages.parts.empty import Empty
from pages.parts.figure import Content
from pages.parts.worth_statement import few
from pages.parts.worth_whale import OPEN, everybody

if TYPE_CHECKING:
    from pages.parts.context import Page

#: So many single points at most; the others are drawn as shades.
DOTS, DOTS_PHONE = 400, 150
#: What to do with each group, in a few words.
ADVICE = {"keep": N_("keep them close"), "tend": N_("worth their cost: serve them more cheaply"), "leave": N_("leave as it is"), "mend": N_("raise the price, or cut the cost")}
_MUCH = {"keep": (True, False), "tend": (True, True), "leave": (False, False), "mend": (False, True)}
_FEWEST = 5


def groups_of(page: Page) -> Quadrant:
    return asking.kept("quadrant", page, lambda: quadrant(everybody(page)), page.period, page.filters)


def quadrant_content(page: Page, hidden: bool) -> Content:
    """Everybody by gross profit and by cost to serve; ``hidden``: as of the curve."""
    words = page.words
    title = words.t(N_("Brings much, costs much"))
    if hidden:
        return Content(title=title, empty=few(page))
    them, found = everybody(page), groups_of(page)
    if not len(them):
        return Content(title=title, empty=Empty(words.t(N_("Nobody to compare")), words.t(N_("No customer has a sale or an activity in this period and under these filters.")), ":material/scatter_plot:"))
    told = tellable({g.name: g.count for g in found.groups}, page.scope.personal)
    picture = _picture(page, title, them, found, told)
    able = page.scope.personal
    return Content(picture, _sheet(page, found, told), title=title, sentence=_sentence(page, them, found), notes=_notes(page, them, found), row_keys=tuple(f"g:{g.name}" for g in found.groups) if able else (),
                   on_click=_open if able else None)


def _open(key: str) -> None:
    kind, _, name = key.partition(":")
    st.session_state[OPEN] = ("group", name) if kind == "g" else ("customer", name)


def _most(page: Page) -> int:
    return DOTS_PHONE if page.narrow else DOTS


def _sentence(page: Page, them: People, found: Quadrant) -> str:
    words, formats = page.words, page.formats
    period = formats.period(them.period.first, them.period.last)
    mend = next(g for g in found.groups if g.name == "mend")
    borders = ""
    if page.scope.personal:
        borders = words.t(N_("lines: medians {profit} and {served}"), profit=formats.money(found.profit), served=formats.money(found.served))
    elif mend.count:
        borders = words.t(N_("lines: the medians"))
    return asking.sentence(page, period, borders)


def _notes(page: Page, them: People, found: Quadrant) -> tuple[str, ...]:
    words, formats = page.words, page.formats
    lines = [words.t(N_("Up: gross profit (revenue less goods). Across: cost to serve. Both on one scale that is even around nothing and shrinks large amounts, so everybody has a place.")),
             words.t(N_("The borders are the medians over everybody with a sale or an activity in the period; who is right on a border brings or costs little.")),
             words.t(N_("On the dashed line profit just pays for the cost to serve; under it somebody loses."))]
    if len(them) > _most(page) and page.scope.personal:
        lines.append(words.t(N_("Points: the {n} who move most money. The others are shades: the darker, the more customers."), n=formats.count(_most(page))))
    if not page.scope.personal:
        lines.append(words.t(N_("Shades say how many customers stand in a place; places of fewer than five are left blank.")))
    lines += [f"{words.t(GROUPS[name])}: {words.t(text)}" for name, text in ADVICE.items()]
    return tuple(lines)


# The picture ----------------------------------------------------------------------------------------------------------
def _picture(page: Page, title: str, them: People, found: Quadrant, told: set[str]):
    words, formats = page.words, page.formats
    unit = max(found.served / 2, found.profit / 20, 1.0)
    chosen = largest(them, _most(page)) if page.scope.personal else np.array([], dtype=int)
    rest = np.setdiff1d(np.arange(len(them)), chosen, assume_unique=True)
    reach = (min(0.0, float(them.served.min())), max(float(them.served.max()), unit), min(0.0, float(them.profit.min())), max(float(them.profit.max()), unit))
    # What one sees first stands on top: the largest are drawn last.
    return quadrants(_dots(page, them, chosen), [_corner(page, found, name, told) for name in GROUPS], (found.served, found.profit), unit, theme(page.theme), title=title,
                     names=(words.label(page.catalog.measure("cost_to_serve")), words.label(page.catalog.measure("gross_profit"))), axis=lambda v: formats.axis(v, "money"),
                     even=words.t(N_("pays for its cost")), crowd=_crowd(page, them, rest, unit) if len(rest) else None, reach=reach, mirrored=words.rtl, narrow=page.narrow)


def _dots(page: Page, them: People, chosen: np.ndarray) -> list[Customer]:
    words, money = page.words, page.formats.money
    keys = [int(k) for k in them.keys[chosen]]
    names = asking.kept("worth_names", page, lambda: names_of(page.warehouse, page.scope, "customer", keys), tuple(keys))
    return [Customer(f"c:{key}", float(them.served[i]), float(them.profit[i]), words.t(N_("{name}: brings {profit}, costs {served}, worth {worth}"), name=names.get(key, str(key)), profit=money(them.profit[i]),
                     served=money(them.served[i]), worth=money(them.worth[i]))) for key, i in zip(keys, chosen, strict=True)]


def _crowd(page: Page, them: People, rest: np.ndarray, unit: float) -> Crowd:
    grid = cells(them, rest, unit, *((36, 30) if page.narrow else (56, 40)))
    counts = grid.count if page.scope.personal else np.where(grid.count >= _FEWEST, grid.count, 0)

    def hover(n: int) -> str:
        return page.words.n("{n} customer here", "{n} customers here", n, n=page.formats.count(n, full=True))
    return Crowd(counts.tolist(), grid.served.tolist(), grid.profit.tolist(), hover)


def _corner(page: Page, found: Quadrant, name: str, told: set[str]) -> Corner:
    words, formats = page.words, page.formats
    group = next(g for g in found.groups if g.name == name)
    much, dear = _MUCH[name]
    label = words.t(GROUPS[name])
    if name not in told:
        return Corner(None, much, dear, (label, words.t(N_("too few to tell"))), label)
    many = words.n("{n} customer", "{n} customers", group.count, n=formats.count(group.count, full=True))
    worth = words.t(N_("worth {amount}"), amount=formats.money(group.worth))
    hover = asking.sentence(page, label, many, worth, words.t(ADVICE[name]))
    return Corner(f"g:{name}" if page.scope.personal else None, much, dear, (label, many, worth) if page.narrow else (label, f"{many} · {worth}"), hover)


def _sheet(page: Page, found: Quadrant, told: set[str]) -> Sheet:
    words, personal = page.words, page.scope.personal
    money = f" {page.formats.symbol}"
    columns = [Column("group", words.t(N_("Group")), width=190), Column("count", words.t(N_("Customers")), "count"), Column("profit", words.t(N_("Gross profit")) + money, "money"),
               Column("served", words.t(N_("Cost to serve")) + money, "money"), Column("worth", words.t(N_("Worth")) + money, "money")]
    if personal:
        columns.append(Column("losers", words.t(N_("Lose")), "count", wide_only=True))
    rows = []
    for g in found.groups:
        known = g.name in told
        rows.append({"group": words.t(GROUPS[g.name]), "count": g.count if known else None, "profit": round(g.profit, 2) if known else None, "served": round(g.served, 2) if known else None,
                     "worth": round(g.worth, 2) if known else None, **({"losers": g.losers} if personal else {})})
    return Sheet(tuple(columns), tuple(rows))
