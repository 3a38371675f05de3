"""The names that a class has, so far as its own text shows them."""

from __future__ import annotations

import ast

from lastmile.docstrings.signature import last_name, within

# Bases that bring no attributes of their own.
_BARE = {"object", "ABC", "Protocol", "Generic"}


def members(node: ast.ClassDef) -> frozenset[str] | None:
    """List the attributes of a class, methods among them; None where a base may bring more."""
    if not _stands_alone(node):
        return None
    found = _class_names(node) | {
        item.name for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    if found & {"__getattr__", "__getattribute__", "__setattr__"}:
        return None
    return frozenset(found | _instance_names(node) | _slots(node))


def parameters_of_class(node: ast.ClassDef) -> frozenset[str] | None:
    """List what a class without ``__init__`` may be made with: its fields; None where a base may tell."""
    return frozenset(_class_names(node)) if _stands_alone(node) else None


def _stands_alone(node: ast.ClassDef) -> bool:
    return all(last_name(base) in _BARE for base in node.bases) and not node.keywords


def _class_names(node: ast.ClassDef) -> set[str]:
    inside = within(node.body)
    return {item.id for item in inside if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}


def _instance_names(node: ast.ClassDef) -> set[str]:
    """Find what methods set on their first parameter, and on the class."""
    stored = (item for item in ast.walk(node) if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store))
    return {item.attr for item in stored if isinstance(item.value, ast.Name)}


def _slots(node: ast.ClassDef) -> set[str]:
    assigned = (item for item in node.body if isinstance(item, ast.Assign))
    values = [item.value for item in assigned if any(last_name(target) == "__slots__" for target in item.targets)]
    constants = (item for value in values for item in ast.walk(value) if isinstance(item, ast.Constant))
    return {item.value for item in constants if isinstance(item.value, str)}
