"""Opportunities with their way through the stages, quotes; and marketing: enquiries, campaign touches, offers.

A won opportunity is an order that exists (its amount is the order's); lost and open ones follow the same patterns.
"""
from __future__ import annotations

from datetime import date

import duckdb

from crm_data.demo import firm
from crm_data.demo.dice import literal, put_query

#: Keys of opportunities: of an order, lost, open, of a lead.
LOST, OPEN, LEAD = 10 ** 11, 2 * 10 ** 11, 3 * 10 ** 11
_SOURCES = literal(["web", "referral", "advert", "event", "phone", "partner"])


def make_deals(con: duckdb.DuckDBPyConnection, low: int, high: int, last: date) -> None:
    """Opportunities, stage histories and quotes of a range of customers, from ``sold`` and from leads."""
    kept = "id AS order_id, cid, branch_id, owners[1 + seat] AS owner_id, currency, rate, is_company"
    con.execute(f"""CREATE OR REPLACE TEMP TABLE deal AS
        WITH won AS (SELECT id, day - CAST(4 + floor(u(id, 'cycle') * u(id, 'cycle 2') * CASE WHEN is_company THEN 130 ELSE 45 END) AS INTEGER) AS opened_on, day AS closed_on, 'won' AS outcome, 5 AS reached,
                total AS amount, {kept} FROM sold WHERE deal),
        lost AS (SELECT id + {LOST} AS id, day - CAST(3 + floor(u(id, 'lost cycle') * CASE WHEN is_company THEN 95 ELSE 40 END) AS INTEGER), day, 'lost', 1 + CAST(floor(u(id, 'lost at') * 5) AS INTEGER),
                cents(total * (0.7 + 1.4 * u(id, 'lost amount'))), {kept} FROM sold WHERE total_base > 900 AND u(id, 'lost deal') < CASE WHEN is_company THEN 0.13 ELSE 0.05 END),
        now AS (SELECT id + {OPEN} AS id, greatest(day, DATE '{last}' - 110 + CAST(floor(u(id, 'open day') * 100) AS INTEGER)) AS opened_on, NULL::DATE, 'open', 1 + CAST(floor(u(id, 'open at') * 5) AS INTEGER),
                cents(total * (0.8 + 2.2 * u(id, 'open amount'))), {kept} FROM sold WHERE day > DATE '{last}' - 60 AND total_base > 700 AND u(id, 'open deal') < CASE WHEN is_company THEN 0.08 ELSE 0.03 END),
        asked AS (SELECT cid + {LEAD} AS id, greatest(came, DATE '{last}' - 8 - CAST(floor(110 * u(cid, 'lead age')) AS INTEGER)) AS opened_on, CASE WHEN u(cid, 'lead lost') < 0.5 THEN least(greatest(came, DATE '{last}' - 8 - CAST(floor(110 * u(cid, 'lead age')) AS INTEGER)) + 5 + CAST(floor(60 * u(cid, 'lead lasts')) AS INTEGER), DATE '{last}') END,
                CASE WHEN u(cid, 'lead lost') < 0.5 THEN 'lost' ELSE 'open' END, 1 + CAST(floor(u(cid, 'lead at') * 4) AS INTEGER), cents(CASE WHEN is_company THEN 2500 ELSE 400 END * exp(0.6 * z(cid, 'lead amount'))),
                NULL, cid, s.branch_id, c.owners[1 + seat], c.currency, c.rate, is_company
            FROM soul AS s JOIN cal AS c ON c.branch_id = s.branch_id AND c.day = greatest(came, DATE '{last}' - 8 - CAST(floor(110 * u(cid, 'lead age')) AS INTEGER))
            WHERE cid BETWEEN {low} AND {high} AND relation IN ('lead', 'prospect') AND u(cid, 'lead deal') < 0.7)
        SELECT * FROM won UNION ALL SELECT * FROM lost UNION ALL SELECT * FROM now UNION ALL SELECT * FROM asked""")
    _stays(con, last)
    stages, sources = literal(firm.STAGES), _SOURCES
    put_query(con, "opportunity", f"""
        SELECT d.id, cid AS customer_id, owner_id, branch_id, CASE WHEN u(d.id, 'about') < 0.8 THEN 1 + CAST(floor(u(d.id, 'product') * {len(firm.PRODUCTS)}) AS BIGINT) END AS product_id,
            (SELECT min(c.id) FROM campaign AS c WHERE d.opened_on BETWEEN c.starts_on AND c.ends_on AND u(d.id, 'campaign') < 0.25) AS campaign_id,
            pick(d.id, 'name', ['Renewal', 'New lines', 'Fibre for the office', 'Devices', 'Upgrade', 'Courses']) || ' ' || cid || '-' || (d.id % 1000) AS name,
            CASE outcome WHEN 'won' THEN 'Won' WHEN 'lost' THEN 'Lost' ELSE {stages}[reached] END AS stage, CASE outcome WHEN 'won' THEN 6 WHEN 'lost' THEN 7 ELSE reached END AS stage_order,
            amount, currency, amount * rate AS amount_base, CASE outcome WHEN 'won' THEN 1 WHEN 'lost' THEN 0 ELSE [0.1, 0.25, 0.45, 0.7, 0.85][reached] END AS probability,
            opened_on, CASE WHEN outcome = 'open' THEN greatest(opened_on + 30 + CAST(floor(u(d.id, 'expected') * 60) AS INTEGER), DATE '{last}' - 12 + CAST(floor(u(d.id, 'put off') * 75) AS INTEGER)) ELSE closed_on + CAST(floor(u(d.id, 'expected') * 21) AS INTEGER) - 12 END AS expected_close_on,
            closed_on, outcome, CASE WHEN outcome = 'lost' AND u(d.id, 'reason') < 0.85 THEN pick(d.id, 'why', {literal((*firm.LOST_REASONS[:2], *firm.LOST_REASONS))}) END AS lost_reason,
            pick(d.id, 'lead source', {sources}) AS lead_source, CASE WHEN u(d.id, 'competes') < 0.4 THEN pick(d.id, 'competitor', {literal(firm.COMPETITORS)}) END AS competitor,
            CASE WHEN outcome = 'open' THEN pick(d.id, 'next', ['Call back', 'Send the offer', 'Meet the owner', 'Wait for the budget']) END AS next_step FROM deal AS d""")
    put_query(con, "quote", """
        SELECT d.id, cid AS customer_id, d.id AS opportunity_id, owner_id, branch_id, 'Q-' || d.id AS number, amount, currency, amount * rate AS amount_base, s.entered_on AS sent_on, s.entered_on + 30 AS valid_to,
            CASE WHEN outcome <> 'open' THEN closed_on END AS answered_on, CASE outcome WHEN 'won' THEN 'accepted' WHEN 'lost' THEN 'refused' END AS answer
        FROM deal AS d JOIN stay AS s ON s.deal_id = d.id AND s.k = 3 WHERE is_company OR u(d.id, 'quoted') < 0.5""")


