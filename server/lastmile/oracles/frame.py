"""What must stay when the inside of a function changes: its face, and everything around it.

The face is the name, the parameters, the annotations, the decorators and the docstring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from attrs import frozen

from lastmile.cascade.verdict import Finding
from lastmile.oracles.reading import CHECK, Definition, Function, Reading, Target, definitions, documentation, same


@frozen(eq=False)
class Pair:
    """The target before and after, each with its document."""

    before: Reading
    after: Reading
    old: Function
    new: Function

    @property
    def line(self) -> int:
        """The line of the new definition, from 0."""
        return self.new.lineno - 1

    def finding(self, message: str, node: ast.AST | None = None) -> Finding:
        """Make a finding at a node of the new text, or at the definition."""
        number = getattr(node, "lineno", self.new.lineno)
        line = int(number) - 1
        return Finding(CHECK, message, line=line, evidence=self.after.lines.line_text(line).strip()[:160])


def pair(old: str, new: str, target: Target) -> Pair | Finding:
    """Read both texts and find the target in each; a finding where that fails."""
    before, after = Reading.of(old), Reading.of(new)
    if before is None or after is None:
        which = "document does not parse, so it" if before is None else "draft does not parse, so it"
        return Finding(CHECK, f"The {which} cannot be judged.")
    one, other = before.find(target), after.find(target)
    if one is None or other is None:
        where = "document" if one is None else "draft"
        return Finding(CHECK, f"The {where} has no function `{target.qualname}`.")
    return Pair(before, after, one, other)


def face(both: Pair) -> Iterator[Finding]:
    """List what of the face changed."""
    old, new = both.old, both.new
    if type(old) is not type(new):
        yield both.finding(f"`{old.name}` {'is' if isinstance(new, ast.AsyncFunctionDef) else 'is no longer'} async.")
    if not same(old.args, new.args) or not same(old.returns, new.returns):
        yield both.finding(f"The signature of `{old.name}` changed.")
    if not same(getattr(old, "type_params", []), getattr(new, "type_params", [])):
        yield both.finding(f"The type parameters of `{old.name}` changed.")
    if not same(old.decorator_list, new.decorator_list):
        yield both.finding(f"The decorators of `{old.name}` changed.")
    if documentation(old) != documentation(new):
        yield both.finding(f"The docstring of `{old.name}` changed.")


def rest(both: Pair, *, added: Iterable[Definition] = (), imports: bool = False) -> Iterator[Finding]:
    """Say whether the code around the target changed, definitions that came and, if allowed, imports aside."""
    holes = {id(both.old): "target", id(both.new): "target"}
    gone = {id(node) for node in added}
    old, new = _bare(both.before.module, gone, imports=imports), _bare(both.after.module, gone, imports=imports)
    if not same(old, new, holes=holes):
        yield Finding(CHECK, f"The code around `{both.old.name}` changed.")
    if imports:
        yield from _lost_imports(both)


def came(both: Pair) -> list[Definition]:
    """List the definitions outside the target that the new text has more, by their qualified names."""
    old = {name for name, _node in definitions(both.before.module)}
    inside = {id(node) for node in ast.walk(both.new)}
    return [node for name, node in definitions(both.after.module) if name not in old and id(node) not in inside]


def imported(module: ast.Module) -> list[tuple[str, str]]:
    """List what the imports outside functions and classes bring, each with the name that it is bound to."""
    return [
        (_whence(node, item), item.asname or item.name.partition(".")[0])
        for node in _outside(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for item in node.names
    ]


def _lost_imports(both: Pair) -> Iterator[Finding]:
    old, new = imported(both.before.module), imported(both.after.module)
    used, still = _used(both.before.module), _used(both.after.module)
    for whence, name in old:
        # One that was used and is no more may go: linters ask for that.
        if (whence, name) not in new and (name in still or name not in used):
            yield Finding(CHECK, f"The import of `{name}` is gone.")
    bound = {name for _whence, name in old} | module_names(both.before.module)
    for whence, name in new:
        if (whence, name) not in old and name in bound:
            yield Finding(CHECK, f"The new import of `{name}` takes a name that stands for something else here.")


def _used(module: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}


def module_names(module: ast.Module) -> set[str]:
    """List the names that a module binds outside functions and classes, imports left out."""
    found = set()
    for node in _outside(module):
        if isinstance(node, Definition):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def _outside(module: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = list(module.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (*_CLOSED,)):
            waiting.extend(ast.iter_child_nodes(node))


_CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _whence(node: ast.Import | ast.ImportFrom, item: ast.alias) -> str:
    if isinstance(node, ast.Import):
        return item.name
    return f"{'.' * node.level}{node.module or ''}:{item.name}"


def _bare(node: ast.AST, gone: set[int], *, imports: bool) -> list[object]:
    """Give the statements of a module without those that may come and go."""
    return [_copy(item, gone, imports=imports) for item in getattr(node, "body", []) if _stays(item, gone, imports)]


def _stays(node: ast.AST, gone: set[int], imports: bool) -> bool:  # noqa: FBT001 - passed down a walk
    if id(node) in gone or (imports and isinstance(node, ast.Import | ast.ImportFrom)):
        return False
    return not (imports and _for_types(node))


def _for_types(node: ast.AST) -> bool:
    """Tell whether a statement only imports what annotations need."""
    if not isinstance(node, ast.If) or node.orelse or "TYPE_CHECKING" not in ast.unparse(node.test):
        return False
    return all(isinstance(item, ast.Import | ast.ImportFrom | ast.Pass) for item in node.body)


def _copy(node: ast.AST, gone: set[int], *, imports: bool) -> ast.AST:
    """Copy the statements of classes and blocks as far as something was left out of them."""
    if not gone and not imports:
        return node
    if not isinstance(node, ast.ClassDef | ast.If | ast.Try):
        return node
    twin = type(node)(**{name: getattr(node, name) for name in node._fields})
    for name in ("body", "orelse", "finalbody"):
        items = getattr(node, name, None)
        if isinstance(items, list):
            setattr(twin, name, [_copy(item, gone, imports=imports) for item in items if _stays(item, gone, imports)])
    return twin
