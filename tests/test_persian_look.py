"""What only a Persian reader sees: heads of grids in their order, whole names of months, digits on charts of office programs."""
from __future__ import annotations

from datetime import date

import pandas as pd

from crm_data.analysis.findings import Said
from crm_data.exports.native import formats_of
from crm_data.output.formats import Formats
from crm_data.output.tables import Column, cell_text
from crm_data.output.words import Words
from pages.data import in_order
from pages.parts.rows_dialog import _SUM
from pages.parts.text import heading

PERSIAN = Formats(Words("fa", "persian"), "ILS", calendar="jalali", short="words")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def test_heads_of_grids_keep_the_order_they_are_read_in() -> None:
    assert heading("درآمد ₪", True) == "\u2067درآمد ₪\u2069" and heading("۱۲ ماه", True) == "\u2067۱۲ ماه\u2069"
    assert heading("نوع مشتری", True) == "نوع مشتری" and heading("#", True) == "#" and heading("Revenue ₪", False) == "Revenue ₪"


def test_columns_begin_at_the_right() -> None:
    frame = pd.DataFrame({"a": [1], "b": [2]})
    assert in_order(frame, Words("fa")) == ["b", "a"] and in_order(frame, Words("en")) == ["a", "b"]


def test_months_are_not_cut_to_other_words() -> None:
    assert PERSIAN.month(date(2026, 8, 1), short=True) == "مرداد" and PERSIAN.month(date(2026, 9, 10), short=True) == "شهریور"
    assert PERSIAN.versus(date(2025, 10, 23), date(2025, 11, 21)) == "آبان ۰۴"
    assert PERSIAN.versus(date(2024, 3, 20), date(2026, 3, 20)) == "۱۴۰۳–۱۴۰۴"


def test_a_month_of_the_other_calendar_is_called_by_its_name() -> None:
    told = Said("{period}", {"period": ("period", (FIRST, LAST))})
    assert told.text(Words("fa", "persian"), PERSIAN) == "نوامبر ۲۰۲۶"


def test_charts_of_slides_have_the_digits_and_words_of_the_reader() -> None:
    full, short = formats_of(PERSIAN.money(3_100_000), [3_100_000.0])
    assert full == '#,##0" ₪"' and short == '[$-3000429]"\u202b"#,##0.0,,"\xa0م"" ₪""\u202c"'
    assert formats_of(PERSIAN.count(4_724), [4_724.0]) == ("#,##0", "[$-3000429]#,##0")
    assert formats_of(Formats().count(4_724), [4_724.0]) == ("#,##0", "#,##0")


def test_places_in_a_file_are_read_in_its_digits() -> None:
    assert cell_text(Column("place", "", "rank"), 12, PERSIAN) == "۱۲" and cell_text(Column("place", "", "rank"), 12, Formats()) == "12"


def test_only_quantities_and_prices_take_other_digits() -> None:
    assert _SUM.match("2 × 21.9 − 9.42") and not _SUM.match("phone · Fibre 600")
