"""A whole ranking as a table: every row with its place, score, values, class and reason; for files and the command line."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_data.cuts.catalog import Catalog
from crm_data.errors import N_
from crm_data.output.formats import Formats
from crm_data.output.ranking_words import Told, criterion_label, reason_text
from crm_data.output.tables import Column, Sheet
from crm_data.output.words import Words

_HEADS = {"customer": N_("Customer"), "owner": N_("Owner"), "branch": N_("Branch")}
#: What a list for a campaign has besides.
CONTACT = {"number": N_("Customer no."), "email": N_("Mail"), "phone": N_("Phone"), "language": N_("Language")}


def ranking_sheet(found: Any, units: Mapping[str, str], names: Mapping[int, str], reasons: Mapping[int, Told], words: Words, formats: Formats, catalog: Catalog, *,
                  contacts: Mapping[int, Mapping[str, Any]] | None = None, rows: Any = None) -> Sheet:
    """``found``: an ``analysis.ranking.Ranking``; ``units`` of its criteria; ``contacts`` narrows it to those given, with their mail and
    phone; ``rows``: those of its rows to hold (default: all)."""
    several, frame = len(found.criteria) > 1, found.rows if rows is None else rows
    columns = [Column("rank", words.t(N_("Place")), "rank")]
    if found.earlier is not None:
        columns += [Column("rank_before", words.t(N_("Place before")), "rank"), Column("move", words.t(N_("Move")), "move")]
    columns.append(Column("name", words.t(_HEADS[found.subject])))
    if contacts is not None:
        columns += [Column(k, words.t(head)) for k, head in CONTACT.items()]
    columns.append(Column("score", words.t(N_("Score")), "number"))
    for c in found.criteria:
        label = criterion_label(c.name, words, catalog)
        columns.append(Column(c.name, label + (f" {formats.symbol}" if units[c.name] == "money" else ""), units[c.name]))  # type: ignore[arg-type]
        if several:
            columns.append(Column(f"{c.name}_place", words.t(N_("{criterion}: percentile"), criterion=label), "number"))
    if found.earlier is not None:
        columns.append(Column("value_before", words.t(N_("{criterion} before"), criterion=criterion_label(found.criteria[0].name, words, catalog)), units[found.criteria[0].name]))  # type: ignore[arg-type]
    if found.classes:
        columns.append(Column("class", words.t(N_("Class")), "class"))
    if reasons:
        columns.append(Column("why", words.t(N_("Why the place changed"))))
    told = {k: reason_text(r, words, formats, catalog) for k, r in reasons.items()}
    kept = frame if contacts is None else frame[frame["key"].isin(list(contacts))]
    return Sheet(tuple(columns), tuple(_row(r, names, told, (contacts or {}).get(int(r["key"]), {})) for r in kept.to_dict("records")))


def _row(r: Mapping[str, Any], names: Mapping[int, str], told: Mapping[int, str], contact: Mapping[str, Any]) -> dict[str, Any]:
    key, move = int(r["key"]), r["move"]
    before = None if move != move else int(r["rank"] + move)
    return {**r, **contact, "name": names.get(key, ""), "rank_before": before, "move": None if move != move else int(move), "why": told.get(key, "")}


def notes(found: Any, words: Words, formats: Formats, catalog: Catalog) -> Sequence[str]:
    """What the figures of a ranking are, for the second sheet of a workbook."""
    said = [formats.period(found.period.first, found.period.last)]
    if found.period_before:
        said.append(words.t(N_("Place before: {period}"), period=formats.period(found.period_before.first, found.period_before.last)))
    for c, share in zip(found.criteria, found.shares, strict=True):
        way = words.t(N_("more is better")) if c.high else words.t(N_("less is better"))
        said.append(words.t(N_("{criterion}: {share} of the score, {way}"), criterion=criterion_label(c.name, words, catalog), share=formats.part(float(share)), way=way))
    said.append(words.t(N_("Score: each criterion's percentile among all ranked (100 is best), averaged by weight.")))
    return said
