"""What a host listens on: a socket that only the person can reach, or a port that wants a token.

Another program's page must not reach that port from a browser: see `guard.py`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from lastmile.model.host.address import HERE, SOCKET, Address, write

_WAITING = 2048
"""Connections that may wait to be accepted, as far as the system goes along; uvicorn's own number."""

_TOKEN_BYTES = 32


@frozen
class Listening:
    """A socket that listens."""

    socket: socket.socket
    address: Address | None = None
    """Where it is a port, with what a request must know; None where the folder keeps others out."""


@contextmanager
def listening(path: Path) -> Iterator[Listening]:
    """Listen, and be found there for as long as the block lasts. What a killed host left in its place goes."""
    path.unlink(missing_ok=True)
    with _on_socket(path) if path.suffix == SOCKET else _on_port(path) as found:
        try:
            yield found
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def _on_socket(path: Path) -> Iterator[Listening]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(_WAITING)
        yield Listening(listener)


@contextmanager
def _on_port(path: Path) -> Iterator[Listening]:
    import secrets  # noqa: PLC0415 - who has a socket needs none

    # asyncio sends at once only on what says that it is TCP; otherwise an answer waits for 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        if sys.platform == "win32":  # there another program could listen on the same port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listener.bind((HERE, 0))
        listener.listen(_WAITING)
        address = Address(listener.getsockname()[1], secrets.token_urlsafe(_TOKEN_BYTES))
        write(path, address)
        yield Listening(listener, address)
