"""Makes the SDK's clients, for the provider that the settings name. Everything here blocks: call it in a thread.

The SDK neither retries (`retry` does), nor traces, nor follows redirects, which would carry a file
to a host that nobody configured. Right before a request goes out, whoever sends it is told through
`telling`, with the bytes that will be sent.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, assert_never

from lastmile.config.claude import Claude, Provider
from lastmile.errors import TierOffError

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicVertex

    Client = AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicVertex

_TOLD: ContextVar[Callable[[httpx2.Request], Awaitable[None]]] = ContextVar("told")
"""Connections are shared between tasks; who hears of a request is not."""

_SDK = "anthropic"
_EVENTS = b"""\
event: message_start
data: {"type": "message_start", "message": {"id": "-", "type": "message", "role": "assistant", "model": "-", \
"content": [], "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 1, "output_tokens": 1}}}

event: content_block_delta
data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "-"}}

"""
_NEEDS = {Provider.BEDROCK: ("boto3", "botocore"), Provider.VERTEX: ("google.auth", "requests")}


def open_client(claude: Claude, key: str) -> Client:
    """Import the SDK and make a client; opens no connection.

    Raises `TierOffError` where the extra is missing, or the settings name no region or no address.
    """
    provider = claude.provider
    if message := lacking(provider):
        raise TierOffError(message)
    try:
        client = _make(claude, key)
    except (ValueError, import_module("httpx2").InvalidURL) as error:
        message = f"Claude cannot be reached with claude.provider = {provider.value}: {error}"
        raise TierOffError(message) from None
    asyncio.run(_warm_up())
    return client


def _sdk() -> ModuleType:
    """Import the SDK, keeping the garbage collector off its objects, of which a pass stops every thread for 35 ms."""
    if _SDK in sys.modules:
        return sys.modules[_SDK]
    enabled = gc.isenabled()
    gc.disable()
    try:
        sdk = import_module(_SDK)
        gc.freeze()
    finally:
        if enabled:
            gc.enable()
    return sdk


def _make(claude: Claude, key: str) -> Client:
    sdk = _sdk()
    shared: dict[str, Any] = {
        "base_url": claude.base_url or None,
        "max_retries": 0,
        "open_telemetry": False,
        "http_client": sdk.DefaultAsyncHttpxClient(follow_redirects=False, event_hooks={"request": [_tell]}),
    }
    client: Client
    match claude.provider:
        case Provider.ANTHROPIC:
            client = sdk.AsyncAnthropic(api_key=key, **shared)
        case Provider.BEDROCK:
            client = sdk.AsyncAnthropicBedrock(aws_region=claude.region or None, **shared)
        case Provider.VERTEX:
            place = {"region": claude.region, "project_id": claude.project}
            client = sdk.AsyncAnthropicVertex(**{name: value for name, value in place.items() if value}, **shared)
        case _:
            assert_never(claude.provider)
    return client


@contextmanager
def telling(told: Callable[[httpx2.Request], Awaitable[None]]) -> Iterator[None]:
    """Have ``told`` hear of every request that the current task sends; what it raises stops the send."""
    token = _TOLD.set(told)
    try:
        yield
    finally:
        _TOLD.reset(token)


async def _tell(request: httpx2.Request) -> None:
    told = _TOLD.get(None)
    if told is not None:
        await told(request)


async def _warm_up() -> None:
    """Make one call to nowhere: at the first the SDK reads its type hints, 45 ms that no loop should wait."""
    sdk, http = _sdk(), import_module("httpx2")
    events = http.MockTransport(lambda _request: http.Response(200, content=_EVENTS))
    block = {"type": "text", "text": "-", "cache_control": {"type": "ephemeral"}}
    async with sdk.AsyncAnthropic(
        api_key="-",
        base_url="http://localhost",
        max_retries=0,
        open_telemetry=False,
        http_client=http.AsyncClient(transport=events),
    ) as client:
        stream = await client.messages.create(
            model="-",
            max_tokens=1,
            system=[block],
            messages=[{"role": "user", "content": [block]}],
            output_config={"effort": "low"},
            stream=True,
        )
        async for _ in stream:
            pass


def lacking(provider: Provider) -> str:
    """Say what has to be installed for a provider; empty where nothing has. Imports none of it."""
    if all(map(_installed, _NEEDS.get(provider, ()))):
        return ""
    return (
        f"claude.provider is {provider.value}, and what it needs is not installed. "
        f"Run: pip install 'lastmile[{provider.value}]'"
    )


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
