"""Holds a sample to a grammar in llama.cpp's GBNF.

The library's own matcher is used; how a token is chosen among those that match is not decided here.
"""

from __future__ import annotations

import ctypes
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lastmile.model.engine.binding import library, pointer
from lastmile.model.engine.native import Logits, Weights
from lastmile.model.engine.trouble import AskError

# llama_token_data in llama.h.
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


_LONGEST = 200_000
"""Characters of a grammar."""

_DEEPEST = 500
"""Brackets within brackets: the library's reader goes down with each, and the process with it from 15,000 on."""

_SLOWEST = 2.0
"""Seconds for one look. A grammar that can be matched in many ways at once takes ever longer, token by token."""

_TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*', re.DOTALL)
"""What brackets mean nothing in."""

_TIMES = re.compile(r"\{\s*(\d+)\s*,\s*(\d+)\s*\}")


class Grammar:
    """What one sample may still say."""

    def __init__(self, weights: Weights, text: str) -> None:
        """Begin at the rule ``root``. Raises `AskError` where the grammar cannot be read."""
        if trouble := _trouble(text):
            raise AskError(trouble)
        self._library = library()
        data = text.encode("utf-8", "replace")
        with _watched():
            self._sampler: Any = self._library.llama_sampler_init_grammar(weights.vocabulary, data, b"root")
        if not self._sampler:
            raise AskError("The grammar cannot be read: it must be GBNF with a rule named root.")
        self._all = np.zeros(weights.size, _CANDIDATE)
        self._one = np.zeros(1, _CANDIDATE)

    def allows(self, token: int) -> bool:
        """Tell whether the sample may go on with a token; far cheaper than asking for all."""
        self._one["id"], self._one["logit"] = token, 0.0
        self._apply(self._one)
        return bool(np.isfinite(self._one["logit"][0]))

    def allowed(self, logits: Logits) -> Logits:
        """Give the logits with those of every token that may not follow at minus infinity."""
        self._all["id"] = np.arange(len(self._all), dtype=np.int32)
        self._all["logit"] = logits
        self._apply(self._all)
        found = np.empty_like(logits)
        found[self._all["id"]] = self._all["logit"]
        return found

    def take(self, token: int) -> None:
        """Go on with a token, which must be allowed."""
        with _watched():
            self._library.llama_sampler_accept(self._sampler, token)

    def _apply(self, candidates: NDArray[np.void]) -> None:
        data = pointer(candidates, self._library.llama_token_data)
        array = self._library.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)
        with _watched():
            self._library.llama_sampler_apply(self._sampler, ctypes.byref(array))

    def close(self) -> None:
        """Give the memory back."""
        if self._sampler:
            self._library.llama_sampler_free(self._sampler)
            self._sampler = None


def _trouble(text: str) -> str:
    """Say why the library is not asked to read a grammar; empty where it may."""
    if len(text) > _LONGEST:
        return f"The grammar has {len(text)} characters, and {_LONGEST} are the most."
    plain = _TEXTS.sub("", text)
    if any(float(least) > float(most) for least, most in _TIMES.findall(plain)):
        return "The grammar has a repetition whose most is less than its least."  # the library would never come back
    steps = (1 if mark == "(" else -1 for mark in plain if mark in "()")
    deepest = max(accumulate(steps), default=0)
    return f"The grammar has brackets {deepest} deep, and {_DEEPEST} are the most." if deepest > _DEEPEST else ""


@contextmanager
def _watched() -> Iterator[None]:
    """See that the library came back soon enough; nothing can interrupt it. Raises `AskError`."""
    began = time.perf_counter()
    yield
    if time.perf_counter() - began > _SLOWEST:
        message = f"The grammar can be matched in too many ways: one token took more than {_SLOWEST:g} s."
        raise AskError(message)
