"""What Explore is asked, kept in the address: a Cut, the figure wanted and what is chosen in it.

The address is the truth: it is read first in each run and written once by a callback, so that Back, Forward and a copied
link lead to the same cut. What cannot be had of an address is left out and told, never raised.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import GRAINS, Period, bucket_start, in_calendar, next_bucket
from crm_data.errors import N_, InputError, MabatError, UnknownName
from pages.parts import asking, state
from pages.parts.choices import lead_measure

if TYPE_CHECKING:
    from pages.parts.context import Page

MOST_MEASURES, MOST_DIMENSIONS, MOST_CHOSEN = 6, 3, 4
DEFAULT_PERIOD = "last_12_months"
#: Members of a dimension that may have very many are never asked for all at once.
LARGE, LARGE_TOP = ("customer",), 20
#: What the first question is cut by: the first of these that tells something apart.
FIRST_BY = ("branch", "customer_type", "owner", "product_category", "city", "contact_channel", "industry")
BUCKET = "period"
#: Parameters of parts of the page that stay when the cut changes: intervals shown.
KEPT = ("ci",)


@dataclass(frozen=True)
class Explored:
    """``at``: what is chosen in a figure or table, one filter a dimension; a bucket of time is ``period is <first day>``.
    ``wrong``: sentences about what the address asked and could not be had; ``given``: it named a measure."""

    cut: Cut
    fig: str = ""
    at: tuple[Filter, ...] = ()
    wrong: tuple[MabatError, ...] = ()
    given: bool = True


class Spoken(state.Choices):
    """Choices always written out in full: the defaults of Explore are others than those of the strip."""

    def to_query(self) -> dict[str, list[str]]:
        query = {"period": [self.period.to_text()], "vs": [self.compare]}
        return query | ({"f": [f.to_text() for f in self.filters]} if self.filters else {})


def read(page: Page) -> tuple[Page, Explored]:
    """The question of this run, and the page with the period and comparison it is asked for."""
    query = state.query_now()
    given = bool(query.get("m"))
    # This year against last year once a good part of it is over: whole quarters, and few of them.
    usual = "year_to_date" if not given and page.formats.parts(page.today)[1] > 4 else DEFAULT_PERIOD
    period = page.period if query.get("period") else Period.named(in_calendar(usual, page.formats.calendar), page.today)
    # A link of a cut without a comparison says none; a bare address begins with one.
    compare = page.compare if query.get("vs") else "none" if given else "last_year"
    if (period, compare) != (page.period, page.compare):
        page = replace(page, period=period, compare=compare)
    state.hold(Spoken(period, compare, page.filters))
    if not given:
        return page, Explored(first_cut(page), _figure(query), given=False)
    return page, parse(query, page.catalog, Cut(("customers_total",), period=period, compare=compare, filters=page.filters), lambda: first_cut(page))


def first_cut(page: Page) -> Cut:
    """What an address without a measure shows: what the firm earns, by where it is earned, by quarter."""
    measure = lead_measure(page.catalog, asking.rows_by_table(page))
    used = {f.dimension for f in page.filters}
    by = next((d for d in FIRST_BY if d in page.catalog.dimensions and d not in used and fits(page.catalog, (measure,), (d, *used)) and asking.splits(page, d)), None)
    months = (page.period.last - page.period.first).days / 30
    grain = in_calendar("quarter" if months > 7 else "month" if months > 1.5 else "day", page.formats.calendar)
    return Cut((measure,), (by,) if by else (), page.period, grain, page.filters, page.compare)  # type: ignore[arg-type]


def fits(catalog: Catalog, measures: Sequence[str], dimensions: Sequence[str]) -> bool:
    """Whether each of the measures can be cut by (and filtered on) all these dimensions together."""
    wanted = tuple(dict.fromkeys(dimensions))
    return all(catalog.fact_of(part, wanted) for measure in measures for part in catalog.parts(measure))


def parse(query: Mapping[str, Sequence[str]], catalog: Catalog, strip: Cut, otherwise: Callable[[], Cut]) -> Explored:
    """Read an address; ``strip`` brings period, comparison and filters, ``otherwise`` the cut when it knows no measure asked."""
    wrong: list[MabatError] = []
    measures = _names(query.get("m", ()), catalog.measures, "measure", MOST_MEASURES, wrong)
    if not measures:
        return Explored(otherwise(), wrong=tuple(wrong))
    by = _dimensions(query, catalog, measures, strip, wrong)
    cut = replace(strip, measures=measures, by=by, order_by="")
    grain, order, top = (_one(query, name) for name in ("grain", "order", "top"))
    if grain and grain not in GRAINS:
        wrong.append(InputError(N_("There is no grain “{grain}”. Use one of: {known}."), grain=grain[:40], known=", ".join(GRAINS)))
    cut = replace(cut, grain=grain if grain in GRAINS else None, descending=_one(query, "asc") != "1")  # type: ignore[arg-type]
    try:
        cut = replace(cut, order_by=order)
    except MabatError as error:
        wrong.append(error)
    if top:
        try:
            cut = replace(cut, limit=int(top) if top.isascii() and top.isdigit() and len(top) <= 6 else 0)
        except MabatError:
            wrong.append(InputError(N_("The number of rows to show must be 1 to 10,000, not {limit}."), limit=top[:40]))
    cut = bounded(replace(cut, over=_over(query, cut, catalog, wrong)))
    return Explored(cut, _figure(query), _chosen(query, catalog, cut, wrong), tuple(wrong))


def _names(asked: Sequence[str], known: Mapping[str, object], kind: str, most: int, wrong: list[MabatError]) -> tuple[str, ...]:
    found: list[str] = []
    for name in list(dict.fromkeys(asked))[:most + 5]:
        if name not in known:
            wrong.append(UnknownName(kind, name[:60], known))
        elif len(found) == most:
            wrong.append(InputError(N_("Up to {most} at once: “{name}” was left out."), most=most, name=name))
        else:
            found.append(name)
    return tuple(found)


def _dimensions(query: Mapping[str, Sequence[str]], catalog: Catalog, measures: tuple[str, ...], strip: Cut, wrong: list[MabatError]) -> tuple[str, ...]:
    """The dimensions asked, as far as the measures know them."""
    used, found = [f.dimension for f in strip.filters], []
    for name in _names(query.get("by", ()), catalog.dimensions, "dimension", MOST_DIMENSIONS, wrong):
        if fits(catalog, measures, (*found, name)) and (fits(catalog, measures, (*used, *found, name)) or not fits(catalog, measures, used)):
            found.append(name)
            continue
        wrong.append(InputError(N_("“{dimension}” was left out: {measure} is not known by it here."), dimension=name, measure=", ".join(measures)))
    return tuple(found)


def _one(query: Mapping[str, Sequence[str]], key: str) -> str:
    return (list(query.get(key, ())) or [""])[-1]


def _figure(query: Mapping[str, Sequence[str]]) -> str:
    """A short code or nothing; whether it suits the answer is for the figure to say."""
    name = _one(query, "fig")
    return name if name.isascii() and name.isalpha() and len(name) <= 12 else ""


def _chosen(query: Mapping[str, Sequence[str]], catalog: Catalog, cut: Cut, wrong: list[MabatError]) -> tuple[Filter, ...]:
    """What is chosen, of the dimensions and buckets the cut has."""
    found: dict[str, Filter] = {}
    for text in list(query.get("at", ()))[:MOST_CHOSEN]:
        try:
            one = Filter.from_text(text)
            if one.dimension == BUCKET and cut.grain and one.op == "is":
                if _has_bucket(cut, date.fromisoformat(one.values[0]), catalog):
                    found[BUCKET] = one
            elif one.dimension in cut.by and one.op in ("is", "is_empty"):
                found[one.dimension] = one
        except ValueError:
            wrong.append(InputError(N_("“{text}” is not a day. Write it as year-month-day, for example 2026-03-31."), text=text[:40]))
        except MabatError as error:
            wrong.append(error)
    return tuple(found.values())


def _over(query: Mapping[str, Sequence[str]], cut: Cut, catalog: Catalog, wrong: list[MabatError]) -> Period | None:
    """The longer days that classes of customers are taken over, while the period lies in them."""
    text = _one(query, "over")
    try:
        over = Period.from_text(text, catalog.as_of) if text else None
    except MabatError as error:
        wrong.append(error)
        return None
    return over if over and cut.period and over.first <= cut.period.first and cut.period.last <= over.last else None


def _has_bucket(cut: Cut, start: date, catalog: Catalog) -> bool:
    """Whether the cut has a bucket that begins on this day: another period may have been chosen since."""
    assert cut.grain is not None
    if not date(1900, 1, 1) <= start < date(9000, 1, 1) or bucket_start(start, cut.grain, catalog.week_start) != start:
        return False
    return cut.period is None or (start <= cut.period.last and next_bucket(start, cut.grain) > cut.period.first)


def bounded(cut: Cut) -> Cut:
    """The cut as Explore can show it: a dimension of very many members comes first and brings its largest."""
    large = next((d for d in cut.by if d in LARGE), None)
    if large is None:
        return replace(cut, limit=None) if cut.limit is not None and not cut.by else cut
    return replace(cut, by=(large, *(d for d in cut.by if d != large)), limit=cut.limit or LARGE_TOP)


def without(cut: Cut, catalog: Catalog) -> tuple[Cut, tuple[str, ...]]:
    """The cut without the dimensions its measures do not know, and their names: another measure was chosen."""
    kept: list[str] = []
    for name in cut.by:
        if fits(catalog, cut.measures, (*kept, name)):
            kept.append(name)
    order = cut.order_by if cut.order_by in (*cut.measures, *kept) else ""
    return bounded(replace(cut, by=tuple(kept), order_by=order)), tuple(d for d in cut.by if d not in kept)


def own_query(cut: Cut, fig: str = "", at: Sequence[Filter] = ()) -> dict[str, list[str]]:
    """The parameters that are Explore's own, beside the strip's."""
    query = {k: v for k, v in cut.to_link().items() if k not in state.KEYS}
    return query | ({"fig": [fig]} if fig else {}) | ({"at": [f.to_text() for f in at]} if at else {})


def put(cut: Cut, fig: str = "", at: Sequence[Filter] = ()) -> None:
    """Show another cut: one new address. For callbacks of Explore; a cut without a period keeps the one on screen."""
    strip = Spoken(cut.period or state.current().period, cut.compare, cut.filters)
    also = {k: v for k, v in state.query_now().items() if k in KEPT}
    state.save(strip, own_query(bounded(cut), fig, at) | also)


def open_link(cut: Cut, fig: str = "") -> dict[str, list[str]]:
    """The whole query for ``state.open_page("explore", ...)``: nothing of the page one comes from is carried along."""
    query = {"vs": [cut.compare], "period": [cut.period.to_text() if cut.period else DEFAULT_PERIOD], "f": [f.to_text() for f in cut.filters]}
    return query | own_query(cut, fig)
