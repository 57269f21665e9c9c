"""Figures of answers: honest for the shape, sound for Plotly, every mark a door to exactly its number, said in words."""
from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from crm_data.analysis.spread import spread
from crm_data.cuts.catalog import catalog_for
from crm_data.cuts.cut import Cut, Filter
from crm_data.cuts.periods import Period, next_bucket
from crm_data.cuts.query import ask
from crm_data.output.charts import DARK, LIGHT
from crm_data.output.charts.room import apart, faded, folded, member_colour, round_ticks, width_of
from crm_data.output.charts.treemap import squarified
from crm_data.output.figure_marks import Chosen, mark_of
from crm_data.output.figure_shape import shape_of
from crm_data.output.figures import KIND_LABELS, KINDS, draw, kinds_for, mark_filters, mark_key
from crm_data.output.formats import Formats
from crm_data.output.views import View
from crm_data.output.words import Words

YEAR = Period(date(2025, 11, 21), date(2026, 11, 20))
Q = Period(date(2026, 7, 1), date(2026, 9, 30))

#: kind -> a cut that it shows.
CUTS = {
    "number": Cut(("revenue", "orders", "customers"), period=YEAR, compare="last_year"),
    "bars": Cut(("revenue",), ("branch",), period=YEAR, compare="last_year"),
    "bars of three measures": Cut(("revenue", "orders", "average_order"), ("customer_type",), period=YEAR),
    "bars over time": Cut(("revenue",), period=YEAR, grain="month", compare="last_year"),
    "lines": Cut(("revenue", "csat"), period=YEAR, grain="month", compare="last_year"),
    "lines of members": Cut(("contacts",), ("topic",), period=YEAR, grain="month"),
    "stacked": Cut(("revenue",), ("branch", "customer_type"), period=YEAR, compare="previous"),
    "stacked over time": Cut(("revenue",), ("product_category",), period=YEAR, grain="quarter", compare="last_year"),
    "heatmap": Cut(("contacts",), ("weekday", "hour"), period=YEAR),
    "heatmap over time": Cut(("csat",), ("branch",), period=YEAR, grain="month", compare="last_year"),
    "panels": Cut(("revenue",), ("branch",), period=YEAR, grain="month", compare="last_year"),
    "panels of lines": Cut(("contacts",), ("contact_channel", "branch"), period=YEAR, grain="quarter"),
    "panels of three": Cut(("revenue",), ("branch", "customer_type", "order_channel"), period=YEAR),
    "scatter": Cut(("revenue", "orders", "gross_margin"), ("product",), period=YEAR),
    "treemap": Cut(("revenue",), ("branch", "product_category"), period=YEAR),
    "treemap with others": Cut(("revenue",), ("product",), period=YEAR, limit=5),
    "box": Cut(("revenue",), ("customer_type",), period=YEAR),
    "box of all": Cut(("contacts",), period=YEAR),
}


def view_of(warehouse, language: str = "en") -> View:
    words = Words(language)
    return View(words, Formats(words), catalog_for(warehouse))


def picture(warehouse, name: str, look=LIGHT, language: str = "en", everything=None, **how):
    cut = CUTS[name]
    kind = name.split()[0]
    found = spread(cut, warehouse, scope=everything) if kind == "box" else None
    return draw(kind, ask(cut, warehouse, scope=everything), view_of(warehouse, language), look, title="T", spread=found, **how)


def keys_of(shown) -> list[str]:
    return [row[0] for trace in shown.figure.data if trace.customdata is not None for row in trace.customdata]


# Marks --------------------------------------------------------------------------------------------------------
def test_a_mark_goes_through_the_browser_and_back():
    key = mark_key({"branch": "=Haifa", "period": "2026-07-01"})
    assert key == '{"branch":"=Haifa","period":"2026-07-01"}' == mark_key({"period": "2026-07-01", "branch": "=Haifa"})
    assert mark_filters(key) == ((Filter("branch", "is", ("Haifa",)),), date(2026, 7, 1))
    assert mark_filters(mark_key({"topic": "?"})) == ((Filter("topic", "is_empty"),), None)
    assert mark_filters(mark_key({})) == ((), None)


