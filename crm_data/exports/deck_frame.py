"""The empty deck: 16:9, our colours and letters in its theme, so that what people add to it looks like the rest."""
from __future__ import annotations

import re

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Emu, Inches

from crm_data.exports.deck_text import TITLE, put_text, shortened
from crm_data.output.charts import LIGHT

#: Inches. Everything stands between the margins; the foot has its own line.
WIDE, HIGH, MARGIN, TOP, FOOT = 13.333, 7.5, 0.62, 1.45, 7.02
INNER = WIDE - 2 * MARGIN
_KEPT = ("Title Slide", "Title Only")
_COLOURS = {"dk1": LIGHT.ink, "lt1": LIGHT.surface, "dk2": LIGHT.muted, "lt2": "#F3F5F9", "hlink": LIGHT.accent, "folHlink": LIGHT.muted,
            **{f"accent{i + 1}": c for i, c in enumerate((*LIGHT.categories, LIGHT.comparison))}}


def new_deck(rtl: bool):
    """A presentation without slides."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(HIGH)
    master = deck.slide_master
    _theme(master)
    for layout in list(deck.slide_layouts):
        if layout.name not in _KEPT:
            deck.slide_layouts.remove(layout)
    for holder in (master, *deck.slide_layouts):
        for shape in list(holder.placeholders):
            kind = shape.placeholder_format.type
            if kind is not None and kind.name in ("DATE", "FOOTER", "SLIDE_NUMBER"):
                shape._element.getparent().remove(shape._element)
            elif kind is not None and "TITLE" in kind.name and kind.name != "SUBTITLE":
                _place(shape, MARGIN, 0.42, INNER, 0.62)
            else:
                _place(shape, MARGIN, TOP, INNER, FOOT - TOP)
    style = master._element.find(".//{*}titleStyle/{*}lvl1pPr")
    style.set("algn", "r" if rtl else "l")
    style.set("rtl", "1" if rtl else "0")
    run = style.find("{*}defRPr")
    run.set("sz", str(TITLE * 100))
    run.set("b", "1")
    return deck


def _theme(master) -> None:
    part = master.part.part_related_by(RT.THEME)
    text = part.blob.decode("utf-8")
    text = re.sub(r'(<a:(?:latin|cs) typeface=")[^"]*(")', r"\1Arial\2", text)
    for name, colour in _COLOURS.items():
        text = re.sub(rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour[1:]}"/></a:{name}>', text, flags=re.S)
    part._blob = text.encode("utf-8")


def _place(shape, x: float, y: float, w: float, h: float) -> None:
    shape.left, shape.top, shape.width, shape.height = Inches(x), Inches(y), Inches(w), Inches(h)


def add_slide(deck, title: str, sentence: str, foot: str, rtl: bool, *, layout: str = "Title Only"):
    """A slide with its title, the sentence under it, and the foot with its number."""
    slide = deck.slides.add_slide(next(x for x in deck.slide_layouts if x.name == layout))
    put_title(slide, title, rtl)
    if sentence:
        sentence = shortened(sentence, 320)
        put_text(slide, [(sentence, {"size": 13 if len(sentence) < 150 else 11, "colour": LIGHT.muted})], (MARGIN, 1.02, INNER, 0.36), rtl, name="sentence")
    rule(slide, MARGIN, FOOT, INNER, LIGHT.line)
    put_text(slide, [(foot, {"size": 9, "colour": LIGHT.muted})], (MARGIN + (0.8 if rtl else 0), FOOT + 0.06, INNER - 0.8, 0.28), rtl, name="origin")
    _number(slide, rtl)
    return slide


def put_title(slide, title: str, rtl: bool) -> None:
    """The title in its placeholder, smaller when it is long; the notes have it in full."""
    shape = slide.shapes.title
    title = shortened(title, 220)
    # The scripts from right to left fall back to wide letters where their own are not installed.
    size = TITLE if len(title) <= (52 if rtl else 64) else 22 if len(title) <= 86 else 17 if len(title) <= 160 else 13
    _place(shape, MARGIN, 0.38, INNER, 0.64)
    put_text(slide, [(title, {"size": size, "bold": True})], None, rtl, shape=shape, middle=True)


def rule(slide, x: float, y: float, w: float, colour: str, *, high: float = 0.0) -> None:
    """A hairline: lying, or standing when ``high`` is given."""
    block(slide, x, y, w or 0.01, high or 0.01, colour).name = "rule"


def block(slide, x: float, y: float, w: float, h: float, colour: str):
    """A filled area without a border."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(x), Inches(y), Inches(w), Inches(h))
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
    shape.line.fill.background()
    shape.shadow.inherit = False
    return shape


def _number(slide, rtl: bool) -> None:
    """The slide's number, kept right by the program."""
    box = put_text(slide, [("1", {"size": 9, "colour": LIGHT.muted})], (MARGIN if rtl else WIDE - MARGIN - 0.7, FOOT + 0.06, 0.7, 0.28), not rtl, name="number")
    paragraph = box.text_frame.paragraphs[0]._p
    run = paragraph.find("{*}r")
    run.tag = run.tag.replace("}r", "}fld")
    run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
    run.set("type", "slidenum")
    paragraph.find("{*}pPr").set("rtl", "0")


def emu(inches: float) -> Emu:
    return Emu(int(inches * 914400))
