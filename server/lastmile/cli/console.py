"""The console that tables are written to; imported by who writes one, as rich takes a moment to load."""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console

from lastmile.cli.commands import ReaderGoneError


class Output(Console):
    """Standard output. Where its reader goes away, rich would end the process with a code of its own."""

    def on_broken_pipe(self) -> NoReturn:
        """Say that the reader is gone."""
        raise ReaderGoneError
