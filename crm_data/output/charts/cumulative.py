"""A running sum toward the end of a period: now, last year, the target and where it is likely to land."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm_data.output.charts.common import HEAD, Chart, Draft, Picture, bare, escape, listing, reach, text
from crm_data.output.charts.theme import Theme

HEIGHT, RIGHT, PADDING = 300, 118, 0.12


@dataclass(frozen=True)
class Landing:
    """Where the period is likely to end: the middle and the band around it (equal to the middle when not known)."""

    low: float
    middle: float
    high: float


def cumulative(now: Sequence[float], before: Sequence[float], names: Sequence[str], theme: Theme, *, title: str,
               value: Callable[[float], str], words: dict[str, str], target: float | None = None, landing: Landing | None = None,
               pace: Sequence[float] = (), ticks: Sequence[tuple[int, str]] = (), axis: Callable[[float], str] | None = None,
               height: int = HEIGHT, narrow: bool = False, stretch: float | None = None) -> Picture:
    """Running sums by bucket. ``names`` has one name a bucket of the whole period (shown when hovering); ``now`` may be shorter.

    ``words`` gives the direct labels "now", "before", "target", "landing", "pace" and "stretch" (what would be more than enough: a thinner line). ``ticks`` are (bucket, label).
    The time axis runs left to right in every language.
    """
    right = 110 if narrow else RIGHT
    # Room for the first tick's label, which stands in the middle of its day.
    start = (0.055 if narrow else 0.026) * (1.6 if ticks and ticks[0][0] == 0 and len(ticks[0][1]) > 3 else 1)
    last = max(len(names), len(now), len(before), 2) - 1
    top = max([*now, *before, *pace, target or 0, stretch or 0, landing.high if landing else 0, 0.0]) * 1.06 or 1.0
    bottom = min([*now, *before, 0.0]) * 1.06
    figure = bare(height, theme, hovermode="x unified", margin={"l": 0, "r": right, "t": 8, "b": 24, "pad": 0, "autoexpand": False},
                  xaxis={"visible": True, "fixedrange": True, "range": [-last * start, last * 1.0], "showgrid": False, "zeroline": False,
                         "tickvals": [t[0] for t in ticks], "ticktext": [t[1] for t in ticks], "tickfont": {"size": HEAD, "color": theme.muted},
                         "ticklabeloverflow": "allow", "tickangle": 0, "showline": True, "linecolor": theme.line},
                  yaxis={"visible": False, "fixedrange": True, "range": [bottom, top]})
    _lines(figure, now, before, pace, names, theme, value, words)
    ends = [(before[-1], f"{words['before']} {value(before[-1])}", theme.muted)] if before else []
    if target is not None:
        figure.shapes({"type": "line", "x0": 0, "x1": last, "y0": target, "y1": target, "line": {"color": theme.ink, "width": 1.5, "dash": "4px,3px"}})
        ends.append((target, f"{words['target']} {value(target)}", theme.ink))
    if stretch is not None:
        figure.shapes({"type": "line", "x0": 0, "x1": last, "y0": stretch, "y1": stretch, "line": {"color": theme.muted, "width": 1, "dash": "1px,3px"}})
        ends.append((stretch, f"{words['stretch']} {value(stretch)}", theme.muted))
    if landing and now:
        _fan(figure, len(now) - 1, now[-1], last, landing, theme)
        ends.append((landing.middle, f"{words['landing']} {value(landing.middle)}", theme.accent))
    elif pace:
        ends.append((pace[-1], f"{words['pace']} {value(pace[-1])}", theme.muted))
    if now and (len(now) - 1 >= last * 0.9 and not landing):
        ends.append((now[-1], f"{words['now']} {value(now[-1])}", theme.accent))
    # Beside the lines there is room for the longest of their labels, whatever the language; not for more than half a phone.
    figure.set(margin={"r": min(max(right, 8 + max((reach(label, 11.5) for _, label, _ in ends), default=0.0)), 165 if narrow else 190)})
    notes = [text(last, y, escape(label), colour, 11.5, xshift=8) for y, label, colour in _apart(ends, (top - bottom) / (height - 32) * 17)]
    grid = _grid(bottom, top)
    notes += [text(0, y, (axis or value)(y), theme.muted, HEAD, xref="paper", middle="bottom", yshift=3) for y in grid]
    if now and not (len(now) - 1 >= last * 0.9 and not landing):
        leftish = len(now) - 1 < last * 0.2
        notes.append(text(len(now) - 1, now[-1], value(now[-1]), theme.accent, 13, anchor="left" if leftish else "right", middle="bottom",
                          xshift=8 if leftish else -7, yshift=3, bold=True))
    figure.set(annotations=notes)
    figure.shapes(*({"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": y, "y1": y, "line": {"color": theme.grid, "width": 1}, "layer": "below"} for y in grid))
    said = [f"{words['now']} {value(now[-1])}" if now else "", *(label for _, label, _ in ends)]
    return figure.picture(f"{title}. " + listing(dict.fromkeys(s for s in said if s)), _chart(now, before, pace, names, target, words, value, theme, last + 1))


def _chart(now: Sequence[float], before: Sequence[float], pace: Sequence[float], names: Sequence[str], target: float | None, words: dict[str, str],
           value: Callable[[float], str], theme: Theme, count: int) -> Chart:
    """The running sums; the target as a level line."""
    drawn = [(words["now"], now, theme.accent), (words["before"], before, theme.comparison), (words.get("pace", ""), pace, theme.muted)]
    if target is not None:
        drawn.append((words["target"], [target] * count, theme.ink))
    kept = [(name, tuple([*line, *[None] * count][:count]), colour) for name, line, colour in drawn if line]
    return Chart("line", tuple([*names, *(str(k + 1) for k in range(len(names), count))]), tuple((name, line) for name, line, _ in kept),
                 sample=value(max([*now, *before, target or 0.0, 0.0])), colours=tuple(colour for _, _, colour in kept))


def _lines(figure: Draft, now: Sequence[float], before: Sequence[float], pace: Sequence[float], names: Sequence[str], theme: Theme,
           value: Callable[[float], str], words: dict[str, str]) -> None:
    for line, colour, width, dash, name in ((pace, theme.muted, 1.25, "2px,3px", words.get("pace", "")),
                                            (before, theme.comparison, 1.5, "solid", words["before"]), (now, theme.accent, 2.5, "solid", words["now"])):
        if not line:
            continue
        shown = [f"{escape(names[i]) + ' · ' if name == words['now'] and i < len(names) else ''}{escape(name)} {value(v)}" for i, v in enumerate(line)]
        figure.line(x=list(range(len(line))), y=list(line), mode="lines", line={"color": colour, "width": width, "dash": dash},
                           hovertext=shown, hovertemplate="%{hovertext}<extra></extra>", name=name)
    if now:
        figure.line(x=[len(now) - 1], y=[now[-1]], mode="markers", hoverinfo="skip", cliponaxis=False,
                           marker={"color": theme.accent, "size": 8, "line": {"color": theme.surface, "width": 1.5}})
    # The unified hover shows the bucket's number otherwise.
    figure.set(xaxis={"unifiedhovertitle": {"text": ""}})


def _fan(figure: Draft, at: int, value: float, last: int, landing: Landing, theme: Theme) -> None:
    if at >= last:
        return
    figure.line(x=[at, last, last, at], y=[value, landing.high, landing.low, value], mode="lines", fill="toself", fillcolor=theme.band,
                       line={"width": 0}, hoverinfo="skip")
    figure.line(x=[at, last], y=[value, landing.middle], mode="lines", hoverinfo="skip", line={"color": theme.accent, "width": 1.5, "dash": "2px,3px"})


def _apart(ends: list[tuple[float, str, str]], least: float) -> list[tuple[float, str, str]]:
    """End labels pushed apart until none covers another, lowest first, keeping their order."""
    placed: list[tuple[float, str, str]] = []
    for y, label, colour in sorted(ends, key=lambda e: e[0]):
        placed.append((max(y, placed[-1][0] + least) if placed else y, label, colour))
    # What was pushed up is shared out downwards, so that labels stay near their lines.
    over = (placed[-1][0] - max(e[0] for e in ends)) / 2 if placed else 0
    return [(y - over, label, colour) for y, label, colour in placed]


def _grid(bottom: float, top: float) -> list[float]:
    """Two to four round values inside the plot, zero left out."""
    span = top - bottom
    step = next((m * 10 ** e for e in range(-4, 15) for m in (1, 2, 5) if span / (m * 10 ** e) <= 4.2), span)
    first = int(bottom // step)
    return [k * step for k in range(first, int(top // step) + 1) if k and bottom < k * step < top * 0.985]
