"""The report of an import: per file and per table what was read, accepted, rejected and changed; in words and as JSON."""
from __future__ import annotations

from dataclasses import asdict, dataclass

from crm_data.sources.reasons import said


@dataclass(frozen=True)
class FileReport:
    """A raw table: rows kept of it and rows the reader refused."""

    table: str
    file: str
    rows: int
    rejected: int


@dataclass(frozen=True)
class TableReport:
    """A canonical table. ``read`` = ``new`` + ``changed`` + ``unchanged`` + ``repeated`` + ``rejected``;
    ``accepted`` is the sum of the first three, ``repeated`` are rows that stood in the source twice, equal in all."""

    table: str
    read: int
    accepted: int
    new: int
    changed: int
    unchanged: int
    repeated: int
    rejected: int


@dataclass(frozen=True)
class Reject:
    """A reason for which rows of a table were rejected: how many, and the first of them."""

    table: str
    column: str | None
    reason: str
    count: int
    file: str | None
    row: int | None
    source_id: str | None
    value: str | None


@dataclass(frozen=True)
class Place:
    """Where a doubtful value stands; of the value only the last three letters are kept."""

    file: str | None
    row: int | None
    value: str


@dataclass(frozen=True)
class Doubt:
    """Values of a column that look wrong and were imported all the same: what is wrong, how many, and the first of them."""

    table: str
    column: str
    reason: str
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Report:
    """What an import did. ``snapshot`` is the one published, None when nothing changed or nothing was to be changed."""

    source: str
    mapping: str
    batch: int
    dry_run: bool
    currency: str
    snapshot: str | None
    files: tuple[FileReport, ...]
    tables: tuple[TableReport, ...]
    rejects: tuple[Reject, ...]
    rejects_folder: str | None
    seconds: float
    doubts: tuple[Doubt, ...] = ()

    def total(self, name: str) -> int:
        """Sum of a figure over the tables."""
        return sum(getattr(table, name) for table in self.tables)

    def to_json(self) -> dict:
        """The report as plain values; the keys are a contract, described in docs/importing.md."""
        return {**asdict(self), "totals": {name: self.total(name) for name in _FIGURES}}


_FIGURES = ("read", "accepted", "new", "changed", "unchanged", "repeated", "rejected")


def in_words(report: Report, words) -> str:
    """The report for people. ``words`` translates (a ``Words`` value)."""
    lines = _table(report, words)
    lines += [_reject_line(reject, words) for reject in report.rejects[:20]]
    if len(report.rejects) > 20:
        lines.append(words.t("... and {n} more reasons.", n=len(report.rejects) - 20))
    lines += [_doubt_line(doubt, words) for doubt in report.doubts]
    if report.rejects_folder:
        lines.append(words.t("Rejected rows are kept in {folder}.", folder=report.rejects_folder))
    lines.append(_ending(report, words))
    return "\n".join(lines)


def _table(report: Report, words) -> list[str]:
    heads = [words.t("Table"), words.t("Read"), words.t("New"), words.t("Changed"), words.t("Unchanged"),
             words.t("Repeated"), words.t("Rejected")]
    figures = [[table.table, *(f"{getattr(table, name):,}" for name in ("read", "new", "changed", "unchanged", "repeated", "rejected"))]
               for table in report.tables if table.read]
    if not figures:
        return [words.t("The source holds no rows.")]
    widths = [max(len(row[place]) for row in [heads, *figures]) for place in range(len(heads))]
    return ["  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                      for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in [heads, *figures]]


def _reject_line(reject: Reject, words) -> str:
    where = ", ".join(part for part in (reject.file, words.t("row {row}", row=reject.row) if reject.row else None,
                                        f"source_id {reject.source_id}" if reject.source_id else None) if part)
    value = f" “{reject.value}”" if reject.value else ""
    return words.n("{table}: {n} row rejected: {column}{value} {reason} ({where})",
                   "{table}: {n} rows rejected: {column}{value} {reason} (first: {where})", reject.count,
                   table=reject.table, n=f"{reject.count:,}", column=reject.column or "", value=value, reason=said(reject.reason, words), where=where)


def _doubt_line(doubt: Doubt, words) -> str:
    several = len({place.file for place in doubt.places}) > 1
    places = [words.t("row {row}: {value}", row=place.row, value=place.value) if not several or not place.file
              else words.t("{file}, row {row}: {value}", file=place.file, row=place.row, value=place.value) for place in doubt.places if place.row]
    rest = ["…"] if doubt.count > len(doubt.places) else []
    return words.n("{table}: {n} identity number looks wrong and was imported as it is: {reason} ({where})",
                   "{table}: {n} identity numbers look wrong and were imported as they are: {reason} ({where})", doubt.count,
                   table=doubt.table, n=f"{doubt.count:,}", reason=words.t(doubt.reason), where="; ".join([*places, *rest]))


def _ending(report: Report, words) -> str:
    if report.dry_run:
        return words.t("Dry run: nothing was changed.")
    if report.snapshot is None:
        return words.t("Nothing is new or changed; the published snapshot stays as it is.")
    return words.t("Published as snapshot {name}.", name=report.snapshot)
