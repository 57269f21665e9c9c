"""Why rows were rejected, in the reader's language.

The engine writes each reason in English, by one of a few forms; here the form is found again and said in another language. The files of
rejected rows and the JSON report keep the English one.
"""
from __future__ import annotations

import re

from crm_data.errors import N_

#: The longer ones first where one begins like another.
FORMS = (
    N_("is missing for a won or lost opportunity"), N_("is missing"), N_("is given for an opportunity that is open"), N_("is not one of: {codes}"),
    N_("is longer than {n} characters"), N_("is not yes or no"), N_("is not an instant written like 2026-11-22 14:30:00"), N_("is not a day written like 2026-11-22"),
    N_("is not a whole number, or too large"), N_("is not a number, or too large"), N_("is not between {low} and {high}"), N_("is not above zero"),
    N_("is not an ISO currency code such as EUR"), N_("is not a believable day: the year must be from 1850 to 2200"), N_("is not a time zone such as Asia/Jerusalem"),
    N_("is personal: give it as the column identity_number of customer"), N_("has no rate for {currency} on {day} or before; add one to currency_rate"),
    N_("stands in {n} rows that differ; the key of a row must be its own"), N_("refers to a {table} that is not there"), N_("refers to a {table} that was rejected ({why})"),
    N_("the row has fewer fields than the header"), N_("the row has more fields than the header"), N_("the row holds bytes that are not valid UTF-8"),
    N_("a quotation mark is not closed or stands in the wrong place"), N_("the row is longer than 2 MB"))
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_PATTERNS = [(form, re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(form)), re.DOTALL)) for form in FORMS]


def said(reason: str, words) -> str:
    """A reason in the language of ``words``; what was written by nobody here (a message of the engine) stays as it is."""
    for form, pattern in _PATTERNS:
        if found := pattern.fullmatch(reason):
            values = found.groupdict()
            if "why" in values:
                values["why"] = _of_another(values["why"], words)
            return words.t(form, **values)
    return reason


def _of_another(why: str, words) -> str:
    """The reason of the row referred to: its column, where it has one, stands before it."""
    whole, (column, _, rest) = said(why, words), why.partition(" ")
    return whole if whole != why or not rest else f"{column} {said(rest, words)}"
