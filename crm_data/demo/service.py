"""Contacts, complaints, feedback and tasks: generated set-wise for a range of customers at a time."""
from __future__ import annotations

from datetime import date

import duckdb

from crm_data.demo import firm
from crm_data.demo.dice import literal, put_query
from crm_data.demo.places import MOST_WEIGHT

_KEPT = 0.82 / MOST_WEIGHT
_CHANNELS = ("CASE WHEN type_id = 6 THEN pick(id, 'ch', ['phone', 'email', 'email', 'meeting', 'visit', 'phone', 'email', 'web']) WHEN type_id = 5 THEN pick(id, 'ch', ['phone', 'phone', 'email', 'email', 'visit', 'chat', 'meeting', 'web', 'email']) "
             "WHEN type_id = 3 THEN pick(id, 'ch', ['phone', 'phone', 'phone', 'phone', 'visit', 'visit', 'letter', 'email']) WHEN type_id <= 2 THEN pick(id, 'ch', ['chat', 'chat', 'social', 'sms', 'phone', 'email', 'web', 'web']) "
             "ELSE pick(id, 'ch', ['phone', 'phone', 'phone', 'email', 'chat', 'sms', 'visit', 'web']) END")


def make_service(con: duckdb.DuckDBPyConnection, low: int, high: int, last: date) -> None:
    """Service of the customers from ``low`` to ``high`` (both included)."""
    _contacts(con, low, high, last)
    _complaints(con, low, high, last)
    _feedback(con, low, high, last)


def _contacts(con, low: int, high: int, last: date) -> None:
    # What was said while a sale was being made was mostly about it.
    about_deal = (f"(SELECT min(d.id) FROM deal AS d WHERE d.cid = {{0}}.cid AND {{0}}.day BETWEEN d.opened_on AND coalesce(d.closed_on, DATE '{last}') "
                  "AND {0}.channel IN ('phone', 'email', 'meeting', 'visit') AND u({0}.id, 'about deal') < 0.7) AS opportunity_id")
    con.execute(f"""CREATE OR REPLACE TEMP TABLE spoken AS
        WITH tried AS (SELECT cid * 1000 + k AS id, l.*, day_in(cid * 1000 + k, 'contact day', start_on, end_on) AS day
            FROM life AS l, LATERAL (SELECT unnest(range(least(999, CAST(floor(contacts_a_day * (date_diff('day', start_on, end_on) + 1) / {_KEPT:.5f} + u(cid, 'contact rest')) AS BIGINT)))) AS k) AS r WHERE cid BETWEEN {low} AND {high})
        SELECT t.*, c.utc_offset, c.owners[1 + seat] AS owner_id, {_CHANNELS} AS channel, u(id, 'initiated') < 0.66 AS asked FROM tried AS t JOIN cal AS c ON c.branch_id = t.branch_id AND c.day = t.day
        WHERE u(t.id, 'contact kept') < c.weight / {MOST_WEIGHT}""")
    put_query(con, "interaction", f"""
        WITH timed AS (SELECT *, 8 + CAST(floor(12 * (u(id, 'hour') + u(id, 'hour 2')) / 2) AS INTEGER) AS hour, u(id, 'result') AS result FROM spoken)
        SELECT id, cid AS customer_id, CASE WHEN is_company AND u(id, 'person') < 0.7 THEN (SELECT min(c.id) FROM contact AS c WHERE c.customer_id = cid) END AS contact_id, owner_id, branch_id,
            (SELECT min(c.id) FROM campaign AS c WHERE day BETWEEN c.starts_on AND c.ends_on AND NOT asked AND u(timed.id, 'campaign') < 0.2) AS campaign_id,
            CASE WHEN u(id, 'about') < 0.4 THEN 1 + CAST(floor(u(id, 'product') * {len(firm.PRODUCTS)}) AS BIGINT) END AS product_id, {about_deal.format("timed")}, channel,
            CASE WHEN asked THEN 'in' ELSE 'out' END AS direction, CASE WHEN asked THEN 'customer' ELSE 'company' END AS initiated_by,
            CASE WHEN u(id, 'topic known') < 0.93 THEN pick(id, 'topic', {literal((*firm.TOPICS[:3], *firm.TOPICS))}) END AS topic,
            day + to_hours(hour) + to_minutes(CAST(floor(u(id, 'minute') * 60) AS INTEGER)) - to_minutes(utc_offset) AS started_at, day AS started_on, hour AS started_hour,
            CASE channel WHEN 'phone' THEN round(1 + 7.5 * -ln(1 - u(id, 'long')), 1) WHEN 'chat' THEN round(3 + 9 * u(id, 'long'), 1) WHEN 'meeting' THEN 30 + 5 * floor(u(id, 'long') * 10) WHEN 'visit' THEN 10 + 5 * floor(u(id, 'long') * 6) END AS duration_minutes,
            CASE WHEN asked AND channel IN ('phone', 'chat', 'visit') THEN round(4 * -ln(1 - u(id, 'wait')), 1) END AS waited_minutes,
            CASE WHEN asked THEN CASE WHEN result < 0.62 THEN 'resolved' WHEN result < 0.85 THEN 'answered' WHEN result < 0.94 THEN 'callback' ELSE 'sold' END
                ELSE CASE WHEN result < 0.45 THEN 'answered' WHEN result < 0.72 THEN 'no_answer' WHEN result < 0.87 THEN 'callback' ELSE 'sold' END END AS outcome,
            CASE WHEN asked AND u(id, 'rated') < 0.12 THEN greatest(1, least(5, round(4.1 + 0.9 * z(id, 'rating')))) END AS satisfaction FROM timed""")
    put_query(con, "activity", f"""
        SELECT id, cid AS customer_id, owner_id, {about_deal.format("tasks")}, pick(id, 'task', ['task', 'reminder', 'preparation']) AS kind, pick(id, 'what', ['Call back', 'Send the papers', 'Check the bill', 'Prepare the meeting', 'Order a part']) AS subject,
            day AS created_on, day + 3 AS due_on, CASE WHEN day + late < (SELECT max(day) FROM cal) AND u(id, 'done') < 0.96 THEN day + late END AS done_on
        FROM (SELECT *, CAST(floor(u(id, 'doing') * u(id, 'slowly') * 12) AS INTEGER) AS late FROM spoken WHERE u(id, 'has task') < 0.07) AS tasks""")


