"""Imports for undefined names: what to import, and where the statement goes.

The functions parse and look modules up, so they run in the worker process.
"""

from __future__ import annotations

import re

from lastmile.text.lines import LineIndex
from lastmile.text.symbols import Source
from lastmile.tiers.rules.stdlib_names import exports, home, is_module

UNDEFINED = re.compile(r"Undefined name `([^`]+)`")
_IMPORT_NODES = {"import_statement", "import_from_statement", "future_import_statement"}


def stdlib_statements(name: str, text: str) -> tuple[str, ...]:
    """List import statements of the standard library that bind the name; empty where in doubt.

    A name that is a module and a class too (``datetime``) is decided by the attributes that the
    text uses of it.
    """
    module = home(name)
    if is_module(name):
        used = set(re.findall(rf"\b{re.escape(name)}\.(\w+)", text))
        if used and used <= exports(name):
            return (f"import {name}",)
        return (f"from {module} import {name}",) if module else ()
    return (f"from {module} import {name}",) if module else ()


def with_import(text: str, statement: str) -> str:
    """Put the statement after the last import at the top level, or below the module's docstring."""
    source = Source(text)
    last = 0
    for node in source.parse().root_node.named_children:
        first_string = last == 0 and node.type == "expression_statement" and node.named_children[0].type == "string"
        if node.type in _IMPORT_NODES or first_string or (last == 0 and node.type == "comment"):
            last = source.offset(node.end_byte)
        elif node.type != "comment":
            break
    lines = LineIndex(text)
    at = lines.start(lines.line_at(last) + 1) if last else 0
    end = "\r\n" if "\r\n" in text else "\n"
    lead = end if at and not text[:at].endswith(("\n", "\r")) else ""
    return f"{text[:at]}{lead}{statement}{end}{text[at:]}"
