"""Amounts typed in tomans: kept in rials, turned once, and shown again as they were typed, to the last rial."""
from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from crm_data.accounts.preferences import choose
from crm_data.accounts.users import ensure_administrator
from crm_data.analysis import rate_store, segment_store, tiers_store
from crm_data.analysis.target_store import all_targets
from crm_data.analysis.tiers_rules import Tier, condition
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Filter
from crm_data.errors import InputError
from crm_data.model.appdb import open_appdb
from crm_data.model.snapshots import open_store
from crm_data.output.formats import Formats
from crm_data.output.words import Words
from pages.parts import segment_rows
from pages.parts.target_grid_cells import read_number, shown
from tests.page_runs import ADMIN
from tests.test_toman import frames, numbers, read, rials, tomans  # noqa: F401
from tests.unmarked import strings

TOMAN = Formats(Words("fa", "persian"), "IRR", money="toman")
RIALS = some.decimals(min_value=-10**13, max_value=10**13, places=4) | some.integers(-10**14, 10**14).map(Decimal)


# To and fro -------------------------------------------------------------------------------------------------------------
@given(RIALS)
def test_what_is_shown_and_typed_again_is_the_same_amount(amount):
    assert TOMAN.shown(amount) * 10 == amount and TOMAN.kept(TOMAN.shown(amount)) == amount
    near = float(amount)
    assert TOMAN.kept(TOMAN.shown(near)) == near


@given(some.integers(-10**14, 10**14))
def test_whole_rials_and_tomans(amount):
    assert TOMAN.shown(amount * 10) == amount and isinstance(TOMAN.shown(amount * 10), int)
    assert TOMAN.kept(amount) == amount * 10 and Decimal(repr(TOMAN.shown(amount))) * 10 == amount


@given(some.integers(-10**12, 10**12))
def test_a_cell_of_the_sheet_of_targets(rials):  # noqa: F811
    assert read_number(shown(float(rials), "money", 10), "money", 10) == rials
    assert read_number(shown(float(rials), "count", 10), "count", 10) == rials, "only amounts are turned"


@pytest.mark.parametrize(("text", "amount"), [
    ("1,200,000 ﷼", 1_200_000), ("﷼ 1,200,000", 1_200_000), ("۱٬۲۰۰٬۰۰۰ ریال", 1_200_000), ("1200000ريال", 1_200_000), ("1,200 Rials", 1200), ("1,200 IRR", 1200), ("(1,200 ﷼)", -1200),
    ("۱۲۰٬۰۰۰ تومان", 1_200_000), ("120,000 toman", 1_200_000), ("تومان ۱۲", 120), ("−5.5 toman", -55), ("\u2067۱۲\u2069 تومن", 120)])
def test_an_amount_with_its_unit_is_in_that_unit(text, amount):
    assert read_number(text, "money", 10, "IRR") == read_number(text, "money", 1, "IRR") == amount


def test_an_amount_without_its_unit_is_the_readers():
    assert (read_number("1,200", "money", 10, "IRR"), read_number("1,200", "money", 1, "IRR")) == (12_000, 1200)
    assert read_number("₪ 1,200", "money", 10, "IRR") == 12_000 and read_number("₪ 1,200", "money", 1, "ILS") == read_number("1,200 ﷼", "money", 1, "ILS") == 1200
    for text, currency in (("1200 ریال تومان", "IRR"), ("12﷼00", "IRR"), ("1200 dollars", "IRR"), ("1200 toman", "ILS")):
        with pytest.raises(InputError, match="not a number"):
            read_number(text, "money", 10, currency)


@given(some.decimals(min_value=0, max_value=10**12, places=2))
def test_a_condition_of_a_segment(amount):
    page = SimpleNamespace(formats=TOMAN, catalog=SimpleNamespace(measure=lambda name: SimpleNamespace(unit="money" if name == "revenue" else "count")))
    text = f"{amount:f}"
    kept: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segment_rows.st, "session_state", kept)
        segment_rows.fill(page, 1, Filter("each.revenue@12m", "at_least", (text,)))
        segment_rows.fill(page, 2, Filter("each.orders@12m", "at_least", ("30",)))
    assert Decimal(repr(kept["seg_1_value_each.revenue_at_least"])) * 10 == amount and kept["seg_2_value_each.orders_at_least"] == 30
    assert Decimal(segment_rows._plain(page, "each.revenue", kept["seg_1_value_each.revenue_at_least"])) == amount
    assert segment_rows._plain(page, "each.orders", 30.0) == "30"


