"""What the docstring of a definition has to say, and what it may say.

The rules, all read off the signature and the body:

- Every parameter but the first of a method (``self``, ``cls``) is documented. Names that begin with
  an underscore may be left out, as in ruff's D417.
- What a function returns, or a generator yields, is documented, unless that is always None.
- Every exception that the body raises itself is documented (see `raised`).
- A summary is enough where the signature is someone else's: properties, overloads, overrides, stub
  files, tests, and special methods other than ``__init__``, ``__new__`` and ``__call__``.
- A private function is documented like any other: who asks for a docstring wants a whole one.
- The parameters of ``__init__`` are documented in the class or in ``__init__``: in the class, where
  ``__init__`` has no docstring.
- Fields of data classes and attributes need not be documented. Documented ones have to exist.
"""

from __future__ import annotations

import ast

from attrs import field, frozen

from lastmile.docstrings.fragment import Definition, Fragment, Function, Place
from lastmile.docstrings.members import members, parameters_of_class
from lastmile.docstrings.raised import Raised, raised
from lastmile.docstrings.results import Result, result
from lastmile.docstrings.signature import decorators, keyword_catcher, parameters

_LIGHT = {"overload", "override", "setter", "deleter", "getter"}
_OWN_SIGNATURE = {"__init__", "__new__", "__call__"}


@frozen
class Needs:
    """What one docstring has to say, and what it may."""

    name: str
    parameters: tuple[str, ...] = ()
    """Those that must be documented, with their stars."""

    known: frozenset[str] | None = frozenset()
    """Those that may be documented, without stars; None where that cannot be told."""

    keywords: bool = False
    """Whether it takes any keyword, so that names may stand under their own heading."""

    attributes: frozenset[str] | None = frozenset()
    """The attributes that may be documented; None where that cannot be told."""

    result: Result = field(factory=Result)
    raises: tuple[Raised, ...] = ()

    @property
    def none(self) -> bool:
        """Whether a summary says everything."""
        return not (self.parameters or self.result.required or self.raises)


def needs(fragment: Fragment, place: Place) -> Needs:
    """Read off a definition what its docstring has to say."""
    node = fragment.node
    return _of_class(node) if isinstance(node, ast.ClassDef) else _of_function(node, fragment, place)


def _of_function(node: Function, fragment: Fragment, place: Place) -> Needs:
    taken = parameters(node, method=place.owner == "class")
    known = frozenset(name.lstrip("*") for name in taken)
    catcher = keyword_catcher(node)
    outcome = result(node, fragment.code)
    if _is_light(node, place):
        return Needs(node.name, (), known, catcher, result=outcome.optional())
    return Needs(node.name, _public(taken), known, catcher, result=outcome, raises=raised(node))


def _of_class(node: ast.ClassDef) -> Needs:
    own = [item for item in node.body if isinstance(item, Function) and item.name in {"__init__", "__new__"}]
    maker = min(own, key=lambda item: item.name, default=None)
    attributes = members(node)
    if maker is None:
        return Needs(node.name, (), parameters_of_class(node), attributes=attributes)
    taken = parameters(maker, method=True)
    return Needs(
        node.name,
        () if ast.get_docstring(maker) is not None else _public(taken),
        frozenset(name.lstrip("*") for name in taken),
        keyword_catcher(maker),
        attributes,
    )


def _public(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not name.lstrip("*").startswith("_"))


def _is_light(node: Definition, place: Place) -> bool:
    """Tell whether the signature is explained elsewhere."""
    marks = decorators(node)
    special = node.name.startswith("__") and node.name.endswith("__") and node.name not in _OWN_SIGNATURE
    own_property = any(mark in _LIGHT or mark.endswith("property") for mark in marks)
    return place.stub or place.test or special or own_property
