"""The check of effects: what a draft newly does to the world outside of the program.

It starts programs, speaks with the network, writes or deletes files, runs text as code, ends the process. Tests
run in a sandbox, so none of that shows there. Where the code is to do what it did, such a call is refused; where
it is to do something new, the receipt names it. Only a call by a name that was called less often before counts;
one that took the place of a misspelt one, or of another with the same effect, is not new. It reads names alone:
a draft that sets out to hide can.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from attrs import frozen

from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Ruling
from lastmile.errors import ToolError
from lastmile.text.code import bound_by
from lastmile.text.parsing import tree
from lastmile.tools.offload import Offload

_STARTS, _NETWORK, _FILES = "starts programs", "uses the network", "writes or deletes files"
_TEXT, _ENDS = "runs text as code", "ends the process"

_MODULES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("subprocess", "pty", "multiprocessing"), _STARTS),
        **dict.fromkeys(
            (
                *("socket", "ssl", "urllib.request", "http.client", "ftplib", "smtplib", "poplib", "imaplib"),
                *("telnetlib", "xmlrpc", "requests", "httpx", "aiohttp", "urllib3", "websockets", "paramiko"),
            ),
            _NETWORK,
        ),
        **dict.fromkeys(("shutil",), _FILES),
        **dict.fromkeys(("ctypes", "runpy", "marshal", "pickle"), _TEXT),
    }
)
"""Modules that are for it, with what calling into them does."""

_HARMLESS = frozenset({"shutil.which", "shutil.get_terminal_size", "shutil.disk_usage", "pickle.dumps", "pickle.dump"})
_HARMLESS_PARTS = frozenset({"gethostname", "getfqdn", "cpu_count", "current_process", "inet_aton", "inet_ntoa"})
_CALLS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"), _TEXT),
        **dict.fromkeys(("globals", "importlib.import_module"), _TEXT),
        **dict.fromkeys(("os.system", "os.popen", "os.fork", "os.startfile", "os.posix_spawn"), _STARTS),
        **dict.fromkeys(("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"), _STARTS),
        **dict.fromkeys(
            (f"os.{how}" for how in ("execl", "execle", "execlp", "execv", "execve", "execvp", "spawnl", "spawnv")),
            _STARTS,
        ),
        **dict.fromkeys(("asyncio.open_connection", "asyncio.start_server"), _NETWORK),
        **dict.fromkeys(
            (
                *("os.remove", "os.unlink", "os.rmdir", "os.removedirs", "os.rename", "os.renames", "os.replace"),
                *("os.mkdir", "os.makedirs", "os.chmod", "os.chown", "os.truncate", "os.symlink", "os.link"),
            ),
            _FILES,
        ),
        **dict.fromkeys(("os._exit", "os.abort", "os.kill", "os.killpg", "sys.exit", "exit", "quit"), _ENDS),
    }
)
"""Functions that do it, by the names that their modules give them."""

_METHODS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("write_text", "write_bytes", "unlink", "rmdir", "symlink_to", "hardlink_to"), _FILES)
)
"""Methods of paths, which nothing else has."""

_WRITING = set("wax+")
_ALWAYS = {name.partition(".")[0] for name in _MODULES}
_ONCE_MORE = {part for name in _CALLS for part in name.split(".")} | set(_METHODS) | {"open"}
_TELLING = re.compile(rf"\b(?:{'|'.join(sorted(_ALWAYS | _ONCE_MORE))})\b")
_ALIKE = 0.7
"""How much alike two names are, as `difflib` counts, of which one is the other's misspelling."""


@frozen
class EffectsCheck:
    """Judges, or tells, what the draft does outside of the program that was not done before."""

    offload: Offload
    name: str = "effects"

    async def judge(self, task: Task, text: str) -> Ruling:
        """Compare what both texts call."""
        if task.snapshot.language != "python":
            return Ruling(absent="Effects are known of Python alone.")
        try:
            found = await self.offload.run(effects, task.snapshot.text, text)
        except (ToolError, RecursionError) as error:
            return Ruling((Finding(self.name, f"What the draft does could not be looked at: {error}"),))
        if not found:
            return Ruling(absent="It does nothing new outside of the program.")
        if task.scope.effects:
            return Ruling(summary="; ".join(f"new: {what} ({name})" for what, name, _line in found))
        return Ruling(
            tuple(Finding(self.name, f"The draft newly {what}: `{name}`.", line=line) for what, name, line in found)
        )


