"""Makes a `Run` of what a run said and how it ended. Nothing of it is trusted before it is checked.

A test has passed only where the run said so in its own words, before an end that the worker saw.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from lastmile.testing.values import Answer, Result, Run, Wanted
from lastmile.testing.worker.process import Ended

_KILLED = {
    "time": "the tests did not end within {seconds:g} s{at}; the setting `verify.tests.seconds` is the limit",
    "memory": "the tests used more memory than they may{at}",
    "processes": "the tests started more processes than they may{at}",
    "output": "the tests printed more than they may{at}",
    "cancelled": "the tests were cancelled{at}",
}
_LONGEST = 16_000
_READ_ONLY = "[Errno 30] Read-only file system"
_BARRED = "The sandbox lets nothing be written there, so this test cannot be run in it."
_ERRORS = ("ERROR", "E ", "ImportError", "INTERNALERROR>")


@frozen
class Told:
    """A run, and what it said of itself beside its results."""

    run: Run
    marks: Mapping[str, str]
    """What tells a test's code from other code, by test."""

    broken: str
    """The function of pytest's that was another one after the tests; empty where all were as before."""

    changed: frozenset[str] = frozenset()
    """The project's files that decide about tests and that the run wrote over, in the layer that it was given."""


def told(wanted: Wanted, nonce: str, ended: Ended, seconds: float, paths: Mapping[str, str]) -> Told:
    """Read a run. ``paths`` gives a file's own path where it was run from a copy."""
    said, trouble = _said(nonce, ended.lines)
    changed = frozenset(str(name) for item in said for name in item.get("changed", ()))
    said = [item for item in said if "changed" not in item]
    if void := next((str(item["void"]) for item in said if "void" in item), ""):
        return Told(Run({}, seconds, void[:_LONGEST]), {}, "")
    results = {item["test"]: _result(item, paths) for item in said if "test" in item}
    marks = {item["test"]: str(item.get("mark", "")) for item in said if "test" in item}
    broken = next((str(item["broken"]) for item in said if item.get("broken")), "")
    trouble = trouble or _trouble(wanted, said, ended, results)
    loaded = next((_lines(item["loaded"], paths) for item in said if "loaded" in item), {})
    return Told(Run(results, seconds, trouble, loaded), marks, broken, changed)


def begun(nonce: str, lines: tuple[str, ...]) -> str:
    """Name the test that began last in a run that goes on; empty where none has."""
    return next((name for line in reversed(lines) if (name := _begun(_said(nonce, (line,))[0]))), "")


def _begun(said: list[dict[str, Any]]) -> str:
    return next((str(item["begun"]) for item in reversed(said) if "begun" in item), "")


def _said(nonce: str, lines: tuple[str, ...]) -> tuple[list[dict[str, Any]], str]:
    """Give what was said under the nonce, and the trouble where something else was said."""
    said: list[dict[str, Any]] = []
    for line in lines:
        try:
            key, value = json.loads(line)
        except (ValueError, TypeError):
            return said, "something else wrote into the results"
        if key != nonce or not isinstance(value, dict):
            return said, "something else wrote into the results"
        said.append(value)
    return said, ""


def _trouble(wanted: Wanted, said: list[dict[str, Any]], ended: Ended, results: Mapping[str, Result]) -> str:
    if ended.reason:
        last = _begun(said)
        at = f" (in {last})" if last and last not in results else ""
        return _KILLED[ended.reason].format(seconds=wanted.seconds, at=at)
    if ended.status is None:
        return "the process that runs the tests ended"
    if told := next((str(item["trouble"]) for item in said if "trouble" in item), ""):
        return told[:_LONGEST]
    end = next((item["end"] for item in said if "end" in item), None)
    if end is None or said[-1].get("end") != end:
        return f"the tests' process ended early, with status {ended.status}{_last(ended)}"
    return _missing(wanted, said, ended, results)


def _missing(wanted: Wanted, said: list[dict[str, Any]], ended: Ended, results: Mapping[str, Result]) -> str:
    collected = [str(test) for item in said for test in item.get("collected", ())]
    if not collected and not results:
        return f"pytest found none of the tests{_last(ended)}"
    if len(set(collected)) != len(collected):
        return "a test was collected twice"
    missing = [test for test in collected if test not in results]
    if missing and not wanted.stopped(results.values()):
        return f"{len(missing)} of {len(collected)} tests did not run: {missing[0]}"
    return ""


def _result(said: Mapping[str, Any], paths: Mapping[str, str]) -> Result:
    try:
        answer = Answer(said.get("answer"))
    except ValueError:
        answer = Answer.ERROR
    seconds, message = said.get("seconds", 0.0), str(said.get("message", ""))[:_LONGEST]
    if answer in {Answer.FAILED, Answer.ERROR} and _READ_ONLY in message:
        answer, message = Answer.BARRED, f"{message}\n{_BARRED}"
    return Result(
        id=str(said["test"]),
        answer=answer,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        message=message,
        lines=_lines(said.get("lines"), paths),
        unseen=bool(said.get("unseen")),
    )


def _lines(said: Mapping[str, Any] | None, paths: Mapping[str, str]) -> dict[str, frozenset[int]]:
    return {paths.get(path, path): frozenset(map(int, rows)) for path, rows in dict(said or {}).items()}


def _last(ended: Ended) -> str:
    """Give the last words that say why, where there are some."""
    lines = [line.strip() for line in ended.tail.splitlines() if line.strip()]
    return "".join(_errors(lines))[:_LONGEST]


def _errors(lines: list[str]) -> Iterator[str]:
    usage = [line.partition(" error: ")[2] for line in lines if " error: " in line]
    told = usage or [line for line in lines if line.startswith(_ERRORS)] or lines[-1:]
    if told:
        yield f": {told[-1]}"
