"""The figure of a block of the review, drawn with the charts of the other pages, in the size of the card or of the screen on the wall."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crm_data.analysis.review import Looked, Shown
from crm_data.analysis.targets import Progress
from crm_data.cuts.answer import Answer
from crm_data.cuts.query import ask
from crm_data.errors import N_
from crm_data.output import cut_words
from crm_data.output.charts import Picture, theme
from crm_data.output.charts.bullets import Bullet, bullets
from crm_data.output.charts.enlarge import enlarged
from crm_data.output.charts.flags import Note
from crm_data.output.figure_choice import shown as chosen_figure
from crm_data.output.figures import OVER_TIME, draw
from pages.parts import asking
from pages.parts.target_view import arrowed, key_of, tone_of, whose

if TYPE_CHECKING:
    from pages.parts.context import Page

#: Rows of targets and of members a figure keeps at least, however little room there is.
FEWEST = 4
#: A figure on the wall may be drawn this much smaller than wished before it is given fewer rows instead.
SHRINK = 0.74
#: Pixels of the desk a chart over time needs at least.
FLATTEST = 150


@dataclass(frozen=True)
class Size:
    """``factor`` times the size of the desk; ``height``: pixels there are for the figure (0: as it comes); ``rows`` of a list;
    ``narrow``: as on a phone; ``width``: pixels of the desk beside which words have room (0: the usual)."""

    factor: float = 1.0
    height: int = 0
    rows: int = 12
    width: int = 0
    narrow: bool = False

    @property
    def presenting(self) -> bool:
        return self.height > 0


def pictures_of(page: Page, looked: Looked, sizes: Sequence[Size], notes: Sequence[Note] = ()) -> list[Picture]:
    """The block's figures, as many as there are sizes for: none where its numbers and lists say it all."""
    if looked.targets:
        return [_fitted(_bullets(page, looked.targets, sizes[0]), sizes[0], stretch=False)] if sizes else []
    return [_of_answer(page, one, size, notes) for one, size in zip(drawn_of(looked), sizes, strict=False)]


def drawn_of(looked: Looked) -> list[Shown]:
    """The questions whose figures can be drawn: those with parts or buckets."""
    return [s for s in looked.shown if s.answer is not None and (s.cut.by or s.cut.grain) and len(s.answer.rows)]


def leading(looked: Looked) -> Shown | None:
    """The first of them."""
    return next(iter(drawn_of(looked)), None)


def name_of(page: Page, one: Shown) -> str:
    """What a figure among several shows."""
    return cut_words.title_of(asking.view(page), one.cut, one.cut.measures[:1] if one.cut.grain else None)


def sentence_of(page: Page, looked: Looked) -> str:
    """What the figure shows, in a line: period, filters, how many customers."""
    one = leading(looked) or next((s for s in looked.shown if s.answer is not None), None)
    if looked.targets:
        listed = together(looked.targets, len(looked.targets))
        days = {(p.goal.first, p.goal.last) for p in listed}
        period = page.formats.called(*next(iter(days))) if len(days) == 1 else page.words.t(N_("each in its own period"))
        measures = {p.label for p in listed}
        return asking.sentence(page, page.words.t(next(iter(measures))) if len(measures) == 1 else "", period, page.words.t(N_("dashed: where it should be by now")), page.words.t(N_("thin mark: landing")))
    if one is None or one.answer is None:
        told = next((f for line in looked.lines for f in line.figures), None)
        return asking.sentence(page, page.words.t(told.label), page.formats.dated(*told.period.dated)) if told is not None and told.period is not None else ""
    return asking.sentence(page, name_of(page, one) if len(drawn_of(looked)) == 1 else "", cut_words.sentence_of(asking.view(page), one.answer))


def _of_answer(page: Page, one: Shown, size: Size, notes: Sequence[Note]) -> Picture:
    assert one.answer is not None
    cut, answer = one.cut, one.answer
    if cut.grain and len(cut.measures) > 1 and not one.fig:
        # Measures under each other would be small: the first is drawn, the others stand in the table.
        cut = replace(cut, measures=cut.measures[:1], order_by="")
        answer = ask(cut, page.warehouse, scope=page.scope)
    fits = chosen_figure(cut, "" if one.fig == "box" else one.fig or ("bars" if cut.grain and not cut.by else ""), answer, page.catalog)
    kind = next(k for k in fits.kinds if k != "box") if fits.kind == "box" else fits.kind
    answer = answer if fits.cut == cut else ask(fits.cut, page.warehouse, scope=page.scope)
    over_time = bool(fits.cut.grain) and kind in OVER_TIME - {"panels"}
    drawn = _drawn(page, kind, answer, one, notes, size)
    if size.presenting and not over_time and drawn.height * size.factor * SHRINK > size.height and len(answer.rows) > FEWEST and answer.cut.by:
        fewer = max(FEWEST, int(len(answer.rows) * size.height / (drawn.height * size.factor * SHRINK)) - 1)
        if fewer < len(answer.rows):
            drawn = _drawn(page, kind, _first(page, answer, fewer), one, notes, size)
    return _fitted(drawn, size, stretch=over_time)


