"""What a search gives, and who may be shown at all: below everything that finds customers."""
from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from crm_data.cuts.access import Scope
from crm_data.errors import N_, AccessDenied
from crm_data.model import schema as s


@dataclass(frozen=True)
class Found:
    """One customer a search found; ``alike`` when it only resembles what was typed.

    ``by`` says where it was found when that is not its name: number, identity (number; ``what`` shows its end alone), phone, mail, contact or
    city; ``what`` is that text.
    """

    id: int
    number: str
    name: str
    name_local: str | None
    city: str | None
    branch: str | None
    alike: bool = False
    by: str = ""
    what: str = ""


@dataclass(frozen=True)
class Hits:
    """The best of ``total`` customers that fit. ``partly``: the search words are still being prepared, so only what holds the
    typed text letter by letter was found; ``total`` is None when it was not counted."""

    found: tuple[Found, ...] = ()
    total: int | None = 0
    partly: bool = False


def check_personal(scope: Scope) -> None:
    """Raise AccessDenied for a viewer who may see numbers only."""
    if not scope.personal:
        raise AccessDenied(N_("Your role sees numbers, not single customers. Ask your administrator if you need them."))


def visible(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on ``customer``: its home branch and owner are within the scope."""
    return scope.conditions(s.customer.c.branch_id, s.customer.c.owner_id)
