"""The small tables made in Python: branches, staff, products and their prices, rates, holidays, campaigns."""
from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
from dateutil.easter import easter

from crm_data.demo import firm
from crm_data.demo.dice import days, put

#: Israeli holidays that are not worked; they follow the Hebrew calendar, so their days are written down.
_ISRAEL = {"Passover": ("2023-04-06", "2024-04-23", "2025-04-13", "2026-04-02", "2027-04-22", "2028-04-11"),
           "Passover, last day": ("2023-04-12", "2024-04-29", "2025-04-19", "2026-04-08", "2027-04-28", "2028-04-17"),
           "Independence Day": ("2023-04-26", "2024-05-14", "2025-05-01", "2026-04-22", "2027-05-12", "2028-05-02"),
           "Shavuot": ("2023-05-26", "2024-06-12", "2025-06-02", "2026-05-22", "2027-06-11", "2028-05-31"),
           "New Year": ("2023-09-16", "2024-10-03", "2025-09-23", "2026-09-12", "2027-10-02", "2028-09-21"),
           "New Year, second day": ("2023-09-17", "2024-10-04", "2025-09-24", "2026-09-13", "2027-10-03", "2028-09-22"),
           "Day of Atonement": ("2023-09-25", "2024-10-12", "2025-10-02", "2026-09-21", "2027-10-11", "2028-09-30"),
           "Sukkot": ("2023-09-30", "2024-10-17", "2025-10-07", "2026-09-26", "2027-10-16", "2028-10-05"),
           "Simchat Torah": ("2023-10-07", "2024-10-24", "2025-10-14", "2026-10-03", "2027-10-23", "2028-10-12")}
_SEASON = (0.95, 0.92, 1.00, 0.94, 1.00, 1.00, 1.05, 1.10, 1.02, 0.93, 1.20, 1.12)
#: A day's weight is at most this; candidates are thinned by weight / most.
MOST_WEIGHT = 1.9


def holidays(country: str, year: int) -> dict[date, str]:
    """Days not worked in a country and year."""
    if country == "Israel":
        return {date.fromisoformat(day): name for name, all_days in _ISRAEL.items() for day in all_days if day.startswith(str(year))}
    if country == "Germany":
        sunday = easter(year)
        return {date(year, 1, 1): "Neujahr", sunday - timedelta(2): "Karfreitag", sunday + timedelta(1): "Ostermontag", date(year, 5, 1): "Tag der Arbeit",
                sunday + timedelta(39): "Christi Himmelfahrt", sunday + timedelta(50): "Pfingstmontag", date(year, 10, 3): "Tag der Deutschen Einheit",
                date(year, 12, 25): "1. Weihnachtstag", date(year, 12, 26): "2. Weihnachtstag"}
    if country == "United Kingdom":
        sunday = easter(year)
        return {date(year, 1, 1): "New Year's Day", sunday - timedelta(2): "Good Friday", sunday + timedelta(1): "Easter Monday",
                date(year, 12, 25): "Christmas Day", date(year, 12, 26): "Boxing Day"}
    return {}


def make_places(con: duckdb.DuckDBPyConnection, first: date, last: date, today: date) -> None:
    """Fill the small tables and the temporary ``cal`` (one row a branch and day) and ``price`` (a product, currency and month)."""
    _branches(con, first)
    _staff(con, first, today)
    _catalogue(con, first, last)
    _rates(con, first, last, today)
    _campaigns(con, today)
    _calendar(con, first, last, today)


def _branches(con, first: date) -> None:
    numbers = {branch.name: i for i, branch in enumerate(firm.BRANCHES, 1)}
    put(con, "branch", [{"name": b.name, "kind": b.kind, "parent_id": numbers.get(b.parent), "region": b.region, "country": b.country, "timezone": b.timezone}
                        for b in firm.BRANCHES])
    put(con, "customer_type", [{"name": k.name, "party": k.party} for k in firm.KINDS])


def staff_ids() -> dict[str, int]:
    """Name -> id of everyone, those who left too."""
    names = [name for branch in firm.BRANCHES for name in firm.STAFF[branch.name]] + [left[2] for left in firm.LEFT] + ["Ruth Almagor"]
    return {name: i for i, name in enumerate(names, 1)}


