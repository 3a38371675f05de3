"""The docstring under each field of the tree, which Python forgets and the source remembers."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from lastmile.config import tree
from lastmile.config.keys import Entry


def meaning(entry: Entry) -> str:
    """Give what the setting means, in Markdown, on one line; empty where the tree does not say."""
    return _meanings().get((entry.owner.__name__, entry.path[-1]), "")


@cache
def _meanings() -> Mapping[tuple[str, str], str]:
    classes = [node for node in ast.parse(inspect.getsource(tree)).body if isinstance(node, ast.ClassDef)]
    found = {}
    for node in classes:
        for item, after in zip(node.body, node.body[1:], strict=False):
            match item, after:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                    found[node.name, name] = " ".join(text.split()).replace("``", "`")
    return MappingProxyType(found)
