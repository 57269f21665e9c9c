"""Settings: one list of what can be set, read from ``<home>/mabat.toml`` and then from the environment.

``MABAT_WAREHOUSE=postgresql+psycopg://...`` wins over ``warehouse = "..."`` in the file, which wins over the default.
"""
from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crm_data.countries import DAY_NAMES, country_code, first_day_of, is_country, weekend_of
from crm_data.errors import N_, InputError, UnknownName

#: A week of rest is none: someone works somewhere.
MOST_DAYS_OF_REST = 6


@dataclass(frozen=True)
class Setting:
    """One thing that can be set. ``kind`` names the rule its text is read by."""

    name: str
    default: str
    help: str
    kind: str

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"MABAT_{self.name.upper()}"


SETTINGS: tuple[Setting, ...] = (
    Setting("home", "~/.mabat", N_("Folder for the databases of the default settings and for mabat.toml."), "folder"),
    Setting("warehouse", "", N_("Warehouse: duckdb:///FOLDER of snapshots, or postgresql+psycopg://user@host/database. "
                                "Default: the folder “warehouse” in home."), "warehouse"),
    Setting("appdb", "", N_("Application database: sqlite:///FILE or postgresql+psycopg://... "
                            "Default: app.db in home."), "appdb"),
    Setting("currency", "ILS", N_("Reporting currency, ISO code of three letters."), "currency"),
    Setting("country", "", N_("Country of the firm, ISO code of two letters: decides the first day of the week, the weekend and phone numbers without a country code, "
                              "where nothing else is said. Default: the time zone's."), "country"),
    Setting("week_start", "", N_("First day of the week: 0 Monday ... 6 Sunday. Default: the country's."), "0..6"),
    Setting("weekend", "", N_("Days of rest in the firm's country, in English, such as friday or thursday,friday; none for a week without rest. Default: the country's."), "days"),
    Setting("fiscal_year_start", "1", N_("First month of the firm's year, 1 to 12."), "1..12"),
    Setting("language", "", N_("Language of commands, and of users who chose none and whose browser names none that Mabat speaks. Default: the terminal's; English."), "language"),
    Setting("timezone", "Asia/Jerusalem", N_("Time zone of the firm; decides what day today is."), "timezone"),
    Setting("keep", "14", N_("How many snapshots are kept when old ones are pruned."), "1..10000"),
    Setting("address", "localhost", N_("Address the dashboard listens on."), "text"),
    Setting("port", "8501", N_("Port the dashboard listens on."), "1..65535"),
)


