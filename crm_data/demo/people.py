"""Customers with what is known of them, set-wise: names, home branch, kind, birth, how they came, whether they left."""
from __future__ import annotations

from datetime import date

import duckdb

from crm_data.demo import firm, names
from crm_data.demo.dice import literal, put_query
from crm_data.demo.places import _temp

#: Customers 1 to this are written by hand (``planted``); their numbers never change.
PLANTED = 11
#: The group of firms with subsidiaries: the first is the parent.
GROUP = ((21, "Tavor Holdings", "תבור אחזקות"), (22, "Tavor Foods", "תבור מזון"), (23, "Tavor Logistics", "תבור לוגיסטיקה"), (24, "Tavor Hotels", "תבור מלונות"))


def number(cid: int) -> str:
    """The number people use for a customer of the demonstration firm."""
    return f"C-{100000 + cid}"


def _cases(column: str, parts: list[tuple[float, str]]) -> str:
    """A CASE that spreads an even number over values by their shares."""
    done, texts, total = 0.0, [], sum(share for share, _ in parts)
    for share, value in parts[:-1]:
        done += share / total
        texts.append(f"WHEN {column} < {done:.6f} THEN {value}")
    return f"CASE {' '.join(texts)} ELSE {parts[-1][1]} END"


def make_people(con: duckdb.DuckDBPyConnection, customers: int, first: date, last: date) -> None:
    """Fill customer and what hangs on it; leaves ``life``: who buys, where, how much and from when to when."""
    _name_tables(con)
    abroad = "branch_id IN (7, 8, 9)"
    con.execute(f"""CREATE TEMP TABLE soul AS
        WITH placed AS (SELECT range AS cid, {_cases("u(range, 'branch')", [(b.share, str(i)) for i, b in enumerate(firm.BRANCHES, 1)])} AS branch_id,
                {_cases("u(range, 'type')", [(k.share, str(i)) for i, k in enumerate(firm.KINDS, 1)])} AS drawn_type FROM range({PLANTED + 1}, {customers + 1})),
        typed AS (SELECT cid, CASE WHEN cid BETWEEN {GROUP[0][0]} AND {GROUP[-1][0]} THEN 1 ELSE branch_id END AS branch_id,
            CASE WHEN cid BETWEEN {GROUP[0][0]} AND {GROUP[-1][0]} THEN 6
                 WHEN drawn_type = 2 AND {abroad} THEN 4 WHEN drawn_type < 5 AND branch_id = 9 AND u(cid, 'dealer') < 0.5 THEN 5 ELSE drawn_type END AS type_id FROM placed),
        timed AS (SELECT *, type_id >= 5 AS is_company, CASE WHEN cid <= 30 THEN 'customer' ELSE {_cases("u(cid, 'relation')",
            [(0.058, "'lead'"), (0.05, "'prospect'"), (0.008, "'supplier'"), (0.01, "'partner'"), (0.085, "'former'"), (0.789, "'customer'")])} END AS drawn,
            CASE WHEN u(cid, 'old') < 0.72 OR cid <= 30 THEN day_in(cid, 'since', DATE '{first}' - 1900, DATE '{first}' - 1)
                 ELSE DATE '{first}' + CAST(floor(pow(u(cid, 'since'), 0.85) * {(last - first).days + 1}) AS INTEGER) END AS came FROM typed)
        SELECT cid, branch_id, type_id, is_company, u(cid, 'reliable') AS reliable, CASE WHEN drawn = 'former' AND came > DATE '{last}' - 150 THEN 'customer' ELSE drawn END AS relation,
            came, CAST(floor(u(cid, 'seat') * 5) AS INTEGER) AS seat FROM timed""")
    con.execute(f"""ALTER TABLE soul ADD COLUMN lost_on DATE; UPDATE soul SET lost_on = day_in(cid, 'lost', greatest(came + 90, DATE '{first}' + 120), DATE '{last}')
        WHERE relation = 'former'""")
    _customers(con, last)
    _details(con, last)
    _life(con, first, last)


def _name_tables(con) -> None:
    _temp(con, "given", ("culture", "gender", "i", "latin", "own"),
          [(c, g, i, *pair) for c, genders in names.GIVEN.items() for g, pairs in genders.items() for i, pair in enumerate(pairs)])
    _temp(con, "family", ("culture", "i", "latin", "own"), [(c, i, *pair) for c, pairs in names.FAMILY.items() for i, pair in enumerate(pairs)])
    con.execute("CREATE TEMP TABLE names_of AS SELECT culture, gender, count(*) AS n FROM given GROUP BY ALL")
    con.execute("CREATE TEMP TABLE families_of AS SELECT culture, count(*) AS n FROM family GROUP BY ALL")


