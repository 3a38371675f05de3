"""What no new test may do, whatever it answers: wait, hang on the clock or on chance, change what others see.

Read from a tree, nothing runs. Names are followed through the file's imports, not further: what a helper
of another file does is not seen here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from attrs import frozen

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SLEEPS = frozenset({"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep", "sleep"})
_TIMES = ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "localtime", "gmtime")
_CLOCK = frozenset(
    {*(f"time.{name}" for name in _TIMES), "time.ctime", "time.process_time", "datetime.date.today"}
    | {f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")}
)
_FREEZERS = frozenset({"freezegun", "time_machine"})
_CHANCE = ("random.", "secrets.", "numpy.random.")
_DRAWS = frozenset({"os.urandom", "uuid.uuid1", "uuid.uuid4"})
_SEEDED = frozenset({"random.Random", "numpy.random.default_rng", "numpy.random.RandomState"})
_SEEDS = frozenset({"random.seed", "numpy.random.seed"})
_SOURCES = frozenset(
    {"inspect.getsource", "inspect.getsourcelines", "inspect.getsourcefile", "dis.dis", "dis.Bytecode"}
)
_UNRUN = frozenset(
    {f"pytest.{name}" for name in ("skip", "xfail", "importorskip", "exit")}
    | {f"pytest.mark.{name}" for name in ("skip", "skipif", "xfail")}
    | {f"unittest.{name}" for name in ("skip", "skipIf", "skipUnless", "expectedFailure", "SkipTest")}
    | {"self.skipTest", "os._exit"}
)
_PLACES = frozenset({"os.chdir", "os.putenv", "os.unsetenv", "os.umask"})
_HOME = frozenset({"pathlib.Path.home", "os.path.expanduser"})
_PROGRAMS = frozenset({"curl", "wget", "ssh", "scp", "nc", "ping", "ftp", "telnet"})
_CHANGES = frozenset({"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove"}) | frozenset(
    {"reverse", "setdefault", "sort", "update"}
)


@frozen
class Names:
    """What the names of a test file stand for."""

    imported: dict[str, str]
    """Each imported name with its full one."""

    shared: frozenset[str]
    """The variables of the file, which all tests see."""

    @classmethod
    def of(cls, tree: ast.Module) -> Names:
        """Read the imports, wherever they stand, and the assignments of the file."""
        imported: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                imported |= {_local(alias): alias.name if alias.asname else _local(alias) for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported |= {_local(alias): f"{node.module or ''}.{alias.name}" for alias in node.names}
        return cls(imported, frozenset(assigned(tree)))

    def full(self, node: ast.expr) -> str:
        """Give the dotted name of an expression, by its imports; empty where it has none."""
        match node:
            case ast.Name(id=name):
                return self.imported.get(name, name)
            case ast.Attribute(value=value, attr=name):
                inner = self.full(value)
                return f"{inner}.{name}" if inner else ""
            case _:
                return ""


def assigned(tree: ast.Module) -> Iterator[str]:
    """List the variables of a file."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name))


def habits(before: ast.Module, tree: ast.Module) -> Iterator[str]:
    """List what is wrong in what stands in the new file and not in the old."""
    known = {ast.dump(node) for node in before.body}
    names = Names.of(tree)
    for node in tree.body:
        if ast.dump(node) not in known and not isinstance(node, ast.Import | ast.ImportFrom):
            for label, part in _parts(node):
                yield from _Part(label, part, names, _locals(part)).faults()


