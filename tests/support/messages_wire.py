"""The wire format of the Messages API as plain values: scripted replies, their events, their usage.

It speaks no HTTP. Token counts come from a tokenizer of its own, so that estimates in the code
under test are compared with something that they were not made from. It splits every text as finely
as real vocabularies split what they know least: random letters, digits, blanks of several kinds.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from attrs import define, field, frozen
from tests.support.patience import PATIENCE

FRAMING = 7
"""Tokens that the API counts beside the text: roles and the turn's marks."""

LEAST_CACHEABLE = 512
"""Tokens below which a prefix is not cached, and nothing is said about it."""

ERROR_TYPES: Mapping[int, str] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}

_PIECE = re.compile(r"[a-z]{1,2}|[A-Z]{1,2}|[0-9]| {1,4}|\n{1,8}|.", re.DOTALL)


@define
class Gate:
    """A place where the server waits until the test opens it."""

    _opened: Future[None] = field(factory=Future, init=False)
    _reached: Future[None] = field(factory=Future, init=False)

    def open(self) -> None:
        if not self._opened.done():
            self._opened.set_result(None)

    async def reached(self) -> None:
        """Wait until the server stands at the gate."""
        await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self._reached)), PATIENCE)

    async def passed(self) -> None:
        """Stand at the gate; the server calls this."""
        if not self._reached.done():
            self._reached.set_result(None)
        await asyncio.shield(asyncio.wrap_future(self._opened))


@frozen
class Break:
    """How an answer ends before its end."""

    after: int
    """Events that still go out."""

    how: str = "reset"
    """``reset``: the connection is reset. ``drop``: it is closed in the middle of the answer. ``end``:
    the answer ends politely, too early. ``error``: an ``error`` event. ``raw``: `raw` and a polite end."""

    error: str = "overloaded_error"
    raw: str = ""


@frozen
class Reply:
    """What the server answers to one request."""

    text: str = ""
    thinking: str = ""
    stop_reason: str = "end_turn"
    category: str | None = None
    """Of a refusal."""

    status: int = 200
    message: str = ""
    headers: Mapping[str, str] = field(factory=dict)
    body: str | None = None
    """Replaces the JSON body of an error: what a proxy in between says."""

    piece: int = 40
    """Characters in one delta."""

    ends: Break | None = None
    gate: Gate | None = None
    gate_after: int = 0
    """Events that go out before the gate; with none, not even the status line does."""

    usage: Mapping[str, Any] = field(factory=dict)
    """Replaces counts in both usage objects: what a provider with other ideas says."""

    when: str = ""
    """Answers only a request whose last message holds this; empty for any."""


def refused(status: int, message: str = "", *, headers: Mapping[str, str] | None = None) -> Reply:
    """Script an error with a status and the API's JSON body."""
    return Reply(status=status, message=message or f"scripted {status}", headers=headers or {})


def pieces(text: str) -> list[str]:
    """Split a text into tokens: joined they give it again."""
    return _PIECE.findall(text)


def count(text: str) -> int:
    """Count tokens; a character beyond ASCII makes one for each byte."""
    return sum(max(1, len(piece.encode())) if ord(piece[0]) > 127 else 1 for piece in pieces(text))


@frozen
class Counted:
    """How the input of a request is billed."""

    input: int
    read: int
    write: int
    write_1h: int

    def wire(self) -> dict[str, Any]:
        return {
            "input_tokens": self.input,
            "cache_creation_input_tokens": self.write + self.write_1h,
            "cache_read_input_tokens": self.read,
            "cache_creation": {"ephemeral_5m_input_tokens": self.write, "ephemeral_1h_input_tokens": self.write_1h},
            "service_tier": "standard",
        }


