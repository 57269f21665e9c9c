"""Names of Jalali months and quarters; those of the Gregorian calendar come with Babel."""
from __future__ import annotations

from crm_data.errors import N_

#: In full, first to last. Translated where they are shown.
JALALI_MONTHS = (N_("Farvardin"), N_("Ordibehesht"), N_("Khordad"), N_("Tir"), N_("Mordad"), N_("Shahrivar"),
                 N_("Mehr"), N_("Aban"), N_("Azar"), N_("Dey"), N_("Bahman"), N_("Esfand"))
_LONG = {
    "he": ("פרוורדין", "אורדיבהשת", "ח׳ורדאד", "תיר", "מורדאד", "שהריוור", "מהר", "אבאן", "אד׳ר", "דיי", "בהמן", "אספנד"),
    "fa": ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")}
#: What fits under the ticks of an axis.
_SHORT = {
    "en": ("Far", "Ord", "Kho", "Tir", "Mor", "Sha", "Meh", "Aba", "Aza", "Dey", "Bah", "Esf"),
    "he": ("פרו׳", "אור׳", "ח׳ור׳", "תיר", "מור׳", "שהר׳", "מהר", "אבאן", "אד׳ר", "דיי", "בהמן", "אספ׳"),
    # Cut to three letters some would be other words ("man", "town"): Persian has the whole names under a tick.
    "fa": _LONG["fa"]}
#: A quarter of the Jalali year is a season.
_QUARTERS = {"fa": ("بهار", "تابستان", "پاییز", "زمستان")}


def jalali_month(month: int, language: str, short: bool = False) -> str:
    """The name of a Jalali month, 1 to 12."""
    names = _SHORT if short else _LONG
    return names.get(language, names.get("en", JALALI_MONTHS))[month - 1]


def jalali_quarter(quarter: int, language: str) -> str:
    """The name of a quarter of the Jalali year, 1 to 4: spring to winter."""
    return _QUARTERS.get(language, ("Q1", "Q2", "Q3", "Q4"))[quarter - 1]
