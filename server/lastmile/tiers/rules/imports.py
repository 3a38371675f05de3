"""Imports for undefined names: what to import, and where the statement goes.

A statement is proposed only where the text's use of the name speaks for it: passing the checks says
no more than that the name is bound. The functions parse and look modules up, so they run in the
worker process.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tree_sitter import Node

from lastmile.text.lines import LineIndex
from lastmile.text.parsing import tree
from lastmile.text.symbols import Source
from lastmile.tiers.rules.stdlib_names import exports, home, innermost, is_module

Uses = frozenset[tuple[str, ...]]
_IMPORT_NODES = {"import_statement", "import_from_statement", "future_import_statement"}
_MODULE = re.compile(r"import [\w.]+(?: as \w+)?")
_AMBIGUOUS = 2
_CODING = re.compile(r"#.*?coding[:=]")


def statements(name: str, text: str, own: Sequence[str] = ()) -> tuple[str, ...]:
    """List import statements that bind the name, likeliest first; empty where in doubt.

    ``own`` is what the project does. A name of a module of the standard library is decided by how
    the text uses it, since ``datetime`` is a class too; any other name first by the project.
    """
    used = _uses(name, text)
    fitting = [statement for statement in own if _fits(statement, used, text, name)]
    library = _library(name, used)
    ranked = (*library, *fitting) if is_module(name) else (*fitting, *library)
    return tuple(dict.fromkeys(ranked))


def _library(name: str, used: Uses) -> tuple[str, ...]:
    if is_module(name) and used:
        inner = {innermost(name, chain) for chain in used} - {name}
        own = {chain[0] for chain in used if innermost(name, chain) == name}
        if own <= exports(name):
            # ``import xml`` binds the name and loads nothing below it.
            return (f"import {inner.pop() if inner else name}",) if len(inner) < _AMBIGUOUS else ()
    module = home(name)
    return (f"from {module} import {name}",) if module else ()


def _fits(statement: str, used: Uses, text: str, name: str) -> bool:
    """Tell whether the text uses the name as what the statement binds: a module has to be dotted into."""
    if not _MODULE.fullmatch(statement):
        return not (is_module(name) and any(chain[0] in exports(name) for chain in used))
    return bool(used) and not re.search(rf"(?<![\w.]){re.escape(name)}\s*\(", text)


def _uses(name: str, text: str) -> Uses:
    """List what the text takes of a name: ``now`` for ``datetime.now()``, dotted names part by part."""
    parsed = tree(text)
    if parsed is None:
        return frozenset((found,) for found in re.findall(rf"(?<![\w.]){re.escape(name)}\.([^\W\d]\w*)", text))
    attributes = [node for node in ast.walk(parsed) if isinstance(node, ast.Attribute)]
    shorter = {node.value for node in attributes}
    chains = (_chain(node) for node in attributes if node not in shorter)
    return frozenset(chain[1:] for chain in chains if chain[0] == name)


def _chain(node: ast.expr) -> tuple[str, ...]:
    """Take a dotted name apart; what it begins with is empty where that is no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id if isinstance(node, ast.Name) else "", *reversed(parts))


def with_import(text: str, statement: str) -> str:
    """Put the statement after the last import at the top level, or below what a file begins with.

    That is the docstring of the module, else its first comments: a line for the shell, the coding,
    a licence.
    """
    source = Source(text)
    root = source.parse().root_node
    last = _last_import(root)
    lines = LineIndex(text)
    line = _after_comments(lines) if last is None else lines.line_at(source.offset(last.end_byte)) + 1
    at = lines.start(line)
    end = _line_end(text)
    lead = end if at and not text[:at].endswith(("\n", "\r")) else ""
    return f"{text[:at]}{lead}{statement}{end}{text[at:]}"


def _last_import(root: Node) -> Node | None:
    """Give the last of the imports that a file begins with, or its docstring."""
    last = None
    for node in root.named_children:
        if node.type in _IMPORT_NODES or (last is None and _is_text(node)):
            last = node
        elif node.type != "comment":
            break
    return last


def _is_text(node: Node) -> bool:
    return node.type == "expression_statement" and node.named_children[0].type in {"string", "concatenated_string"}


def _after_comments(lines: LineIndex) -> int:
    """Give the line after the first comments, if they are about the file and not about what follows."""
    count = next((line for line in range(len(lines)) if not lines.line_text(line).startswith("#")), len(lines))
    if count < len(lines) and not lines.line_text(count).strip():
        return count
    fixed = [line for line in range(min(count, 2)) if _is_fixed(lines.line_text(line), line)]
    return max(fixed, default=-1) + 1


def _is_fixed(comment: str, line: int) -> bool:
    """Tell whether a comment means something in its line alone: the shell's, or the coding (PEP 263)."""
    return (line == 0 and comment.startswith("#!")) or bool(_CODING.match(comment))


def _line_end(text: str) -> str:
    found = re.search(r"\r\n?|\n", text)
    return found[0] if found else "\n"
