"""Settings: defaults, file, environment, and refusals that name what is wrong."""
from __future__ import annotations

from pathlib import Path

import pytest

from crm_data.errors import InputError, MabatError
from crm_data.settings import SETTINGS, Settings, load_settings


def test_defaults_stand_in_home(tmp_path):
    settings = load_settings({"MABAT_HOME": str(tmp_path)})
    assert settings.home == tmp_path
    assert settings.warehouse == f"duckdb:///{tmp_path}/warehouse"
    assert settings.appdb == f"sqlite:///{tmp_path}/app.db"
    assert (settings.currency, settings.week_start, settings.fiscal_year_start, settings.language) == ("ILS", 6, 1, "")
    assert (settings.timezone, settings.port, settings.address, settings.keep) == ("Asia/Jerusalem", 8501, "localhost", 14)


def test_home_without_settings_is_the_users_and_nothing_is_created():
    assert load_settings({}).home == Path("~/.mabat").expanduser()


def test_relative_home_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings({"MABAT_HOME": ".mabat"}).warehouse == f"duckdb:///{tmp_path}/.mabat/warehouse"


def test_environment_wins_over_file_over_default(tmp_path):
    (tmp_path / "mabat.toml").write_text('currency = "EUR"\nport = 9000\nweek_start = 0\n')
    settings = load_settings({"MABAT_HOME": str(tmp_path), "MABAT_PORT": "9001"})
    assert (settings.currency, settings.port, settings.week_start) == ("EUR", 9001, 0)


def test_empty_variable_counts_as_not_set(tmp_path):
    assert load_settings({"MABAT_HOME": str(tmp_path), "MABAT_CURRENCY": ""}).currency == "ILS"


def test_postgres_addresses_get_the_driver_that_is_installed(tmp_path):
    settings = load_settings({"MABAT_HOME": str(tmp_path), "MABAT_WAREHOUSE": "postgresql://u:p%40ss@host/db"})
    assert settings.warehouse == "postgresql+psycopg://u:p%40ss@host/db"


@pytest.mark.parametrize(("variable", "value", "said"), [
    ("MABAT_PORT", "http", "from 1 to 65535"), ("MABAT_PORT", "70000", "from 1 to 65535"), ("MABAT_WEEK_START", "7", "from 0 to 6"),
    ("MABAT_FISCAL_YEAR_START", "0", "from 1 to 12"), ("MABAT_CURRENCY", "shekel", "three capital letters"),
    ("MABAT_TIMEZONE", "Asia/Nowhere", "time zone"), ("MABAT_LANGUAGE", "English", "language code"),
    ("MABAT_WAREHOUSE", "mysql://x/y", "duckdb, postgresql"), ("MABAT_WAREHOUSE", "not an address", "database address"),
    ("MABAT_WAREHOUSE", "duckdb://", "which database or file"), ("MABAT_APPDB", "duckdb:///x", "sqlite, postgresql"),
    ("MABAT_ADDRESS", "my host", "spaces"), ("MABAT_KEEP", "-1", "from 1"),
])
def test_nonsense_is_refused_by_name(tmp_path, variable, value, said):
    with pytest.raises(InputError) as error:
        load_settings({"MABAT_HOME": str(tmp_path), variable: value})
    assert variable in str(error.value) and said in str(error.value)


def test_unknown_setting_in_the_file_offers_the_nearest(tmp_path):
    (tmp_path / "mabat.toml").write_text('curency = "EUR"\n')
    with pytest.raises(MabatError, match="“curency”. Did you mean “currency”"):
        load_settings({"MABAT_HOME": str(tmp_path)})


def test_broken_file_and_wrong_types_are_named(tmp_path):
    (tmp_path / "mabat.toml").write_text("port = \n")
    with pytest.raises(InputError, match="mabat.toml cannot be read"):
        load_settings({"MABAT_HOME": str(tmp_path)})
    (tmp_path / "mabat.toml").write_text("port = true\n")
    with pytest.raises(InputError, match="mabat.toml: port must be a text or a whole number"):
        load_settings({"MABAT_HOME": str(tmp_path)})


def test_home_that_is_a_file_is_refused(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="MABAT_HOME must be a folder"):
        load_settings({"MABAT_HOME": str(file)})


def test_password_is_not_shown(tmp_path):
    with pytest.raises(InputError) as error:
        load_settings({"MABAT_HOME": str(tmp_path), "MABAT_WAREHOUSE": "postgresql://me:secret@host"})
    assert "secret" not in str(error.value)


def test_every_setting_is_listed_once_with_a_help():
    assert [setting.name for setting in SETTINGS] == list(dict.fromkeys(setting.name for setting in SETTINGS))
    assert {setting.name for setting in SETTINGS} == set(Settings.__dataclass_fields__)
    assert all(setting.help.endswith(".") and setting.variable == f"MABAT_{setting.name.upper()}" for setting in SETTINGS)