def test_other_currencies_and_things_that_are_no_amounts_stay():
    shekels = Formats(Words("fa"), "ILS", money="toman")
    assert not shekels.toman and shekels.shown(Decimal("7.5")) == shekels.kept(Decimal("7.5")) == Decimal("7.5")
    assert TOMAN.shown(None) is None and TOMAN.shown("5") == "5" and TOMAN.shown(True) is True and np.isnan(TOMAN.shown(float("nan")))
    assert TOMAN.shown(np.float64(25)) == 2.5 and TOMAN.shown(np.int64(30)) == 3


# Dialogs ----------------------------------------------------------------------------------------------------------------
def _script(case: str) -> None:
    import streamlit as st

    from crm_data.analysis.target_store import all_targets
    from crm_data.analysis.targets import board
    from crm_data.cuts.cut import Cut, Filter
    from crm_data.output.words import Words
    from pages import shell
    page = shell.make_page(next(s for s in shell.PAGES if s.name == "explore"), shell.current_user(), Words("en"))
    if case == "rates":
        from pages.parts import rate_editor
        rate_editor.rate_editor(page)
    elif case == "rows behind":
        from pages.parts import rows_dialog
        rows_dialog._inside(page, "x", "x", Cut(("revenue",), period=page.period), "revenue", None)
    elif case.startswith("pivot"):
        from pages.parts.pivot_table import pivot_table
        pivot_table(page, Cut(("revenue",), ("branch", "product"), page.period, compare="last_year"), mode="change" if "change" in case else "value")
    elif case == "why":
        from pages.parts.why import why_panel
        why_panel(page, Cut(("revenue",), period=page.period, compare="last_year"), "revenue")
    elif case == "why behind":
        from crm_data.analysis.bridge import bridge
        from pages.parts import why_dialog
        found = bridge("revenue", Cut(("revenue",), period=page.period, compare="last_year"), page.warehouse, scope=page.scope)
        why_dialog._inside(page, found, found.parts[0].name, "before", "now")
    elif case == "why of a mean":
        from crm_data.analysis.bridge_rates import mix_and_rate
        from pages.parts import why_dialog
        found = mix_and_rate("revenue_per_customer", Cut(("revenue_per_customer",), period=page.period, compare="last_year"), page.warehouse, scope=page.scope)
        why_dialog._inside(page, found, found.parts[0].name, "before", "now")
    elif case == "targets as a sheet":
        from pages.parts.target_grid import grid_body
        grid_body(page, all_targets(page.warehouse, page.appdb), "revenue")
    elif case == "a target":
        from pages.parts import target_dialog
        known = all_targets(page.warehouse, page.appdb)
        found = board(page.warehouse, page.appdb, scope=page.scope, on=page.warehouse.as_of, targets=known)
        one = next(p for p in found.all if p.goal.measure == "revenue" and not p.goal.dimension)
        target_dialog._target(page, found, one.goal, one, known)
    elif case == "tier":
        from crm_data.analysis.tiers_plan import board as tiers
        from pages.parts import tier_editor
        found = tiers(page.appdb, page.warehouse, page.scope)
        if "tier_draft" not in st.session_state:
            tier_editor.begin(page, found.tiers[0])
        tier_editor.form(page, found, found.tiers[0])
    elif case == "tiers tried":
        from crm_data.analysis.tiers_plan import board as tiers
        from pages.parts import tier_try
        asked = tier_try.limits(page, tiers(page.appdb, page.warehouse, page.scope))
        st.session_state["asked"] = asked.tiers
    elif case == "segments":
        from pages.parts import segment_editor
        if "segment_draft" not in st.session_state:
            segment_editor._begin(page, (Filter("each.revenue@12m", "between", (str(500 * page.formats.times), str(2500 * page.formats.times))),), name="Good ones")
        segment_editor.segments_body(page)
    elif case == "what if":
        from crm_data.analysis.worth import statement
        from pages.parts.worth_what_if import what_if_content
        made = what_if_content(page, statement(page.warehouse, page.scope, page.period, None, page.filters))
        st.session_state["said"] = made.sentence


