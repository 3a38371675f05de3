"""What can go wrong with an OpenAI chat server, each in one line that says what to do.

The messages of llama-server, Ollama, LM Studio and vLLM differ; what they share is recognised and
the rest is passed on, shortened.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from attrs import frozen

from lastmile.errors import TierError, TierOffError

_LONGEST = 200
_MOST_NAMES = 8
_NOT_FOUND = 404
_SERVER_ERRORS = 500
_CONTEXT = re.compile(r"context|too (?:long|large)|maximum.{0,40}tokens", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model\b.{0,200}?(?:not found|not exist|not loaded|unknown|no such)|model_not_found", re.IGNORECASE
)


class UnreachableError(TierError):
    """No server answers at the address."""


class UnknownModelError(TierOffError):
    """The server does not have the model."""


@frozen
class Address:
    """Where a server is."""

    url: str
    key_variable: str = ""
    name: str = ""
    """What to call it where its address says nothing; empty for host and port."""

    @property
    def root(self) -> str:
        """The address without a slash at its end."""
        return self.url.rstrip("/")

    @property
    def host(self) -> str:
        """Host and port, as the egress log names them."""
        return self.name or urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def defect(self) -> str:
        """Why nothing can be sent there; empty where it can."""
        try:
            parts = urlsplit(self.url)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        return "" if good else f"{self.url} is not the address of a server"

    @property
    def local(self) -> bool:
        """Whether it is this machine, by the address alone: names other than ``localhost`` are not looked up."""
        name = urlsplit(self.url).hostname or ""
        if name == "localhost":
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def unreachable(address: Address, why: str, *, connected: bool) -> TierError:
    """Say that the way to the server failed, before or after it was reached."""
    why = _short(why)
    if connected:
        return TierError(f"The connection to {address.host} broke: {why}")
    return UnreachableError(f"No server answers at {address.root} ({why}). Start it, or take it out of the ladder.")


def refused(address: Address, status: int, body: str) -> TierError:
    """Say why the server answered with an error."""
    said = error_text(_decoded(body)) or f"HTTP {status}"
    if status in (401, 403):
        where = address.key_variable or "key_variable of the server's settings"
        return TierOffError(f"{address.host} refused the key (HTTP {status}): check {where}.")
    if status < _SERVER_ERRORS and _NO_MODEL.search(said):
        return UnknownModelError(said)
    if status == _NOT_FOUND:
        return TierOffError(f"{address.root} has no chat API (HTTP 404): the address most often ends in /v1.")
    return TierError(_failure(address, status, said))


def _failure(address: Address, status: int, said: str) -> str:
    match status:
        case 429:
            return f"{address.host} takes no more requests now: {said}"
        case 503:
            return f"{address.host} is not ready, it may still be loading its model: {said}"
        case _ if status < _SERVER_ERRORS and _CONTEXT.search(said):
            more = "Set a larger model.context." if address.name else "Give the server a larger context."
            return f"The prompt is too long for the model: {said.rstrip('.')}. {more}"
        case _ if address.name:
            return said  # Our own host says all that there is to say.
        case _:
            return f"{address.host} failed with HTTP {status}: {said}"


def unknown_model(address: Address, model: str, names: Sequence[str]) -> TierOffError:
    """Say that the server does not have the model, and which ones it has."""
    listed = ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")
    has = f"It has {listed}." if names else "It lists none."
    return TierOffError(f"{address.host} has no model {model!r}. {has} Name one of them in the settings.")


def error_text(answer: object) -> str:
    """Find the message in an error, whichever of the shapes in use it has; empty where there is none."""
    match answer:
        case {"error": {"message": str(message)}} | {"error": str(message)} | {"message": str(message)}:
            return _short(message)
        case {"detail": str(message)}:
            return _short(message)
        case _:
            return ""


def _decoded(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return {"message": body} if body.strip() else {}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"