def _customers(con, last: date) -> None:
    born = " ".join(f"WHEN {i} THEN day_in(cid, 'born', DATE '{last}' - {k.ages[1] * 365}, DATE '{last}' - {k.ages[0] * 366})" for i, k in enumerate(firm.KINDS, 1) if k.party == "person")
    cities = " ".join(f"WHEN {i} THEN pick(cid, 'city', {literal(names.CITIES[b.name])})" for i, b in enumerate(firm.BRANCHES, 1))
    terms = " ".join(f"WHEN {i} THEN {k.payment_days}" for i, k in enumerate(firm.KINDS, 1))
    group = " ".join(f"WHEN {i} THEN '{latin}'" for i, latin, _ in GROUP)
    group_own = " ".join(f"WHEN {i} THEN '{own}'" for i, _, own in GROUP)
    firsts, owns = literal([a for a, _ in names.FIRM_FIRST]), literal([b for _, b in names.FIRM_FIRST])
    seconds, second_owns, fields = (literal([row[i] for row in names.FIRM_SECOND]) for i in range(3))
    put_query(con, "customer", f"""
        WITH cast_ AS (SELECT *, CASE WHEN u(cid, 'g') < 0.5 THEN 'female' ELSE 'male' END AS sex, CASE WHEN u(cid, 'fa') < CASE branch_id WHEN 1 THEN 0.10 WHEN 6 THEN 0.10
                WHEN 7 THEN 0.25 WHEN 8 THEN 0.12 WHEN 9 THEN 0.35 ELSE 0.05 END THEN 'fa' WHEN branch_id = 7 THEN 'de' WHEN branch_id IN (8, 9) THEN 'en' ELSE 'he' END AS culture FROM soul),
        called AS (SELECT c.*, g.latin AS given_latin, g.own AS given_own, f.latin AS family_latin, f.own AS family_own,
                1 + CAST(floor(u(cid, 'f1') * {len(names.FIRM_FIRST)}) AS INTEGER) AS w1, 1 + CAST(floor(u(cid, 'f2') * {len(names.FIRM_SECOND)}) AS INTEGER) AS w2,
                CASE branch_id {" ".join(f"WHEN {i} THEN '{b.country}'" for i, b in enumerate(firm.BRANCHES, 1))} END AS country
            FROM cast_ AS c JOIN names_of AS n ON n.culture = c.culture AND n.gender = c.sex JOIN families_of AS m ON m.culture = c.culture
            JOIN given AS g ON g.culture = c.culture AND g.gender = c.sex AND g.i = CAST(floor(u(cid, 'given') * n.n) AS INTEGER)
            JOIN family AS f ON f.culture = c.culture AND f.i = CAST(floor(u(cid, 'family') * m.n) AS INTEGER)),
        dialled AS (SELECT *, CASE branch_id WHEN 7 THEN '49' WHEN 8 THEN '44' WHEN 9 THEN '971' ELSE '972' END AS prefix,
            CASE branch_id WHEN 7 THEN '1512' WHEN 8 THEN '7400' WHEN 9 THEN '50' ELSE '5' || pick(cid, 'net', ['0', '2', '3', '4', '8']) END AS net,
            lpad(CAST(hash(cid, 'phone') % CASE branch_id WHEN 8 THEN 1000000 ELSE 10000000 END AS VARCHAR), CASE branch_id WHEN 8 THEN 6 ELSE 7 END, '0') AS line,
            u(cid, 'told') AS told, NOT is_company AND given_own <> '' AND u(cid, 'own letters') < 0.18 AS own_only FROM called)
        SELECT cid AS id, 'C-' || (100000 + cid) AS number,
            CASE cid {group} ELSE CASE WHEN is_company AND branch_id < 7 THEN {firsts}[w1] || ' ' || {seconds}[w2] || CASE WHEN u(cid, 'ltd') < 0.4 THEN ' Ltd' ELSE '' END
                 WHEN is_company THEN pick(cid, 'f1', {literal(names.FIRM_FIRST_ABROAD)}) || ' ' || {seconds}[w2] || CASE branch_id WHEN 7 THEN ' GmbH' WHEN 8 THEN ' Ltd' ELSE ' LLC' END
                 WHEN own_only THEN given_own || ' ' || family_own ELSE given_latin || ' ' || family_latin END END AS name,
            CASE cid {group_own} ELSE CASE WHEN is_company AND branch_id < 7 THEN {second_owns}[w2] || ' ' || {owns}[w1] WHEN is_company OR given_own = '' OR own_only THEN NULL ELSE given_own || ' ' || family_own END END AS name_local,
            CASE WHEN is_company THEN 'company' ELSE 'person' END AS party, relation,
            CASE WHEN is_company OR u(cid, 'type told') > 0.03 THEN type_id END AS customer_type_id,
            CASE WHEN cid BETWEEN {GROUP[1][0]} AND {GROUP[-1][0]} THEN {GROUP[0][0]} END AS parent_id, branch_id,
            (SELECT owners[seat + 1] FROM cal WHERE cal.branch_id = dialled.branch_id AND cal.day = DATE '{last}') AS owner_id,
            CASE WHEN told >= 0.35 THEN CASE type_id {born} END END AS birth_date,
            CASE WHEN told < 0.07 THEN year(CASE type_id {born} END) END AS birth_year,
            CASE WHEN NOT is_company AND u(cid, 'gender told') > 0.05 THEN CASE WHEN u(cid, 'gender other') < 0.006 THEN 'other' ELSE sex END END AS gender,
            CASE WHEN NOT is_company AND u(cid, 'marital told') > 0.15 THEN CASE type_id WHEN 1 THEN pick(cid, 'm', ['single', 'single', 'single', 'partner', 'married']) WHEN 2 THEN 'single'
                WHEN 3 THEN pick(cid, 'm', ['married', 'married', 'widowed', 'widowed', 'divorced']) ELSE pick(cid, 'm', ['married', 'married', 'married', 'married', 'partner', 'divorced']) END END AS marital_status,
            CASE WHEN is_company THEN {fields}[w2] END AS industry, CASE branch_id {cities} END AS city,
            CASE branch_id {" ".join(f"WHEN {i} THEN '{b.region}'" for i, b in enumerate(firm.BRANCHES, 1))} END AS region, country,
            CASE culture WHEN 'he' THEN CASE WHEN u(cid, 'ar') < 0.6 AND branch_id = 5 THEN 'ar' ELSE 'he' END ELSE culture END AS language,
            CASE WHEN u(cid, 'mail') < 0.82 THEN CASE WHEN is_company THEN 'office.' || cid ELSE lower(replace(replace(strip_accents(given_latin || '.' || family_latin), ' ', ''), '''', '')) || cid END || '@example.com' END AS email,
            CASE WHEN u(cid, 'has phone') < 0.95 THEN '+' || prefix || ' ' || net || '-' || line END AS phone,
            CASE WHEN u(cid, 'has phone') < 0.95 THEN prefix || net || line END AS phone_digits,
            {_cases("u(cid, 'acq')", [(0.27, "'web'"), (0.2, "'referral'"), (0.24, "'shop'"), (0.06, "'event'"), (0.08, "'phone'"), (0.05, "'partner'"), (0.1, "'advert'")])} AS acquisition_channel,
            (SELECT min(id) FROM campaign WHERE came BETWEEN starts_on AND ends_on AND u(cid, 'acq campaign') < 0.35) AS acquisition_campaign_id,
            CASE WHEN relation IN ('customer', 'former') THEN came END AS customer_since, lost_on,
            CASE WHEN u(cid, 'asked') < 0.85 THEN u(cid, 'consent') < 0.72 END AS consent_contact,
            CASE type_id {terms} END AS payment_days, CASE WHEN relation = 'customer' THEN pick(cid, 'tier', ['Bronze', 'Bronze', 'Bronze', 'Silver', 'Silver', 'Gold']) END AS tier
        FROM dialled""")