def _staff(con, first: date, today: date) -> None:
    ids, rows, assigned = staff_ids(), [], []
    chief = ids["Ruth Almagor"]
    left = {name: (branch, seat, today - timedelta(days=ago)) for branch, seat, name, ago in firm.LEFT}
    new = {firm.STAFF[branch][seat]: today - timedelta(days=ago) for branch, seat, _, ago in firm.LEFT}
    for b, branch in enumerate(firm.BRANCHES, 1):
        people = (*firm.STAFF[branch.name], *(name for name, (where, _, _) in left.items() if where == branch.name))
        for place, name in enumerate(people):
            hired = new.get(name) or first - timedelta(days=200 + 137 * ids[name] % 2900)
            gone = left[name][2] - timedelta(days=1) if name in left else None
            team = branch.team if place < 4 else f"{branch.team} Business" if branch.team in ("Center", "Europe") else branch.team
            rows.append({"id": ids[name], "name": name, "branch_id": b, "team": team, "reports_to_id": chief if place == 0 else ids[people[0]],
                         "email": f"{name.lower().replace(' ', '.')}@example.com", "hourly_cost_base": 72 + 6 * (place == 0) * 8 + ids[name] % 5 * 3,
                         "hired_on": hired, "left_on": gone})
            if place == 1 and b in (2, 5):  # two people changed their branch
                moved = today - timedelta(days=500 + 40 * b)
                assigned += [{"staff_id": ids[name], "branch_id": 1, "team": "Center", "valid_from": hired, "valid_to": moved - timedelta(days=1)},
                             {"staff_id": ids[name], "branch_id": b, "team": team, "valid_from": moved, "valid_to": None}]
            else:
                assigned.append({"staff_id": ids[name], "branch_id": b, "team": team, "valid_from": hired, "valid_to": gone})
    rows.append({"id": chief, "name": "Ruth Almagor", "branch_id": 1, "team": "Management", "reports_to_id": None, "email": "ruth.almagor@example.com",
                 "hourly_cost_base": 190, "hired_on": first - timedelta(days=3100), "left_on": None})
    assigned.append({"staff_id": chief, "branch_id": 1, "team": "Management", "valid_from": rows[-1]["hired_on"], "valid_to": None})
    put(con, "staff", rows)
    put(con, "staff_assignment", assigned)


