"""The report of an import in the reader's language: every reason a row can be rejected for is said, files and JSON stay English."""
from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from crm_data.cli import main
from crm_data.errors import ImportRefused
from crm_data.model.schema import CODES, TABLES
from crm_data.output.words import PSEUDO, Words
from crm_data.sources import casting, csv_files
from crm_data.sources.importer import import_source
from crm_data.sources.mapping import output_columns
from crm_data.sources.reasons import FORMS, said
from crm_data.sources.rules import RULES
from tests.unmarked import unmarked

XX = Words(PSEUDO)


def reasons() -> set[str]:
    """Every reason that stands in the code, with the numbers and codes of the model."""
    found = {rule.reason for rules in RULES.values() for rule in rules} | set(csv_files._REASONS.values())
    for table in TABLES:
        given = {name: "VARCHAR" for name in output_columns(table)}
        casts = [casting._cast(TABLES[table].c[column], name, "VARCHAR", _Mapping) for name, column in output_columns(table).items()]
        found |= {reason for _, (_, reason) in casting._tests(table, casts, set(given))}
    return found


class _Mapping:
    timezone = "Asia/Jerusalem"


def test_every_reason_is_said_in_the_language() -> None:
    found = reasons()
    assert len(found) > 40 and any("not one of" in r for r in found) and any("longer than" in r for r in found)
    assert not [reason for reason in found if not said(reason, XX).startswith("⟦") or said(reason, Words("en")) != reason]


def test_a_form_gives_its_values() -> None:
    codes = ", ".join(CODES["customer", "party"])
    assert said(f"is not one of: {codes}", XX) == f"⟦is not one of: {codes}⟧"
    assert said("is not between 0 and 10", XX) == "⟦is not between 0 and 10⟧" and said("has no rate for CHF on 2026-01-01 or before; add one to currency_rate", XX).startswith("⟦has no rate for CHF on 2026-01-01")
    assert said("refers to a customer that was rejected (birth_date is not a day written like 2026-11-22)", XX) == \
        "⟦refers to a customer that was rejected (birth_date ⟦is not a day written like 2026-11-22⟧)⟧"
    assert said("refers to a customer that was rejected (the row is longer than 2 MB)", XX) == "⟦refers to a customer that was rejected (⟦the row is longer than 2 MB⟧)⟧"
    assert said("Conversion Error: whatever the engine says", XX) == "Conversion Error: whatever the engine says"


def test_no_form_hides_another() -> None:
    """A form that fits another form's text would say it wrongly; the first that fits is taken."""
    for form in FORMS:
        filled = re.sub(r"\{\w+\}", "5", form)
        assert said(filled, XX) == f"⟦{filled}⟧", form


@pytest.fixture
def source(tmp_path):
    """A small source with one of each kind of fault."""
    files = {"customer": "source_id,number,relation,name,party,birth_date,country\n1,1,customer,Anna,person,1980-01-01,IL\n2,2,customer,Ben,person,yesterday,IL\n3,3,customer,Carl,robot,,IL\n4,4,customer,Dan,person,,IL\n4,4,customer,Danny,person,,IL\n5,5,customer,,person,,IL\n",
             "contact": "source_id,customer_ref,name\n1,1,Eve\n2,2,Fay\n3,99,Gal\n"}
    (tmp_path / "data").mkdir()
    (tmp_path / "map").mkdir()
    for name, text in files.items():
        (tmp_path / "data" / f"{name}.csv").write_text(text)
        (tmp_path / "map" / f"{name}.sql").write_text(f"SELECT * FROM raw.{name}")
    (tmp_path / "map" / "mapping.toml").write_text('source = "small"\ncurrency = "ILS"\ntimezone = "Asia/Jerusalem"\n')
    return tmp_path


def _env(folder, language: str) -> dict[str, str]:
    return {"MABAT_HOME": str(folder), "MABAT_WAREHOUSE": f"duckdb:///{folder / ('warehouse_' + language)}", "MABAT_APPDB": f"sqlite:///{folder / 'app.db'}", "MABAT_LANGUAGE": language}


def test_a_report_has_no_word_that_is_not_translated(source) -> None:
    result = CliRunner().invoke(main, ["import", str(source / "data"), "-m", str(source / "map")], env=_env(source, "xx"))
    assert result.exit_code == 0, result.output
    data = frozenset("customer contact csv source id name party birth date ref contact_person customer_ref yesterday robot person company ben carl dan danny fay gal".split())
    codes = frozenset(re.findall(r"\w+", " ".join(CODES["customer", "party"])))
    left = unmarked(result.output.replace(str(source), ""), data | codes | {"rejects"})
    assert "⟦refers to a customer that was rejected (birth_date ⟦is not a day" in result.output and "⟦stands in 2 rows that differ" in result.output and not left, (left, result.output)


def test_the_report_for_machines_and_the_files_of_rejects_stay_english(source) -> None:
    told = {}
    for language in ("en", "he", "xx"):
        result = CliRunner().invoke(main, ["import", str(source / "data"), "-m", str(source / "map"), "--json"], env=_env(source, language))
        assert result.exit_code == 0, result.output
        told[language] = [(r["table"], r["column"], r["reason"]) for r in json.loads(result.stdout)["rejects"]]
    assert told["en"] == told["he"] == told["xx"] and ("customer", "party", f"is not one of: {', '.join(CODES['customer', 'party'])}") in told["en"]


def test_what_a_mapping_asks_wrongly_is_said_whole(source) -> None:
    (source / "map" / "customer.sql").write_text("SELECT source_id, nam AS name FROM raw.customer")
    from crm_data.settings import load_settings
    settings = load_settings(env=_env(source, "en"))
    with pytest.raises(ImportRefused) as caught:
        import_source(str(source / "data"), source / "map", settings)
    assert "Did you mean “name”?" in str(caught.value) and "⟦Did you mean “name”?⟧" in XX.error(caught.value)
