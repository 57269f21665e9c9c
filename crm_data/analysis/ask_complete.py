"""Completions of a question being typed: whole sentences to begin with, and how the last words may go on."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from crm_data.analysis.ask_match import Finder, Vocabulary
from crm_data.analysis.ask_members import PREFERRED, Members, full_vocabulary
from crm_data.analysis.ask_phrases import RULES
from crm_data.analysis.ask_tokens import fold, pieces
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Namer
from crm_data.errors import N_

MOST = 20
#: Dimensions offered with each measure at the beginning.
FIRST_DIMENSIONS = ("branch", "customer_type", "product_category", "product", "topic", "owner", "gender", "age_band", "city", "region", "contact_channel", "buying_habit", "life_stage",
                    "stage", "complaint_topic")
#: What a question may go on with when it is whole.
_ENDINGS = (("named", "last_year"), ("named", "year_to_date"), ("named", "last_12_months"), ("named", "quarter_to_date"), ("named", "last_month"), ("grain", "month"),
            ("grain", "quarter"), ("compare", "last_year"), ("compare", "previous"))
_LAST_WORDS = 4


def beginnings(catalog: Catalog, words: Namer, measures: Iterable[str] | None = None) -> list[str]:
    """Whole questions to choose from: each measure alone and by the dimensions asked most."""
    found = []
    for name in measures if measures is not None else catalog.measures:
        measure = words.label(catalog.measure(name))
        found.append(measure)
        found += [words.t(N_("{measure} by {dimension}")).format(measure=measure, dimension=words.label(catalog.dimension(d)).lower())
                  for d in FIRST_DIMENSIONS if d in catalog.dimensions and catalog.can_cut(name, d)]
    return found


def complete(text: str, catalog: Catalog, words: Namer, members: Members, *, vocabulary: Vocabulary | None = None, most: int = MOST) -> list[str]:
    """Ways to go on with ``text``: the last word (or words) completed; after a whole word, a division, a period, a comparison."""
    typed = text.rstrip()
    if not typed:
        return beginnings(catalog, words)[:most]
    known = vocabulary or full_vocabulary(catalog, words, members)
    found = pieces(typed)
    matches, _ = Finder(known, found).best()
    asked = [m.code for m in matches if m.kind == "measure"]

    def able(dimension: str) -> bool:
        return dimension in catalog.dimensions and all(catalog.can_cut(m, dimension) for m in asked)
    completed = [] if text != typed else _completed(typed, found, known, able)
    return list(dict.fromkeys([*completed, *(f"{typed} {more}" for more in _continued(catalog, words, able))]))[:most]


def _completed(typed: str, found: tuple, known: Vocabulary, able: Callable[[str], bool]) -> list[str]:
    """The longest run of last words that begins a known name, completed; names of measures and dimensions first."""
    order = {"measure": 0, "dimension": 1, "member": 2}
    for count in range(min(_LAST_WORDS, len(found)), 0, -1):
        start = found[-count].start
        wanted = " ".join(p.key for p in found[-count:])
        near = [(order.get(kind, 3), PREFERRED.index(code.split("\x00")[0]) if code.split("\x00")[0] in PREFERRED else 99, name)
                for name, kind, code in known.shown if (kind == "measure" or able(code.split("\x00")[0])) and fold(name).startswith(wanted) and fold(name) != wanted]
        if near:
            return [typed[:start] + (name if start == 0 else name.lower() if kind < 2 else name) for kind, _, name in sorted(near)]
    return []


def _continued(catalog: Catalog, words: Namer, able: Callable[[str], bool]) -> list[str]:
    phrases = {(r.kind, r.code): words.t(r.phrases).strip("⟦⟧").split("|")[0] for r in RULES}
    divided = [words.t(N_("by {dimensions}")).format(dimensions=words.label(catalog.dimension(d)).lower()) for d in FIRST_DIMENSIONS if able(d)][:5]
    return [*divided, *(phrases[key] for key in _ENDINGS)]
