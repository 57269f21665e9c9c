"""Whether what is noticed of a customer is true, by rules of its own over the raw rows (plain SQL into pandas; no code of the product).

Each rule answers with what the rows say: they are looser than the product's (an alarm is false when the rows do not show it), but for
``MUST``: kinds that are plain facts and must all be told.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import text


@dataclass
class Rows:
    """The raw rows of one customer up to ``last``."""

    connection: object
    customer: int
    last: date

    def get(self, sql: str) -> pd.DataFrame:
        """``{c}`` stands for the customer, ``{last}`` for the last day."""
        result = self.connection.execute(text(sql.format(c=self.customer, last=f"DATE '{self.last.isoformat()}'")))  # type: ignore[attr-defined]
        return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def one(self, sql: str):
        return self.get(sql).iloc[0, 0]


_DAYS = "SELECT DISTINCT ordered_on AS day FROM sales_order WHERE customer_id = {c} AND status NOT IN ('cancelled', 'returned') AND ordered_on <= {last} ORDER BY 1"


def _gaps(rows: Rows) -> tuple[pd.Series, int]:
    days = pd.to_datetime(rows.get(_DAYS)["day"])
    return days.diff().dt.days.dropna(), (pd.Timestamp(rows.last) - days.iloc[-1]).days if len(days) else 0


def silence(rows: Rows) -> bool:
    """More than twice its median gap, and at most one in twenty of its own earlier gaps was as long."""
    gaps, now = _gaps(rows)
    return len(gaps) >= 3 and now > 2 * gaps.median() and (gaps >= now).mean() <= 0.05


def won_back(rows: Rows) -> bool:
    days = pd.to_datetime(rows.get(_DAYS)["day"])
    gaps = days.diff().dt.days
    back = [(day, int((days >= day).sum())) for day, gap in zip(days, gaps, strict=True) if gap >= 180 and (pd.Timestamp(rows.last) - day).days <= 180]
    return any(n >= 2 for _, n in back)


def complaint(rows: Rows) -> bool:
    """One without an answer for two days, or open for two weeks."""
    return bool(rows.one("""SELECT count(*) FROM complaint WHERE customer_id = {c} AND resolved_on IS NULL
        AND ((first_response_at IS NULL AND opened_on <= {last} - 2) OR opened_on <= {last} - 14)"""))


def invoice(rows: Rows) -> bool:
    """Something is open of invoices due more than three days ago."""
    return bool(rows.one("""SELECT coalesce(sum(v.amount_base - coalesce(p.paid, 0)), 0) > 0 FROM invoice AS v LEFT JOIN (SELECT invoice_id, sum(amount_base) AS paid
        FROM payment_allocation WHERE allocated_on <= {last} GROUP BY 1) AS p ON p.invoice_id = v.id
        WHERE v.customer_id = {c} AND v.cancelled IS NOT TRUE AND v.issued_on <= {last} AND v.due_on < {last} - 3 AND v.amount_base > coalesce(p.paid, 0)"""))


def quote(rows: Rows) -> bool:
    return bool(rows.one("SELECT count(*) FROM quote WHERE customer_id = {c} AND answer IS NULL AND answered_on IS NULL AND sent_on <= {last} - 14"))


def opportunity(rows: Rows) -> bool:
    """Past its expected close by a week, or in its stage longer than nine of ten won ones were."""
    return bool(rows.one("""WITH stays AS (SELECT h.stage, quantile_cont(date_diff('day', h.entered_on, h.left_on), 0.9) AS long FROM stage_history AS h
            JOIN opportunity AS o ON o.id = h.opportunity_id WHERE o.outcome = 'won' AND h.left_on IS NOT NULL GROUP BY 1),
        now AS (SELECT opportunity_id, max(entered_on) AS entered FROM stage_history GROUP BY 1)
        SELECT count(*) FROM opportunity AS o LEFT JOIN now AS n ON n.opportunity_id = o.id LEFT JOIN stays AS s ON s.stage = o.stage
        WHERE o.customer_id = {c} AND o.outcome = 'open' AND o.closed_on IS NULL AND (o.expected_close_on < {last} - 7 OR date_diff('day', n.entered, {last}) > s.long)"""))


def ends(rows: Rows) -> bool:
    return bool(rows.one("SELECT count(*) FROM document WHERE customer_id = {c} AND valid_to BETWEEN {last} AND {last} + 60"))


def task(rows: Rows) -> bool:
    return bool(rows.one("SELECT count(*) FROM activity WHERE customer_id = {c} AND due_on < {last} AND (done_on IS NULL OR done_on > {last}) AND created_on <= {last}"))


def birthday(rows: Rows) -> bool:
    born = rows.one("SELECT birth_date FROM customer WHERE id = {c}")
    if born is None or pd.isna(born):
        return False
    return any(((rows.last + timedelta(days=n)).month, (rows.last + timedelta(days=n)).day) == (born.month, born.day) for n in range(15))


def _price(rows: Rows, factor: float) -> bool:
    """For some product: what was paid a unit on its last three days, by the average of nine to eighteen months before, beyond ``factor``."""
    paid = rows.get("""SELECT l.product_id AS product, l.ordered_on AS day, sum(l.net) AS net, sum(l.quantity) AS units FROM order_line AS l JOIN sales_order AS o ON o.id = l.order_id
        WHERE o.customer_id = {c} AND o.status NOT IN ('cancelled', 'returned') AND l.quantity > 0 AND l.ordered_on <= {last} GROUP BY 1, 2 ORDER BY 2""")
    for _, own in paid.groupby("product"):
        own = own.assign(net=own.net.astype(float), units=own.units.astype(float), ago=(pd.Timestamp(rows.last) - pd.to_datetime(own.day)).dt.days)
        recent = own.tail(3)
        then = own[(own.ago - own.ago.min()).between(270, 545)]
        if len(then) >= 3 and recent.ago.min() <= 183:
            change = (recent.net.sum() / recent.units.sum()) / (then.net.sum() / then.units.sum()) - 1
            if (change <= factor if factor < 0 else change >= factor):
                return True
    return False


def price(rows: Rows) -> bool:
    return _price(rows, -0.03)


def price_rise(rows: Rows) -> bool:
    return _price(rows, 0.10)


_YEARS = """SELECT coalesce(g.name, '') AS category, coalesce(sum(l.net_base) FILTER (WHERE l.ordered_on > {last} - 365), 0)::DOUBLE AS now,
    coalesce(sum(l.net_base) FILTER (WHERE l.ordered_on BETWEEN {last} - 729 AND {last} - 365), 0)::DOUBLE AS before
    FROM order_line AS l JOIN sales_order AS o ON o.id = l.order_id LEFT JOIN product AS p ON p.id = l.product_id LEFT JOIN product_category AS g ON g.id = p.product_category_id
    WHERE o.customer_id = {c} AND o.status NOT IN ('cancelled', 'returned') AND l.ordered_on <= {last} GROUP BY 1"""


def revenue(rows: Rows) -> bool:
    years = rows.get(_YEARS)
    return years.before.sum() > 0 and years.now.sum() <= 0.5 * years.before.sum()


def share(rows: Rows) -> bool:
    years = rows.get(_YEARS)
    was, left = years.before / years.before.sum(), years.now / years.now.sum()
    return bool(((was >= 0.2) & (left <= was / 2) & (years.now < years.before)).any())


def talk(rows: Rows) -> bool:
    began = rows.one("SELECT count(*) FROM interaction WHERE customer_id = {c} AND initiated_by = 'customer' AND started_on > {last} - 365 AND started_on <= {last}")
    bought = rows.one("SELECT count(*) FROM sales_order WHERE customer_id = {c} AND status NOT IN ('cancelled', 'returned') AND ordered_on > {last} - 365")
    return began >= 50 and began >= 15 * bought


def worth(rows: Rows) -> bool:
    """Gross profit of lines with a known cost, less every activity at the rate of its day, is below nought."""
    gross = rows.one("""SELECT coalesce(sum(l.net_base - l.cost_base), 0)::DOUBLE FROM order_line AS l JOIN sales_order AS o ON o.id = l.order_id
        WHERE o.customer_id = {c} AND o.status NOT IN ('cancelled', 'returned') AND l.cost_base IS NOT NULL AND l.ordered_on > {last} - 365 AND l.ordered_on <= {last}""")
    cost = rows.one("""WITH activity AS (
            SELECT started_on AS day, 'contact_' || channel AS driver, 1.0 AS n FROM interaction WHERE customer_id = {c}
            UNION ALL SELECT started_on, 'minute_' || channel, duration_minutes FROM interaction WHERE customer_id = {c}
            UNION ALL SELECT opened_on, 'complaint', 1 FROM complaint WHERE customer_id = {c}
            UNION ALL SELECT ordered_on, 'order', 1 FROM sales_order WHERE customer_id = {c} AND status <> 'cancelled'
            UNION ALL SELECT ordered_on, 'return', 1 FROM sales_order WHERE customer_id = {c} AND status = 'returned'
            UNION ALL SELECT delivered_on, 'delivery', 1 FROM sales_order WHERE customer_id = {c} AND status <> 'cancelled' AND delivered_on IS NOT NULL
            UNION ALL SELECT a.allocated_on, 'late_day', date_diff('day', v.due_on, a.allocated_on) FROM invoice AS v JOIN payment_allocation AS a ON a.invoice_id = v.id
                WHERE v.customer_id = {c} AND v.cancelled IS NOT TRUE AND a.allocated_on > v.due_on)
        SELECT coalesce(sum(a.n * r.rate_base), 0)::DOUBLE FROM activity AS a JOIN cost_rate AS r ON r.driver = a.driver AND a.day >= r.valid_from
            AND a.day <= coalesce(r.valid_to, DATE '9999-12-31') WHERE a.day > {last} - 365 AND a.day <= {last}""")
    return gross < cost


TRUE: dict[str, Callable[[Rows], bool]] = {f.__name__: f for f in (
    complaint, silence, worth, talk, won_back, revenue, share, price, price_rise, invoice, quote, opportunity, ends, task, birthday)}
#: Plain facts: told of everybody of whom they hold.
MUST = ("invoice", "task")