@pytest.mark.parametrize("bad", ["", "x", "[]", "1", '{"a":1}', '{"a":null}', '{"":"=x"}', '{"period":"yesterday"}', '{"branch":"*"}', '{"each.revenue":"=1"}',
                                 "[" * 2000, '{"branch":"=' + "x" * 5000 + '"}', '{"branch":"=' + "x" * 400 + '"}', "null", '{"a":"=\x00"}'])
def test_noise_from_a_browser_narrows_nothing(bad):
    assert mark_filters(bad) == ((), None)


def test_chosen_marks_light_what_agrees_with_them():
    chosen = Chosen([mark_key({"branch": "=Haifa", "period": "2026-07-01"})])
    assert chosen.lit({"branch": "=Haifa"}) and not chosen.lit({"branch": "=Eilat"}) and not chosen.lit({"topic": "=x"})
    assert chosen.picked({"branch": "=Haifa", "period": "2026-07-01"}) and not chosen.picked({"branch": "=Haifa", "period": "2026-08-01"})
    assert Chosen().lit({"branch": "=Eilat"}) and not Chosen().picked({"branch": "=Eilat"}) and not Chosen([mark_key({}), "noise"])


# Kinds --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("cut", "rows", "kinds"), [
    (Cut(("revenue",)), 1, ("number", "box")),
    (Cut(("customers",)), 1, ("number",)),
    (Cut(("revenue",), ("branch",)), 8, ("bars", "treemap", "box")),
    (Cut(("csat",), ("branch",)), 8, ("bars",)),
    (Cut(("revenue", "orders"), ("product",)), 40, ("scatter", "bars", "treemap", "box")),
    (Cut(("revenue", "orders"), ("branch",)), 2, ("bars", "box")),
    (Cut(("customers",), ("branch",)), 8, ("bars",)),
    (Cut(("new_customers",), ("interest",)), 8, ("bars",)),
    (Cut(("revenue",), period=YEAR, grain="month"), 13, ("lines", "bars")),
    (Cut(("revenue",), period=YEAR, grain="year"), 2, ("bars", "lines")),
    (Cut(("revenue",), ("branch",), period=YEAR, grain="month"), 39, ("lines", "stacked", "panels", "heatmap")),
    (Cut(("revenue",), ("branch",), period=YEAR, grain="month"), 390, ("heatmap", "panels", "lines", "stacked")),
    (Cut(("csat",), ("branch",), period=YEAR, grain="month"), 39, ("lines", "panels", "heatmap")),
    (Cut(("revenue",), ("branch", "customer_type")), 20, ("stacked", "heatmap", "treemap")),
    (Cut(("revenue",), ("branch", "customer_type")), 150, ("heatmap", "stacked", "treemap")),
    (Cut(("average_order",), ("branch", "customer_type")), 20, ("heatmap",)),
    (Cut(("revenue",), ("branch", "customer_type"), period=YEAR, grain="month"), 400, ("panels",)),
    (Cut(("revenue",), ("branch", "customer_type", "product_category")), 400, ("panels",)),
])
def test_only_honest_figures_are_offered(truth, cut, rows, kinds):
    assert kinds_for(cut, catalog_for(truth), rows) == kinds
    assert set(kinds) <= set(KINDS) == set(KIND_LABELS)


def test_areas_are_not_offered_for_losses(truth, everything):
    cut = Cut(("gross_profit",), ("product",), period=YEAR)
    answer = ask(cut, truth, scope=everything)
    answer.rows  # noqa: B018 - shared: not changed
    worse = replace(answer, rows=answer.rows.assign(gross_profit=[-5.0, *answer.rows["gross_profit"][1:]]))
    catalog = catalog_for(truth)
    assert "treemap" in kinds_for(cut, catalog, len(worse.rows)) and "treemap" not in kinds_for(cut, catalog, len(worse.rows), worse)
    # Asked all the same, the losses are drawn as bars.
    shown = draw("treemap", worse, view_of(truth), LIGHT, title="T")
    assert min(v for v in shown.figure.data[0].x) < 0


