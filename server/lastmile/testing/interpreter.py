"""The interpreter that the project's tests run in: found by looking, told with why, and nothing of the project run.

Order: the setting, the editor's choice, ``.venv`` and ``venv`` from the project's folder upwards,
``VIRTUAL_ENV``, then the environments that uv, poetry and hatch keep, where the project uses them. A
folder below a project that has none, and which holds one, is a project of its own (`nearest`).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from lastmile.errors import ToolError
from lastmile.tools.process import Runner

_DEADLINE = 5.0
"""Seconds for a program that is asked where its environment lies."""

_PYTHONS = (("bin", "python"), ("bin", "python3"), ("Scripts", "python.exe"))
_NAMES = (".venv", "venv")
_OLDEST = 8
_BY_UV = re.compile(r"^uv *=", re.MULTILINE)
_VERSION = re.compile(r"^version(?:_info)? *= *3\.(\d{1,3})\b", re.MULTILINE)


@frozen
class Interpreter:
    """A Python that the project's tests can be run in, or why there is none."""

    python: Path | None = None
    why: str = ""
    """Where it comes from, for a person: ``.venv in /home/me/shop``."""

    trouble: str = ""
    """Why there is none, or why it is of no use, and what to do; empty where it is fine."""


@frozen
class Wish:
    """What the person, the editor and the environment say about the interpreter."""

    setting: str = ""
    """The path of an environment or of a python; relative ones begin at the project's folder."""

    editor: str = ""
    environ: Mapping[str, str] = field(factory=dict, repr=False)


Finder = Callable[[Path, Runner], "Interpreter | None"]


def find(root: Path, wish: Wish, runner: Runner) -> Interpreter:
    """Find the project's interpreter; blocks, so call it in a thread.

    A path that was named and is broken is told rather than passed over: another would not be what was meant.
    """
    found = look(root, wish)
    for finder in (_poetry, _hatch):
        found = found or finder(root, wish.environ, runner)
    return found or Interpreter(
        trouble=(
            f"No Python environment was found for {root}: make one (python -m venv .venv), or name its Python in"
            " verify.tests.environment."
        )
    )


def look(root: Path, wish: Wish) -> Interpreter | None:
    """Find the project's interpreter by files alone; None where only a program could tell. Blocks for a moment."""
    for name, given in (("the setting", wish.setting), ("the editor's choice", wish.editor)):
        if given:
            return _named(root, given, name)
    return _above(root) or _active(wish.environ) or _uv(root, wish.environ)


def too_old(python: Path) -> str:
    """Say that the Python of an environment is older than what runs in it can do with; nothing where it is not."""
    found = minor(_config(python))
    if found is None or found >= _OLDEST:
        return ""
    return f"{python} is Python 3.{found}, and tests run here in 3.{_OLDEST} or later."


def minor(said: str) -> int | None:
    """Give the version, 3.minor, that an environment says it is of in its ``pyvenv.cfg``; None where it does not."""
    found = _VERSION.search(said)
    return None if found is None else int(found[1])


def without_pytest(python: Path, packages: Iterable[Path] = ()) -> str:
    """Say that there is no pytest, and how to get it there; ``packages`` are the folders of installed ones."""
    if any((folder / "pip").is_dir() for folder in packages):
        get = f"`{python} -m pip install pytest` gets it"
    elif _BY_UV.search(_config(python)):
        get = f"`uv pip install --python {python} pytest` gets it"
    else:
        get = f"`{python} -m ensurepip` gets pip, `{python} -m pip install pytest` pytest"
    return f"pytest is not installed for {python}, so no tests run: {get}. It runs tests of unittest too."


def _config(python: Path) -> str:
    """Give what an environment says of itself."""
    try:
        return (python.parent.parent / "pyvenv.cfg").read_text("utf-8", "replace")
    except OSError:
        return ""


def python_of(place: Path) -> Path | None:
    """Give the python of an environment, or the path itself where it is a program; None where there is none."""
    if place.is_file() and os.access(place, os.X_OK):
        return place
    return next(
        (path for parts in _PYTHONS if (path := place.joinpath(*parts)).is_file() and os.access(path, os.X_OK)), None
    )


