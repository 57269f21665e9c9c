"""Rights as a value: what rows a user may see, and whether persons are shown by name. It has no default anywhere."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false


@dataclass(frozen=True)
class Scope:
    """``branches`` and ``owners``: ids of the records one may see (None: all); ``personal``: names and birth dates shown."""

    branches: frozenset[int] | None
    owners: frozenset[int] | None
    personal: bool

    @staticmethod
    def everything() -> Scope:
        """All rows, with personal data: administrators, the command line of the machine's owner, tests."""
        return Scope(None, None, True)

    @property
    def key(self) -> str:
        """Stable text for cache keys."""
        def part(ids: frozenset[int] | None) -> str:
            return "*" if ids is None else ",".join(map(str, sorted(ids)))
        return f"b={part(self.branches)};o={part(self.owners)};p={int(self.personal)}"

    def conditions(self, branch_id: ColumnElement, owner_id: ColumnElement) -> list[ColumnElement[bool]]:
        """The WHERE conditions of this scope over a record's own branch and owner columns."""
        found: list[ColumnElement[bool]] = []
        for column, ids in ((branch_id, self.branches), (owner_id, self.owners)):
            if ids is not None:
                found.append(column.in_(sorted(ids)) if ids else false())
        return found
