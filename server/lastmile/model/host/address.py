"""How a host is reached: by its socket or, where there are none, by a port of this machine's and a token.

The token stands in a file that only the person can read. A port can be taken by anybody once its host has
ended, so whoever listens there has to prove that it knows the token before it hears anything.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import socket
import sys
import time
from pathlib import Path

from attrs import asdict, field, frozen

HERE = "127.0.0.1"
SOCKET, FILE = ".sock", ".json"
"""What the names of the two kinds of addresses end with."""

NONCE, PROOF = "lastmile-nonce", "lastmile-proof"
"""Headers: what the proof is made of, and the proof, which comes with a refusal."""

_PATIENCE = 5.0
"""Seconds for a host to take a connection and to prove itself; it may be loading a model, but not on its loop."""

_PAUSE = 0.01
_NONCE_BYTES = 16


@frozen
class Address:
    """Where a host without a socket listens."""

    port: int
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        """What a request's ``Host`` says."""
        return f"{HERE}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL that a client of the API is given."""
        return f"http://{self.host}/v1"

    def proof(self, nonce: str) -> str:
        """Give what only those can give who know the token, and which says nothing of it."""
        return hmac.digest(self.token.encode(), nonce.encode(), "sha256").hex()


@frozen
class Way:
    """A connection to a host."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    headers: str
    """Lines that each request has to have."""


async def connected(path: Path, *, patience: float = _PATIENCE) -> Way:
    """Connect to the host whose socket or file lies there; a port has so many seconds to prove itself.

    Raises `FileNotFoundError` or `ConnectionRefusedError` where no host listens, `OSError` for other trouble.
    """
    if path.suffix == SOCKET:
        reader, writer = await asyncio.open_unix_connection(sock=await _joined(str(path)))
        return Way(reader, writer, "Host: localhost\r\n")
    address = await asyncio.to_thread(read, path)
    reader, writer = await _proven(address, patience)
    return Way(reader, writer, f"Host: {address.host}\r\nAuthorization: Bearer {address.token}\r\n")


async def _proven(address: Address, patience: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a port, and have who listens there prove to be the host.

    A port whose backlog is full neither takes a connection nor refuses it, so that has its time too.
    """
    writer = None
    try:
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_connection(HERE, address.port)
            await _prove(address, reader, writer)
    except BaseException as error:
        if writer is not None:
            writer.transport.abort()  # however it ended, also by being cancelled, no half proven way stays open
        if isinstance(error, TimeoutError | EOFError | ValueError | asyncio.LimitOverrunError):
            raise ConnectionRefusedError(str(error)) from error
        raise
    return reader, writer


async def _joined(path: str) -> socket.socket:
    """Connect a socket, which is done at once or not at all.

    Where too many wait already it fails with EAGAIN, which asyncio takes for a connection under way; then it
    is tried again.
    """
    deadline = time.monotonic() + _PATIENCE
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        found.settimeout(0)
        while True:
            try:
                found.connect(path)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
            else:
                return found
            await asyncio.sleep(_PAUSE)
    except BaseException:
        found.close()  # nobody else knows of it yet; what ended the wait goes on
        raise


async def _prove(address: Address, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Have the host prove itself. Raises `ValueError` and others where it is another program."""
    nonce = os.urandom(_NONCE_BYTES).hex()
    writer.write(f"GET /status HTTP/1.1\r\nHost: {address.host}\r\n{NONCE}: {nonce}\r\n\r\n".encode("ascii"))
    await writer.drain()
    _, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if not hmac.compare_digest(headers.get(PROOF, "").encode(), address.proof(nonce).encode()):
        raise ValueError("another program listens on the host's port")
    await reader.readexactly(int(headers["content-length"]))


def read(path: Path) -> Address:
    """Read where a host listens. Blocks; raises `OSError`, for what is no such file too."""
    try:
        found = json.loads(path.read_bytes())
        return Address(int(found["port"]), str(found["token"]))
    except (ValueError, KeyError, TypeError) as error:
        message = f"{path} does not say where a host listens."
        raise ConnectionRefusedError(message) from error


def write(path: Path, address: Address) -> None:
    """Write down where a host listens, all at once, for the person alone. Blocks; raises `OSError`."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        if sys.platform != "win32":
            os.fchmod(file.fileno(), 0o600)
        json.dump(asdict(address), file)
    draft.replace(path)
