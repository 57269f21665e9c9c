"""The stories planted in the demonstration firm: what there is to find, where, and the SQL that shows it is there."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_data.demo.places import fall_begins


@dataclass(frozen=True)
class Story:
    """``check`` is SQL over the canonical tables giving one number; it lies in ``expected`` (both ends included).

    ``{last}`` stands for the last day of the data, ``{fall}`` for the day the branch's fall began. ``where`` says where in the dashboard it can be seen; ``figure`` what
    the number is.
    """

    name: str
    what: str
    where: str
    figure: str
    check: str
    expected: tuple[float, float]

    def sql(self, last: date) -> str:
        """The check for a firm whose data ends on ``last``."""
        return self.check.replace("{last}", f"DATE '{last.isoformat()}'").replace("{fall}", f"DATE '{fall_begins(last).isoformat()}'")


def _customer(cid: int) -> str:
    return f"(SELECT id FROM customer WHERE number = 'C-{100000 + cid}')"


_PROFIT = "(SELECT coalesce(sum(net_base - cost_base), 0) FROM order_line WHERE counted AND customer_id = {who} AND ordered_on > {last} - 365)"
_SERVED = ("(SELECT sum(r.rate_base * CASE WHEN r.driver LIKE 'minute%' THEN coalesce(i.duration_minutes, 0) ELSE 1 END) FROM interaction AS i JOIN cost_rate AS r "
           "ON r.driver IN ('contact_' || i.channel, 'minute_' || i.channel) AND i.started_on >= r.valid_from AND (r.valid_to IS NULL OR i.started_on <= r.valid_to) "
           "WHERE i.customer_id = {who} AND i.started_on > {last} - 365)")


def _about(sql: str, cid: int) -> str:
    return sql.replace("{who}", _customer(cid))


STORIES: tuple[Story, ...] = (
    Story("branch_fell", "The branch Be'er Sheva has lost more than half of its sales this quarter, while the firm grows; its largest customer, Dekel Agro (C-100011), stopped buying.",
          "Today: what needs attention; Segments: revenue by branch, this quarter against last year; Targets: its monthly and quarterly target.",
          "revenue of Be'er Sheva this quarter up to yesterday (45 days where the quarter is younger), as a share of the same days last year",
          """SELECT sum(net_base) FILTER (WHERE l.ordered_on BETWEEN {fall} AND {last})
                 / sum(net_base) FILTER (WHERE l.ordered_on BETWEEN {fall} - INTERVAL 1 YEAR AND {last} - INTERVAL 1 YEAR)
              FROM order_line AS l JOIN sales_order AS o ON o.id = l.order_id JOIN branch AS b ON b.id = o.branch_id WHERE l.counted AND b.name = 'Be''er Sheva'""", (0.05, 0.75)),
    Story("costs_more_than_it_brings", "Marom Law Office (C-100001) has a good gross profit, and its calls, visits and meetings cost more than that.",
          "Rankings by worth, lowest first; the customer's page: from revenue down to what is left.",
          "gross profit less the cost of its contacts alone, last 365 days, ILS",
          f"SELECT {_about(_PROFIT, 1)} - {_about(_SERVED, 1)}", (-20000, -500)),
    Story("looks_profitable", "The same customer before the cost to serve: among the better ones of its kind.",
          "Rankings by gross profit.", "gross profit of C-100001, last 365 days, ILS", f"SELECT {_about(_PROFIT, 1)}", (12000, 40000)),
    Story("unanswered_complaint", "Yael Shapira (C-100002) complained 33 days before the last day of the data; nobody answered, though she called six times since.",
          "Today: waiting complaints; the customer's timeline.", "days a critical complaint of C-100002 has waited without an answer",
          f"SELECT date_diff('day', min(opened_on), {{last}}) FROM complaint WHERE customer_id = {_customer(2)} AND severity = 'critical' AND first_response_at IS NULL AND resolved_on IS NULL", (33, 33)),
    Story("price_rose", "The list price of Fibre 600 rose by a quarter, on the first of the month four months before this one.",
          "“mabat cut -m units -m revenue --by product --grain month --where 'product=Fibre 600'”; the prices on the page of any customer that buys it.", "list price of Fibre 600 in ILS now, by that of half a year ago",
          """SELECT max(l.list_price) FILTER (WHERE l.ordered_on > {last} - 60) / max(l.list_price) FILTER (WHERE l.ordered_on BETWEEN {last} - 230 AND {last} - 170)
             FROM order_line AS l JOIN product AS p ON p.id = l.product_id JOIN sales_order AS o ON o.id = l.order_id WHERE p.name = 'Fibre 600' AND o.currency = 'ILS'""", (1.2, 1.3)),
    Story("won_back", "Three customers (C-100003, C-100004, C-100005) left for more than eight months; the campaign “Come Back” brought them back.",
          "The customers' timelines; Segments: revenue by campaign.", "of the three, those with a pause of over 240 days between orders and an order in the last 60 days",
          """SELECT count(*) FROM (SELECT customer_id, max(gap) AS pause, max(ordered_on) AS latest FROM (SELECT customer_id, ordered_on, date_diff('day', lag(ordered_on)
             OVER (PARTITION BY customer_id ORDER BY ordered_on), ordered_on) AS gap FROM sales_order WHERE customer_id IN (3, 4, 5)) AS g GROUP BY customer_id) AS c WHERE pause > 240 AND latest > {last} - 60""", (3, 3)),
    Story("silent_regular", "Shlomo Navon (C-100006) ordered every ten days for two and a half years, and then nothing for eleven weeks.",
          "Today: customers gone quiet; the customer's timeline.", "days since his last order",
          f"SELECT date_diff('day', max(ordered_on), {{last}}) FROM sales_order WHERE customer_id = {_customer(6)}", (78, 84)),
    Story("unanswered_quote", "The largest open quote, 186,400 ILS to Hermon Hotels (C-100007), was sent 27 days before the last day and ends in three; nobody followed it up.",
          "Today: what needs attention; the customer's page.", "amount of the open quote, ILS",
          f"SELECT amount_base FROM quote WHERE customer_id = {_customer(7)} AND answer IS NULL AND sent_on = {{last}} - 27", (186400, 186400)),
    Story("overdue_invoice", "Barkan Builders (C-100008) paid 20,000 ILS of a bill for notebooks and phones; the rest has been due for eighty days.",
          "Today: open balance; Segments: overdue balance by customer.", "what is overdue from C-100008, ILS",
          f"""SELECT sum(i.amount_base) - coalesce((SELECT sum(a.amount_base) FROM payment_allocation AS a JOIN invoice AS j ON j.id = a.invoice_id
             WHERE j.customer_id = {_customer(8)} AND j.due_on < {{last}} AND NOT j.cancelled), 0) FROM invoice AS i WHERE i.customer_id = {_customer(8)} AND i.due_on < {{last}} AND NOT i.cancelled""", (70000, 110000)),
    Story("contract_ends", "The frame agreement of Ofek College (C-100009), which buys every month, ends in eighteen days; the last meeting was over three months ago.",
          "The customer's timeline.", "days until the end of the frame agreement",
          f"SELECT date_diff('day', {{last}}, max(valid_to)) FROM document WHERE customer_id = {_customer(9)} AND title = 'Frame agreement'", (18, 18)),
    Story("calls_without_buying", "Shirin Farhadi (C-100010, شیرین فرهادی) calls every second day and buys a small plan every fifty.",
          "Rankings by contacts; worth of the customer.", "contacts begun by C-100010 in the last 90 days",
          f"SELECT count(*) FROM interaction WHERE customer_id = {_customer(10)} AND initiated_by = 'customer' AND started_on > {{last}} - 90", (40, 48)),
)
