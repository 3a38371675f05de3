"""Asks for consent at the terminal, in a way that ctrl-c and a deadline can end."""

from __future__ import annotations

import asyncio
import os
import sys
from threading import Thread

import click
from attrs import define, field

from lastmile.cascade.events import dollars
from lastmile.cascade.protocols import ConsentRequest
from lastmile.text.visible import visible

_LONGEST_ANSWER = 1024


@define
class TerminalConsent:
    """Asks at the terminal, where there is one; elsewhere nothing is paid for."""

    interactive: bool
    _answers: asyncio.Queue[bytes] | None = field(default=None, init=False)

    async def ask(self, request: ConsentRequest) -> bool:
        """Ask whether the tier may be paid for this task; anything but a yes is a no."""
        if not self.interactive:
            return False
        self._forget()
        tried = "; ".join(dict.fromkeys(attempt.reason for attempt in request.attempts if attempt.reason))
        question = (
            f"{request.task.title}\n  Refused so far: {tried or 'nothing was drafted free'}\n"
            f"  Ask {request.tier} ({request.model}), up to {dollars(request.worst_case)}? [y/N]"
        )
        click.echo(visible(question), err=True)
        answer = await self._answer()
        self.interactive = bool(answer)  # An empty one is the end of the input.
        return answer.strip().lower() in {b"y", b"yes"}

    async def _answer(self) -> bytes:
        if self._answers is None:
            self._answers = asyncio.Queue()
            Thread(target=_read, args=(asyncio.get_running_loop(), self._answers), daemon=True).start()
        return await self._answers.get()

    def _forget(self) -> None:
        """Drop what was typed before the question: it is no answer to it."""
        if sys.platform != "win32":
            from termios import TCIFLUSH, tcflush  # noqa: PLC0415 - Windows has none

            tcflush(sys.stdin.fileno(), TCIFLUSH)
        while self._answers is not None and not self._answers.empty():
            self._answers.get_nowait()


def _read(loop: asyncio.AbstractEventLoop, answers: asyncio.Queue[bytes]) -> None:
    """Pass on what is typed, line by line.

    It reads past the buffer of `sys.stdin`, whose lock would hold up the end of the interpreter.
    """
    answer = b" "
    while answer:
        answer = os.read(sys.stdin.fileno(), _LONGEST_ANSWER)
        loop.call_soon_threadsafe(answers.put_nowait, answer)