def _stays(con, last: date) -> None:
    """One row a stage stayed in; the last row of a closed opportunity is Won or Lost, entered the day it closed."""
    con.execute(f"""CREATE OR REPLACE TEMP TABLE stay AS
        SELECT id AS deal_id, k, {literal(firm.STAGES)}[k] AS stage, opened_on + CAST(floor(date_diff('day', opened_on, coalesce(closed_on, DATE '{last}')) * pow((k - 1) / reached, 0.8)) AS INTEGER) AS entered_on,
            CASE WHEN k < reached THEN opened_on + CAST(floor(date_diff('day', opened_on, coalesce(closed_on, DATE '{last}')) * pow(k / reached, 0.8)) AS INTEGER) ELSE closed_on END AS left_on,
            CASE WHEN k = reached THEN amount ELSE cents(amount * (0.75 + 0.25 * k / reached)) END * rate AS amount_base FROM deal, range(1, 6) AS r(k) WHERE k <= reached
        UNION ALL SELECT id, CASE outcome WHEN 'won' THEN 6 ELSE 7 END, CASE outcome WHEN 'won' THEN 'Won' ELSE 'Lost' END, closed_on, NULL, amount * rate FROM deal WHERE outcome <> 'open'""")
    put_query(con, "stage_history", "SELECT deal_id * 10 + k AS id, deal_id AS opportunity_id, stage, k AS stage_order, entered_on, left_on, amount_base FROM stay")


