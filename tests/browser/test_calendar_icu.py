"""The Jalali calendar against the browser's own (ICU): 146,097 days, 1800 to 2199."""
from __future__ import annotations

from datetime import date, timedelta

from crm_data.calendars import to_jalali

FIRST, DAYS = date(1800, 1, 1), 146_097


def test_every_day_of_400_years_agrees_with_icu(chromium):
    page = chromium.new_page()
    told = page.evaluate("""(days) => {
      const form = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric" });
      const first = Date.UTC(1800, 0, 1), found = [];
      for (let n = 0; n < days; n++) {
        const parts = Object.fromEntries(form.formatToParts(first + n * 86400000).map((p) => [p.type, p.value]));
        found.push(`${parts.year}-${parts.month}-${parts.day}`);
      }
      return found.join(" ");
    }""", DAYS).split()
    page.close()
    wrong = [(day, text) for day, text in zip((FIRST + timedelta(days=n) for n in range(DAYS)), told, strict=True) if "{}-{}-{}".format(*to_jalali(day)) != text]
    assert len(told) == DAYS and wrong == []