def rise_day(today: date) -> date:
    """First day of the new price of the product whose price rose."""
    month = today.year * 12 + today.month - 1 - 4
    return date(month // 12, month % 12 + 1, 1)


def months(first: date, last: date) -> list[date]:
    """First days of all months touched by a range."""
    return [date(m // 12, m % 12 + 1, 1) for m in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]


def rate_of(currency: str, month: date, first: date, last: date) -> float:
    """ILS for one unit in a month, with two decimals so that every product with money in cents is exact."""
    begin, end = firm.CURRENCIES[currency]
    done = (month - first).days / max((last - first).days, 1)
    wave = 0.012 * ((month.month * 7 + month.year * 3) % 5 - 2) if currency != "ILS" else 0
    return round(begin + (end - begin) * done + wave * begin, 2)


def _catalogue(con, first: date, last: date) -> None:
    numbers = {name: i for i, name in enumerate(firm.CATEGORIES, 1)}
    put(con, "product_category", [{"name": name, "parent_id": numbers.get(parent)} for name, parent in firm.CATEGORIES.items()])
    rise, years = rise_day(last + timedelta(days=1)), last.year - first.year + 1
    rows, prices = [], []
    for i, p in enumerate(firm.PRODUCTS, 1):
        for month in months(first, last):
            year = month.year - first.year
            listed = p.price * 1.025 ** year * (1.25 if p.name == firm.PRICE_RISE and month >= rise else 1)
            cost = round(p.price * p.cost * 1.022 ** year, 2)
            for currency in ("ILS", "EUR", "GBP", "AED"):
                rate = rate_of(currency, date(month.year, 1, 1), first, last)  # price lists abroad change once a year
                value = listed / rate
                value = round(value) - 0.1 if value >= 20 else round(value * 10) / 10
                prices.append((i, currency, month, round(value, 2), cost))
        now = [row for row in prices if row[0] == i and row[1] == "ILS"][-1]
        rows.append({"name": p.name, "code": f"P{i:03d}", "product_category_id": numbers[p.category], "unit": p.unit, "list_price": now[3], "unit_cost_base": now[4],
                     "discontinued_on": last - timedelta(days=120) if p.name == "Phone Classic" and years > 1 else None})
    put(con, "product", rows)
    _temp(con, "price", ("product_id", "currency", "month", "list_price", "unit_cost"), prices, "CAST(product_id AS BIGINT) AS product_id, currency, month, "
          "CAST(list_price AS DECIMAL(9, 2)) AS list_price, CAST(unit_cost AS DECIMAL(9, 2)) AS unit_cost")
    wheel = []
    for party in ("person", "company"):
        weights = [getattr(p, party) for p in firm.PRODUCTS]
        done, total = 0.0, sum(weights)
        for i, weight in enumerate(weights, 1):
            begin, done = round(done / total * 2000), done + weight
            price = firm.PRODUCTS[i - 1].price
            wheel += [(party, slot, i, price) for slot in range(begin, round(done / total * 2000))]
    _temp(con, "wheel", ("party", "slot", "product_id", "base_price"), wheel, "party, CAST(slot AS INTEGER) AS slot, CAST(product_id AS BIGINT) AS product_id, base_price")


def _temp(con, name: str, columns: tuple[str, ...], rows: list[tuple], chosen: str = "*") -> None:
    con.register("rows_made", pa.table({column: [row[i] for row in rows] for i, column in enumerate(columns)}))
    con.execute(f"CREATE TEMP TABLE {name} AS SELECT {chosen} FROM rows_made")
    con.unregister("rows_made")


def _rates(con, first: date, last: date, today: date) -> None:
    put(con, "currency_rate", [{"currency": currency, "rate": rate_of(currency, month, first, last), "valid_on": month}
                               for currency in firm.CURRENCIES for month in months(first, last)])
    change = today - timedelta(days=firm.COST_CHANGE_DAYS)
    rows = []
    for driver, (before, now) in firm.COST_RATES.items():
        rows.append({"driver": driver, "rate_base": before, "valid_from": first - timedelta(days=366), "valid_to": change - timedelta(days=1)})
        rows.append({"driver": driver, "rate_base": now, "valid_from": change, "valid_to": None})
    put(con, "cost_rate", rows)


def _campaigns(con, today: date) -> None:
    put(con, "campaign", [{"name": name, "channel": channel, "starts_on": today - timedelta(days=ago), "ends_on": today - timedelta(days=ago - lasted),
                           "budget_base": budget, "goal": goal} for name, channel, ago, lasted, budget, goal in firm.CAMPAIGNS])


def fall_begins(last: date) -> date:
    """The first day of the branch's fall: this quarter's first, or half a quarter ago where that has hardly begun."""
    quarter = date(last.year, (last.month - 1) // 3 * 3 + 1, 1)
    return min(quarter, last - timedelta(days=45))


def _calendar(con, first: date, last: date, today: date) -> None:
    """``cal``: how much is sold on a day (``weight``), the clock's distance from UTC, the rate, who sits on which seat."""
    ids, rows, free, falls = staff_ids(), [], [], fall_begins(last)
    for b, branch in enumerate(firm.BRANCHES, 1):
        zone, weekend = ZoneInfo(branch.timezone), dict(branch.weekend)
        off = {day: name for year in range(first.year, today.year + 2) for day, name in holidays(branch.country, year).items()}
        free += [{"branch_id": b, "day": day, "working": False, "name": name} for day, name in off.items() if day >= first]
        for day in days(first, last):
            weight = _SEASON[day.month - 1] * weekend.get(day.isoweekday(), 1.0) * (1 + branch.growth) ** ((day - first).days / 365 - 1.5)
            weight *= (0.15 if branch.name != "Online" else 0.5) if day in off else 1.0
            weight *= 1.08 if day.day <= 4 or day.day in (10, 15) else 1.0
            weight *= 0.42 if branch.name == "Be'er Sheva" and day >= falls else 1.0
            offset = int(datetime.combine(day, time(12), UTC).astimezone(zone).utcoffset().total_seconds() // 60)
            rows.append((b, day, min(weight, MOST_WEIGHT), offset, branch.currency, rate_of(branch.currency, day.replace(day=1), first, last),
                         [seated(ids, branch.name, seat, day, today) for seat in range(5)]))
    put(con, "work_calendar", free)
    _temp(con, "cal", ("branch_id", "day", "weight", "utc_offset", "currency", "rate", "owners"), rows,
          "CAST(branch_id AS BIGINT) AS branch_id, day, weight, CAST(utc_offset AS INTEGER) AS utc_offset, currency, CAST(rate AS DECIMAL(9, 2)) AS rate, "
          "date_trunc('month', day)::DATE AS month, owners")


def seated(ids: dict[str, int], branch: str, seat: int, day: date, today: date) -> int:
    """The id of who holds a seat of a branch on a day."""
    for where, place, name, ago in firm.LEFT:
        if where == branch and place == seat and day < today - timedelta(days=ago):
            return ids[name]
    return ids[firm.STAFF[branch][seat]]
