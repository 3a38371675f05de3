"""Loads pytest, and what the project's tests import of others, before anything is forked.

What lies in the project is never loaded here.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import Any, Dict, List, Optional

_LONGEST_IMPORT = 5.0
"""Seconds; what takes longer is left to the runs."""

_WITHOUT = {"__main__", "pytest_cov", "antigravity", "this"}


class _TooLong(BaseException):
    """An import took too long."""


def about() -> Dict[str, Any]:
    """Say what was found here."""
    import pytest  # noqa: PLC0415 - it was loaded before

    return {"python": sys.version.split()[0], "pytest": pytest.__version__}


def pytest_itself() -> None:
    """Load pytest and all of its own modules, and what plugins bring, as pytest would load them."""
    import pytest  # noqa: F401, PLC0415 - for what it loads
    from _pytest.config import essential_plugins, default_plugins, get_config  # noqa: PLC0415

    for name in (*essential_plugins, *default_plugins):
        importlib.import_module("_pytest." + name)
    _plugins(get_config())
    from . import reporting  # noqa: F401, PLC0415 - for what it loads


def _plugins(config: Any) -> None:
    """Load installed plugins by pytest's own importer: it warns of those that others loaded."""
    from _pytest import assertion  # noqa: PLC0415 - pytest was loaded before
    from importlib import metadata  # noqa: PLC0415 - as above

    before = list(sys.meta_path)
    try:
        hook = assertion.install_importhook(config)
        for distribution in metadata.distributions():
            for point in distribution.entry_points:
                if point.group == "pytest11":
                    hook.mark_rewrite(point.value.partition(":")[0].partition(".")[0])
                    _load(point.value.partition(":")[0])
    finally:
        sys.meta_path[:] = before


def load(names: List[str], foreign: List[str]) -> None:
    """Load modules by name, where they lie neither in the project's folders nor are they there at all."""
    for name in names:
        if name not in sys.modules and name not in _WITHOUT and _is_foreign(name.partition(".")[0], foreign):
            _load(name)


def _is_foreign(name: str, foreign: List[str]) -> bool:
    with suppress(Exception):  # finders of others may raise anything
        found = importlib.util.find_spec(name)
        places = [found.origin] if found and found.origin else list(found.submodule_search_locations or ()) if found else []
        return bool(places) and all(str(place).startswith(tuple(foreign)) or place in {"built-in", "frozen"} for place in places)
    return False


def _load(name: str) -> None:
    """Load a module; whatever is wrong with it is for the run to say."""
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, _LONGEST_IMPORT)
    with suppress(Exception, SystemExit, _TooLong):
        importlib.import_module(name)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


def _stop(number: int, frame: Optional[FrameType]) -> None:
    raise _TooLong(number)
