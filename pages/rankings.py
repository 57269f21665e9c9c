"""Rankings: customers, owners or branches by weighted criteria, with rank change, classes, concentration and who moved most."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from crm_data.analysis.ranking import GROWTH, RECENCY, Ranking, rank, trends
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, shift_months
from crm_data.errors import N_
from crm_data.output.charts import concentration, movers, theme
from crm_data.output.charts.movers import Move
from crm_data.output.tables import Column, Sheet
from pages.parts import asking, ranking_asks, state
from pages.parts.empty import Empty
from pages.parts.figure import Content, frame
from pages.parts.ranking_asks import SUBJECT_WORDS, Asks, label

if TYPE_CHECKING:
    from pages.parts.context import Page

SHOWN, SHOWN_PHONE, STEP, MOVERS = 50, 20, 100, 8


def render(page: Page) -> None:
    """Draw the page."""
    asks = ranking_asks.draw(page)
    found = asking.kept("ranking", page, lambda: rank(page.warehouse, page.scope, page.period, asks.criteria, subject=asks.subject, compare=page.compare, filters=page.filters),
                        asks, page.period, page.compare, page.filters)
    left, right = st.columns([2.5, 1], gap="small")
    with left:
        frame(page, "ranking", _title(page, asks), content=lambda: _table(page, asks, found), height="content")
        _more(page, found)
    with right:
        frame(page, "concentration", page.words.t(N_("How concentrated it is")), content=lambda: _concentration(page, asks, found), height="content")
        frame(page, "moved", page.words.t(N_("Who moved most")), content=lambda: _moved(page, asks, found), height="content")
    if wanted := st.session_state.pop("_open_ranked", None):
        _open(page, asks, *wanted)


def _shown(page: Page) -> int:
    return (SHOWN_PHONE if page.narrow else SHOWN) + STEP * int(st.session_state.get("ranking_more", 0))


def _more(page: Page, found: Ranking) -> None:
    """The way to those further down."""
    left = found.count - _shown(page)
    if left > 0:
        st.button(page.words.t(N_("Show {n} more"), n=page.formats.count(min(left, STEP))), key="ranking_show_more", icon=":material/expand_more:",
                  on_click=lambda: st.session_state.update(ranking_more=int(st.session_state.get("ranking_more", 0)) + 1))


def _title(page: Page, asks: Asks) -> str:
    names = ", ".join(label(page, c.name).lower() for c in asks.criteria)
    return page.words.t(N_("{subject} by {criteria}"), subject=page.words.t(SUBJECT_WORDS[asks.subject]), criteria=names)


def _unit(page: Page, name: str) -> str:
    return "money" if name == GROWTH else "days" if name == RECENCY else page.catalog.measure(name).unit


def _nothing(page: Page, asks: Asks) -> Empty:
    words = page.words
    return Empty(words.t(N_("Nobody to rank")), words.t(N_("No {subject} has any of these in the period and under these filters."), subject=words.t(SUBJECT_WORDS[asks.subject]).lower()),
                 mend=words.t(N_("Clear all filters")) if page.filters else "", act=state.clear_filters if page.filters else None)


def _sentence(page: Page, found: Ranking, shown: int) -> str:
    words, formats = page.words, page.formats
    against = words.t(N_("rank against {period}"), period=formats.period(found.period_before.first, found.period_before.last)) if found.period_before else ""
    part = ""
    if found.running and shown < found.count:
        part = words.t(N_("{shown} of {count}, {share} of all"), shown=formats.count(shown), count=formats.count(found.count), share=formats.part(found.running[shown - 1]))
    elif found.count:
        part = words.t(N_("{count} in all"), count=formats.count(found.count))
    return asking.sentence(formats.period(found.period.first, found.period.last), asking.filters_text(page), against, part)


def _table(page: Page, asks: Asks, found: Ranking) -> Content:
    if not found.count:
        return Content(empty=_nothing(page, asks))
    rows = found.rows.head(_shown(page))
    keys = [int(k) for k in rows["key"]]
    sheet = Sheet(tuple(_columns(page, asks, found)), tuple(_row(r, asks, _side(page, asks, keys)) for r in rows.to_dict("records")))
    first = asks.criteria[0].name
    cut = Cut((first,), (asks.subject,), found.period, filters=page.filters) if first not in (GROWTH, RECENCY) else None
    hint = page.words.t(N_("click a name for the whole story")) if asks.subject == "customer" and page.scope.personal else ""
    return Content(sheet=sheet, only_table=True, sentence=_with(_sentence(page, found, len(rows)), hint), cut=cut, measure=first if cut else "", number=None,
                   row_keys=tuple(str(k) for k in keys), on_click=lambda key: st.session_state.__setitem__("_open_ranked", (int(key), keys.index(int(key)) + 1, found.count)))


def _with(sentence: str, hint: str) -> str:
    """The hint only where it leaves no orphan line."""
    return asking.sentence(sentence, hint) if len(sentence) + len(hint) < 92 else sentence


def _columns(page: Page, asks: Asks, found: Ranking) -> list[Column]:
    words, several = page.words, len(asks.criteria) > 1
    columns = [Column("rank", "#", "rank", width=44)]
    if found.period_before:
        columns.append(Column("move", words.t(N_("Move")), "move", better="up", width=62))
    columns.append(Column("name", words.t({"customer": N_("Customer"), "owner": N_("Owner"), "branch": N_("Branch")}[asks.subject]), width=182))
    if several:
        columns.append(Column("score", words.t(N_("Score")), "score", bar=True, width=110, help=words.t(N_("Weighted mean of the percentiles; 100 is best in all."))))
    for i, c in enumerate(asks.criteria):
        unit = _unit(page, c.name)
        head = label(page, c.name) + (f" {page.formats.symbol}" if unit == "money" and hasattr(page.formats, "symbol") else "")
        columns.append(Column(c.name, head, unit, bar=i == 0 and not several and not page.narrow and unit in ("money", "count", "number"), width=120 if i == 0 else 96, wide_only=i > 1))  # type: ignore[arg-type]
    if found.period_before and asks.criteria[0].name not in (GROWTH, RECENCY):
        better = "none" if page.catalog.measure(asks.criteria[0].name).better == "none" else "up" if asks.criteria[0].high else "down"
        columns.append(Column("change", words.t(N_("Change")), "change", better=better, width=84))
    if found.running:
        columns.append(Column("class", words.t(N_("Class")), "class", width=60, help=words.t(N_("A: the first 80 % of the positive values, B: up to 95 %, C: the rest, D: brings nothing or loses."))))
    if asks.subject == "customer" and _has_types(page):
        columns.append(Column("type", words.t(N_("Type")), width=96, wide_only=True))
    if asks.criteria[0].name not in (GROWTH, RECENCY):
        columns.append(Column("trend", words.t(N_("12 months")), "trend", wide_only=True, width=88))
    return columns


def _has_types(page: Page) -> bool:
    return asking.rows_by_table(page).get("customer_type", 0) > 0


def _side(page: Page, asks: Asks, keys: list[int]) -> dict[str, dict[int, object]]:
    """Customer types and monthly lines of the rows shown."""
    def make() -> dict[str, dict[int, object]]:
        first = asks.criteria[0].name
        end = asking.end_of(page)
        months = Period(shift_months(end.replace(day=1), -11), end)
        lines = trends(page.warehouse, page.scope, first, asks.subject, keys, months, page.filters) if first not in (GROWTH, RECENCY) else {}
        return {"trend": lines, "type": _types(page, keys) if asks.subject == "customer" else {}}
    return asking.kept("ranking_side", page, make, asks, tuple(keys), page.period, page.filters)


def _types(page: Page, keys: list[int]) -> dict[int, object]:
    from sqlalchemy import select

    from crm_data.model import schema as s

    with page.warehouse.engine.connect() as connection:
        return dict(connection.execute(select(s.customer.c.id, s.customer_type.c.name).join(
            s.customer_type, s.customer_type.c.id == s.customer.c.customer_type_id).where(s.customer.c.id.in_(keys))).all())  # type: ignore[arg-type]


def _row(r: dict, asks: Asks, side: dict[str, dict[int, object]]) -> dict[str, object]:
    def number(value: object) -> object:
        return None if value is None or (isinstance(value, float) and np.isnan(value)) else value
    return {**{c.name: number(r[c.name]) for c in asks.criteria}, "rank": r["rank"], "move": number(r["move"]), "name": r["name"], "score": r["score"], "class": r["class"],
            "change": number(r["change"]), "type": side["type"].get(r["key"]) or "", "trend": side["trend"].get(r["key"])}


def _concentration(page: Page, asks: Asks, found: Ranking) -> Content:
    words, formats = page.words, page.formats
    if not found.running:
        name = label(page, asks.criteria[0].name)
        return Content(empty=Empty(words.t(N_("Not for {measure}"), measure=name.lower()), words.t(N_("Only what adds up can be concentrated.")), ":material/functions:"))
    names = words.t(SUBJECT_WORDS[asks.subject]).lower()
    at = [max(1, round(found.count * part)) for part in (0.2, 0.5)]
    shares = [found.running[n - 1] for n in at]
    points = [(n / found.count, s, formats.part(s)) for n, s in zip(at, shares, strict=True)]
    sentence = words.t(N_("{part} of the {names} bring {share} of the {measure}"), part=formats.part(at[0] / found.count), names=names, share=formats.part(shares[0]), measure=label(page, asks.criteria[0].name).lower())
    axis = [(p[0], formats.part(p[0])) for p in points]
    picture = concentration(found.running, theme(page.theme), title=words.t(N_("How concentrated it is")), points=points, axis=axis)
    counted = found.rows["class"].value_counts()
    sheet = Sheet((Column("class", words.t(N_("Class")), "class", width=60), Column("count", words.t(SUBJECT_WORDS[asks.subject]), "count")),
                  tuple({"class": c, "count": int(counted[c])} for c in "ABCD" if c in counted))
    return Content(picture, sheet, sentence=sentence)


def _moved(page: Page, asks: Asks, found: Ranking) -> Content:
    words, formats, name = page.words, page.formats, asks.criteria[0].name
    if not found.period_before or name in (GROWTH, RECENCY):
        return Content(empty=Empty(words.t(N_("No comparison")), words.t(N_("Choose a period to compare with in the strip above.")), ":material/compare_arrows:"))
    # Those who brought something before and nothing now have moved too, though they are not ranked any more.
    rows = pd.concat([found.rows[["key", "name", "value", "value_before"]], found.gone.assign(value=0.0)], ignore_index=True)
    rows = rows.assign(amount=rows["value"].astype(float).fillna(0) - rows["value_before"].astype(float).fillna(0))
    rows = rows[rows["amount"] != 0]
    rows = rows.reindex(rows["amount"].abs().sort_values(ascending=False, kind="stable").index).head(MOVERS).sort_values("amount", ascending=False, kind="stable")
    if not len(rows):
        return Content(empty=Empty(words.t(N_("Nobody moved")), words.t(N_("All values are as in the comparison period.")), ":material/horizontal_rule:"))
    unit, up = _unit(page, name), asks.criteria[0].high
    neutral = page.catalog.measure(name).better == "none"
    shown = [Move(str(r["key"]), str(r["name"]), float(r["amount"]), formats.signed(r["amount"], unit), "none" if neutral else "good" if (r["amount"] > 0) == up else "bad") for r in rows.to_dict("records")]
    sentence = words.t(N_("{measure} against {period}"), measure=label(page, name), period=formats.period(found.period_before.first, found.period_before.last))
    sheet = Sheet((Column("name", words.t(N_("Name"))), Column("amount", words.t(N_("Change")), unit)), tuple({"name": m.label, "amount": m.amount} for m in shown))  # type: ignore[arg-type]
    places = dict(zip(found.rows["key"].astype(str), found.rows["rank"], strict=True))
    return Content(movers(shown, theme(page.theme), title=words.t(N_("Who moved most")), mirrored=words.rtl, narrow=page.narrow, letters=26), sheet, sentence=sentence,
                   row_keys=tuple(m.key for m in shown), on_click=lambda key: st.session_state.__setitem__("_open_ranked", (int(key), int(places.get(key, 0)), found.count)))


def _open(page: Page, asks: Asks, key: int, place: int, count: int) -> None:
    """To a customer's page, remembering the place; owners and branches open as a filter on Segments."""
    if asks.subject == "customer":
        back = [f"rankings:{place}:{count}" if place else "rankings"]
        state.open_page("customer", {"id": [str(key)], "from": back, **{k: st.query_params.get_all(k) for k in ("by", "rank") if k in st.query_params}})
        return
    carried = [f.to_text() for f in page.filters if f.dimension != asks.subject]
    state.open_page("segments", {"f": [*carried, Filter(asks.subject, "is", (f"#{key}",)).to_text()]})