# Drawing ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", CUTS)
def test_every_figure_is_sound_in_every_look(demo, everything, name):
    for look, mirrored, narrow in itertools.product((LIGHT, DARK), (False, True), (False, True)):
        shown = picture(demo, name, look, everything=everything, mirrored=mirrored, narrow=narrow)
        go.Figure(shown.figure.to_dict())  # raises for what Plotly does not know
        layout = shown.figure.layout
        assert shown.height >= 40 and layout.showlegend is False and layout.dragmode is False and layout.paper_bgcolor == "rgba(0,0,0,0)"
        assert shown.alt.startswith("T. ") and len(shown.alt) > 20
        assert not any("…" in (n.text or "") for n in layout.annotations)
        assert all(mark_of(k) is not None for k in keys_of(shown)) and keys_of(shown)


@pytest.mark.parametrize("name", [n for n in CUTS if n not in ("number",)])
def test_what_is_not_chosen_fades(demo, everything, name):
    plain = picture(demo, name, everything=everything)
    keys = keys_of(plain)
    shown = picture(demo, name, everything=everything, chosen=[keys[0]])
    assert sorted(keys_of(shown)) == sorted(keys)
    if keys[0] != "{}":
        assert shown.figure.to_dict() != plain.figure.to_dict()


@pytest.mark.parametrize("name", ["bars", "bars over time", "lines", "stacked", "stacked over time", "heatmap", "panels of lines", "panels of three", "treemap", "scatter"])
def test_a_mark_is_a_door_to_exactly_its_number(demo, everything, name):
    """Asking for what a mark stands for gives the number that hovering over it says."""
    cut, view = CUTS[name], view_of(demo)
    shown = picture(demo, name, everything=everything)
    checked = 0
    for trace in shown.figure.data:
        if trace.customdata is None:
            continue
        for row, hover in list(zip(trace.customdata, trace.hovertext, strict=True))[::7]:
            filters, start = mark_filters(row[0])
            period = cut.period
            if start is not None:
                assert cut.grain and period
                end = next_bucket(start, cut.grain) - timedelta(days=1)
                period = Period(max(start, period.first), min(end, period.last))
            told = ask(Cut(cut.measures, period=period, filters=filters), demo, scope=everything)
            if trace.name == "points" and name == "lines" and trace.yaxis == "y2":
                assert view.value("csat", told.totals["csat"]) in hover
            else:
                assert view.value(cut.measures[0], told.totals[cut.measures[0]]) in hover.replace("&amp;", "&"), (hover, row)
            checked += 1
    assert checked >= 2


def test_running_and_broken_buckets_are_marked_and_said(truth, everything):
    cut = Cut(("revenue",), period=Period(date(2026, 8, 15), date(2026, 12, 31)), grain="month")
    answer = ask(cut, truth, scope=everything)
    view = view_of(truth)
    assert sorted(shape_of(answer, view).partial) == [0, 3]
    shown = draw("lines", answer, view, LIGHT, title="T")
    notes = " ".join(n.text for n in shown.figure.layout.annotations)
    assert "Aug 2026 and Nov 2026 hold only a part of their days" in notes.replace("<br>", " ")
    dashed = [t for t in shown.figure.data if t.type == "scatter" and t.line.dash == "3px,3px"]
    assert [tuple(t.x) for t in dashed] == [(0, 1), (3, 2)]
    columns = draw("bars", answer, view, LIGHT, title="T").figure.data[0]
    assert columns.marker.color[-1] == faded(LIGHT.accent, LIGHT, 0.5) and LIGHT.accent in columns.marker.color
    # What stands on a day is whole on any day.
    balance = ask(replace(cut, measures=("customers_total",)), truth, scope=everything)
    assert shape_of(balance, view).partial == frozenset()
    whole = ask(replace(cut, period=Q), truth, scope=everything)
    assert shape_of(whole, view).partial == frozenset()


def test_the_comparison_is_drawn(truth, everything):
    view = view_of(truth)
    cut = Cut(("revenue",), ("branch",), period=Period.named("year_to_date", truth.as_of), compare="last_year")
    shown = draw("bars", ask(cut, truth, scope=everything), view, LIGHT, title="T")
    marks = [s.x0 for s in shown.figure.layout.shapes if s.line.color == LIGHT.ink]
    bar = shown.figure.data[0]
    # Eilat sold 6,800 and is the longest bar, of length 1.
    assert max(bar.x) == 1 and "6.8K" in shown.alt and len(marks) >= 1
    lined = draw("lines", ask(Cut(("revenue",), period=YEAR, grain="month", compare="last_year"), truth, scope=everything), view, LIGHT, title="T")
    assert any(t.line.color == LIGHT.comparison for t in lined.figure.data if t.type == "scatter" and t.mode == "lines")


