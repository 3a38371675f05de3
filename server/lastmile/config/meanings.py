"""The docstring under each field of the tree, which Python forgets and the source remembers."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from lastmile.config.keys import Entry


def meaning(entry: Entry) -> str:
    """Give what the setting means, in Markdown, on one line; empty where the tree does not say."""
    owners = (kind for kind in entry.owner.__mro__ if kind is not object)  # an inherited field is told of above
    said = (_meanings(kind.__module__).get((kind.__name__, entry.path[-1]), "") for kind in owners)
    return next(filter(None, said), "")


@cache
def _meanings(module: str) -> Mapping[tuple[str, str], str]:
    source = inspect.getsource(import_module(module))
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    found = {}
    for node in classes:
        for item, after in zip(node.body, node.body[1:], strict=False):
            match item, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                    found[node.name, name] = " ".join(text.split()).replace("``", "`")
    return MappingProxyType(found)
