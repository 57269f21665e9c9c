"""A Cut is the question: measures, by what, when, of whom, against what. Frozen, hashable, carried in the address bar."""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

from crm_data.cuts.periods import COMPARISONS, GRAINS, Comparison, Grain, Period, plain_name
from crm_data.errors import N_, InputError

Op = Literal["is", "is_not", "at_least", "below", "between", "contains", "is_empty", "top", "bottom"]
OPS: tuple[Op, ...] = ("is", "is_not", "at_least", "below", "between", "contains", "is_empty", "top", "bottom")
#: Conditions on a measure of each customer: ``each.revenue`` over the cut's period, ``each.revenue@12m`` over a window.
EACH = "each."
EACH_OPS = ("at_least", "below", "between", "top", "bottom")
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_RANK = re.compile(r"(?!0+(?:%|$))\d{1,6}|(?!0+(?:\.0*)?%)\d{1,2}(?:\.\d{1,3})?%|100%", re.ASCII)
MAX_VALUES = 200
MAX_TEXT = 300


class Namer(Protocol):
    """What a Cut needs of the output layer to describe itself."""

    def t(self, message: str) -> str: ...
    def label(self, thing: object) -> str: ...
    def member(self, dimension: str, value: str | None) -> str: ...
    def listed(self, items: Iterable[str]) -> str: ...
    def figure(self, number: str) -> str: ...
    def amount(self, number: Decimal) -> str: ...
    def day(self, day: date) -> str: ...


