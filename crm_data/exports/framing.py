"""A picture that stands alone: its title and sentence above it, where its numbers come from under it."""
from __future__ import annotations

import copy
from dataclasses import replace

import plotly.graph_objects as go

from crm_data.exports.document import Document, Part
from crm_data.exports.pictures import WIDTH
from crm_data.exports.wording import formats_of, merged, origin, words_of
from crm_data.output.charts import LIGHT, Picture
from crm_data.output.charts.common import escape, side, text
from crm_data.output.charts.room import folded
from crm_data.output.formats import plain

_TITLE, _SENTENCE, _FOOT = 20, 13, 11


def framed(part: Part, document: Document, width: int = WIDTH) -> Picture:
    """The part's picture with its title, sentence, filters and origin in it, ``width`` pixels wide. The part must have a picture."""
    assert part.picture is not None
    passport, rtl = merged(part, document), document.rtl
    title = folded(part.title, width - 28, _TITLE * 1.02, 3)
    sentence = folded(part.sentence, width - 28, _SENTENCE, 4) if part.sentence else []
    said = " · ".join(p for p in (plain(passport.filters) if passport.filters and plain(passport.filters) not in plain(part.sentence) else "", plain(passport.comparison),
                                  origin(passport, words_of(document), formats_of(document))) if p)
    foot = folded(said, width - 28, _FOOT, 4) if said else []
    head = 25 * len(title) + 18 * len(sentence) + 18
    tail = 16 * len(foot) + 14 if foot else 0
    figure = copy.deepcopy(part.picture.figure.to_plotly_json())
    layout, margin = figure["layout"], dict(figure["layout"].get("margin") or {})
    top, bottom, start = margin.get("t", 0), margin.get("b", 0), margin.get("r" if rtl else "l", 0)
    at = {"xref": "paper", "yref": "paper", "anchor": "right" if rtl else "left", "align": "right" if rtl else "left", "xshift": start if rtl else -start}
    x = 1 if rtl else 0
    notes = [text(x, 1, _lines(title, rtl), LIGHT.ink, _TITLE, middle="top", yshift=top + head, bold=True, **at)]
    if sentence:
        notes.append(text(x, 1, _lines(sentence, rtl), LIGHT.muted, _SENTENCE, middle="top", yshift=top + head - 25 * len(title) - 5, **at))
    if foot:
        notes.append(text(x, 0, _lines(foot, rtl), LIGHT.muted, _FOOT, middle="top", yshift=-bottom - 12, **at))
    figure["layout"] = {**layout, "height": part.picture.height + head + tail, "margin": {**margin, "t": top + head, "b": bottom + tail},
                        "annotations": [*layout.get("annotations", ()), *notes]}
    return replace(part.picture, figure=go.Figure(figure, _validate=False), alt=f"{plain(part.title)}. {part.picture.alt}")


def _lines(lines: list[str], rtl: bool) -> str:
    return "<br>".join(side(escape(line), rtl) for line in lines)
