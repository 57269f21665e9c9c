"""Charts: sound for Plotly, said in words, explicit heights, nothing cut, mirrored where it should be, safe with any label."""
from __future__ import annotations

import ast
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest

from crm_data.output.charts import (
    DARK,
    LIGHT,
    Bullet,
    Heads,
    Landing,
    Move,
    Panel,
    Picture,
    Row,
    Step,
    breakdown,
    bullets,
    concentration,
    cumulative,
    heatmap,
    movers,
    small_multiples,
    theme,
    tile_figure,
    waterfall,
)
from crm_data.output.charts.common import escape, wrapped
from crm_data.output.charts.theme import blend, ink_on, luminance

ROOT = Path(__file__).resolve().parents[1]
NAMES = ["Tel Aviv", "Haifa", "<b>Bold & brave</b>", "Small and medium firms of the northern district"]
WORDS = {"now": "Now", "before": "Last year", "target": "Target", "landing": "Landing", "pace": "Pace"}


def rows() -> list[Row]:
    return [Row(f"={n}", n, 100.0 - 20 * i, f"₪{100 - 20 * i}", 90.0, "25%", "↑ 9.1%", "good") for i, n in enumerate(NAMES)]


def every_picture(look=LIGHT, mirrored: bool = False) -> dict[str, Picture]:
    """One of each kind."""
    return {
        "breakdown": breakdown(rows(), look, title="Revenue by branch", mirrored=mirrored),
        "breakdown of nothing": breakdown([], look, title="Revenue by branch"),
        "breakdown with losses": breakdown([Row("=a", "a", -5.0, "−5"), Row("=b", "b", None, "–", 3.0)], look, title="Worth"),
        "movers": movers([Move("=a", NAMES[0], 5.0, "+5", "good"), Move("=b", NAMES[3], -2.0, "−2", "bad")], look, title="Movers", mirrored=mirrored),
        "tile": tile_figure([1, None, 3], look, alt="Customers: 3", before=[2, 2, 2], reached=0.67, pace=0.64, mirrored=mirrored, names=["a", "b", "c"]),
        "tile of nothing": tile_figure([], look, alt="Customers: –"),
        "cumulative": cumulative([1.0, 2.0], [1.0, 1.5, 3.0], ["1", "2", "3"], look, title="Running", value=str, words=WORDS, target=4.0,
                                 landing=Landing(3.0, 3.5, 4.0), ticks=[(0, "1")]),
        "cumulative of nothing": cumulative([], [], [], look, title="Running", value=str, words=WORDS),
        "bullets": bullets([Bullet("=a", n, 0.5, "₪5", "50%", 0.6, (0.8, 0.9, 1.0), "↓ 90%", "bad") for n in NAMES], look, title="Targets", attained="Attained",
                           landing="Landing", target="Target", pace="Pace 60%", mirrored=mirrored),
        "heatmap": heatmap([[97.0, None], [126.0, 70.0]], ["a", "<b>"], ["Oct", "Nov"], look, title="Attainment", estimate=1, mirrored=mirrored),
        "small multiples": small_multiples([Panel(n, (1.0, 2.0, None), (1.0, 1.0, 1.0), "↑ 1.0%", "good", ("x", "y", "z")) for n in NAMES * 2], look,
                                           title="By month", first="Dec", last="Nov", mirrored=mirrored),
        "concentration": concentration([0.5, 0.9, 1.2, 1.0], look, title="Concentration", points=[(0.25, 0.5, "50% of sales")], axis=[(0.5, "50%")]),
        "waterfall": waterfall([Step("r", "Revenue", 10.0, "10", "100%", True), Step("g", "Goods", -12.0, "−12"), Step("w", "Worth", -2.0, "−2", total=True)], look,
                               title="Worth", mirrored=mirrored),
    }


@pytest.mark.parametrize("look", [LIGHT, DARK])
@pytest.mark.parametrize("mirrored", [False, True])
def test_every_figure_is_sound_for_plotly_and_said_in_words(look, mirrored):
    for name, picture in every_picture(look, mirrored).items():
        go.Figure(picture.figure.to_dict())  # raises for a property Plotly does not know
        assert picture.alt.strip(), name
        layout = picture.figure.layout
        assert picture.height > 0 and layout.showlegend is False and layout.dragmode is False, name
        assert layout.paper_bgcolor == "rgba(0,0,0,0)" and layout.xaxis.fixedrange and layout.yaxis.fixedrange, name


def test_no_text_is_cut_and_markup_of_the_data_is_text():
    for picture in every_picture().values():
        for note in picture.figure.layout.annotations:
            assert "…" not in note.text and "<script" not in note.text
    assert escape("<a href='x'>&\u202e") == "&lt;a href='x'&gt;&amp;"
    label = wrapped(NAMES[3], 24)
    assert label.replace("<br>", " ") == NAMES[3] and label.count("<br>") == 1
    assert wrapped("Donaudampfschifffahrtsgesellschaft", 10) == "Donaudampfschifffahrtsgesellschaft"


