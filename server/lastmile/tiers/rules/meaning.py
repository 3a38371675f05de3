"""Whether ruff's unsafe fix of a place leaves what the code does as it is, as far as one file shows it.

Each function is about one rule or a few, takes the code and the finding's span, and says yes only
where it is sure. What comparing builds is up to the operands: SQLAlchemy, pandas and numpy make
expressions and arrays of ``==``, so a comparison whose value goes anywhere is left alone.
"""

from __future__ import annotations

import ast
import re

from lastmile.text.code import FUNCTIONS, Code
from lastmile.text.edits import Span
from lastmile.tiers.rules.values import always, calls, defaults, is_annotated

_TO_BOOL = frozenset({"all", "any", "bool", "callable", "hasattr", "isinstance", "issubclass"})
_ALWAYS_BOOL = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
_MEMORY = re.compile(r"_|.*(cache|memo|seen|state|counter|registry)", re.IGNORECASE)
_ENDING = {"next", "__next__", "send", "throw"}


def only_truth_counts(code: Code, span: Span) -> bool:
    """Tell whether a comparison is asked only whether it is true, in a file that redefines no equality."""
    node = _around(code, span, ast.Compare, ast.UnaryOp)
    return node is not None and _is_asked(code, node) and not _redefines_equality(code)


def _redefines_equality(code: Code) -> bool:
    return any(isinstance(node, ast.FunctionDef) for name in ("__eq__", "__ne__") for node in code.bound(name))


def compares_bools(code: Code, span: Span) -> bool:
    """Tell whether all that is compared is True or False: ``None``, ``""`` and 0 are not False."""
    node = _around(code, span, ast.Compare)
    return isinstance(node, ast.Compare) and all(is_bool(code, part) for part in (node.left, *node.comparators))


def gives_a_bool(code: Code, span: Span) -> bool:
    """Tell whether a condition that becomes the value itself is a bool, or becomes one by ``bool()``.

    Ruff writes that around all but comparisons.
    """
    node = code.at(ast.If, span.start) or code.at(ast.IfExp, span.start)
    return node is not None and (is_bool(code, node.test) or not isinstance(node.test, ast.Compare))


