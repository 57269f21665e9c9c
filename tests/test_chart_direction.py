"""Words of charts in a page from right to left: a word and its number stay together, arrows point on, heads of columns have their room."""
from __future__ import annotations

import plotly.graph_objects as go
import pytest

from crm_data.output.charts import (
    LIGHT,
    Bullet,
    Customer,
    Dot,
    Heads,
    Landing,
    Line,
    Mark,
    Row,
    Scale,
    Step,
    Track,
    breakdown,
    bullets,
    cumulative,
    lines,
    quadrants,
    scatter,
    waterfall,
    whale_curve,
)
from crm_data.output.charts.columns import NumberColumn, fitted, head_lines
from crm_data.output.charts.common import HEAD, escape, wrapped
from crm_data.output.charts.direction import directed, kept, onward, pointed, side
from crm_data.output.charts.flags import Flag, flagged
from crm_data.output.charts.room import folded, notes_below, width_of
from crm_data.output.formats import Formats
from crm_data.output.words import Words

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
HE = Formats(Words("he"))
AMOUNT = HE.money(1.33e6)


def texts(picture) -> list[str]:
    return [n.text for n in picture.figure.layout.annotations]


def test_a_number_keeps_its_isolate_and_anything_unclosed_loses_it():
    assert AMOUNT == f"{RLI}{LRI}1.33M{PDI}\xa0₪{PDI}" and escape(f"נחיתה {AMOUNT}") == f"נחיתה {AMOUNT}"
    assert kept(f"a{RLI}b") == "ab" and kept(f"a{PDI}{LRI}b") == "ab" and kept(f"a\u202eb{LRI}1{PDI}") == f"ab{LRI}1{PDI}"
    assert escape(f"<{LRI}1{PDI}>") == f"&lt;{LRI}1{PDI}&gt;"


def test_a_line_with_letters_from_right_to_left_is_an_isolate_once():
    one = directed(f"נחיתה {AMOUNT}", True)
    assert one == f"{RLI}נחיתה {AMOUNT}{PDI}" and directed(one, True) == one
    assert directed(f"א<br>b<br>{AMOUNT}", True) == f"{RLI}א{PDI}<br>b<br>{AMOUNT}"
    assert directed("<b>א</b> 5", False) == f"{FSI}<b>א</b> 5{PDI}" and directed("Haifa 5", True) == "Haifa 5"
    # An arrow before a number stays left of it even where a word follows the number: as in the other rows.
    assert directed(f"↑ {HE.points(0.003)}", True) == f"↑ {HE.points(0.003)}"


def test_names_in_latin_letters_keep_their_full_stop_where_it_was():
    assert side("Ofek Ltd.", True) == f"{FSI}Ofek Ltd.{PDI}" and side("אופק בע״מ.", True) == f"{RLI}אופק בע״מ.{PDI}" and side("Ofek Ltd.", False) == "Ofek Ltd."
    assert side(f"Ofek {AMOUNT}", True).startswith(RLI)


def test_from_old_to_new_the_arrow_points_the_way_people_read():
    assert onward("1", "2", False) == "1 → 2" and onward("1", "2", True) == f"{RLI}1 ← 2{PDI}"
    assert side("111 → 198: תלונה", True) == f"{RLI}111 ← 198: תלונה{PDI}" and side("a → b", False) == "a → b"
    assert directed("מקום 3 → 1", True) == f"{RLI}מקום 3 ← 1{PDI}"


def test_the_labels_at_the_ends_of_a_course_are_whole():
    words = {"now": "כעת", "before": "השנה שעברה", "target": "יעד", "landing": "נחיתה", "pace": "קצב"}
    drawn = cumulative([1e5, 9.16e5], [1e5, 8e5, 1.24e6], ["1", "2", "3"], LIGHT, title="x", value=HE.money, words=words, target=1.32e6, landing=Landing(1.2e6, 1.33e6, 1.4e6), ticks=[(0, "1 בנוב׳")])
    assert f"{RLI}נחיתה {AMOUNT}{PDI}" in texts(drawn) and f"{RLI}השנה שעברה {HE.money(1.24e6)}{PDI}" in texts(drawn)
    assert drawn.figure.layout.xaxis.ticktext == (f"{RLI}1 בנוב׳{PDI}",)
    hovers = [h for t in drawn.figure.data for h in t.hovertext or ()]
    assert hovers and all(h.startswith(RLI) and h.endswith(PDI) for h in hovers)
    go.Figure(drawn.figure.to_dict())


def test_the_whale_curve_says_what_is_left_in_one_piece():
    drawn = whale_curve([(0.0, 0.0), (1.0, 1.0)], Mark(0.5, 1.2, f"{HE.part(1.01)} · {AMOUNT} בזכות לקוחות"), Mark(1.0, 1.0, f"נותרו {AMOUNT} = {HE.part(1)}"), LIGHT, title="x")
    assert f"<b>נותרו {AMOUNT} = {LRI}100%{PDI}</b>" in [t.removeprefix(RLI).removesuffix(PDI) for t in texts(drawn)]


