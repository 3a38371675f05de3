"""Compares texts by what they do: runs the tests so that the probe can record their calls, and lets it go on.

The probe comes as text with the request; see `repair.inside`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Generator
from typing import Any, Callable, Dict, List

import pytest

from .. import timing
from .settings import loop

_RECORDING = 0.4
"""The share of the time in which tests begin: what they did until then is compared in the rest."""

Row = Dict[str, Any]


class Begins:
    """Tells the probe that a test begins."""

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtest_call(self) -> Generator[None, None, None]:
        """Tell it from within, as near to the test as may be; what pytest does after it is not followed."""
        self._begin()
        try:
            yield
        finally:
            sys.settrace(None)


def observe(request: Row, items: List[Any], out: Any) -> None:
    """Do what the request asks and write rows; in a child that has loaded the project and the tests."""
    until = time.monotonic() + request["wall"] * _RECORDING

    def run(begin: Callable[[], None]) -> None:
        for plugin in (*timing.plugins(request["test_seconds"]), Begins(begin)):
            items[0].config.pluginmanager.register(plugin)
        loop(items, lambda: time.monotonic() > until)

    space: Dict[str, Any] = {"__name__": "lastmile_probe"}
    try:
        exec(compile(request["scripts"]["probe"], "lastmile_probe", "exec"), space)  # noqa: S102 - our own text
        space["main"](request, run, out)
    except Exception as error:
        out.write(json.dumps({"trouble": f"{type(error).__name__}: {error}"}) + "\n")
        raise  # what was not said must not be taken for whole
    out.write('{"whole": true}\n')