@dataclass(frozen=True)
class Filter:
    """One condition. ``values`` are the members' text (codes for code dimensions, the id for ``customer``).

    On ``each.MEASURE`` and ``each.MEASURE@WINDOW`` it tests that measure of each customer: an amount, or with ``top`` and
    ``bottom`` the place among all ("10%" of the customers, or "20" of them). See :mod:`crm_data.cuts.conditions`.
    """

    dimension: str
    op: Op = "is"
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.op not in OPS:
            raise InputError(N_("There is no filter “{op}”. Use one of: {known}."), op=str(self.op)[:40], known=", ".join(OPS))
        object.__setattr__(self, "values", tuple(sorted(dict.fromkeys(self.values))) if self.op in ("is", "is_not") else tuple(self.values))
        wanted = {"is_empty": 0, "between": 2, "at_least": 1, "below": 1, "contains": 1, "top": 1, "bottom": 1}.get(self.op)
        if (wanted is not None and len(self.values) != wanted) or (wanted is None and not 1 <= len(self.values) <= MAX_VALUES):
            raise InputError(N_("The filter on {dimension} ({op}) has {n} values; it needs {wanted}."), dimension=self.dimension,
                             op=self.op, n=len(self.values), wanted=wanted if wanted is not None else f"1-{MAX_VALUES}")
        if any(len(v) > MAX_TEXT or "\x00" in v for v in self.values):
            raise InputError(N_("A value of the filter on {dimension} is not readable text of up to {most} characters."),
                             dimension=self.dimension, most=MAX_TEXT)
        self._check_each()

    def _check_each(self) -> None:
        each = self.dimension.startswith(EACH)
        if self.op in ("top", "bottom") if not each else self.op not in EACH_OPS:
            raise InputError(N_("“{op}” cannot be used on {dimension}. A measure of each customer takes: {known}; other fields do not take top and bottom."),
                             op=self.op, dimension=self.dimension[:60], known=", ".join(EACH_OPS))
        if not each:
            return
        if "/" in self.dimension and self.op not in ("top", "bottom"):
            raise InputError(N_("“{name}” names places within a dimension: use it with top or bottom."), name=self.dimension[:60])
        ranked = self.op in ("top", "bottom")
        bad = next((v for v in self.values if not (_RANK if ranked else _AMOUNT).fullmatch(v)), None)
        if bad is not None and ranked:
            raise InputError(N_("“{value}” is neither a number of customers (1 to 999,999) nor a part of them (such as 10%)."), value=bad[:40])
        if bad is not None:
            raise InputError(N_("“{value}” is not a number such as 1000 or 12.50."), value=bad[:40])

    def to_text(self) -> str:
        """``city:is:Haifa|Acre``; ``\\`` escapes ``|``, ``:`` and itself."""
        return ":".join([self.dimension, self.op, "|".join(v.replace("\\", "\\\\").replace("|", "\\|") for v in self.values)])

    @staticmethod
    def from_text(text: str) -> Filter:
        dimension, _, rest = text.partition(":")
        op, _, raw = rest.partition(":")
        values, value, escaped = [], "", False
        for sign in raw:
            if escaped or sign not in "\\|":
                value, escaped = value + sign, False
            elif sign == "\\":
                escaped = True
            else:
                values.append(value)
                value = ""
        return Filter(dimension, op, () if op == "is_empty" else (*values, value))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Cut:
    """Measures, cut by dimensions and by time, of the rows the filters leave, in a period, against another.

    ``limit`` keeps the first members of ``by[0]`` in the order asked; the rest stand as "others" in the answer.
    ``period=None`` means everything known. ``over``: the days ages, classes and conditions on customers are taken over where
    they are not the period's own: a month looked into keeps those of the year it stood in.
    """

    measures: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: Period | None = None
    grain: Grain | None = None
    filters: tuple[Filter, ...] = ()
    compare: Comparison = "none"
    order_by: str = ""
    descending: bool = True
    limit: int | None = None
    over: Period | None = None

    def __post_init__(self) -> None:
        if not self.measures:
            raise InputError(N_("Name at least one measure."))
        for name, values in ((N_("measure"), self.measures), (N_("dimension"), self.by)):
            twice = next((v for v in values if values.count(v) > 1), None)
            if twice:
                raise InputError(N_("The {kind} “{name}” is named twice."), kind=name, name=twice[:40])
        each = next((d for d in self.by if d.startswith(EACH)), None)
        if each:
            raise InputError(N_("“{name}” is a condition on customers: it can filter a cut, not divide it."), name=each[:60])
        if self.grain is not None and self.grain not in GRAINS:
            raise InputError(N_("There is no grain “{grain}”. Use one of: {known}."), grain=str(self.grain)[:40], known=", ".join(GRAINS))
        if self.compare not in COMPARISONS:
            raise InputError(N_("There is no comparison “{name}”. Use one of: {known}."), name=str(self.compare)[:40], known=", ".join(COMPARISONS))
        if self.limit is not None and not 1 <= self.limit <= 10_000:
            raise InputError(N_("The number of rows to show must be 1 to 10,000, not {limit}."), limit=self.limit)
        if self.order_by and self.order_by not in (*self.measures, *self.by):
            raise InputError(N_("“{name}” cannot order this cut: it is not among its measures and dimensions."), name=self.order_by[:40])

    def narrowed(self, dimension: str, value: str | None) -> Cut:
        """This cut with one member chosen (``None``: the unknown ones), replacing an earlier choice on that dimension."""
        chosen = Filter(dimension, "is_empty") if value is None else Filter(dimension, "is", (value,))
        return replace(self.widened(dimension), filters=(*self.widened(dimension).filters, chosen))

    def widened(self, dimension: str) -> Cut:
        return replace(self, filters=tuple(f for f in self.filters if f.dimension != dimension))

    def in_days(self, days: Period) -> Cut:
        """This cut within some of its days (a bucket of it), without a grain: its rows are those that stood there in this cut."""
        return replace(self, period=days, grain=None, over=self.over or self.period)

    def to_link(self) -> dict[str, list[str]]:
        """The cut as query parameters of stable codes, the same in every language."""
        link = {"m": list(self.measures), "by": list(self.by), "f": [f.to_text() for f in self.filters]}
        if self.period:
            link["period"] = [self.period.to_text()]
        if self.over:
            link["over"] = [self.over.to_text()]
        if self.grain:
            link["grain"] = [self.grain]
        if self.compare != "none":
            link["vs"] = [self.compare]
        if self.order_by:
            link["order"] = [self.order_by]
        if not self.descending:
            link["asc"] = ["1"]
        if self.limit is not None:
            link["top"] = [str(self.limit)]
        return {k: v for k, v in link.items() if v}

    @staticmethod
    def from_link(query: Mapping[str, Sequence[str] | str], today: date) -> Cut:
        """Read :meth:`to_link`. Raises InputError with a sentence for anything it could not have written."""
        def many(key: str) -> tuple[str, ...]:
            values = query.get(key, ())
            return (values,) if isinstance(values, str) else tuple(values)

        def one(key: str) -> str:
            return (many(key) or ("",))[-1]

        top = one("top")
        if top and not (top.isascii() and top.isdigit() and len(top) <= 6):
            raise InputError(N_("The number of rows to show must be 1 to 10,000, not {limit}."), limit=top[:40])
        return Cut(measures=many("m"), by=many("by"), period=Period.from_text(one("period"), today) if one("period") else None,
                   grain=one("grain") or None, filters=tuple(Filter.from_text(f) for f in many("f")),  # type: ignore[arg-type]
                   compare=one("vs") or "none", order_by=one("order"), descending=one("asc") != "1",  # type: ignore[arg-type]
                   limit=int(top) if top else None, over=Period.from_text(one("over"), today) if one("over") else None)

    def describe(self, words: Namer, catalog) -> str:
        """The cut as one plain sentence in the language of ``words``."""
        parts = [words.listed(words.label(catalog.measure(m)) for m in self.measures)]
        if self.by:
            parts.append(words.t(N_("by {dimensions}")).format(dimensions=words.listed(words.label(catalog.dimension(d)) for d in self.by)))
        if self.grain:
            parts.append(words.t(BY_GRAIN[plain_name(self.grain)]))
        if self.period:
            parts.append(f"{words.day(self.period.first)} – {words.day(self.period.last)}")
        parts += [describe_filter(f, words, catalog) for f in self.filters]
        if self.compare != "none":
            parts.append(words.t(AGAINST[self.compare]))
        if self.limit is not None:
            parts.append(words.t(N_("first {n}")).format(n=words.figure(f"{self.limit:,}")))
        return " · ".join(parts)


