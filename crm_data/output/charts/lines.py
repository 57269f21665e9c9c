"""Lines over time with their names and last values at their ends; several measures stand under each other, each on its own scale.

Time runs left to right in every language. Buckets that are not whole are drawn dashed and hollow.
"""
from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Chart, Draft, Picture, bare, escape, listing, text
from crm_data.output.charts.direction import directed
from crm_data.output.charts.room import (
    NARROW,
    WIDE,
    apart,
    faded,
    folded,
    legend_above,
    notes_below,
    round_ticks,
    width_of,
)
from crm_data.output.charts.theme import Theme

END = 12


@dataclass(frozen=True)
class Line:
    """One member: values by bucket, the hover texts and the keys of its points (None: no click); ``end`` is its last value, formatted."""

    label: str
    values: tuple[float | None, ...]
    colour: str
    hovers: tuple[str, ...]
    keys: tuple[str | None, ...]
    end: str = ""
    before: tuple[float | None, ...] = ()
    lit: bool = True
    #: Places of chosen points.
    picked: frozenset[int] = frozenset()
    #: A line among others too many to name: thin, without a name.
    plain: bool = False


@dataclass(frozen=True)
class Track:
    """The lines of one measure. ``axis`` formats a round value; ``zero`` keeps nought in sight."""

    head: str
    lines: tuple[Line, ...]
    axis: Callable[[float], str]
    zero: bool = True


def lines(tracks: Sequence[Track], theme: Theme, *, title: str, ticks: Sequence[tuple[int, str]], count: int, partial: Collection[int] = (),
          notes: Sequence[str] = (), narrow: bool = False, mirrored: bool = False, names: Sequence[str] = ()) -> Picture:
    """``count`` buckets; ``ticks`` are (bucket, label); ``partial`` buckets are drawn dashed; ``names`` of all buckets, for files."""
    room = NARROW if narrow else WIDE
    named = [line for t in tracks for line in t.lines if not line.plain and (line.label or line.end)]
    most = min(room * (0.36 if narrow else 0.3), max((width_of(f"{line.label} {line.end}", END) for line in named), default=30))
    ends = {id(line): _end_words(line, most) for line in named}
    legend: tuple[list[dict], int] = ([], 0)
    start = max((width_of(t.axis(v), HEAD) for t in tracks for v in value_scale(t.lines, t.zero)[1]), default=0) + 8
    right = max((width_of(row, END) for rows in ends.values() for row in rows), default=20) + 24
    if right > room * 0.5:
        # Names too long for the ends of the lines are named above; the ends keep their values.
        names = {line.label: line.colour for line in named}
        ends = {id(line): [line.end] for line in named}
        right = max((width_of(line.end, END) for line in named), default=20) + 24
        legend = legend_above([(colour, name) for name, colour in names.items()], theme, narrow, mirrored, right if mirrored else start)
    each = {1: 260, 2: 170}.get(len(tracks), 140)
    deep = max((label.count("<br>") for _, label in ticks), default=0)
    # Time runs to the right in every language: the axis' numbers stand left, and the notes are put from there.
    below, foot = notes_below(notes, theme, narrow, mirrored, 24 + 14 * deep, right if mirrored else start)
    bottom = 22 + 14 * deep + foot
    height = each * len(tracks) + bottom + legend[1]
    figure = bare(height, theme, margin={"l": start, "r": right, "t": legend[1], "b": bottom, "pad": 0, "autoexpand": False})
    alt = f"{title}. " + listing(_said(tracks), 40)
    figure.set(annotations=[*legend[0], *below])
    for i, track in enumerate(tracks):
        domain = [max(0.0, 1 - (i + 1) / len(tracks)), min(1.0, 1 - i / len(tracks))]
        _track(figure, track, i, domain, each, count, sorted(partial), theme, ends, len(tracks) > 1, last=i == len(tracks) - 1, ticks=ticks, start=start)
    return figure.picture(alt, *charts_of(tracks, count, names or _tick_names(ticks, count)))


def _tick_names(ticks: Sequence[tuple[int, str]], count: int) -> list[str]:
    """A name a bucket where only some carry a label: the label, else its place."""
    known = {at: label.replace("<br>", " ") for at, label in ticks}
    return [known.get(k, str(k + 1)) for k in range(count)]


