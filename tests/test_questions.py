"""Ready-made questions: which of them the data can answer, and that the answers are those of SQL written by hand."""
from __future__ import annotations

import pytest

from crm_data.analysis.answerable import lacking
from crm_data.analysis.questions import ready
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.query import ask
from crm_data.output.words import Words

#: Customers (parties whose relation is customer or former) with any business in the twelve months, as the measure "customers" counts them.
ACTIVE = """select id as customer_id from customer where relation in ('customer', 'former') and id in (
    select customer_id from sales_order where ordered_on between '2025-11-23' and '2026-11-22' and status not in ('cancelled', 'returned')
    union select customer_id from order_line where counted and ordered_on between '2025-11-23' and '2026-11-22'
    union select customer_id from interaction where started_on between '2025-11-23' and '2026-11-22'
    union select customer_id from opportunity where opened_on between '2025-11-23' and '2026-11-22'
    union select customer_id from opportunity where closed_on between '2025-11-23' and '2026-11-22' and outcome in ('won', 'lost')
    union select customer_id from quote where sent_on between '2025-11-23' and '2026-11-22'
    union select customer_id from invoice where issued_on between '2025-11-23' and '2026-11-22' and not coalesce(cancelled, false)
    union select customer_id from payment where paid_on between '2025-11-23' and '2026-11-22'
    union select customer_id from complaint where opened_on between '2025-11-23' and '2026-11-22')"""
SINCE = "between '2025-11-23' and '2026-11-22'"


@pytest.fixture
def rows(demo):
    return {name: int(about.get("rows", 0)) for name, about in demo.manifest.tables.items()}


@pytest.fixture
def answers(demo, everything, rows):
    """A function: name of a question -> {member: first measure} of its answer now."""
    catalog = catalog_for(demo)
    known = {q.name: q for q in ready(catalog, rows)}

    def answer(name: str) -> dict:
        cut = known[name].cut(catalog)
        found = ask(cut, demo, scope=everything)
        assert (found.period.first.isoformat(), found.period.last.isoformat()) == (as_of_year(demo)), found.period
        return {r[cut.by[0]] if cut.by else "": tuple(r[m] for m in cut.measures) for r in found.rows.to_dict("records")}
    return answer


def as_of_year(demo) -> tuple[str, str]:
    from crm_data.cuts.periods import Period
    period = Period.named("last_12_months", demo.as_of)
    return period.first.isoformat(), period.last.isoformat()


@pytest.fixture
def by_hand(demo):
    """A function that runs SQL with the twelve months of the data in it."""
    first, last = as_of_year(demo)

    def run(sql: str) -> dict:
        with demo.engine.connect() as connection:
            found = connection.exec_driver_sql(sql.replace("2025-11-23", first).replace("2026-11-22", last)).fetchall()
        return {r[0]: tuple(r[1:]) for r in found}
    return run


def test_a_whole_firm_is_asked_everything(demo, rows):
    found = ready(catalog_for(demo), rows)
    assert [q.name for q in found] == ["contacted_by_type", "main_topic", "age_of_best", "best_type", "brings_by_type", "how_often", "habit", "by_gender", "by_age", "by_region", "by_category"]
    assert all(Words("xx").t(q.text).startswith("⟦") for q in found)


def test_how_many_of_each_type_contacted_us(answers, by_hand):
    assert answers("contacted_by_type") == by_hand(f"""
        select t.name, count(distinct i.customer_id) filter (c.relation in ('customer', 'former')), count(*) from interaction i join customer c on c.id = i.customer_id
        left join customer_type t on t.id = c.customer_type_id where i.started_on {SINCE} and i.initiated_by = 'customer' group by 1""")


def test_what_they_ask_about(answers, by_hand):
    found = answers("main_topic")
    assert found == by_hand(f"""
        select topic, count(*), count(distinct customer_id) filter (c.relation in ('customer', 'former')) from interaction i join customer c on c.id = i.customer_id
        where started_on {SINCE} and initiated_by = 'customer' group by 1""")
    assert [n for n, _ in found.values()] == sorted((n for n, _ in found.values()), reverse=True)


def test_revenue_of_a_customer_of_each_type(answers, by_hand):
    hand = by_hand(f"""
        with active as ({ACTIVE}), sold as (select customer_id, sum(net_base) as net from order_line where counted and ordered_on {SINCE} group by 1)
        select t.name, sum(coalesce(s.net, 0)), count(*) from active a join customer c on c.id = a.customer_id left join customer_type t on t.id = c.customer_type_id
        left join sold s on s.customer_id = a.customer_id group by 1""")
    found = answers("brings_by_type")
    assert {k: (v[1], v[2]) for k, v in found.items()} == hand
    assert all(v[0] == pytest.approx(float(v[1]) / v[2]) for v in found.values())


