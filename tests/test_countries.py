"""What a country decides: the first day of the week, the weekend, how its name is read."""
from __future__ import annotations

import pytest

from crm_data.countries import (
    FRIDAY,
    MON_FRI,
    MONDAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    country_code,
    first_day_of,
    is_country,
    weekend_of,
)


@pytest.mark.parametrize(("country", "first", "weekend"), [
    ("IL", SUNDAY, {FRIDAY, SATURDAY}), ("IR", SATURDAY, {THURSDAY, FRIDAY}), ("US", SUNDAY, {SATURDAY, SUNDAY}), ("GB", MONDAY, {SATURDAY, SUNDAY}),
    ("DE", MONDAY, {SATURDAY, SUNDAY}), ("AE", MONDAY, {SATURDAY, SUNDAY}), ("SA", SUNDAY, {FRIDAY, SATURDAY}), ("", MONDAY, {SATURDAY, SUNDAY}), ("AQ", MONDAY, {SATURDAY, SUNDAY})])
def test_week_and_weekend(country, first, weekend):
    assert first_day_of(country) == first and weekend_of(country) == weekend


@pytest.mark.parametrize(("written", "code"), [
    ("Israel", "IL"), ("il", "IL"), ("ישראל", "IL"), ("ایران", "IR"), ("ايران", "IR"), ("Iran", "IR"), ("גרמניה", "DE"), ("آلمان", "DE"), ("المان", "DE"), ("UK", "GB"),
    ("USA", "US"), ("ארה״ב", "US"), ("ארה\"ב", "US"), ("Cote d'Ivoire", "CI"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Atlantis", None), ("", None), (None, None)])
def test_names_in_three_languages(written, code):
    assert country_code(written) == code


def test_the_time_zone_tells_where_the_country_does_not():
    assert (country_code(None, "Asia/Tehran"), country_code("Germany", "Asia/Tehran"), country_code("", "UTC")) == ("IR", "DE", None)
    assert weekend_of(None) == MON_FRI and is_country("IR") and not is_country("ir") and not is_country("XX")
