"""From an Answer to what charts and tables draw: rows with labels, texts, shares and changes, in the viewer's language.

Nothing is asked or added up here: totals and others come with the answer.
"""
from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_data.cuts.answer import Answer
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Filter
from crm_data.errors import N_
from crm_data.output.caution import level, marked, note
from crm_data.output.charts import Move, Panel, Row
from crm_data.output.charts.direction import onward
from crm_data.output.formats import Delta, Formats, plain
from crm_data.output.tables import Column, Sheet
from crm_data.output.words import Words

#: Keys of rows: a known member, the unknown one, and what a top N left out (which cannot be chosen).
KNOWN, UNKNOWN, OTHERS = "=", "?", "*"


@dataclass(frozen=True)
class View:
    """What is needed to say a value: words, formats and the catalog."""

    words: Words
    formats: Formats
    catalog: Catalog

    def delta(self, measure: str, now: object, before: object) -> Delta:
        about = self.catalog.measure(measure)
        return self.formats.delta(now, before, about.unit, about.better)

    def value(self, measure: str, value: object, full: bool = False) -> str:
        unit = self.catalog.measure(measure).unit
        return self.formats.value(value, unit, full) if full else self.formats.average(value, unit)

    def head(self, measure: str) -> str:
        """The head of a column: the measure's name, with the currency where it is money."""
        about = self.catalog.measure(measure)
        return self.words.label(about) + (f" {self.formats.symbol}" if about.unit == "money" else "")


@dataclass(frozen=True)
class Member:
    """One member of a dimension with its values now and before, by measure."""

    key: str
    label: str
    now: Mapping[str, Any]
    before: Mapping[str, Any]

    @property
    def other(self) -> bool:
        return self.key == OTHERS


def member_key(dimension: str, row: Mapping[str, Any]) -> str:
    """The key of a row: its value; the id where two members share a name."""
    value = row.get(dimension)
    if value is None or value != value:
        return UNKNOWN
    identity = row.get(f"{dimension}_id")
    if identity is not None and (dimension == "customer" or str(value).endswith(f" (#{identity})")):
        return f"{KNOWN}{identity}" if dimension == "customer" else f"{KNOWN}#{identity}"
    return f"{KNOWN}{value}"


def key_filter(dimension: str, key: str) -> Filter | None:
    """The filter a clicked row stands for; None for "others"."""
    if key == UNKNOWN:
        return Filter(dimension, "is_empty")
    return Filter(dimension, "is", (key[1:],)) if key.startswith(KNOWN) else None


def chosen_keys(dimension: str, filters: Iterable[Filter]) -> set[str]:
    """Keys of the members that filters already choose on a dimension."""
    found: set[str] = set()
    for one in filters:
        if one.dimension == dimension and one.op in ("is", "is_empty"):
            found |= {f"{KNOWN}{v}" for v in one.values} or {UNKNOWN}
    return found


def members(answer: Answer, dimension: str, view: View) -> list[Member]:
    """Members in the answer's order; the unknown one after the known, what was left out last. Members with nothing now and
    nothing before are left out."""
    measures = answer.cut.measures
    found = []
    for row in answer.matched().to_dict("records"):
        now, before = {m: row[m] for m in measures}, {m: row[f"{m}_before"] for m in measures}
        if all(_nothing(v) for v in (*now.values(), *before.values())):
            continue
        found.append(Member(member_key(dimension, row), plain(view.words.member(dimension, row[dimension])), now, before))
    known, unknown = [m for m in found if m.key != UNKNOWN], [m for m in found if m.key == UNKNOWN]
    if answer.others is not None:
        unknown.append(Member(OTHERS, view.words.t(N_("All others")), answer.others, answer.others_before or {}))
    return known + unknown


def _nothing(value: object) -> bool:
    return value is None or value != value or value == 0


def share_of(answer: Answer, measure: str, dimension: str, value: object, view: View) -> float | None:
    """A member's part of the whole; None where parts do not add up."""
    total = answer.totals.get(measure)
    if value is None or total is None or total <= 0 or not view.catalog.measure(measure).adds_up or view.catalog.dimension(dimension).multi:
        return None
    return float(value) / float(total)  # type: ignore[arg-type]


def breakdown_rows(answer: Answer, dimension: str, measure: str, view: View, rests: Mapping[str, int | None] | None = None) -> list[Row]:
    """Bars of a measure by a dimension, ready to draw. ``rests``: what an average rests on, by row key; too little is muted."""
    rests = rests or {}
    rows, compared = [], answer.before is not None
    for member in members(answer, dimension, view):
        now, before = member.now.get(measure), member.before.get(measure)
        delta = view.delta(measure, now, before) if compared else Delta("", "", "none", None)
        share = share_of(answer, measure, dimension, now, view)
        change = delta.full or (view.words.t(N_("new")) if compared and not _nothing(now) and _nothing(before) else "")
        # What was left out is said, not drawn: it would make every other bar small.
        drawn = member.key != OTHERS
        n = rests.get(member.key)
        rows.append(Row(member.key, member.label, _float(now) if drawn else None, marked(view.value(measure, now), n), _float(before) if compared and drawn else None,
                        view.formats.part(share) if share is not None else "", change, delta.tone, member.key in (UNKNOWN, OTHERS) or level(n) == "few", note(n, view)))
    return rows


