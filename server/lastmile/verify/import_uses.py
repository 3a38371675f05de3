"""Judges the imports that a draft brings and takes outside of its target: by what the target uses.

An import runs another module, and a name that it binds may be used anywhere in the file. So one may
come that the target needs, and one may go that the target alone needed. Parsing is done here, so it
runs in the worker process.
"""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from attrs import frozen
from tree_sitter import Node

from lastmile.cascade.verdict import Finding
from lastmile.text.edits import Span
from lastmile.text.suppressions import Suppression, in_comment
from lastmile.text.symbols import Source

_STATEMENTS = {"import_statement", "import_from_statement", "future_import_statement"}
_FOR_ANNOTATIONS = "__future__.annotations"
_WORD = re.compile(r"[^\W\d]\w*")
_KEEPS = {"", "F401", "W0611", "UNUSED-IMPORT"}
"""What silences a complaint about an import that nothing uses: it is there for what it does."""

_ABOUT_TYPES = ("typing", "typing_extensions", "collections", "collections.abc", "contextlib", "re", "types")
_HOMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("typing", "typing_extensions", "mypy_extensions"), _ABOUT_TYPES),
        "collections": ("collections.abc",),
        "pipes": ("shlex",),
    }
)
"""Where names of some modules are imported from in newer Python: what has one name there is one thing (UP035)."""


@frozen
class Import:
    """One name that an import statement binds."""

    origin: str
    """Where it comes from: ``os.path`` of both ``import os.path`` and ``from os import path``."""

    name: str


@frozen
class Names:
    """What a text imports, defines and uses."""

    imports: dict[Import, str]
    """With what stands behind each statement on its line."""

    count: Counter[Import]
    defined: frozenset[str]
    """Functions, classes and variables of the top level."""

    uses: tuple[tuple[str, Span], ...]
    places: tuple[tuple[Import, Span], ...]
    """Where each statement stands."""

    annotations: int = 0
    """How many there are: one import of ``__future__`` is for them, and no name tells."""

    @classmethod
    def of(cls, text: str) -> Names:
        """Parse a text."""
        source = Source(text)
        root = source.parse().root_node
        statements, uses, annotations = _walk(source, root)
        found = [(item, _behind(text, source.span(node).end)) for node in statements for item in _bound(node)]
        places = tuple((item, source.span(node)) for node in statements for item in _bound(node))
        count = Counter(item for item, _ in found)
        return cls(dict(found), count, frozenset(_defined(root)), tuple(uses), places, annotations)

    def used(self, name: str) -> int:
        """Count the uses of a name."""
        return sum(use == name for use, _ in self.uses)

    def used_outside(self, name: str, spans: Sequence[Span]) -> int:
        """Count the uses of a name that stand in none of the spans."""
        places = [place for use, place in self.uses if use == name]
        return sum(not any(span.contains(place) for span in spans) for place in places)

    def clashes(self, item: Import) -> bool:
        """Tell whether the name of an import stands for something else here."""
        other = any(known.name == item.name and known.origin != item.origin for known in self.imports)
        return other or item.name in self.defined or hasattr(builtins, item.name)


def judge_imports(old: str, plain: str, new: str, spans: Sequence[Span]) -> Iterator[Finding]:
    """List the imports that may not come or go; ``plain`` is the new text with the old imports outside the spans."""
    if plain == new:
        return
    before, kept, after = Names.of(old), Names.of(plain), Names.of(new)
    # What only moved, as sorting moves it, neither comes nor goes.
    came, went = after.count - before.count, before.count - after.count
    asked = {item for item, place in before.places if item in went and any(span.contains(place) for span in spans)}
    for item in (after.count - kept.count) & came:
        if any(_is_newer_home(old_one, item) for old_one in asked):
            continue
        outside = before.used_outside(item.name, spans)
        if item.origin == _FOR_ANNOTATIONS and after.annotations > before.annotations:
            continue
        if after.used(item.name) <= outside:
            yield _finding(f"The draft imports `{item.name}`, which its target does not use.", new, item.name)
        elif outside and before.clashes(item):
            yield _finding(f"The draft imports another `{item.name}` for the rest of the file.", new, item.name)
    for item in (kept.count - after.count) & went:
        silent = in_comment(kept.imports[item])
        if before.used_outside(item.name, spans) or not before.used(item.name) or any(map(_keeps, silent)):
            yield _finding(f"The draft removes the import of `{item.name}`, outside its target.", old, item.name)


def _is_newer_home(old: Import, new: Import) -> bool:
    """Tell whether a name of the standard library is imported from where it is by now, and is the same."""
    (module, _, one), (home, _, other) = old.origin.rpartition("."), new.origin.rpartition(".")
    return (old.name, one) == (new.name, other) and home in _HOMES.get(module, ())


def _finding(message: str, text: str, name: str) -> Finding:
    lines = text.splitlines()
    line = next((at for at, row in enumerate(lines) if "import" in row and name in row), None)
    return Finding("scope", message, line=line, evidence="" if line is None else lines[line])


def _keeps(item: Suppression) -> bool:
    return item.code in _KEEPS


def _walk(source: Source, root: Node) -> tuple[list[Node], list[tuple[str, Span]], int]:
    """Find the import statements, the names that are used, and how many annotations there are, which use names too."""
    statements, uses, annotations = [], [], 0
    waiting = [(root, False)]
    while waiting:
        node, annotation = waiting.pop()
        if node.type in _STATEMENTS:
            statements.append(node)
            continue
        annotations += node.type == "type"
        if node.type == "identifier" and not _is_member(node):
            uses.append((_text(node), source.span(node)))
        if node.type == "string_content" and annotation:
            uses += [(word, source.span(node)) for word in _WORD.findall(_text(node))]
        waiting += [(child, annotation or node.type == "type") for child in node.named_children]
    return statements, uses, annotations


def _is_member(node: Node) -> bool:
    """Tell a name behind a dot, or of an argument, from one that is looked up."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "attribute":
        return parent.child_by_field_name("attribute") == node
    return parent.type == "keyword_argument" and parent.child_by_field_name("name") == node


def _bound(statement: Node) -> Iterator[Import]:
    module = statement.child_by_field_name("module_name")
    source = "__future__" if statement.type == "future_import_statement" else "" if module is None else _text(module)
    if any(child.type == "wildcard_import" for child in statement.named_children):
        yield Import(source, "*")
    for node in statement.children_by_field_name("name"):
        name, alias = node.child_by_field_name("name") or node, node.child_by_field_name("alias")
        first = _text(name) if source else _text(name).partition(".")[0]
        yield Import(f"{source}.{_text(name)}".lstrip() if source else _text(name), _text(alias) if alias else first)


def _defined(root: Node) -> Iterator[str]:
    for node in root.named_children:
        inner = node.child_by_field_name("definition") or node
        left = inner.named_children[0] if inner.type == "expression_statement" and inner.named_children else inner
        name = left.child_by_field_name("name") or left.child_by_field_name("left")
        if name is not None and name.type == "identifier":
            yield _text(name)


def _behind(text: str, end: int) -> str:
    lines = text[end:].splitlines()
    return lines[0] if lines else ""


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
