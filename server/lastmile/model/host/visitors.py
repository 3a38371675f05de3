"""Which connections count as somebody: all over the socket, and over a port those that were let in.

Any user of the machine can connect to a port. Who was not let in keeps no host alive, and is hung up on. Who
is let in is not decided here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from typing import Protocol

from attrs import define, field

_PATIENCE = 10.0
"""Seconds until a connection over a port is to have made a request that was let in: twice what our own client
waits for the proof before it makes one."""

Client = tuple[str, int]


class Transport(Protocol):
    """What asyncio sends and hears with."""

    def abort(self) -> None:
        """Hang up."""


class Connection(Protocol):
    """A connection as uvicorn holds it."""

    @property
    def transport(self) -> Transport:
        """What is hung up."""

    @property
    def server(self) -> tuple[str, int | None] | None:
        """Where it came in: without a port it is the socket."""

    @property
    def client(self) -> Client | None:
        """Who is at the other end."""


@define(eq=False)
class Visitors:
    """Knows who was let in."""

    connections: Callable[[], Collection[Connection]]
    clock: Callable[[], float] = time.monotonic
    _let_in: set[Client | None] = field(factory=set, init=False)
    _since: dict[Connection, float] = field(factory=dict, init=False)
    """When a connection over a port was seen first."""

    def let_in(self, client: Client | None) -> None:
        """Hear of a request that was let in."""
        if client is not None:
            self._let_in.add(client)

    def look(self) -> bool:
        """Tell whether anybody is there; hang up on those who had their time to be let in."""
        now, there = self.clock(), [each for each in self.connections() if _has_port(each)]
        self._let_in &= {each.client for each in there}
        self._since = {each: self._since.get(each, now) for each in there}
        strangers = [each for each in there if each.client not in self._let_in]
        for each in strangers:
            if now - self._since[each] >= _PATIENCE:
                each.transport.abort()
        return len(self.connections()) > len(strangers)


def _has_port(connection: Connection) -> bool:
    return connection.server is None or connection.server[1] is not None
