"""A bar on a terminal over a run of many files; nothing where the output is read by a program."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import IO

_FILES = 2
"""The fewest that are worth one."""


def progress(total: int) -> AbstractContextManager[Callable[[], None]]:
    """Show how many of the files are done; what the block gets is to be called after each."""
    if not is_terminal(sys.stderr) or total < _FILES:
        return nullcontext(lambda: None)
    return _bar(total)


def is_terminal(stream: IO[str] | None) -> bool:
    """Tell whether a person is at the other end; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


@contextmanager
def _bar(total: int) -> Iterator[Callable[[], None]]:
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.progress import Progress  # noqa: PLC0415 - as above

    # What goes to a file must not be sent through the terminal of the bar.
    both = is_terminal(sys.stdout)
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=both) as shown:
        bar = shown.add_task("files", total=total)
        yield lambda: shown.advance(bar)
