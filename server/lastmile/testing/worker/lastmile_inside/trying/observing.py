"""Compares texts by what they do: runs the tests so that the probe can record their calls, and lets it go on.

The probe comes as text with the request; see `repair.inside`.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any, Callable, Dict

import pytest

from .. import timing
from . import overlay, settings
from .children import enter
from .host import tell

Row = Dict[str, Any]


class Begins:
    """Tells the probe that a test begins."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Tell it from within, as near to the test as may be."""
        self._begin()
        yield


def observe(setup: Row, request: Row, answers: int) -> None:
    """Do what the request asks and write its rows; never returns."""
    why = ""
    try:
        enter([answers], setup["limits"], request["wall"])
        overlay.lay(request["path"], request["text"])
        space: Dict[str, Any] = {"__name__": "lastmile_probe"}
        exec(compile(request["scripts"]["probe"], "lastmile_probe", "exec"), space)  # noqa: S102 - our own text
        with os.fdopen(os.dup(answers), "w") as out:
            space["main"](request, lambda begin: _run(setup, request, begin), out)
    except BaseException as error:  # noqa: BLE001 - whatever it was, the process says so and ends here
        why = "%s: %s" % (type(error).__name__, error)
    finally:
        tell(answers, {"trouble": why} if why else {})
        tell(answers, {"served": request["number"]})
        os._exit(0)


def _run(setup: Row, request: Row, begin: Callable[[], None]) -> None:
    plugins = [*timing.plugins(request["test_seconds"]), Begins(begin)]
    settings.run(setup, request["root"], request["tests"], lambda _row: None, plugins)
