"""Turns what is asked into the tokens that a model reads.

What changes most stands last, so that a keystroke leaves nearly everything that was read as it is:
models are asked to go on in a middle of which some lines are there already. What tokens do in a
context is not known here.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import PurePath

from attrs import Factory, field, frozen

from lastmile.model.engine import budget
from lastmile.model.engine.chat import chat_tokens
from lastmile.model.engine.options import Layout
from lastmile.model.engine.trouble import AskError
from lastmile.model.engine.vocabulary import Markers, Vocabulary
from lastmile.model.values import Chat, Fill, Plain, Prompt

_STEADY_LINES = 8
"""Lines before the cursor among which the middle's beginning is looked for."""

_FEW_BYTES = 4
"""Of a token: a character that a vocabulary does not know may be one token."""

_MOST_BYTES = 32
"""Of a token, on the average over a text: code has four. Only long runs of blanks could have more."""

_PARTS = 2
"""Texts that a prompt has beside those that add a token each."""

_COUNTED = 1024
"""Pieces of text whose tokens need not be counted anew at the next key: nearly all that a prompt has."""

_REPOSITORY = "project"
"""What stands in the place of a repository's name, which nobody asked to tell."""

_SLASHES = frozenset(
    (
        *(".c", ".cc", ".cpp", ".cs", ".dart", ".go", ".h", ".hpp", ".java", ".js", ".jsx", ".kt", ".m", ".mjs"),
        *(".php", ".rs", ".scala", ".swift", ".ts", ".tsx", ".zig"),
    )
)
_DASHES = frozenset((".elm", ".hs", ".lua", ".sql"))


@frozen
class PromptMaker:
    """Makes the prompts of one model."""

    vocabulary: Vocabulary
    template: str = ""
    layout: Layout = Layout.AUTO
    _count: Callable[[str], int] = field(
        init=False, eq=False, repr=False, default=Factory(lambda self: _counter(self.vocabulary), takes_self=True)
    )

    def fitted(self, prompt: Prompt, longest: int, most: int) -> Prompt:
        """Give a prompt that leaves room for an answer of so many tokens, where it may be made shorter: for a gap."""
        if not isinstance(prompt, Fill):
            return prompt
        return budget.within(prompt, budget.room(longest, most), self._count)

    def too_long(self, prompt: Prompt, longest: int) -> bool:
        """Tell whether a prompt has more than so many tokens for certain, without making them.

        llama.cpp takes minutes for a few megabytes, and nothing else goes on meanwhile.
        """
        texts = texts_of(prompt)
        size = sum(map(len, texts))  # characters: no more than there are bytes
        if len(texts) > longest + _PARTS or size > longest * _MOST_BYTES:
            return True
        return size > longest * _FEW_BYTES and size > longest * max(_FEW_BYTES, self.vocabulary.longest)

    def tokens(self, prompt: Prompt) -> list[int]:
        """Give the tokens to read. Raises `AskError` where the model cannot be asked so."""
        match prompt:
            case Fill():
                return self._fill(prompt)
            case Chat(messages):
                return chat_tokens(messages, self.template, self.vocabulary)
            case Plain(text):
                return [*self.vocabulary.beginning, *self.vocabulary.tokens(text)]

    def _fill(self, fill: Fill) -> list[int]:
        markers = self.vocabulary.markers
        if markers.prefix is None or markers.suffix is None:
            raise AskError("This model cannot fill in a gap: its vocabulary has no markers for one. Choose another.")
        if layout_of(markers, self.layout) is Layout.SUFFIX_FIRST:
            return self._suffix_first(fill, markers.prefix, markers.suffix)
        return self._prefix_first(fill, markers.prefix, markers.suffix)

    def _prefix_first(self, fill: Fill, prefix: int, suffix: int) -> list[int]:
        """Put the lines that are being typed behind the suffix, as a middle that has begun."""
        part, markers = self.vocabulary.part, self.vocabulary.markers
        split = steady_split(fill.prefix) if markers.middle is not None else len(fill.prefix)
        before, typed = fill.prefix[:split], fill.prefix[split:]
        head, plain = self._others(fill, markers)
        middle = [] if markers.middle is None else [markers.middle]
        parts = (head, [prefix], part(plain + before), [suffix], part(fill.suffix), middle, part(typed))
        return [*self.vocabulary.beginning, *chain.from_iterable(parts)]

    def _suffix_first(self, fill: Fill, prefix: int, suffix: int) -> list[int]:
        """Put the prefix last as it is: what is typed goes on where it ends."""
        part, markers = self.vocabulary.part, self.vocabulary.markers
        head, plain = self._others(fill, markers)
        middle = [] if markers.middle is None else [markers.middle]
        parts = (head, [suffix], part(fill.suffix), [prefix], part(plain + fill.prefix), middle)
        return [*self.vocabulary.beginning, *chain.from_iterable(parts)]

    def _others(self, fill: Fill, markers: Markers) -> tuple[list[int], str]:
        """Give what tells of other files: as tokens before the gap, or as text at the prefix's beginning."""
        if markers.file is None:
            return [], _headed(fill)
        if not fill.chunks and not fill.path:
            return [], ""
        part = self.vocabulary.part
        found = [] if markers.repository is None else [markers.repository, *part(f"{_REPOSITORY}\n")]
        for chunk in fill.chunks:
            found += [markers.file, *part(f"{chunk.path}\n{_ended(chunk.text)}")]
        return [*found, markers.file, *part(f"{fill.path}\n")], ""


