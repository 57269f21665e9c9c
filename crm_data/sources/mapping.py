"""A mapping: a folder with one ``<table>.sql`` per canonical table and, if wished, a ``mapping.toml``."""
from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from crm_data.errors import N_, Cause, ImportRefused, UnknownName, nearest
from crm_data.model.schema import DERIVED_COLUMNS, TABLES

#: Required columns that are worked out when a mapping gives one of these instead.
FILLED_FROM: dict[tuple[str, str], tuple[str, ...]] = {
    ("order_line", "net"): ("unit_price",), ("order_line", "net_base"): ("net", "unit_price"),
    ("invoice", "amount_base"): ("amount",), ("payment", "amount_base"): ("amount",),
    ("interaction", "started_on"): ("started_at",), ("complaint", "opened_on"): ("opened_at",),
    ("web_lead", "received_on"): ("received_at",), ("sales_order", "ordered_on"): ("ordered_at",),
}
_OPTIONS = ("source", "currency", "reporting_currency", "timezone", "days_in", "encoding", "description", "read", "references")


@dataclass(frozen=True)
class Mapping:
    """Where a firm's data is. ``selects`` maps a canonical table to its SQL, ``files`` to the name of the SQL's file.

    ``currency`` is the documents' where a row names none; ``reporting_currency`` what the warehouse must be kept in
    (None: whatever it is kept in). ``timezone`` is the zone the source writes instants in, ``days_in`` the one days
    are counted in where the branch names none. ``references`` says for a table which other source its keys are of.
    """

    name: str
    source: str
    selects: dict[str, str] = field(hash=False)
    files: dict[str, str] = field(default_factory=dict, hash=False)
    currency: str | None = None
    reporting_currency: str | None = None
    timezone: str = "UTC"
    days_in: str = "UTC"
    encoding: str | None = None
    read: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict, hash=False)

    def file(self, table: str) -> str:
        """The file a table's SQL stands in, for sentences."""
        return self.files.get(table, table if table.endswith(".toml") else f"{table}.sql")


def find_mapping(name_or_folder: str, *, near: Path | None = None) -> Path:
    """The folder of a mapping, given as a folder or as the name of one that comes with Mabat.

    Raises UnknownName with the nearest name.
    """
    folder = Path(name_or_folder).expanduser()
    if folder.is_dir() and any(folder.glob("*.sql")):
        return folder
    known = {path.name: path for root in _roots(near) if root.is_dir() for path in sorted(root.iterdir())
             if path.is_dir() and any(path.glob("*.sql"))}
    if name_or_folder in known:
        return known[name_or_folder]
    if folder.is_dir():
        raise ImportRefused(N_("{folder} is not a mapping: it has no file such as customer.sql."), folder=folder)
    raise UnknownName("mapping", name_or_folder, known)


def _roots(near: Path | None) -> list[Path]:
    here = Path(__file__).resolve().parent
    return [here.parents[1] / "examples", (near or Path.cwd()) / "examples", here / "presets"]


def load_mapping(folder: Path, *, timezone: str = "UTC") -> Mapping:
    """Read a mapping's folder. ``timezone`` is where days are counted if the mapping does not say.

    Raises ImportRefused for a wrong mapping.toml and UnknownName for an SQL file that fits no table.
    """
    options = _options(folder / "mapping.toml")
    selects = {}
    for path in sorted(folder.glob("*.sql")):
        if path.stem not in TABLES:
            raise UnknownName("table", path.stem, TABLES)
        selects[path.stem] = path.read_text(encoding="utf-8-sig").strip().rstrip(";").strip()
    if not selects:
        raise ImportRefused(N_("{folder} is not a mapping: it has no file such as customer.sql."), folder=folder)
    zone = _zone(options.get("timezone", "UTC"), "timezone")
    return Mapping(
        name=folder.name, source=_source(str(options.get("source", folder.name))), selects=selects,
        currency=_currency(options, "currency"), reporting_currency=_currency(options, "reporting_currency"),
        timezone=zone, days_in=_zone(options.get("days_in", zone if "timezone" in options else timezone), "days_in"),
        encoding=options.get("encoding"), read=tuple(options.get("read", ())), references=_references(options))


def _options(path: Path) -> dict:
    if not path.exists():
        return {}
    try:
        options = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportRefused(N_("{file} is not valid TOML: {error}."), file=path.name, error=error) from error
    for name in options:
        if name not in _OPTIONS:
            raise UnknownName("mapping option", name, _OPTIONS)
    return options


def _source(name: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,60}", name):
        raise ImportRefused(N_("The source's name “{name}” may hold letters, digits, _ . - and at most 60 of them."), name=name)
    return name


def _currency(options: dict, name: str) -> str | None:
    value = options.get(name)
    if value is not None and not re.fullmatch("[A-Z]{3}", str(value)):
        raise ImportRefused(N_("{name} = “{value}” in mapping.toml is not an ISO currency code such as EUR."), name=name, value=value)
    return value


def _zone(value: object, name: str) -> str:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError) as error:
        raise ImportRefused(N_("{name} = “{value}” in mapping.toml is not a time zone such as Asia/Jerusalem."),
                            name=name, value=value) from error
    return str(value)


def _references(options: dict) -> dict[str, str]:
    found = {str(table): str(source) for table, source in options.get("references", {}).items()}
    for table in found:
        if table not in TABLES:
            raise UnknownName("table", table, TABLES)
    return found


def output_columns(table: str) -> dict[str, str]:
    """What a mapping may give for a table: the column's name in the SELECT -> the canonical column.

    A reference ``customer_id`` is given as ``customer_ref``: the ``source_id`` of the row referred to.
    """
    columns = {}
    for column in TABLES[table].columns:
        if column.name in ("id", "source", "batch_id", "search_text") or (table, column.name) in DERIVED_COLUMNS:
            continue
        refers = bool(column.info.get("to"))
        columns[column.name.removesuffix("_id") + "_ref" if refers else column.name] = column.name
    return columns


def check_columns(mapping: Mapping, table: str, given: list[str]) -> None:
    """Refuse columns the table does not have, with the nearest one, and a SELECT without ``source_id``."""
    allowed = output_columns(table)
    for name in given:
        if name in allowed or name.startswith("_"):
            continue
        ref = name.removesuffix("_id") + "_ref"
        close = ref if ref in allowed else nearest(name, allowed)
        raise ImportRefused(N_("{file} gives the column “{name}”, and the table {table} has none of that name. {hint}"),
                            file=mapping.file(table), name=name, table=table,
                            hint=Cause(N_("Did you mean “{close}”?"), close=close) if close else Cause(N_("It has: {known}."), known=", ".join(allowed)))
    if "source_id" not in given:
        raise ImportRefused(N_("{file} does not give source_id, the key of the row in the source."), file=mapping.file(table))
    for name, column in allowed.items():
        if TABLES[table].c[column].nullable or name in given or set(FILLED_FROM.get((table, column), ())) & set(given):
            continue
        other = "".join(f" or {alternative}" for alternative in FILLED_FROM.get((table, column), ()))
        raise ImportRefused(N_("{file} does not give {name}{other}, which every row of {table} must have."), file=mapping.file(table),
                            name=name, other=other, table=table)