def make_marketing(con: duckdb.DuckDBPyConnection, last: date) -> None:
    """Enquiries, campaign touches and offers of all customers."""
    put_query(con, "web_lead", f"""
        WITH asked AS (SELECT s.cid * 10 + k AS id, s.*, c.acquisition_channel, CASE WHEN s.relation IN ('lead', 'prospect') THEN least(greatest(came, DATE '{last}' - 1000) + 90 * CAST(k AS INTEGER), DATE '{last}') ELSE came - CAST(floor(u(cid, 'lead days') * 18) AS INTEGER) END AS day
            FROM soul AS s JOIN customer AS c ON c.id = s.cid, range(6) AS r(k)
            WHERE CASE WHEN s.relation IN ('lead', 'prospect') THEN k = 0 OR u(s.cid * 10 + k, 'asks again') < 0.4 WHEN s.relation IN ('customer', 'former') THEN k = 0 AND c.acquisition_channel IN ('web', 'advert', 'referral') ELSE false END)
        SELECT a.id, a.cid AS customer_id, a.branch_id, l.owners[1 + seat] AS owner_id, (SELECT min(c.id) FROM campaign AS c WHERE a.day BETWEEN c.starts_on AND c.ends_on AND u(a.id, 'campaign') < 0.4) AS campaign_id,
            a.acquisition_channel AS source_channel, pick(a.id, 'topic', ['Mobile plans', 'Fibre', 'Courses', 'Devices', 'Business services']) AS topic,
            a.day + to_minutes(CAST(floor(540 + 600 * u(a.id, 'at')) AS INTEGER)) - to_minutes(l.utc_offset) AS received_at, a.day AS received_on,
            CASE WHEN u(a.id, 'answered') < 0.94 THEN a.day + to_minutes(CAST(floor(550 + 600 * u(a.id, 'at') + 400 * -ln(1 - u(a.id, 'wait'))) AS INTEGER)) - to_minutes(l.utc_offset) END AS first_response_at,
            CASE WHEN relation IN ('customer', 'former') THEN came END AS converted_on
        FROM asked AS a JOIN cal AS l ON l.branch_id = a.branch_id AND l.day = a.day""")
    put_query(con, "campaign_touch", f"""
        WITH meant AS (SELECT c.id AS campaign_id, s.cid, c.id * 10000000 + s.cid AS touch, u(c.id * 10000000 + s.cid, 'arm') < 0.1 AS held, day_in(c.id * 10000000 + s.cid, 'day', c.starts_on, least(c.ends_on, DATE '{last}')) AS day
            FROM campaign AS c JOIN soul AS s ON u(c.id * 10000000 + s.cid, 'meant') < 0.2 AND s.came < c.starts_on AND (s.lost_on IS NULL OR s.lost_on > c.starts_on OR c.name = 'Come Back')
            WHERE CASE c.name WHEN 'Business Week' THEN is_company WHEN 'Spring for Seniors' THEN type_id = 3 WHEN 'Back to School' THEN type_id IN (1, 4) ELSE true END)
        SELECT touch * 10 + k AS id, campaign_id, cid AS customer_id, ['sent', 'open', 'click', 'reply', 'lead', 'visit', 'opt_out'][k + 1] AS kind, CASE WHEN held THEN 'holdout' ELSE 'treated' END AS arm, least(day + [0, 1, 1, 2, 4, 6, 2][k + 1], DATE '{last}') AS touched_on
        FROM meant, range(7) AS r(k) WHERE CASE WHEN held THEN k = 0 ELSE k = 0 OR u(touch * 10 + [0, 1, 1, 3, 3, 5, 6][k + 1], 'reacts') < [1, 0.46, 0.13, 0.035, 0.02, 0.04, 0.008][k + 1] END""")
    put_query(con, "offer", f"""
        SELECT cid * 10 + k AS id, cid AS customer_id, 1 + CAST(floor(u(cid * 10 + k, 'product') * {len(firm.PRODUCTS)}) AS BIGINT) AS product_id, (SELECT owner_id FROM customer WHERE customer.id = cid) AS owner_id,
            pick(cid * 10 + k, 'kind', ['cross', 'cross', 'up', 'up', 'tier']) AS kind, day AS made_on, CASE WHEN answered <= DATE '{last}' AND told < 0.8 THEN answered END AS answered_on,
            CASE WHEN answered <= DATE '{last}' AND told < 0.8 THEN pick(cid * 10 + k, 'answer', ['accepted', 'refused', 'refused', 'later']) END AS answer
        FROM (SELECT cid, k, day_in(cid * 10 + k, 'offer day', start_on, end_on) AS day, day_in(cid * 10 + k, 'offer day', start_on, end_on) + CAST(1 + floor(u(cid * 10 + k, 'thinks') * 20) AS INTEGER) AS answered, u(cid * 10 + k, 'told') AS told
            FROM life, range(3) AS r(k) WHERE u(cid * 10 + k, 'has offer') < 0.3)""")
