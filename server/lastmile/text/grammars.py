"""The grammars of other languages than Python, where they are installed; nothing is downloaded.

They come with tree-sitter-language-pack. From its version 1.0 on the pack fetches a grammar from
the network when it is first asked for, so only those that it has by then are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from tree_sitter import Language

_PACK = "tree_sitter_language_pack"
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "bat": "batch",
        "javascriptreact": "javascript",
        "jsonc": "json",
        "makefile": "make",
        "objective-c": "objc",
        "perl6": "raku",
        "shellscript": "bash",
        "systemverilog": "verilog",
        "tex": "latex",
        "typescriptreact": "tsx",
        "vue-html": "vue",
    }
)
"""Names of grammars that differ from the language identifiers of LSP."""

_NONE = frozenset({"plaintext", "markdown", "csv", "tsv", "gitcommit", "git-commit", "diff", "log"})
"""Languages in which any text is right, whatever a grammar says."""


@cache
def grammar(language: str) -> Language | None:
    """Give the grammar of a language by its LSP identifier; None where there is none here."""
    name = _NAMES.get(language, language)
    if name in _NONE:
        return None
    try:
        pack = import_module(_PACK)
    except ImportError:  # it is an extra
        return None
    there = getattr(pack, "downloaded_languages", None)
    if there is not None and name not in there():
        return None
    try:
        found: Language = pack.get_language(name)
    except (LookupError, ValueError):
        return None
    return found
