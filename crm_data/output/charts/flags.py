"""Flags on a chart over time: what happened on a day, noted by somebody. The words stand beside the flag where there is room; where
there is none, and for readers, they are in what hovering shows and in the alt text.

Works on a finished ``Picture``: a dotted line at the day, and the flags in a strip added above the plot.
"""
from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import plotly.graph_objects as go

from crm_data.output.charts.common import HEAD, Picture, escape, side, text
from crm_data.output.charts.direction import directed
from crm_data.output.charts.room import NARROW, WIDE, width_of
from crm_data.output.charts.theme import Theme
from crm_data.output.formats import plain

STRIP = 20
#: Pole and pennant, in pixels from the place of the day, upwards.
_PENNANT = "M 0 0 L 0 15 L 9 11.5 L 0 8 Z"
MOST_WORDS = 48


@dataclass(frozen=True)
class Note:
    """Words on a day; ``said`` is the day as the reader writes it ("16 Nov"), for what hovering and readers say."""

    day: date
    text: str
    said: str = ""


@dataclass(frozen=True)
class Flag:
    """Words at a place of the axis (the number of a bucket)."""

    at: float
    text: str


def flags_of(notes: Sequence[Note], starts: Sequence[date], end: date) -> tuple[Flag, ...]:
    """Each note at the bucket that holds its day; ``starts`` are the buckets' first days in order, ``end`` the last day of all.
    Notes outside are left out; several in a bucket become one flag."""
    held: dict[int, list[str]] = {}
    for note in sorted(notes, key=lambda n: n.day):
        if starts and starts[0] <= note.day <= end:
            at = max(i for i, day in enumerate(starts) if day <= note.day)
            held.setdefault(at, []).append(f"{note.said}: {note.text}" if note.said else note.text)
    return tuple(Flag(at, " · ".join(words)) for at, words in held.items())


def flagged(picture: Picture, flags: Sequence[Flag], theme: Theme, *, narrow: bool = False, mirrored: bool = False, room: float = 0) -> Picture:
    """The picture with its flags; the same picture when there are none. ``room``: its width in pixels, where that is known."""
    if not flags:
        return picture
    layout = copy.deepcopy(picture.figure.layout.to_plotly_json())
    pairs = _pairs(layout)
    if not pairs:
        return picture
    shapes, notes = list(layout.get("shapes", ())), list(layout.get("annotations", ()))
    dotted = {"type": "line", "y0": 0, "y1": 1, "layer": "below", "line": {"color": theme.muted, "width": 1, "dash": "2px,3px"}}
    if len({tuple(layout["xaxis" + x[1:]].get("domain") or (0, 1)) for x, _ in pairs}) > 1:
        # Panels beside each other: no room for flags, their lines say where to look.
        shapes += [{**dotted, "xref": x, "yref": f"{y} domain", "x0": f.at, "x1": f.at} for x, y in pairs for f in flags]
    else:
        _strip(layout, notes)
        xref = pairs[0][0]
        shapes += [{**dotted, "xref": xref, "yref": "paper", "x0": f.at, "x1": f.at} for f in flags]
        shapes += [{"type": "path", "path": _PENNANT, "xref": xref, "yref": "paper", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": f.at, "yanchor": 1,
                    "fillcolor": theme.muted, "line": {"color": theme.muted, "width": 1.25}} for f in flags]
        notes += _words(flags, layout, xref, theme, room or (NARROW if narrow else WIDE), mirrored)
    layout.update(shapes=shapes, annotations=notes)
    said = "; ".join(f"⚑ {plain(f.text)}" for f in flags)
    data = [_told(t, flags) for t in picture.figure.to_plotly_json()["data"]]
    return replace(picture, figure=go.Figure({"data": data, "layout": layout}, _validate=False), alt=f"{picture.alt} {said}")


def _strip(layout: dict, notes: list[dict]) -> None:
    """Room for the flags above the plot; what stands there (a legend) moves up."""
    for one in notes:
        if one.get("yref") == "paper" and one.get("y") == 1 and one.get("yanchor") == "bottom":
            one["yshift"] = one.get("yshift", 0) + STRIP
    margin = layout["margin"]
    layout.update(height=int(layout["height"]) + STRIP, margin={**margin, "t": margin.get("t", 0) + STRIP})


def _pairs(layout: dict) -> list[tuple[str, str]]:
    """The axes that are drawn over each other, top left first."""
    found = []
    for name in layout:
        if name.startswith("xaxis"):
            number = name[5:]
            axis, across = layout[name], layout.get(f"yaxis{number}", {})
            found.append(((-(across.get("domain") or [0, 1])[1], (axis.get("domain") or [0, 1])[0]), (f"x{number}", f"y{number}")))
    return [pair for _, pair in sorted(found)]


def _words(flags: Sequence[Flag], layout: dict, xref: str, theme: Theme, width: float, mirrored: bool) -> list[dict]:
    """Words beside the flags that have room for them: up to the next flag, or back to the one before."""
    axis, margin = layout["xaxis" + xref[1:]], layout["margin"]
    low, high = axis.get("range") or [0, 1]
    part = axis.get("domain") or [0, 1]
    room = (width - margin.get("l", 0) - margin.get("r", 0)) * (part[1] - part[0])
    pixels = [(f.at - low) / ((high - low) or 1) * room for f in flags]
    found, taken = [], 0.0
    for i, flag in enumerate(flags):
        words = flag.text if len(flag.text) <= MOST_WORDS else ""
        wide = width_of(words, HEAD) + 18
        after = (pixels[i + 1] if i + 1 < len(flags) else room + margin.get("r", 0)) - pixels[i]
        if not words:
            continue
        if wide <= after:
            found.append(text(flag.at, 1, side(escape(words), mirrored), theme.muted, HEAD, xref=xref, yref="paper", xshift=13, yshift=11))
            taken = pixels[i] + wide
        elif pixels[i] - wide >= max(taken, pixels[i - 1] + 14 if i else 0.0):
            found.append(text(flag.at, 1, side(escape(words), mirrored), theme.muted, HEAD, anchor="right", xref=xref, yref="paper", xshift=-5, yshift=11))
            taken = pixels[i] + 14
    return found


def _told(trace: dict, flags: Sequence[Flag]) -> dict:
    """A trace whose hover texts say the flags of their buckets."""
    texts, along = trace.get("hovertext"), trace.get("x")
    if not isinstance(texts, list | tuple) or along is None or len(along) != len(texts) or trace.get("orientation") == "h":
        return trace
    words = {f.at: directed(f"⚑ {escape(f.text)}", False) for f in flags}
    return {**trace, "hovertext": [f"{t}<br>{words[x]}" if x in words and t else t for x, t in zip(along, texts, strict=True)]}