def default_is_no_memory(code: Code, span: Span) -> bool:
    """Tell whether a parameter's name does not say that its default is meant to last from call to call."""
    node = _around(code, span, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    if not isinstance(node, FUNCTIONS):
        return False
    names = [item.arg for item, value in defaults(node.args) if value is not None and code.span(value) == span]
    return bool(names) and not any(_MEMORY.match(name) for name in names)


def is_local(code: Code, span: Span) -> bool:
    """Tell whether a name stands in a function: a module's and a class's may be read from elsewhere."""
    node = _around(code, span, ast.Name)
    return node is not None and isinstance(code.frame(node), FUNCTIONS)


def order_is_the_same(code: Code, span: Span) -> bool:
    """Tell whether nothing is turned around or sorted before it is sorted: equal items keep their order."""
    match _around(code, span, ast.Call):
        case ast.Call(func=ast.Name(id="sorted"), args=[ast.Call(func=ast.Name(id=inner)), *_]):
            return inner not in {"reversed", "sorted"}
        case node:
            return node is not None


def items_stay_as_they_are(code: Code, span: Span) -> bool:
    """Tell whether a comprehension hands on each item itself, or pairs that are surely pairs."""
    match _around(code, span, ast.ListComp, ast.SetComp, ast.DictComp):
        case ast.ListComp(elt=ast.Name()) | ast.SetComp(elt=ast.Name()):
            return True
        case ast.DictComp(generators=[ast.comprehension(iter=ast.Call(func=ast.Attribute(attr="items"), args=[]))]):
            return True
        case ast.DictComp(generators=[ast.comprehension(iter=source)]):
            return calls(code, source, frozenset({"enumerate", "zip"}))
        case _:
            return False


def ends_by_no_exception(code: Code, span: Span) -> bool:
    """Tell whether no iterator is read by hand there: its end would end a `map`, and break a comprehension."""
    around = min(code.around(span), key=lambda node: len(code.span(node)), default=code.tree)
    nodes = [node for node in ast.walk(around) if isinstance(node, ast.Name | ast.Attribute)]
    inside = (node for node in nodes if span.contains(code.span(node)))
    return not any((node.id if isinstance(node, ast.Name) else node.attr) in _ENDING for node in inside)


def nothing_is_tried(code: Code, span: Span) -> bool:
    """Tell whether the unused value is not there to see whether it can be had: no ``try`` is around it."""
    below = _around(code, span, ast.Name)
    if below is None:
        return False
    for above in code.above(below):
        if isinstance(above, FUNCTIONS):
            break
        if isinstance(above, ast.Try) and below in above.body and above.handlers:
            return False
        below = above
    return True


def prefixes_are_texts(code: Code, span: Span) -> bool:
    """Tell whether every prefix or suffix is a literal: a tuple in a tuple is an error."""
    node = _around(code, span, ast.BoolOp)
    found = [call for call in ast.walk(node) if isinstance(call, ast.Call)] if node is not None else []
    wanted = [
        call for call in found if isinstance(call.func, ast.Attribute) and call.func.attr in {"startswith", "endswith"}
    ]
    return bool(wanted) and all(_is_literal(argument) for call in wanted for argument in call.args)


def types_are_names(code: Code, span: Span) -> bool:
    """Tell whether nothing is called for the object and the types that ``isinstance`` is given."""
    match _around(code, span, ast.BoolOp):
        case ast.BoolOp(values=values):
            checks = [item for item in values if isinstance(item, ast.Call)]
            return not any(
                isinstance(inner, ast.Call) for item in checks for part in item.args for inner in ast.walk(part)
            )
        case _:
            return False


def is_bool(code: Code, node: ast.expr | None) -> bool:
    """Tell whether an expression surely gives True or False; most comparisons may build anything."""
    match node:
        case ast.Constant(value=bool()) | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=operators):
            return all(isinstance(operator, _ALWAYS_BOOL) for operator in operators)
        case ast.BoolOp(values=parts):
            return all(is_bool(code, part) for part in parts)
        case ast.Name():
            return always(code, node, lambda binder: _gives_bool(code, binder))
        case _:
            return calls(code, node, _TO_BOOL)


def _gives_bool(code: Code, binder: ast.AST) -> bool:
    match code.parents.get(binder):
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
            # A name that was made of names is not followed: two of them may be made of each other.
            return not any(isinstance(item, ast.Name) for item in _parts(value)) and is_bool(code, value)
        case _:
            return is_annotated(code, binder, {"bool"})


def _parts(value: ast.expr) -> list[ast.expr]:
    return [inner for part in value.values for inner in _parts(part)] if isinstance(value, ast.BoolOp) else [value]


def _is_asked(code: Code, node: ast.AST) -> bool:
    """Tell whether a value is only asked whether it is true, and goes nowhere itself."""
    match code.parents.get(node):
        case ast.If(test=test) | ast.While(test=test) | ast.Assert(test=test) | ast.IfExp(test=test):
            return test is node
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.comprehension(ifs=conditions):
            return node in conditions
        case ast.BoolOp() as above:
            return _is_asked(code, above)
        case ast.Call() as call:
            return calls(code, call, frozenset({"bool"}))
        case _:
            return False


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str() | bytes()):
            return True
        case ast.Tuple(elts=parts):
            return all(_is_literal(part) for part in parts)
        case _:
            return False


def _around(code: Code, span: Span, *kinds: type[ast.AST]) -> ast.AST | None:
    """Give the smallest node of some kinds that holds the span."""
    holding = (node for node in code.around(span) if isinstance(node, kinds))
    return min(holding, key=lambda node: len(code.span(node)), default=None)
