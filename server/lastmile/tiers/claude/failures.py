"""What an exception of the SDK or its HTTP library means for the call: a `Failure`.

The rule about money: the provider bills what it began to answer. An error status, an error event
before ``message_start`` and a connection that broke before it cost nothing and may be tried again.
Silence until the deadline, or an answer that makes no sense, may have been billed and is not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import evolve

from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.retry import Failure, Stops
from lastmile.tiers.claude.stream import MalformedError

if TYPE_CHECKING:
    from anthropic import APIStatusError

_LONGEST_QUOTE = 200
_NO_CREDIT, _OVERLOADED = 402, 529
_SERVER_ERRORS = 500
_SLOWER = Failure("The provider asks to slow down ({status}).", again=True)
_SERVER_FAILED = Failure("The provider failed ({status}).", again=True)
_REFUSED = Failure("The provider refused the request ({status}).")
_MEANINGS: Mapping[int, Failure] = {
    401: Failure("The provider refused the API key in {key} (401).", stops=Stops.ACCOUNT),
    _NO_CREDIT: Failure("The account has no credit left ({status}).", stops=Stops.ACCOUNT),
    403: Failure("The API key in {key} may not use {model} (403).", stops=Stops.MODEL),
    404: Failure("The provider has no model {model} (404); set tiers.{tier}.model.", stops=Stops.MODEL),
    408: _SLOWER,
    409: _SLOWER,
    413: Failure("The prompt is too long for the provider (413)."),
    429: _SLOWER,
    _OVERLOADED: Failure("The provider is overloaded ({status}).", again=True),
}
"""What each status means; any other below 500 is `_REFUSED`, any other from there on `_SERVER_FAILED`."""

_STATUS_OF: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": _NO_CREDIT,
    "permission_error": 403,
    "not_found_error": 404,
    "timeout_error": 504,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": _SERVER_ERRORS,
    "overloaded_error": _OVERLOADED,
}
"""The status that an error of each type comes with, for ``error`` events, which come after a 200."""


def failure_of(error: Exception, account: Account, *, tier: str, model: str) -> Failure | None:
    """Say what an exception means; None where it is none that the SDK is known to raise."""
    import httpx2  # noqa: PLC0415 - heavy, and loaded by now
    from anthropic import APIConnectionError, APIError, APIStatusError  # noqa: PLC0415 - as above

    match error:
        case APIStatusError():
            return _status(error, account, tier=tier, model=model)
        case APIConnectionError():
            return _transport(error.__cause__, account)
        case httpx2.TransportError():
            return _transport(error, account)
        case MalformedError() | APIError() | httpx2.HTTPError() | httpx2.StreamError() | ValueError():
            return Failure(f"The provider's answer makes no sense: {quote(str(error), account)}", billed=True)
    return None


def _transport(error: BaseException | None, account: Account) -> Failure:
    import httpx2  # noqa: PLC0415 - heavy, and loaded by now

    match error:
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout() | httpx2.ProxyError():
            place = account.claude.base_url or account.claude.provider.value
            return Failure(f"Nobody can be reached at {place}; is this machine online?", again=True)
        case httpx2.TimeoutException():
            return Failure("The provider fell silent.", billed=True)
        case httpx2.TransportError() if not isinstance(error, httpx2.UnsupportedProtocol | httpx2.LocalProtocolError):
            return Failure("The connection broke.", again=True)
    return Failure(f"The request cannot be sent ({type(error).__name__}); is claude.base_url an address?")


def _status(error: APIStatusError, account: Account, *, tier: str, model: str) -> Failure:
    in_stream = error.response.is_success
    status = _STATUS_OF.get(str(error.type), _SERVER_ERRORS) if in_stream else error.status_code
    if str(error.error_code or "").endswith("spend_limit_reached") or error.type == "billing_error":
        meaning = _MEANINGS[_NO_CREDIT]
    elif status >= _SERVER_ERRORS:
        meaning = _MEANINGS.get(status, _SERVER_FAILED)
    else:
        meaning = _MEANINGS.get(status, _REFUSED)
    why = meaning.why.format(key=account.claude.key_variable, model=model, tier=tier, status=status)
    said = quote(error.api_message or "", account)
    headers = error.response.headers
    return evolve(
        meaning,
        why=f"{why} {said}".rstrip(),
        again=meaning.again and headers.get("x-should-retry") != "false",
        wait=None if in_stream else _seconds(headers),
    )


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Read how long to wait; a date, which the provider does not send, counts as nothing said."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


def quote(said: str, account: Account) -> str:
    """Cut what somebody else says to one short line, without the key."""
    line = account.scrub(" ".join(said.split()))
    return line[:_LONGEST_QUOTE]
