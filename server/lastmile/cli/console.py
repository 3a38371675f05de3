"""The console that tables are written to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from lastmile.cli.commands import ReaderGoneError

if TYPE_CHECKING:
    from rich.console import Console


def output(*, markup: bool = True) -> Console:
    """Make a console for standard output; without ``markup``, text is shown as it is."""
    from rich.console import Console  # noqa: PLC0415 - only who writes a table waits for it

    class Output(Console):
        def on_broken_pipe(self) -> NoReturn:
            """Say that the reader is gone, where rich would end the process with a code of its own."""
            raise ReaderGoneError

    return Output(highlight=False, markup=markup, emoji=markup)
