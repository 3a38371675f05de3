"""Asks llama-server's ``/infill`` for a completion, as llama.vim does."""

from __future__ import annotations

import http.client
import json
import time

from attrs import frozen

from lastmile.complete.window import Window
from lastmile.model.values import Chunk


@frozen
class Spent:
    """What one completion took."""

    seconds: float
    read: int
    """Tokens of the prompt that were evaluated."""

    prompt: int
    """Tokens of the prompt."""

    said: int


class Infill:
    """Asks one server, each time over a connection that is there already: it hangs up after some seconds."""

    def __init__(self, port: int, chunks: tuple[Chunk, ...], most: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._always = {
            "input_extra": [{"text": chunk.text, "filename": chunk.path} for chunk in chunks],
            "n_predict": most,
            "temperature": 0.0,
            "samplers": ["temperature"],
            "cache_prompt": True,
            "id_slot": 0,
            "stream": False,
            "response_fields": ["content", "timings"],
        }

    def ask(self, window: Window) -> Spent:
        """Complete at a cursor."""
        self._connection.close()
        self._connection.connect()
        began = time.perf_counter()
        gap = {"input_prefix": window.above, "input_suffix": window.after}
        line = "" if window.lead else window.line
        body = json.dumps({**self._always, **gap, "prompt": line}).encode()
        self._connection.request("POST", "/infill", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        data = answer.read()
        assert answer.status == 200, data
        timings = json.loads(data)["timings"]
        took = time.perf_counter() - began
        read, cached = timings["prompt_n"], timings["cache_n"]
        return Spent(took, read, read + cached, timings["predicted_n"])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
