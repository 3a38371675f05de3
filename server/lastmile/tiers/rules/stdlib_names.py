"""Which module of the standard library a name comes from, where that is beyond doubt.

Only modules whose names people import by themselves are listed. A name that two of them export
(``Event``, ``Lock``, ``Queue``) is nobody's: guessing would pass every check and be wrong. Runs in
the worker process, since it imports what it looks up.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module

_HOMES = (
    "abc", "argparse", "base64", "collections", "collections.abc", "concurrent.futures", "configparser",
    "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools",
    "getpass", "hashlib", "importlib", "importlib.metadata", "io", "ipaddress", "itertools", "json", "math",
    "numbers", "operator", "pathlib", "pprint", "queue", "random", "re", "shlex", "shutil", "statistics",
    "string", "struct", "subprocess", "tempfile", "textwrap", "threading", "time", "traceback", "types",
    "unittest", "unittest.mock", "urllib.parse", "urllib.request", "uuid", "warnings", "weakref",
)  # fmt: skip
# Exports the same things as its betters; asked last.
_LAST = "typing"


@cache
def exports(module: str) -> frozenset[str]:
    """Give the public names of a module of the standard library; empty where it has none here."""
    if module.partition(".")[0] not in sys.stdlib_module_names:
        return frozenset()
    try:
        found = import_module(module)
    except ImportError:
        return frozenset()
    return frozenset(getattr(found, "__all__", ()) or (name for name in vars(found) if not name.startswith("_")))


@cache
def _homes() -> Mapping[str, tuple[str, ...]]:
    homes: dict[str, tuple[str, ...]] = {}
    for module in _HOMES:
        for name in _own(module):
            homes[name] = (*homes.get(name, ()), module)
    for name in _own(_LAST):
        homes.setdefault(name, (_LAST,))
    return homes


def _own(module: str) -> frozenset[str]:
    """Give what the module exports, less the modules that it merely imports itself."""
    found = import_module(module)
    return frozenset(name for name in exports(module) if not isinstance(getattr(found, name, None), type(sys)))


def home(name: str) -> str:
    """Give the one module that the name comes from; empty where there is none or more than one."""
    modules = _homes().get(name, ())
    return modules[0] if len(modules) == 1 else ""


def is_module(name: str) -> bool:
    """Tell whether the name is a module of the standard library that people import whole."""
    return name in sys.stdlib_module_names and not name.startswith("_")
