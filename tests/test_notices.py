"""Each rule of what is noticed, on both sides of its threshold, on stories written by hand."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_data.analysis.events import Event, Sold, just
from crm_data.analysis.notices import birthday, notices
from crm_data.analysis.story_prices import Bought, price_lines
from crm_data.analysis.story_words import say
from crm_data.analysis.timeline import Timeline, long_gap, rhythm, timeline
from crm_data.analysis.usual import Usual
from crm_data.analysis.worth import Line, Statement
from crm_data.cuts.periods import Period
from crm_data.output.formats import Formats
from crm_data.output.words import Words

LAST = date(2026, 11, 20)
WORDS = Words("en")
FORMATS = Formats(WORDS, "ILS")


@pytest.fixture(scope="module")
def bare(truth, everything) -> Timeline:
    """A customer without a birthday of whom nothing is told."""
    return replace(timeline(truth, everything, 4), events=(), balance=(), products=(), usual_gap=None, silence=None, gaps=(), usual=Usual())


def ago(days: int) -> date:
    return LAST - timedelta(days=days)


def order(days: int, amount=100, goods: tuple[tuple[str, int], ...] = (), **facts) -> Event:
    """An order so many days ago; ``goods``: (group, net) of its lines, a product a group."""
    lines = tuple(Sold(group, Decimal(1), Decimal(net), Decimal(net)) for group, net in goods)
    total = Decimal(sum(net for _, net in goods)) if goods else Decimal(amount)
    return Event("orders", ago(days), just("x"), amount=total, ref=f"sales_order:{days}", facts={"counted": True, **facts}, lines=lines)


def bought(story: Timeline, events, more=(), **changed) -> Timeline:
    """The story with these orders (and other events), newest first, with the rhythm and prices they have."""
    events = sorted(events, key=lambda e: e.on, reverse=True)
    usual, silence, gaps = rhythm([e.on for e in events], LAST)
    lines = price_lines([Bought(hash(x.product) % 1000, x.product, x.product, e.on, x.quantity, x.net, x.net, "ILS") for e in events for x in e.lines], "ILS")
    return replace(story, events=(*events, *more), usual_gap=usual, silence=silence, gaps=gaps, products=lines, **changed)


def told(story: Timeline, worth: Statement | None = None) -> dict[str, str]:
    return {n.kind: say(n.said, WORDS, FORMATS) for n in notices(story, worth)}


def event(kind: str, ref: str, days: int, amount=None, **facts) -> Event:
    return Event(kind, ago(days), just("x"), amount=None if amount is None else Decimal(amount), ref=ref, facts=facts)


# What waits -----------------------------------------------------------------------------------------------------------
def complaint(days: int, answered=False, still=True) -> Event:
    return event("complaints", "complaint:7", days, answered=answered, open=still)


def test_a_complaint_without_an_answer(bare):
    def say_of(days, hours=None, **how):
        return told(replace(bare, events=(complaint(days, **how),), usual=Usual(answer_hours=hours))).get("complaint")
    assert say_of(1) is None and say_of(2) == "Complaint 7 has had no answer for 2 days"
    assert say_of(33, 7.05) == "Complaint 7 has had no answer for 33 days (usual: 7 hours)"
    called = replace(complaint(33), facts={**complaint(33).facts, "contacts": 6})
    assert told(replace(bare, events=(called,)))["complaint"] == "Complaint 7 has had no answer for 33 days; 6 contacts since"
    # A firm that usually answers after four days is late after eight.
    assert say_of(7, 96.0) is None and say_of(8, 96.0) == "Complaint 7 has had no answer for 8 days (usual: 4 days)"
    assert say_of(300, still=False) is None


def test_a_complaint_that_stays_open(bare):
    def say_of(days, long=None):
        return told(replace(bare, events=(complaint(days, answered=True),), usual=Usual(resolve_days=long))).get("complaint")
    assert say_of(14) is None and say_of(15) == "Complaint 7 is open for 15 days"
    assert say_of(24, 24.0) is None and say_of(25, 24.0) == "Complaint 7 is open for 25 days (nine of ten: 24 days)"


def bill(number: int, due_ago: int, rest) -> Event:
    return event("money", f"invoice:{number}", due_ago + 30, rest, due=ago(due_ago), rest=Decimal(rest), number=f"I-{number}")


def test_overdue_invoices_are_one_sentence(bare):
    assert told(replace(bare, events=(bill(1, 3, 50),))) == {}
    assert told(replace(bare, events=(bill(1, 4, 50),))) == {"invoice": "Invoice I-1 overdue since 16 Nov 2026, 4 days: ₪50"}
    assert told(replace(bare, events=(bill(1, 4, 50), bill(2, 40, 70)))) == {"invoice": "2 invoices overdue, the oldest (I-2) since 11 Oct 2026: ₪120"}
    # A credit note of 80 that nobody set off, and one that leaves nothing.
    assert told(replace(bare, events=(bill(2, 40, 100), bill(3, 40, -80)))) == {"invoice": "Invoice I-2 overdue since 11 Oct 2026, 40 days: ₪20"}
    assert told(replace(bare, events=(bill(2, 40, 100), bill(3, 40, -100)))) == {}


def test_an_old_bill_is_grave_when_it_is_a_tenth_of_a_year(bare):
    def severity(rest, days=61):
        events = [order(d, 500) for d in (300, 200)]
        return next(n.severity for n in notices(replace(bare, events=(*events, bill(1, days, rest)))) if n.kind == "invoice")
    assert (severity(101), severity(100), severity(101, 60)) == ("bad", "warn", "warn")


def test_a_quote_without_an_answer(bare):
    def say_of(days, usual=None, valid_ago=-10, waiting=True):
        quote = event("offers", "quote:1", days, 200, waiting=waiting, valid_to=ago(valid_ago), number="Q-1")
        return told(replace(bare, events=(quote,), usual=Usual(quote_days=usual))).get("quote")
    assert say_of(13) is None and say_of(14) == "Quote Q-1 (₪200) has had no answer for 14 days"
    assert say_of(15, 16.0) is None and say_of(16, 16.0) == "Quote Q-1 (₪200) has had no answer for 16 days (usual: 16 days)"
    assert say_of(60, valid_ago=30) and say_of(60, valid_ago=31) is None and say_of(60, waiting=False) is None


def test_an_opportunity_past_its_day_or_too_long_in_its_stage(bare):
    def say_of(expected_ago, stayed, long=None, still=True):
        deal = event("offers", "opportunity:1", 90, 200, open=still, expected=ago(expected_ago), entered=ago(stayed), stage="Proposal", name="Fleet")
        return told(replace(bare, events=(deal,), usual=Usual(stage_days={"Proposal": long} if long else {}))).get("opportunity")
    assert say_of(7, 1) is None and say_of(8, 1) == "Fleet: was expected 12 Nov 2026 and is still open"
    assert say_of(-30, 22, 11.0) is None and say_of(-30, 23, 11.0) == "Fleet: in Proposal for 23 days (eight of ten won ones: 11 days)"
    # Of a stage that takes two days, nine are needed: twice is not much there.
    assert say_of(-30, 9, 2.0) is None and say_of(-30, 10, 2.0)
    assert say_of(8, 23, 11.0) == "Fleet: expected 12 Nov 2026, and in Proposal for 23 days (eight of ten won ones: 11 days)"
    assert say_of(8, 23, 11.0, still=False) is None and say_of(-30, 400) is None


def test_tasks_contracts_and_birthdays(bare):
    task = [event("notes", f"activity:{n}", 50, task_due=ago(n), what="Call") for n in (0, 5)]
    assert told(replace(bare, events=tuple(task))) == {"task": "“Call” was due 15 Nov 2026, 5 days ago"} and told(replace(bare, events=(task[0],))) == {}

    def paper(added, ends_in, kind="contract", number=1):
        return event("notes", f"document:{number}", added, ends=LAST + timedelta(days=ends_in), title="Contract", document=kind)
    assert told(replace(bare, events=(paper(700, 60),))) == {"ends": "Contract ends on 19 Jan 2027, in 60 days"}
    assert told(replace(bare, events=(paper(700, 61),))) == {} == told(replace(bare, events=(paper(700, -1),)))
    assert told(replace(bare, events=(paper(700, 10), paper(20, 740, number=2)))) == {}
    assert "ends" in told(replace(bare, events=(paper(700, 10), paper(800, 740, number=2)))) and "ends" in told(replace(bare, events=(paper(700, 10), paper(20, 740, "letter", 2))))

    def born(day, **more):
        return told(replace(bare, who=replace(bare.who, birth_date=day, **more)))
    assert born(date(1980, 11, 20)) == {"birthday": "Birthday today"} and born(date(1980, 12, 4)) == {"birthday": "Birthday in 14 days, on 4 Dec 2026"}
    assert born(date(1980, 12, 5)) == {} and born(date(1980, 11, 20), lost_on=ago(9)) == {} and born(date(1980, 11, 20), relation="supplier") == {}
    assert birthday(date(2000, 2, 29), LAST) == date(2027, 2, 28) and birthday(date(2000, 2, 29), date(2028, 1, 1)) == date(2028, 2, 29)


# How it buys ----------------------------------------------------------------------------------------------------------
def test_the_bound_of_a_pause():
    assert long_gap([10] * 20) == 20 and long_gap([2] * 20) == 7
    # Median 10, mean 15, spread 8.66: fifteen and (4 + 12 / 4) times that.
    assert long_gap([10, 10, 10, 30]) == pytest.approx(15 + 7 * 75 ** 0.5)
    # One year away among thirty gaps of ten is no measure of anything.
    assert long_gap([10] * 29 + [365]) == 20


def test_silence(bare):
    def regular(silent):
        return told(bought(bare, [order(silent + 10 * k) for k in range(12)])).get("silence")
    assert regular(20) is None and regular(21) == "No order for 21 days; usually every 10 days"
    apart = [order(silent) for silent in (0, 3, 4, 20, 22, 50, 51, 70, 71, 72, 90)]
    assert told(bought(bare, [replace(e, on=e.on - timedelta(days=40)) for e in apart])) == {}, "who buys at random may wait"
    gone = bought(bare, [order(100 + 10 * k) for k in range(12)])
    for change in ({"relation": "supplier"}, {"relation": "lead"}, {"relation": "former", "lost_on": ago(50)}):
        assert told(replace(gone, who=replace(gone.who, **change))) == {}
    assert told(bought(bare, [order(300), order(310), order(320)])) == {}, "three orders have no usual gap"


def test_back_after_a_long_pause(bare):
    def back(since, away, orders_since=2, campaign=None):
        days = [since - 10 * k for k in range(orders_since)] + [since + away + 10 * k for k in range(12)]
        touched = [event("contacts", "campaign_touch:1", since + 5, campaign=8, name="Come Back")]
        return told(bought(bare, [order(d, campaign=campaign) for d in days], touched)).get("won_back")
    assert back(30, 180) == "Back since 21 Oct 2026 after 180 days without an order" and back(30, 179) is None
    assert back(30, 200, 1) is None and back(181, 200, 18) is None and back(180, 200, 18)
    assert back(30, 200, campaign=8) == "Back since 21 Oct 2026 after 200 days without an order, by “Come Back”"


def priced(bare, now, then=(100, 100, 100)):
    """Tea at these prices lately and a year before."""
    return told(bought(bare, [order(10 * k, goods=(("Tea", p),)) for k, p in enumerate(reversed(now))] + [order(365 + 10 * k, goods=(("Tea", p),)) for k, p in enumerate(then)]))


def test_a_price_that_fell_or_rose(bare):
    assert priced(bare, (95, 95, 95))["price"] == "Pays 5% less for Tea: ₪100.00 became ₪95.00" and "price" not in priced(bare, (96, 96, 96))
    assert "price" not in priced(bare, (80, 101, 80)), "one of the three was not cheaper"
    assert "price" not in priced(bare, (80, 80, 80), (100, 100, 75)), "it was as cheap before"
    assert "price" not in priced(bare, (80, 80)) and "price" not in priced(bare, (80, 80, 80), (100, 100))
    assert priced(bare, (115, 115, 115))["price_rise"] == "Pays 15% more for Tea: ₪100.00 became ₪115.00" and "price_rise" not in priced(bare, (114, 114, 114))


def test_of_many_products_one_may_look_cheaper_by_accident(bare):
    """Three prices under three others stand so once in 20 times; beside a second product more are needed: four under three, once in 35, are not, and five, once in 56, are."""
    def two(late):
        now = [order(10 * k, goods=(("Tea", 80), ("Cups", 50))) for k in range(late)]
        return told(bought(bare, now + [order(365 + 10 * k, goods=(("Tea", 100), ("Cups", 50))) for k in range(3)]))
    assert "price" not in two(3) and "price" not in two(4) and two(5)["price"] == "Pays 20% less for Tea: ₪100.00 became ₪80.00"


def test_a_rate_of_exchange_is_no_price(bare):
    story = bought(bare, [order(10 * k) for k in range(3)] + [order(365 + 10 * k) for k in range(3)])
    lines = price_lines([Bought(1, "Tea", None, e.on, Decimal(1), Decimal(80 if e.on > ago(100) else 100), Decimal(20), "EUR") for e in story.events], "ILS")
    assert "price" not in told(replace(story, products=lines))
    cheaper = price_lines([Bought(1, "Tea", None, e.on, Decimal(1), Decimal(80 if e.on > ago(100) else 100), Decimal(18 if e.on > ago(100) else 20), "EUR") for e in story.events], "ILS")
    assert told(replace(story, products=cheaper))["price"] == "Pays 10% less for Tea: 20.00 EUR became 18.00 EUR"


def test_revenue_far_below_the_year_before(bare):
    def years(now, before):
        return told(bought(bare, [order(4 + 360 // len(now) * k, a) for k, a in enumerate(now)] + [order(366 + 364 // len(before) * k, a) for k, a in enumerate(before)])).get("revenue")
    # 2,600 became 1,000: 1,600 less, and three roots of 36 x 10,000 are 1,800. 3,000 became 1,000: 2,000, three roots of 400,000 are 1,897.
    assert years([100] * 10, [100] * 26) is None
    assert years([100] * 10, [100] * 30) == "Bought 67% less than the year before: ₪1,000 in 12 months, ₪3,000 before"
    assert years([100] * 10, [100] * 19 + [3000]) is None, "one great order missing is chance"
    assert years([100] * 1, [1000] * 7) is None


def test_a_group_that_lost_its_share(bare):
    def years(now, before):
        return told(bought(bare, [order(4 + 25 * k, goods=now) for k in range(14)] + [order(370 + 25 * k, goods=before) for k in range(14)])).get("share")
    assert years((("Tea", 5), ("Cups", 95)), (("Tea", 50), ("Cups", 50))) == "Tea fell from 50% to 5% of what it buys in a year"
    assert years((("Tea", 26), ("Cups", 74)), (("Tea", 50), ("Cups", 50))) is None
    assert years((("Tea", 5), ("Cups", 95)), (("Tea", 19), ("Cups", 81))) is None


def calls(n: int, by="customer") -> list[Event]:
    return [event("contacts", f"interaction:{k}", k % 364, by=by) for k in range(n)]


def test_contacts_without_buying(bare):
    few = [order(30 * k + 2) for k in range(3)]
    assert told(bought(bare, few, calls(50)))["talk"] == "Began 50 contacts in 12 months and ordered 3 times"
    assert "talk" not in told(bought(bare, few, calls(49))) and "talk" not in told(bought(bare, few, calls(80, "company")))
    assert "talk" not in told(bought(bare, [*few, order(200)], calls(59))) and "talk" in told(bought(bare, [*few, order(200)], calls(60)))
    assert told(bought(bare, [order(400)], calls(50)))["talk"] == "Began 50 contacts in 12 months and ordered nothing"
    assert told(bought(bare, [], calls(50))) == {}, "perhaps its orders are kept elsewhere"


def test_costing_more_than_it_brings(bare):
    def say_of(gross, calls, cost, orders=4):
        lines = (Line("gross", "Revenue", Decimal(gross)), Line("goods", "Goods", Decimal(0)), Line("contact_phone", "Phone calls", Decimal(-cost), calls),
                 Line("order", "Order handling", Decimal(-10), orders), Line("worth", "Worth", Decimal(gross - cost - 10)))
        return told(bought(bare, [order(30)]), Statement(lines, (), Period(ago(364), LAST), 1, 1)).get("worth")
    assert say_of(1000, 20, 1091) == "Costs ₪101 more than it brings: ₪1,000 gross profit, ₪1,101 to serve, most of it Phone calls"
    assert say_of(1000, 20, 1090) is None and say_of(1000, 19, 3000) is None and say_of(1000, 20, 500) is None


def test_the_worst_stands_first_and_one_person_alone_has_none(bare):
    story = bought(bare, [order(100 + 10 * k) for k in range(12)], [complaint(40), bill(1, 10, 500)])
    assert [n.kind for n in notices(story)] == ["complaint", "silence", "invoice"] and all(n.ref for n in notices(story))
    assert notices(replace(story, contact=1)) == []


@pytest.mark.parametrize("firm", ["truth", "noise"])
def test_everything_noticed_can_be_said_and_is_about_an_event(firm, everything, request):
    """In every language, of customers of whom everything is sometimes unknown."""
    warehouse = request.getfixturevalue(firm)
    for customer in range(1, 14 if firm == "truth" else 60):
        story = timeline(warehouse, everything, customer, family=True)
        refs = {e.ref for e in story.events}
        for n in notices(story):
            assert n.ref in refs or n.kind == "birthday", (customer, n)
            for language in ("en", "he", "fa"):
                words = Words(language)
                said = say(n.said, words, Formats(words, "ILS"))
                assert said and "{" not in said and "None" not in said, said
