"""The command ``lastmile``. Each command is a module of its own, imported when it is called.

Exit codes, for all commands: 0 done and nothing left; 1 done, and something is left (findings,
files left alone, notes on the settings or the ledger, a doctor's complaint); 2 wrong usage; 3 it
could not be done, said in one line; 130 interrupted, or whoever read the output went away.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

import click

from lastmile.cli.commands import Commands, ReaderGoneError
from lastmile.errors import LastmileError
from lastmile.text.visible import visible

_COMMANDS = {
    "serve": "Speak LSP with an editor, over stdio unless told otherwise.",
    "fix": "Do tasks over files: fix findings, write docstrings and more.",
    "bill": "Show what was spent, beside the top tier for everything.",
    "model": "Local models: list, pull, use, measure and remove them; run the host by hand.",
    "doctor": "Show what works here and what does not, and why.",
}


@click.group(
    cls=Commands,
    package=__name__,
    summaries=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
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
        _let_go()
        sys.exit(130)
    except UnicodeEncodeError as error:
        if sys.getfilesystemencoding() == "utf-8":
            raise
        click.echo(visible(f"lastmile: {_unwritable(error)}"), err=True)
        sys.exit(3)
    except (LastmileError, OSError) as error:
        click.echo(visible(f"lastmile: {_homeless() or _said(error)}"), err=True)
        try:
            sys.stdout.flush()
        except OSError:
            _let_go()
        sys.exit(3)


def _let_go() -> None:
    """Give up what is still buffered for standard output: it would fail again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _said(error: LastmileError | OSError) -> str:
    """Give an error's words without the number that the system has for it."""
    if isinstance(error, LastmileError) or not error.strerror:
        return str(error)
    return f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}."


def _unwritable(error: UnicodeEncodeError) -> str:
    there = error.object[error.start : error.end]
    return (
        f"A name here has {there!r} in it, for which this locale ({sys.getfilesystemencoding()}) has no bytes."
        " Set PYTHONUTF8=1, or a UTF-8 locale such as LC_ALL=C.UTF-8, and run it again."
    )


def _homeless() -> str:
    """Say that the current folder is gone, which whatever failed then does not; empty where it is there."""
    try:
        os.getcwd()  # noqa: PTH109 - Path.cwd does the same
    except FileNotFoundError:
        return "The current folder was removed. Change to one that is there, and run it again."
    return ""
