"""What must be true of a row besides its types: a few rules a measure relies on."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """``broken`` is SQL over the typed columns, true for a bad row; checked when the mapping gives all ``columns``.

    The first column is the one named in the reject.
    """

    columns: tuple[str, ...]
    broken: str
    reason: str


def _between(column: str, low: float, high: float) -> Rule:
    return Rule((column,), f'"{column}" NOT BETWEEN {low} AND {high}', f"is not between {low} and {high}")


_CURRENCY = Rule(("currency",), "NOT regexp_full_match(currency, '[A-Z]{3}')", "is not an ISO currency code such as EUR")
_NO_FAR_DAY = "is not a believable day: the year must be from 1850 to 2200"


def _days(*columns: str) -> tuple[Rule, ...]:
    return tuple(Rule((column,), f'year("{column}") NOT BETWEEN 1850 AND 2200', _NO_FAR_DAY) for column in columns)


RULES: dict[str, tuple[Rule, ...]] = {
    "branch": (Rule(("timezone",), "timezone NOT IN (SELECT name FROM pg_timezone_names())",
                    "is not a time zone such as Asia/Jerusalem"),),
    "customer": (_between("birth_year", 1850, 2200), *_days("birth_date", "customer_since", "lost_on")),
    "customer_attribute": (Rule(("key",), "lower(key) = 'identity_number'", "is personal: give it as the column identity_number of customer"),),
    "opportunity": (
        _CURRENCY, _between("probability", 0, 1), *_days("opened_on", "closed_on", "expected_close_on"),
        Rule(("closed_on", "outcome"), "outcome IN ('won', 'lost') AND closed_on IS NULL", "is missing for a won or lost opportunity"),
        Rule(("closed_on", "outcome"), "outcome = 'open' AND closed_on IS NOT NULL", "is given for an opportunity that is open")),
    "feedback": (Rule(("score", "kind"), "kind = 'nps' AND score NOT BETWEEN 0 AND 10", "is not between 0 and 10"),
                 Rule(("score", "kind"), "kind = 'csat' AND score NOT BETWEEN 1 AND 5", "is not between 1 and 5"),
                 *_days("given_on")),
    "interaction": (_between("started_hour", 0, 23), _between("satisfaction", 1, 5), *_days("started_on")),
    "sales_order": (_CURRENCY, _between("ordered_hour", 0, 23), *_days("ordered_on", "delivered_on")),
    "order_credit": (_between("share", 0, 1),),
    "quote": (_CURRENCY, *_days("sent_on")),
    "invoice": (_CURRENCY, *_days("issued_on", "due_on")),
    "payment": (_CURRENCY, *_days("paid_on")),
    "complaint": _days("opened_on", "resolved_on"),
    "currency_rate": (_CURRENCY, Rule(("rate",), "rate <= 0", "is not above zero")),
    "staff": _days("hired_on", "left_on"),
}
