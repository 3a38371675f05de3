"""Turns text into a model's tokens and back, and knows which tokens mean more than text.

User text never stands for special tokens here unless it is asked for; what order prompts have is not
known here.
"""

from __future__ import annotations

import ctypes
import functools
import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from lastmile.model.engine.binding import library
from lastmile.model.engine.native import Weights

# LLAMA_TOKEN_NULL in llama.h.
_NONE = -1
_SPM = 1
"""LLAMA_VOCAB_TYPE_SPM in llama.h: the kind that puts a space before a text's beginning."""

_BPE = 2
"""LLAMA_VOCAB_TYPE_BPE in llama.h: the kind that first parts a text by regular expressions."""

_RUN = re.compile(r"\S{4096}|\s{4096}")
"""As much of one run as the library is given at once.

Its regular expressions are C++'s, which call themselves for each character: from some 25,000 letters or full
stops on end they overflow a thread's 8 MB, and the process is gone.
"""

_ANCHOR = "\n"

_KNOWN = 48
"""Parts whose tokens are known: both sides of a few cursors, and the chunks of other files."""

# StarCoder's and StarCoder 2's names, which llama.cpp does not know.
_REPOSITORY = ("<reponame>", "<repo_name>")
_FILE = ("<filename>", "<file_sep>")


@frozen
class Markers:
    """The special tokens around the parts of a gap; None where the vocabulary has none."""

    prefix: int | None
    suffix: int | None
    middle: int | None
    repository: int | None
    file: int | None
    pad: int | None

    def all(self) -> frozenset[int]:
        """Give those that there are."""
        found = (self.prefix, self.suffix, self.middle, self.repository, self.file, self.pad)
        return frozenset(marker for marker in found if marker is not None)


class Vocabulary:
    """The tokens of one model."""

    def __init__(self, weights: Weights) -> None:
        self._library = library()
        self._vocabulary: Any = weights.vocabulary
        self._size = weights.size
        self._pieces: dict[int, bytes] = {}
        kind = self._library.llama_vocab_type(self._vocabulary)
        self._spaced, self._parted = kind == _SPM, kind == _BPE
        self.markers = self._markers()
        self._ending = self.markers.all()
        self._ends: dict[int, bool] = {}
        found = self._library.llama_vocab_bos(self._vocabulary)
        wanted = self._library.llama_vocab_get_add_bos(self._vocabulary)
        self.beginning: tuple[int, ...] = (found,) if wanted and found != _NONE else ()
        """What every prompt begins with."""

        self._anchor = self.tokens(_ANCHOR) if self._spaced else []
        self._parts = functools.lru_cache(maxsize=_KNOWN)(lambda text: tuple(self.inner(text)))

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """Give the tokens of a text; ``special`` lets it stand for special tokens."""
        if not self._parted:
            return self._tokens(text, special=special)
        return [token for part in _parted(text) for token in self._tokens(part, special=special)]

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 2
        found = (ctypes.c_int32 * room)()
        count = self._library.llama_tokenize(self._vocabulary, data, len(data), found, room, False, special)  # noqa: FBT003 - C
        if count < 0:
            found = (ctypes.c_int32 * -count)()
            count = self._library.llama_tokenize(self._vocabulary, data, len(data), found, -count, False, special)  # noqa: FBT003 - C
        return list(found[:count])

    def inner(self, text: str) -> list[int]:
        """Give the tokens of a text that stands after something else.

        Vocabularies of the SentencePiece kind put a space before a text's beginning, which a gap's
        surroundings do not have. Behind an anchor they do not, and the anchor's tokens are left out.
        """
        if not self._spaced:
            return self.tokens(text)
        found, length = self.tokens(_ANCHOR + text), len(self._anchor)
        return found[length:] if found[:length] == self._anchor else self.tokens(text)

    def part(self, text: str) -> tuple[int, ...]:
        """Give what `inner` does for a part of a gap's surroundings; the last ones are known.

        From key to key all parts but one are what they were, and to cut a whole window up anew would take
        as long as a token that is said.
        """
        return self._parts(text)

    def piece(self, token: int) -> bytes:
        """Give the bytes that a token stands for: none for a special one, and perhaps a part of a character."""
        known = self._pieces.get(token)
        if known is None:
            known = self._pieces[token] = self._piece(token)
        return known

    def _piece(self, token: int, room: int = 64) -> bytes:
        buffer = ctypes.create_string_buffer(room)
        count = self._library.llama_token_to_piece(self._vocabulary, token, buffer, room, 0, False)  # noqa: FBT003 - C
        return self._piece(token, -count) if count < 0 else buffer.raw[:count]

    @functools.cached_property
    def longest(self) -> int:
        """The most bytes that a token stands for; takes a third of a second for 150,000 tokens, once."""
        return max((len(self._piece(token)) for token in range(self._size)), default=1)

    def ends(self, token: int) -> bool:
        """Tell whether a model says with it that it has ended, or begins another part of a prompt."""
        known = self._ends.get(token)
        if known is None:
            ends = token in self._ending or self._library.llama_vocab_is_eog(self._vocabulary, token)
            known = self._ends[token] = bool(ends)
        return known

    def name(self, kind: str) -> str:
        """Give the text of the ``bos`` or ``eos`` token, for templates."""
        token = getattr(self._library, f"llama_vocab_{kind}")(self._vocabulary)
        text = self._library.llama_vocab_get_text(self._vocabulary, token) if token != _NONE else b""
        return (text or b"").decode("utf-8", "replace")

    def _markers(self) -> Markers:
        found, vocabulary = self._library, self._vocabulary
        return Markers(
            prefix=_known(found.llama_vocab_fim_pre(vocabulary)),
            suffix=_known(found.llama_vocab_fim_suf(vocabulary)),
            middle=_known(found.llama_vocab_fim_mid(vocabulary)),
            repository=_known(found.llama_vocab_fim_rep(vocabulary)) or self._named(_REPOSITORY),
            file=_known(found.llama_vocab_fim_sep(vocabulary)) or self._named(_FILE),
            pad=_known(found.llama_vocab_fim_pad(vocabulary)),
        )

    def _named(self, names: tuple[str, ...]) -> int | None:
        """Find a special token by its name."""
        found = (self.tokens(name, special=True) for name in names)
        return next((tokens[0] for tokens in found if len(tokens) == 1 and not self.piece(tokens[0])), None)


def _parted(text: str) -> Iterator[str]:
    """Part a text behind each run that is too long; nearly every text is one part."""
    start = 0
    for run in _RUN.finditer(text):
        yield text[start : run.end()]
        start = run.end()
    if start < len(text) or not start:
        yield text[start:]


def _known(token: int) -> int | None:
    return None if token == _NONE else token