def _named(root: Path, given: str, name: str) -> Interpreter:
    place = root / Path(given).expanduser()
    python = python_of(place)
    if python is not None:
        return Interpreter(python, f"{name}, {given}")
    what = "holds no working python" if place.is_dir() else "is no program" if place.exists() else "does not exist"
    return Interpreter(why=name, trouble=f"The Python environment of {name}, {place}, {what}.")


def _above(root: Path) -> Interpreter | None:
    for folder in (root, *root.parents):
        for name in _NAMES:
            if _is_environment(folder / name):
                return _kept(folder / name, f"{name} in {folder}")
    return None


def nearest(start: Path, root: Path) -> Path:
    """Give the folder, from ``start`` up to ``root``, that holds an environment; the root where none does, or it does.

    Folders of a repository that have an environment each are projects of their own.
    """
    if not start.is_relative_to(root):
        return root
    folders = (start, *start.parents)[: len(start.parts) - len(root.parts)]
    return root if holds_environment(root) else next(filter(holds_environment, folders), root)


def holds_environment(folder: Path) -> bool:
    """Tell whether a folder holds an environment by one of the names that are looked for."""
    return any(_is_environment(folder / name) for name in _NAMES)


def _is_environment(place: Path) -> bool:
    """Tell whether this is an environment, or was meant to be one: what it leads to may be gone."""
    if (place / "pyvenv.cfg").is_file() or (place.is_symlink() and not place.exists()):
        return True
    return any(os.path.lexists(place.joinpath(*parts)) for parts in _PYTHONS)


def _active(environ: Mapping[str, str]) -> Interpreter | None:
    active = environ.get("VIRTUAL_ENV", "")
    return _kept(Path(active), f"VIRTUAL_ENV, {active}") if active else None


def _kept(place: Path, why: str) -> Interpreter:
    python = python_of(place)
    if python is not None:
        return Interpreter(python, why)
    # The python that it was made from is gone, most often.
    return Interpreter(why=why, trouble=f"The environment {place} ({why}) holds no working python: make it anew.")


def _uv(root: Path, environ: Mapping[str, str]) -> Interpreter | None:
    """Look where uv was told to keep the environment; its usual place is ``.venv``."""
    named = environ.get("UV_PROJECT_ENVIRONMENT", "")
    if not named or not ((root / "uv.lock").is_file() or "uv" in _tools(root)):
        return None
    place = root / named
    return _kept(place, f"uv's environment, {place}") if place.is_dir() else None


def _poetry(root: Path, environ: Mapping[str, str], runner: Runner) -> Interpreter | None:
    if not ((root / "poetry.lock").is_file() or "poetry" in _tools(root)):
        return None
    return _asked(["poetry", "env", "info", "--path", "--no-ansi"], root, environ, runner)


def _hatch(root: Path, environ: Mapping[str, str], runner: Runner) -> Interpreter | None:
    """Ask hatch for the environment that ``hatch test`` runs in, then for the default one."""
    if not ("envs" in _tools(root).get("hatch", {}) or (root / "hatch.toml").is_file()):
        return None
    for name in ("hatch-test", "default"):
        found = _asked(["hatch", "env", "find", name], root, environ, runner)
        if found is not None:
            return found
    return None


def _asked(command: list[str], root: Path, environ: Mapping[str, str], runner: Runner) -> Interpreter | None:
    """Ask a program where its environments lie; the first that is there counts."""
    try:
        done = runner.run(command, text="", cwd=root, deadline=_DEADLINE, env=environ)
    except ToolError:
        return None
    for line in _lines(done.out) if not done.status else ():
        if (Path(line) / "pyvenv.cfg").is_file():
            return _kept(Path(line), f"{command[0]}'s environment, {line}")
    return None


def _lines(out: bytes) -> Iterator[str]:
    return (line.strip() for line in out.decode("utf-8", "replace").splitlines() if line.strip())


def _tools(root: Path) -> Mapping[str, Any]:
    try:
        found = tomllib.loads((root / "pyproject.toml").read_text("utf-8")).get("tool", {})
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
