"""The sentences of a customer's story in a language: codes translated, days and money formatted."""
from __future__ import annotations

from crm_data.analysis.findings import Said, _shown
from crm_data.text import plain

NONE = "–"


def say(said: Said, words, formats) -> str:
    """One sentence. Adds to the units of findings: ``members:<dimension>`` (several), ``day``, ``price`` (two decimals), ``priced`` (a pair of
    amount and currency), ``number0``, ``minutes``, ``msg`` (an English text to translate) and ``said`` (a sentence within one)."""
    shown = {name: _unit(unit, value, words, formats) for name, (unit, value) in said.values.items()}
    return words.n(said.message, said.plural, said.count, **shown) if said.plural else words.t(said.message, **shown) if said.message[:1] != "{" or " " in said.message \
        else said.message.format(**shown)


def _unit(unit: str, value: object, words, formats) -> str:
    if value is None:
        return NONE
    if unit.startswith("members:"):
        return words.listed(plain(words.member(unit[8:], one)) for one in value)  # type: ignore[attr-defined]
    if unit == "day":
        return formats.day(value)
    if unit == "price":
        return formats.money(value, full=True, decimals=2)
    if unit == "priced":
        amount, currency = value  # type: ignore[misc]
        return f"{formats.number(amount, 2)} {plain(currency)}"
    if unit == "money":
        return formats.money(value, full=True)
    if unit == "msg":
        return words.t(str(value))
    if unit == "said":
        return say(value, words, formats)  # type: ignore[arg-type]
    if unit == "number0":
        return formats.number(value, 0 if float(value) == int(float(value)) else 1)  # type: ignore[arg-type]
    if unit == "minutes":
        return words.n("{n} minute", "{n} minutes", max(1, round(float(value))))  # type: ignore[arg-type]
    return _shown(unit, value, words, formats)


def sentence(parts, words, formats) -> str:
    """Several of them in a line."""
    return words.in_line(say(p, words, formats) for p in parts)
