"""What each event of a story holds: lines and prices of orders, steps of complaints and opportunities, answers of campaigns, the balance."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from crm_data.analysis.events import Sold
from crm_data.analysis.story_prices import Bought, price_lines
from crm_data.analysis.story_words import say, sentence
from crm_data.analysis.timeline import timeline
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from tests.story_firm import publish_changed

WORDS = Words("en")
FORMATS = Formats(WORDS, "ILS")


def by_ref(story):
    return {e.ref: e for e in story.events}


def line(said) -> str:
    return sentence(said, WORDS, FORMATS)


def steps(event) -> list[tuple]:
    return [(s.on, say(s.what, WORDS, FORMATS), s.days, s.done) for s in event.steps]


def test_an_order_has_its_lines(truth, everything):
    order = by_ref(timeline(truth, everything, 3))["sales_order:6"]
    assert order.lines == (Sold("Laptop", Decimal(2), Decimal(950), Decimal(1900)), Sold("Warranty", Decimal(2), Decimal(50), Decimal(100))) and order.amount == 2000
    assert line(order.details) == "Delivered in 5 days · 3 days later than promised · Laptop: 2 at ₪950.00 each · Field sales"
    back = by_ref(timeline(truth, everything, 4))["sales_order:17"]
    assert back.lines == (Sold("Laptop", Decimal(3), Decimal(900), Decimal(2700)), Sold("Basic course", Decimal(-1), Decimal(110), Decimal(-110))) and back.amount == 2590


def test_the_price_of_each_product_along_time(truth, everything):
    found = {p.product: p for p in timeline(truth, everything, 1).products}
    assert [p for p in found] == ["Basic course", "Advanced course"]
    basic = found["Basic course"]
    assert basic.points == ((date(2024, 2, 29), Decimal(100)), (date(2026, 3, 28), Decimal(110)), (date(2026, 11, 1), Decimal("120.3333")))
    assert (basic.first, basic.last, basic.units, basic.net, basic.category) == (100, Decimal("120.3333"), 3, Decimal("330.3333"), "Courses")
    # Two at 210 less a discount of 20.
    assert found["Advanced course"].points == ((date(2025, 11, 20), Decimal(200)), (date(2026, 10, 5), Decimal(200)))
    story = timeline(truth, everything, 1)
    assert story.price_of == "Basic course" and story.prices == basic.points
    # The returned laptop of Jaffa Foods (O-13) is no price paid, Farid's cancelled one (O-11) neither.
    assert [(p.product, len(p.points)) for p in timeline(truth, everything, 11).products] == [("Laptop", 1)]
    assert "Laptop" not in {p.product for p in timeline(truth, everything, 7).products}


def test_a_price_in_another_currency_is_kept_in_both(truth, everything):
    (book,) = timeline(truth, everything, 6).products
    assert (book.points, book.own, book.currency) == (((date(2026, 2, 1), Decimal(100)),), ((date(2026, 2, 1), Decimal(25)),), "EUR")


def test_a_day_has_one_price_and_several_currencies_have_no_own():
    day = date(2026, 1, 1)

    def bought(units, base, currency="ILS", product: int | None = 1):
        return Bought(product, "Tea", "Drinks", day, Decimal(units), Decimal(base), Decimal(base), currency)
    (one,) = price_lines([bought(1, 10), bought(3, 18), bought(-1, -6), bought(1, 5, product=None)], "ILS")
    assert one.points == ((day, Decimal(7)),) == one.own and (one.units, one.net) == (4, 28)
    (two,) = price_lines([bought(1, 10), bought(1, 4, "EUR")], "ILS")
    assert (two.currency, two.own, two.points[0][1]) == ("", (), 7)


def test_a_complaint_step_by_step(truth, everything):
    story = by_ref(timeline(truth, everything, 3))
    assert steps(story["complaint:2"]) == [
        (date(2026, 1, 20), "opened", None, True), (date(2026, 1, 21), "first answer after 24 hours", 1, True), (None, "escalated", None, True),
        (date(2026, 2, 4), "resolved", 15, True), (date(2026, 2, 5), "Satisfaction: 1 of 5", None, True), (date(2026, 3, 12), "Would recommend: 2 of 10", None, True)]
    assert line(story["complaint:2"].details) == "High · Delivery · Laptop · escalated · with Omer · resolved in 15 days · later than promised"
    assert line(story["complaint:2:done"].details) == "Refund · resolved in 15 days · later than promised" and story["complaint:2"].body == "Refund"
    assert say(story["feedback:6"].title, WORDS, FORMATS) == "Satisfaction after complaint 2: 1 of 5"
    waiting = by_ref(timeline(truth, everything, 2))["complaint:4"]
    assert steps(waiting)[1:] == [(None, "no answer yet", 19, False), (None, "still open", 19, False)]


@pytest.fixture(scope="module")
def called(tmp_path_factory):
    """Bilha's complaint of 1 November (8:00 UTC) with calls around it: before, the same day before and after, later; and one of another topic with a second complaint."""
    call = "INSERT INTO interaction (id, customer_id, branch_id, channel, initiated_by, topic, started_at, started_on, source, source_id, batch_id) VALUES "
    rows = [(901, "Service", "2026-10-31 09:00:00"), (902, "Service", "2026-11-01 07:59:00"), (903, "Service", "2026-11-01 08:01:00"), (904, "Billing", "2026-11-08 10:00:00"),
            (905, "Service", "2026-11-11 10:00:00"), (906, "Billing", "2026-11-12 10:00:00")]
    return publish_changed(tmp_path_factory.mktemp("called"), (
        *(f"{call} ({i}, 2, 2, 'phone', 'customer', '{topic}', TIMESTAMP '{at}', DATE '{at[:10]}', 'truth', 'c{i}', 1)" for i, topic, at in rows),
        """INSERT INTO complaint (id, customer_id, branch_id, topic, opened_at, opened_on, source, source_id, batch_id)
           VALUES (907, 2, 2, 'Billing', TIMESTAMP '2026-11-10 08:00:00', DATE '2026-11-10', 'truth', 'k907', 1)"""))


