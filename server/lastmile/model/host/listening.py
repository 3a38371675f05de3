"""What a host listens on: a socket that only the person can reach, or a port that wants a token, or both.

Another program's page must not reach that port from a browser: see `guard.py`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import cast

from attrs import frozen

from lastmile.model.host.address import HERE, SOCKET, Address, write

_WAITING = 2048
"""Connections that may wait to be accepted, as far as the system goes along; uvicorn's own number."""

_TOKEN_BYTES = 32


@frozen
class Listening:
    """Sockets that listen."""

    sockets: tuple[socket.socket, ...]
    address: Address | None = None
    """The one that is a port, with what a request must know; None where there is none: the folder keeps others out."""


@contextmanager
def listening(path: Path, port: int | None = None) -> Iterator[Listening]:
    """Listen, and be found there for as long as the block lasts. What a killed host left in its place goes.

    A ``port`` is listened on as well; 0 stands for any. Raises `OSError` where it is taken.
    """
    path.unlink(missing_ok=True)
    with ExitStack() as held:
        held.callback(path.unlink, missing_ok=True)
        if path.suffix != SOCKET:
            found = held.enter_context(_on_port(port or 0))
            write(path, cast("Address", found.address))
        else:
            found = held.enter_context(_on_socket(path))
            if port is not None:
                other = held.enter_context(_on_port(port))
                found = Listening((*found.sockets, *other.sockets), other.address)
        yield found


@contextmanager
def _on_socket(path: Path) -> Iterator[Listening]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(_WAITING)
        yield Listening((listener,))


@contextmanager
def _on_port(port: int) -> Iterator[Listening]:
    import secrets  # noqa: PLC0415 - who has a socket needs none

    # asyncio sends at once only on what says that it is TCP; otherwise an answer waits for 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        if sys.platform == "win32":  # there another program could listen on the same port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # elsewhere one that a host left a minute ago could not be had again
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HERE, port))
        listener.listen(_WAITING)
        yield Listening((listener,), Address(listener.getsockname()[1], secrets.token_urlsafe(_TOKEN_BYTES)))
