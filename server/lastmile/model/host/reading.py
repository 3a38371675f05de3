"""Reads requests of the OpenAI API, and what we add to it, as asks. Runs nothing.

What is not known is ignored, as other servers do; what is known and wrong, or known and not there, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from lastmile.errors import RequestError
from lastmile.model.engine.options import Options
from lastmile.model.values import Ask, Chat, Chunk, Fill, Message, Plain, Prompt, Sampling, Urgency

Body = Mapping[str, Any]

_MOST_TOKENS = 1_000_000
_MOST_SAMPLES = Options().sequences
_DEFAULT_TOKENS = 1024
_MOST_STOPS, _LONGEST_STOPS = 64, 4096
"""All of them are looked for at each token."""

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}
_NOT_HERE = ("tools", "functions", "logit_bias", "echo", "best_of")
_LONGEST_NAME = 4096
_MOST_LIKELY = 20
"""As OpenAI has it for conversations."""

_URGENCIES = {urgency.name.lower(): urgency for urgency in Urgency}


@frozen
class Wanted:
    """A request as it was read."""

    ask: Ask
    chat: bool
    """Whether it is a conversation; otherwise text that goes on."""

    stream: bool
    usage: bool
    """Whether a stream is to end with its usage."""

    response_format: Body
    """What the text must be; ``{}`` for anything. It becomes a grammar in a thread."""


def read(body: object, *, chat: bool, model: str) -> Wanted:
    """Read a request. Raises `RequestError` where it is none, or none that can be answered."""
    if not isinstance(body, dict):
        raise RequestError("The request must be a JSON object.")
    for name in _NOT_HERE:
        if body.get(name):
            message = f"{name} is not supported here."
            raise RequestError(message)
    named = _text(body, "model")
    if named not in {"", model}:
        message = f"The model {named!r} does not exist here: this host runs {model!r}."
        raise RequestError(message)
    options = _of(body, "stream_options", dict, {})
    return Wanted(
        _ask(body, _chat(body) if chat else _plain(body)),
        chat,
        bool(_of(body, "stream", bool, default=False)),
        bool(options.get("include_usage")),
        _of(body, "response_format", dict, {}),
    )


def _ask(body: Body, prompt: Prompt) -> Ask:
    most = body.get("max_completion_tokens", body.get("max_tokens"))
    urgency = _text(body, "urgency") or ("completion" if isinstance(prompt, Fill) else "draft")
    if urgency not in _URGENCIES:
        message = f"urgency must be one of {', '.join(_URGENCIES)}."
        raise RequestError(message)
    return Ask(
        prompt,
        _whole({"max_tokens": most}, "max_tokens", 0, _MOST_TOKENS, _DEFAULT_TOKENS),
        _samplings(body),
        _stops(body),
        _text(body, "grammar"),
        _URGENCIES[urgency],
        _document(body),
        _likeliest(body, chat=not isinstance(prompt, Plain | Fill)),
        bool(_of(body, "confidence", bool, default=True)),
    )


def _likeliest(body: Body, *, chat: bool) -> int | None:
    """Read how many of the likeliest tokens are wanted: text takes a number, conversations a yes and a number."""
    name = "top_logprobs" if chat else "logprobs"
    count = _whole(body, name, 0, _MOST_LIKELY, -1)
    if not chat:
        if body.get("top_logprobs") is not None:
            raise RequestError("top_logprobs is for conversations; logprobs is a number here.")
        return None if count < 0 else count
    if _of(body, "logprobs", bool, default=False):
        return max(0, count)
    if count >= 0:
        raise RequestError("top_logprobs needs logprobs to be true.")
    return None


def _samplings(body: Body) -> tuple[Sampling, ...]:
    """Read how each of ``n`` samples is drawn; ``temperature`` may be a list, of one for each."""
    count = _whole(body, "n", 1, _MOST_SAMPLES, 1)
    given = body.get("temperature")
    warmths = given if isinstance(given, list) else [given] * count
    if len(warmths) != count:
        message = f"There are {len(warmths)} temperatures for {count} samples."
        raise RequestError(message)
    seed = _whole(body, "seed", -(2**63), 2**63, 0)
    return tuple(
        Sampling(
            _number({"temperature": warmth}, "temperature", 0, 100, 0.0),
            _whole(body, "top_k", 0, _MOST_TOKENS, 40),
            _number(body, "top_p", 0, 1, 0.95),
            _number(body, "min_p", 0, 1, 0.05),
            (seed + number) % 2**32,
        )
        for number, warmth in enumerate(warmths)
    )


def _chat(body: Body) -> Chat:
    messages = _of(body, "messages", list, [])
    if not messages:
        raise RequestError("messages must be a list of one or more.")
    return Chat(tuple(map(_message, messages)))


def _message(item: object) -> Message:
    match item:
        case {"role": str(role), "content": str(text)} if role in _ROLES:
            return Message(_ROLES[role], text)
        case {"role": str(role), "content": list(parts)} if role in _ROLES:
            return Message(_ROLES[role], "".join(map(_part, parts)))
    message = f"A message must have a role ({', '.join(_ROLES)}) and a content of text."
    raise RequestError(message)


def _part(item: object) -> str:
    match item:
        case {"type": "text", "text": str(text)}:
            return text
    raise RequestError("Only text can be read, no images and no sounds.")


def _plain(body: Body) -> Prompt:
    prompt = body.get("prompt", "")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise RequestError("prompt must be one text.")
    if not isinstance(body.get("suffix"), str):
        return Plain(prompt)
    chunks = tuple(map(_chunk, _of(body, "chunks", list, [])))
    return Fill(prompt, body["suffix"], _text(body, "path"), chunks)


def _chunk(item: object) -> Chunk:
    match item:
        case {"path": str(path), "text": str(text)}:
            return Chunk(path, text)
    raise RequestError("A chunk must have a path and a text.")


def _stops(body: Body) -> tuple[str, ...]:
    given = body.get("stop")
    texts: Sequence[object] = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    if (given is not None and not texts and given != []) or not all(isinstance(text, str) for text in texts):
        raise RequestError("stop must be a text or a list of texts.")
    if len(texts) > _MOST_STOPS or sum(len(text) for text in texts if isinstance(text, str)) > _LONGEST_STOPS:
        message = f"stop must have {_MOST_STOPS} texts and {_LONGEST_STOPS} characters at the most."
        raise RequestError(message)
    return tuple(text for text in texts if isinstance(text, str) and text)


def _document(body: Body) -> str:
    name = _text(body, "document")
    if len(name) > _LONGEST_NAME:
        message = f"document is a name, of {_LONGEST_NAME} characters at the most."
        raise RequestError(message)
    return name


def _text(body: Body, name: str) -> str:
    return str(_of(body, name, str, ""))


def _of(body: Body, name: str, kind: type, default: Any) -> Any:  # noqa: ANN401 - values of JSON
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        message = f"{name} must be a {kind.__name__}."
        raise RequestError(message)
    return value


def _number(body: Body, name: str, least: float, most: float, default: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        message = f"{name} must be a number from {least:g} to {most:g}."
        raise RequestError(message)
    return value


def _whole(body: Body, name: str, least: int, most: int, default: int) -> int:
    value = _number(body, name, least, most, default)
    if value != int(value):
        message = f"{name} must be a whole number."
        raise RequestError(message)
    return int(value)
