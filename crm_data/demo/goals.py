"""Targets of last and this year, set from what was reached: months ended between 78 and 125 %, the pace now is 80 to 120 %.

The branch that fell keeps the targets it was given before it fell.
"""
from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import duckdb

from crm_data.demo.dice import put
from crm_data.demo.places import fall_begins, months

_LINES = "order_line AS l JOIN sales_order AS o ON o.id = l.order_id"
#: (measure, dimension, SQL of member, month and value, rounded to).
_REACHED: tuple[tuple[str, str, str, float], ...] = (
    ("revenue", "", f"SELECT '', date_trunc('month', l.ordered_on), sum(l.net_base) FROM {_LINES} WHERE l.counted GROUP BY ALL", 1000),
    ("revenue", "branch", f"SELECT b.name, date_trunc('month', l.ordered_on), sum(l.net_base) FROM {_LINES} JOIN branch AS b ON b.id = o.branch_id WHERE l.counted GROUP BY ALL", 500),
    ("revenue", "owner", f"SELECT s.name, date_trunc('month', l.ordered_on), sum(l.net_base * coalesce(c.share, 1)) FROM {_LINES} LEFT JOIN order_credit AS c ON c.order_id = o.id "
                         "JOIN staff AS s ON s.id = coalesce(c.staff_id, o.owner_id) WHERE l.counted AND s.left_on IS NULL GROUP BY ALL", 100),
    ("revenue", "product_category", f"SELECT g.name, date_trunc('month', l.ordered_on), sum(l.net_base) FROM {_LINES} JOIN product AS p ON p.id = l.product_id "
                                    "JOIN product_category AS g ON g.id = p.product_category_id WHERE l.counted GROUP BY ALL", 500),
    ("revenue", "customer_type", f"SELECT t.name, date_trunc('month', l.ordered_on), sum(l.net_base) FROM {_LINES} JOIN customer AS c ON c.id = l.customer_id "
                                 "JOIN customer_type AS t ON t.id = c.customer_type_id WHERE l.counted GROUP BY ALL", 500),
    ("new_customers", "", "SELECT '', date_trunc('month', customer_since), count(*) FROM customer WHERE relation IN ('customer', 'former') GROUP BY ALL", 1),
    ("contacts", "", "SELECT '', date_trunc('month', started_on), count(*) FROM interaction GROUP BY ALL", 10))


def make_goals(con: duckdb.DuckDBPyConnection, last: date) -> None:
    """Fill target_import; the sales tables are complete."""
    begin = date(last.year - 1, 1, 1)
    year = months(begin, date(last.year, 12, 31))
    rows: list[dict] = []
    for measure, dimension, query, unit in _REACHED:
        reached: dict[str, dict[date, float]] = {}
        for member, month, value in con.execute(f"SELECT m, CAST(d AS DATE), CAST(v AS DOUBLE) FROM ({query}) AS q(m, d, v) WHERE d >= DATE '{begin}' - 366 ORDER BY ALL").fetchall():
            reached.setdefault(member, {})[month] = value
        for member, by_month in reached.items():
            for month in year if dimension in ("", "branch") else year[12:]:
                rows.append(_goal(measure, dimension, member, month, by_month, unit, last))
    rows += _longer(rows, last) + _win_rates(year, last)
    put(con, "target_import", [row for row in rows if row["value"] > 0])


def _end(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _dice(*what: object) -> Callable[[float, float], float]:
    return random.Random(":".join(map(str, what))).uniform


def _passed(month: date, last: date) -> float:
    """The share of a month's working days that have passed."""
    all_days = [month + timedelta(days=i) for i in range(_end(month).day)]
    worked = [day for day in all_days if day.isoweekday() not in (5, 6)]
    return max(sum(day <= last for day in worked), 0.5) / len(worked)


def _goal(measure: str, dimension: str, member: str, month: date, reached: dict[date, float], unit: float, last: date) -> dict:
    year_ago, draw = month.replace(year=month.year - 1), _dice(measure, dimension, member, month)
    if month > last or (member == "Be'er Sheva" and _end(month) >= fall_begins(last)):
        value = reached.get(year_ago, 0.0) * 1.1
    elif _end(month) > last:
        value = reached.get(month, 0.0) / _passed(month, last) / draw(0.85, 1.15)
    else:
        value = reached.get(month, 0.0) / draw(0.78, 1.25)
    return {"measure": measure, "period_from": month, "period_to": _end(month), "dimension": dimension, "member": member, "value": round(value / unit) * unit}


def _longer(rows: list[dict], last: date) -> list[dict]:
    """The quarter and the year of the firm and of each branch: the sums of their months."""
    made = []
    for dimension, member in dict.fromkeys((r["dimension"], r["member"]) for r in rows if r["measure"] == "revenue" and r["dimension"] in ("", "branch")):
        quarter = date(last.year, (last.month - 1) // 3 * 3 + 1, 1)
        for first, until in ((quarter, _end(quarter + timedelta(days=70))), (date(last.year, 1, 1), date(last.year, 12, 31))):
            value = sum(r["value"] for r in rows if (r["measure"], r["dimension"], r["member"]) == ("revenue", dimension, member) and first <= r["period_from"] <= until)
            made.append({"measure": "revenue", "period_from": first, "period_to": until, "dimension": dimension, "member": member, "value": value})
    return made


def _win_rates(year: list[date], last: date) -> list[dict]:
    return [{"measure": "win_rate", "period_from": month, "period_to": _end(month), "dimension": "", "member": "", "value": 0.5 if month.year < last.year else 0.55} for month in year]
