"""Questions in plain words become a Cut: "how many students called last year by topic". No outside service, no guessing unseen.

The vocabulary is the catalog's own words and the synonyms, in the language of ``words``, and the members' names. What each
part of the text was taken for is told as tokens; a token that is not sure carries what else it may have been, as text to put
in its place. What was not understood is told too.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz, process

from crm_data.analysis.ask_build import build
from crm_data.analysis.ask_comparing import comparing
from crm_data.analysis.ask_draft import Draft, Said
from crm_data.analysis.ask_match import Finder, Match, Vocabulary, usual_calendar
from crm_data.analysis.ask_members import Members, full_vocabulary
from crm_data.analysis.ask_periods import FIRST_DAY, Calendar
from crm_data.analysis.ask_phrases import RULES
from crm_data.analysis.ask_tokens import MOST_LETTERS, Piece, pieces
from crm_data.calendars import CalendarName
from crm_data.cuts.access import Scope
from crm_data.cuts.catalog import Catalog
from crm_data.cuts.cut import AGAINST, BY_GRAIN, EACH, Cut, Filter, Namer, describe_filter, each_parts
from crm_data.cuts.periods import Period, plain_name
from crm_data.cuts.query import ask
from crm_data.errors import N_, InputError, MabatError
from crm_data.text import RIAL

_SHOWN_LETTERS, _MOST_NAMED = 60, 8
_SIGNS = frozenset("<>=,&%") | {">=", "<="}
#: As text that is understood again: what is put in the place of a token.
TOP_TEXT, LAST_TEXT, EXACTLY_TEXT = N_("top {part} by {measure}"), N_("bottom {part} by {measure}"), N_("exactly {n} {measure}")


@dataclass(frozen=True)
class Token:
    """A part of the text and what it was taken for.

    ``kind``: measure, by, filter, period, grain, compare, order, limit; ``meaning``: in words; ``code``: stable. ``sure``
    False: misspelt, ambiguous or assumed, and ``others`` are texts that may stand in its place (``start`` to ``end``; both
    at the text's end when nothing was typed for it).
    """

    text: str
    kind: str
    meaning: str
    code: str
    start: int
    end: int
    sure: bool = True
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understood:
    """``cut``: None when nothing was understood or it cannot be asked; then ``problem`` says why, if it was understood."""

    cut: Cut | None
    tokens: tuple[Token, ...] = ()
    not_understood: tuple[str, ...] = ()
    problem: MabatError | None = None


def understand(text: str, catalog: Catalog, words: Namer, *, today: date, members: Members, lead: str = "revenue",
               vocabulary: Vocabulary | None = None, calendar: CalendarName | None = None, times: int = 1, currency: str = "") -> Understood:
    """Read a question. ``members(dimension)`` gives (value, label) pairs the asker may see; ``lead`` is measured when no
    measure is said; ``calendar`` is that of the asker (None: usual in the language); ``times``: how many of the currency's own units one unit of an amount said is (``Formats.times``);
    where the ``currency`` amounts are kept in is the rial, rials and tomans said go before that; a ``vocabulary`` made before by :func:`full_vocabulary` saves the work. Never raises for any text."""
    typed = text[:MOST_LETTERS]
    found = pieces(typed)
    calendar = calendar or usual_calendar(words)
    finder = Finder(vocabulary or full_vocabulary(catalog, words, members, calendar), found, rials=currency == RIAL)
    matches, left = finder.best()
    draft = Draft(catalog, Calendar(today, catalog.week_start, calendar), matches, frozenset(i for i, p in enumerate(found) if p.number), lead, times=times, comparing=comparing(found, left))
    problem = None
    try:
        cut = build(draft)
        cut, problem = _checked(cut, draft, catalog, words) if cut else (None, None)
    except MabatError as error:
        cut, problem = None, error
    speaker = _Speaker(typed, found, catalog, words, finder.vocabulary)
    tokens = tuple(t for s in draft.said for t in speaker.tokens(s))
    missed = list(_missed(typed, found, matches, [p for p in left if p not in draft.understood], draft))
    if len(text) > MOST_LETTERS or (found and found[-1].end < len(typed.rstrip()) and len(found) >= 60):
        missed.append("…" + _short(text[found[-1].end if found else 0:]))
    return Understood(cut, tuple(sorted(tokens, key=lambda t: (t.start, t.end))), tuple(dict.fromkeys(missed)), problem)


def _checked(cut: Cut, draft: Draft, catalog: Catalog, words: Namer) -> tuple[Cut | None, MabatError | None]:
    """The cut without measures nobody asked for that do not fit; or None and a sentence that says what can be asked."""
    said = {s.what for s in draft.said if s.kind == "measure" and s.match}
    used = tuple(dict.fromkeys((*cut.by, *(f.dimension for f in cut.filters))))
    wrong = [m for m in cut.measures if not all(catalog.fact_of(p, used) for p in catalog.parts(m))]
    kept = tuple(m for m in cut.measures if m not in wrong)
    if not wrong:
        return cut, None
    if kept and not said & set(wrong):
        return replace(cut, measures=kept, order_by="" if cut.order_by in wrong else cut.order_by), None
    bad = next((d for d in used if not catalog.can_cut(wrong[0], d)), None)
    about = words.listed(words.label(catalog.dimension(d)) for d in (used if bad is None else (bad,)))
    able = [words.label(m) for m in catalog.measures.values() if all(catalog.fact_of(p, used if bad is None else (bad,)) for p in catalog.parts(m.name))]
    return None, InputError(N_("{measure} is not known by: {dimensions}. What is: {measures}."), measure=words.label(catalog.measure(wrong[0])), dimensions=about,
                            measures=words.listed(able[:_MOST_NAMED]) or "–")


def _missed(typed: str, found: tuple[Piece, ...], matches: list[Match], left: list[int], draft: Draft) -> Iterable[str]:
    """Texts nothing was made of, in their order: words nobody knows, and phrases that fit nowhere."""
    idle = {p for m in matches if m.kind == "stop" for p in range(m.start, m.end)}
    spans = [(m.start, m.end) for m in draft.unused]
    run: list[int] = []
    for place in [*left, len(found) + 9]:
        # "the red thing of" is one text, not three.
        if run and (place > len(found) or not all(p in idle for p in range(run[-1] + 1, place))):
            spans.append((run[0], run[-1] + 1))
            run = []
        run.append(place)
    for start, end in sorted(set(spans)):
        if any(found[p].key not in _SIGNS for p in range(start, end)):
            yield _short(typed[found[start].start:found[end - 1].end])


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _SHOWN_LETTERS else flat[:_SHOWN_LETTERS - 1] + "…"


@dataclass(frozen=True)
class _Speaker:
    """Says what was understood, in the language of the question."""

    typed: str
    found: tuple[Piece, ...]
    catalog: Catalog
    words: Namer
    vocabulary: Vocabulary

    def tokens(self, said: Said) -> Iterable[Token]:
        if said.kind == "subject":
            return
        start = end = len(self.typed)
        if said.match:
            start, end = self.found[said.match.start].start, self.found[said.match.end - 1].end
        text = self.typed[start:end]
        others = [self._instead(o) for o in said.others]
        if said.match and said.match.sure < 0.9 and said.kind in ("measure", "by", "filter"):
            others += self._like(text, self._meaning(said))
        shown = tuple(dict.fromkeys(o for o in others if o and o.casefold() != text.casefold()))[:5]
        yield Token(text, "filter" if said.kind == "filters" else said.kind, self._meaning(said), self._code(said.what), start, end, said.sure, shown)

    def _code(self, what: object) -> str:
        if isinstance(what, Filter | Period):
            return what.to_text()
        if isinstance(what, tuple):
            return " ".join(self._code(w) for w in what)
        return str(what)

    def _meaning(self, said: Said) -> str:
        what, t = said.what, self.words.t
        if said.kind == "measure":
            return self.words.label(self.catalog.measure(str(what)))
        if said.kind == "by":
            return t(N_("by {dimensions}")).format(dimensions=self._dimension(str(what)))
        if said.kind in ("grain", "compare"):
            return t((BY_GRAIN if said.kind == "grain" else AGAINST)[plain_name(str(what))])
        if isinstance(what, Filter):
            return describe_filter(what, self.words, self.catalog)
        if said.kind == "filters":
            return self.words.listed(describe_filter(f, self.words, self.catalog) for f in what)  # type: ignore[attr-defined]
        if isinstance(what, Period):
            return f"{what.first.isoformat()} – {what.last.isoformat()}"
        return self._order(what)  # type: ignore[arg-type]

    def _order(self, what: tuple) -> str:
        t = self.words.t
        if len(what) == 2:
            name = self.words.label(self.catalog.measure(what[0]))
            return t(N_("{measure}, highest first") if what[1] else N_("{measure}, lowest first")).format(measure=name)
        count, dimension, measure, first = what
        text = t(N_("first {n} by {dimension}") if first else N_("last {n} by {dimension}")).format(n=count, dimension=self._dimension(dimension))
        return f"{text}: {self.words.label(self.catalog.measure(measure))}" if measure else text

    def _dimension(self, name: str) -> str:
        return self.words.label(self.catalog.dimension(name))

    def _instead(self, other: object) -> str:
        """Text that means ``other`` when it is put in the token's place."""
        if isinstance(other, Period):
            return next(self.words.t(r.phrases).strip("⟦⟧").split("|")[0] for r in RULES if r.kind == "named" and r.code == plain_name(other.name))
        if not isinstance(other, Filter):
            code = str(other)
            return self.words.label(self.catalog.measure(code) if code in self.catalog.all_measures else self.catalog.dimension(code))
        if other.dimension.startswith(EACH):
            measure = self.words.label(self.catalog.measure(each_parts(other.dimension)[0])).lower()
            text = {"top": TOP_TEXT, "bottom": LAST_TEXT}.get(other.op, EXACTLY_TEXT)
            return self.words.t(text).format(part=other.values[0], n=other.values[0], measure=measure)
        return f"{self._dimension(other.dimension)} {self.words.member(other.dimension, other.values[0])}"

    def _like(self, text: str, meaning: str) -> list[str]:
        """Names nearest to what was typed, but for the one taken."""
        names = list(dict.fromkeys(shown for shown, _, _ in self.vocabulary.shown))
        near = process.extract(text, names, scorer=fuzz.ratio, processor=str.casefold, limit=4, score_cutoff=62)
        return [name for name, _, _ in near if name.casefold() not in meaning.casefold()][:3]


def corrected(text: str, token: Token, instead: str) -> str:
    """The text with ``instead`` in the token's place."""
    return " ".join(f"{text[:token.start]} {instead} {text[token.end:]}".split())


def from_first_day(cut: Cut, warehouse, *, scope: Scope) -> Cut:
    """The cut with "ever" and "until ..." beginning on the first day anything is known of it."""
    if cut.period is None or cut.period.first > FIRST_DAY:
        return cut
    known = ask(Cut(cut.measures, filters=tuple(f for f in cut.filters if not f.dimension.startswith(EACH))), warehouse, scope=scope).period.first
    return replace(cut, period=Period(max(known, FIRST_DAY), cut.period.last)) if known <= cut.period.last else cut