def test_the_name_at_a_lines_end_runs_as_it_is_written_and_its_square_stays_beside_the_line():
    many = [Line(name, (1.0, 2.0), LIGHT.accent, ("", ""), (None, None), AMOUNT) for name in ("חיפה", "London")]
    drawn = texts(lines([Track("", many, HE.count)], LIGHT, title="x", ticks=[(0, "a")], count=2, mirrored=True))
    assert f'<span style="color:{LIGHT.accent}">■</span> {FSI}חיפה {AMOUNT}{PDI}' in drawn and any(t.endswith(f"London {AMOUNT}") for t in drawn)


@pytest.mark.parametrize("name", ["עלות השירות", "Cost"])
def test_arrows_of_axes_stay_at_the_ends_they_point_to(name):
    ends = [pointed(name, before="↑ "), pointed(name, after=" →")]
    drawn = [texts(scatter([Dot("a", 1.0, 2.0, None, "a")], Scale(name, HE.count), Scale(name, HE.count), LIGHT, title="x", mirrored=True)),
             texts(quadrants([Customer("a", 1.0, 2.0, "a")], (), (1.0, 1.0), 1.0, LIGHT, title="x", names=(name, name), axis=HE.count, even="=", mirrored=True))]
    assert all(end in one for end in ends for one in drawn)
    assert ends == ["↑ Cost", "Cost →"] if name == "Cost" else ends[1] == f"{LRI}{FSI}{name}{PDI} →{PDI}"


def test_flags_in_hovers_stand_in_a_line_of_their_own_direction():
    drawn = lines([Track("", [Line("", (1.0, 2.0), LIGHT.accent, ("א 1", "א 2"), ("a", "b"), "2")], str)], LIGHT, title="x", ticks=[(0, "a")], count=2, mirrored=True)
    told = [h for t in flagged(drawn, [Flag(1, "16 בנוב׳: מבצע")], LIGHT, mirrored=True).figure.data for h in t.hovertext or () if "⚑" in h]
    assert told == [f"{FSI}א 2{PDI}<br>{FSI}⚑ 16 בנוב׳: מבצע{PDI}"]


def test_notes_and_folded_names_keep_the_isolates_of_their_numbers():
    note = notes_below([f"חציון {AMOUNT}"], LIGHT, False, True, 4)[0][0]
    assert note["text"] == f"{RLI}חציון {AMOUNT}{PDI}"
    assert folded(f"נחיתה {AMOUNT}", 1000, 12) == [f"נחיתה {AMOUNT}"] and wrapped(f"נחיתה {AMOUNT}", 50) == f"נחיתה {AMOUNT}"


def edges(picture, heads) -> list[tuple[float, float]]:
    """Left and right of each head, in pixels from the side the columns stand at."""
    found = []
    for note in picture.figure.layout.annotations:
        shown = kept(note.text.replace(RLI, "").replace(PDI, "").replace("<br>", " "))
        if shown in heads:
            lines_of = [kept(x.replace(RLI, "").replace(PDI, "")) for x in note.text.split("<br>")]
            found.append((note.xshift - max(width_of(x, HEAD) for x in lines_of), note.xshift))
    return sorted(found)


@pytest.mark.parametrize("mirrored", [True, False])
def test_heads_of_columns_neither_meet_nor_reach_out(mirrored):
    kinds = {("עמידה ביעד", "נחיתה"): lambda h: bullets([Bullet("a", "א", 0.7, AMOUNT, "77%", landing=(1, 1.1, 1.2), landing_text="↑ 114%")], LIGHT, title="x", attained=h[0], landing=h[1], target="יעד", mirrored=mirrored),
             ("סכום", "מההכנסות", "שינוי"): lambda h: waterfall([Step("a", "א", 1.0, AMOUNT, "100%", True, change="↑ 21.9%")], LIGHT, title="x", heads=h, mirrored=mirrored),
             ("חלק", "זכייה בהמשך"): lambda h: breakdown([Row("a", "א", 1.0, AMOUNT, share="15%", change="54%")], LIGHT, title="x", heads=Heads(share=h[0], change=h[1]), mirrored=mirrored),
             ("تحقق هدف", "برآورد پایان دوره"): lambda h: bullets([Bullet("a", "ا", 0.7, AMOUNT, "۷۷٪", landing=(1, 1.1, 1.2), landing_text="↑ ۱۱۴٪")], LIGHT, title="x", attained=h[0], landing=h[1], target="هدف", mirrored=mirrored)}
    for heads, drawn in kinds.items():
        places = edges(drawn(heads), heads)
        assert len(places) == len(heads)
        assert all(a[1] < b[0] for a, b in zip(places, places[1:], strict=False)), heads
        assert places[0][0] >= 0 if mirrored else places[-1][1] <= 0, heads


def test_a_head_of_several_words_takes_two_lines_before_it_takes_room_and_short_ones_change_nothing():
    column = NumberColumn("עמידה ביעד", ("77%",), ("#000",), 54, 52)
    assert head_lines(column, True) == ["עמידה", "ביעד"]
    assert fitted(column, True).mirrored_width == 52 and fitted(NumberColumn("Change", ("↑ 9.1%",), ("#000",), 74, 56), True).mirrored_width == 56
    assert head_lines(NumberColumn("of revenue", ("100%",), ("#000",), 66, 46), False) == ["of revenue"]
