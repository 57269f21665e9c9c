"""What follows from other values: line values, days and hours from instants, amounts in the reporting currency."""
from __future__ import annotations

from dataclasses import dataclass

import duckdb

from crm_data.model.schema import TABLES
from crm_data.sources.mapping import FILLED_FROM, Mapping
from crm_data.sources.raw import literal, quoted

#: Amounts of a document: table -> (SQL of its day, (column, its value in the reporting currency) ...).
_DOCUMENTS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "opportunity": ("coalesce(closed_on, opened_on)", (("amount", "amount_base"),)),
    "quote": ("sent_on", (("amount", "amount_base"),)),
    "invoice": ("issued_on", (("amount", "amount_base"),)),
    "payment": ("paid_on", (("amount", "amount_base"),)),
    "order_line": ("_order_day", (("net", "net_base"), ("discount", "discount_base"))),
}
#: Days and hours told from an instant: table -> (instant, day, hour).
_INSTANTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "interaction": (("started_at", "started_on", "started_hour"),),
    "web_lead": (("received_at", "received_on", ""),),
    "complaint": (("opened_at", "opened_on", ""), ("resolved_at", "resolved_on", "")),
    "sales_order": (("ordered_at", "ordered_on", "ordered_hour"),),
}


@dataclass(frozen=True)
class Amounts:
    """How a table's amounts come into the reporting currency. ``columns`` are those it adds or completes."""

    table: str
    columns: tuple[str, ...]
    day: str
    pairs: tuple[tuple[str, str], ...]
    currency: str
    given: frozenset[str]
    foreign: bool
    required: tuple[str, ...]

    def around(self, inner: str) -> str:
        """The SELECT of ready rows around ``inner``: base amounts worked out, ``_unsound`` saying what is missing then."""
        if not self.table:
            return f"SELECT *, CAST(NULL AS VARCHAR[]) AS _unsound FROM ({inner})"
        source, rate = self._with_rates(inner)
        chosen, excluded, tests = [], [], []
        for amount, base in self.pairs:
            own = self._own(base)
            worked = f"a.{quoted(amount)}"
            if rate:
                worked = f"CASE WHEN a._currency = {literal(self.currency)} THEN {worked} ELSE CAST({worked} * r.rate AS DECIMAL(18, 4)) END"
                tests.append(f"CASE WHEN a.{quoted(amount)} IS NOT NULL AND coalesce({own}, {worked}) IS NULL THEN "
                             f"[{literal(amount)}, a._currency, 'has no rate for ' || coalesce(a._currency, '?') || ' on ' || "
                             f"coalesce(CAST(a._day AS VARCHAR), '?') || ' or before; add one to currency_rate'] END")
            chosen.append(f"coalesce({own}, {worked}) AS {quoted(base)}")
            excluded += [base] * (base in self.given)
        missing = [f"CASE WHEN {column} IS NULL THEN [{literal(name)}, NULL, 'is missing'] END" for name, column in self._required()]
        unsound = f"coalesce({', '.join([*tests, *missing])})" if tests or missing else "CAST(NULL AS VARCHAR[])"
        hidden = [*excluded, *(["_currency", "_day"] if rate else [])]
        hide = f" EXCLUDE ({', '.join(quoted(name) for name in hidden)})" if hidden else ""
        more = "".join(f", {item}" for item in chosen)
        return f"SELECT a.*{hide}{more}, {unsound} AS _unsound FROM {source}"

    def _required(self) -> list[tuple[str, str]]:
        amount_of = {base: amount for amount, base in self.pairs}
        return [(name, f"coalesce({self._own(name)}, a.{quoted(amount_of[name])})" if name in amount_of else f"a.{quoted(name)}")
                for name in self.required]

    def _own(self, base: str) -> str:
        return f"a.{quoted(base)}" if base in self.given else "NULL"

    def _with_rates(self, inner: str) -> tuple[str, bool]:
        if not self.foreign:
            return f"({inner}) a", False
        if self.table == "order_line":
            rows = (f"(SELECT i.*, o.currency AS _currency, o.ordered_on AS _day FROM ({inner}) i "
                    "LEFT JOIN staging.sales_order o ON o.id = i.order_id)")
        else:
            rows = f"(SELECT i.*, i.currency AS _currency, {self.day} AS _day FROM ({inner}) i)"
        return f"{rows} a ASOF LEFT JOIN rates r ON r.currency = a._currency AND r.valid_on <= a._day", True


