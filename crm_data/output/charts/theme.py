"""Colours by what they are for, light and dark. The same colour means the same thing on every page."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """Colour roles. ``accent`` is the value of the chosen period; good and bad follow a measure's ``better``."""

    name: str
    surface: str
    ink: str
    muted: str
    line: str
    grid: str
    track: str
    accent: str
    accent_soft: str
    band: str
    comparison: str
    comparison_soft: str
    good: str
    bad: str
    warn: str
    diverging: tuple[str, ...]
    categories: tuple[str, ...]

    def tone(self, tone: str) -> str:
        """Colour of a judgement: good, bad, warn, or muted for none."""
        return {"good": self.good, "bad": self.bad, "warn": self.warn}.get(tone, self.muted)


LIGHT = Theme(
    "light", surface="#FFFFFF", ink="#16202E", muted="#5B6675", line="#E1E5EB", grid="#EDF0F4", track="#EDF0F4",
    accent="#2459B8", accent_soft="#C9D9F3", band="rgba(36,89,184,.16)", comparison="#9AA5B4", comparison_soft="#D5DBE3",
    good="#0A7268", bad="#AD430B", warn="#7F5700",
    diverging=("#9A3A0C", "#C2571C", "#DE8A55", "#F0B893", "#F8E0D0", "#D8EDEA", "#A3D5CF", "#5FB5AC", "#23897F", "#0A6259"),
    categories=("#2459B8", "#CB6A12", "#0A8578", "#7E2E7A", "#8592A6"))
DARK = Theme(
    "dark", surface="#161B22", ink="#E7EBF0", muted="#A3AEBC", line="#2B333F", grid="#232A34", track="#252D38",
    accent="#6FA5F2", accent_soft="#2A4468", band="rgba(127,176,245,.20)", comparison="#77839A", comparison_soft="#3A4452",
    good="#5BD0C1", bad="#F6A273", warn="#E6BF66",
    diverging=("#F9AC7D", "#DB7F49", "#AB582D", "#783C1E", "#472C22", "#1E3735", "#1D534E", "#21766E", "#35A094", "#72D2C6"),
    categories=("#6FA5F2", "#F0A35E", "#2FB3A3", "#B765C4", "#CBD3DE"))


def theme(name: str) -> Theme:
    """The roles of "light" or "dark"."""
    return DARK if name == "dark" else LIGHT


def ink_on(colour: str) -> str:
    """Black-ish or white, whichever reads better on ``colour`` (#RRGGBB), by WCAG contrast."""
    level = luminance(colour)
    return "#FFFFFF" if 1.05 / (level + 0.05) > (level + 0.05) / (luminance("#05070A") + 0.05) else "#05070A"


def luminance(colour: str) -> float:
    """WCAG relative luminance of #RRGGBB, 0-1."""
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def blend(low: str, high: str, share: float) -> str:
    """The colour ``share`` of the way from ``low`` to ``high``."""
    mixed = [round(int(low[i:i + 2], 16) + (int(high[i:i + 2], 16) - int(low[i:i + 2], 16)) * share) for i in (1, 3, 5)]
    return "#" + "".join(f"{c:02X}" for c in mixed)
