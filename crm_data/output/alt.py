"""What a figure says to those who do not see it: its title, period and filters as they stand above it, then its main figures."""
from __future__ import annotations

from crm_data.output.formats import plain


def alt_text(figures: str, title: str = "", sentence: str = "") -> str:
    """The words of a figure in its frame. ``figures`` is what the figure says of itself; where that begins with a title, ``title`` takes
    its place, so that nothing is said twice. Marks of direction are left out: a reader of the screen speaks them."""
    said, above = _flat(figures), [part for part in (_flat(title), _flat(sentence)) if part]
    for part in above[:1]:
        said = said.removeprefix(part).lstrip(". ")
    return " ".join(part if part[-1] in ".!?…:;؟" else f"{part}." for part in [*above, said] if part)


def spread(said: list[str], most: int = 12) -> list[str]:
    """At most ``most`` of what is said along a line, evenly, the first and the last among them."""
    if len(said) <= most:
        return said
    return [said[round(i * (len(said) - 1) / (most - 1))] for i in range(most)]


def _flat(text: str) -> str:
    return " ".join(plain(text).split())
