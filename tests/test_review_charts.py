"""Flags on charts over time, and pictures drawn larger: places, sizes and words."""
from __future__ import annotations

from datetime import date

import plotly.graph_objects as go
import pytest

from crm_data.output.charts import LIGHT, Landing, Picture, cumulative, small_multiples
from crm_data.output.charts.bullets import Bullet, bullets
from crm_data.output.charts.enlarge import enlarged
from crm_data.output.charts.flags import STRIP, Flag, Note, flagged, flags_of
from crm_data.output.charts.lines import Line, Track, lines
from crm_data.output.charts.small_multiples import Panel

WORDS = {"now": "Now", "before": "Last year", "target": "Target", "landing": "Landing", "pace": "Pace"}
MONTHS = [date(2026, m, 1) for m in range(1, 7)]


def a_line() -> Picture:
    one = Line("", (1.0, 2.0, 3.0, 2.0, 4.0, 5.0), LIGHT.accent, tuple(f"month {m}" for m in range(1, 7)), tuple(f"m{m}" for m in range(1, 7)), "5")
    return lines([Track("", (one,), str)], LIGHT, title="Revenue by month", ticks=[(0, "Jan"), (3, "Apr")], count=6)


def running() -> Picture:
    return cumulative([1.0, 2.0], [1.0, 1.5, 3.0], ["1", "2", "3"], LIGHT, title="Running", value=str, words=WORDS, target=4.0, landing=Landing(3.0, 3.5, 4.0), ticks=[(0, "1")])


def test_a_note_stands_at_the_bucket_that_holds_its_day_and_outside_nowhere():
    notes = [Note(date(2026, 3, 31), "price list"), Note(date(2026, 3, 2), "strike", "2 Mar"), Note(date(2025, 12, 31), "before"), Note(date(2026, 7, 1), "after")]
    assert flags_of(notes, MONTHS, date(2026, 6, 30)) == (Flag(2, "2 Mar: strike · price list"),)
    assert flags_of(notes, [], date(2026, 6, 30)) == ()


def test_a_flag_adds_a_line_a_pennant_and_its_words_without_touching_the_values():
    plain = a_line()
    found = flagged(plain, [Flag(2, "16 Mar: price list")], LIGHT)
    assert found.height == plain.height + STRIP and found.figure.layout.margin.t == plain.figure.layout.margin.t + STRIP
    added = found.figure.layout.shapes[len(plain.figure.layout.shapes):]
    assert [(s.type, s.x0 if s.type == "line" else s.xanchor) for s in added] == [("line", 2), ("path", 2)]
    assert [a.text for a in found.figure.layout.annotations if "price" in a.text] == ["16 Mar: price list"]
    assert [t.y for t in found.figure.data] == [t.y for t in plain.figure.data] and found.charts == plain.charts
    points = next(t for t in found.figure.data if t.name == "points")
    assert points.hovertext[2] == "month 3<br>⚑ 16 Mar: price list" and points.hovertext[1] == "month 2"
    assert found.alt.endswith("⚑ 16 Mar: price list")
    go.Figure(found.figure.to_plotly_json())


def test_words_without_room_are_left_to_the_hover():
    crowded = flagged(a_line(), [Flag(k, f"a rather long story {k}") for k in (0, 4, 5)], LIGHT)
    said = [a.text for a in crowded.figure.layout.annotations if "story" in a.text]
    assert "a rather long story 0" in said and "a rather long story 5" not in said
    assert "a rather long story 5" in crowded.alt
    assert flagged(a_line(), [], LIGHT).figure == a_line().figure


def test_text_of_the_data_is_no_markup_in_a_flag():
    found = flagged(a_line(), [Flag(1, "<b>bold</b>")], LIGHT)
    assert [a.text for a in found.figure.layout.annotations if "bold" in a.text] == ["&lt;b&gt;bold&lt;/b&gt;"]


def test_panels_get_their_lines_and_no_pennants():
    panels = small_multiples([Panel(n, (1.0, 2.0, 3.0), (), "", "none", ("x", "y", "z")) for n in ("a", "b", "c")], LIGHT, title="By branch", first="Jan", last="Mar")
    found = flagged(panels, [Flag(1, "strike")], LIGHT)
    added = found.figure.layout.shapes[len(panels.figure.layout.shapes):]
    assert found.height == panels.height and [s.type for s in added] == ["line"] * 3 and {s.xref for s in added} == {"x", "x2", "x3"}
    go.Figure(found.figure.to_plotly_json())


@pytest.mark.parametrize("picture", [a_line(), running(), flagged(running(), [Flag(1, "price list")], LIGHT),
                                     bullets([Bullet("=a", "Haifa", 0.5, "₪5", "50%", 0.6)], LIGHT, title="Targets", attained="Attained", landing="", target="Target")])
def test_enlarged_grows_every_pixel_and_no_value(picture):
    found = enlarged(picture, 2.0)
    assert found.height == 2 * picture.height and found.figure.layout.margin.r == 2 * picture.figure.layout.margin.r
    assert [a.font.size for a in found.figure.layout.annotations] == [2 * a.font.size for a in picture.figure.layout.annotations]
    assert [(t.x, t.y) for t in found.figure.data] == [(t.x, t.y) for t in picture.figure.data]
    assert [t.width for t in found.figure.data if t.type == "bar"] == [t.width for t in picture.figure.data if t.type == "bar"]
    assert enlarged(picture, 2.0, 500).height == 500
    go.Figure(found.figure.to_plotly_json())


def test_enlarged_grows_dashes_and_pennants():
    found = enlarged(flagged(running(), [Flag(1, "price list")], LIGHT), 2.0)
    assert any(s.path and s.path.startswith("M 0.00 0.00 L 0.00 30.00") for s in found.figure.layout.shapes)
    assert any(s.line.dash == "8.0px,6.0px" for s in found.figure.layout.shapes)