def test_a_click_on_a_row_brings_its_key():
    figure = breakdown(rows(), LIGHT, title="x").figure
    clickable = [t for t in figure.data if t.customdata is not None]
    assert [row[0] for row in clickable[0].customdata] == [r.key for r in rows()]
    assert clickable[0].marker.color == "rgba(0,0,0,0)" and clickable[0].width == 0.96


def test_chosen_rows_keep_the_accent_and_the_others_are_dimmed():
    bars = breakdown(rows(), LIGHT, title="x", chosen={"=Haifa"}).figure.data[0]
    assert list(bars.marker.color) == [LIGHT.accent_soft, LIGHT.accent, LIGHT.accent_soft, LIGHT.accent_soft]
    plain = breakdown(rows(), LIGHT, title="x").figure.data[0]
    assert set(plain.marker.color) == {LIGHT.accent}


def test_the_comparison_is_a_mark_with_a_halo():
    shapes = breakdown(rows()[:1], LIGHT, title="x").figure.layout.shapes
    assert [s.line.color for s in shapes] == [LIGHT.surface, LIGHT.ink] and shapes[0].x0 == 90.0


def test_mirrored_rows_have_labels_right_and_numbers_left():
    notes = breakdown(rows(), LIGHT, title="x", mirrored=True).figure.layout.annotations
    labels = [n for n in notes if "Tel Aviv" in n.text]
    values = [n for n in notes if n.text.startswith("₪")]
    assert labels[0].x == 1 and labels[0].xanchor == "right" and labels[0].text == "\u2068Tel Aviv\u2069"
    assert {n.x for n in values} == {0} and {n.xanchor for n in values} == {"right"} and {n.xshift for n in values} == {172}
    axis = breakdown(rows(), LIGHT, title="x", mirrored=True).figure.layout.xaxis.range
    assert axis[0] > axis[1]


def test_time_never_runs_from_right_to_left():
    picture = every_picture(mirrored=True)["tile"].figure
    assert picture.layout.xaxis.range[0] < picture.layout.xaxis.range[1] and picture.layout.xaxis2.range[0] > picture.layout.xaxis2.range[1]


def test_columns_that_say_nothing_take_no_room():
    notes = breakdown([Row("=a", "a", 1.0, "₪1")], LIGHT, title="x", heads=Heads()).figure.layout.annotations
    assert [n.xshift for n in notes if n.text == "₪1"] == [0]
    assert not any(n.text == "Share" for n in notes)


def test_end_labels_do_not_cover_each_other():
    figure = cumulative([1.0, 2.0], [1.0, 3.98, 3.99], ["1", "2", "3"], LIGHT, title="x", value=str, words=WORDS, target=4.0, landing=Landing(3.9, 4.01, 4.1)).figure
    ends = sorted(n.y for n in figure.layout.annotations if n.xshift == 8)
    span = figure.layout.yaxis.range[1] - figure.layout.yaxis.range[0]
    assert len(ends) == 3 and all(b - a > span / 300 * 15 for a, b in zip(ends, ends[1:], strict=False))


def test_a_waterfall_goes_from_where_it_stood():
    bars = every_picture()["waterfall"].figure.data[0]
    assert list(bars.base) == [0.0, 10.0, 0.0] and list(bars.x) == [10.0, -12.0, -2.0]


def test_numbers_on_heat_are_readable():
    for look in (LIGHT, DARK):
        for i in range(len(look.diverging) - 1):
            for share in (0, 0.25, 0.5, 0.75, 1):
                colour = blend(look.diverging[i], look.diverging[i + 1], share)
                one, two = sorted((luminance(colour), luminance(ink_on(colour))))
                assert (two + 0.05) / (one + 0.05) >= 4.4, colour


def test_text_colours_have_contrast():
    for look in (LIGHT, DARK):
        for colour in (look.ink, look.muted, look.accent, look.good, look.bad, look.warn):
            one, two = sorted((luminance(colour), luminance(look.surface)))
            assert (two + 0.05) / (one + 0.05) >= 5.0, (look.name, colour)
    assert theme("dark") is DARK and theme("light") is LIGHT and theme("") is LIGHT


def test_no_plotly_express_anywhere_and_every_chart_on_a_page_has_words():
    for path in [*ROOT.glob("crm_data/**/*.py"), *ROOT.glob("pages/**/*.py")]:
        source = path.read_text()
        assert not re.search(r"plotly\.express|from plotly import express", source), path
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "plotly_chart":
                assert any(k.arg == "alt" for k in node.keywords), f"{path}:{node.lineno}"