def effects(old: str, new: str) -> tuple[tuple[str, str, int], ...]:
    """List what the new text newly does, by which name, and on which line, from 0; each effect once."""
    if not _may_differ(old, new):
        return ()
    before, after = tree(old), tree(new)
    if after is None:
        return ()  # the check of syntax has judged that, or the text did not parse before
    had = [] if before is None else [_Called.of(*call) for call in _calls(before)]
    has = [_Called.of(*call) for call in _calls(after)]
    more = Counter(item.effect for item in has) - Counter(item.effect for item in had)
    fresh = Counter(item.last for item in has) - Counter(item.last for item in had)
    gone = Counter(item.last for item in had) - Counter(item.last for item in has)
    found: dict[str, tuple[str, str, int]] = {}
    for item in has:
        if item.effect and more[item.effect] and fresh[item.last] and not get_close_matches(item.last, gone, 1, _ALIKE):
            found[item.effect] = (item.effect, item.name, item.line)
    return tuple(found.values())


def _may_differ(old: str, new: str) -> bool:
    """Tell by words alone whether something may be new: parsing takes long where a text is long."""
    words = Counter(_TELLING.findall(new))
    return not _ALWAYS.isdisjoint(words) or bool(words - Counter(_TELLING.findall(old)))


@frozen
class _Called:
    """One call."""

    name: str
    effect: str
    """Empty where it has none, as far as is known."""

    line: int

    @classmethod
    def of(cls, node: ast.Call, name: str) -> _Called:
        """Look up what it does."""
        return cls(name, _effect(node, name), node.lineno - 1)

    @property
    def last(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


def _calls(module: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Give the calls of a text, with the full name of what each calls, as far as imports tell."""
    known: dict[str, str] = {}
    for node in ast.walk(module):
        known |= dict(_imported(node))
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield node, _named(node.func, known)


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names=names):
            for item in names:
                yield (item.asname, item.name) if item.asname else (bound_by(item)[0], bound_by(item)[0])
        case ast.ImportFrom(module=str(module), names=names, level=0):
            for item in names:
                yield item.asname or item.name, f"{module}.{item.name}"
        case _:
            pass


def _named(node: ast.expr, known: Mapping[str, str]) -> str:
    """Spell what is called: dotted where it is made of names, by its last name alone where it is not."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    match node:
        case ast.Name(id=name):
            parts.append(known.get(name, name))
        case ast.Call(func=ast.Name(id="__import__"), args=[ast.Constant(value=str(name)), *_]) if parts:
            parts.append(name)
        case _:
            parts.append("")
    return ".".join(reversed(parts))


def _effect(node: ast.Call, name: str) -> str:
    """Say what a call does outside of the program; empty where it does nothing there, or nobody knows."""
    last = name.rpartition(".")[2]
    if name in _HARMLESS or last in _HARMLESS_PARTS:
        return ""
    if name in _CALLS:
        return _CALLS[name]
    if "." in name and last in _METHODS:
        return _METHODS[last]
    if last == "open":
        return _FILES if _writes(node, name) else ""
    return next((what for module, what in _MODULES.items() if name.startswith(f"{module}.")), "")


def _writes(node: ast.Call, name: str) -> bool:
    """Tell whether a file is opened to be written: to `open`, a mode that is no constant may be any."""
    at = 1 if name in {"open", "io.open"} else 0
    given = [item.value for item in node.keywords if item.arg == "mode"] or node.args[at : at + 1]
    match given:
        case [ast.Constant(value=str(mode))]:
            return bool(_WRITING & set(mode)) and len(mode) <= len("w+bt")
        case _:
            return bool(given and at)
