"""Judges that an expression was given a name, and drafts it: what is evaluated, and when, stays the same.

With the new name replaced by its value the text has to be what it was. The value is evaluated one
step earlier than before, so what would be evaluated before it now, or not at all, rules it out.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterator
from copy import deepcopy

from lastmile.cascade.verdict import Finding
from lastmile.oracles.flow import names_in
from lastmile.oracles.places import Chosen, expression_at, follow, holder
from lastmile.oracles.reading import CHECK, Reading, same
from lastmile.text.edits import Replacement, Span

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_ACTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
_TRIVIAL = (ast.Name, ast.Starred, ast.Slice)
_VERBS = {"get", "encode", "decode", "join", "split", "strip", "format", "pop", "copy", "replace"}
"""Methods whose names say nothing of what they give."""

_WORD = re.compile(r"[a-z_][a-z0-9_]*")


def choose(text: str, span: Span) -> Chosen | str:
    """Find the expression that is selected; a sentence where it cannot be given a name."""
    reading = Reading.of(text)
    if reading is None:
        return "The document has a syntax error."
    chosen = expression_at(reading, span)
    if chosen is None:
        return "The selection is not one whole expression."
    return trouble(reading, chosen) or chosen


def trouble(reading: Reading, chosen: Chosen) -> str:
    """Say why an expression cannot be evaluated before its statement; empty where it can."""
    node = chosen.node
    if isinstance(node, _TRIVIAL) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return "The selection is no value that a name could stand for."
    if any(isinstance(item, ast.Yield | ast.YieldFrom | ast.NamedExpr) for item in ast.walk(node)):
        return "The selection binds a name or yields, so it has to stay where it is."
    way = list(_way(chosen.statement, node))
    if not _evaluated_first(chosen.statement, way):
        return "The selection is not evaluated once, where its statement begins."
    if any(map(_is_lazy, way, way[1:])):
        return "The selection is evaluated only in some cases, or more than once."
    acts = any(isinstance(item, _ACTS) for item in _before(chosen, way))
    if acts and not all(
        isinstance(item, ast.Constant | ast.operator | ast.unaryop | ast.BinOp) for item in ast.walk(node)
    ):
        return "Something is called before the selection is evaluated, which it may depend on."
    around = reading.around(chosen.statement)
    in_class = bool(around) and isinstance(around[-1], ast.ClassDef)
    return "The selection stands in the body of a class, where a name becomes an attribute." if in_class else ""


def judge(old: str, new: str, span: Span) -> tuple[Finding, ...]:
    """List why the selected expression did not just get a name; empty where it did."""
    return tuple(Finding(CHECK, message) for message in _judged(old, new, span))


def draft(text: str, span: Span) -> tuple[Replacement, ...]:
    """Name the selected expression; nothing where that cannot be done."""
    chosen, reading = choose(text, span), Reading.of(text)
    if isinstance(chosen, str) or reading is None:
        return ()
    scope = holder(reading.module, chosen.path) or reading.module
    name = _fresh(_called(chosen.node), names_in(scope))
    start, source = reading.span(chosen.statement).start, reading.span(chosen.node).of(text)
    value = source if "\n" not in source and "\r" not in source else f"({source})"
    lead = reading.lines.start(reading.lines.line_at(start))
    indent, line = text[lead:start], reading.lines.line_at(start)
    alone = not indent.strip()
    end = text[reading.lines.end(line) : reading.lines.start(line + 1)] or "\n"
    first = f"{name} = {value}{end}{indent}" if alone else f"{name} = {value}; "
    if chosen.span.start == start:
        return (Replacement(chosen.span, first + name),)
    return Replacement(Span(start, start), first), Replacement(chosen.span, name)


def _judged(old: str, new: str, span: Span) -> Iterator[str]:
    before, after = Reading.of(old), Reading.of(new)
    chosen = None if before is None else expression_at(before, span)
    if before is None or after is None or chosen is None:
        yield "The texts cannot be compared: one does not parse, or the selection is no expression."
        return
    if why := trouble(before, chosen):
        yield why
        return
    place = follow(after.module, chosen.path)
    name = None if place is None else _named(place[0][place[1]], chosen.node)
    if place is None or name is None:
        yield "The statement before does not give the selected expression a name."
        return
    scope = holder(before.module, chosen.path) or before.module
    if name in names_in(scope) or keyword.issoftkeyword(name):
        yield f"`{name}` stands for something else here."
    yield from _used(before, after, chosen, name)


def _used(before: Reading, after: Reading, chosen: Chosen, name: str) -> Iterator[str]:
    """Put the value back in the place of the name, and compare."""
    module = deepcopy(after.module)
    place = follow(module, chosen.path)
    if place is None or place[1] + 1 >= len(place[0]):
        yield "The statement of the selection is gone."
        return
    block, number = place
    del block[number]
    users = [item for item in ast.walk(block[number]) if isinstance(item, ast.Name) and item.id == name]
    if len(users) > 1 and any(isinstance(item, _ACTS) for item in ast.walk(chosen.node)):
        yield f"`{name}` stands in several places, and its value was made anew in each."
    block[number] = _Inline(name, chosen.node).visit(block[number])
    if not users:
        yield f"`{name}` is not used."
    elif not same(before.module, module):
        yield f"The code is not the same with `{name}` in the place of its value."
    elif _left(chosen, block[number], after, name):
        yield "The selected expression itself was left where it is."


def _left(chosen: Chosen, inlined: ast.stmt, after: Reading, name: str) -> bool:
    """Tell whether the selected place still holds the expression: another, equal one was replaced."""
    place = follow(after.module, chosen.path)
    if place is None or place[1] + 1 >= len(place[0]):
        return True
    new = place[0][place[1] + 1]
    pairs = zip(_preorder(chosen.statement), _preorder(inlined), strict=False)
    number = next((at for at, (one, _other) in enumerate(pairs) if one is chosen.node), None)
    if number is None:
        return True
    # Every name that stands for the value is shorter than it by the value's parts.
    size = sum(1 for _ in _preorder(chosen.node))
    position = 0
    for item in _preorder(new):
        if position == number:
            return not (isinstance(item, ast.Name) and item.id == name)
        position += size if isinstance(item, ast.Name) and item.id == name else 1
    return True


def _preorder(node: ast.AST) -> Iterator[ast.AST]:
    waiting = [node]
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(
            child for child in reversed(list(ast.iter_child_nodes(item))) if not isinstance(child, ast.expr_context)
        )


class _Inline(ast.NodeTransformer):
    """Puts a value in the place of a name."""

    def __init__(self, name: str, value: ast.expr) -> None:
        self.name, self.value = name, value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self.value) if node.id == self.name and isinstance(node.ctx, ast.Load) else node


def _named(node: ast.stmt, value: ast.expr) -> str | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=given) if same(given, value):
            return name
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as given) if same(given, value):
            return name
        case _:
            return None


def _way(top: ast.AST, node: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes from a statement down to an expression in it."""
    yield top
    for child in ast.iter_child_nodes(top):
        if child is node:
            yield child
            return
        if any(item is node for item in ast.walk(child)):
            yield from _way(child, node)
            return


