"""Reads what a file's documentation promises: its ``>>>`` examples, and a few plain statements of the result.

Standard library only, for the project's own interpreter. The docstrings of the module and of the
functions count, and texts that stand alone at the top level, which some files document with. A
statement is read only from words on what is returned, and only where its meaning is beyond doubt.
"""

# ruff: noqa: ANN401 - values of any type pass through here: they are the project's own

from __future__ import annotations

import ast
import doctest
import re
from typing import Any, Callable, Mapping

Fact = Callable[[Any, Mapping[str, Any]], bool]
_RETURNED = re.compile(
    r"(?:^|\n)\s*(?::?returns?:?|outputs?:|yields?:)\s*(.*?)(?:\n\s*\n|\n\s*\w+:\s*\n|$)", re.IGNORECASE | re.DOTALL
)


def read(text: str, functions: set[str]) -> dict[str, Any]:
    """Give the examples and facts that the file states of the functions that are called."""
    docs = list(_docs(ast.parse(text), {name.rpartition(".")[2] for name in functions}))
    examples = [example for doc in docs for example in _examples(doc)]
    facts: dict[str, Fact] = {}
    for doc in docs:
        for found in _RETURNED.finditer(doc):
            facts.update(_facts(" ".join(found[1].split())))
    stated: dict[str, Fact] = facts if len(functions) == 1 else {}
    return {"examples": examples[:20], "facts": stated, "returned": _annotated(ast.parse(text), functions)}


_KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bytes": (bytes,),
    "list": (list,),
    "List": (list,),
    "dict": (dict,),
    "Dict": (dict,),
    "set": (set,),
    "Set": (set,),
    "None": (type(None),),
}
"""What an annotation allows, by its name; others are not read. A whole number will do for a float."""


def _annotated(tree: ast.Module, functions: set[str]) -> dict[str, Fact]:
    """Give whether a value keeps to the annotation of its function, by the function's name as it is called."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    held = [("", tree.body), *((f"{node.name}.", node.body) for node in classes)]
    found: dict[str, Fact] = {}
    for above, body in held:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
                kinds = _kinds(node.returns)
                if kinds and f"{above}{node.name}" in functions:
                    found[f"{above}{node.name}"] = _is(*kinds)
    return found


def _kinds(node: ast.expr) -> tuple[type, ...]:
    """Read an annotation; nothing where any part of it is not known."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        one, other = _kinds(node.left), _kinds(node.right)
        return one + other if one and other else ()
    if isinstance(node, ast.Subscript):
        if _name(node.value) == "Optional":
            inner = _kinds(node.slice)
            return (*inner, type(None)) if inner else ()
        return _KINDS.get(_name(node.value), ())
    return _KINDS.get("None" if isinstance(node, ast.Constant) and node.value is None else _name(node), ())


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _docs(tree: ast.Module, functions: set[str]) -> Any:
    alone = (node.value for node in tree.body if isinstance(node, ast.Expr))
    yield from (text.value for text in alone if isinstance(text, ast.Constant) and isinstance(text.value, str))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name in functions:
            yield ast.get_docstring(node) or ""


def _examples(doc: str) -> list[Any]:
    try:
        return [example for example in doctest.DocTestParser().get_examples(doc) if example.want]
    except ValueError:
        return []


def holds(example: Any, space: dict[str, Any]) -> bool:
    """Tell whether an example gives what is written under it, sets and generators by their items."""
    value = eval(compile(example.source.strip(), "example", "eval"), dict(space))  # noqa: S307 - what this process is for
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if doctest.OutputChecker().check_output(example.want, f"{value!r}\n", flags):
        return True
    try:
        return bool(ast.literal_eval(example.want) == value)
    except (ValueError, SyntaxError):
        return False


def _items(value: Any) -> Any:
    if isinstance(value, tuple) and len(value) == 2 and value[0] == "generated":  # noqa: PLR2004 - as the probe drains
        return value[1]
    return value


def _is_sorted(value: Any, _given: Mapping[str, Any]) -> bool:
    items = _items(value)
    return isinstance(items, (list, tuple)) and all(one <= other for one, other in zip(items, items[1:]))


def _sorts(name: str) -> Fact:
    return lambda value, given: _items(value) is not None and list(_items(value)) == sorted(given[name])


def _is(*kinds: type) -> Fact:
    return lambda value, _given: isinstance(_items(value), kinds)


def _is_count(value: Any, _given: Mapping[str, Any]) -> bool:
    return isinstance(value, int) and value >= 0


_STATED: tuple[tuple[str, str, Fact], ...] = (
    ("is sorted", r"\b(?:in (?:sorted|ascending|increasing) order|sorted list)\b", _is_sorted),
    ("is a truth", r"^(?:whether|true if|true when|a bool)\b", lambda value, _given: isinstance(value, bool)),
    ("is a list", r"^(?:an? |the )?(?:list|ordered list)\b", _is(list, tuple)),
    ("is a text", r"^(?:an? |the )?(?:string|text)\b", _is(str)),
    ("is a set", r"^(?:an? |the )?set\b", _is(set, frozenset)),
    ("is a mapping", r"^(?:an? |the )?(?:dict|dictionary|mapping)\b", _is(dict)),
    ("is a count", r"^(?:an? |the )?(?:number|count|length) of\b", _is_count),
)
"""What is stated, the words that state it, and how to see whether it holds."""


def _facts(words: str) -> dict[str, Fact]:
    found = {name: fact for name, pattern, fact in _STATED if re.search(pattern, words, re.IGNORECASE)}
    if elements := re.search(r"elements of (\w+) in (?:sorted|ascending) order", words, re.IGNORECASE):
        found[f"sorts {elements[1]}"] = _guarded(_sorts(elements[1]), elements[1])
    return found


def _guarded(fact: Fact, name: str) -> Fact:
    return lambda value, given: name not in given or fact(value, given)