BY_GRAIN: Mapping[str, str] = {"day": N_("by day"), "week": N_("by week"), "month": N_("by month"), "quarter": N_("by quarter"), "year": N_("by year")}
AGAINST: Mapping[str, str] = {"previous": N_("against the period before"), "last_year": N_("against last year")}

_FILTER_TEXT: dict[str, str] = {
    "is": N_("{dimension}: {values}"), "is_not": N_("{dimension}: all but {values}"),
    "at_least": N_("{dimension}: at least {values}"), "below": N_("{dimension}: below {values}"),
    "between": N_("{dimension}: {values}"), "contains": N_("{dimension} contains “{values}”"), "is_empty": N_("{dimension}: not known")}


#: Over what a measure of each customer is taken, beside the cut's own period.
WINDOWS: Mapping[str, str] = {"": "", "3m": N_("in 3 months"), "6m": N_("in 6 months"), "12m": N_("in 12 months"), "24m": N_("in 24 months"),
                              "year": N_("in the year"), "ever": N_("ever")}
_EACH_TEXT: dict[str, str] = {
    "at_least": N_("customers with {measure} of {values} or more"), "below": N_("customers with {measure} below {values}"),
    "between": N_("customers with {measure} of {values}"), "top": N_("the top {values} of customers by {measure}"),
    "bottom": N_("the last {values} of customers by {measure}")}


def each_parts(name: str) -> tuple[str, str]:
    """``each.revenue@12m/party`` -> ("revenue", "12m")."""
    measure, _, window = name.removeprefix(EACH).partition("/")[0].partition("@")
    return measure, window


def each_within(name: str) -> str:
    """The dimension of whose members each has places of its own: ``each.revenue@12m/party`` -> "party"; "" for one row of places."""
    return name.partition("/")[2] if name.startswith(EACH) else ""


def describe_filter(condition: Filter, words: Namer, catalog) -> str:
    """A filter in the language of ``words``."""
    dimension = catalog.dimension(condition.dimension)
    if condition.dimension.startswith(EACH):
        measure, window = each_parts(condition.dimension)
        money = catalog.measure(measure).unit == "money" and condition.op not in ("top", "bottom")
        values = [words.amount(Decimal(v)) if money else words.figure(v if v.endswith("%") else f"{Decimal(v):,f}") for v in condition.values]
        text = words.t(_EACH_TEXT[condition.op]).format(measure=words.label(catalog.measure(measure)).lower(), values=" – ".join(values))
        within = each_within(condition.dimension)
        if within:
            text = words.t(N_("{condition} within each {dimension}")).format(condition=text, dimension=words.label(catalog.dimension(within)).lower())
        return words.listed([text, words.t(WINDOWS[window])]) if window else text
    literal = condition.op in ("contains", "at_least", "below", "between")
    names = [words.figure(v) if literal and _AMOUNT.fullmatch(v) else v if literal else words.member(condition.dimension, v) for v in condition.values]
    joined = " – ".join(names) if condition.op == "between" else words.listed(names)
    return words.t(_FILTER_TEXT[condition.op]).format(dimension=words.label(dimension), values=joined)
