"""A document with one part of each sort, in any language: what the tests of the writers write and read back."""
from __future__ import annotations

from datetime import date, datetime

from crm_data.exports.document import Document, Hero, Part, Passport
from crm_data.output.charts import (
    LIGHT,
    Bar,
    BarRow,
    Line,
    Panel,
    Piece,
    Stack,
    Track,
    bars,
    lines,
    small_multiples,
    stacked_columns,
)
from crm_data.output.tables import Column, Sheet

NAMES = ("Tel Aviv", "Haifa", "Small and medium firms of the northern district", "ירושלים", "شیراز و اصفهان")
REVENUE = (4_800_000.25, 4_000_000.0, 3_200_000.0, -240_000.0, 1_600_000.0)
BEFORE = (4_200_000.0, 3_600_000.0, None, 2_400_000.0, 1_800_000.0)
CUSTOMERS = (300, 260, 220, 180, 140)
MONTHS = ("Sep 2026", "Oct 2026", "Nov 2026")
FORMULA = '=HYPERLINK("http://evil.example/","x")'
HUGE = 1e15
PASSPORT = Passport(filters="Tier Gold", comparison="against last year", scope="All branches, with personal data", definitions=(("Revenue", "Invoiced sales after returns."),),
                    notes=("Returns count on the day they came back.",), as_of=date(2026, 11, 21), snapshot="20261121", link="https://mabat.example.com/explore?m=revenue&by=branch",
                    made_by="Dana <Levi>", made_at=datetime(2026, 11, 22, 7, 5), currency="ILS")


def bar_picture(mirrored: bool = False, both: bool = False):
    def row(i: int) -> BarRow:
        found = [Bar(REVENUE[i], f"₪{REVENUE[i] / 1e6:.2f}M", BEFORE[i], "↑ 9.1%", "good")]
        return BarRow(str(i), NAMES[i], tuple(found + ([Bar(CUSTOMERS[i], str(CUSTOMERS[i]))] if both else [])))
    return bars([row(i) for i in range(5)], ["Revenue", "Customers"] if both else ["Revenue"], LIGHT, title="Revenue by branch", mirrored=mirrored)


def line_picture(mirrored: bool = False):
    drawn = tuple(Line(n, (1e6 + k, 1.1e6, 0.9e6), LIGHT.categories[k], ("a", "b", "c"), ("1", "2", "3"), "₪0.90M") for k, n in enumerate(NAMES[:2]))
    return lines([Track("Revenue", drawn, lambda v: f"₪{v / 1e6:.1f}M")], LIGHT, title="By month", ticks=[(0, "Sep")], count=3, names=MONTHS, mirrored=mirrored)


def column_picture(mirrored: bool = False):
    stacks = [Stack(m, tuple(Piece(1000.0 * (i + 1) + k, "", f"{i}{k}") for k in range(3)), "₪3,000") for i, m in enumerate(MONTHS)]
    return stacked_columns(stacks, list(zip(LIGHT.categories, ("Gold", "Silver", "Bronze"), strict=False)), LIGHT, title="By tier", ticks=list(enumerate(MONTHS)), axis=lambda v: f"₪{v:,.0f}",
                           mirrored=mirrored)


def panel_picture():
    return small_multiples([Panel(n, (1.0, 2.0, 3.0)) for n in NAMES], LIGHT, title="Each alone", first="Sep", last="Nov")


def branch_sheet() -> Sheet:
    columns = (Column("branch", "Branch"), Column("revenue", "Revenue", "money"), Column("change", "Change", "change", "up"), Column("customers", "Customers", "count"))
    rows = tuple({"branch": n, "revenue": r, "change": 0.1, "customers": c} for n, r, c in zip(NAMES, REVENUE, CUSTOMERS, strict=True))
    return Sheet(columns, rows, {"branch": "All", "revenue": sum(REVENUE), "change": None, "customers": 1100})


def long_sheet(count: int = 60) -> Sheet:
    names = (FORMULA, "<script>alert(1)</script>", "A name that goes on, of the northern trading cooperative, port branch of Haifa, office 12", "שיווק הצפון בע״מ (Gold)", "x" * 300)
    columns = (Column("n", "#", "rank"), Column("name", "Customer"), Column("move", "Moved", "move", "up"), Column("revenue", "Revenue", "money"))
    return Sheet(columns, tuple({"n": i + 1, "name": names[i % 5], "move": -3, "revenue": HUGE - i} for i in range(count)))


def document(language: str = "en") -> Document:
    rtl = language in ("he", "fa")
    heroes = (Hero("₪1.21M", "Now", "↓ 2.4%", "bad", (("Last meeting", "₪1.13M"), ("Target", "₪1.24M"))),)
    parts = (Part("Revenue by branch & tier <b>", "November · 2,140 customers", bar_picture(rtl), branch_sheet(), heroes=heroes, passport=PASSPORT),
             Part("Two measures", "", bar_picture(rtl, True), branch_sheet(), passport=PASSPORT),
             Part("By month", "", line_picture(rtl), None, lines=("Restated: October now reads ₪1.19M.", "לבדוק את Price list של אוגוסט"), passport=PASSPORT),
             Part("By tier", "", column_picture(rtl), None, passport=PASSPORT),
             Part("All customers", "Largest first", None, long_sheet(), passport=PASSPORT),
             Part("Each alone", "", panel_picture(), branch_sheet(), passport=PASSPORT),
             Part("Decisions due", "", lines=tuple(f"Decision {i}: call the five customers silent over 60 days, and say when · Dana · 28 Nov" for i in range(30))))
    return Document("Weekly review", "22 November 2026 · Dana, Omer", parts, PASSPORT, language, rtl)