DIALOGS = ("rates", "a target", "a target: stand", "a target: chance", "a target: versions", "rows behind", "pivot", "pivot of changes", "why", "why behind", "why of a mean", "targets as a sheet", "tier", "tiers tried", "segments", "what if")


@pytest.fixture
def dialog(monkeypatch, tmp_path, rials, tomans):  # noqa: F811
    """A function that opens a dialog of the firm in rials, or of the one of ten times the amounts in tomans."""
    def run(case: str, money: str, state: dict | None = None) -> AppTest:
        from pages import shell
        url, times, folder = (rials, 1, tmp_path / "rials") if money == "rial" else (tomans, 10, tmp_path / "tomans")
        folder.mkdir(exist_ok=True)
        appdb = f"sqlite:///{folder / 'app.db'}"
        for name, value in (("MABAT_HOME", str(folder)), ("MABAT_WAREHOUSE", url), ("MABAT_APPDB", appdb)):
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(shell, "current_user", lambda: ADMIN)
        engine = open_appdb(appdb)
        ensure_administrator(engine)
        choose(engine, ADMIN, "money", money)
        if not tiers_store.list_tiers(engine):
            gold = Tier("Gold", (condition("revenue", "12m", "at_least", 1000 * times),))
            tiers_store.save_tiers(engine, ADMIN, Scope.everything(), (gold, Tier("Rest", ())), expected=tiers_store.state(engine), catalog=catalog_for(open_store(url).warehouse()))
        at = AppTest.from_function(_script, kwargs={"case": case}, default_timeout=60)
        at.query_params["period"] = "year_to_date"
        for name, value in (state or {}).items():
            at.session_state[name] = value
        at.run()
        assert not at.exception, at.exception
        at.engine, at.url = engine, url
        return at
    return run


def typed_numbers(at: AppTest) -> list[float | None]:
    return [w.value for kind in ("number_input", "slider") for w in getattr(at, kind)]


@pytest.mark.parametrize("case", DIALOGS)
def test_a_dialog_in_tomans_reads_as_in_rials(dialog, case):
    case, _, view = case.partition(": ")
    state = {"rates_view": "change"} if case == "rates" else {"target_view_0": view or "change"} if case == "a target" else {}
    one, ten = dialog(case, "rial", state), dialog(case, "toman", state)
    assert [read(t) for _, t in strings(one)] == [read(t) for _, t in strings(ten)]
    assert typed_numbers(one) == pytest.approx(typed_numbers(ten))
    for mine, other in zip(map(numbers, frames(one._tree)), map(numbers, frames(ten._tree)), strict=True):
        assert mine.keys() == other.keys() and all(np.allclose(mine[name], other[name], atol=0.01, equal_nan=True) for name in mine)
    assert (view in ("chance", "versions") or any("toman" in text for _, text in strings(ten))) and not any("IRR" in text for _, text in strings(ten))


def test_a_rate_typed_in_tomans_is_set_in_rials(dialog):
    at = dialog("rates", "toman", {"rates_view": "change"})
    at.number_input[0].set_value(12.5)
    at.text_input[0].set_value("dearer")
    at.button(key="rates_show").click().run()
    assert at.session_state["rates_asked"].rate.rate == Decimal(125) and any("12.50" in m.value.replace("\\", "") for m in at.markdown)
    at.button(key="rates_apply").click().run()
    assert [e.rate.rate for e in rate_store.history(at.engine)] == [Decimal(125)]


def test_a_target_typed_in_tomans_is_kept_in_rials(dialog):
    at = dialog("a target", "toman", {"target_view_0": "change"})
    before = at.number_input[0].value
    assert before == 10_000, "100,000 rials"
    at.number_input[0].set_value(12_345.6)
    next(b for b in at.button if b.label == "Save new version").click().run()
    assert 123_456.0 in [t.value for t in all_targets(open_store(at.url).warehouse(), at.engine) if t.goal.measure == "revenue" and not t.goal.dimension]


