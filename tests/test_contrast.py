"""Contrast, computed: every text colour of the theme, of our stylesheets and of figures on the grounds it stands on (WCAG 1.4.3, 1.4.11)."""
from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from crm_data.output.charts.theme import DARK, LIGHT, blend, ink_on, luminance

ROOT = Path(__file__).parents[1]
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
SCHEMES = ("light", "dark")
CANVAS = {"light": "#F5F6F9", "dark": "#0E1217"}
TEXT, MARK = 4.5, 3.0
HUES = ("green", "red", "orange", "yellow", "blue", "violet", "gray")
PAIR = r"light-dark\((#[0-9A-Fa-f]{6}),\s*(#[0-9A-Fa-f]{6})\)"


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours #RRGGBB, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def grounds(scheme: str) -> dict[str, str]:
    """Everything a text may stand on, by name."""
    own = THEMES[scheme]
    return {"card": own["backgroundColor"], "second": own["secondaryBackgroundColor"], "canvas": CANVAS[scheme], "sidebar": own["sidebar"]["backgroundColor"]}


def styles() -> dict[str, str]:
    """Our stylesheets: the files, and the constants in the pages' parts."""
    found = {path.name: path.read_text() for path in [*ROOT.glob("pages/**/*.css"), ROOT / "pages/parts/sign_in.html"]}
    return found | {path.name: path.read_text() for path in ROOT.glob("pages/**/*.py") if "light-dark(" in path.read_text()}


def rules(text: str) -> list[tuple[str, str]]:
    return [(a.strip().splitlines()[-1] if a.strip() else "", b) for a, b in re.findall(r"([^{}]*)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_texts_of_the_theme_stand_out_from_every_ground(scheme):
    own = THEMES[scheme]
    for name, ground in grounds(scheme).items():
        for role in ("textColor", "linkColor", "primaryColor", *(f"{hue}TextColor" for hue in HUES)):
            assert contrast(own[role], ground) >= TEXT, (role, name, round(contrast(own[role], ground), 2))
    for hue in HUES:
        assert contrast(own[f"{hue}TextColor"], own[f"{hue}BackgroundColor"]) >= TEXT, hue
    assert contrast(own["dataframeHeaderTextColor"], own["dataframeHeaderBackgroundColor"]) >= TEXT
    # A primary button's words are black or white, whichever the front end takes: one of them must do.
    assert contrast(ink_on(own["primaryColor"]), own["primaryColor"]) >= TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
def test_texts_of_our_stylesheets_stand_out_from_what_is_behind_them(scheme):
    at, seen = SCHEMES.index(scheme), 0
    for file, text in styles().items():
        for where, body in rules(text):
            colour = re.search(rf"(?<![-\w])color:{PAIR}", body)
            if not colour:
                continue
            seen += 1
            own = re.search(rf"(?<![-\w])background(?:-color)?:{PAIR}", body)
            behind = {"own": own.group(at + 1)} if own else {"button": THEMES[scheme]["primaryColor"]} if "BaseButton-primary" in where else grounds(scheme)
            for name, ground in behind.items():
                assert contrast(colour.group(at + 1), ground) >= TEXT, (file, where, name)
    assert seen >= 15


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=SCHEMES)
def test_texts_and_marks_of_figures_stand_out(look):
    for ground in (look.surface, CANVAS[look.name]):
        for role in ("ink", "muted", "accent", "good", "bad", "warn"):
            assert contrast(getattr(look, role), ground) >= TEXT, (role, ground)
    for colour in look.categories:
        assert contrast(colour, look.surface) >= MARK, colour
    for colour in (look.accent, *look.diverging, *look.categories):
        assert round(contrast(ink_on(colour), colour), 1) >= TEXT, colour


def test_the_ring_of_the_focus_stands_out_from_every_ground():
    ring = re.search(rf":focus-visible[^{{}}]*\{{[^{{}}]*outline:2px solid {PAIR}", (ROOT / "pages/parts/style.css").read_text())
    assert ring
    for at, scheme in enumerate(SCHEMES):
        assert all(contrast(ring.group(at + 1), ground) >= MARK for ground in grounds(scheme).values())


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_storys_quiet_texts_stand_out(scheme):
    """Its colours are mixed in the browser: the shares stand in its stylesheet."""
    text = (ROOT / "pages/parts/timeline/static/timeline.css").read_text()
    share = int(re.search(r"--muted:color-mix\(in srgb,var\(--st-text-color\) (\d+)%", text).group(1)) / 100
    own = THEMES[scheme]
    muted = blend(own["backgroundColor"], own["textColor"], share)
    for ground in (own["backgroundColor"], own["secondaryBackgroundColor"]):
        assert contrast(muted, ground) >= TEXT
    for hue, part in (("redTextColor", 6), ("orangeTextColor", 7), ("redTextColor", 13)):
        assert contrast(own[hue], blend(own["backgroundColor"], own[hue], part / 100)) >= TEXT, hue
    # Nothing that says something is made paler: no opacity on texts.
    assert not [where for where, body in rules(text) if re.search(r"(?<![-\w])opacity:", body) and where not in (".shade", ".kinds input::placeholder", ".kind[aria-pressed=false] i")]
