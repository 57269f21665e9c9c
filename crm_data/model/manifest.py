"""The manifest of a snapshot: what is in it, and how to know that it is whole."""
from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from crm_data.errors import N_, Cause, InputError, SnapshotDamaged

#: Raised whenever a table or column of the canonical model changes its meaning.
SCHEMA_VERSION = 1
NAME = re.compile(r"[0-9]{8}_[0-9]{6}_[0-9a-f]{4}")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds. ``tables`` maps a table to ``{"rows": int, "controls": {column: sum as text}}``.

    ``sha256`` and ``size`` (bytes) are those of the DuckDB file, None where the warehouse has no file (PostgreSQL).
    ``created_at`` is UTC. ``attributes`` are the keys found in ``customer_attribute``.
    """

    name: str
    created_at: datetime
    as_of: date
    currency: str
    sources: tuple[str, ...]
    tables: dict[str, dict] = field(hash=False)
    sha256: str | None
    note: str = ""
    schema_version: int = SCHEMA_VERSION
    size: int | None = None
    attributes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows in all tables."""
        return sum(table["rows"] for table in self.tables.values())

    def to_dict(self) -> dict:
        """Plain values for JSON; stable, used by ``mabat snapshots --json``."""
        return {"name": self.name, "created_at": self.created_at.astimezone(UTC).isoformat(timespec="seconds"),
                "as_of": self.as_of.isoformat(), "currency": self.currency, "sources": list(self.sources), "note": self.note,
                "schema_version": self.schema_version, "sha256": self.sha256, "size": self.size,
                "attributes": list(self.attributes), "tables": self.tables}

    @classmethod
    def from_dict(cls, values: dict) -> Manifest:
        """The reverse of ``to_dict``; ``KeyError``, ``TypeError`` or ``ValueError`` when something is missing or wrong."""
        return cls(name=values["name"], created_at=datetime.fromisoformat(values["created_at"]),
                   as_of=date.fromisoformat(values["as_of"]), currency=values["currency"], sources=tuple(values["sources"]),
                   tables={name: {"rows": int(t["rows"]), "controls": dict(t["controls"])} for name, t in values["tables"].items()},
                   sha256=values["sha256"], note=values["note"], schema_version=int(values["schema_version"]),
                   size=values["size"], attributes=tuple(values["attributes"]))

    def to_json(self) -> str:
        """The manifest as a text with its own digest, so that a change to it is seen."""
        body = self.to_dict()
        return json.dumps({"digest": digest(body), "manifest": body}, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, where: str) -> Manifest:
        """Read ``to_json``; ``SnapshotDamaged`` when the text was cut or changed. ``where`` names it in the sentence."""
        try:
            values = json.loads(text)
            if digest(values["manifest"]) != values["digest"]:
                raise ValueError(Cause(N_("the digest differs")))
            return cls.from_dict(values["manifest"])
        except (ValueError, KeyError, TypeError) as error:
            raise SnapshotDamaged(N_("The manifest {where} is damaged: {cause}."), where=where, cause=error.args[0] if isinstance(next(iter(error.args), None), Cause) else error) from error


def new_name(now: datetime | None = None) -> str:
    """A name that sorts by time and is also a legal part of a schema's name, e.g. ``20261122_013000_a1b2``."""
    return f"{now or datetime.now(UTC):%Y%m%d_%H%M%S}_{secrets.token_hex(2)}"


def checked_name(name: str) -> str:
    """``name`` if it has the form of a snapshot's name; anything else never reaches a path or a statement."""
    if not NAME.fullmatch(name):
        raise InputError(N_("“{name}” is not the name of a snapshot; names look like {example}. "
                            "“mabat snapshots list” shows them."), name=name, example="20261122_013000_a1b2")
    return name


def digest(body: dict) -> str:
    """SHA-256 of a JSON value in one fixed spelling."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def differences(manifest: Manifest, tables: dict[str, dict]) -> list[str]:
    """Where counted rows and control totals differ from the manifest's; empty when nothing does."""
    problems: list[str] = []
    for name in sorted(set(manifest.tables) | set(tables)):
        said, found = manifest.tables.get(name), tables.get(name)
        if said is None or found is None:
            problems.append(Cause(N_("{name}: the table is missing") if found is None else N_("{name}: the table is not in the manifest"), name=name))
        elif said["rows"] != found["rows"]:
            problems.append(Cause(N_("{name}: {found} rows instead of {said}"), name=name, found=found["rows"], said=said["rows"]))
        else:
            problems += [Cause(N_("{name}: control total {found} instead of {said}"), name=f"{name}.{column}", found=found["controls"].get(column), said=total)
                         for column, total in said["controls"].items() if found["controls"].get(column) != total]
    return problems


def as_of_default(latest: Iterable[date | None], today: date) -> date:
    """The latest day of the facts that is not after today; today when there are none."""
    days = [day for day in latest if day is not None and day <= today]
    return max(days, default=today)
