"""A pytest plugin that writes each test's answer as a line of JSON, for `plain_bench`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

RAN: dict[str, set[int]] = {}
SESSIONS: list[pytest.Session] = []


def pytest_sessionstart(session: pytest.Session) -> None:
    SESSIONS.append(session)


def pytest_runtest_logstart() -> None:
    RAN.clear()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        answer = report.outcome if report.when == "call" or report.outcome == "skipped" else "error"
        if hasattr(report, "wasxfail"):
            answer = "passed" if report.outcome == "skipped" else "failed"
        said = {"id": report.nodeid, "answer": answer, "seconds": report.duration, "message": report.longreprtext}
        said["lines"] = {file: sorted(lines) for file, lines in RAN.items()}
        with open(os.environ["ANSWERS"], "a", encoding="utf-8") as file:  # noqa: PTH123 - no import that tests could shadow
            file.write(json.dumps(said) + "\n")
        if answer in {"failed", "error"} and os.environ["FORGIVEN"] and _stops(report.nodeid):
            SESSIONS[0].shouldfail = "stopped at the first failure"


def _stops(test: str) -> bool:
    return test not in json.loads(os.environ["FORGIVEN"])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:  # noqa: ARG001 - pytest's
    RAN.clear()
    sys.settrace(_trace if os.environ.get("TRACED") else None)
    try:
        return (yield)
    finally:
        sys.settrace(None)


def _trace(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 - a trace function gives itself
    if frame.f_code.co_filename not in os.environ["TRACED"].split(os.pathsep):
        return None
    if event == "line":
        RAN.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
    return _trace
