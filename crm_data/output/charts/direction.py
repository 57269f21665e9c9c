"""Which way the words of a chart run. The drawing itself always runs from left to right (its direction is the browser's business, not the
page's), so words of a right-to-left language and the numbers beside them have to say their direction themselves, line by line.

Formatted numbers bring isolates of their own (output.formats); they are kept here, and the line around them is made an isolate too.
"""
from __future__ import annotations

import re

from crm_data.output.formats import plain

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_OPENS = LRI + RLI + FSI
_TAG = re.compile(r"<[^<>]*>")
_ISOLATES = re.compile(f"([{_OPENS}{PDI}])")
#: Letters of Hebrew and of the Arabic script; Persian's digits are no letters, they run as others do.
_RIGHT = re.compile("[\u05d0-\u05ea\u05f0-\u05f2\u0620-\u065f\u066e-\u06d3\u06d5\u06fa-\u06ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff]")


def kept(text: object) -> str:
    """Text without what turns the direction or controls a terminal, but with its isolates where each is closed: a number's own."""
    parts = _ISOLATES.split("" if text is None else str(text))
    return "".join(p if i % 2 else plain(p) for i, p in enumerate(parts) if not i % 2 or _pairs(parts[1::2]))


def _pairs(signs: list[str]) -> bool:
    depth = 0
    for sign in signs:
        depth += 1 if sign in _OPENS else -1
        if depth < 0:
            return False
    return depth == 0


def side(text: str, mirrored: bool) -> str:
    """A text that holds letters and numbers, kept in its own order when the page reads from right to left. A name in Latin letters alone
    runs as it is written: its full stop and brackets stay where they belong."""
    if not mirrored:
        return text
    shown = _TAG.sub("", text)
    latin = _LEFT.search(shown) and not _RIGHT.search(shown) and not _ISOLATES.search(shown)
    return f"{FSI}{text}{PDI}" if latin else f"{RLI}{_leftward(text)}{PDI}"


def pointed(words: str, before: str = "", after: str = "") -> str:
    """Words with an arrow that shows a direction on the drawing: it stays at its end whichever way the words run."""
    return f"{LRI}{before}{FSI}{words}{PDI}{after}{PDI}" if _RIGHT.search(words) else f"{before}{words}{after}"


def onward(before: str, now: str, mirrored: bool) -> str:
    """From one value to the next, the arrow pointing the way people read."""
    return f"{RLI}{before} ← {now}{PDI}" if mirrored else f"{before} → {now}"


def directed(text: str, mirrored: bool) -> str:
    """Every line that holds letters from right to left made an isolate, unless it stands in one; lines of a drawn text are split by ``<br>``."""
    if not _RIGHT.search(text):
        return text
    lines = [(line, bool(_RIGHT.search(_outside(line)))) for line in text.split("<br>")]
    return "<br>".join(line if not right else f"{RLI}{_leftward(line)}{PDI}" if mirrored else f"{FSI}{line}{PDI}" for line, right in lines)


def _leftward(line: str) -> str:
    """A line read from right to left goes on to the left: so does its arrow from an old value to a new one."""
    return line.replace("→", "←")


def _outside(line: str) -> str:
    """What of a line stands in no isolate."""
    found, depth = [], 0
    for i, part in enumerate(_ISOLATES.split(_TAG.sub("", line))):
        if i % 2:
            depth += 1 if part in _OPENS else -1
        elif depth <= 0:
            found.append(part)
    return "".join(found)


def mirrored_page(texts: list[str]) -> bool:
    """Whether the texts belong to a page that reads from right to left: there, and only there, numbers stand in isolates."""
    return any(LRI in t or RLI in t for t in texts)


def direct(data: list[dict], layout: dict) -> None:
    """Give all words of a drawing their direction: notes, names along the axes, and what hovering shows."""
    notes, axes = layout.get("annotations") or [], [v for k, v in layout.items() if k[1:5] == "axis" and isinstance(v, dict) and v.get("ticktext")]
    hovers = [t for t in data if isinstance(t.get("hovertext"), list | tuple)]
    mirrored = mirrored_page([n["text"] for n in notes if n.get("text")] + [str(h) for t in hovers for h in t["hovertext"][:3]])
    for note in notes:
        note["text"] = directed(note["text"], mirrored) if note.get("text") else note.get("text")
    for axis in axes:
        axis["ticktext"] = [directed(str(t), mirrored) for t in axis["ticktext"]]
    for trace in hovers:
        trace["hovertext"] = [directed(h, mirrored) if isinstance(h, str) else h for h in trace["hovertext"]]