def test_contacts_fall_into_the_complaint_that_was_open(called, everything):
    """Of two open ones into the one with the same topic, else into the later."""
    story = by_ref(timeline(called, everything, 2))
    into = {n: story[f"interaction:{n}"].facts.get("after") for n in range(901, 907)}
    assert into == {901: None, 902: None, 903: "complaint:4", 904: "complaint:4", 905: "complaint:4", 906: "complaint:907"}
    assert "3 contacts while it was open, the last on 11 Nov 2026" in line(story["complaint:4"].details) and story["complaint:4"].facts["contacts"] == 3
    assert "1 contact while it was open, on 12 Nov 2026" in line(story["complaint:907"].details)
    assert line(story["interaction:905"].details).endswith("while complaint 4 was open")


def test_an_opportunity_with_each_stage_and_the_days_in_it(truth, everything):
    """Stages last until the next begins: 10-21 September 11 days, to the 26th 5, to 6 October 10, to the 20th 14."""
    story = by_ref(timeline(truth, everything, 4))
    assert steps(story["opportunity:3"]) == [
        (date(2026, 9, 10), "Qualified", 11, True), (date(2026, 9, 21), "Negotiation", 5, True), (date(2026, 9, 26), "Qualified", 10, True),
        (date(2026, 10, 6), "Negotiation", 14, True), (date(2026, 10, 20), "Won", 0, True)]
    assert line(story["opportunity:3"].details) == "Won · 40 days in all"
    assert (say(story["stage_history:9"].title, WORDS, FORMATS), line(story["stage_history:9"].details)) == ("North office: now Won", "14 days in Negotiation")
    still = by_ref(timeline(truth, everything, 3))["opportunity:2"]
    assert steps(still) == [(date(2026, 10, 10), "Qualified", 22, True), (date(2026, 11, 1), "Negotiation", 19, False)]


def test_campaigns_with_their_answer_and_offers_with_theirs(truth, everything):
    paris = by_ref(timeline(truth, everything, 6))
    assert line(paris["campaign_touch:1"].details) == "Campaign · opened" and line(paris["campaign_touch:2"].details) == "Campaign"
    avi = by_ref(timeline(truth, everything, 1))
    assert line(avi["campaign_touch:3"].details) == "Campaign · no answer"
    assert line(avi["offer:1"].details) == "accepted · answered 5 Oct 2026"
    gal = by_ref(timeline(truth, everything, 8))
    assert line(gal["web_lead:2"].details) == "Referral · Product · first answer 20 Aug 2026 · became a customer or an opportunity 1 Sept 2026"
    assert line(gal["quote:1"].details) == "no answer yet · valid to 31 Dec 2026"
    assert line(by_ref(timeline(truth, everything, 4))["quote:2"].details) == "accepted · answered 20 Oct 2026"
    assert line(gal["activity:1"].details) == "done 4 Sept 2026 · with Noa"


def test_invoices_payments_and_the_balance(truth, everything):
    story = timeline(truth, everything, 3)
    found = by_ref(story)
    assert line(found["invoice:1"].details) == "paid 10 Dec 2025 · 5 days after the due date"
    assert line(found["invoice:2"].details) == "due 14 Feb 2026 · ₪500 still open" and line(found["payment:2"].details) == "Cheque · 29 days after the due date"
    assert story.balance == tuple((day, Decimal(level)) for day, level in (
        (date(2025, 11, 5), 1000), (date(2025, 12, 10), 0), (date(2026, 1, 15), 2000), (date(2026, 3, 1), 800), (date(2026, 3, 15), 500)))
    # 20 of I-9 were settled before it was issued: they count from that day on.
    assert timeline(truth, everything, 1).balance == ((date(2026, 11, 1), Decimal("100.3333")),)