def _counter(vocabulary: Vocabulary) -> Callable[[str], int]:
    @lru_cache(maxsize=_COUNTED)
    def count(text: str) -> int:
        return len(vocabulary.inner(text))

    return count


def texts_of(prompt: Prompt) -> list[str]:
    """Give the texts that a prompt is made of."""
    match prompt:
        case Fill(prefix, suffix, path, chunks):
            return [prefix, path + suffix, *(chunk.path + chunk.text for chunk in chunks)]
        case Chat(messages):
            return [message.text for message in messages]
        case Plain(text):
            return [text]


def layout_of(markers: Markers, wanted: Layout) -> Layout:
    """Give the order for a vocabulary.

    One without a mark for the middle is Codestral's kind, which reads the suffix first and goes on
    where the prefix ends; all others are taught the prefix first.
    """
    if wanted is not Layout.AUTO:
        return wanted
    return Layout.SUFFIX_FIRST if markers.middle is None else Layout.PREFIX_FIRST


def steady_split(prefix: str) -> int:
    """Give the offset at which the middle begins: a line's beginning, some lines above the cursor.

    It must stay the same while lines are typed, or everything behind it is read anew; and it must
    follow from the prefix alone, or the same request would give different text. So it is the line
    beginning, of the last few, whose line before has the least checksum: a new line takes its place
    only where its own is less.
    """
    starts = [prefix.rfind("\n") + 1]
    while starts[-1] > 0 and len(starts) <= _STEADY_LINES:
        starts.append(prefix.rfind("\n", 0, starts[-1] - 1) + 1)
    lines = ((zlib.crc32(prefix[above:start].encode("utf-8", "replace")), start) for start, above in pairwise(starts))
    return min(lines, default=(0, 0))[1]


def _headed(fill: Fill) -> str:
    """Write other files before the document's beginning, each under its name."""
    if not fill.chunks:
        return ""
    sign = _comment(fill.path)
    others = "".join(f"{sign} {chunk.path}\n{_ended(chunk.text)}\n" for chunk in fill.chunks)
    return f"{others}{sign} {fill.path}\n"


def _comment(path: str) -> str:
    suffix = PurePath(path).suffix.lower()
    return "//" if suffix in _SLASHES else "--" if suffix in _DASHES else "#"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
