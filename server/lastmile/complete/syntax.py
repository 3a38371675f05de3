"""What a syntax tree says of a place, and whether a completion leaves the document as sound as it was.

Both parse and compile, so they run in the worker (`tools.offload`). Where no grammar of a language is
installed nothing is known, and nothing is judged. The Python that compiles is the one that runs this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen
from tree_sitter import Language, Node

from lastmile.complete.reparsing import Reparsing
from lastmile.complete.values import Place, Where
from lastmile.text.edits import Replacement, Span, apply
from lastmile.text.grammars import grammar
from lastmile.text.symbols import Source
from lastmile.verify.syntax import complaint

_PYTHON = "python"
_MOST_LINES = 40
_MOST_TOKENS = 60
"""Prefixes that are tried: more lines and tokens than a completion should have."""

_TOKEN_END = re.compile(r"(?<=\w)(?!\w)|(?<=[^\w\s\"'])|(?<=\")(?!\")|(?<=')(?!')")
"""Between two equal quotes no token ends: what is left of a docstring that was cut off would be an empty string."""

_PYTHON_BLOCK = re.compile(r"\s*(?:async\s+)?(?:def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b")
_MOST_ANCESTORS = 200


@frozen
class Gated:
    """What is left of a completion."""

    text: str
    """Empty where nothing can be shown."""

    clean: bool
    """Whether the document parses with it, as far as can be told: then nothing that led to it matters."""


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
        root = source.parse(known).root_node
        byte = len(source.data) if offset == len(text) else _byte(source, offset)
        leaf = root.descendant_for_byte_range(max(0, byte - 1), byte)
        where = _where(leaf, byte)
        ended = leaf is not None and alone and _ends_statement(leaf, byte)
    block = where is Where.CODE and _opens_block(line, leaf, language)
    whole = alone and where is not Where.COMMENT and (block or not line.strip())
    return Place(where, multiline=whole, ended=ended and not block, braces=language != _PYTHON)


def gate(text: str, span: Span, completion: str, language: str) -> Gated:
    """Trim a completion to its longest prefix that leaves no more syntax errors than there were.

    Prefixes end with a line or, in the first line, with a token. A document that is broken is
    better mended: where whole lines of the completion mend it, what follows them must not break it.
    """
    known = _known(language)
    if language != _PYTHON and known is None:
        return Gated(completion, clean=False)
    parsed = Reparsing(text, span, known)
    python, errors = language == _PYTHON, parsed.errors
    sound = not errors and (not python or complaint(text) is None)

    def is_clean(prefix: str) -> bool:
        return not parsed.errors_with(prefix) and (not python or complaint(_after(text, span, prefix)) is None)

    mending = () if sound else _line_prefixes(completion)
    if (mended := next(filter(is_clean, mending), None)) is not None:
        return Gated(mended, clean=True)
    for prefix in _prefixes(completion):
        if is_clean(prefix):
            return Gated(prefix, clean=True)
        if not sound and parsed.errors_with(prefix) <= errors:
            return Gated(prefix, clean=False)
    return Gated("", clean=False)


def _after(text: str, span: Span, completion: str) -> str:
    return apply(text, [Replacement(span, completion)])


def _known(language: str) -> Language | None:
    return None if language == _PYTHON else grammar(language)


def _prefixes(completion: str) -> Iterator[str]:
    """Give prefixes, the longest first: by lines, then by the tokens of the first line."""
    lines = list(_line_prefixes(completion))
    yield from lines
    first = lines[-1] if lines else ""
    ends = [match.end() for match in _TOKEN_END.finditer(first)]
    yield from (first[:end] for end in reversed(ends[:_MOST_TOKENS]) if end < len(first))


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
