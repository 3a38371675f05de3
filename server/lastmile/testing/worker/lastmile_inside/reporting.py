"""The pytest plugin that runs what is wanted and says, test by test, how it ended.

It keeps pytest to the tests that were asked for, takes parallel runs, coverage and files of reports
out of the project's settings, and leaves everything else as the project set it. It decides nothing.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator
from operator import itemgetter
from typing import Any

import pytest

from . import messages, seal, tracing

_OFF: dict[str, Any] = {
    "numprocesses": None,
    "dist": "no",
    "tx": [],
    "looponfail": False,
    "randomly_reorganize": False,
    "randomly_seed": 1,
    "random_order_bucket": "none",
    "xmlpath": None,
    "htmlpath": None,
    "report_log": None,
    "basetemp": None,
    "usepdb": False,
    "trace": False,
    "lf": False,
    "failedfirst": False,
    "newfirst": False,
    "stepwise": False,
    "stepwise_skip": False,
    "cacheclear": False,
    "collectonly": False,
    "continue_on_collection_errors": True,
    "cov_source": [],
    "tbstyle": "native",
}
"""Options by the names under which pytest and plugins keep them: what would run the tests elsewhere or
in another order, stop for a person, write into the project, or take long over tracebacks that nobody reads."""


class Reporter:
    """Hears what pytest does in one run."""

    def __init__(
        self,
        wanted: dict[str, Any],
        say: Callable[..., None],
        started: Callable[[], None],
        mark: seal.Seal,
    ) -> None:
        self._wanted = wanted
        self._say = say
        self._phases: dict[str, list[dict[str, Any]]] = {}
        self._messages: dict[str, str] = {}
        self._tracer = tracing.tracer(wanted["trace"])
        self._started = started
        self._seal = mark
        self._fingerprint = seal.Fingerprints()
        self._forgiven = frozenset(wanted["forgiven"])
        self._places = Places(wanted["tests"])
        self._session: Any = None
        self._is_begun = False
        """Whether it was said that the test that comes next began."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: Any) -> None:
        """Turn plugins off that start before the command line is done with: coverage does.

        Installed plugins are loaded by now, and nothing of the project is.
        """
        self._started()
        self._seal.accept()
        _turn_off(early_config.known_args_namespace)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: Any) -> None:
        """Turn options off before any plugin acts on them."""
        _turn_off(config.option)
        config.option.maxfail = 0

    def pytest_sessionstart(self, session: Any) -> None:
        """Keep what can be told to stop."""
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, name: str) -> list[Any] | None:
        """Let nothing be made of what is not wanted: a function with hundreds of parameters takes long."""
        return None if self._places.leads_to(f"{collector.nodeid}::{name}") else []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Keep the tests that are wanted, in the order in which they are, and say which they are."""
        places = [(self._places.of(item.nodeid), item) for item in items]
        ranked = sorted(((place, item) for place, item in places if place is not None), key=itemgetter(0))
        kept = [item for _, item in ranked]
        if self._wanted["shuffle"] is not None:
            random.Random(self._wanted["shuffle"]).shuffle(kept)  # noqa: S311 - an order, not a secret
        config.hook.pytest_deselected(items=[item for place, item in places if place is None])
        items[:] = kept
        self._say({"collected": [item.nodeid for item in kept]})

    def pytest_collectreport(self, report: Any) -> None:
        """Pass on what could not be collected."""
        if report.failed and ".py" in report.nodeid:
            self._say({"test": report.nodeid, "answer": "error", "message": messages.of_text(report.longreprtext)})
            self._stop_at(report.nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Generator[None, None, None]:
        """Run a test under the tracer."""
        if not self._is_begun:
            self._say({"begun": item.nodeid})
        mark = self._fingerprint(item)
        self._tracer.start()
        yield
        lines = self._tracer.stop()
        said = self._ended(item.nodeid, lines, mark)
        if said["answer"] in {"failed", "error"}:
            self._stop_at(item.nodeid)
        self._is_begun = nextitem is not None and not self._session.shouldfail
        following = [{"begun": nextitem.nodeid}] if self._is_begun else []
        self._say(said, *following)  # at once: to be heard takes longer than many a test

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:
        """Write the message while the exception is at hand."""
        outcome = yield
        report = outcome.get_result()
        # The test has to say itself that it expects to fail: code that it calls can raise the same exception.
        report.lastmile_expected = hasattr(report, "wasxfail") and item.get_closest_marker("xfail") is not None
        if report.failed and item.nodeid not in self._messages:
            self._messages[item.nodeid] = messages.of_exception(call.excinfo, report, self._wanted["root"])

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep what a phase of a test came to."""
        kept = {
            "when": report.when,
            "outcome": "passed" if getattr(report, "lastmile_expected", False) and report.skipped else report.outcome,
            "seconds": report.duration,
            "text": report.longreprtext if report.failed and report.nodeid not in self._messages else "",
        }
        self._phases.setdefault(report.nodeid, []).append(kept)

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Pass on that pytest or a plugin crashed."""
        self._say({"trouble": "pytest crashed: " + messages.last_line(str(excrepr))})

    def _stop_at(self, test: str) -> None:
        """Let a test that failed be the last, where that was asked for."""
        if self._wanted["first_failure"] and test not in self._forgiven:
            self._session.shouldfail = "stopped at the first failure"

    def _ended(self, test: str, lines: dict[str, list[int]], mark: str) -> dict[str, Any]:
        phases = self._phases.pop(test, [])
        failed = next((phase for phase in phases if phase["outcome"] == "failed"), None)
        said = {"test": test, "answer": _answer(phases), "mark": mark, "lines": lines, "broken": self._seal.broken()}
        said["seconds"] = sum(phase["seconds"] for phase in phases)
        if failed is not None:
            said["message"] = self._messages.get(test) or messages.of_text(failed["text"])
        elif said["answer"] == "error":
            said["message"] = "The test was broken off."
        return said


def _answer(phases: list[dict[str, Any]]) -> str:
    outcomes = {(phase["when"], phase["outcome"]) for phase in phases}
    if {("setup", "failed"), ("teardown", "failed")} & outcomes:
        return "error"
    for outcome in ("failed", "skipped"):
        if any(found == outcome for _, found in outcomes):
            return outcome
    return "passed" if ("call", "passed") in outcomes else "error"


def _turn_off(options: Any) -> None:
    for name, value in _OFF.items():
        if hasattr(options, name):
            setattr(options, name, value)


class Places:
    """The places of tests among those asked for, by their own ids or those of what they are in."""

    def __init__(self, tests: list[str]) -> None:
        names = [test.replace(os.sep, "/") for test in tests]
        self._order = {name: number for number, name in reversed(list(enumerate(names)))}
        self._above = {above for name in names for above in _above(name)}
        self._known: dict[str, int | None] = {}

    def of(self, test: str) -> int | None:
        """Give the place of a test; None where it was not asked for."""
        if test in self._order:
            return self._order[test]
        plain = test.partition("[")[0]
        if plain not in self._known:
            found = [self._order[name] for name in (plain, *_above(plain)) if name in self._order]
            self._known[plain] = min(found, default=None)
        return self._known[plain]

    def leads_to(self, node: str) -> bool:
        """Tell whether a test that was asked for can be this node, or be in it."""
        return node in self._above or self.of(node) is not None


def _above(name: str) -> list[str]:
    """Give the ids of all that a test is in, itself without parameters among them where it has some."""
    plain = name.partition("[")[0]
    ends = [at for at in range(len(plain)) if plain[at] in "/:"]
    return [plain[:end] for end in ends] + [plain] * (plain != name)