def _parts(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """Give the functions by their names, and anything else as the file's."""
    if isinstance(node, ast.ClassDef):
        yield from ((node.name, item) for item in node.decorator_list)
        yield from (part for item in node.body for part in _parts(item))
    else:
        yield (node.name if isinstance(node, _FUNCTIONS) else "The file"), node


@frozen
class _Part:
    """A function, or a statement of the file."""

    label: str
    node: ast.AST
    names: Names
    own: frozenset[str]
    """The names that it binds itself."""

    def faults(self) -> Iterator[str]:
        for item in ast.walk(self.node):
            match item:
                case ast.Call():
                    yield from self._call(item)
                case ast.Attribute() | ast.Name():
                    yield from self._name(item)
                case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                    yield from (why for target in targets for why in self._target(target))
                case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                    yield from self._target(target)
                case ast.Global():
                    yield f"{self.label} changes {item.names[0]}, which other tests see."
                case ast.Assert(test=test):
                    yield from self._assertion(test)

    def _call(self, call: ast.Call) -> Iterator[str]:
        name = self.names.full(call.func)
        if name in _SLEEPS and not _is_zero(call):
            yield f"{self.label} sleeps: a test must not wait for time to pass."
        if name in _CLOCK and _FREEZERS.isdisjoint(part.partition(".")[0] for part in self.names.imported.values()):
            yield f"{self.label} reads the clock ({name}): a test must say the same tomorrow."
        if self._is_chance(name, call):
            yield f"{self.label} draws at random ({name}): a test must say the same again."
        if name in _SOURCES:
            yield f"{self.label} reads the source of the code: a test is about what it does."
        if name in _PLACES or (name == "setattr" and call.args and self._is_foreign(call.args[0])):
            yield f"{self.label} changes what other tests see ({name})."
        if name in _HOME and "HOME" not in ast.dump(self.node):
            yield f"{self.label} reaches the home folder: use tmp_path."
        if name.startswith(("subprocess.", "os.system", "os.popen")) and not _PROGRAMS.isdisjoint(_words(call)):
            yield f"{self.label} starts a program that needs the network."
        if isinstance(call.func, ast.Attribute) and call.func.attr in _CHANGES and self._is_shared(call.func):
            yield f"{self.label} changes {ast.unparse(call.func.value)}, which other tests see."

    def _is_chance(self, name: str, call: ast.Call) -> bool:
        if name in _SEEDED:
            return not call.args and not call.keywords
        if name in _DRAWS:
            return True
        return name.startswith(_CHANCE) and name not in _SEEDS and not self._seeds()

    def _seeds(self) -> bool:
        calls = (item for item in ast.walk(self.node) if isinstance(item, ast.Call))
        return any(self.names.full(item.func) in _SEEDS and item.args for item in calls)

    def _is_shared(self, func: ast.Attribute) -> bool:
        """Tell whether a method changes a variable of this file, or of a module: a module's own functions do not."""
        root = _root(func.value)
        if root in self.own:
            return False
        if root in self.names.shared:
            return True
        is_constant = not isinstance(func.value, ast.Name) or func.value.id.isupper()
        return root in self.names.imported and is_constant and func.attr != "clear"

    def _name(self, node: ast.Attribute | ast.Name) -> Iterator[str]:
        if self.names.full(node) in _UNRUN:
            yield f"{self.label} is not sure to run: a new test has to pass."
        if isinstance(node, ast.Attribute) and node.attr in {"__code__", "__file__"}:
            yield f"{self.label} reads the source of the code: a test is about what it does."

    def _target(self, target: ast.expr) -> Iterator[str]:
        if isinstance(target, ast.Attribute | ast.Subscript) and self._is_foreign(target):
            yield f"{self.label} changes {ast.unparse(target)}, which other tests see."

    def _is_foreign(self, node: ast.expr) -> bool:
        root = _root(node)
        return root not in self.own and (root in self.names.imported or root in self.names.shared)

    def _assertion(self, test: ast.expr) -> Iterator[str]:
        match test:
            case ast.Constant(value=value) if value:
                yield f"{self.label} asserts what is always so."
            case ast.Compare(left=left, comparators=[right]) if ast.dump(left) == ast.dump(right):
                yield f"{self.label} compares a thing with itself."


def _locals(node: ast.AST) -> frozenset[str]:
    """List what a function binds: its parameters and what it assigns, unless it says that it is global."""
    if not isinstance(node, _FUNCTIONS):
        return frozenset()
    found = {item.arg for item in ast.walk(node) if isinstance(item, ast.arg)}
    stored = {item.id for item in ast.walk(node) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    outer = {name for item in ast.walk(node) if isinstance(item, ast.Global) for name in item.names}
    return frozenset((found | stored) - outer)


def _root(node: ast.expr) -> str:
    """Give the name that a chain of attributes and subscripts starts with; empty where it starts otherwise."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _words(call: ast.Call) -> set[str]:
    texts = (item.value for item in ast.walk(call) if isinstance(item, ast.Constant) and isinstance(item.value, str))
    return {text.split()[0] for text in texts if text.split()}


def _is_zero(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def _local(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