def charts_of(tracks: Sequence[Track], count: int, names: Sequence[str]) -> list[Chart]:
    """The numbers of the lines, a chart a measure."""
    found = []
    for track in tracks:
        every = [(line.label or track.head, (*line.values, *(None,) * count)[:count]) for line in track.lines]
        before = [(*line.before, *(None,) * count)[:count] for line in track.lines]
        known = len(track.lines) <= 3 and any(v is not None for values in before for v in values)
        found.append(Chart("line", tuple(names), tuple(every), tuple(before) if known else (), sample=next((line.end for line in track.lines if line.end), ""),
                           title=track.head if len(tracks) > 1 else "", colours=tuple(line.colour for line in track.lines)))
    return found


def _said(tracks: Sequence[Track]) -> list[str]:
    """Every point of up to three lines in words, the last ones of more."""
    listed = [(t, line) for t in tracks for line in t.lines if not line.plain]
    if len(listed) <= 3:
        return [f"{t.head}: {words}" if len(tracks) > 1 and k == 0 else words for t, line in listed
                for k, words in enumerate(h for h, v in zip(line.hovers, line.values, strict=True) if v is not None)]
    return [f"{t.head + ' ' if t.head and len(tracks) > 1 else ''}{line.label} {line.end}".strip() for t, line in listed]


def _end_words(line: Line, most: float) -> list[str]:
    """The words at a line's end: on one line where they fit."""
    if not line.label:
        return [line.end]
    whole = f"{line.label} {line.end}".strip()
    return [whole] if width_of(whole, END) <= most else [*folded(line.label, most, END, 2), *([line.end] if line.end else [])]


def _track(figure: Draft, track: Track, i: int, domain: list[float], each: int, count: int, partial: list[int], theme: Theme, ends: dict[int, list[str]],
           headed: bool, *, last: bool, ticks: Sequence[tuple[int, str]], start: float) -> None:
    number = "" if i == 0 else str(i + 1)
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    top, grid = value_scale(track.lines, track.zero)
    head = 24 if headed else 8
    plot = each - head - (12 if not last else 0)
    domain = [domain[0] + (domain[1] - domain[0]) * ((12 if not last else 0) / each), domain[1] - (domain[1] - domain[0]) * head / each]
    spare = max(0.35, (count - 1) * 0.02)
    axis = {"visible": last, "fixedrange": True, "range": [-spare, count - 1 + max(0.1, (count - 1) * 0.01)], "anchor": f"y{number}", "showgrid": False, "zeroline": False,
            "tickvals": [t for t, _ in ticks], "ticktext": [label for _, label in ticks], "tickfont": {"size": HEAD, "color": theme.muted}, "tickangle": 0,
            "ticklabeloverflow": "allow", "showline": False}
    figure.set(**{f"xaxis{number}": axis, f"yaxis{number}": {"visible": False, "fixedrange": True, "domain": domain, "anchor": f"x{number}", "range": list(top)}})
    for value in grid:
        figure.shapes({"type": "line", "xref": "paper", "yref": f"y{number}", "x0": 0, "x1": 1, "y0": value, "y1": value, "layer": "below",
                       "line": {"color": theme.comparison if value == 0 else theme.grid, "width": 1}})
        figure.layout["annotations"].append(text(0, value, escape(track.axis(value)), theme.muted, HEAD, xref="paper", yref=f"y{number}", anchor="right", xshift=-6))
    if headed:
        figure.layout["annotations"].append(text(0, domain[1], escape(track.head), theme.ink, 12.5, xref="paper", yref="paper", middle="bottom", yshift=6, xshift=-start))
    for line in sorted(track.lines, key=lambda one: (not one.plain, one.lit)):
        _line(figure, line, partial, theme, axes)
    _end_notes(figure, track, theme, ends, (top[1] - top[0]) / plot, number)
    _click_points(figure, track, axes, top)


def value_scale(lines_of: Sequence[Line], zero: bool) -> tuple[tuple[float, float], list[float]]:
    """The range of the values' axis and its round values; with ``zero``, or where the lines come near it, from nought."""
    known = [v for line in lines_of for v in (*line.values, *line.before) if v is not None] or [0.0]
    low, high = min(known), max(known)
    if zero or (low > 0 and low < 0.35 * high):
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low - abs(low) * 0.1 or 0.0, high + (abs(high) * 0.1 or 1.0))
    spare = (high - low) * 0.07
    bottom, top = (low - spare if low else 0.0 - spare * 0.2), high + spare
    return (bottom, top), [v for v in round_ticks(bottom, top - spare * 0.4) if v >= bottom]


