"""From text to the canonical types, all columns of a table in one statement, with a reason for each value that will not."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, Numeric, SmallInteger, String

from crm_data.model.schema import CODES, TABLES
from crm_data.model.tables import column_type
from crm_data.sources.jalali import gregorian_sql
from crm_data.sources.mapping import FILLED_FROM, Mapping, output_columns
from crm_data.sources.raw import literal, quoted
from crm_data.sources.rules import RULES

_DIGITS = ("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬−", "01234567890123456789.,-")
_OFFSET = r"(Z|[+-]\d\d:?(\d\d)?)$"
#: Kept without what people write between their digits; see ``crm_data.model.identity``.
_PLAIN_NUMBERS = (("customer", "identity_number"),)


@dataclass(frozen=True)
class Cast:
    """How a column is read: SQL of its value, SQL that is true where the text was refused, and the reason said."""

    column: str
    value: str
    refused: str
    reason: str


def cast_sql(mapping: Mapping, table: str, select: str, given: dict[str, str]) -> str:
    """A SELECT that reads the mapping's columns as their types and says in ``_why`` what is wrong with a row.

    ``given`` are the columns of ``select`` with their DuckDB types. ``_why`` is NULL for a sound row, else a JSON
    list of objects with column, value and reason.
    """
    targets = output_columns(table)
    casts = [_cast(TABLES[table].c[targets[name]], name, kind, mapping) for name, kind in given.items() if name in targets]
    inner = [f"{item.value} AS {quoted(item.column)}" for item in casts]
    inner += [f"q.{quoted(item.column)} AS {quoted('r ' + item.column)}" for item in casts]
    inner += [f"CAST(q.{name} AS {kind}) AS {name}" if name in given else f"CAST(NULL AS {kind}) AS {name}"
              for name, kind in (("_file", "VARCHAR"), ("_row", "BIGINT"))]
    tests = _tests(table, casts, set(given))
    columns = ", ".join(quoted(item.column) for item in casts)
    # Kept as JSON: a column of lists of structs, nearly all NULL, takes the engine long to store.
    why = f"CASE WHEN {' OR '.join(f'({test})' for test, _ in tests)} THEN CAST(to_json(list_filter([" \
          f"{', '.join(_problem(*t) for t in tests)}], problem -> problem IS NOT NULL)) AS VARCHAR) END" if tests else "CAST(NULL AS VARCHAR)"
    return f"SELECT _file, _row, {columns}, {why} AS _why FROM (SELECT {', '.join(inner)} FROM ({select}\n) q)"


def _problem(test: str, said: tuple[str, str]) -> str:
    column, reason = said
    value = f"CAST({quoted('r ' + column)} AS VARCHAR)" if column else "NULL"
    return (f"CASE WHEN {test} THEN {{'column': {literal(column)}, 'value': left({value}, 300), 'reason': {literal(reason)}}} END")


def _tests(table: str, casts: list[Cast], given: set[str]) -> list[tuple[str, tuple[str, str]]]:
    """(SQL that is true for a bad row, (column, reason)) for types, codes, lengths, required columns and rules."""
    tests = [(item.refused, (item.column, item.reason)) for item in casts if item.refused]
    for name, column in output_columns(table).items():
        field = TABLES[table].c[column]
        required = not field.nullable and (table, column) not in FILLED_FROM
        if required and name in given:
            # A value that was refused already is not missing as well.
            blank = f"nullif(trim(CAST({quoted('r ' + name)} AS VARCHAR)), '') IS NULL"
            tests.append((f"{quoted(name)} IS NULL AND {blank}", (name, "is missing")))
        if name not in given:
            continue
        if (table, column) in CODES:
            codes = CODES[table, column]
            allowed = ", ".join(literal(code) for code in codes)
            tests.append((f"coalesce({quoted(name)} NOT IN ({allowed}), false)", (name, f"is not one of: {', '.join(codes)}")))
        elif isinstance(field.type, String) and field.type.length:
            tests.append((f"coalesce(length({quoted(name)}) > {field.type.length}, false)",
                          (name, f"is longer than {field.type.length} characters")))
    for rule in RULES.get(table, ()):
        if set(rule.columns) <= given:
            tests.append((f"coalesce({rule.broken}, false)", (rule.columns[0], rule.reason)))
    return tests


def _cast(field: Column, name: str, kind: str, mapping: Mapping) -> Cast:
    raw, text = f"q.{quoted(name)}", kind == "VARCHAR"
    if name.endswith("_ref") or isinstance(field.type, String):
        value = _trimmed(raw) if text else f"nullif(trim(CAST({raw} AS VARCHAR)), '')"
        if (field.table.name, field.name) in _PLAIN_NUMBERS:
            value = _plain_number(value)
        codes = (field.table.name, field.name) in CODES
        upper = field.name == "currency"
        return Cast(name, f"lower({value})" if codes else f"upper({value})" if upper else value, "", "")
    value, reason = _typed(field, raw, kind, mapping)
    own = quoted("r " + name)
    blank = f" AND trim({own}) <> ''" if text else ""
    return Cast(name, value, f"{quoted(name)} IS NULL AND {own} IS NOT NULL{blank}", reason)


def _typed(field: Column, raw: str, kind: str, mapping: Mapping) -> tuple[str, str]:
    """SQL of the value in the column's type, NULL where it cannot be read, and the reason for that."""
    target = column_type(field)
    if isinstance(field.type, Boolean):
        return f"try_cast({raw} AS BOOLEAN)", "is not yes or no"
    if isinstance(field.type, DateTime):
        return _reading(raw, kind, lambda reading: _instant(_gregorian(reading, kind), kind, mapping.timezone)), \
            "is not an instant written like 2026-11-22 14:30:00"
    if isinstance(field.type, Date):
        if kind == "DATE":
            return raw, ""
        return _reading(raw, kind, lambda reading: _day(_gregorian(reading, kind))), \
            "is not a day written like 2026-11-22"
    if isinstance(field.type, Integer | SmallInteger):
        return _reading(raw, kind, lambda reading: f"CASE WHEN try_cast({reading} AS DOUBLE) = try_cast({reading} AS {target}) "
                                                   f"THEN try_cast({reading} AS {target}) END"), "is not a whole number, or too large"
    if isinstance(field.type, Numeric):
        return _reading(raw, kind, lambda reading: f"try_cast({reading} AS {target})"), "is not a number, or too large"
    raise TypeError(f"no rule to read {field}")


