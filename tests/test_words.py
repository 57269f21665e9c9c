"""Words: English as it is, the pseudo-language marks every text, catalogs hold every text of the code."""
from __future__ import annotations

import re

from crm_data.commands.click_words import PLURALS
from crm_data.errors import InputError, MabatError, UnknownName
from crm_data.model.schema import CODES
from crm_data.output import extract
from crm_data.output.members import MEMBERS
from crm_data.output.words import Words, languages


def test_english_needs_no_catalog():
    words = Words("en")
    assert words.t("Revenue") == "Revenue"
    assert words.n("{n} row", "{n} rows", 1) == "1 row"
    assert words.n("{n} row", "{n} rows", 3) == "3 rows"
    assert words.t("of {target}", target="₪7M") == "of ₪7M"
    assert not words.rtl and Words("he").rtl and Words("fa").rtl


def test_a_text_without_values_keeps_its_braces():
    assert Words("en").t("by {dimensions}") == "by {dimensions}"
    assert Words("en").t("") == ""


def test_the_pseudo_language_marks_everything_and_keeps_values():
    words = Words("xx")
    assert words.t("of {target}", target="7") == "⟦of 7⟧"
    assert words.n("{n} row", "{n} rows", 2) == "⟦2 rows⟧"
    assert words.p("member", "Open") == "⟦Open⟧"
    assert words.member("gender", "female") == "⟦Women⟧"
    assert words.member("city", "Haifa") == "Haifa"


def test_members():
    words = Words("en")
    assert words.member("gender", None) == "Unknown" == words.member("city", float("nan"))
    assert words.member("weekday", "1") == "Monday" and words.member("weekday", "7") == "Sunday"
    assert words.member("customer_type", "Students") == "Students"


def test_every_code_of_the_schema_that_is_a_dimension_has_a_name():
    for (table, column), codes in CODES.items():
        if table in ("customer", "complaint") or (table, column) == ("interaction", "initiated_by"):
            assert set(codes) <= set(MEMBERS[column]), (table, column)
    assert set(CODES["interaction", "channel"]) <= set(MEMBERS["contact_channel"])


def test_errors_are_said_with_their_values():
    words = Words("en")
    assert words.error(UnknownName("measure", "revenu", ["revenue"])) == "There is no measure “revenu”. Did you mean “revenue”?"
    assert words.error(InputError("Too {what}.", what="{long}")) == "Too {long}."
    assert "⟦" in Words("xx").error(MabatError("No."))


def test_the_inside_of_an_unexpected_error_is_not_shown():
    assert "secret" not in Words("en").error(RuntimeError("secret /path"))


def test_labels_and_help_come_from_the_catalog_object():
    class Measure:
        label, help = "Revenue", "What was sold."
    assert Words("xx").label(Measure()) == "⟦Revenue⟧" and Words("xx").help(Measure()) == "⟦What was sold.⟧"
    assert Words("en").label("open_value") == "Open value"


def test_units():
    assert Words("en").unit("days", 1) == "day" and Words("en").unit("days", 3) == "days" and Words("en").unit("money") == ""


def test_english_is_always_offered():
    assert languages()[0] == "en"


def test_extraction_finds_plain_plural_and_contextual_texts():
    found = {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in extract.collect() if m.id}
    assert (None, "Rows behind") in found
    assert ("member", "Women") in found and ("member", "Unknown") in found
    assert any(m.pluralizable for m in extract.collect())


def test_placeholders_of_plurals_agree():
    names = re.compile(r"\{(\w*)\}")
    for message in extract.collect():
        # Those of click have names of its own.
        if message.pluralizable and message.id not in PLURALS:
            assert set(names.findall(message.id[0])) <= set(names.findall(message.id[1])) | {"n"}


def test_only_the_demo_has_its_own_labels_translated() -> None:
    firm, demo = Words("xx").for_data(("crm",)), Words("xx").for_data(("demo",))
    assert firm.member("customer_type", "Students") == "Students" and demo.member("customer_type", "Students") == "⟦Students⟧"
    assert demo.member("owner", "Tal Green") == "Tal Green" and Words("xx").for_data(("demo", "crm")).member("customer_type", "Students") == "Students"
    assert Words("en", "persian").for_data(("demo",)).digits == "persian"


def test_codes_of_the_data_have_names_in_english_too() -> None:
    words = Words("en")
    assert [words.member("payment_method", code) for code in ("transfer", "check", "voucher")] == ["Bank transfer", "Cheque", "voucher"]
    assert words.member("document_kind", "id") == "Proof of identity" and words.member("activity_kind", "Call Dana") == "Call Dana"


def test_an_arrow_from_old_to_new_points_the_way_the_language_is_read() -> None:
    hebrew, english = Words("he"), Words("en")
    assert (hebrew.arrow, english.arrow) == ("←", "→")
    assert hebrew.t("{before} → {after} !", before=1, after=2) == "1 ← 2 !" and english.t("{before} → {after} !", before=1, after=2) == "1 → 2 !"
    assert hebrew.t("{name} →", name=3) == "3 →"
