"""How much room texts take, round values on an axis, legends and notes in lines that fit, colours of members.

Widths are estimated, a little too large rather than too small: the server does not know the browser's letters.
"""
from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Sequence

from crm_data.output.charts.common import HEAD, escape, side, text
from crm_data.output.charts.direction import FSI, PDI, kept
from crm_data.output.charts.theme import Theme, blend
from crm_data.output.formats import plain

#: Width in pixels a figure has: half a page at 1366 beside the navigation, and a phone's card.
WIDE, NARROW = 470, 320
#: What is not chosen keeps this much of its colour.
FADED = 0.28
_PALETTE = {"light": ("#2459B8", "#CB6A12", "#0A8578", "#7E2E7A", "#5B9FDB", "#5A3A1A"),
            "dark": ("#6FA5F2", "#F0A35E", "#2FB3A3", "#B765C4", "#BCD4F5", "#8C6A1E")}


def palette(theme: Theme) -> tuple[str, ...]:
    """Colours of members in the answer's order, told apart also with a red-green or blue-yellow weakness. The rest are muted."""
    return _PALETTE[theme.name]


def member_colour(place: int, theme: Theme, quiet: bool = False) -> str:
    """The colour of the member at ``place``: always the same on a page; unknown, others and those beyond the palette muted."""
    colours = palette(theme)
    return theme.comparison if quiet or place >= len(colours) else colours[place]


def faded(colour: str, theme: Theme, share: float = FADED) -> str:
    """The colour with ``share`` of its strength left on the surface."""
    return blend(theme.surface, colour, share)


def width_of(words: str, size: float) -> float:
    """Pixels a text of one line takes, about."""
    total = 0.0
    for letter in plain(words):
        if letter in " .,:;'|!il·’()[]-−–":
            total += 0.36 if letter not in "−–" else 0.62
        elif letter.isdigit() or letter.isupper() or letter in "%₪$€+mwMW@":
            total += 0.68 if letter not in "MW@%" else 0.9
        elif unicodedata.east_asian_width(letter) in "WF":
            total += 1.05
        else:
            total += 0.58
    return total * size


def folded(words: str, room: float, size: float, most: int = 3) -> list[str]:
    """A text in up to ``most`` lines of ``room`` pixels; the last may be longer, for nothing is cut."""
    lines: list[str] = [""]
    for word in kept(words).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size) > room and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def round_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """At most ``most`` or so round values between the two, both ends included where they are round."""
    span = high - low
    if span <= 0:
        return [low]
    step = next((m * 10.0 ** e for e in range(-6, 16) for m in (1, 2, 5) if span / (m * 10.0 ** e) <= most), span)
    first = int(low // step)
    return [k * step for k in range(first, int(high // step) + 2) if low - step * 1e-9 <= k * step <= high + step * 1e-9]


def notes_below(words: Sequence[str], theme: Theme, narrow: bool, mirrored: bool, y_shift: float, start: float = 0) -> tuple[list[dict], int]:
    """Muted lines under a figure, and the pixels they take. Each of ``words`` is one sentence; they share lines with " · ".

    ``start``: the margin at the start side, which they stand under too.
    """
    said = " · ".join(kept(w) for w in words if w)
    if not said:
        return [], 0
    room = NARROW if narrow else WIDE
    lines = textwrap.wrap(said, max(20, int(room / (HEAD * 0.51))), break_long_words=False)
    words_of = "<br>".join(side(escape(line), mirrored) for line in lines)
    note = text(1 if mirrored else 0, 0, words_of, theme.muted, HEAD, xref="paper", yref="paper", anchor="right" if mirrored else "left", middle="top",
                xshift=start if mirrored else -start, yshift=-y_shift, align="right" if mirrored else "left")
    return [note], 16 * len(lines) + 4


def legend_above(entries: Sequence[tuple[str, str]], theme: Theme, narrow: bool, mirrored: bool, start: float = 0) -> tuple[list[dict], int]:
    """(colour, name) pairs as one line of words with a square each, folded where it is too long; and the pixels it takes."""
    room, lines, used = NARROW if narrow else WIDE, [[]], 0.0  # type: ignore[var-annotated]
    for colour, name in entries:
        takes = width_of(name, 12) * 0.95 + 24
        rows = folded(name, room - 24, 12) if takes > room else [name]
        if lines[-1] and used + takes > room:
            lines.append([])
            used = 0.0
        # Each entry an isolate of its own: squares else join the names beside them when the page reads from right to left.
        lines[-1].append(side(f'<span style="color:{colour}">■</span> {FSI}{escape(rows[0])}{PDI}' if mirrored else f'<span style="color:{colour}">■</span> {escape(rows[0])}', mirrored))
        lines += [[escape(row)] for row in rows[1:]]
        used += takes
    if not entries:
        return [], 0
    body = "<br>".join(side(" \u2002".join(line), mirrored) for line in lines)
    note = text(1 if mirrored else 0, 1, body, theme.ink, 12, xref="paper", yref="paper", anchor="right" if mirrored else "left", middle="bottom",
                xshift=start if mirrored else -start, yshift=7, align="right" if mirrored else "left")
    return [note], 17 * len(lines) + 9


def apart(ends: Sequence[tuple[float, int]], least: float) -> list[float]:
    """Places of labels at ``(place, lines)`` pushed apart until none covers another, in the order given.

    ``least`` is the height of one line; labels keep the order of their places and stay near them.
    """
    order = sorted(range(len(ends)), key=lambda i: (ends[i][0], i))
    found, below = [0.0] * len(ends), None
    for i in order:
        half = ends[i][1] * least / 2
        found[i] = ends[i][0] if below is None else max(ends[i][0], below + half)
        below = found[i] + half
    if order:
        over = max(found[order[-1]] - ends[order[-1]][0], 0) / 2
        found = [y - over for y in found]
    return found
