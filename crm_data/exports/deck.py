"""A document as a deck: a title slide with its passport, a slide a part, the rows behind the charts at the end.

Charts are native and can be edited; what has no native chart is drawn as an image where a browser is on this machine, else shown as a
table. Notes of a slide hold what the part's numbers mean and where they come from.
"""
from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pptx.util import Inches

from crm_data.errors import N_, MabatError
from crm_data.exports import deck_table
from crm_data.exports.across import across
from crm_data.exports.deck_chart import add_chart, fits, thinned
from crm_data.exports.deck_frame import (
    FOOT,
    HIGH,
    INNER,
    MARGIN,
    TOP,
    WIDE,
    add_slide,
    block,
    new_deck,
    put_title,
    rule,
)
from crm_data.exports.deck_text import clean, direct, fitting, height_of, put_text
from crm_data.exports.document import Document, Hero, Part
from crm_data.exports.job import Tell, silent
from crm_data.exports.native import Native, draws, natives_of
from crm_data.exports.passport import passport_lines
from crm_data.exports.pictures import can_draw, png_of
from crm_data.exports.wording import (
    cell_of,
    columns_of,
    formats_of,
    is_number,
    left_out,
    merged,
    origin,
    own_way,
    rows_of,
    words_of,
)
from crm_data.output.charts import LIGHT, Picture
from crm_data.output.tables import tone

#: Rows of one part on slides; the whole is in the workbook. Charts beside each other on one slide.
MOST_ROWS, MOST_CHARTS = 240, 3
_BOTTOM, _SIDE, _MOST_OVER = FOOT - 0.12, 3.55, 1.9


def to_pptx(document: Document, tell: Tell = silent, *, images: bool = True) -> bytes:
    """The deck as a .pptx. ``images`` False leaves the browser alone (parts without a native chart are tables then). ``tell`` hears of
    every slide and may stop the work."""
    return _Deck(document, images, tell).made()


@dataclass(frozen=True)
class _Shown:
    """What a part's slide shows: native charts, or an image, or its table."""

    charts: tuple[Native, ...] = ()
    image: bytes = b""
    picture: Picture | None = None


