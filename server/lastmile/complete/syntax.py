"""What a syntax tree says of a place, and whether a completion leaves the document as sound as it was.

Both parse and compile, so they run in the worker (`tools.offload`). Where no grammar of a language is
installed nothing is known, and nothing is judged. The Python that compiles is the one that runs this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from attrs import field, frozen
from tree_sitter import Language, Node

from lastmile.complete.reparsing import Reparsing
from lastmile.complete.trees import parsed
from lastmile.complete.values import Place, Where
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.grammars import grammar
from lastmile.text.symbols import Source
from lastmile.verify.syntax import complaint

_PYTHON = "python"
_MOST_LINES = 40
_MOST_TOKENS = 60
"""Prefixes that are tried: more lines and tokens than a completion should have."""

_MOST_COMPILED = 12
"""Texts that are compiled for one completion without success: each takes as long as the document is."""

_TOKEN_END = re.compile(r"(?<=\w)(?!\w)|(?<=[^\w\s\"'])|(?<=\")(?!\")|(?<=')(?!')")
"""Between two equal quotes no token ends: what is left of a docstring that was cut off would be an empty string."""

_WORD = re.compile(r"\w")
_MOST_CHARACTERS = 60
"""Keys of which each is tried where a document is broken."""

_PYTHON_BLOCK = re.compile(r"\s*(?:async\s+)?(?:def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b")
_MOST_ANCESTORS = 200


@frozen
class Gated:
    """What is left of a completion."""

    text: str
    """Empty where nothing can be shown."""

    clean: bool
    """Whether the document parses with it, as far as can be told: then nothing that led to it matters."""

    judged: bool = True
    """False where no grammar of the language is installed."""


def look(text: str, offset: int, language: str) -> Place:
    """Say what kind of place an offset is. Where there is no grammar it is code, by its text alone."""
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    line = text[start:offset]
    rest = re.match(r"[^\r\n]*", text[offset:])
    alone = rest is None or not rest[0].strip()
    known, where, ended = _known(language), Where.CODE, False
    leaf = None
    if language == _PYTHON or known is not None:
        source = Source(text)
        root = parsed(source.data, known).tree.root_node
        byte = len(source.data) if offset == len(text) else _byte(source, offset)
        leaf = root.descendant_for_byte_range(max(0, byte - 1), byte)
        where = _where(leaf, byte)
        ended = leaf is not None and alone and _ends_statement(leaf, byte)
    block = where is Where.CODE and _opens_block(line, leaf, language)
    whole = alone and where is not Where.COMMENT and (block or not line.strip())
    return Place(where, multiline=whole, ended=ended and not block, braces=language != _PYTHON)


def gate(text: str, span: Span, completion: str, language: str) -> Gated:
    """Trim a completion to its longest prefix with which the document parses, else to what breaks it no more.

    Prefixes end with a line or with a token. Where the document is broken, and would not be once a
    part of the completion was typed, that part is all that is shown: the rest would break what was
    sound by then, and vanish at a key.
    """
    judge = _judge(text, span, language)
    if judge is None:
        return Gated(completion, clean=False, judged=False)
    prefixes = list(_prefixes(completion))
    if (mended := next(filter(judge.is_clean, prefixes), None)) is not None:
        return Gated(mended, clean=True)
    if judge.is_sound:
        return Gated("", clean=False)
    for length in range(min(len(completion), _MOST_CHARACTERS), 0, -1):
        if judge.is_clean(completion[:length]):
            # A part of a word, such as a keyword's first letters that are a name by themselves, is no completion.
            part = _WORD.match(completion, length - 1) and _WORD.match(completion, length)
            return Gated("", clean=False) if part else Gated(completion[:length], clean=True)
    parsed, errors = judge.parsed, judge.parsed.errors
    return Gated(next((prefix for prefix in prefixes if parsed.errors_with(prefix) <= errors), ""), clean=False)


def stays(text: str, span: Span, completion: str, language: str) -> bool:
    """Tell whether what is left of a completion, once a part was typed, breaks no document that parses by now.

    Where it does not parse yet, what was judged before the first key still holds: a word that is
    half typed counts as this or that.
    """
    judge = _judge(text, span, language)
    return judge is None or not judge.is_sound or judge.is_clean(completion)


@frozen
class _Judge:
    """A document and what can be put into one of its places."""

    parsed: Reparsing
    python: bool
    _compiled: list[str] = field(factory=list, init=False, repr=False)
    """Why texts did not compile."""

    @cached_property
    def is_sound(self) -> bool:
        """Whether the document parses as it is."""
        return not self.parsed.errors and (not self.python or complaint(self.parsed.text) is None)

    def is_clean(self, prefix: str) -> bool:
        """Tell whether it parses with a text in the place; False too once it was compiled often enough for nothing."""
        if self.parsed.errors_with(prefix):
            return False
        if not self.python:
            return True
        if len(self._compiled) >= _MOST_COMPILED:
            return False
        found = complaint(_after(self.parsed.text, self.parsed.span, prefix))
        if found is not None:
            self._compiled.append(found.message)
        return found is None


def _judge(text: str, span: Span, language: str) -> _Judge | None:
    """Make what judges; None where no grammar is installed."""
    python, known = language == _PYTHON, _known(language)
    return _Judge(Reparsing(text, span, known), python) if python or known is not None else None


def _after(text: str, span: Span, completion: str) -> str:
    return apply(text, [Replacement(span, completion)])


def _known(language: str) -> Language | None:
    return None if language == _PYTHON else grammar(language)


def _prefixes(completion: str) -> Iterator[str]:
    """Give prefixes, the longest first: by lines, then by the tokens of the first line."""
    lines = list(_line_prefixes(completion))
    yield from lines
    first = lines[-1] if lines else ""
    yield from (prefix for prefix in _token_prefixes(first) if len(prefix) < len(first))


def _token_prefixes(text: str) -> Iterator[str]:
    ends = [match.end() for match in _TOKEN_END.finditer(text)]
    yield from (text[:end] for end in reversed(ends[:_MOST_TOKENS]))


def _line_prefixes(completion: str) -> Iterator[str]:
    lines = completion.split("\n")
    for count in range(min(len(lines), _MOST_LINES), 0, -1):
        prefix = "\n".join(lines[:count]).rstrip()
        if prefix:
            yield prefix


def _byte(source: Source, offset: int) -> int:
    return len(source.text[:offset].encode("utf-8", "replace"))


def _where(leaf: Node | None, byte: int) -> Where:
    """Go up from the text before the cursor until something says what it is."""
    node = leaf
    for _ in range(_MOST_ANCESTORS):
        if node is None:
            break
        if "interpolation" in node.type or node.type == "template_substitution":
            return Where.CODE
        if "comment" in node.type:
            return Where.COMMENT
        if ("string" in node.type or node.type == "char_literal") and (byte < node.end_byte or _is_open(node)):
            return Where.STRING
        node = node.parent
    return Where.CODE


def _is_open(node: Node) -> bool:
    """Tell whether a string's end is missing, or the node is the part of one that opens it or fills it."""
    return node.has_error or node.type in {"string_start", "string_content", "string_fragment"}


def _ends_statement(leaf: Node, byte: int) -> bool:
    """Tell whether a whole statement ends at the cursor."""
    node: Node | None = leaf
    for _ in range(_MOST_ANCESTORS):
        if node is None or node.end_byte != byte or node.has_error:
            return False
        if node.type.endswith(("_statement", "_definition", "_declaration")):
            return True
        node = node.parent
    return False


def _opens_block(line: str, leaf: Node | None, language: str) -> bool:
    """Tell whether a line ends by opening a block: by the tree, or by its first word where the tree is broken there."""
    body = line.rstrip()
    if language != _PYTHON:
        return body.endswith("{")
    above = leaf.parent if leaf is not None and leaf.type == ":" else None
    by_tree = above is not None and above.type.endswith(("_definition", "_statement", "_clause"))
    return body.endswith(":") and (by_tree or _PYTHON_BLOCK.match(line) is not None)
