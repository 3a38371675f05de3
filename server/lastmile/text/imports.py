"""Where a Python text imports, by tree-sitter.

Like `symbols`, this parses: call it through `tools.offload`.
"""

from __future__ import annotations

from lastmile.text.edits import Span
from lastmile.text.symbols import Source

_IMPORTS = {"import_statement", "import_from_statement", "future_import_statement"}
# A statement of these may hold an import at the top level: ``try: import x``, ``if TYPE_CHECKING: ...``.
_WRAPPERS = {
    *(
        "module",
        "block",
        "if_statement",
        "elif_clause",
        "else_clause",
        "with_statement",
        "match_statement",
        "case_clause",
    ),
    *("try_statement", "except_clause", "except_group_clause", "finally_clause", "for_statement", "while_statement"),
}


def import_spans(text: str) -> tuple[Span, ...]:
    """Give the spans of the import statements outside functions and classes, in order of place."""
    source = Source(text)
    waiting = [source.parse().root_node]
    spans = []
    while waiting:
        node = waiting.pop()
        if node.type in _IMPORTS:
            spans.append(source.span(node))
        elif node.type in _WRAPPERS:
            waiting.extend(node.named_children)
    return tuple(sorted(spans))
