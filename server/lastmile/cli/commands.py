"""Groups of commands that find each one by its name, so that no command pays for what another one imports."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class ReaderGoneError(Exception):
    """Whoever read the output went away; click would take it for an exit code of its own."""


class Commands(click.Group):
    """Commands that are modules of a package, each with the command in it under the module's name.

    Where that is a name of Python's own, an underscore follows it.
    """

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - click's own
        package: str,
        summaries: Mapping[str, str],
        **settings: Any,  # noqa: ANN401 - click's own
    ) -> None:
        """Take the names of the modules, in the order of the help, each with a line about it."""
        super().__init__(*arguments, **settings)
        self._package, self._summaries = package, summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """List the commands in the order of the docs."""
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        if cmd_name not in self._summaries:
            return None
        module = import_module(f"{self._package}.{cmd_name}")
        command: click.Command = getattr(module, cmd_name, None) or getattr(module, f"{cmd_name}_")
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
            formatter.write_dl(list(self._summaries.items()))
