"""Who may ask a host over a port: those who know its token, and no page in a browser.

A page could reach the port by a name of its own that leads to this machine, so the name in ``Host`` has
to be this machine's; no answer allows another origin to read it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

import orjson
from attrs import frozen
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lastmile.model.host.address import NONCE, PROOF, Address
from lastmile.model.host.visitors import Client
from lastmile.model.host.writing import error

_LONGEST_NONCE = 256
Headers = list[tuple[bytes, bytes]]


@frozen
class Guard:
    """Stands before the application."""

    app: ASGIApp
    address: Address
    let_in: Callable[[Client | None], object]
    """Hears of who made a request that was let through."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it without having read its body."""
        if scope["type"] != "http":
            return
        refusal = self._refusal(scope["headers"]) if _has_port(scope) else None
        if refusal is None:
            self.let_in(scope["client"])
        await (self.app if refusal is None else refusal)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        hosts, origins = _all(headers, "host"), _all(headers, "origin")
        if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self._names() or origins:
            return _refused(403, "Pages in a browser cannot use the model, nor who calls this machine by another name.")
        wanted = f"Bearer {self.address.token}".encode()
        if any(hmac.compare_digest(given, wanted) for given in _all(headers, "authorization")):
            return None
        refused = _refused(
            401, "This needs the token that stands in the host's file or that it printed, as the API key."
        )
        refused.headers["www-authenticate"] = "Bearer"
        for nonce in _all(headers, NONCE)[:1]:
            if len(nonce) <= _LONGEST_NONCE:
                refused.headers[PROOF] = self.address.proof(nonce.decode("latin-1"))
                del refused.headers["connection"]
        return refused

    def _names(self) -> frozenset[str]:
        return frozenset({self.address.host, f"localhost:{self.address.port}"})


def _has_port(scope: Scope) -> bool:
    """Tell whether a request came over a port, or nobody knows; what comes over the socket is the person's own."""
    match scope.get("server"):
        case (str(), None):
            return False
    return True


def _all(headers: Headers, name: str) -> list[bytes]:
    return [value for key, value in headers if key == name.encode()]


def _refused(status: int, message: str) -> Response:
    """Refuse, and hang up: who is not let in does not keep the host from ending."""
    body = orjson.dumps(error(message, "invalid_request_error"))
    return Response(body, status, {"connection": "close"}, media_type="application/json")
