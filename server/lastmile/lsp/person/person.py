"""The person in front of the editor: told things, asked things, shown documents.

Whatever the client makes of it, nothing here fails: a client that cannot show or ask is a person
who did not answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from attrs import define, field
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from lastmile.lsp.wire import uris
from lastmile.lsp.wire.protocol import Protocol

logger = logging.getLogger(__name__)

_MOST_REMEMBERED = 200
_MOST_AT_ONCE = 6
"""Of one message: it has to be read while it stands there. The log has them all."""

_SHOW_SECONDS = 20.0


@define(eq=False)
class Person:
    """Talks to the person through the client."""

    protocol: Protocol
    _told: dict[str, None] = field(factory=dict)

    def tell(self, message: str, *, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show a message."""
        self.protocol.notify(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(kind, message))

    def tell_once(self, message: str, *, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show a message unless it was shown before; the last 200 are remembered."""
        self.tell_news((message,), "", kind=kind)

    def tell_news(
        self, messages: Sequence[str], lead: str, *, kind: types.MessageType = types.MessageType.Warning
    ) -> None:
        """Show those that were not shown before, as one message: several are numbered, behind ``lead``."""
        news = [message for message in dict.fromkeys(messages) if message not in self._told]
        if news:
            self.tell(_together(news, lead), kind=kind)
            for message in news[_MOST_AT_ONCE:]:
                self.log(message)
        for message in messages:
            if message not in self._told and len(self._told) >= _MOST_REMEMBERED:
                del self._told[next(iter(self._told))]
            self._told[message] = None

    def log(self, message: str) -> None:
        """Write into the log that the editor keeps for this server."""
        self.protocol.notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(types.MessageType.Info, message))

    async def choose(
        self,
        message: str,
        choices: Sequence[str],
        *,
        seconds: float,
        kind: types.MessageType = types.MessageType.Info,
    ) -> str | None:
        """Ask with buttons; None where nothing was chosen in time, or the question was closed."""
        items = [types.MessageActionItem(choice) for choice in choices]
        params = types.ShowMessageRequestParams(kind, message, items)
        try:
            answer = await self.protocol.ask(types.WINDOW_SHOW_MESSAGE_REQUEST, params, seconds=seconds)
        except (TimeoutError, JsonRpcException) as error:
            logger.info("A question was not answered: %s", error)
            return None
        title = getattr(answer, "title", None)
        return title if title in choices else None

    async def show(self, path: Path, *, external: bool = False) -> bool:
        """Open a file in the editor, or in what else the system opens such files with; False where it did not."""
        params = types.ShowDocumentParams(uris.from_path(path), external=external or None, take_focus=True)
        try:
            answer = await self.protocol.ask(types.WINDOW_SHOW_DOCUMENT, params, seconds=_SHOW_SECONDS)
        except (TimeoutError, JsonRpcException) as error:
            logger.info("A document was not shown: %s", error)
            return False
        return bool(getattr(answer, "success", False))


def _together(messages: Sequence[str], lead: str) -> str:
    """Put messages into one."""
    if len(messages) == 1:
        return messages[0]
    lines = [f"({number}) {message.rstrip('.')}." for number, message in enumerate(messages[:_MOST_AT_ONCE], 1)]
    more = len(messages) - len(lines)
    left = [f"And {more} more, which the log lists."] if more else []
    return "\n".join([f"{len(messages)} {lead}:", *lines, *left])