@dataclass(frozen=True)
class Settings:
    """The settings in force; see ``SETTINGS`` for what each means.

    What the country decides is filled in: ``country`` is an ISO code ("" where neither it nor the time zone is said), ``week_start`` 0 Monday ...
    6 Sunday, ``weekend`` the days of rest in the same numbers.
    """

    home: Path
    warehouse: str
    appdb: str
    currency: str
    country: str
    week_start: int
    weekend: frozenset[int]
    fiscal_year_start: int
    language: str
    timezone: str
    keep: int
    address: str
    port: int

    @property
    def place(self) -> dict[str, Any]:
        """What ``open_store`` is told of the firm's place: the week's first day, the country and its days of rest."""
        return {"week_start": self.week_start, "country": self.country, "weekend": self.weekend}


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; a value that makes no sense is an ``InputError`` that names it and where it came from."""
    env = os.environ if env is None else env
    home_setting = SETTINGS[0]
    home = _folder(env.get(home_setting.variable) or home_setting.default, home_setting.variable)
    texts = _from_file(home / "mabat.toml")
    values: dict[str, Any] = {"home": home}
    for setting in SETTINGS[1:]:
        text, where = setting.default, "default"
        if setting.name in texts:
            text, where = texts[setting.name], f"{home / 'mabat.toml'}: {setting.name}"
        if env.get(setting.variable):
            text, where = env[setting.variable], setting.variable
        values[setting.name] = _value(setting, text.strip(), where, home)
    return Settings(**_by_country(values))


def _by_country(values: dict[str, Any]) -> dict[str, Any]:
    """The settings with what their country decides where they are silent."""
    country = values["country"] or country_code(None, values["timezone"]) or ""
    week_start, weekend = values["week_start"], values["weekend"]
    return values | {"country": country, "week_start": first_day_of(country) if week_start is None else week_start,
                     "weekend": weekend_of(country) if weekend is None else weekend}


def _from_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(N_("{file} cannot be read: {error}."), file=path, error=error) from error
    known = [setting.name for setting in SETTINGS if setting.name != "home"]
    for name, value in found.items():
        if name not in known:
            raise UnknownName("setting", name, known)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise InputError(N_("{where} must be a text or a whole number, not “{text}”."), where=f"{path}: {name}", text=value)
    return {name: str(value) for name, value in found.items()}


def _folder(text: str, where: str) -> Path:
    path = Path(text).expanduser()
    path = path if path.is_absolute() else Path.cwd() / path
    if path.exists() and not path.is_dir():
        raise InputError(N_("{where} must be a folder, and “{text}” is a file."), where=where, text=text)
    return path


def _value(setting: Setting, text: str, where: str, home: Path) -> object:
    if not text and setting.kind in ("0..6", "days"):
        return None
    if ".." in setting.kind:
        return _whole(setting.kind, text, where)
    return _READERS[setting.kind](text, where, home)


def _whole(kind: str, text: str, where: str) -> int:
    low, high = (int(bound) for bound in kind.split(".."))
    if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
        raise InputError(N_("{where} must be a whole number from {low} to {high}, not “{text}”."),
                         where=where, low=low, high=high, text=text)
    return int(text)


def _currency(text: str, where: str, home: Path) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise InputError(N_("{where} must be a currency code of three capital letters such as ILS or EUR, not “{text}”."),
                         where=where, text=text)
    return text


def _language(text: str, where: str, home: Path) -> str:
    if text and not re.fullmatch(r"[a-z]{2,3}", text):
        raise InputError(N_("{where} must be a language code such as en, he or fa, not “{text}”."), where=where, text=text)
    return text


def _timezone(text: str, where: str, home: Path) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(N_("{where} must be a time zone such as Asia/Jerusalem, not “{text}”."),
                         where=where, text=text) from error
    return text


def _country(text: str, where: str, home: Path) -> str:
    if text and not is_country(text):
        raise InputError(N_("{where} must be a country code of two capital letters such as IL, IR or GB, not “{text}”."), where=where, text=text)
    return text


def _days(text: str, where: str, home: Path) -> frozenset[int]:
    """Days of rest: their English names with commas between, or none."""
    days = [part.strip().casefold() for part in text.split(",")]
    if days == ["none"]:
        return frozenset()
    unknown = next((day for day in days if day not in DAY_NAMES), None)
    if unknown is not None or len(set(days)) > MOST_DAYS_OF_REST:
        raise InputError(N_("{where} must be days such as friday or thursday,friday, or none, not “{text}”."), where=where, text=text[:80])
    return frozenset(DAY_NAMES.index(day) for day in days)


def _text(text: str, where: str, home: Path) -> str:
    if not text or any(character.isspace() for character in text):
        raise InputError(N_("{where} must not be empty or hold spaces."), where=where)
    return text


def _database(default: str, backends: dict[str, str]) -> Callable[[str, str, Path], str]:
    """A reader of database addresses: ``backends`` maps each one allowed to the driver that is meant."""

    def read(text: str, where: str, home: Path) -> str:
        if not text:
            return default.format(home=home.as_posix())
        try:
            url = make_url(text)
        except ArgumentError as error:
            raise InputError(N_("{where} is not a database address such as {example}."), where=where,
                             example=default.format(home="/FOLDER")) from error
        backend = url.get_backend_name()
        if backend not in backends:
            raise InputError(N_("{where}: “{text}” cannot be used here; possible are {known}."), where=where, text=backend,
                             known=", ".join(backends))
        if not url.database:
            raise InputError(N_("{where} does not say which database or file: {text}"), where=where,
                             text=url.render_as_string(hide_password=True))
        return url.set(drivername=backends[backend]).render_as_string(hide_password=False)

    return read


_READERS: dict[str, Callable[[str, str, Path], object]] = {
    "warehouse": _database("duckdb:///{home}/warehouse", {"duckdb": "duckdb", "postgresql": "postgresql+psycopg"}),
    "appdb": _database("sqlite:///{home}/app.db", {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}),
    "country": _country,
    "currency": _currency,
    "days": _days,
    "language": _language,
    "timezone": _timezone,
    "text": _text,
}