def _complaints(con, low: int, high: int, last: date) -> None:
    con.execute(f"""CREATE OR REPLACE TEMP TABLE grievance AS
        WITH tried AS (SELECT cid * 100 + k AS id, l.*, day_in(cid * 100 + k, 'complaint day', start_on, end_on) AS day, u(cid * 100 + k, 'severity') AS s
            FROM life AS l, LATERAL (SELECT unnest(range(CAST(floor(complaints_a_day * (date_diff('day', start_on, end_on) + 1) + u(cid, 'complaint rest')) AS BIGINT))) AS k) AS r WHERE cid BETWEEN {low} AND {high}),
        timed AS (SELECT *, 1 + CAST(floor(9 * -ln(1 - u(id, 'resolving')) * CASE WHEN s < 0.12 THEN 1.6 ELSE 1 END) AS INTEGER) AS takes, day + to_minutes(CAST(floor(500 + 600 * u(id, 'at')) AS INTEGER)) AS local_at,
            11 * -ln(1 - u(id, 'response')) AS hours FROM tried)
        SELECT t.*, c.utc_offset, c.owners[1 + seat] AS owner_id, CASE WHEN t.day + least(takes, 55) <= DATE '{last}' AND u(id, 'forgotten') > 0.006 THEN t.day + least(takes, 55) END AS resolved_on FROM timed AS t JOIN cal AS c ON c.branch_id = t.branch_id AND c.day = t.day""")
    put_query(con, "complaint", f"""
        SELECT id, cid AS customer_id, owner_id, branch_id, CASE WHEN u(id, 'about') < 0.7 THEN 1 + CAST(floor(u(id, 'product') * {len(firm.PRODUCTS)}) AS BIGINT) END AS product_id,
            (SELECT max(o.id) FROM sold AS o WHERE o.cid = grievance.cid AND o.day <= grievance.day AND u(grievance.id, 'order') < 0.5) AS order_id,
            pick(id, 'topic', {literal((*firm.COMPLAINT_TOPICS[:3], *firm.COMPLAINT_TOPICS))}) AS topic, CASE WHEN s < 0.03 THEN 'critical' WHEN s < 0.14 THEN 'high' WHEN s < 0.7 THEN 'normal' ELSE 'low' END AS severity,
            pick(id, 'subject', ['The bill shows more than agreed', 'No internet since the weekend', 'The parcel came late', 'The device stopped working', 'Waited on the phone too long', 'The contract was renewed without asking']) AS subject,
            local_at - to_minutes(utc_offset) AS opened_at, day AS opened_on, CASE WHEN resolved_on IS NOT NULL OR (u(id, 'looked at') < 0.7 AND day < DATE '{last}') THEN local_at - to_minutes(utc_offset) + to_minutes(CAST(floor(60 * least(hours, CASE WHEN resolved_on IS NULL THEN 12 ELSE 24.0 * takes END)) AS INTEGER)) END AS first_response_at,
            CASE WHEN resolved_on IS NOT NULL THEN resolved_on + to_hours(15) - to_minutes(utc_offset) + to_minutes(CAST(floor(u(id, 'resolved at') * 120) AS INTEGER)) END AS resolved_at, resolved_on,
            CASE WHEN resolved_on IS NOT NULL THEN pick(id, 'handling', ['Explained on the phone', 'Credit given', 'Device replaced', 'Technician sent', 'Apologised and closed']) END AS handling,
            s < 0.1 AND u(id, 'escalated') < 0.6 AS escalated, CASE WHEN resolved_on IS NOT NULL THEN takes <= CASE WHEN s < 0.14 THEN 5 ELSE 14 END END AS within_promise FROM grievance""")


def _feedback(con, low: int, high: int, last: date) -> None:
    put_query(con, "feedback", f"""
        SELECT id * 10 + 1 AS id, cid AS customer_id, branch_id, owner_id, NULL AS complaint_id, 'csat' AS kind, greatest(1, least(5, round(4.15 + 0.95 * z(id, 'csat')))) AS score, NULL AS comment, day AS given_on FROM spoken WHERE asked AND u(id, 'asked csat') < 0.06
        UNION ALL SELECT id * 10 + 2, cid, branch_id, owner_id, id, 'csat', greatest(1, least(5, round(2.9 + 1.2 * z(id, 'csat after')))), CASE WHEN u(id, 'comments') < 0.3 THEN pick(id, 'comment', ['Too slow', 'Solved in the end', 'Very kind', 'I had to call three times']) END, least(resolved_on + 1, DATE '{last}')
            FROM grievance WHERE resolved_on IS NOT NULL AND u(id, 'asked after') < 0.45
        UNION ALL SELECT cid * 100 + year * 10 + 3, cid, branch_id, NULL, NULL, 'nps', greatest(0, least(10, round(8.1 + 2.1 * z(cid * 10 + year, 'nps')))), NULL, day_in(cid * 10 + year, 'nps day', start_on, end_on)
            FROM life, range(3) AS r(year) WHERE cid BETWEEN {low} AND {high} AND u(cid * 10 + year, 'asked nps') < 0.22""")
