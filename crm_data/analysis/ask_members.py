"""Members of dimensions (the firm's own names, and names shown for codes) in the vocabulary, and which one was meant."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from crm_data.analysis.ask_draft import Draft
from crm_data.analysis.ask_match import Match, Vocabulary, basic_vocabulary
from crm_data.analysis.synonyms import DIMENSION_WORDS, MEASURE_WORDS, MEMBER_WORDS, SHY
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import Namer
from crm_data.cuts.measures import Distinct, Measure

#: (value for a Filter, name shown) of a dimension's members.
Members = Callable[[str], Iterable[tuple[str, str]]]
_BETWEEN = "\x00"
#: Of several dimensions with a member of one name, the first that fits is taken.
PREFERRED = ("customer_type", "branch", "product_category", "product", "contact_channel", "topic", "gender", "age_band", "life_stage", "buying_habit", "purchase_volume",
             "city", "region", "branch_region", "country", "industry", "interest", "owner", "team", "campaign", "order_channel", "complaint_topic", "lead_source",
             "acquisition_channel", "stage", "lost_reason", "outcome", "severity", "marital_status", "weekday", "party", "relation")
#: Never offered: too many, or meant for drilling only.
LEFT_OUT = frozenset({"customer", "age", "hour", "cost_driver"})


def member_code(dimension: str, value: str) -> str:
    return f"{dimension}{_BETWEEN}{value}"


def split_code(code: str) -> tuple[str, str]:
    dimension, _, value = code.partition(_BETWEEN)
    return dimension, value


def dimension_of(code: str) -> str:
    return split_code(code)[0]


def full_vocabulary(catalog: Catalog, words: Namer, members: Members, calendar: str = "gregorian") -> Vocabulary:
    """All words of a language for one catalog and its members; ``calendar``: the asker's."""
    made = basic_vocabulary(words, calendar)
    for name, measure in catalog.measures.items():
        made.add("measure", name, words.label(measure), own=True)
        if catalog.can_cut(name, "customer") and not any(isinstance(catalog.measure(p), Distinct) for p in catalog.parts(name)):
            made.of_each.add(name)
        if name in MEASURE_WORDS:
            made.add("measure", name, words.t(MEASURE_WORDS[name]))
    for name, dimension in catalog.dimensions.items():
        made.add("dimension", name, words.label(dimension), own=True)
        if name in DIMENSION_WORDS:
            made.add("dimension", name, words.t(DIMENSION_WORDS[name]))
        if name.startswith("segment_"):
            made.add("member", member_code(name, "in"), words.label(dimension))
        elif name not in LEFT_OUT and not dimension.personal:
            for value, label in members(name):
                if (name, value) not in SHY:
                    made.add("member", member_code(name, value), label.replace("|", " "), own=True)
                if (name, value) in MEMBER_WORDS:
                    made.add("member", member_code(name, value), words.t(MEMBER_WORDS[name, value]))
    return made


def choose_dimension(draft: Draft, match: Match) -> tuple[str, list[str]]:
    """The dimension meant by a word several have ("topic" of contacts or complaints), and the others that fit as well.

    Its own name decides; then what the records counted have themselves ("source" of leads, not of the customer).
    """
    able = [c for c in match.codes if all(draft.fits(m, c) for m in draft.measures)] or list(match.codes)
    named = [c for c in able if c in match.codes[:match.strong]]
    if len(named) == 1 and match.strong < len(match.codes):
        return named[0], []
    facts = [draft.catalog.fact(f) for m in draft.measures for p in draft.catalog.parts(m) if isinstance(draft.catalog.measure(p), Measure) for f in draft.catalog.fact_of(p, ())]
    able.sort(key=lambda c: not any(c in f.own for f in facts))
    return able[0], able[1:]


def choose_member(draft: Draft, match: Match, codes: Sequence[str]) -> tuple[tuple[str, str], bool, list[tuple[str, str]]]:
    """The member meant, whether that is sure, and the others it may have been.

    A dimension named in the question decides; then whether the measures can be cut by it; then the usual order.
    """
    options = [split_code(c) for c in codes]
    named = {c for m in draft.of("dimension") if draft.beside(m, match) for c in m.codes}
    beside = [o for o in options if o[0] in named]
    if beside:
        return beside[0], len(beside) == 1, beside[1:]
    by = [o for o in options if o[0] in draft.by]
    able = [o for o in (by or options) if all(draft.fits(m, o[0]) for m in draft.measures)] or by or options
    able.sort(key=lambda o: PREFERRED.index(o[0]) if o[0] in PREFERRED else len(PREFERRED))
    others = [o for o in options if o != able[0]]
    # The place of the customer and of the branch is a real difference; a channel that cannot be cut is none.
    return able[0], not [o for o in others if o in able or not draft.measures], others