@define
class PromptCache:
    """Prefixes that requests have marked, by key and model; kept until `clear`."""

    _known: set[str] = field(factory=set, init=False)

    def clear(self) -> None:
        """Forget everything, as if its time were over."""
        self._known.clear()

    def bill(self, body: Mapping[str, Any], owner: str) -> Counted:
        """Count a request's input and remember the prefixes that it marks."""
        tokens, read, marked, ttl = 0, 0, 0, "5m"
        digest = hashlib.sha256(f"{owner}|{body.get('model')}|{body.get('output_config')}".encode())
        marks: list[str] = []
        for block in _blocks(body):
            control = block.pop("cache_control", None)
            digest.update(json.dumps(block, sort_keys=True).encode())
            tokens += count(_text(block))
            if digest.hexdigest() in self._known:
                read = tokens
            if control is not None and tokens >= LEAST_CACHEABLE:
                marked, ttl = tokens, control.get("ttl", "5m")
                marks.append(digest.hexdigest())
        self._known.update(marks)
        read = min(read, marked)
        write = marked - read
        rest = tokens - marked + FRAMING
        return Counted(rest, read, 0 if ttl == "1h" else write, write if ttl == "1h" else 0)


def events(reply: Reply, body: Mapping[str, Any], counted: Counted) -> Iterator[tuple[str, dict[str, Any]]]:
    """Write a reply as the events of a stream, cut off at the request's ``max_tokens``."""
    most = int(body["max_tokens"])
    thought, said = pieces(reply.thinking), pieces(reply.text)
    cut = len(thought) + len(said) > most
    thinking, text = "".join(thought[:most]), "".join(said[: max(0, most - len(thought))])
    output = min(most, max(1, count(reply.thinking) + count(reply.text)))
    start = {**counted.wire(), "output_tokens": min(1, most), **reply.usage}
    yield "message_start", {"type": "message_start", "message": _message(str(body["model"]), start)}
    yield "ping", {"type": "ping"}
    index = 0
    if thinking:
        yield from _block(index, "thinking", thinking, reply.piece)
        index += 1
    yield from _block(index, "text", text, reply.piece)
    reason = "max_tokens" if cut else reply.stop_reason
    details = {"type": "refusal", "category": reply.category, "explanation": None} if reason == "refusal" else None
    delta = {"stop_reason": reason, "stop_sequence": None, "stop_details": details}
    yield (
        "message_delta",
        {"type": "message_delta", "delta": delta, "usage": {**counted.wire(), "output_tokens": output, **reply.usage}},
    )
    yield "message_stop", {"type": "message_stop"}


def error_body(kind: str, message: str) -> dict[str, Any]:
    """Write an error, as a JSON body and as an ``error`` event alike."""
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_stand_in"}


def complaint(body: object) -> str:
    """Say what the API would not take in a request body; empty where it would."""
    if not isinstance(body, dict) or "model" not in body or not body.get("messages"):
        return "model and messages: Field required"
    blocks = list(_blocks(body))
    marks = [block["cache_control"] for block in blocks if block.get("cache_control")]
    sampling = {"temperature", "top_p", "top_k"} & set(body)
    wrong = {
        "max_tokens: Input should be greater than or equal to 1": not int(body.get("max_tokens") or 0) > 0,
        f"{', '.join(sampling)}: not supported by this model": sampling,
        "This model does not support assistant message prefill.": body["messages"][-1].get("role") != "user",
        "messages: text content blocks must be non-empty": any(not _text(block).strip() for block in blocks),
        "A maximum of 4 blocks with cache_control may be provided.": len(marks) > 4,
        "cache_control.ttl: Input should be '5m' or '1h'": {m.get("ttl", "5m") for m in marks} - {"5m", "1h"},
    }
    return next((message for message, holds in wrong.items() if holds), "")


def question(body: Mapping[str, Any]) -> str:
    """Give the text of the last message's last block: what is asked."""
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else str(content[-1].get("text", ""))


def _blocks(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    system = body.get("system") or []
    parts = [system, *(message.get("content", []) for message in body["messages"])]
    for part in parts:
        for block in [{"type": "text", "text": part}] if isinstance(part, str) else part:
            yield dict(block)


def _text(block: Mapping[str, Any]) -> str:
    return str(block.get("text", ""))


def _message(model: str, usage: Mapping[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {"content": [], "stop_reason": None, "stop_sequence": None}
    return {"id": "msg_stand_in", "type": "message", "role": "assistant", "model": model, **empty, "usage": dict(usage)}


def _block(index: int, kind: str, text: str, piece: int) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "content_block_start",
        {"type": "content_block_start", "index": index, "content_block": {"type": kind, kind: ""}},
    )
    for at in range(0, len(text), piece):
        delta = {"type": f"{kind}_delta", kind: text[at : at + piece]}
        yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": index}