def test_what_is_refused_is_said_in_tomans(dialog):
    at = dialog("a target", "toman", {"target_view_0": "change"})
    at.number_input[0].set_value(-120.0)
    next(b for b in at.button if b.label == "Save new version").click().run()
    assert any("−120 toman" in e.value.replace("\xa0", " ").replace("\\", "").replace("-", "−") for e in at.error), [e.value for e in at.error]


def test_a_limit_of_a_tier_typed_in_tomans_is_tried_in_rials(dialog):
    at = dialog("tiers tried", "toman")
    assert at.number_input[0].value == 1000
    at.number_input[0].set_value(250.0).run()
    assert at.session_state["asked"][0].conditions[0].values == ("2500",)
    at = dialog("tiers tried", "rial")
    at.number_input[0].set_value(250.0).run()
    assert at.session_state["asked"][0].conditions[0].values == ("250",)


def test_a_segment_made_in_tomans_is_kept_in_rials(dialog):
    at = dialog("segments", "toman")
    assert [w.value for w in at.number_input] == [500, 2500]
    at.number_input[0].set_value(750.5).run()
    at.button(key="segment_save").click().run()
    assert not at.exception
    kept = segment_store.list_segments(at.engine, ADMIN)
    assert [f.values for f in kept[0].segment.filters] == [("7505", "25000")]


def test_a_rate_tried_in_tomans_is_reckoned_in_rials(dialog):
    said = []
    for money in ("rial", "toman"):
        at = dialog("what if", money)
        at.slider[0].set_value(at.slider[0].max).run()
        said.append([read(t) for t in (*(m.value for m in at.metric), at.session_state["said"])])
    assert said[0] == said[1] and "as if all through" in said[0][-1]


def test_amounts_asked_in_words_are_the_askers(rials, everything):  # noqa: F811
    from crm_data.analysis.ask_words import understand
    warehouse = open_store(rials).warehouse()
    catalog = catalog_for(warehouse)

    def asked(text: str, times: int) -> tuple[str, ...]:
        cut = understand(text, catalog, Words("en"), today=warehouse.as_of, members=lambda d: (), times=times, currency=warehouse.currency).cut
        return next(f.values for f in cut.filters if f.dimension.startswith("each."))
    assert asked("customers with revenue of at least 1000", 1) == ("1000",) and asked("customers with revenue of at least 1000", 10) == ("10000",)
    assert asked("customers with at least 3 orders", 10) == ("3",)
    assert asked("customers with revenue of at least 1000 rials", 10) == ("1000",) and asked("customers with revenue of at least 1000 tomans", 1) == ("10000",)


def test_a_sheet_of_targets_half_typed_is_read_in_the_unit_it_was_typed_in(dialog, monkeypatch):
    """Typed in tomans, shown in rials, typed on there, and saved: each cell is what was meant, whatever unit the page is in now."""
    from datetime import date

    from crm_data.cuts.periods import Period
    from pages.parts import target_grid
    kept: dict[str, dict[str, str]] = {}
    wanted: dict[str, str] = {}

    def editor(page, ask, frame, key):
        kept.setdefault(key, {}).update(wanted)
        wanted.clear()
        after = frame.copy()
        for column, text in kept[key].items():
            after.loc[0, column] = text
        return after
    monkeypatch.setattr(target_grid, "editor", editor)
    october, november = (Period(date(2026, m, 1), date(2026, m, last)).to_text() for m, last in ((10, 31), (11, 30)))
    at = dialog("targets as a sheet", "toman")
    wanted[october] = "1,250.5"
    at.run()
    choose(at.engine, ADMIN, "money", "rial")
    wanted[november] = "1,250.5 تومان"
    at.run()
    assert not at.exception
    at.button(key="target_grid_save").click().run()
    assert not at.exception, at.exception
    found = {(t.goal.first.month, t.value) for t in all_targets(open_store(at.url).warehouse(), at.engine) if t.goal.measure == "revenue" and not t.goal.dimension and t.goal.first == t.goal.last.replace(day=1)}
    assert found == {(10, 12_505.0), (11, 12_505.0)}