def test_regular_and_occasional(answers, by_hand):
    hand = by_hand(f"""
        with active as ({ACTIVE}), bought as (select customer_id, count(*) as n from sales_order where ordered_on {SINCE} and status not in ('cancelled', 'returned') group by 1),
        sold as (select customer_id, sum(net_base) as net from order_line where counted and ordered_on {SINCE} group by 1)
        select case when n >= 3 then 'regular' when n > 0 then 'occasional' else 'none' end, sum(coalesce(net, 0)), count(*)
        from active a left join bought b on b.customer_id = a.customer_id left join sold s on s.customer_id = a.customer_id group by 1""")
    assert {k: v[:2] for k, v in answers("habit").items()} == hand and {"regular", "occasional"} <= set(hand)


def test_by_gender_and_how_often_they_write(answers, by_hand):
    hand = by_hand(f"select c.gender, sum(net_base) from order_line l join customer c on c.id = l.customer_id where counted and ordered_on {SINCE} group by 1")
    found = answers("by_gender")
    assert {k: found[k][0] for k in hand} == {k: v[0] for k, v in hand.items()}
    often = by_hand(f"""
        select initiated_by, count(*), count(distinct customer_id) filter (c.relation in ('customer', 'former')) from interaction i join customer c on c.id = i.customer_id
        where started_on {SINCE} group by 1""")
    assert {k: v[1:] for k, v in answers("how_often").items()} == often


def test_age_of_the_best_fifth_of_the_people(answers, demo, everything):
    from crm_data.cuts.cut import Cut
    from crm_data.cuts.periods import Period
    period = Period.named("last_12_months", demo.as_of)
    each = ask(Cut(("worth",), ("customer",), period), demo, scope=everything).rows
    ranked = sorted(((float(r["worth"]), -int(r["customer_id"])) for r in each.to_dict("records") if r["customer_id"] is not None and r["worth"] is not None), reverse=True)
    with demo.engine.connect() as connection:
        people = {i for i, in connection.exec_driver_sql("select id from customer where party = 'person'").fetchall()}
    ranked = [(w, i) for w, i in ranked if -i in people]
    # The first fifth, rounded up.
    best = {-i for _, i in ranked[:-(-len(ranked) // 5)]}
    with demo.engine.connect() as connection:
        born = connection.exec_driver_sql("select id, birth_date, birth_year from customer").fetchall()
    last = period.last
    ages = [last.year - b.year - ((last.month, last.day) < (b.month, b.day)) if b else last.year - y for i, b, y in born if i in best and (b or y)]
    mean, count = answers("age_of_best")[""]
    assert mean == pytest.approx(sum(ages) / len(ages)) and count <= len(best)


# What is asked of less data ---------------------------------------------------------------------------------------------
def test_without_costs_the_question_is_who_brings_most(demo, rows):
    catalog = catalog_for(demo)
    less = {**rows, "cost_rate": 0}
    assert lacking(catalog, "worth", less) and {q.name for q in ready(catalog, less)} >= {"age_of_largest", "largest_type"}


def test_without_order_lines_what_was_won_takes_the_place_of_revenue(demo, rows):
    catalog = catalog_for(demo)
    found = {q.name: q.cut(catalog) for q in ready(catalog, {**rows, "order_line": 0, "sales_order": 0})}
    assert found["by_gender"].measures == ("won_value", "customers") and "by_category" not in found and "brings_by_type" not in found


def test_without_contacts_nobody_asks_about_them(demo, rows):
    catalog = catalog_for(demo)
    assert not {q.name for q in ready(catalog, {**rows, "interaction": 0})} & {"contacted_by_type", "contacted_by_kind", "main_topic", "how_often"}
    assert ready(catalog, {}) == ()


def test_a_dimension_nobody_filled_is_not_asked_for(demo, rows):
    found = [q.name for q in ready(catalog_for(demo), rows, lambda dimension: dimension not in ("region", "customer_type"))]
    assert "by_city" in found and "by_region" not in found and "contacted_by_kind" in found and "best_type" not in found


def test_every_question_has_a_link_that_leads_to_it(demo, rows):
    from crm_data.cuts.cut import Cut
    catalog = catalog_for(demo)
    for question in ready(catalog, rows):
        cut = question.cut(catalog)
        assert Cut.from_link(cut.to_link(), demo.as_of) == cut
