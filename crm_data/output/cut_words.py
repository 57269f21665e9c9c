"""A cut in words: its title, the sentence under it, and what each of its numbers means. The same on the screen and in files."""
from __future__ import annotations

from crm_data.cuts.answer import Answer
from crm_data.cuts.cut import Cut, describe_filter
from crm_data.cuts.periods import plain_name
from crm_data.errors import N_
from crm_data.output.views import View

GRAIN_WORDS = {"year": N_("year"), "quarter": N_("quarter"), "month": N_("month"), "week": N_("week"), "day": N_("day")}


def title_of(view: View, cut: Cut, measures: tuple[str, ...] | None = None) -> str:
    """What is shown, in one line: "Revenue by branch and quarter, against last year"."""
    words, catalog = view.words, view.catalog
    names = [words.label(catalog.measure(m)) for m in measures or cut.measures]
    text = names[0] if len(names) == 1 else words.t(N_("{things} and {last}"), things=words.listed([names[0], *(n.lower() for n in names[1:-1])]), last=names[-1].lower())
    by = [words.label(catalog.dimension(d)).lower() for d in cut.by] + ([words.t(GRAIN_WORDS[plain_name(cut.grain)])] if cut.grain else [])
    if by:
        things = by[0] if len(by) == 1 else words.t(N_("{things} and {last}"), things=words.listed(by[:-1]), last=by[-1])
        text = words.t(N_("{measure} by {dimension}"), measure=text, dimension=things)
    if cut.compare == "last_year":
        return words.t(N_("{title}, against last year"), title=text)
    return words.t(N_("{title}, against the period before"), title=text) if cut.compare == "previous" else text


def sentence_of(view: View, answer: Answer) -> str:
    """The plain sentence of a cut: period, filters, how many customers, how much is known."""
    words, formats, catalog = view.words, view.formats, view.catalog
    filters = [describe_filter(f, words, catalog) for f in answer.cut.filters]
    known = [words.t(N_("{dimension} known for {share}"), dimension=words.label(catalog.dimension(name)).lower(), share=formats.part(n["known"] / n["total"]))
             for name, n in answer.coverage.items() if name in catalog.dimensions and n["total"] and n["known"] < n["total"]]
    many = answer.totals.get("customers")
    people = words.n("{n} customer", "{n} customers", int(many), n=formats.count(many)) if many is not None else ""
    return words.in_line((period_text(view, answer), *filters, people, *known))


def period_text(view: View, answer: Answer) -> str:
    """The period of an answer in words."""
    return view.formats.period(answer.period.first, answer.period.last)


def definitions(view: View, cut: Cut) -> tuple[tuple[str, str], ...]:
    """Name and meaning of every measure and dimension of a cut, those of its filters too."""
    words, catalog, found = view.words, view.catalog, []
    for name in cut.measures:
        measure = catalog.measure(name)
        if not measure.hidden:
            found.append((words.label(measure), words.help(measure) + (f" ({words.t(measure.denominator)})" if measure.denominator else "")))
    for name in dict.fromkeys((*cut.by, *(f.dimension for f in cut.filters))):
        dimension = catalog.dimension(name)
        found.append((words.label(dimension), words.help(dimension)))
    return tuple(dict.fromkeys(found))


def parts_notes(view: View, cut: Cut) -> list[str]:
    """What must be said of measures whose parts do not add up."""
    if not cut.by:
        return []
    return [view.words.t(N_("The parts of {measure} do not add up to the whole; the total is asked of the data by itself."), measure=view.words.label(measure))
            for measure in map(view.catalog.measure, cut.measures) if not measure.adds_up and not measure.hidden]


def coverage_notes(view: View, answer: Answer) -> list[str]:
    """How much of the data the numbers rest on."""
    words, formats, lines = view.words, view.formats, []
    for name, known in answer.coverage.items():
        thing, total = view.catalog.measures.get(name) or view.catalog.dimensions.get(name), known["total"]
        lines.append(words.t(N_("{name}: known for {known} of {total} ({share})."), name=words.label(thing or name), known=formats.count(known["known"], full=True),
                             total=formats.count(total, full=True), share=formats.part(known["known"] / total if total else None)))
    return lines
