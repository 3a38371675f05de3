"""What a run of pytest is told here, so that it keeps to the project's settings as the runs of the worker do."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from typing import Any, Callable, Dict, List

import pytest

from ..child import _arguments
from ..reporting import Reporter

Say = Callable[..., None]
"""Takes rows, any number of them."""


class NoSeal:
    """Stands where nothing is believed in any case."""

    def accept(self) -> None:
        """Take everything as it is."""

    def broken(self) -> str:
        """See nothing."""
        return ""


class Answers(Reporter):
    """Says how tests ended and not why: to write down a traceback takes longer than most tests."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: Any, items: List[Any]) -> None:
        """Keep what is wanted, and have pytest write no tracebacks either."""
        super().pytest_collection_modifyitems(config, items)
        for item in items:
            item.repr_failure = _unsaid

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:  # noqa: ARG002 - pytest's
        """Mark the tests that say themselves that they expect to fail, as it is marked in runs."""
        outcome = yield
        report = outcome.get_result()
        report.lastmile_expected = hasattr(report, "wasxfail") and item.get_closest_marker("xfail") is not None


def enter(root: str) -> None:
    """Go where the project's code is run from."""
    os.chdir(root)
    sys.path.insert(0, root)


def run(setup: Dict[str, Any], root: str, tests: List[str], say: Say, plugins: List[Any]) -> int:
    """Run pytest in this process on tests, or on all tests of files; gives its exit status."""
    enter(root)
    sys.argv = ["pytest"]
    files = [name for name in dict.fromkeys(test.partition("::")[0] for test in tests) if os.path.exists(name)]
    if not files:  # pytest would run everything
        return int(pytest.ExitCode.NO_TESTS_COLLECTED)
    wanted = {
        "tests": tests,
        "trace": [],
        "loading": False,
        "first_failure": False,
        "forgiven": [],
        "shuffle": None,
        "root": root,
    }
    setup["warmth"].give()
    reporter = Answers(wanted, say, setup["warmth"].take_back, NoSeal())  # type: ignore[arg-type]
    # What is printed goes nowhere, so nothing has to be kept for a report.
    return int(pytest.main(["--capture=no", *_arguments(root, files)], plugins=[reporter, *plugins]))


def loop(items: List[Any], over: Callable[[], bool]) -> None:
    """Run tests as pytest does, until it is over."""
    for item, following in zip(items, [*items[1:], None]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if over():
            return


def _unsaid(_excinfo: Any, style: Any = None) -> str:  # noqa: ARG001 - as pytest calls it
    """Stand where pytest would write down a traceback, which takes longer than most tests."""
    return "failed"
