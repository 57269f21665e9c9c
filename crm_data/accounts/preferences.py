"""What a person chose about language and form: kept with the user, the same in every browser. What was not chosen follows the language."""
from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Engine, delete, insert, select, update

from crm_data.accounts.users import User
from crm_data.errors import N_, InputError
from crm_data.model import appdb

#: What can be chosen, and from what. "" means: as the language has it.
CHOICES: dict[str, tuple[str, ...]] = {
    "calendar": ("gregorian", "jalali"), "digits": ("latin", "persian"), "money": ("rial", "toman"), "short": ("letters", "words")}
#: What goes with a language.
USUAL: dict[str, dict[str, str]] = {"fa": {"calendar": "jalali", "digits": "persian", "money": "toman", "short": "words"}}
PLAIN = {"calendar": "gregorian", "digits": "latin", "money": "rial", "short": "letters"}


@dataclass(frozen=True)
class Preferences:
    """``calendar`` of months and days, ``digits`` of numbers, ``money``: rials as they are or told in tomans, ``short``: 4.82M or in
    the language's own short words. Where one says "" nothing was chosen."""

    calendar: str = ""
    digits: str = ""
    money: str = ""
    short: str = ""

    def filled(self, language: str) -> Preferences:
        """With what the language usually has where nothing was chosen."""
        usual = PLAIN | USUAL.get(language, {})
        return Preferences(**{name: getattr(self, name) or usual[name] for name in CHOICES})


def preferences_of(engine: Engine, user: User) -> Preferences:
    """What ``user`` chose; what an older version left that means nothing now is left out."""
    t = appdb.preference
    with engine.connect() as connection:
        kept = connection.execute(select(t.c.key, t.c.value).where(t.c.user_id == user.id, t.c.key.in_(CHOICES))).all()
    return replace(Preferences(), **{key: value for key, value in kept if value in CHOICES[key]})


def choose(engine: Engine, user: User, name: str, value: str) -> None:
    """Keep a choice; "" takes it back. Raises InputError for what cannot be chosen."""
    if name not in CHOICES or (value and value not in CHOICES[name]):
        raise InputError(N_("“{value}” cannot be chosen for {name}."), value=value[:40], name=name[:40])
    t = appdb.preference
    with engine.begin() as connection:
        connection.execute(delete(t).where(t.c.user_id == user.id, t.c.key == name))
        if value:
            connection.execute(insert(t).values(user_id=user.id, key=name, value=value))
        appdb.write_audit(connection, user, "user.preference", {name: value})


def choose_language(engine: Engine, user: User, language: str, known: list[str]) -> None:
    """Keep the language of a user; ``known``: the languages the product has. Sessions go on."""
    if language not in known:
        raise InputError(N_("“{value}” cannot be chosen for {name}."), value=language[:40], name="language")
    with engine.begin() as connection:
        connection.execute(update(appdb.user).where(appdb.user.c.id == user.id).values(language=language))
        appdb.write_audit(connection, user, "user.preference", {"language": language})