def _day(reading: str) -> str:
    return f"coalesce(try_cast({reading} AS DATE), CAST(try_cast({reading} AS TIMESTAMP) AS DATE))"


def _gregorian(reading: str, kind: str) -> str:
    """A text whose Jalali day, if it has one, is Gregorian; a value that is no text as it is."""
    return gregorian_sql(reading) if kind == "VARCHAR" else reading


def _reading(raw: str, kind: str, read: Callable[[str], str]) -> str:
    """``read`` of the value; of a text also with digits and signs of other scripts made ASCII, only where it holds such.

    Without the CASE the engine would translate every row: it works out once, before all else, what stands twice.
    """
    if kind != "VARCHAR":
        return read(raw)
    plain = f"translate({raw}, {literal(_DIGITS[0])}, {literal(_DIGITS[1])})"
    return f"coalesce({read(raw)}, CASE WHEN {_not_ascii(raw)} THEN {read(plain)} END)"


def _not_ascii(text: str) -> str:
    return f"strlen({text}) > length({text})"  # bytes, letters


def _plain_number(text: str) -> str:
    """Digits and capital letters alone; a whole number that was kept as a fraction (39337423.0) without it, but not one written in groups (51.234.000)."""
    ascii_digits = f"translate({text}, {literal(_DIGITS[0])}, {literal(_DIGITS[1])})"
    return f"nullif(upper(regexp_replace(regexp_replace(trim({ascii_digits}), '^([0-9]+)[.]0{{1,2}}$', '\\1'), '[^\\p{{L}}\\p{{N}}]+', '', 'g')), '')"


def _trimmed(text: str) -> str:
    """The text without spaces around it, NULL if nothing is left. Most texts hold no space: asking that is cheaper."""
    return (f"CASE WHEN contains({text}, ' ') OR {_not_ascii(text)} THEN nullif(trim({text}), '') "
            f"ELSE nullif({text}, '') END")


def _instant(reading: str, kind: str, zone: str) -> str:
    """The instant in UTC: a text with an offset says its own zone, any other is read in the mapping's zone."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {reading})"
    local = f"try_cast({reading} AS TIMESTAMP)"
    if zone != "UTC":
        local = f"timezone('UTC', timezone({literal(zone)}, {local}))"
    if kind != "VARCHAR":
        return local
    with_offset = f"timezone('UTC', try_cast({reading} AS TIMESTAMP WITH TIME ZONE))"
    return f"CASE WHEN regexp_matches({reading}, {literal(':.*' + _OFFSET)}) THEN {with_offset} ELSE {local} END"