def _details(con, last: date) -> None:
    put_query(con, "customer_interest", f"""
        SELECT cid * 10 + k AS id, cid AS customer_id, 'interest' AS kind, pick(cid * 10 + k, 'interest', {literal(names.INTERESTS)}) AS name, least(came + CAST(20 * k + 5 AS INTEGER), DATE '{last}') AS noted_on
        FROM soul, range(3) AS r(k) WHERE NOT is_company AND u(cid * 10 + k, 'has interest') < [0.75, 0.45, 0.2][k + 1]
            AND NOT (k > 0 AND pick(cid * 10 + k, 'interest', {literal(names.INTERESTS)}) = pick(cid * 10 + k - 1, 'interest', {literal(names.INTERESTS)}))
            AND NOT (k = 2 AND pick(cid * 10 + 2, 'interest', {literal(names.INTERESTS)}) = pick(cid * 10, 'interest', {literal(names.INTERESTS)}))""")
    for k, (kind, values) in enumerate(names.NEEDS.items(), 5):
        put_query(con, "customer_interest", f"""SELECT cid * 10 + {k} AS id, cid AS customer_id, '{kind}' AS kind, pick(cid, '{kind}', {literal(values)}) AS name,
            least(came + 40, DATE '{last}') AS noted_on FROM soul WHERE u(cid, 'has {kind}') < 0.16""")
    put_query(con, "customer_attribute", """
        SELECT cid * 10 + 1 AS id, cid AS customer_id, 'contract_plan' AS key, CASE WHEN is_company THEN pick(cid, 'plan', ['Business 12 months', 'Business 24 months', 'Business 24 months', 'Frame agreement'])
            ELSE pick(cid, 'plan', ['Prepaid', 'Monthly', 'Monthly', '12 months', '24 months']) END AS value FROM soul WHERE relation IN ('customer', 'former')
        UNION ALL SELECT cid * 10 + 2, cid, 'income_band', pick(cid, 'income', CASE type_id WHEN 3 THEN ['low', 'low', 'middle', 'high'] WHEN 4 THEN ['low', 'middle', 'middle', 'high'] ELSE ['low', 'low', 'middle'] END)
            FROM soul WHERE NOT is_company AND u(cid, 'income told') < 0.55""")
    put_query(con, "contact", f"""
        SELECT cid * 10 + k AS id, cid AS customer_id, g.latin || ' ' || f.latin AS name, ['Office manager', 'Purchasing', 'IT manager', 'Owner'][1 + k] AS title,
            lower(strip_accents(replace(g.latin, ' ', ''))) || '.' || cid || k || '@example.com' AS email, '+972 50-' || lpad(CAST(hash(cid, k) % 10000000 AS VARCHAR), 7, '0') AS phone
        FROM soul, range(4) AS r(k) JOIN given AS g ON g.culture = 'he' AND g.gender = CASE WHEN u(cid * 10 + k, 'cg') < 0.5 THEN 'female' ELSE 'male' END AND g.i = CAST(floor(u(cid * 10 + k, 'cn') * 20) AS INTEGER)
            JOIN family AS f ON f.culture = 'he' AND f.i = CAST(floor(u(cid * 10 + k, 'cf') * {len(names.FAMILY["he"])}) AS INTEGER)
        WHERE is_company AND u(cid * 10 + k, 'has contact') < CASE WHEN type_id = 6 THEN [1.0, 0.9, 0.7, 0.2][k + 1] ELSE [0.8, 0.2, 0.1, 0.3][k + 1] END""")
    put_query(con, "document", f"""
        SELECT cid * 10 + k AS id, cid AS customer_id, ['contract', 'id', 'letter', 'contract'][k + 1] AS kind, ['Contract', 'Proof of identity', 'Letter', 'Contract renewed'][k + 1] AS title,
            least(came + [0, 0, 200, 730][k + 1], DATE '{last}') AS added_on, CASE k WHEN 0 THEN came + 730 WHEN 3 THEN came + 1460 END AS valid_to, 'documents/' || cid || '-' || k || '.pdf' AS url
        FROM soul, range(4) AS r(k) WHERE relation IN ('customer', 'former') AND u(cid * 10 + k, 'has document') < [0.8, 0.4, 0.12, 0.5][k + 1] AND (k < 3 OR came + 730 <= coalesce(lost_on, DATE '{last}'))""")


def _life(con, first: date, last: date) -> None:
    def each(what: str) -> str:
        return "CASE type_id " + " ".join(f"WHEN {i} THEN {getattr(k, what)}" for i, k in enumerate(firm.KINDS, 1)) + " END"
    con.execute(f"""CREATE TEMP TABLE life AS
        SELECT cid, branch_id, type_id, is_company, reliable, seat, greatest(came, DATE '{first}') AS start_on, coalesce(lost_on, DATE '{last}') AS end_on,
            {each("orders")} * exp(0.55 * z(cid, 'orders') - 0.15) / 30.4 AS orders_a_day, {each("contacts")} * exp(0.7 * z(cid, 'contacts') - 0.25) / 30.4 AS contacts_a_day,
            {each("complaints")} / 365.0 AS complaints_a_day, {each("lines")} AS lines, {each("units")} * exp(0.35 * z(cid, 'units') - 0.06) AS units, {each("payment_days")} AS payment_days
        FROM soul WHERE relation IN ('customer', 'former') AND coalesce(lost_on, DATE '{last}') >= DATE '{first}'""")


