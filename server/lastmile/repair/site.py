"""Where a change can be made, what is in reach there, and how a change is written down.

A site is one node of the tree with what stands around it. Changes are replacements in the text, so
everything else stays byte for byte as it was.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from attrs import frozen

from lastmile.repair.sorts import UNKNOWN, sorts
from lastmile.text.code import FUNCTIONS, Code
from lastmile.text.edits import Replacement, Span

_ATOMS = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Set, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.JoinedStr,
)  # fmt: skip
SHORT = 48
"""The most characters of code that a label shows."""


@frozen
class Rewrite:
    """One change at a site, of one kind."""

    kind: str
    label: str
    plain: tuple[Replacement, ...]
    safe: tuple[Replacement, ...]
    share: float = 1.0
    """How likely it is beside the other changes of its kind at the site."""


@frozen(eq=False)
class Pool:
    """What one function has that a change can be made of."""

    code: Code
    function: ast.FunctionDef | ast.AsyncFunctionDef

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the function, in the order of the text."""
        located = (node for node in ast.walk(self.function) if isinstance(node, ast.expr | ast.stmt))
        return tuple(sorted(located, key=lambda node: (node.lineno, node.col_offset)))

    @cached_property
    def loads(self) -> tuple[ast.expr, ...]:
        """Every expression that is read, each once by its form."""
        found: dict[str, ast.expr] = {}
        for node in self.nodes:
            if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
                found.setdefault(ast.dump(node), node)
        return tuple(found.values())

    @cached_property
    def sorts(self) -> Mapping[str, str]:
        """What sort of value each variable holds, where that can be guessed."""
        return sorts(self.nodes, self.code.parents)

    def bound(self, scope: ast.AST) -> tuple[str, ...]:
        """List the variables that a function binds, its parameters first, those of inner scopes aside."""
        names: dict[str, None] = {}
        names.update(dict.fromkeys(item.arg for item in _arguments(scope)))
        stored = (node for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        own = (node for node in stored if self.code.scope(node) is scope and self.comprehension(node) is None)
        names.update(dict.fromkeys(node.id for node in own))
        return tuple(names)

    def comprehension(self, node: ast.AST) -> ast.AST | None:
        """Give the comprehension that a node stands in, if its function is not nearer."""
        for above in self.code.above(node):
            if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                return above
            if isinstance(above, ast.stmt | ast.Lambda):
                return None
        return None


def _arguments(scope: ast.AST) -> Iterator[ast.arg]:
    if isinstance(scope, FUNCTIONS):
        given = scope.args
        yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
        yield from (item for item in (given.vararg, given.kwarg) if item is not None)


@frozen(eq=False)
class Site:
    """A node and what stands around it."""

    pool: Pool
    node: ast.AST
    statement: ast.stmt

    @property
    def code(self) -> Code:
        """The text with its tree."""
        return self.pool.code

    @cached_property
    def parent(self) -> ast.AST:
        """The node above; the statement's own for a statement."""
        return self.code.parents.get(self.node, self.code.tree)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The variables that can be read here, nearest scope first; names bound further down may be among them."""
        found: dict[str, None] = {}
        inner = self.pool.comprehension(self.node)
        for generator in getattr(inner, "generators", ()):
            found.update(dict.fromkeys(n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)))
        for above in (self.node, *self.code.above(self.node)):
            if isinstance(above, FUNCTIONS):
                found.update(dict.fromkeys(self.pool.bound(above)))
        return tuple(found)

    def sort(self, node: ast.AST | str) -> str:
        """Guess what sort of value a variable holds; nothing is guessed of other expressions."""
        name = node if isinstance(node, str) else getattr(node, "id", "")
        return self.pool.sorts.get(name, UNKNOWN)

    def source(self, node: ast.AST) -> str:
        """Give the text of a node, in brackets where it is a bare tuple's or generator's own."""
        assert isinstance(node, ast.expr | ast.stmt)  # noqa: S101 - only these have a place
        return self.code.source(node)

    def inner(self, node: ast.AST) -> str:
        """Give the text of an expression so that it can be an operand."""
        text = self.source(node)
        return text if isinstance(node, _ATOMS) else f"({text})"

    def span(self, node: ast.AST) -> Span:
        """Give a node's place."""
        assert isinstance(node, ast.expr | ast.stmt)  # noqa: S101 - only these have a place
        return self.code.span(node)

    def turn(self, kind: str, node: ast.AST, plain: str, safe: str = "", *, share: float = 1.0) -> Rewrite:
        """Put a text in the place of an expression; ``safe`` has brackets wherever one might be needed."""
        span, old = self.span(node), self.source(node)
        label = f"turns `{short(old)}` into `{short(plain)}`"
        bracketed = f"({safe or plain})"
        return Rewrite(kind, label, (Replacement(span, plain),), (Replacement(span, bracketed),), share)

    def turn_bare(self, kind: str, node: ast.AST, text: str, *, share: float = 1.0) -> Rewrite:
        """Put a text in a place where no bracket is needed or allowed."""
        label = f"turns `{short(self.source(node))}` into `{short(text)}`"
        return self.edit(kind, label, Replacement(self.span(node), text), share=share)

    def fill(self, kind: str, node: ast.AST, form: str, *parts: ast.AST | str, share: float = 1.0) -> Rewrite:
        """Put a form in the place of an expression, its fields taken by nodes or texts."""
        plain = form.format(*(part if isinstance(part, str) else self.source(part) for part in parts))
        safe = form.format(*(part if isinstance(part, str) else self.inner(part) for part in parts))
        return self.turn(kind, node, plain, safe, share=share)

    def edit(self, kind: str, label: str, *edits: Replacement, share: float = 1.0) -> Rewrite:
        """Make several replacements that need no brackets."""
        return Rewrite(kind, label, edits, edits, share)

    @cached_property
    def indent(self) -> str:
        """What stands before the statement on its line."""
        row = self.statement.lineno - 1
        line = self.code.lines.line_text(row)
        return line[: len(line) - len(line.lstrip())]

    def before(self, kind: str, statement: ast.stmt, *lines: str, share: float = 1.0) -> Rewrite:
        """Put lines in front of a statement, at its indentation."""
        at = self.span(statement).start
        text = "".join(f"{line}\n{self.indent}" for line in lines)
        return self.edit(
            kind, f"adds `{short('; '.join(map(str.strip, lines)))}`", Replacement(Span(at, at), text), share=share
        )

    def after(self, kind: str, statement: ast.stmt, *lines: str, share: float = 1.0) -> Rewrite:
        """Put lines behind a statement, at its indentation."""
        at = self.span(statement).end
        text = "".join(f"\n{self.indent}{line}" for line in lines)
        return self.edit(
            kind, f"adds `{short('; '.join(map(str.strip, lines)))}`", Replacement(Span(at, at), text), share=share
        )


def short(text: str) -> str:
    """Cut a piece of code down to a label's length, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SHORT else flat[: SHORT - 1] + "…"


def uses(nodes: Iterable[ast.AST], name: str) -> bool:
    """Tell whether a variable is mentioned."""
    return any(isinstance(node, ast.Name) and node.id == name for node in nodes)