def moves(answer: Answer, dimension: str, measure: str, view: View, most: int = 6) -> list[Move]:
    """What changed most in amount, the largest rise first; unknown and others are left out."""
    better, unit = view.catalog.measure(measure).better, view.catalog.measure(measure).unit
    found = []
    for member in members(answer, dimension, view):
        now, before = _float(member.now.get(measure)) or 0.0, _float(member.before.get(measure)) or 0.0
        if member.key in (UNKNOWN, OTHERS) or now == before:
            continue
        tone = "none" if better not in ("up", "down") else "good" if (now > before) == (better == "up") else "bad"
        note = onward(view.value(measure, before), view.value(measure, now), view.formats.isolates)
        found.append(Move(member.key, member.label, now - before, view.formats.signed(now - before, unit), tone, note))
    largest = sorted(found, key=lambda m: -abs(m.amount))[:most]
    return sorted(largest, key=lambda m: -m.amount)


def panels(answer: Answer, dimension: str, measure: str, view: View, labels: Sequence[str], keys: Sequence[str] | None = None, most: int = 6) -> list[Panel]:
    """Lines by bucket for the first ``most`` members (or those of ``keys``); the change compares the whole span with the one before."""
    lines = series(answer, dimension, measure)
    before = series(answer, dimension, measure, earlier=True)
    names = {member_key(dimension, r): plain(view.words.member(dimension, r[dimension])) for r in answer.rows.to_dict("records")}
    picked = [k for k in (keys if keys is not None else names) if k in lines][:most]
    adds = view.catalog.measure(measure).adds_up and view.catalog.measure(measure).kind != "balance"
    found = []
    for key in picked:
        now, old = lines[key], before.get(key, ())
        delta = view.delta(measure, *(_whole(v, adds) for v in (now, old))) if old else Delta("", "", "none", None)
        shown = tuple(f"{names[key]} · {labels[i]} · {view.value(measure, v)}" if i < len(labels) else "" for i, v in enumerate(now))
        found.append(Panel(names[key], now, old, delta.full, delta.tone, shown))
    return found


def series(answer: Answer, dimension: str, measure: str, earlier: bool = False) -> dict[str, tuple[float | None, ...]]:
    """Values by bucket of each member (of the comparison with ``earlier``)."""
    frame = answer.before if earlier else answer.rows
    found: dict[str, dict[int, float | None]] = {}
    if frame is not None:
        for row in frame.to_dict("records"):
            found.setdefault(member_key(dimension, row) if dimension else "", {})[int(row["bucket"])] = _float(row[measure])
    return {key: tuple(values[i] for i in sorted(values)) for key, values in found.items()}


def _whole(values: Sequence[float | None], adds_up: bool) -> float | None:
    known = [v for v in values if v is not None]
    if not known:
        return None
    return sum(known) if adds_up else known[-1]


def _float(value: object) -> float | None:
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def change_kind(unit: str) -> Any:
    """How a change of a measure in this unit is told: a share in points, a score as a difference, anything else in parts of what it was."""
    return "points" if unit == "share" else "difference" if unit == "score" else "change"


def breakdown_sheet(answer: Answer, dimension: str, view: View, *, lead: str = "", trend: Mapping[str, Sequence[float | None]] | None = None,
                    total_trend: Sequence[float | None] = (), rests: Mapping[str, int | None] | None = None) -> tuple[Sheet, tuple[str, ...]]:
    """The members as a table with the total row the database gave, and the keys of its rows.

    ``lead`` (the first measure by default) gets share and change columns; ``trend`` adds the line of each member; ``rests``, what
    an average rests on by row key (the whole under ""), stands beside it.
    """
    lead = lead or answer.cut.measures[0]
    compared, listed = answer.before is not None, members(answer, dimension, view)
    shared = any(share_of(answer, lead, dimension, m.now.get(lead), view) is not None for m in listed)
    about = view.catalog.measure(lead)
    columns = [Column("member", view.words.label(view.catalog.dimension(dimension))), Column(lead, view.head(lead), about.unit)]
    if rests:
        columns.append(Column("n", "n", "count", width=84, help=view.words.t(N_("How many cases the average or share rests on."))))
    if shared:
        columns.append(Column("share", view.words.t(N_("Share")), "part", bar=True, wide_only=True, width=150))
    if compared:
        columns.append(Column("change", view.words.t(N_("Change")), change_kind(about.unit), about.better))
    columns += [Column(m, view.head(m), view.catalog.measure(m).unit, wide_only=True) for m in answer.cut.measures
                if m != lead and not all(_float(one.now.get(m)) is None for one in listed)]
    if trend is not None:
        columns.append(Column("trend", view.words.t(N_("12 months")), "trend", wide_only=True, width=150))
    if about.unit == "money":
        # A drawn line is in no file: it is in the unit told at once.
        trend, total_trend = {k: [view.formats.shown(v) for v in line] for k, line in (trend or {}).items()}, [view.formats.shown(v) for v in total_trend]
    rows = [{**_sheet_row(answer, m, dimension, lead, view, (trend or {}).get(m.key, ())), "n": (rests or {}).get(m.key)} for m in listed]
    everyone = Member("", view.words.t(N_("All")), answer.totals, answer.totals_before or {})
    total = {**_sheet_row(answer, everyone, dimension, lead, view, total_trend), "share": 1.0 if shared else None, "n": (rests or {}).get("")}
    return Sheet(tuple(columns), tuple(rows), total), tuple(m.key for m in listed)


def _sheet_row(answer: Answer, member: Member, dimension: str, lead: str, view: View, trend: Sequence[float | None]) -> dict[str, Any]:
    delta = view.delta(lead, member.now.get(lead), member.before.get(lead)) if answer.before is not None else None
    relative = delta is not None and _float(member.before.get(lead)) is not None and (view.catalog.measure(lead).unit in ("share", "score") or (_float(member.before.get(lead)) or 0) > 0)
    return {"member": member.label, "share": share_of(answer, lead, dimension, member.now.get(lead), view),
            "change": delta.amount if delta is not None and relative else None, "trend": list(trend), **{m: _float(member.now.get(m)) for m in answer.cut.measures}}
