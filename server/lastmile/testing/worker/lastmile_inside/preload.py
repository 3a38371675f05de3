"""Loads pytest, and what the project's tests import of others, before anything is forked.

What lies in the project is never loaded here.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from typing import Any

from .warmth import Warmth

_WITHOUT = {"__main__", "pytest_cov", "antigravity", "this"}


def about() -> dict[str, Any]:
    """Say what was found here."""
    import pytest  # noqa: PLC0415 - it was loaded before

    return {"python": sys.version.split()[0], "pytest": pytest.__version__}


def pytest_itself(*, rehearse: bool = True) -> Warmth:
    """Load pytest, all of its own modules, and the plugins that are installed, as pytest would load them.

    Without a rehearsal, plugins are left to the run: it pays where there are several runs.
    """
    from _pytest.config import default_plugins, essential_plugins  # noqa: PLC0415 - pytest is the project's

    for name in (*essential_plugins, *default_plugins):
        importlib.import_module("_pytest." + name)
    warmth = Warmth()
    if rehearse:
        _rehearse()
    from . import child, reporting, seal, timing  # noqa: F401, PLC0415 - for what they load

    warmth.seal = seal.Seal()
    return warmth


def _rehearse() -> None:
    """Run a test of our own, so that all that pytest and installed plugins load on the way is loaded.

    Pytest's own importer loads plugins: it warns of those that others loaded. Some load most of what
    they are made of only when a session ends.
    """
    import pytest  # noqa: PLC0415 - the project's

    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w", encoding="utf-8") as nothing:
        with open(os.path.join(folder, "test_lastmile_rehearsal.py"), "w", encoding="utf-8") as file:
            file.write("def test_nothing(tmp_path):\n    assert tmp_path\n")
        where = ["-c", os.devnull, "--rootdir=" + folder, "--noconftest", "--import-mode=importlib", folder]
        with redirect_stdout(nothing), redirect_stderr(nothing), warnings.catch_warnings():
            _tried(lambda: pytest.main([*where, "-q", "-p", "no:cacheprovider"]))
    for name in [name for name in sys.modules if "test_lastmile_rehearsal" in name]:
        del sys.modules[name]


def load(names: list[str], foreign: list[str]) -> bool:
    """Load modules by name, where they lie neither in the project's folders nor are they there at all.

    Tells whether anything was loaded.
    """
    loaded = len(sys.modules)
    for name in names:
        if name not in sys.modules and name not in _WITHOUT and _is_foreign(name.partition(".")[0], foreign):
            _tried(partial(importlib.import_module, name))
    if len(sys.modules) == loaded:
        return False
    gc.freeze()  # what a run's collector does not look at is not copied for it
    return True


def _is_foreign(name: str, foreign: list[str]) -> bool:
    with suppress(Exception):  # finders of others may raise anything
        found = importlib.util.find_spec(name)
        places = (
            [found.origin] if found and found.origin else list(found.submodule_search_locations or ()) if found else []
        )
        return bool(places) and all(
            str(place).startswith(tuple(foreign)) or place in {"built-in", "frozen"} for place in places
        )
    return False


def _tried(work: Callable[[], object]) -> None:
    """Load something; whatever is wrong with it is for the run to say.

    What takes too long is not broken off: half of a library would be left. Who waits outside ends all.
    """
    with suppress(Exception, SystemExit):
        work()
