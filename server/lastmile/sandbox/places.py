"""What an interpreter needs to be seen: its folders, those it was made from, and those it was pointed to.

All of it is read from files; no interpreter is run to be asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from attrs import frozen

from lastmile.sandbox.values import Bind

SYSTEM = tuple(
    Path(name)
    for name in (
        "/usr",
        "/bin",
        "/sbin",
        "/lib",
        "/lib32",
        "/lib64",
        "/libx32",
        "/etc",
        "/opt",
        "/nix/store",
        "/gnu/store",
    )
)
_MOST_LINKS = 16


@frozen
class Interpreter:
    """Where an interpreter lies, and what belongs to it."""

    folders: tuple[Path, ...]
    """What has to be readable, its installed packages among it."""

    packages: tuple[Path, ...]
    """Folders of installed packages that the interpreter imports from."""

    pointed: tuple[Path, ...]
    """Folders elsewhere that those point to."""

    links: tuple[Bind, ...]
    """The symbolic links on the way to the program and to the folders, which lie in none of these."""


def of(python: Path, home: Path) -> Interpreter:
    """Find what belongs to an interpreter. What is too wide to be shown (all of a home) is left out."""
    chain = list(_chain(python))
    real = chain[-1].resolve()
    roots = [real.parent.parent, *_made_from(python)]
    if (python.parent.parent / "pyvenv.cfg").exists():
        roots.insert(0, python.parent.parent)
    own = roots[:1] if _keeps_to_itself(python) else roots
    packages = tuple(dict.fromkeys(path for root in own for path in _packages(root)))
    user = tuple(home.glob(".local/lib/python3*/site-packages")) if len(roots) == 1 else ()
    pointed = tuple(path for folder in (*packages, *user) for path in _pointed_to(folder))
    folders = (*roots, *user, *pointed)
    # An environment may be a link itself; what it stands for is shown, at its own place.
    narrow = tuple(dict.fromkeys(path.resolve() for path in folders if not home.is_relative_to(path.resolve())))
    linked = [Bind(path.resolve(), path) for path in dict.fromkeys(folders) if path.is_symlink()]
    steps = [Bind(one.readlink(), one) for one in chain[:-1]]
    seen = (*narrow, *SYSTEM, *(link.target for link in linked))
    links = [link for link in steps if not any(link.target.is_relative_to(folder) for folder in seen)]
    return Interpreter(narrow, (*packages, *user), pointed, (*linked, *links))


def _chain(path: Path) -> Iterator[Path]:
    """Give the links from a path to what it stands for, and that at the end."""
    for _ in range(_MOST_LINKS):
        yield path
        if not path.is_symlink():
            return
        path = path.parent / path.readlink()


def _made_from(python: Path) -> Iterator[Path]:
    """Give the installation that a virtual environment was made from."""
    for line in _config(python):
        name, _, value = line.partition("=")
        if name.strip() == "home" and value.strip():
            yield Path(value.strip()).parent


def _keeps_to_itself(python: Path) -> bool:
    """Tell whether it is of a virtual environment that sees no packages of the installation it was made from."""
    said = dict(line.replace(" ", "").lower().split("=", 1) for line in _config(python) if "=" in line)
    return bool(said) and said.get("include-system-site-packages") != "true"


def _config(python: Path) -> list[str]:
    return _lines(python.parent.parent / "pyvenv.cfg")


def _packages(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("lib*/python3*/site-packages"))
    yield from sorted(root.glob("lib*/python3*/dist-packages"))
    yield from sorted(root.glob("lib*/python3/dist-packages"))


def _pointed_to(packages: Path) -> Iterator[Path]:
    """Give the folders elsewhere that installed packages lie in: editable installs."""
    for file in packages.glob("*.pth"):
        yield from (Path(line) for line in _lines(file) if line.startswith("/") and Path(line).is_dir())
    for file in packages.glob("*.dist-info/direct_url.json"):
        try:
            said = json.loads("\n".join(_lines(file)))
            address = urlsplit(said["url"])
        except (ValueError, KeyError, TypeError):
            continue
        if address.scheme == "file" and said.get("dir_info", {}).get("editable"):
            yield Path(unquote(address.path))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
