"""Writes what is heard of the engine as answers of the OpenAI API: in one piece, or as a stream of chunks."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from attrs import asdict, define, field

from lastmile.model.host.logprobs import of_chat, of_text
from lastmile.model.host.reading import Wanted
from lastmile.model.values import Ended, Failed, Heard, Piece, Token, Usage

Json = dict[str, Any]

DONE = b"data: [DONE]\n\n"


def error(message: str, kind: str) -> Json:
    """Write an error as OpenAI clients read it."""
    return {"error": {"message": message, "type": kind, "code": None, "param": None}}


def event(value: Json) -> bytes:
    """Write one event of a stream."""
    return b"data: " + orjson.dumps(value) + b"\n\n"


@define(eq=False)
class Writer:
    """Writes the answer to one request."""

    wanted: Wanted
    model: str
    _id: str = field(factory=lambda: f"cmpl-{uuid.uuid4().hex}", init=False)
    _created: int = field(factory=lambda: int(time.time()), init=False)
    _texts: dict[int, list[str]] = field(factory=dict, init=False)
    _tokens: dict[int, list[Token]] = field(factory=dict, init=False)
    _ends: dict[int, Ended] = field(factory=dict, init=False)
    _before: bytes = field(default=b"", init=False)
    """What every event of a stream begins with, once it was written."""

    def events(self, heard: Iterable[Heard]) -> bytes:
        """Write what goes into a stream; nothing follows usage and failure but the end."""
        return b"".join([self._event(each) for each in heard])

    def _event(self, heard: Heard) -> bytes:
        match heard:
            case Piece():
                choice = self._part(heard.sample, heard.text)
                if self.wanted.ask.likeliest is not None:
                    choice["logprobs"] = self._logprobs(heard.tokens)
                return self._chunk(choice)
            case Ended():
                return self._chunk(self._part(heard.sample, "") | _end(heard))
            case Usage():
                whole = {"choices": [], "usage": _usage(heard)}
                return (event(self._envelope(".chunk") | whole) if self.wanted.usage else b"") + DONE
            case Failed():
                return event(error(heard.message, "server_error")) + DONE

    def take(self, heard: Piece | Ended) -> None:
        """Keep a part of an answer that goes out in one piece."""
        if isinstance(heard, Piece):
            self._texts.setdefault(heard.sample, []).append(heard.text)
            self._tokens.setdefault(heard.sample, []).extend(heard.tokens)
        else:
            self._ends[heard.sample] = heard

    def whole(self, usage: Usage) -> Json:
        """Write the answer in one piece."""
        choices = [self._choice(end) for _, end in sorted(self._ends.items())]
        return self._envelope("") | {"choices": choices, "usage": _usage(usage)}

    def _choice(self, end: Ended) -> Json:
        text = "".join(self._texts.get(end.sample, ()))
        said: Json = {"message": {"role": "assistant", "content": text}} if self.wanted.chat else {"text": text}
        told = self._logprobs(self._tokens.get(end.sample, ()))
        return {"index": end.sample, "logprobs": told} | said | _end(end)

    def _logprobs(self, tokens: Sequence[Token]) -> Json | None:
        likeliest = self.wanted.ask.likeliest
        if likeliest is None:
            return None
        return of_chat(tokens) if self.wanted.chat else of_text(tokens, likeliest=likeliest)

    def _part(self, sample: int, text: str) -> Json:
        said: Json = {"delta": {"content": text} if text else {}} if self.wanted.chat else {"text": text}
        return {"index": sample, "finish_reason": None} | said

    def _chunk(self, choice: Json) -> bytes:
        if not self._before:
            self._before = b"data: " + orjson.dumps(self._envelope(".chunk"))[:-1] + b',"choices":['
        return self._before + orjson.dumps(choice) + b"]}\n\n"

    def _envelope(self, part: str) -> Json:
        kind = f"chat.completion{part}" if self.wanted.chat else "text_completion"
        return {"id": self._id, "object": kind, "created": self._created, "model": self.model}


def _end(end: Ended) -> Json:
    confidence = None if end.confidence is None else asdict(end.confidence)
    return {"finish_reason": end.reason.value, "confidence": confidence, "tokens": end.tokens}


def _usage(usage: Usage) -> Json:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "timings": {"prompt_s": usage.prompt_seconds, "completion_s": usage.completion_seconds},
        "guessed_tokens": usage.guessed,
    }
