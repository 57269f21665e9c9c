"""What commands say: in the language of ``--language``, else of the settings, else of the terminal; else English.

A terminal gets plain text: the marks that keep numbers in their places in a browser would be drawn there as boxes.
"""
from __future__ import annotations

import copy
import gettext
import inspect
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import click

from crm_data.accounts.preferences import Preferences
from crm_data.commands.click_words import TYPES
from crm_data.errors import MabatError
from crm_data.output.formats import Formats
from crm_data.output.words import DOMAIN, LOCALE_FOLDER, PSEUDO, Words, languages
from crm_data.settings import load_settings
from crm_data.text import plain

OPTION = "--language"
_asked: str | None = None
_lasting: str | None = None


@contextmanager
def speaking(args: Sequence[str], env: Mapping[str, str] = os.environ) -> Iterator[None]:
    """Decide the language of one run by what stands on the command line, before anything of it is read."""
    global _asked, _lasting
    before, _asked, _lasting = (_asked, _lasting), _chosen(args, env), _known(_of_line(args), _of_settings())
    # click says its own few words (Usage, Error ...) by the catalog that gettext is pointed at.
    gettext.bindtextdomain(DOMAIN, str(LOCALE_FOLDER))
    domain = gettext.textdomain()
    gettext.textdomain(DOMAIN)
    terminal, os.environ["LANGUAGE"] = os.environ.get("LANGUAGE"), _asked
    try:
        yield
    finally:
        _asked, _lasting = before
        gettext.textdomain(domain)
        del os.environ["LANGUAGE"]
        if terminal is not None:
            os.environ["LANGUAGE"] = terminal


def _chosen(args: Sequence[str], env: Mapping[str, str]) -> str:
    return _known(_of_line(args), _of_settings(), _of_terminal(env)) or "en"


def _known(*codes: str) -> str | None:
    return next((code for code in codes if code in (*languages(), PSEUDO)), None)


def _of_line(args: Sequence[str]) -> str:
    """What stands before the command: an option of the same name after it is of a file, or of a question."""
    left = iter(args)
    for one in left:
        if one == OPTION:
            return next(left, "")
        if one.startswith(f"{OPTION}="):
            return one.partition("=")[2]
        if not one.startswith("-"):
            break
    return ""


def _of_settings() -> str:
    try:
        return load_settings().language
    except MabatError:
        # The command itself says what is wrong with the settings.
        return ""


def _of_terminal(env: Mapping[str, str]) -> str:
    return next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")[:2].lower()


def language() -> str:
    """The language commands speak now."""
    return _asked or "en"


def lasting() -> Words:
    """The words of what is kept for everybody (names of tiers, default reasons): of the language that was asked for or set, never of a
    terminal somebody happened to type in."""
    return Words(_lasting or "en")


def words(sources: Sequence[str] = ()) -> Words:
    """The words of the run's language; ``sources``: of the snapshot's manifest, so that the demo's labels are translated."""
    found = spoken_in(language())
    return found.for_data(sources) if sources else found


def spoken_in(code: str) -> Words:
    """Words of a language for a terminal: days in the calendar that is usual with it, digits 0 to 9, as they are typed."""
    return Words(code, calendar=Preferences().filled(code).calendar)


def formats(warehouse) -> Formats:
    """Numbers and days as the run's language writes them, in the reporting currency, for a terminal."""
    return formats_in(words(warehouse.manifest.sources), warehouse.currency)


def formats_in(them: Words, currency: str) -> Formats:
    """The same with the words of a language; amounts are never told in tomans."""
    return Formats(them, currency, isolates=False, calendar=them.calendar)


def told(message: str, /, **values: object) -> str:
    """A marked text in the run's language, for a terminal."""
    return plain(words().t(message, **values))


def say(message: str, /, *, err: bool = False, nl: bool = True, **values: object) -> None:
    """Print a marked text in the run's language."""
    click.echo(told(message, **values), err=err, nl=nl)


def say_n(one: str, many: str, n: int, /, *, err: bool = False, **values: object) -> None:
    """Print a text of ``n`` things in the run's language."""
    click.echo(plain(words().n(one, many, n, **values)), err=err)


def write(text: object, *, err: bool = False) -> None:
    """Print what is in the run's language already, or text of the data."""
    click.echo(plain(text), err=err)


def told_error(error: BaseException) -> str:
    """An error in the run's language, for a terminal."""
    return plain(words().error(error))


def spoken(command: click.Command) -> click.Command:
    """The command with its help in the run's language; the one given stays as it is."""
    if language() == "en":
        return command
    found, them = copy.copy(command), words()
    for name in ("help", "short_help", "epilog"):
        if text := getattr(command, name):
            setattr(found, name, plain(them.t(inspect.cleandoc(text))))
    found.params = [_spoken_option(param, them) for param in command.params]
    if hasattr(found, "_help_option"):
        found._help_option = None  # Click keeps the one it made, in the language of that time
    if isinstance(found, click.Group):
        found.commands = {name: spoken(one) for name, one in found.commands.items()}
    return found


def _spoken_option(param: click.Parameter, them: Words) -> click.Parameter:
    found = copy.copy(param)
    if text := getattr(param, "help", None):
        found.help = plain(them.t(inspect.cleandoc(text)))  # type: ignore[attr-defined]
    if param.type.name in TYPES:
        # Errors name the type; what stands for the value in "Usage" stays, as names of options do.
        found.type, found.metavar = copy.copy(param.type), param.metavar or _metavar(param)
        found.type.name = them.t(TYPES[param.type.name])
    return found


def _metavar(param: click.Parameter) -> str:
    """What stands for a value where nothing was given for it, as Click makes it of the type's name."""
    if isinstance(param, click.Option):
        return param.type.name.upper()
    name = (param.name or "").upper()
    return (name if param.required else f"[{name}]") + ("..." if param.nargs != 1 else "")
