"""Reads a Python file into facts: its units, and what each of them mentions.

A word in a string counts as a mention, so that names given to ``getattr`` or ``patch`` are seen;
docstrings and comments do not count. Call it through `tools.offload`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import define, evolve, field

from lastmile.testing.selection.facts import CLASS, FUNCTION, MODULE, Facts, Import, Unit
from lastmile.testing.selection.keeping import keeps

_MOST_BYTES = 2_000_000
_WORD = re.compile(r"[^\W\d]\w*")
_LONGEST = 20_000
"""Characters of a string that are looked through for words."""

_LONGEST_NAME = 200
_MODULE_LIKE = re.compile(r"^(?:[^\W\d]\w*\.)*[^\W\d]\w*$|^[\w./\\-]+\.py$|^-m$")
_PROGRAMS = {"subprocess", "Popen", "check_output", "check_call", "executable", "runpy", "run_module", "run_path"}
_PROGRAMS |= {"script_runner", "create_subprocess_exec", "create_subprocess_shell", "pexpect"}
_REFLECTION = {"globals", "vars", "dir", "getmembers", "__subclasses__", "iter_modules", "walk_packages"}
_LOADERS = {"import_module", "__import__", "importorskip", "run_module", "exec_module", "load_module", "entry_points"}
_LOADERS |= {"walk_packages", "iter_modules", "spec_from_file_location", "iter_entry_points", "run_path", "find_spec"}
_LOADERS |= {"resolve_name", "import_string", "import_object", "import_path", "locate", "load_object", "symbol_by_name"}
_BLOCKS = (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.AsyncFor, ast.AsyncWith)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_SETUPS = {"setUp", "tearDown", "asyncSetUp", "asyncTearDown", "setup_method", "teardown_method", "setup", "teardown"}
_SETUPS |= {"setup_function", "teardown_function"}
_SHARED = {"setUpClass", "tearDownClass", "setup_class", "teardown_class", "setUpModule", "tearDownModule"}
_SHARED |= {"setup_module", "teardown_module"}
# Decorators that give back what does the same thing under the same name, and tell nobody of it.
_PLAIN = {"property", "staticmethod", "classmethod", "overload", "abstractmethod", "contextmanager", "wraps"}
_PLAIN |= {"asynccontextmanager", "setter", "getter", "deleter", "override", "final", "deprecated", "cached_property"}
_PLAIN |= {"lru_cache", "cache", "total_ordering", "dataclass", "define", "frozen", "attrs", "s", "no_type_check"}
_PLAIN |= {"runtime_checkable", "abstractproperty", "fixture", "pytest.mark", "unique"}


@define
class _Reader:
    units: list[Unit] = field(factory=list)
    mentions: dict[str, set[int]] = field(factory=dict)
    imports: list[Import] = field(factory=list)
    strings: set[str] = field(factory=set)
    programs: set[int] = field(factory=set)
    reflects: set[int] = field(factory=set)
    loaders: set[ast.AST] = field(factory=set)
    """Where something that loads modules is called by a name that stands there: these are known."""

    loads_by_name: bool = False

    def block(self, body: Iterable[ast.stmt], owner: str) -> None:
        """Read statements at the top level of a module."""
        for node in body:
            if isinstance(node, _Definition):
                self.definition(node, owner)
            elif isinstance(node, _BLOCKS):
                self._compound(node, owner)
            elif not _is_docstring(node):
                self._statement(node, [node], owner)

    def definition(self, node: _Definition, owner: str) -> None:
        """Read a function or a class."""
        if isinstance(node, ast.ClassDef):
            self._class(node, owner)
        else:
            self._function(node, owner)

    def _compound(self, node: ast.stmt, owner: str) -> None:
        """Read what stands in a compound statement as if it stood beside it, its header as a statement of its own."""
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
        handlers = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.excepthandler)]
        header = [child for child in ast.iter_child_nodes(node) if child not in inner and child not in handlers]
        loops = isinstance(node, ast.For | ast.While | ast.AsyncFor | ast.With)
        # What a loop does to a name in it is not said by any one of its statements.
        self._statement(node, [node] if loops else header, owner)
        self.block(inner, owner)
        for handler in handlers:
            self.block([child for child in ast.iter_child_nodes(handler) if isinstance(child, ast.stmt)], owner)

    def _statement(self, node: ast.stmt, parts: list[ast.AST], owner: str) -> None:
        binds = tuple(dict.fromkeys(name for part in parts for name in _bound(part)))
        telling = isinstance(node, ast.Assign | ast.AnnAssign) and all(map(_is_name, _targets(node)))
        passive = telling or isinstance(node, ast.Import | ast.ImportFrom | ast.Pass) or "__all__" in binds
        number = self._unit(Unit(MODULE, "", owner, _lines(node), binds=binds))
        words = set[str]().union(*(self._words(part, number) for part in parts))
        if not passive:
            told = tuple(sorted(word for word in words if word[0] not in "'@^"))
            self.units[number] = evolve(self.units[number], registers=told)

    def _function(self, node: _Function, owner: str) -> None:
        names = tuple(map(_decorator, node.decorator_list))
        fixture = "fixture" in names
        hook = not owner and node.name.startswith("pytest_")
        wide = fixture and _keyword(node, "scope") not in {"", "'function'"}
        number = self._unit(
            Unit(
                FUNCTION,
                node.name,
                owner,
                _lines(node),
                node.body[0].lineno,
                max([node.lineno, *(part.end_lineno or 0 for part in _head(node))]),
                decorators=names,
                strings=tuple(text for part in node.decorator_list for text in _texts(part)) if fixture else (),
                registers=_registers(node),
                fixture=fixture,
                everywhere=hook or node.name in _SETUPS | _SHARED or _keyword(node, "autouse") not in {"", "False"},
                shared=wide or node.name in _SHARED,
                keeps=keeps(node),
            )
        )
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                self.mentions.setdefault(f"@{argument.arg}", set()).add(number)
        self._words(node, number)

    def _class(self, node: ast.ClassDef, owner: str) -> None:
        inner = f"{owner}.{node.name}" if owner else node.name
        plain = [item for item in node.body if not isinstance(item, _Definition)]
        odd = [item for item in node.keywords if item.arg != "metaclass" or _last(item.value) != "ABCMeta"]
        bases = tuple(_last(item) or "=" for item in node.bases) + ("=",) * bool(odd)
        binds = tuple(dict.fromkeys(name for item in plain for name in _bound(item)))
        names = tuple(map(_decorator, node.decorator_list))
        unit = Unit(
            CLASS,
            node.name,
            owner,
            _lines(node),
            binds=binds,
            bases=bases,
            decorators=names,
            registers=_registers(node),
        )
        number = self._unit(unit)
        for part in (*node.decorator_list, *node.bases, *node.keywords, *plain):
            if not _is_docstring(part):
                self._words(part, number)
        for item in node.body:
            if isinstance(item, _Definition):
                self.definition(item, inner)
                for decorator in item.decorator_list:
                    self._words(decorator, number)

    def _unit(self, unit: Unit) -> int:
        self.units.append(unit)
        return len(self.units) - 1

    def _words(self, root: ast.AST, number: int) -> set[str]:
        words = {word for node in _walk(root) for word in self._mentioned(node, number)}
        for word in words:
            self.mentions.setdefault(word, set()).add(number)
        return words

    def _mentioned(self, node: ast.AST, number: int) -> Iterator[str]:
        match node:
            case ast.Name(id=name):
                self._notice(name, number)
                self.loads_by_name |= name in _LOADERS and node not in self.loaders
                yield name
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=name):
                yield f"^{name}"
            case ast.Attribute(attr=name):
                self._notice(name, number)
                self.loads_by_name |= name in _LOADERS and node not in self.loaders
                yield f".{name}"
            case ast.Call(func=ast.Name() | ast.Attribute() as loader, args=[ast.Constant(value=str(text)), *_]) if (
                _last(loader) in _LOADERS and _MODULE_LIKE.match(text)
            ):
                self.loaders.add(loader)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _REFLECTION:
                self.reflects.add(number)
            case ast.Constant(value=str(text)):
                yield from (f"'{word}" for word in set(_WORD.findall(text[:_LONGEST])))
                if len(text) < _LONGEST_NAME and _MODULE_LIKE.match(text):
                    self.strings.add(text)
            case ast.Import() | ast.ImportFrom():
                # No mention: who imports a name and never uses it is not affected, nor is its neighbour in the line.
                self.imports.extend(_imports(node))
                for item in _imports(node):
                    self._notice(item.module, number)
                    self.loads_by_name |= item.name in _LOADERS and item.bound != item.name
            case _:
                pass

    def _notice(self, name: str, number: int) -> None:
        if name in _PROGRAMS:
            self.programs.add(number)


def read(text: str) -> Facts:
    """Read a text; what does not parse gives facts that are not whole."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
        reader = _Reader()
        reader.block(tree.body, "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Facts(whole=False)
    return Facts(
        tuple(reader.units),
        {word: tuple(sorted(units)) for word, units in reader.mentions.items()},
        tuple(dict.fromkeys(reader.imports)),
        frozenset(reader.strings),
        tuple(sorted(reader.programs)),
        tuple(sorted(reader.reflects)),
        loads_by_name=reader.loads_by_name,
        doctests=">>>" in text,
    )


def read_files(paths: tuple[str, ...]) -> tuple[Facts, ...]:
    """Read files from the disk; one that cannot be read gives facts that are not whole."""
    return tuple(map(_read_file, paths))


def _read_file(path: str) -> Facts:
    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError:
        return Facts(whole=False)
    if len(data) > _MOST_BYTES:
        return Facts(whole=False)
    return read(data.decode("utf-8", "replace"))


def _walk(root: ast.AST) -> Iterator[ast.AST]:
    """Walk over all but docstrings."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        body = getattr(node, "body", None)
        skipped = body[0] if isinstance(node, _Definition) and body and _is_docstring(body[0]) else None
        waiting.extend(child for child in ast.iter_child_nodes(node) if child is not skipped)


def _registers(node: _Definition) -> tuple[str, ...]:
    """Give what the decorators mention, where one of them may tell others of what it decorates."""
    odd = [item for item in node.decorator_list if _decorator(item) not in _PLAIN]
    names = (part for item in odd for part in ast.walk(item))
    return tuple(dict.fromkeys(_written(part) for part in names if isinstance(part, ast.Name | ast.Attribute)))


def _written(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else f".{node.attr}"


def _bound(node: ast.AST) -> Iterator[str]:
    """Give the names that are bound in a node, but not inside of functions in it."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.Import | ast.ImportFrom):
            yield from (item.bound for item in _imports(part))
        elif isinstance(part, _Definition):
            yield part.name


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [part for item in node.targets for part in (item.elts if isinstance(item, ast.Tuple) else [item])]
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    for item in node.names:
        if isinstance(node, ast.Import):
            yield Import(item.name, bound=item.asname or item.name.partition(".")[0])
        else:
            yield Import(node.module or "", node.level, item.name, item.asname or item.name)


def _head(node: _Function) -> Iterator[ast.expr | ast.arg]:
    """Give the parts of a function's parameters and what it returns."""
    yield from (part for part in ast.walk(node.args) if isinstance(part, ast.expr | ast.arg))
    if node.returns is not None:
        yield node.returns


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _last(node: ast.expr) -> str:
    """Give the last part of a name, also of one that is called or subscripted; empty for anything else."""
    match node:
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _last(inner)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _decorator(node: ast.expr) -> str:
    """Give the last part of a decorator's name; all marks of pytest are alike."""
    marks = any(isinstance(part, ast.Attribute) and part.attr == "mark" for part in ast.walk(node))
    return "pytest.mark" if marks else _last(node)


def _texts(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _keyword(node: _Function, name: str) -> str:
    """Give a keyword argument of the fixture decorator as written; empty where there is none."""
    calls = (item for item in node.decorator_list if isinstance(item, ast.Call) and _last(item) == "fixture")
    return next((ast.unparse(key.value) for call in calls for key in call.keywords if key.arg == name), "")


def _lines(node: ast.stmt) -> tuple[int, int]:
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
    return first, node.end_lineno or node.lineno
