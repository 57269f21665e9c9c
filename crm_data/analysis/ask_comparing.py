"""Two periods said to be compared: "compare October and September" is the one against the other, not both together."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_data.analysis.ask_draft import Draft
from crm_data.analysis.ask_match import Match
from crm_data.analysis.ask_periods import told_together
from crm_data.analysis.ask_tokens import Piece, fold
from crm_data.cuts.periods import Period

#: Words of comparing in every language they are typed in, which by themselves say nothing else.
COMPARING = frozenset(map(fold, ("compare", "compares", "comparing", "compared", "comparison", "השווה", "השוו", "השווי", "נשווה", "להשוות", "השוואה", "השוואת", "בהשוואה", "مقایسه")))


def comparing(text: Sequence[Piece], left: Iterable[int]) -> frozenset[int]:
    """Which of the pieces nothing was made of are words of comparing."""
    return frozenset(p for p in left if text[p].key in COMPARING)


def compared(draft: Draft, found: Sequence[tuple[Match, Period]]) -> bool:
    """Read two periods as the later against the earlier, where that is one of the known comparisons; whether it was done."""
    told = told_together(found, draft.clock) or found
    for (_, one), (match, other) in (told, told[::-1]) if len(told) == 2 else ():
        how = draft.clock.compared(one, other)
        if how:
            draft.period, draft.compare = one, how
            for each, _ in found:
                draft.say(each, "compare" if each is match else "period", how if each is match else one)
            draft.understood |= draft.comparing
            return True
    return False


def parted(draft: Draft, found: Sequence[tuple[Match, Period]]) -> tuple[list[tuple[Match, Period]], bool] | None:
    """The two ends of "October to September" beside a word of comparing, and whether it can be no span of time: the word stands directly
    before them, or they run backwards. None where nothing is to be parted."""
    if len(found) != 1 or found[0][0].kind != "span":
        return None
    span = found[0][0]
    ends = [(m, p) for name, m in span.slots if name == "when" and (p := draft.clock.period(m))]
    if len(ends) != 2:
        return None
    bare = ends[0][0].start == span.start
    if bare and (_beside(draft, span, "stop") or ends[0][1].first > ends[1][1].last):
        return ends, True
    return (ends, False) if _beside(draft, span, "stop", "measure") else None


def _beside(draft: Draft, span: Match, *kinds: str) -> bool:
    """Whether nothing but matches of these kinds stands between a word of comparing and the span."""
    idle = {p for m in draft.of(*kinds) for p in range(m.start, m.end)}
    return any(p < span.start and idle.issuperset(range(p + 1, span.start)) for p in draft.comparing)