def rates_needed(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, given: set[str], currency: str) -> bool:
    """Whether any row of the table is in another currency than the warehouse's."""
    if table == "order_line":
        of = literal(mapping.references.get("sales_order", mapping.source))
        where = f"staging.sales_order WHERE source = {of} AND currency <> {literal(currency)}"
    elif "currency" in given:
        where = f"typed.{quoted(table)} WHERE coalesce(currency, {literal(mapping.currency or currency)}) <> {literal(currency)}"
    else:
        return (mapping.currency or currency) != currency
    return con.execute(f"SELECT 1 FROM {where} LIMIT 1").fetchone() is not None


def amounts_of(con: duckdb.DuckDBPyConnection, mapping: Mapping, table: str, given: set[str], currency: str) -> Amounts:
    """How the amounts of a table are to be worked out, given the columns of its mapping."""
    day, pairs = _DOCUMENTS.get(table, ("", ()))
    fills = fills_of(table, given, mapping, currency, by_branch=False)
    pairs = tuple(pair for pair in pairs if pair[0] in given or pair[0] in fills)
    bases = {base for _, base in pairs}
    required = tuple(column for name, column in FILLED_FROM if name == table and (column in given or column in fills or column in bases))
    foreign = bool(pairs) and rates_needed(con, mapping, table, given, currency)
    return Amounts(table if pairs or required else "", tuple(base for _, base in pairs), day, pairs, currency, frozenset(given),
                   foreign, required)


def fills_of(table: str, given: set[str], mapping: Mapping, currency: str, *, by_branch: bool) -> dict[str, str]:
    """Canonical columns worked out from others of the row ``x``: column -> SQL, which keeps what the mapping gave."""
    fills: dict[str, str] = {}
    if table == "order_line" and {"quantity", "unit_price"} <= given:
        discount = "coalesce(x.discount, 0)" if "discount" in given else "0"
        fills["net"] = _or("net", given, f"CAST(x.quantity * x.unit_price - {discount} AS DECIMAL(18, 4))")
    if table == "order_line" and "unit_cost_base" in given:
        fills["cost_base"] = _or("cost_base", given, "CAST(x.quantity * x.unit_cost_base AS DECIMAL(18, 4))")
    if "currency" in TABLES[table].c:
        # Without a word about its currency a document is in the mapping's, or else in the warehouse's.
        fills["currency"] = _or("currency", given, literal(mapping.currency or currency))
    for instant, day, hour in _INSTANTS.get(table, ()):
        if instant not in given:
            continue
        local = _local(f"x.{quoted(instant)}", mapping.days_in, by_branch)
        fills[day] = _or(day, given, f"CAST({local} AS DATE)")
        if hour:
            fills[hour] = _or(hour, given, f"CAST(hour({local}) AS SMALLINT)")
    return fills


def _or(column: str, given: set[str], otherwise: str) -> str:
    return f"coalesce(x.{quoted(column)}, {otherwise})" if column in given else otherwise


def _local(instant: str, zone: str, by_branch: bool) -> str:
    """The local time of an instant in UTC: at the branch where it has a time zone, else where the mapping counts days."""
    if by_branch:
        return f"timezone(coalesce(branch.timezone, {literal(zone)}), timezone('UTC', {instant}))"
    return instant if zone == "UTC" else f"timezone({literal(zone)}, timezone('UTC', {instant}))"
