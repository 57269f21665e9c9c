"""A Cut is the question: measures, by what, when, of whom, against what. Frozen, hashable, carried in the address bar."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from crm_data.cuts.periods import COMPARISONS, GRAINS, Comparison, Grain, Period
from crm_data.errors import N_, InputError

Op = Literal["is", "is_not", "at_least", "below", "between", "contains", "is_empty"]
OPS: tuple[Op, ...] = ("is", "is_not", "at_least", "below", "between", "contains", "is_empty")
MAX_VALUES = 200
MAX_TEXT = 300


class Namer(Protocol):
    """What a Cut needs of the output layer to describe itself."""

    def t(self, message: str) -> str: ...
    def label(self, thing: object) -> str: ...
    def member(self, dimension: str, value: str | None) -> str: ...


@dataclass(frozen=True)
class Filter:
    """One condition. ``values`` are the members' text (codes for code dimensions, the id for ``customer``)."""

    dimension: str
    op: Op = "is"
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.op not in OPS:
            raise InputError(N_("There is no filter “{op}”. Use one of: {known}."), op=str(self.op)[:40], known=", ".join(OPS))
        object.__setattr__(self, "values", tuple(sorted(dict.fromkeys(self.values))) if self.op in ("is", "is_not") else tuple(self.values))
        wanted = {"is_empty": 0, "between": 2, "at_least": 1, "below": 1, "contains": 1}.get(self.op)
        if (wanted is not None and len(self.values) != wanted) or (wanted is None and not 1 <= len(self.values) <= MAX_VALUES):
            raise InputError(N_("The filter on {dimension} ({op}) has {n} values; it needs {wanted}."), dimension=self.dimension,
                             op=self.op, n=len(self.values), wanted=wanted if wanted is not None else f"1-{MAX_VALUES}")
        if any(len(v) > MAX_TEXT or "\x00" in v for v in self.values):
            raise InputError(N_("A value of the filter on {dimension} is not readable text of up to {most} characters."),
                             dimension=self.dimension, most=MAX_TEXT)

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
    ``period=None`` means everything known.
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

    def __post_init__(self) -> None:
        if not self.measures:
            raise InputError(N_("Name at least one measure."))
        for name, values in (("measure", self.measures), ("dimension", self.by)):
            twice = next((v for v in values if values.count(v) > 1), None)
            if twice:
                raise InputError(N_("The {kind} “{name}” is named twice."), kind=name, name=twice[:40])
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

    def to_link(self) -> dict[str, list[str]]:
        """The cut as query parameters of stable codes, the same in every language."""
        link = {"m": list(self.measures), "by": list(self.by), "f": [f.to_text() for f in self.filters]}
        if self.period:
            link["period"] = [self.period.to_text()]
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
                   limit=int(top) if top else None)

    def describe(self, words: Namer, catalog) -> str:
        """The cut as one plain sentence in the language of ``words``."""
        parts = [", ".join(words.label(catalog.measure(m)) for m in self.measures)]
        if self.by:
            parts.append(words.t("by {dimensions}").format(dimensions=", ".join(words.label(catalog.dimension(d)) for d in self.by)))
        if self.grain:
            parts.append(words.t({"day": "by day", "week": "by week", "month": "by month", "quarter": "by quarter", "year": "by year"}[self.grain]))
        if self.period:
            parts.append(f"{self.period.first.isoformat()} – {self.period.last.isoformat()}")
        parts += [describe_filter(f, words, catalog) for f in self.filters]
        if self.compare != "none":
            parts.append(words.t({"previous": "against the period before", "last_year": "against last year"}[self.compare]))
        if self.limit is not None:
            parts.append(words.t("first {n}").format(n=self.limit))
        return " · ".join(parts)


_FILTER_TEXT: dict[str, str] = {
    "is": N_("{dimension}: {values}"), "is_not": N_("{dimension}: all but {values}"),
    "at_least": N_("{dimension}: at least {values}"), "below": N_("{dimension}: below {values}"),
    "between": N_("{dimension}: {values}"), "contains": N_("{dimension} contains “{values}”"), "is_empty": N_("{dimension}: not known")}


def describe_filter(condition: Filter, words: Namer, catalog) -> str:
    dimension = catalog.dimension(condition.dimension)
    literal = condition.op in ("contains", "at_least", "below", "between")
    names = [v if literal else words.member(condition.dimension, v) for v in condition.values]
    joined = " – ".join(names) if condition.op == "between" else ", ".join(names)
    return words.t(_FILTER_TEXT[condition.op]).format(dimension=words.label(dimension), values=joined)