class _Deck:
    def __init__(self, document: Document, images: bool, tell: Tell) -> None:
        self.document, self.rtl, self.tell = document, document.rtl, tell
        self.words, self.formats = words_of(document), formats_of(document)
        self.deck = new_deck(self.rtl)
        self.shown = self._choose(images)

    def made(self) -> bytes:
        about = self.deck.core_properties
        about.title, about.author, about.subject = clean(self.document.title)[:250], "Mabat", clean(self.document.subtitle)[:250]
        about.created = about.modified = (self.document.passport.made_at or datetime.now(UTC)).replace(tzinfo=None)
        about.last_modified_by = clean(self.document.passport.made_by)[:200]
        self._title_slide()
        for i, (part, shown) in enumerate(zip(self.document.parts, self.shown, strict=True)):
            self.tell(i, len(self.document.parts) + 1)
            self._part(part, shown)
        for part, shown in zip(self.document.parts, self.shown, strict=True):
            if part.sheet is not None and (shown.charts or shown.image):
                self._table(across(part, self.formats), self.words.t(N_("The figures: {title}"), title=clean(part.title)))
        out = io.BytesIO()
        self.deck.save(out)
        return out.getvalue()

    def _choose(self, images: bool) -> list[_Shown]:
        before = self.words.t(N_("before"))
        found: list[_Shown] = []
        for part in self.document.parts:
            charts = natives_of(part.picture, merged(part, self.document).comparison or before, self.formats)
            drawn = part.picture is not None and draws(part.picture)
            found.append(_Shown(charts=tuple(map(thinned, charts)) if drawn and len(charts) <= MOST_CHARTS and all(map(fits, charts)) else (), picture=part.picture if drawn else None))
        wanted = [i for i, one in enumerate(found) if one.picture is not None and not one.charts]
        if images and wanted and can_draw():
            # A browser that fails leaves the tables.
            with contextlib.suppress(MabatError):
                for i, image in zip(wanted, png_of([found[i].picture for i in wanted if found[i].picture is not None], 2), strict=True):
                    found[i] = _Shown(image=image, picture=found[i].picture)
        return found

    # Slides ---------------------------------------------------------------------------------------------------------
    def _title_slide(self) -> None:
        document, passport = self.document, self.document.passport
        slide = self.deck.slides.add_slide(next(x for x in self.deck.slide_layouts if x.name == "Title Slide"))
        for shape in list(slide.placeholders):
            if shape.placeholder_format.idx:
                shape._element.getparent().remove(shape._element)
        block(slide, WIDE - 0.22 if self.rtl else 0, 0, 0.22, HIGH, LIGHT.accent)
        put_title(slide, document.title, self.rtl)
        title = slide.shapes.title
        title.top, title.height, title.left, title.width = Inches(1.75), Inches(1.5), Inches(MARGIN + 0.3), Inches(INNER - 0.6)
        for run in title.text_frame.paragraphs[0].runs:
            run.font.size = Inches(0.6 if len(document.title) <= 40 else 0.42)
        if document.subtitle:
            put_text(slide, [(document.subtitle, {"size": 18, "colour": LIGHT.muted})], (MARGIN + 0.3, 3.35, INNER - 0.6, 0.7), self.rtl, name="subtitle")
        rule(slide, MARGIN + 0.3, 4.35, INNER - 0.6, LIGHT.line)
        lines = passport_lines(self._short(passport), document.language)
        size = fitting([clean(f"{name}  {text}") for name, text in lines], INNER - 0.6, 2.35, (12, 10, 8, 6), 4)
        put_text(slide, [[(f"{name}  ", {"size": size, "colour": LIGHT.muted}), (own_way(text, self.rtl), {"size": size})] for name, text in lines], (MARGIN + 0.3, 4.55, INNER - 0.6, 2.4), self.rtl, name="passport", gap=4)
        self._notes(slide, [document.title, document.subtitle], passport)

    def _short(self, passport):
        """Definitions and notes stand in the slides' notes, not on the first slide."""
        return replace(passport, definitions=(), notes=())

    def _slide(self, part: Part, title: str, sentence: str):
        passport = merged(part, self.document)
        slide = add_slide(self.deck, clean(title), clean(sentence), origin(passport, self.words, self.formats), self.rtl)
        self._notes(slide, [title, part.sentence], passport)
        return slide

    def _notes(self, slide, heads: Sequence[str], passport) -> None:
        said = [*(clean(h) for h in heads if h), *(f"{name}: {text}" for name, text in passport_lines(passport, self.document.language))]
        frame = slide.notes_slide.notes_text_frame
        frame.text = "\n".join(clean(s).replace("\n", " ") for s in said)
        for paragraph in frame.paragraphs:
            direct(paragraph, self.rtl)

    def _part(self, part: Part, shown: _Shown) -> None:
        drawn = bool(shown.charts or shown.image)
        if not drawn and part.sheet is not None and columns_of(part.sheet):
            self._table(across(part, self.formats), part.title, first=True)
            return
        slide = self._slide(part, part.title, part.sentence)
        top = self._heroes(slide, part.heroes, TOP)
        beside = drawn and bool(part.lines)
        wide = INNER - (_SIDE + 0.4 if beside else 0)
        start = MARGIN + (INNER - wide if self.rtl else 0)
        if drawn:
            self._figure(slide, part, shown, (start, top, wide, _BOTTOM - top))
        if part.lines:
            self._lines(slide, part, top, beside)

    def _figure(self, slide, part: Part, shown: _Shown, box: tuple[float, float, float, float]) -> None:
        x, y, w, h = box
        alt = shown.picture.alt if shown.picture is not None else part.title
        if shown.charts:
            each = (w - 0.3 * (len(shown.charts) - 1)) / len(shown.charts)
            for i, chart in enumerate(shown.charts):
                place = len(shown.charts) - 1 - i if self.rtl else i
                # Few bars do not grow into walls.
                tall = min(h, 0.9 + 0.62 * len(chart.categories) * max(1, len(chart.series) * 0.7)) if chart.kind == "bar" and not chart.stacked else h
                add_chart(slide, chart, (x + place * (each + 0.3), y, each, tall), self.rtl, alt)
            return
        image = slide.shapes.add_picture(io.BytesIO(shown.image), Inches(x), Inches(y))
        ratio = min(Inches(w) / image.width, Inches(h) / image.height)
        image.width, image.height = int(image.width * ratio), int(image.height * ratio)
        image.left = Inches(x + w) - image.width if self.rtl else Inches(x)
        image._element.nvPicPr.cNvPr.set("descr", clean(alt)[:900])

    def _heroes(self, slide, heroes: Sequence[Hero], top: float) -> float:
        """The large numbers in one row; returns where the figure may begin."""
        cells: list[tuple[list, float]] = []
        for i, hero in enumerate(heroes[:4]):
            big = 32 if i == 0 and len(heroes) == 1 else 24
            runs = [[(hero.label or " ", {"size": 11, "colour": LIGHT.muted})], [(hero.value, {"size": big, "bold": True})]]
            if hero.change:
                runs.append([(hero.change, {"size": 12, "colour": LIGHT.tone(hero.tone), "bold": True})])
            cells.append((runs, 0.0))
            cells += [([[(name, {"size": 11, "colour": LIGHT.muted})], [(value, {"size": 18 if len(heroes) == 1 else 14, "bold": True})]], 0.06) for name, value in hero.beside]
        if not cells:
            return top
        cells = cells[:6]
        each = min(INNER / len(cells), 3.1)
        for i, (runs, down) in enumerate(cells):
            x = WIDE - MARGIN - each * (i + 1) if self.rtl else MARGIN + each * i
            put_text(slide, runs, (x, top + down, each - 0.15, 1.1), self.rtl, name="number")
        return top + 1.28

    def _lines(self, slide, part: Part, top: float, beside: bool) -> None:
        """Sentences at the end side of a figure, or over the whole slide; what has no room goes on."""
        room, size = (_SIDE, 13) if beside else (INNER, 18)
        x = MARGIN if not beside or self.rtl else WIDE - MARGIN - room
        left = list(part.lines)
        while left:
            take = 1
            while take < len(left) and height_of([clean(t) for t in left[:take + 1]], size, room - 0.3, 9) <= _BOTTOM - top:
                take += 1
            put_text(slide, [(own_way(t, self.rtl), {"size": size, "bullet": True}) for t in left[:take]], (x, top, room, _BOTTOM - top), self.rtl, name="lines", gap=9)
            if beside:
                rule(slide, x + room + 0.2 if self.rtl else x - 0.2, top, 0, LIGHT.line, high=_BOTTOM - top)
            left = left[take:]
            if left:
                slide, top, beside = self._slide(part, part.title, part.sentence), TOP, False
                room, size, x = INNER, 18, MARGIN

    # Tables ---------------------------------------------------------------------------------------------------------
    def _table(self, part: Part, title: str, first: bool = False) -> None:
        grid, there, kept = self._grid(part)
        if not grid.heads:
            return
        over = height_of([clean(t) for t in part.lines], 13, INNER, 4) if first else 0
        if over > _MOST_OVER:
            # Too many sentences to stand over a table have slides of their own.
            self._lines(self._slide(part, part.title, part.sentence), part, TOP, False)
            part, over = replace(part, lines=()), 0
        more = left_out(kept, there, self.words, self.formats)
        least = TOP + (1.28 if first and part.heroes else 0) + (over + 0.1 if over else 0)
        leaves = deck_table.leaves(grid, _BOTTOM - TOP, _BOTTOM - least)
        for i, leaf in enumerate(leaves):
            place = "" if len(leaves) == 1 else " " + self.words.t(N_("({n} of {all})"), n=self.formats.count(i + 1), all=self.formats.count(len(leaves)))
            slide = self._slide(part, clean(title) + place, " · ".join(t for t in (part.sentence, more) if t))
            top = TOP
            if first and i == 0:
                top = self._heroes(slide, part.heroes, top)
                if part.lines:
                    put_text(slide, [(own_way(t, self.rtl), {"size": 13}) for t in part.lines], (MARGIN, top, INNER, over), self.rtl, name="lines", gap=4)
                    top += over + 0.1
            deck_table.draw(slide, leaf, top, self.rtl)

    def _grid(self, part: Part) -> tuple[deck_table.Grid, int, int]:
        assert part.sheet is not None
        columns = columns_of(part.sheet)
        rows, there = rows_of(part, MOST_ROWS)
        every = [*rows, *([part.sheet.total] if part.sheet.total is not None else [])]

        def cell(column, row: Any) -> deck_table.Cell:
            value = row.get(column.name)
            colour = LIGHT.tone(tone(column, value)) if tone(column, value) != "none" else LIGHT.muted if column.quiet else LIGHT.ink
            return deck_table.Cell(cell_of(column, value, self.formats), colour)
        grid = deck_table.Grid(tuple(clean(c.head) for c in columns), tuple(is_number(c) for c in columns), tuple(tuple(cell(c, row) for c in columns) for row in every),
                               part.sheet.total is not None)
        return grid, there, len(rows)
