"""Cost rates that administrators set over those of the data: kept with who, when and why, withdrawn but never erased.

What the data brought is not written over: the edits are laid over it each time the warehouse is opened, in the order they were made.
"""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, Engine, func, insert, select, update

from crm_data.analysis.owned import Changed, administers, committed, signed
from crm_data.cuts.rates import UNITS, Rate, overlaid, rates_of, rates_of_data, with_rates
from crm_data.errors import N_, AccessDenied, InputError
from crm_data.model import appdb
from crm_data.model.store import Warehouse
from crm_data.text import Amount

MOST_RATE, LONGEST_WHY = Decimal(10) ** 9, 500
DECIMALS = 4
EARLIEST = date(1900, 1, 1)
_T = appdb.cost_rate_edit


@dataclass(frozen=True)
class Edit:
    """One change: ``rate`` with its days, ``why``, by ``who`` and when (UTC); ``withdrawn_at`` is set once it no longer counts."""

    id: int
    rate: Rate
    why: str
    who: str
    at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None


# Reading --------------------------------------------------------------------------------------------------------------
def history(engine: Engine, driver: str | None = None) -> list[Edit]:
    """All edits, withdrawn ones too, newest first; of one ``driver`` alone where it is given."""
    query = select(_T).order_by(_T.c.id.desc())
    with engine.connect() as connection:
        rows = connection.execute(query if driver is None else query.where(_T.c.driver == driver)).all()
    return [_edit(r) for r in rows]


def effective(engine: Engine, warehouse: Warehouse) -> Warehouse:
    """The warehouse with the rates that hold now; itself where nobody changed one."""
    return laid_over(warehouse, [e for e in reversed(history(engine)) if e.holds])


def laid_over(warehouse: Warehouse, edits: list[Edit]) -> Warehouse:
    """The warehouse priced by its own rates with these edits over them, oldest first."""
    return with_rates(warehouse, overlaid(rates_of_data(warehouse), (e.rate for e in edits))) if edits else with_rates(warehouse, None)


def state(engine: Engine) -> tuple[int, int]:
    """Changes whenever an edit is made or withdrawn: what a preview was of (see ``expected``)."""
    with engine.connect() as connection:
        return _state(connection)


def _state(connection: Connection) -> tuple[int, int]:
    last, gone = connection.execute(select(func.coalesce(func.max(_T.c.id), 0), func.count(_T.c.withdrawn_at))).one()
    return int(last), int(gone)


@dataclass(frozen=True)
class Line:
    """A rate as a table shows it: ``edit`` it comes from, None where it came with the data."""

    rate: Rate
    edit: Edit | None


def lines(engine: Engine, warehouse: Warehouse, since: date | None = None) -> list[Line]:
    """The rates that hold (from ``since`` on), in the order of :data:`UNITS`, those of one activity by day; others of the data last."""
    edits = [e for e in history(engine) if e.holds]
    place = {driver: n for n, driver in enumerate(UNITS)}
    rates = sorted((r for r in rates_of(laid_over(warehouse, edits[::-1])) if since is None or r.end >= since), key=lambda r: (place.get(r.driver, len(place)), r.driver, r.first))
    return [Line(r, next((e for e in edits if e.rate.driver == r.driver and e.rate.holds(r.first)), None)) for r in rates]


# What would be --------------------------------------------------------------------------------------------------------
def with_change(engine: Engine, warehouse: Warehouse, rate: Rate) -> Warehouse:
    """The warehouse as it would be priced with one more edit; nothing is written."""
    holding = [e.rate for e in reversed(history(engine)) if e.holds]
    return with_rates(warehouse, overlaid(rates_of_data(warehouse), [*holding, rate]))


def without(engine: Engine, warehouse: Warehouse, edit_id: int) -> Warehouse:
    """The warehouse as it would be priced with an edit withdrawn; nothing is written."""
    return laid_over(warehouse, [e for e in reversed(history(engine)) if e.holds and e.id != edit_id])