def _drawn(page: Page, kind: str, answer: Answer, one: Shown, notes: Sequence[Note], size: Size) -> Picture:
    return draw(kind, answer, asking.view(page), theme(page.theme), title=page.words.t(one.title), mirrored=page.words.rtl, narrow=page.narrow or size.narrow, notes=notes, room=size.width)


def _first(page: Page, answer: Answer, most: int) -> Answer:
    """The largest members only; what is left out is said under the figure."""
    cut = answer.cut
    return ask(replace(cut, limit=most, order_by=cut.order_by or cut.measures[0]), page.warehouse, scope=page.scope)


def _fitted(picture: Picture, size: Size, *, stretch: bool) -> Picture:
    if not size.presenting:
        return picture
    # A chart over time may be flatter than on the desk; rows keep their shape.
    factor = min(size.factor, size.height / (FLATTEST if stretch else picture.height))
    return enlarged(picture, factor, size.height if stretch else None)


def together(found: Sequence[Progress], most: int) -> list[Progress]:
    """The targets to see beside each other: those of the first one's indicator and period, whole before parts and the worst part first;
    where it stands alone, the first of all."""
    first = found[0]
    same = [p for p in found if (p.goal.measure, p.goal.first, p.goal.last) == (first.goal.measure, first.goal.first, first.goal.last)]
    nearest = next((p.goal.dimension for p in same if p.goal.dimension != first.goal.dimension), first.goal.dimension)
    same = [p for p in same if p.goal.dimension in (first.goal.dimension, nearest)]
    if len(same) < 3:
        return list(found[:most])
    return sorted(same, key=lambda p: (p.goal.dimension != "", p.pace.points_ahead if p.pace.points_ahead is not None else 0.0))[:most]


def goal_name(page: Page, one: Progress) -> str:
    """A target by its indicator, whose it is and its period: of one indicator there are several."""
    return " · ".join((page.words.t(one.label), whose(page, one.goal), page.formats.called(one.goal.first, one.goal.last)))


def _bullets(page: Page, found: Sequence[Progress], size: Size) -> Picture:
    """Targets on one axis of parts of the target; the worst first where not all fit."""
    words, formats = page.words, page.formats
    most = max(FEWEST, int((size.height / (size.factor * SHRINK) - 48) // 58)) if size.presenting else size.rows
    listed = together(found, most)
    one_period = len({(p.goal.first, p.goal.last) for p in listed}) == 1
    one_measure, one_scope = len({p.goal.measure for p in listed}) == 1, len({(p.goal.dimension, p.goal.member) for p in listed}) == 1
    rows = []
    for one in listed:
        where = one.pace
        label = whose(page, one.goal) if one_measure and not one_scope else words.t(one.label) if one_scope else f"{words.t(one.label)} · {whose(page, one.goal)}"
        if not one_period:
            label += f" · {formats.called(one.goal.first, one.goal.last)}"
        lands = where.landing is not None and not where.closed and bool(where.target)
        share = where.landing / where.target if lands and where.landing is not None else 0.0
        amount = formats.value(where.actual, one.unit)
        # Mirrored, the amounts stand between two columns: there is room for one number.
        amount = amount if words.rtl or page.narrow else f"{amount} / {formats.value(where.target, one.unit)}"
        rows.append(Bullet(key_of(one.goal), label, where.attained or 0.0, amount, formats.part(where.attained),
                           pace=None if where.closed else where.share, landing=(share, share, share) if lands else None,
                           landing_text=arrowed(page, where.landing_share) if lands else "", tone=tone_of(where.good)))
    return bullets(rows, theme(page.theme), title=words.t(N_("Targets reached")), attained=words.t(N_("Attained")), landing=words.t(N_("Landing")) if any(r.landing for r in rows) else "",
                   target=words.t(N_("Target")), pace=words.t(N_("Pace")), mirrored=words.rtl, narrow=page.narrow)
