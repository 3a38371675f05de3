"""The command ``lastmile``. Each command is a module of its own, imported when it is called.

Exit codes, for all commands: 0 done and nothing left; 1 done, and something is left (findings,
files left alone, notes on the settings or the ledger, a doctor's complaint); 2 wrong usage; 3 it
could not be done, said in one line; 130 interrupted, or whoever read the output went away.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from lastmile.errors import LastmileError
from lastmile.text.visible import visible

_COMMANDS = {
    "serve": "Speak LSP with an editor, over stdio unless told otherwise.",
    "fix": "Do tasks over files: fix findings, write docstrings.",
    "bill": "Show what was spent, beside the top tier for everything.",
    "model": "The local model: run its host by hand.",
    "doctor": "Show what works here and what does not, and why.",
}


class ReaderGoneError(Exception):
    """Whoever read the output went away; click would take it for an exit code of its own."""


class Commands(click.Group):
    """Finds a command's module by its name, so that ``serve`` starts without what others import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands in the order of the docs."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"lastmile.cli.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the help without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lastmile", message="%(package)s %(version)s")
def lastmile() -> None:
    """Draft edits for free, judge them by tools, and pay only for what was refused."""


def main() -> None:
    """Run the command line. Errors that a person can act on are one line, never a traceback."""
    # Code holds characters that a terminal or a pipe may have no encoding for.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        # Without click's standalone mode, a command's exit code comes back as the result.
        sys.exit(lastmile(prog_name="lastmile", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except ReaderGoneError:
        # What is still buffered would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(130)
    except (LastmileError, OSError) as error:
        click.echo(visible(f"lastmile: {error}"), err=True)
        sys.exit(3)