def test_others_are_said_and_cannot_be_chosen(demo, everything):
    shown = picture(demo, "treemap with others", everything=everything)
    assert "All others" in shown.alt and all("*" not in k for k in keys_of(shown))
    bars = draw("bars", ask(CUTS["treemap with others"], demo, scope=everything), view_of(demo), LIGHT, title="T")
    assert "All others" in bars.alt and len(keys_of(bars)) == 5
    areas = [t for t in shown.figure.data if t.type == "bar"]
    assert [t.customdata is None for t in areas] == [False, True]


def test_nothing_is_said_in_words(truth, everything):
    empty = ask(Cut(("revenue",), ("branch",), period=Period(date(2001, 1, 1), date(2001, 1, 31))), truth, scope=everything)
    shown = draw("bars", empty, view_of(truth), LIGHT, title="T")
    assert shown.alt == "T. Nothing of this happened in the period."
    lined = draw("lines", ask(Cut(("revenue",), period=Period(date(2001, 1, 1), date(2001, 3, 31)), grain="month"), truth, scope=everything), view_of(truth), LIGHT, title="T")
    go.Figure(lined.figure.to_dict())


def test_a_kind_that_cannot_show_the_answer_gives_way(demo, everything):
    for name, cut in CUTS.items():
        answer = ask(cut, demo, scope=everything)
        for kind in (*KINDS, "pie"):
            go.Figure(draw(kind, answer, view_of(demo), LIGHT, title="T").figure.to_dict())
        assert name


def test_every_word_is_translated(demo, everything):
    for name in CUTS:
        shown = picture(demo, name, everything=everything, language="xx")
        notes = [n.text for n in shown.figure.layout.annotations if n.yref == "paper" and n.yanchor == "top" and n.text and n.font.size == 11 and (n.yshift or 0) < -5]
        assert all("⟦" in n or "⟧" in n or not any(c.isalpha() for c in n) for n in notes if " " in n and "Nov" not in n and "Q" not in n), (name, notes)


def test_a_member_has_one_colour_in_all_figures(demo, everything):
    view = view_of(demo)
    over = shape_of(ask(CUTS["panels"], demo, scope=everything), view)
    flat = shape_of(ask(CUTS["stacked"], demo, scope=everything), view)
    assert [m.key for m in over.dims[0]] == [m.key for m in flat.dims[0]]
    assert member_colour(0, LIGHT) != member_colour(1, LIGHT) and member_colour(9, LIGHT) == LIGHT.comparison == member_colour(0, LIGHT, quiet=True)


def test_rtl_mirrors_members_and_never_time(demo, everything):
    def across(name: str, mirrored: bool) -> bool:
        low, high = picture(demo, name, everything=everything, mirrored=mirrored).figure.layout.xaxis.range
        return low < high
    for name in ("bars", "stacked", "heatmap", "treemap", "box", "panels of three"):
        assert across(name, False) and not across(name, True), name
    for name in ("lines", "bars over time", "stacked over time", "heatmap over time", "panels", "scatter"):
        assert across(name, True), name


# Room ---------------------------------------------------------------------------------------------------------
def test_areas_are_in_proportion_and_fill_the_box():
    values = [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0]
    boxes = squarified(values, (0.0, 0.0, 6.0, 4.0))
    assert [round((b[2] - b[0]) * (b[3] - b[1]), 9) for b in boxes] == values
    for a, b in itertools.combinations(boxes, 2):
        assert not (a[0] < b[2] - 1e-9 and b[0] < a[2] - 1e-9 and a[1] < b[3] - 1e-9 and b[1] < a[3] - 1e-9)
    assert max(max((b[2] - b[0]) / (b[3] - b[1]), (b[3] - b[1]) / (b[2] - b[0])) for b in boxes) < 3
    assert squarified([], (0, 0, 1, 1)) == [] and len(squarified([1.0], (0, 0, 0, 0))) == 1


