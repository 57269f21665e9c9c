"""Questions in plain words: the cut each means, what is told of it, and that nothing typed breaks anything."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.analysis.ask_complete import beginnings, complete
from crm_data.analysis.ask_members import full_vocabulary
from crm_data.analysis.ask_phrases import RULES
from crm_data.analysis.ask_tokens import MOST_LETTERS, pieces
from crm_data.analysis.ask_values import values
from crm_data.analysis.ask_words import Understood, corrected, from_first_day, understand
from crm_data.analysis.synonyms import DIMENSION_WORDS, MEASURE_WORDS, MEMBER_WORDS, SHY
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.query import ask
from crm_data.cuts.values import values_of
from crm_data.output.words import Words
from tests.ask_firm import CATALOG, TODAY, members
from tests.ask_table import QUESTIONS

ENGLISH = Words("en")
VOCABULARY = full_vocabulary(CATALOG, ENGLISH, members)


def read(text: str) -> Understood:
    return understand(text, CATALOG, ENGLISH, today=TODAY, members=members, vocabulary=VOCABULARY)


def cut_of(text: str) -> Cut:
    """A cut from its link written with blanks between the parameters."""
    query: dict[str, list[str]] = {}
    for part in text.replace(" ", "\n").replace("\nplans", " plans").split("\n"):
        key, found, value = part.partition("=")
        if found and key in ("m", "by", "f", "period", "vs", "grain", "order", "asc", "top"):
            query[key] = value.split({"m": ",", "by": ",", "f": ";"}.get(key, "\0"))
            last = key
        else:
            query[last][-1] += f" {part}"
    if "f" in query:
        query["f"] = [f for value in query["f"] for f in value.split(";")]
    return Cut.from_link(query, TODAY)


@pytest.mark.parametrize(("text", "link", "missed"), QUESTIONS, ids=[q[0][:60] for q in QUESTIONS])
def test_a_question_means_its_cut(text, link, missed):
    told = read(text)
    assert told.problem is None and told.cut == cut_of(link)
    assert "|".join(told.not_understood) == missed


def test_there_are_many_of_them_all_different():
    assert len({q[0] for q in QUESTIONS}) == len(QUESTIONS) >= 200


def test_the_cuts_can_be_asked(demo, everything):
    """On the demo firm each question that the table holds is answered or refused with a sentence; these are answered."""
    catalog = catalog_for(demo)

    def known(dimension):
        return [(v.value, ENGLISH.member(dimension, v.label)) for v in values_of(dimension, demo, scope=everything) if v.value is not None]
    vocabulary = full_vocabulary(catalog, ENGLISH, known)
    for text in ("how many students called last year by topic", "mean age of the top 50 % by worth", "revenue by branch this quarter against last year",
                 "customers with more than 3 orders", "regular against occasional", "top 5 customers by revenue", "customers over 50 by gender", "students who bought twice this year"):
        told = understand(text, catalog, ENGLISH, today=demo.as_of, members=known, vocabulary=vocabulary)
        assert told.cut and not told.not_understood
        answer = ask(told.cut, demo, scope=everything)
        assert answer.totals[told.cut.measures[0]] and len(answer.rows)


def test_questions_are_answered_on_a_firm_where_anything_may_be_unknown(noise, everything):
    catalog = catalog_for(noise)

    def known(dimension):
        return [(v, ENGLISH.member(dimension, v)) for v in values(dimension, noise, everything)]
    vocabulary = full_vocabulary(catalog, ENGLISH, known)
    told = [understand(text, catalog, ENGLISH, today=noise.as_of, members=known, vocabulary=vocabulary) for text, _, _ in QUESTIONS[::6]]
    cuts = [t.cut for t in told if t.cut]
    assert len(cuts) >= 35 and all(ask(cut, noise, scope=everything).cut == cut for cut in cuts)


# What is told ---------------------------------------------------------------------------------------------------------
def test_tokens_tell_what_each_part_was_taken_for():
    told = read("how many students called last year by topic")
    assert [(t.text, t.kind, t.meaning) for t in told.tokens] == [
        ("how many", "measure", "Customers"), ("students", "filter", "Customer type: Students"), ("called", "filter", "Contact channel: Phone"),
        ("last year", "period", "2025-01-01 – 2025-12-31"), ("by topic", "by", "by Topic")]
    assert all(t.sure and not t.others for t in told.tokens)


def test_a_misspelt_word_is_not_sure_and_can_be_put_right():
    told = read("revenu by prodct in Hafia")
    unsure = {t.text: t for t in told.tokens if not t.sure}
    assert set(unsure) == {"by prodct", "Hafia"}
    haifa = unsure["Hafia"]
    assert haifa.meaning == "Branch: Haifa" and haifa.others[0] == "City Haifa"
    assert read(corrected("revenu by prodct in Hafia", haifa, "City Haifa")).cut.filters == (Filter("city", "is", ("Haifa",)),)


def test_every_other_reading_is_text_that_is_understood():
    for text, _, _ in QUESTIONS:
        for token in read(text).tokens:
            for other in token.others:
                again = read(corrected(text, token, other))
                assert again.cut is not None or again.problem, (text, other)
                assert other not in again.not_understood


def test_what_is_assumed_is_told_with_what_else_it_may_be():
    told = read("mean age of our most profitable customers")
    best = next(t for t in told.tokens if t.kind == "filter")
    assert not best.sure and best.code == "each.worth/party:top:10%" and "top 10% by revenue" in best.others
    assert read(corrected("mean age of our most profitable customers", best, best.others[0])).cut.filters == (Filter("each.revenue/party", "top", ("10%",)),)
    assumed = next(t for t in read("students").tokens if t.kind == "measure")
    assert (assumed.text, assumed.start, assumed.end, assumed.meaning, assumed.sure) == ("", 8, 8, "Customers", False)


def test_the_last_year_may_be_the_calendar_year():
    told = read("revenue in the last year")
    period = next(t for t in told.tokens if t.kind == "period")
    assert told.cut.period.name == "last_12_months" and not period.sure and period.others == ("last year",)
    assert read("revenue last 12 months").tokens[-1].sure


def test_what_cannot_be_cut_so_is_said_with_what_can():
    told = read("revenue by topic")
    assert told.cut is None and str(told.problem).startswith("Revenue is not known by: Topic. What is: Customers, Mean age, Contacts")
    assert [t.meaning for t in told.tokens] == ["Revenue", "by Topic"]


def test_a_word_several_dimensions_have_means_the_one_that_fits():
    assert read("complaints by topic").cut.by == ("complaint_topic",) and read("contacts by topic").cut.by == ("topic",)
    assert read("revenue by channel").cut.by == ("order_channel",) and read("contacts by channel").cut.by == ("contact_channel",)
    unsure = next(t for t in read("customers by channel").tokens if t.kind == "by")
    assert not unsure.sure and unsure.others == ("Contact channel",)


def test_what_is_measured_without_a_word_is_what_the_firm_has():
    told = understand("by branch last year", CATALOG, ENGLISH, today=TODAY, members=members, vocabulary=VOCABULARY, lead="won_value")
    assert told.cut.measures == ("won_value",)


def test_ever_begins_with_the_data(demo, everything):
    told = read("orders ever by year")
    cut = from_first_day(told.cut, demo, scope=everything)
    assert cut.period.first == ask(Cut(("orders",)), demo, scope=everything).period.first and cut.period.last == TODAY
    assert from_first_day(read("orders last year").cut, demo, scope=everything).period.name == "last_year"


def test_members_are_read_without_counting_them(demo, everything):
    catalog = catalog_for(demo)
    for name, dimension in catalog.dimensions.items():
        if not dimension.personal and name != "hour":
            counted = {v.value for v in values_of(name, demo, scope=everything, limit=5000) if v.value is not None}
            assert counted <= set(values(name, demo, everything)), name
    haifa = Scope(frozenset({2}), None, True)
    assert values("branch", demo, haifa) == [v.value for v in values_of("branch", demo, scope=haifa) if v.value is not None] and values("nonsense", demo, haifa) == []
    assert values("age", demo, Scope(None, None, False)) == []


# Anything typed ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", "   ", "?", "!!! ???", "weather in paris", "כמה לקוחות", "{measure} by {dimension}", "../../etc/passwd", "\x00\x01", "1e9", "%", "= = =", "how many", "12", "10 %"])
def test_nothing_understood_is_no_cut(text):
    told = read(text)
    assert told.cut is None and told.problem is None and not told.tokens


@pytest.mark.parametrize("text", ["'; DROP TABLE customer; --", "revenue' OR '1'='1", "SELECT * FROM customer", "<script>alert(1)</script> revenue", "revenue by __class__", "revenue {0.__class__}"])
def test_code_is_words(text):
    told = read(text)
    assert told.not_understood and (told.cut is None or not told.cut.filters)


def test_ten_thousand_letters_are_read_to_the_end_of_a_line():
    told = read("revenue by branch " + "x" * 10_000)
    assert told.cut == Cut(("revenue",), ("branch",)) and all(len(t) <= 61 for t in told.not_understood)
    assert read("revenue " * 2000).cut == Cut(("revenue",)) and MOST_LETTERS == 400
    assert read("by " * 3000).cut is None and read("top 10 by " * 1000).cut is not None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    read(text)


_WORDS = sorted({p.key for r in RULES for p in pieces(r.phrases)} | {"revenue", "customers", "orders", "haifa", "students", "branch", "2025", "3", "10%", "march", "q2"})


@given(st.lists(st.sampled_from(_WORDS), max_size=14))
def test_no_order_of_known_words_breaks_it(words):
    told = read(" ".join(words))
    if told.cut:
        assert Cut.from_link(told.cut.to_link(), TODAY) == told.cut
        for measure in told.cut.measures:
            CATALOG.check(measure, tuple(dict.fromkeys((*told.cut.by, *(f.dimension for f in told.cut.filters)))))


# Other languages --------------------------------------------------------------------------------------------------------
def test_the_pseudo_language_reads_the_same():
    words = Words("xx")
    vocabulary = full_vocabulary(CATALOG, words, members)
    for text, _, _ in QUESTIONS[:60]:
        told = understand(text, CATALOG, words, today=TODAY, members=members, vocabulary=vocabulary)
        assert told.cut == read(text).cut
        assert all("⟦" in t.meaning or t.kind == "period" for t in told.tokens)


class _Other:
    """A language with another order of words, written from a catalog alone: joined prefixes, plural endings, own phrases."""

    language = "he"
    texts = {"Revenue": "הכנסות", "Branch": "סניף", "Customers": "לקוחות", "Orders": "הזמנות"}
    begins = {"by {dimension}|": "לפי {dimension}|{dimension} לפי", "last year|": "שנה שעברה", "no joined prefixes": "ב|ה|ל|מ|ו", "s|es": "ים|ות", "a|an|the": "של|את", "top {n} {dimension}": "{n} {dimension} המובילים לפי {measure}",
              "against last year|": "לעומת שנה שעברה|מול השנה הקודמת", "more than {n}": "יותר מ {n} {measure}|{measure} מעל {n}", "customers|clients": "לקוחות|לקוח", "branch|office": "סניף|סניפים"}

    def t(self, message: str) -> str:
        return next((v for k, v in self.begins.items() if message.startswith(k)), self.texts.get(message, "-" if "|" in message else message))

    def label(self, thing) -> str:
        return self.texts.get(thing.label, thing.label)

    def member(self, dimension, value) -> str:
        return {"Haifa": "חיפה"}.get(str(value), str(value))

    def listed(self, items) -> str:
        return ", ".join(items)

    def figure(self, number) -> str:
        return number


@pytest.mark.parametrize(("text", "cut"), [
    ("הכנסות לפי סניף", Cut(("revenue",), ("branch",))),
    ("הכנסות בחיפה", Cut(("revenue",), filters=(Filter("branch", "is", ("Haifa",)),))),
    ("הכנסות של חיפה שנה שעברה לפי סניפים", Cut(("revenue",), ("branch",), None, filters=(Filter("branch", "is", ("Haifa",)),))),
    ("הכנסות לפי הסניף מול השנה הקודמת", Cut(("revenue",), ("branch",), compare="last_year")),
    ("5 סניפים המובילים לפי הכנסות", Cut(("revenue",), ("branch",), order_by="revenue", limit=5)),
    ("לקוחות עם הזמנות מעל 3", Cut(("customers",), filters=(Filter("each.orders", "at_least", ("4",)),))),
])
def test_a_language_works_by_its_catalog_alone(text, cut):
    def named(dimension):
        return [("Haifa", "חיפה")] if dimension == "branch" else []
    told = understand(text, CATALOG, _Other(), today=TODAY, members=named)
    period = told.cut.period
    assert (period.name if period else "") == ("last_year" if "שנה שעברה" in text else "")
    assert (told.cut.measures, told.cut.by, told.cut.filters, told.cut.compare, told.cut.order_by, told.cut.limit) == (
        cut.measures, cut.by, cut.filters, cut.compare, cut.order_by, cut.limit)


# The vocabulary ---------------------------------------------------------------------------------------------------------
def test_every_measure_and_dimension_is_understood_by_its_name():
    for name, measure in CATALOG.measures.items():
        assert read(measure.label).cut.measures == (name,), measure.label
    for name, dimension in CATALOG.dimensions.items():
        told = read(f"by {dimension.label}")
        assert told.cut.by == (name,), (name, told)


def test_every_synonym_of_a_measure_means_it():
    wrong = [(name, word) for name, words in MEASURE_WORDS.items() for word in words.split("|") if read(word).cut is None or name not in read(word).cut.measures]
    assert not wrong


def test_synonyms_are_of_things_that_exist():
    assert set(MEASURE_WORDS) == set(CATALOG.measures)
    assert {*DIMENSION_WORDS, *(d for d, _ in MEMBER_WORDS), *(d for d, _ in SHY)} <= set(CATALOG.dimensions)
    slots = {"measure", "dimension", "member", "n", "percent", "when", "month", "quarter", "year", "unit"}
    assert {e[1:-1] for elements, _, _ in VOCABULARY.rules for e in elements if e.startswith("{")} <= slots


@pytest.mark.parametrize(("text", "found"), [
    ("2026-03-31", "2026-03-31"), ("31.3.2026", "2026-03-31"), ("3/31/2026", None), ("31/3/2026", "2026-03-31"), ("2026-02-31", None)])
def test_days(text, found):
    (piece, *_) = pieces(text)
    assert (piece.day.isoformat() if piece.day else None) == found and not piece.number


@pytest.mark.parametrize(("text", "number", "percent"), [
    ("1,000", "1000", False), ("1,5", "1.5", False), ("10%", "10", True), ("10 %", "10", True), ("2.5k", "2500", False), ("1m", "1000000", False), ("۱۲", "12", False), ("1.000.000", "", False)])
def test_numbers(text, number, percent):
    (piece,) = pieces(text)
    assert (piece.number, piece.percent) == (number, percent)


# Completions ------------------------------------------------------------------------------------------------------------
def test_the_last_words_are_completed():
    def after(text):
        return complete(text, CATALOG, ENGLISH, members, vocabulary=VOCABULARY)
    assert after("rev")[:2] == ["Revenue", "Revenue per customer"]
    assert "revenue by product category" in after("revenue by prod") and "revenue in Haifa" in after("revenue in Hai")
    assert "revenue by branch last year" in after("revenue by branch ") and "revenue by branch against last year" in after("revenue by branch ")
    assert "customers of type Small firms" in after("customers of type small f")
    assert not [t for t in (*after("revenue "), *after("contacts by t"), *after("mean a")) if read(t).cut is None]


def test_whole_questions_to_begin_with_are_understood():
    found = beginnings(CATALOG, ENGLISH)
    assert len(found) > 300 and "Revenue by product category" in found and "Revenue by topic" not in found
    assert not [t for t in found if read(t).cut is None or read(t).not_understood]
    assert beginnings(CATALOG, ENGLISH, ["nps"])[0] == "Net promoter score"


HEBREW = [
    ("כמה סטודנטים התקשרו בשנה שעברה לפי נושא", "m=customers,contacts by=topic f=customer_type:is:Students;contact_channel:is:phone period=last_year", ""),
    ("מה הגיל הממוצע של חמישית הקונים הרווחית ביותר?", "m=mean_age f=each.worth/party:top:20%", ""),
    ("מה הגיל הממוצע של חמישית הקונים שמכניסה הכי הרבה?", "m=mean_age f=each.revenue/party:top:20%", ""),
    ("הכנסות מהחמישית העליונה של הלקוחות לפי שווי", "m=revenue f=each.worth:top:20%", ""),
    ("הזמנות מעל 1000", "m=orders", "מעל 1000"),
    ("לקוחות עם יותר מ-3 הזמנות", "m=customers f=each.orders:at_least:4", ""),
    ("הכנסות בינואר 2025", "m=revenue period=2025-01-01..2025-01-31", ""),
    ("מספר הזמנות בטלפון השבוע", "m=orders f=order_channel:is:phone period=2026-11-15..2026-11-21", ""),
]


@pytest.mark.parametrize(("text", "link", "missed"), HEBREW)
def test_questions_in_hebrew_with_joined_prefixes(text, link, missed):
    """By the catalog itself: it holds the letters that are joined in front of words, without which hardly a question is understood."""
    hebrew, names = Words("he"), {"customer_type": {"Students": "סטודנטים"}}
    told = understand(text, CATALOG, hebrew, today=TODAY, members=lambda d: [(v, names.get(d, {}).get(v, hebrew.member(d, n))) for v, n in members(d)])
    assert told.problem is None and told.cut == cut_of(link)
    assert "|".join(told.not_understood) == missed


# Units said with amounts ------------------------------------------------------------------------------------------------
RIALS = [
    ("customers with revenue over 1000 rials", "1000"), ("customers with revenue over 1000 ﷼", "1000"), ("customers with more than 1,000 toman revenue", "10000"), ("customers with revenue over five thousand tomans", "50000"),
    ("customers with revenue over 2000 toman", "20000"), ("customers with revenue of at least 2.5 million rials", "2500000"), ("customers with revenue over 5 million and 500 thousand toman", "55000000"),
    ("customers with revenue over 3 thousand billion rials", "3000000000000"), ("customers with revenue between 5 and 10 million toman", "50000000|100000000"),
    ("customers with revenue between 500 thousand and 2 million toman", "5000000|20000000"), ("customers with revenue between 1000 and 2000 rials", "1000|2000"),
    ("customers with revenue between 900 rials and 100 toman", "900|1000")]


@pytest.mark.parametrize(("text", "values"), RIALS)
@pytest.mark.parametrize("times", [1, 10])
def test_a_unit_said_is_the_unit_of_the_amount(text, values, times):
    told = understand(text, CATALOG, ENGLISH, today=TODAY, members=members, vocabulary=VOCABULARY, times=times, currency="IRR")
    assert not told.not_understood and told.cut.measures == ("customers",) and told.cut.period is None
    assert [(f.dimension, "|".join(f.values)) for f in told.cut.filters] == [("each.revenue", values)]
    assert "each.revenue" in next(t.code for t in told.tokens if t.kind == "filter")


@pytest.mark.parametrize(("language", "text", "values"), [
    ("fa", "مشتریان با درآمد بیش از ۱۰۰۰ ریال", "1000"), ("fa", "مشتریان با درآمد بیش از ۱۰۰۰ ريال", "1000"), ("fa", "مشتریان با فروش بیش از ۵ میلیون تومان", "50000000"),
    ("fa", "مشتریان با فروش بیش از یک میلیون تومن", "10000000"), ("fa", "مشتریان با فروش بیش از ۵ میلیون و ۵۰۰ هزار تومان", "55000000"), ("he", "לקוחות עם הכנסות מעל 1000 ריאל", "1000"), ("he", "לקוחות עם הכנסות מעל 2 מיליון טומאן", "20000000")])
def test_units_are_known_in_each_script(language, text, values):
    told = understand(text, CATALOG, Words(language), today=TODAY, members=members, times=10, currency="IRR")
    assert not told.not_understood and [(f.dimension, "|".join(f.values)) for f in told.cut.filters] == [("each.revenue", values)]


def test_a_scale_without_a_unit_is_in_the_askers():
    for text, wanted in (("revenue over 5 million", ("50000000",)), ("revenue between 5 and 10 thousand", ("50000", "100000")), ("between 2 and 3 thousand orders", ("2000", "3000"))):
        told = understand(f"customers with {text}", CATALOG, ENGLISH, today=TODAY, members=members, vocabulary=VOCABULARY, times=10, currency="IRR")
        assert not told.not_understood and [f.values for f in told.cut.filters] == [wanted]


def test_units_of_another_currency_are_not_understood():
    for text, left in (("customers with revenue over 1000 rials", "rials"), ("customers with revenue over 1000 ﷼", "﷼"), ("customers with revenue over 5 million toman", "million toman")):
        assert read(text).not_understood == (left,)


@pytest.mark.parametrize(("text", "left"), [
    ("customers over 50 toman", "50 toman"), ("customers with more than 3 rials orders", "more than 3 rials orders"), ("revenue 2025 toman", "2025 toman"), ("top 10 rials customers", "10 rials")])
def test_money_is_no_age_count_or_year(text, left):
    told = understand(text, CATALOG, ENGLISH, today=TODAY, members=members, vocabulary=VOCABULARY, currency="IRR")
    assert left in " ".join(told.not_understood) and not told.cut.filters and told.cut.period is None and told.cut.limit is None


# Periods compared -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "like"), [
    ("compare October and September", "October vs September"), ("compare September and October", "October vs September"), ("compare revenue in October to September", "revenue in October vs September"),
    ("comparison of revenue between October and September", "revenue in October vs September"), ("compare revenue September to October", "revenue in October vs September"),
    ("revenue in Q3 and Q2 compared", "revenue in Q3 vs Q2"), ("compare orders this year and last year", "orders this year vs last year"), ("compare revenue 2024 and 2025", "revenue 2025 vs last year"),
    ("compare October and September last year", "October 2025 vs September 2025"), ("compare October 2025 with October 2026", "October 2026 vs October 2025")])
def test_two_periods_compared_are_the_one_against_the_other(text, like):
    told = read(text)
    assert not told.not_understood and told.cut == read(like).cut and told.cut.compare != "none"
    assert {t.kind for t in told.tokens} >= {"period", "compare"}


@pytest.mark.parametrize(("text", "first", "missed"), [
    ("compare October and August", "October", ("August", "compare")), ("compare August, September and October", "August", ("September", "October", "compare")), ("compare October to March", "October", ("March", "compare"))])
def test_periods_that_cannot_be_compared_are_not_summed(text, first, missed):
    told = read(text)
    assert told.cut == read(first).cut and sorted(told.not_understood) == sorted(missed)


@pytest.mark.parametrize(("text", "like", "missed"), [
    ("revenue in October and September", "revenue from September to October", ()), ("compare branches from January to March", "by branch from January to March", ("compare",)),
    ("revenue this year compare with last year", "revenue this year against last year", ())])
def test_other_periods_stay_what_they_are(text, like, missed):
    told = read(text)
    assert (told.cut.period, told.cut.compare) == (read(like).cut.period, read(like).cut.compare) and told.not_understood == missed


@pytest.mark.parametrize("text", ["השוו אוקטובר לספטמבר", "השוואה בין אוקטובר לספטמבר", "השוואת הכנסות אוקטובר וספטמבר"])
def test_periods_are_compared_in_hebrew(text):
    told = understand(text, CATALOG, Words("he"), today=TODAY, members=members)
    assert told.cut == read("revenue in October vs September").cut and not told.not_understood
