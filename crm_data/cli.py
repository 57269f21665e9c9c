"""The command line ``mabat``: a thin table of commands, each loaded only when it is called."""
from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from crm_data.commands import speaking
from crm_data.errors import MabatError
from crm_data.output.words import languages
from crm_data.text import plain

COMMANDS = {
    "demo": "crm_data.commands.demo:demo",
    "import": "crm_data.commands.imports:import_",
    "template": "crm_data.commands.imports:template",
    "measures": "crm_data.commands.cuts:measures",
    "dimensions": "crm_data.commands.cuts:dimensions",
    "cut": "crm_data.commands.cuts:cut",
    "export": "crm_data.commands.export:export",
    "review": "crm_data.commands.review:review",
    "ask": "crm_data.commands.asking:ask_words",
    "customer": "crm_data.commands.customer:customer",
    "find": "crm_data.commands.finding:find_command",
    "handover": "crm_data.commands.finding:handover",
    "segments": "crm_data.commands.segments:segments",
    "rankings": "crm_data.commands.rankings:rankings",
    "targets": "crm_data.commands.targets:targets",
    "rates": "crm_data.commands.rates:rates",
    "tiers": "crm_data.commands.tiers:tiers",
    "snapshots": "crm_data.commands.snapshots:snapshots",
    "backup": "crm_data.commands.backup:backup",
    "restore": "crm_data.commands.backup:restore",
    "user": "crm_data.commands.users:user",
    "serve": "crm_data.commands.serve:serve",
    "check-engine": "crm_data.commands.snapshots:check_engine",
}


class Commands(click.Group):
    """Loads a command's module on demand and turns a ``MabatError`` into one line and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name].split(":")
        return speaking.spoken(getattr(importlib.import_module(module), attribute))

    def main(self, args: Sequence[str] | None = None, *more, **options) -> object:
        given = sys.argv[1:] if args is None else list(args)
        with speaking.speaking(given):
            return click.Group.main(speaking.spoken(self), given, *more, **options)  # type: ignore[arg-type]

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except MabatError as error:
            click.echo(plain(speaking.words().error(error)), err=True)
            ctx.exit(2)
        except BrokenPipeError:
            # The reader (`head`, a pager) has gone: not an error of ours, and nothing more can be written.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--language", type=click.Choice(languages()), expose_value=False, help="Language of what is said; default: the setting, else the terminal's.")
@click.version_option(package_name="mabat", prog_name="mabat")
def main() -> None:
    """Mabat: know the firm's customers and sales."""


if __name__ == "__main__":
    main()
