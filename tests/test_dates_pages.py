"""Every page as readers of either calendar see it: no day of the other calendar, no digits but the ones chosen, no day as a machine writes it."""
from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import String as Text
from sqlalchemy import select
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df

from crm_data.model.schema import TABLES
from crm_data.output.words import Words
from tests.page_runs import page_run
from tests.test_pseudo_language import PAGES as OTHERS
from tests.unmarked import strings

YEAR = {"period": "jalali_year_to_date"}
PAGES = {**OTHERS, "ages": ("explore", {**YEAR, "m": "revenue", "by": "age_band"}), "hours": ("explore", {**YEAR, "m": "contacts", "by": ["weekday", "hour"]}),
         "weeks": ("explore", {**YEAR, "m": "orders", "by": "branch", "grain": "week"}), "Jalali months": ("explore", {**YEAR, "m": "revenue", "by": "branch", "grain": "jalali_month", "fig": "heatmap"})}
#: What is no text of ours to read: addresses, colours, names of snapshots, numbers the data gave a complaint. Targets of the Gregorian year are
#: called by that year, and the firm's own year begins in a Gregorian month, whoever looks.
_SKIPPED = re.compile(r"(?s)<style>.*?</style>|https?://\S+|:material/\w+:|\b(?:customer|pipeline|explore|segments|targets|rankings)\?[^\s)]*|<[^>]*>|&#?\w+;|\b\d{8}_\d{6}_[0-9a-f]{4}\b"
                      r"|rgba?\([^)]*\)|#[0-9A-Fa-f]{6}|شکایت \d+|H:mm|۲۰۲۶ \(|درآمد، ۲۰۲۶|\*\*ژانویه\*\*")
_JALALI = re.compile("فروردین|اردیبهشت|خرداد|(?<!\\w)تیر(?!\\w)|مرداد|شهریور|(?<!\\w)مهر(?!\\w)|آبان|(?<!\\w)آذر(?!\\w)|(?<!\\w)دی(?!\\w)|بهمن|اسفند|140[0-9]|۱۴۰[۰-۹]")
_GREGORIAN = re.compile("ژانویه|فوریه|مارس|آوریل|(?<!\\w)مه(?!\\w)|ژوئن|ژوئیه|(?<!\\w)اوت(?!\\w)|سپتامبر|اکتبر|نوامبر|دسامبر|۲۰۲[0-9۰-۹]|202[0-9]")
_LATIN, _PERSIAN, _ISO = re.compile("[0-9]"), re.compile("[۰-۹]"), re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
#: A reader, and what must not stand on any page of theirs.
READERS = {"Jalali in Persian digits": (Words("fa", "persian", calendar="jalali"), {"calendar": "jalali", "digits": "persian"}, (_GREGORIAN, _LATIN)),
           "Gregorian in Latin digits": (Words("fa"), {"calendar": "gregorian", "digits": "latin"}, (_JALALI, _PERSIAN, _ISO)), "Hebrew": (Words("he"), {}, (_ISO, _PERSIAN))}


@pytest.fixture(scope="session")
def names(truth) -> re.Pattern:
    """Texts of the data that hold digits: numbers of customers and orders, telephones."""
    with truth.engine.connect() as connection:
        found = {str(v).strip() for table in TABLES.values() for column in table.c if isinstance(column.type, Text) for v in connection.execute(select(column).distinct()).scalars() if v}
    return re.compile("|".join(re.escape(v) for v in sorted(found, key=len, reverse=True) if _LATIN.search(v) and not v.isdigit()))


def _grids(node):
    if getattr(node, "type", "") in ("arrow_data_frame", "dataframe"):
        yield node.proto
    for child in getattr(node, "children", {}).values():
        yield from _grids(child)


def cells(at):
    """(column, what stands in it, told) of every column of numbers or days in a grid: what the Styler tells, for a bar what it writes itself."""
    for grid in _grids(at._tree):
        data = convert_arrow_bytes_to_pandas_df(grid.arrow_data.data)
        told = convert_arrow_bytes_to_pandas_df(grid.arrow_data.styler.display_values) if grid.arrow_data.styler.display_values else None
        config = json.loads(grid.columns or "{}")
        for at_column, name in enumerate(data.columns):
            kind = (config.get(str(name)) or {}).get("type_config") or {}
            if str(data.dtypes.iloc[at_column]) in ("int64", "float64") or kind.get("type") == "date":
                shown = [kind.get("format") or ""] if kind.get("type") == "progress" else [] if told is None else list(map(str, told.iloc[:, at_column]))
                yield str(name), kind.get("type"), shown, list(data.iloc[:, at_column])


@pytest.mark.parametrize(("case", "reader"), [(case, reader) for case in PAGES for reader in READERS
                                              # Whoever asks for Jalali months gets their names.
                                              if case != "Jalali months" or reader == "Jalali in Persian digits"])
def test_days_and_digits_of_a_page_are_the_readers(monkeypatch, tmp_path, truth_url, names, case, reader):
    from crm_data.accounts.preferences import Preferences
    from pages import shell
    words, taste, wrong = READERS[reader]
    monkeypatch.setattr(shell, "words_of", lambda user: words)
    monkeypatch.setattr(shell, "preferences_of", lambda engine, user: Preferences(**taste))
    at = page_run(monkeypatch, tmp_path, truth_url, PAGES[case][0], query=PAGES[case][1])
    assert not at.exception
    # The reach of a picker is none of its text.
    seen = {(place[-50:], text) for place, text in strings(at) if not re.search(r"date_input:(min|max)$", place)}
    found = [(place, text[:120]) for place, text in seen for sign in wrong if sign.search(names.sub(" ", _SKIPPED.sub(" ", text)))]
    assert not found
    for name, kind, shown, held in cells(at):
        assert not [(name, s) for s in shown for sign in wrong if sign.search(s)]
        if words.digits == "persian" and kind != "progress":
            assert len(shown) == len(held), f"{name} is written by the browser, with 0 to 9"
