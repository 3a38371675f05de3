"""Whether the editor has said its settings, which may forbid what is wanted. What they are is the service's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from attrs import define, field

SECONDS = 20.0
"""How long an editor may take to say them."""


@define(eq=False)
class Configured:
    """The questions for settings that are open."""

    _open: int = 0
    _said: asyncio.Event = field(factory=asyncio.Event)

    @property
    def is_set(self) -> bool:
        """Whether the settings have come, or will not; not while the editor is asked for new ones."""
        return self._said.is_set()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Have whatever the settings may forbid wait until they have come, and those of every question that is open."""
        self._open += 1
        self._said.clear()
        try:
            yield
        finally:
            self._open -= 1
            if not self._open:
                self._said.set()

    async def wait(self) -> None:
        """Wait for them, and not for ever: an editor that says nothing has none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                await self._said.wait()
