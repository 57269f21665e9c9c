"""Tables on a phone: no column is cut, as half a number reads as another one; and amounts in reports of a language from right to left."""
from __future__ import annotations

from crm_data.exports.page_parts import said
from crm_data.output.formats import Formats
from crm_data.output.tables import Column
from crm_data.output.words import Words
from pages.parts.table import _PHONE_WIDTH, _whole


def test_the_columns_seen_first_fill_the_width_of_a_phone():
    columns = [Column("branch", "Branch"), Column("revenue", "Revenue", "money"), Column("days", "A day", "money"), Column("people", "People", "number")]
    widths = [c.width for c in _whole(columns)]
    assert widths == [154, 92, 92, 92] and sum(widths[:3]) == _PHONE_WIDTH


def test_columns_that_fit_or_a_single_wide_one_stay_as_they_are():
    few = [Column("branch", "Branch"), Column("revenue", "Revenue", "money")]
    assert _whole(few) == few
    wide = [Column("text", "Text", width=500), Column("revenue", "Revenue", "money")]
    assert [c.width for c in _whole(wide)] == [500, 92]


def test_an_amount_keeps_its_sign_and_its_minus_in_place_in_a_report():
    he, en = Formats(Words("he"), "ILS"), Formats(Words("en"), "ILS")
    assert said(he.money(-26_000)) == '<bdi dir="rtl"><bdi dir="ltr">−26K</bdi>\xa0₪</bdi>'
    assert said(f"מתוך {he.money(1000)}") == '<bdi>מתוך <bdi dir="ltr">1.0K</bdi>\xa0₪</bdi>'
    assert said(en.money(-26_000)) == "<bdi>−₪26K</bdi>" and said("a\u2069<b\u2067") == "<bdi>a&lt;b</bdi>"
