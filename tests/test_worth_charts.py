"""The charts of the Worth page: sound for Plotly, said in words, nothing of the data as markup, the same in both directions."""
from __future__ import annotations

import plotly.graph_objects as go
import pytest

from crm_data.output.charts import (
    DARK,
    LIGHT,
    Corner,
    Crowd,
    Customer,
    Mark,
    Span,
    Step,
    quadrants,
    waterfall,
    whale_curve,
)

WHALE = [(0.0, 0.0), (0.25, 0.8), (0.5, 1.2), (0.75, 1.2), (1.0, 1.0)]


def groups(look=LIGHT, mirrored=False, narrow=False):
    dots = [Customer("c:1", 10.0, 500.0, "Acme <b>"), Customer("c:2", 900.0, 20.0, "Zebra"), Customer("c:3", 0.0, -40.0, "Ilan")]
    corners = [Corner(f"g:{n}" if n != "mend" else None, much, dear, (n, "1 customer"), n) for n, much, dear in
               (("keep", True, False), ("tend", True, True), ("leave", False, False), ("mend", False, True))]
    crowd = Crowd([[0, 3], [5, 0]], [0.5, 1.5], [0.5, 1.5], lambda n: f"{n} here")
    return quadrants(dots, corners, (100.0, 200.0), 50.0, look, title="Groups", names=("Cost", "Profit"), axis=lambda v: f"{v:g}", even="pays", crowd=crowd, mirrored=mirrored, narrow=narrow)


PEAK = Mark(0.5, 1.2, "120% <i>")


def curve(look=LIGHT, peak: Mark | None = PEAK):
    spans = [Span("A", "A", 0.0, 0.5, "A: 2"), Span(None, "D", 0.5, 1.0, "D: 2")]
    return whale_curve(WHALE, peak, Mark(1.0, 1.0, "100%"), look, title="Curve", spans=spans, before=WHALE, axis=((0.0, "best first"), (1.0, "4")), said=("2 lose",))


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_sound_for_plotly_and_said_in_words(look):
    for picture in (groups(look), groups(look, True, True), curve(look), curve(look, None)):
        go.Figure(picture.figure.to_dict())
        assert picture.alt.startswith(("Groups", "Curve")) and picture.height > 300
        assert picture.figure.layout.showlegend is False and picture.figure.layout.xaxis.fixedrange
        assert not any("<i>" in n.text or "Acme <b>" in n.text for n in picture.figure.layout.annotations)


def test_the_curve_rises_in_one_colour_and_falls_in_another():
    rising, falling = [t for t in curve().figure.data if t.type == "scatter" and t.mode == "lines" and t.line.width == 2.5]
    assert list(rising.x) == [0.0, 0.25, 0.5] and rising.line.color == LIGHT.accent
    assert list(falling.x) == [0.5, 0.75, 1.0] and falling.line.color == LIGHT.bad
    assert len([t for t in curve(peak=None).figure.data if t.type == "scatter" and t.mode == "lines" and t.line.width == 2.5]) == 1


def test_clicks_bring_keys_and_only_where_there_is_something_to_open():
    keys = [row[0] for t in curve().figure.data if t.customdata is not None for row in t.customdata]
    assert keys == ["A"]
    keys = [row[0] for t in groups().figure.data if t.customdata is not None for row in t.customdata]
    assert keys == ["g:keep", "g:tend", "g:leave", "c:1", "c:2", "c:3"]


def test_who_loses_has_the_colour_of_loss_and_profit_at_cost_runs_straight():
    figure = groups().figure
    dots = next(t for t in figure.data if t.name == "customers")
    assert dots.marker.color[0].startswith("rgba(36,89,184") and dots.marker.color[1].startswith("rgba(173,67,11")
    even = next(s for s in figure.layout.shapes if s.line.dash == "4px,3px")
    assert (even.x0, even.x1) == (even.y0, even.y1)
    # The axis is even around nothing and shrinks what is large.
    assert dots.x[2] == 0 and dots.y[2] < 0 and dots.y[0] < 500


def test_a_statement_has_its_change_in_a_column_of_its_own():
    steps = [Step("gross", "Revenue", 10.0, "₪10", "100%", True, change="↑ 5%", change_tone="good"), Step("worth", "Worth", 4.0, "₪4", "40%", True, change="↓ 2%", change_tone="bad")]
    wide, phone = (waterfall(steps, LIGHT, title="x", narrow=n, heads=("Amount", "of revenue", "Change")).figure.layout.annotations for n in (False, True))
    changes = [n for n in wide if n.text.startswith(("↑", "↓"))]
    assert [n.font.color for n in changes] == [LIGHT.good, LIGHT.bad] and {n.xshift for n in changes} == {0}
    assert any(n.text == "100%" for n in wide) and not any(n.text == "100%" for n in phone)
    assert any(n.text == "100%" for n in waterfall([Step("gross", "Revenue", 10.0, "₪10", "100%", True)], LIGHT, title="x", narrow=True).figure.layout.annotations)
