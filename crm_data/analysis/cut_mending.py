"""Opening a saved cut against today's catalog: what it names that is gone, and the nearest there is instead."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rapidfuzz import fuzz, utils

from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import EACH, Cut, each_parts
from crm_data.cuts.segments import PREFIX
from crm_data.errors import MabatError

#: How alike (0-100) a name must be to be offered instead.
ALIKE = 68.0

Kind = Literal["measure", "dimension", "segment"]


@dataclass(frozen=True)
class Gone:
    """A name the catalog no longer has. ``called``: what it was called; ``nearest``: the name offered instead, "" when none is alike."""

    kind: Kind
    name: str
    called: str
    nearest: str = ""


@dataclass(frozen=True)
class Opened:
    """``cut`` as it can be asked now; when something is gone it is None, and ``mended`` (if there is one) is the cut with the
    nearest names, without what has none. ``error``: why it cannot be read at all."""

    cut: Cut | None
    gone: tuple[Gone, ...] = ()
    mended: Cut | None = None
    error: MabatError | None = None


def open_saved(link: Mapping[str, list[str]], catalog: Catalog, today: date, *, label: Callable[[object], str] | None = None,
               called: Mapping[str, str] | None = None) -> Opened:
    """Read a saved link against the catalog of the viewer.

    ``label`` says a measure or dimension in the viewer's language, so that the nearest is found by what people read;
    ``called`` gives the names of segments that are not in the catalog (``segment_12`` -> "Loyal").
    """
    say = label or (lambda thing: str(getattr(thing, "label", thing)))
    gone = _gone(link, catalog, say, called or {})
    try:
        if not gone:
            return Opened(Cut.from_link(link, today))
        return Opened(None, gone, _mended(link, {g.name: g.nearest for g in gone}, today))
    except MabatError as error:
        return Opened(None, gone, None, error)


def _gone(link: Mapping[str, list[str]], catalog: Catalog, say: Callable[[object], str], called: Mapping[str, str]) -> tuple[Gone, ...]:
    found: dict[str, Gone] = {}
    kept = [m for m in link.get("m", ()) if m in catalog.measures]
    for name in link.get("m", ()):
        if name not in catalog.measures:
            found[name] = Gone("measure", name, _spoken(name), nearest(name, {m: say(a) for m, a in catalog.measures.items()}))
    kept += [g.nearest for g in found.values() if g.nearest]
    for name in (*link.get("by", ()), *(text.partition(":")[0] for text in link.get("f", ()))):
        if name in found or _known(name, catalog):
            continue
        found[name] = _gone_each(name, catalog, say) if name.startswith(EACH) else _gone_dimension(name, catalog, say, called, kept)
    return tuple(found.values())


def _known(name: str, catalog: Catalog) -> bool:
    try:
        catalog.dimension(name)
    except MabatError:
        return False
    return True


def _gone_each(name: str, catalog: Catalog, say: Callable[[object], str]) -> Gone:
    measure, window = each_parts(name)
    able = {m: say(a) for m, a in catalog.measures.items() if catalog.can_cut(m, "customer")}
    close = nearest(measure, able)
    wanted = f"{EACH}{close}@{window}" if window else f"{EACH}{close}"
    return Gone("measure", name, _spoken(measure), wanted if close and _known(wanted, catalog) else "")


def _gone_dimension(name: str, catalog: Catalog, say: Callable[[object], str], called: Mapping[str, str], measures: Iterable[str]) -> Gone:
    segment = name.startswith(PREFIX)
    fitting = {d: say(a) for d, a in catalog.dimensions.items() if d.startswith(PREFIX) == segment and all(catalog.can_cut(m, d) for m in measures)}
    spoken = called.get(name, "") if segment else _spoken(name)
    # The number of a segment says nothing: it is compared by what it was called.
    close = nearest(spoken, fitting, by_label=True) if segment and spoken else "" if segment else nearest(name, fitting)
    return Gone("segment" if segment else "dimension", name, spoken or name, close)


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def nearest(name: str, known: Mapping[str, str], *, by_label: bool = False) -> str:
    """The name among ``known`` (name -> label) most like ``name``, by name and by label; "" when none is alike."""
    text = utils.default_process(_spoken(name))
    if not text:
        return ""
    best, score = "", ALIKE
    for one, label in known.items():
        told = [utils.default_process(label)] if by_label else [utils.default_process(_spoken(one)), utils.default_process(label)]
        like = max(max(fuzz.ratio(text, t), fuzz.token_sort_ratio(text, t), fuzz.token_set_ratio(text, t) * 0.95) for t in told)
        if like > score:
            best, score = one, like
    return best


def _mended(link: Mapping[str, list[str]], instead: Mapping[str, str], today: date) -> Cut | None:
    def put(names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(n for n in (instead.get(name, name) for name in names) if n))

    def put_filter(text: str) -> str:
        name, _, rest = text.partition(":")
        now = instead.get(name, name)
        return f"{now}:{rest}" if now else ""
    measures = put(link.get("m", ()))
    if not measures:
        return None
    filters = {text.partition(":")[0]: text for text in (put_filter(f) for f in link.get("f", ())) if text}
    mended = {**link, "m": measures, "by": put(link.get("by", ())), "f": list(filters.values()), "order": put(link.get("order", ()))}
    if mended["order"] and mended["order"][0] not in (*mended["m"], *mended["by"]):
        mended["order"] = []
    return Cut.from_link(mended, today)
