"""Measures how fast a model is on this machine, through its host, as an editor would ask it.

What is measured is speed alone, once and with whatever else the machine does meanwhile; how good the
model is, nobody learns here.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable
from importlib.resources import files
from statistics import median
from typing import Any, TypeVar

import orjson
from attrs import define, frozen

from lastmile.config.local import LocalModel
from lastmile.errors import ModelError
from lastmile.model.host.starting import Host
from lastmile.model.lines import Lines

_T = TypeVar("_T")

_SOURCES = ("catalogue.py", "pulling.py", "places.py", "machine.py", "advice.py")
"""What the model reads: code of this program, some thousand tokens of it."""

_CHARACTERS, _OF_CELLS = 3000, 0.5
"""Characters that are read, some nine hundred tokens; for each token held no more than half a one."""

_TOKENS = 128
_SHORT = 24
"""Tokens of a completion: about a line or two."""

_ROUNDS = 3
_LONG = 10.0
"""Seconds after which no further round of the same is begun."""

_OK = 200


@frozen
class Measured:
    """What was measured; medians of up to three rounds, but for the load."""

    was_cold: bool
    """Whether the model had to be loaded."""

    load: float
    """Seconds until the first token: the start of the host and the load, where it was cold."""

    prompt_tokens: int
    prompt_rate: float
    """Tokens read a second."""

    tokens: int
    rate: float
    """Tokens said a second, one after the other, with nothing guessed."""

    first: float | None
    """Seconds of a completion in a text that the model did not see before; None where it fills no gaps."""

    next: float | None
    """Seconds of the completion a key later."""

    alone: bool
    """Whether nobody else asked it anything when this began."""


async def measure(host: Host, clock: Callable[[], float] = time.perf_counter) -> Measured:
    """Measure a model; takes from seconds to minutes. Raises `ModelError` where it cannot be loaded or asked."""
    lines = Lines(host)
    try:
        return await _Bench(lines, clock, host.model).run()
    finally:
        lines.close()


@define(eq=False)
class _Bench:
    lines: Lines
    clock: Callable[[], float]
    model: LocalModel

    async def run(self) -> Measured:
        status = await self._asked("GET", "/status")
        began = self.clock()
        await self._complete({"prompt": "x", "max_tokens": 1})
        load = self.clock() - began
        reading = await self._several(self._read)
        saying = await self._several(self._said)
        gaps = await self._several(self._gap)
        return Measured(
            was_cold=status["state"] != "ready",
            load=load,
            prompt_tokens=reading[0]["prompt_tokens"],
            prompt_rate=median(_rate(usage) for usage in reading),
            tokens=min(usage["completion_tokens"] for usage in saying),
            rate=median(usage["completion_tokens"] / usage["timings"]["completion_s"] for usage in saying),
            first=median(first for first, _ in gaps) if all(gaps) else None,
            next=median(following for _, following in gaps) if all(gaps) else None,
            alone=not status["running"],
        )

    def _code(self, cells: int) -> str:
        """Give code for so many tokens held, which begins as none before did: nothing of it is held already."""
        text = "".join(files("lastmile.model.shelf").joinpath(name).read_text("utf-8") for name in _SOURCES)
        return f"# {uuid.uuid4()}\n{text[: min(_CHARACTERS, round(cells * _OF_CELLS))]}"

    async def _several(self, once: Callable[[], Awaitable[_T]]) -> list[_T]:
        """Do the same some times."""
        began, found = self.clock(), [await once()]
        while len(found) < _ROUNDS and self.clock() - began < _LONG:
            found.append(await once())
        return found

    async def _read(self) -> dict[str, Any]:
        return await self._complete({"prompt": self._code(self.model.context), "max_tokens": 1})

    async def _said(self) -> dict[str, Any]:
        # Above 0 nothing is guessed from what was read, which would make it look faster than it is.
        return await self._complete({"prompt": self._code(1000), "max_tokens": _TOKENS, "temperature": 0.8})

    async def _gap(self) -> tuple[float, ...]:
        """Time a completion in the middle of a text, and another one a key later; nothing where it fills no gaps."""
        code = self._code(self.model.completion_context)
        before, after = code[: len(code) // 2], code[len(code) // 2 :]
        gap = {"suffix": after, "max_tokens": _SHORT, "document": uuid.uuid4().hex}
        try:
            return tuple([await self._timed(gap | {"prompt": text}) for text in (before, f"{before}x")])
        except ModelError:
            return ()

    async def _timed(self, body: dict[str, object]) -> float:
        began = self.clock()
        await self._complete(body)
        return self.clock() - began

    async def _complete(self, body: dict[str, object]) -> dict[str, Any]:
        """Ask for a text, and give what it took."""
        usage: dict[str, Any] = (await self._asked("POST", "/v1/completions", orjson.dumps(body)))["usage"]
        return usage

    async def _asked(self, method: str, target: str, body: bytes = b"") -> dict[str, Any]:
        answer = await self.lines.ask(method, target, body)
        try:
            found: dict[str, Any] = orjson.loads(await answer.whole())
        finally:
            answer.close()
        if answer.status != _OK:
            raise ModelError(str(found["error"]["message"]))
        return found


def _rate(usage: dict[str, Any]) -> float:
    fresh = usage["prompt_tokens"] - usage["prompt_tokens_details"]["cached_tokens"]
    return float(fresh / usage["timings"]["prompt_s"])
