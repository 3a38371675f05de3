"""Holds a sample to a grammar in llama.cpp's GBNF.

The library's own matcher is used; how a token is chosen among those that match is not decided here.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lastmile.model.engine.binding import library, pointer
from lastmile.model.engine.native import Logits, Weights
from lastmile.model.engine.trouble import AskError

# llama_token_data in llama.h.
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Grammar:
    """What one sample may still say."""

    def __init__(self, weights: Weights, text: str) -> None:
        """Begin at the rule ``root``. Raises `AskError` where the grammar cannot be read."""
        self._library = library()
        self._sampler: Any = self._library.llama_sampler_init_grammar(weights.vocabulary, text.encode(), b"root")
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
        self._library.llama_sampler_accept(self._sampler, token)

    def _apply(self, candidates: NDArray[np.void]) -> None:
        data = pointer(candidates, self._library.llama_token_data)
        array = self._library.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)
        self._library.llama_sampler_apply(self._sampler, ctypes.byref(array))

    def close(self) -> None:
        """Give the memory back."""
        if self._sampler:
            self._library.llama_sampler_free(self._sampler)
            self._sampler = None
