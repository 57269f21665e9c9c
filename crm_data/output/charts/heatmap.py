"""Members by months as coloured numbers around 100, or any measure's pattern on one hue."""
from __future__ import annotations

from collections.abc import Sequence

from crm_data.output.charts.common import HEAD, Picture, Rows, bare, escape, listing, text, wrapped
from crm_data.output.charts.theme import Theme, blend, ink_on

LEFT = 92


def heatmap(values: Sequence[Sequence[float | None]], rows: Sequence[str], columns: Sequence[str], theme: Theme, *, title: str,
            low: float = 80, middle: float = 100, high: float = 120, weak: float = 90, estimate: int | None = None,
            keys: Sequence[Sequence[str]] | None = None, texts: Sequence[Sequence[str]] | None = None, mirrored: bool = False, row: int = 44) -> Picture:
    """Cells of ``values`` (None: a dash), coloured from ``low`` to ``high`` around ``middle``; under ``weak`` bold.

    ``estimate`` outlines that column; ``row`` is a row's height. ``keys`` come back from a click. Months run left to right in every language; only the
    labels' side mirrors.
    """
    places = Rows(len(rows), row, 28)
    width = max(len(columns), 1)
    figure = bare(places.height, theme, margin={"l": 0 if mirrored else LEFT, "r": LEFT if mirrored else 0, "t": 0, "b": 0, "pad": 0, "autoexpand": False},
                  xaxis={"range": [-0.5, width - 0.5]}, yaxis={"range": places.range})
    shades = [[_shade(v, low, middle, high, theme) for v in line] for line in values]
    shown = [[texts[r][c] if texts else "–" if v is None else f"{v:.0f}" for c, v in enumerate(line)] for r, line in enumerate(values)]
    notes = [text(c, places.y(0, row / 2 + 12), escape(name), theme.ink if c == estimate else theme.muted, HEAD, anchor="center", bold=c == estimate)
             for c, name in enumerate(columns)]
    for r, name in enumerate(rows):
        notes.append({**text(1 if mirrored else 0, places.y(r), wrapped(name, 14), theme.ink, 12.5, xref="paper", anchor="left", xshift=10 if mirrored else 4 - LEFT)})
        notes += [text(c, places.y(r), shown[r][c], ink_on(shade) if shade else theme.muted, 12, anchor="center", bold=values[r][c] is not None and values[r][c] < weak)
                  for c, shade in enumerate(shades[r])]
    gap_y, gap_x = 1.5 / places.row, 0.03
    shapes = [{"type": "rect", "x0": c - 0.5 + gap_x, "x1": c + 0.5 - gap_x, "y0": places.y(r) - 0.5 + gap_y, "y1": places.y(r) + 0.5 - gap_y,
               "fillcolor": shade, "line": {"width": 0}, "layer": "below"} for r, line in enumerate(shades) for c, shade in enumerate(line) if shade]
    if estimate is not None and rows:
        shapes.append({"type": "rect", "x0": estimate - 0.5, "x1": estimate + 0.49, "y0": -(len(rows) - 0.5), "y1": 0.5, "line": {"color": theme.ink, "width": 1.25}})
    figure.set(annotations=notes, shapes=shapes)
    cells = [(r, c) for r in range(len(rows)) for c in range(len(columns))]
    figure.bars(x=[c for _, c in cells], y=[1] * len(cells), base=[places.y(r) - 0.5 for r, _ in cells], width=1, marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}},
                   customdata=[[keys[r][c] if keys else f"{r}|{c}"] for r, c in cells], hovertemplate="%{hovertext}<extra></extra>",
                   hovertext=[f"{escape(rows[r])} · {escape(columns[c])} · {shown[r][c]}" for r, c in cells],
                   selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}})
    return figure.picture(f"{title}. " + listing(f"{name}: " + ", ".join(f"{c} {s}" for c, s in zip(columns, shown[r], strict=True)) for r, name in enumerate(rows)))


def _shade(value: float | None, low: float, middle: float, high: float, theme: Theme) -> str:
    if value is None:
        return ""
    share = (value - low) / (middle - low) / 2 if value < middle else 0.5 + (value - middle) / (high - middle) / 2
    scale = min(max(share, 0.0), 1.0) * (len(theme.diverging) - 1)
    at = min(int(scale), len(theme.diverging) - 2)
    return blend(theme.diverging[at], theme.diverging[at + 1], scale - at)


