"""What a review says in words, on the page, in files and on the command line alike: figures that read differently, and what changed in the data.

Takes the values of ``crm_data.analysis.review`` by their attributes.
"""
from __future__ import annotations

from datetime import date
from typing import Any

from crm_data.errors import N_
from crm_data.output.formats import Formats, plain
from crm_data.output.words import Words


def months_text(words: Words, formats: Formats, calendar: str) -> str:
    """Whose months a meeting is of, to who has others; empty where they are the reader's own."""
    if calendar == formats.calendar:
        return ""
    return words.t(N_("by months of the Jalali calendar") if calendar == "jalali" else N_("by months of the Gregorian calendar"))


def documents_text(words: Words, formats: Formats, table: str, what: str, n: int) -> str:
    """"14 late returns": how many documents of a table, and what happened to them."""
    k = {"n": formats.count(n)}
    if table == "sales_order":
        return {"added": lambda: words.n("{n} order entered later", "{n} orders entered later", n, **k),
                "removed": lambda: words.n("{n} deleted order", "{n} deleted orders", n, **k),
                "returned": lambda: words.n("{n} late return", "{n} late returns", n, **k),
                "cancelled": lambda: words.n("{n} cancelled order", "{n} cancelled orders", n, **k),
                "changed": lambda: words.n("{n} changed order", "{n} changed orders", n, **k)}[what]()
    if table == "customer":
        return {"added": lambda: words.n("{n} customer entered later", "{n} customers entered later", n, **k),
                "removed": lambda: words.n("{n} deleted customer", "{n} deleted customers", n, **k)}.get(
            what, lambda: words.n("{n} record of a changed customer", "{n} records of changed customers", n, **k))()
    if table == "cost_rate":
        return words.n("{n} record at another cost rate", "{n} records at other cost rates", n, **k)
    said = {"added": lambda: words.n("{table}: {n} record entered later", "{table}: {n} records entered later", n, table=table_text(words, table), **k),
            "removed": lambda: words.n("{table}: {n} deleted record", "{table}: {n} deleted records", n, table=table_text(words, table), **k)}
    return said.get(what, lambda: words.n("{table}: {n} changed record", "{table}: {n} changed records", n, table=table_text(words, table), **k))()


_TABLES = {"interaction": N_("Contacts"), "complaint": N_("Complaints"), "feedback": N_("Feedback"), "web_lead": N_("Leads"), "opportunity": N_("Opportunities"),
           "quote": N_("Quotes"), "invoice": N_("Invoices"), "payment": N_("Payments"), "order_line": N_("Order lines")}


def table_text(words: Words, table: str) -> str:
    """What a table holds, in words."""
    return words.t(_TABLES[table]) if table in _TABLES else table.replace("_", " ")


def change_text(words: Words, formats: Formats, change: Any, unit: str) -> str:
    """"14 late returns of Oct 2026, arrived on 16 Nov (−₪18K)". ``change``: a ``DataChange``; ``unit``: of the figure it explains."""
    if change.hidden:
        return words.t(N_("Records of few customers, which your role does not see"))
    text = documents_text(words, formats, change.table, change.what, change.count)
    if change.first and change.last:
        text = words.t(N_("{what} of {period}"), what=text, period=formats.period(change.first, change.last))
    if change.arrived:
        text = words.t(N_("{what}, arrived on {days}"), what=text, days=_days(formats, change.arrived))
    return f"{text} ({formats.signed(float(change.amount), unit)})" if change.amount is not None else text


def _days(formats: Formats, days: tuple[date, ...]) -> str:
    return formats.words.listed(formats.day_month(d) for d in days[:3]) + (" …" if len(days) > 3 else "")


def restated_text(words: Words, formats: Formats, one: Any) -> str:
    """A ``Restated`` as sentences: "Revenue · Oct 2026 now reads 1.19M; at the last meeting it read 1.21M. 14 late returns ..."."""
    what = " · ".join((words.t(one.label), formats.dated(one.first, one.last, one.calendar)))
    if one.then == one.now:
        text = words.t(N_("{what} reads as it did, but its parts moved: {parts}"), what=what, parts=cells_text(words, formats, one))
    else:
        now, then = two_texts(formats, one.now, one.then, one.unit)
        text = words.t(N_("{what} now reads {now}; at the last meeting it read {then}"), what=what, now=now, then=then)
    why = [change_text(words, formats, c, one.unit) for c in one.changes]
    if one.unexplained:
        why.append(words.t(N_("{amount} for other reasons"), amount=formats.signed(float(one.unexplained), one.unit)))
    return text + "." + (" " + words.listed(why, ";") + "." if why else "")


def two_texts(formats: Formats, now: Any, then: Any, unit: str) -> tuple[str, str]:
    """Two numbers written so that they differ where they do: in full, and shares with more decimals."""
    found = formats.value(now, unit), formats.value(then, unit)
    if found[0] == found[1]:
        found = formats.value(now, unit, full=True), formats.value(then, unit, full=True)
    if found[0] == found[1] and unit == "share" and now is not None and then is not None:
        found = formats.share(now, decimals=3), formats.share(then, decimals=3)
    return found


def cells_text(words: Words, formats: Formats, one: Any, most: int = 3) -> str:
    """The members that read differently, the first of them: "Haifa 220 → 0"."""
    shown = []
    for cell in one.cells[:most]:
        names = words.listed(words.t(N_("Unknown")) if m is None else plain(m) for m in cell.members)
        now, then = two_texts(formats, cell.now, cell.then, one.unit)
        shown.append(words.t(N_("{member} {then} → {now}"), member=names, then=then, now=now))
    return words.listed(shown, ";") + (words.listed(["", "…"], ";") if len(one.cells) > most else "")