# Writing --------------------------------------------------------------------------------------------------------------
def change(engine: Engine, user, driver: str, rate: object, first: date, last: date | None = None, why: str = "", *, expected: tuple[int, int] | None = None) -> Edit:
    """Set what one unit of ``driver`` costs from ``first`` to ``last`` (None: until another edit).

    Raises AccessDenied for who is no administrator, InputError for what cannot be a rate, Changed (and writes nothing) when another
    edit was made or withdrawn since ``expected`` (:func:`state`).
    """
    _check_right(user)
    set_, reason = check(driver, rate, first, last), check_why(why)

    def write(connection: Connection) -> int:
        _check_state(connection, expected)
        made = connection.execute(insert(_T).values(
            driver=set_.driver, rate_base=set_.rate, valid_from=set_.first, valid_to=set_.last, why=reason, user_id=user.id, user_name=signed(user),
            created_at=appdb.now())).inserted_primary_key[0]
        appdb.write_audit(connection, user, "rate.change", {"id": made, "driver": set_.driver, "rate": set_.rate, "from": set_.first, "to": set_.last, "why": reason})
        return made
    return _get(engine, committed(engine, write))


def withdraw(engine: Engine, user, edit_id: int, why: str = "", *, expected: tuple[int, int] | None = None) -> Edit:
    """Take an edit back: what stood before it holds again on its days. It stays in the history."""
    _check_right(user)

    def write(connection: Connection) -> None:
        _check_state(connection, expected)
        row = connection.execute(select(_T).where(_T.c.id == edit_id)).first()
        if row is None:
            raise InputError(N_("There is no change of a rate with the number {number}."), number=edit_id)
        if row.withdrawn_at is not None:
            raise InputError(N_("The change {number} was withdrawn by {who} already."), number=edit_id, who=row.withdrawn_by or "?")
        connection.execute(update(_T).where(_T.c.id == edit_id).values(withdrawn_at=appdb.now(), withdrawn_by=signed(user)))
        appdb.write_audit(connection, user, "rate.withdraw", {"id": edit_id, "driver": row.driver, "rate": row.rate_base, "from": row.valid_from, "to": row.valid_to, "why": _clean(why)})
    committed(engine, write)
    return _get(engine, edit_id)


def check(driver: str, rate: object, first: date, last: date | None = None) -> Rate:
    """A rate that may be set. Raises InputError with a sentence that says what is allowed."""
    if driver not in UNITS:
        raise InputError(N_("There is no activity “{driver}” that could have a rate. Use one of: {known}."), driver=driver[:60], known=", ".join(UNITS))
    try:
        number = rate if isinstance(rate, Decimal) else Decimal(str(rate))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or number > MOST_RATE:
        raise InputError(N_("A rate is a number from 0 to {most}, not “{rate}”."), most=Amount(f"{MOST_RATE:,}", MOST_RATE), rate=_typed(rate, number))
    if number != number.quantize(Decimal(1).scaleb(-DECIMALS)):
        raise InputError(N_("A rate has at most {n} digits after the point; “{rate}” has more."), n=DECIMALS, rate=_typed(rate, number))
    if first < EARLIEST:
        raise InputError(N_("A rate cannot begin before {day}."), day=EARLIEST)
    if last is not None and last < first:
        raise InputError(N_("The last day, {last}, is before the first, {first}."), last=last, first=first)
    # -0 is 0.
    return Rate(driver, abs(number), first, last)


def _typed(rate: object, number: Decimal) -> str:
    """A refused rate as it was given, or in the reader's unit of money."""
    return Amount(str(rate)[:40], number) if number.is_finite() else str(rate)[:40]


def _check_right(user) -> None:
    if not administers(user):
        raise AccessDenied(N_("Only administrators change cost rates. Ask one of them."))


def _check_state(connection: Connection, expected: tuple[int, int] | None) -> None:
    if expected is not None and _state(connection) != expected:
        raise Changed(N_("Somebody changed the rates meanwhile, so the effect shown is no longer the one it would have. Nothing was written: look at the effect again."))


def check_why(why: str) -> str:
    """The reason as it is kept. Raises InputError for none and for too long a one."""
    reason = _clean(why)
    if not reason:
        raise InputError(N_("Say in a few words why the rate changes: it is kept beside it."))
    if len(reason) > LONGEST_WHY:
        raise InputError(N_("The reason has {n} letters; at most {most} are kept."), n=len(reason), most=LONGEST_WHY)
    return reason


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _get(engine: Engine, edit_id: int) -> Edit:
    with engine.connect() as connection:
        return _edit(connection.execute(select(_T).where(_T.c.id == edit_id)).one())


def _edit(r) -> Edit:
    return Edit(r.id, Rate(r.driver, Decimal(str(r.rate_base)), r.valid_from, r.valid_to), r.why or "", r.user_name or "", r.created_at, r.withdrawn_at, r.withdrawn_by or "")