def test_labels_keep_apart_and_are_never_cut():
    places = apart([(1.0, 1), (1.1, 2), (1.05, 1)], 1.0)
    order = sorted(range(3), key=lambda i: places[i])
    assert order == [0, 2, 1] and places[2] - places[0] >= 1.0 - 1e-9 and places[1] - places[2] >= 1.5 - 1e-9
    text = "Small and medium firms of the northern district"
    assert " ".join(folded(text, 80, 13, 3)) == text and len(folded(text, 80, 13, 3)) == 3
    assert width_of("WWW", 10) > width_of("iii", 10)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3, 7), (0, 12_345_678), (3.6, 4.2), (-1, -0.5), (0, 0)])
def test_ticks_are_few_and_round(low, high):
    ticks = round_ticks(low, high)
    assert 1 <= len(ticks) <= 6 and all(low - 1e-6 <= t <= high + 1e-6 for t in ticks)


LONG = ["Small and medium firms of the northern district", "Donaudampfschifffahrtsgesellschaft Hauptverwaltung Wien", "<b>Bold & brave</b>"]


@pytest.mark.parametrize("name", ["bars", "lines of members", "stacked", "heatmap over time", "panels", "scatter", "treemap", "box"])
def test_long_names_are_whole_and_markup_is_text(demo, everything, name):
    """Every name stands somewhere in the figure, or in what hovering says; none is cut or read as markup."""
    cut = CUTS[name]
    answer, dimension = ask(cut, demo, scope=everything), CUTS[name].by[0]
    names = list(dict.fromkeys(v for v in answer.rows[dimension] if v is not None))
    called = dict(zip(names, LONG, strict=False))
    long = replace(answer, before=None, rows=answer.rows.assign(**{dimension: [called.get(v, v) for v in answer.rows[dimension]]}))
    found = spread(cut, demo, scope=everything) if name == "box" else None
    if found is not None:
        found = found.assign(**{dimension: [called.get(v, v) for v in found[dimension]]})
    for narrow, mirrored in itertools.product((False, True), (False, True)):
        shown = draw(name.split()[0], long, view_of(demo), LIGHT, title="T", narrow=narrow, mirrored=mirrored, spread=found)
        assert LONG[0] in shown.alt and LONG[2] in shown.alt
        for note in shown.figure.layout.annotations:
            assert "<b>Bold" not in note.text and "…" not in note.text


def test_small_matrices_hide_numbers_and_say_the_scale(demo, everything):
    narrow = picture(demo, "heatmap", everything=everything, narrow=True)
    wide = picture(demo, "heatmap", everything=everything)
    assert any("Pale" in n.text for n in narrow.figure.layout.annotations) and not any("Pale" in n.text for n in wide.figure.layout.annotations)
    assert keys_of(narrow) == keys_of(wide)


def test_a_stack_is_as_long_as_its_total(demo, everything):
    shown = picture(demo, "stacked over time", everything=everything)
    answer = ask(replace(CUTS["stacked over time"], by=()), demo, scope=everything)
    heights: dict[float, float] = {}
    for trace in shown.figure.data:
        for x, y in zip(trace.x, trace.y, strict=True):
            heights[x] = heights.get(x, 0.0) + y
    assert [round(heights[i], 2) for i in sorted(heights)] == [round(float(v), 2) for v in answer.rows["revenue"]]


@pytest.mark.parametrize("name", [n for n in CUTS if not n.startswith(("box", "number"))])
def test_hidden_values_are_left_out_of_every_figure(demo, everything, name):
    """Cells hidden from a viewer have no value: they are drawn as nothing and said as nothing."""
    answer = ask(CUTS[name], demo, scope=everything)
    lead = answer.cut.measures[0]
    for hidden in (lambda i: i % 2 == 0, lambda i: True):
        less = replace(answer, rows=answer.rows.assign(**{lead: [None if hidden(i) else v for i, v in enumerate(answer.rows[lead])]}), totals={**answer.totals, lead: None})
        for narrow in (False, True):
            shown = draw(name.split()[0], less, view_of(demo), LIGHT, title="T", narrow=narrow)
            go.Figure(shown.figure.to_dict())
            assert "nan" not in shown.alt.lower().replace("nanny", "")