def _evaluated_first(statement: ast.stmt, way: list[ast.AST]) -> bool:  # noqa: PLR0911 - a table
    """Tell whether a statement evaluates a part of it once, at its beginning, before its body."""
    part = way[1] if len(way) > 1 else None
    match statement:
        case ast.If(test=test) | ast.Assert(test=test):
            return part is test
        case ast.For(iter=source):
            return part is source
        case ast.With(items=items):
            return part is items[0] and len(way) > 2 and way[2] is items[0].context_expr  # noqa: PLR2004 - below the item
        case ast.Match(subject=subject):
            return part is subject
        case ast.AnnAssign(value=value):
            return part is value
        case ast.Return() | ast.Expr() | ast.Assign() | ast.AugAssign() | ast.Raise() | ast.Delete():
            return True
        case _:
            return False


def _is_lazy(node: ast.AST, child: ast.AST) -> bool:  # noqa: PLR0911 - a table
    """Tell whether a node evaluates a child of it later, only in some cases, or again and again."""
    match node:
        case ast.BoolOp(values=values):
            return child is not values[0]
        case ast.IfExp(test=test):
            return child is not test
        case ast.Compare(comparators=comparators):
            return child in comparators[1:]
        case ast.Lambda() | ast.JoinedStr():
            return True
        case ast.ListComp(generators=inner) | ast.SetComp(generators=inner) | ast.DictComp(generators=inner):
            return child is not inner[0]
        case ast.GeneratorExp(generators=inner):
            return child is not inner[0]
        case ast.comprehension(iter=source):
            return child is not source
        case _:
            return False


def _before(chosen: Chosen, way: list[ast.AST]) -> Iterator[ast.AST]:
    """Give the nodes that the statement evaluates before the selected expression."""
    start = (chosen.node.lineno, chosen.node.col_offset)
    above = set(map(id, way))
    inner = set(map(id, ast.walk(chosen.node)))
    statement = chosen.statement
    in_target = isinstance(statement, ast.Assign) and len(way) > 1 and way[1] is not statement.value
    for node in ast.walk(statement):
        if id(node) in above or id(node) in inner or not isinstance(node, ast.expr):
            continue
        if (node.lineno, node.col_offset) < start or in_target:
            yield node


def _called(node: ast.expr) -> str:
    """Find a word for a value: what is called, looked up or asked for."""
    match node:
        case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.Await(value=inner):
            word = _called(inner)
        case ast.Attribute(attr=attr):
            word = attr
        case ast.Name(id=name):
            word = name
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            word = "condition"
        case _:
            word = "value"
    plain = re.sub(r"^(?:get|find|make|load|read|parse|build|compute|to|is)_(?=[a-z])", "", word.lstrip("_"))
    reserved = keyword.iskeyword(plain) or keyword.issoftkeyword(plain) or plain in _VERBS
    return plain if _WORD.fullmatch(plain) and not reserved else "value"


def _fresh(word: str, taken: set[str]) -> str:
    names = (word, "result", *(f"{word}_{number}" for number in range(2, 1000)))
    return next((name for name in names if name not in taken and name not in dir(builtins)), "value")