def _line(figure: Draft, line: Line, partial: list[int], theme: Theme, axes: dict) -> None:
    colour = line.colour if line.lit else faded(line.colour, theme)
    width = 1 if line.plain else 2.25
    common = {"mode": "lines", "hoverinfo": "skip", **axes}
    if any(v is not None for v in line.before):
        shade = theme.comparison if len(line.before) and line.colour == theme.accent else faded(line.colour, theme, 0.45)
        figure.line(x=list(range(len(line.before))), y=list(line.before), line={"color": shade if line.lit else faded(shade, theme), "width": 1.5, "dash": "solid"}, **common)
    whole = [None if k in partial else v for k, v in enumerate(line.values)]
    figure.line(x=list(range(len(whole))), y=whole, line={"color": colour, "width": width}, **common)
    for k in partial:
        # From the neighbour that is whole to the one that is not.
        for other in (k - 1, k + 1):
            if 0 <= other < len(line.values) and (other not in partial or other > k):
                figure.line(x=[k, other], y=[line.values[k], line.values[other]], line={"color": colour, "width": width, "dash": "3px,3px"}, **common)
    if line.plain:
        return
    dots = [k for k, v in enumerate(line.values) if v is not None and (k in partial or k == _last(line) or k in line.picked or len(line.values) <= 12 or _alone(line, k))]
    figure.line(x=dots, y=[line.values[k] for k in dots], mode="markers", hoverinfo="skip", cliponaxis=False, **axes,
                marker={"size": [10 if k in line.picked else 7 if k == _last(line) or k in partial else 5 for k in dots],
                        "color": [theme.surface if k in partial and k not in line.picked else colour for k in dots],
                        "line": {"color": colour, "width": [2 if k in partial else 0 for k in dots]}})


def _last(line: Line) -> int:
    return next((k for k in reversed(range(len(line.values))) if line.values[k] is not None), -1)


def _alone(line: Line, k: int) -> bool:
    """A value between two that are not known would be no line at all."""
    values = line.values
    return (k == 0 or values[k - 1] is None) and (k + 1 >= len(values) or values[k + 1] is None)


def _end_notes(figure: Draft, track: Track, theme: Theme, ends: dict[int, list[str]], unit: float, number: str) -> None:
    listed = [(line, ends[id(line)]) for line in track.lines if id(line) in ends and _last(line) >= 0]
    places = apart([(line.values[_last(line)] or 0.0, len(words)) for line, words in listed], unit * 15.5)
    several = len([one for one in track.lines if not one.plain]) > 1
    for (line, words), y in zip(listed, places, strict=True):
        square = f'<span style="color:{line.colour if line.lit else faded(line.colour, theme)}">■</span> ' if several else ""
        # The square stays beside its line, whichever way the words run.
        body = square + directed("<br>".join(escape(w) for w in words), False)
        figure.layout["annotations"].append(text(1, y, body, theme.ink if line.lit else theme.muted, END, xref="paper", yref=f"y{number}", xshift=9,
                                                 bold=not several))


def _click_points(figure: Draft, track: Track, axes: dict, top: tuple[float, float]) -> None:
    """One line: the whole column of a bucket takes the click. Several: a wide transparent dot at each point."""
    able = [line for line in track.lines if not line.plain]
    if len(able) == 1:
        line = able[0]
        at = [k for k in range(len(line.values)) if line.keys[k] is not None]
        figure.bars(x=at, y=[top[1] - top[0]] * len(at), base=[top[0]] * len(at), width=1, marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}}, **axes,
                    customdata=[[line.keys[k]] for k in at], hovertext=[escape(line.hovers[k]) for k in at], hovertemplate="%{hovertext}<extra></extra>",
                    selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}}, name="points")
        return
    points = [(line, k) for line in track.lines for k in range(len(line.values)) if line.values[k] is not None and line.keys[k] is not None]
    figure.line(x=[k for _, k in points], y=[line.values[k] for line, k in points], mode="markers", name="points", cliponaxis=False, **axes,
                marker={"size": 18, "color": "rgba(0,0,0,0)", "line": {"width": 0}}, customdata=[[line.keys[k]] for line, k in points],
                hovertext=[escape(line.hovers[k]) for line, k in points], hovertemplate="%{hovertext}<extra></extra>",
                selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
