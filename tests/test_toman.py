"""Tomans wherever they are chosen: the firm with ten times the amounts, told in tomans, reads as the firm itself told in rials. Only the
sign differs, so an amount that is turned twice or not at all is seen wherever it stands: in a table, a chart, a tile, a field or a file."""
from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from crm_data.accounts.preferences import choose
from crm_data.model.appdb import open_appdb
from tests import toman_firm
from tests.page_runs import ADMIN, page_run
from tests.unmarked import strings

YEAR = {"period": "year_to_date"}
PAGES = {
    "today": ("today", YEAR), "segments": ("segments", YEAR), "segments by revenue": ("segments", {**YEAR, "m": "revenue", "by": "branch"}),
    "explore": ("explore", {**YEAR, "m": "revenue", "by": "branch"}),
    "explore over time": ("explore", {**YEAR, "m": ["revenue", "orders"], "every": "month"}), "explore two ways": ("explore", {**YEAR, "m": "revenue", "by": ["branch", "product"]}),
    "explore points": ("explore", {**YEAR, "m": ["revenue", "gross_profit", "orders"], "by": "product", "fig": "scatter"}),
    "explore spread": ("explore", {**YEAR, "m": "revenue", "by": "branch", "fig": "box"}),
    "targets": ("targets", YEAR), "team": ("team", YEAR), "rankings": ("rankings", {**YEAR, "rank": ["revenue:3:high", "orders:1:low"]}), "worth": ("worth", YEAR),
    "rankings by one": ("rankings", {**YEAR, "rank": "revenue:1:high"}),
    "one customer": ("customer", {"id": "1"}), "a company": ("customer", {"id": "3"}), "tiers": ("tiers", {}), "pipeline": ("pipeline", YEAR),
    "one opportunity": ("pipeline", {"id": "1"}), "review": ("review", {})}
_BEFORE, _AFTER, _SNAPSHOT = re.compile(r"IRR[\xa0 ](?=\d)"), re.compile(r"[\xa0 ]?\b(?:IRR|toman)\b"), re.compile(r"\b\d{8}_\d{6}_[0-9a-f]{4}\b|\d\d:\d\d UTC")


@pytest.fixture(scope="module")
def rials(tmp_path_factory) -> str:
    return toman_firm.publish(tmp_path_factory.mktemp("rials"), 1)


@pytest.fixture(scope="module")
def tomans(tmp_path_factory) -> str:
    return toman_firm.publish(tmp_path_factory.mktemp("tomans"), toman_firm.TIMES)


def read(text: str) -> str:
    """A text without its signs of money and the snapshot's name."""
    return _SNAPSHOT.sub("", _AFTER.sub("", _BEFORE.sub("", text.replace("\\", ""))))


def frames(node) -> list[pd.DataFrame]:
    """The numbers of every table of a run."""
    found = []
    if getattr(node, "type", "") in ("arrow_data_frame", "dataframe"):
        value = node.value
        found.append(getattr(value, "data", value))
    for child in getattr(node, "children", {}).values():
        found += frames(child)
    return found


def numbers(frame: pd.DataFrame) -> dict[str, list[float]]:
    return {str(name): [float(v) for v in column] for name, column in frame.items() if pd.api.types.is_numeric_dtype(column)}


def opened(monkeypatch, folder, url: str, page: str, query: dict, money: str):
    folder.mkdir(exist_ok=True)
    engine = open_appdb(f"sqlite:///{folder / 'app.db'}")
    from crm_data.accounts.users import ensure_administrator
    ensure_administrator(engine)
    choose(engine, ADMIN, "money", money)
    at = page_run(monkeypatch, folder, url, page, query=query)
    assert not at.exception, at.exception
    return at


@pytest.mark.parametrize("case", PAGES)
def test_a_page_in_tomans_reads_as_the_same_page_in_rials(monkeypatch, tmp_path, rials, tomans, case):
    page, query = PAGES[case]
    one = opened(monkeypatch, tmp_path / "rials", rials, page, query, "rial")
    ten = opened(monkeypatch, tmp_path / "tomans", tomans, page, query, "toman")
    said, told = list(strings(one)), list(strings(ten))
    differing = [(a, b) for a, b in zip(said, told, strict=False) if a[0] != b[0] or read(a[1]) != read(b[1])]
    assert not differing and len(said) == len(told), "\n".join(f"{a[0].rsplit('/', 1)[-1]}: {a[1][:300]!r} | {b[1][:300]!r}" for a, b in differing[:12])
    # Wherever rials were said tomans are said now, if not in more places: a head over tomans never goes without their name.
    unsaid = [b[1] for a, b in zip(said, told, strict=True) if b[1].count("toman") < a[1].count("IRR") or "IRR" in b[1]]
    assert not unsaid, unsaid[:5]
    for mine, other in zip(map(numbers, frames(one._tree)), map(numbers, frames(ten._tree)), strict=True):
        assert mine.keys() == other.keys()
        for name in mine:
            assert np.allclose(mine[name], other[name], rtol=1e-12, atol=0.01, equal_nan=True), name


def test_the_pages_hold_amounts(monkeypatch, tmp_path, tomans):
    """What is compared above is there: tiles, heads and charts say tomans."""
    at = opened(monkeypatch, tmp_path, tomans, "today", YEAR, "toman")
    assert sum("toman" in text for _, text in strings(at)) > 10


@pytest.mark.parametrize("case", ["a company", "rankings by one", "review"])
def test_what_is_kept_for_one_reader_is_not_told_another(monkeypatch, tmp_path, tomans, case):
    """The same firm, people and rights; only the unit differs."""
    page, query = PAGES[case]
    lines = {}
    for money in ("rial", "toman", "rial"):
        at = opened(monkeypatch, tmp_path, tomans, page, query, money)
        told = [text for _, text in strings(at)]
        assert not any(("IRR" if money == "toman" else "toman") in text for text in told)
        trends = [max(line) for frame in frames(at._tree) if "trend" in frame for line in frame["trend"] if len(line)]
        assert lines.setdefault(money, trends) == trends
    assert lines["rial"] == pytest.approx([10 * v for v in lines["toman"]])
