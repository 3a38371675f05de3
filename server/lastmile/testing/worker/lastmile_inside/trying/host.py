"""Loads a project and its tests once, and tries texts on them, each in a forked child.

It takes pytest's place between the collection of tests and their runs. A text's functions are put into
the loaded module; a text for which that is not the same as loading it is not tried here, and neither
is one whose tests start programs, for those would load the file from the disk, or write into the project,
which is read-only here.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import time
from contextlib import suppress
from functools import partial
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

import pytest

from ..reporting import Places
from . import observing, overlay, programs, running, settings, swap, writing
from .children import Child, enter, several

_LONGEST = 600.0
"""Seconds of processor time that a host may take itself, its children left out."""

_AT_ONCE = 2
_WALL, _STARTING = 3.0, 1.0
"""How much longer than its processor time a text may take by the clock, and seconds beside that."""

_LEAVE = 0.5
"""Seconds that a comparison, which looks at the clock itself, is left past its time."""

_OUT_OF_TIME = (signal.SIGPROF, signal.SIGXCPU)
_REFUSING = ("failed", "error", "skipped")
"""What a text is done with. No test is asked for that is skipped as it is: one that is skipped, the text skips."""

Row = Dict[str, Any]


class Taker:
    """The plugin that serves requests in the place of a run."""

    def __init__(self, setup: Row, first: Row, requests: int, answers: int) -> None:
        self._limits = {**setup["limits"], "memory": setup["limits"]["memory"] // _AT_ONCE}
        self._watch = running.watch()
        self._overlay = overlay.Overlay(first["path"], first["original"], self._watch)
        self._overlay.lay()
        self._loaded: Optional[swap.Loaded] = None
        self._root = os.path.realpath(first["root"])
        self._requests, self._answers = requests, answers
        self._folders = [path for path in setup["fresh"] if os.path.isdir(path)]
        self._clean: Set[str] = set()
        self._items: List[Any] = []
        self.say: settings.Say = _drop
        self.served = False

    def pass_on(self, *rows: Row) -> None:
        """Say something where this process says it, which is another thing in each child."""
        self.say(*rows)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Serve in the place of a run."""
        self.serve(list(session.items))
        return True

    def serve(self, items: List[Any]) -> None:
        """Serve until nobody asks any more, with these tests collected."""
        self.served = True
        self._items = items
        self._loaded = swap.Loaded(self._overlay.codes, self._watch.stop())
        self._clean = set(self._files())
        gc.collect()
        gc.freeze()  # what the children's collector does not look at is not copied for them
        with os.fdopen(self._requests) as requests:
            for line in requests:
                request = json.loads(line)
                for answer in self._answers_to(request):
                    tell(self._answers, answer)
                self._tidy()
                tell(self._answers, {"served": request["number"]})

    def _answers_to(self, request: Row) -> Iterator[Row]:
        items = _chosen(self._items, request["tests"])
        if not request["tests"] and request["do"] == "observe":  # by what types allow, which loads the file itself
            yield from self._observed(request, items)
        elif not request["tests"] and request["do"] == "load":
            yield {}
        elif not items or not self._loaded:
            yield {"unable": "the tests or the file could not be loaded"}
        elif request["do"] == "load":
            yield {}
        elif request["do"] == "observe":
            yield from self._observed(request, items)
        else:
            yield from self._tried(request, items)

    def _observed(self, request: Row, items: List[Any]) -> Iterator[Row]:
        work = partial(observing.observe, request, items)
        request["wall"] = wall = max(0.0, request["until"] - time.monotonic())
        one = partial(Child, 0, work, self._limits, wall, wall + _LEAVE)
        for what, child in several(iter([one]), 1, request["until"] + _LEAVE):
            if what == "ended":
                rows, _status = child.finish()
                yield from rows
                if not any(row.get("whole") for row in rows):  # what was not said would be taken for late
                    yield {"trouble": "the time is up" if child.late else "it was broken off"}

    def _tried(self, request: Row, items: List[Any]) -> Iterator[Row]:
        wall = request["seconds"] * _WALL + _STARTING
        works = (partial(self._child, request, items, at, wall) for at in range(len(request["texts"])))
        for what, child in several(works, _AT_ONCE, request["until"]):
            if what == "begun":
                yield {"begun": request["places"][child.at]}
            else:
                rows, status = child.finish()
                late = child.late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in _OUT_OF_TIME)
                yield {"at": request["places"][child.at], **_judged(rows, len(items), late=late)}

    def _files(self) -> List[str]:
        return [os.path.join(folder, name) for folder in self._folders for name in os.listdir(folder)]

    def _tidy(self) -> None:
        """Take away the files that children left."""
        for path in self._files():
            if path not in self._clean:
                shutil.rmtree(path, ignore_errors=True)
                with suppress(OSError):
                    os.unlink(path)

    def _child(self, request: Row, items: List[Any], at: int, wall: float) -> Child:
        work = partial(self._run, request["texts"][at], items, request["seconds"])
        return Child(at, work, self._limits, request["seconds"], wall)

    def _run(self, text: str, items: List[Any], seconds: float, out: Any) -> None:
        """Run tests on a text; in a child."""

        def say(*rows: Row) -> None:
            for row in rows:
                out.write(json.dumps({key: row[key] for key in ("begun", "test", "answer") if key in row}) + "\n")
            out.flush()

        def unsure() -> None:
            out.write('{"unsure": true}\n')
            out.flush()

        try:
            new = compile(text, self._overlay.codes[0].co_filename, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            out.write('{"broken": true}\n')
            return
        if self._loaded is None or not self._loaded.swap(new):
            unsure()
            return
        self._overlay.text = text
        programs.watch(unsure)
        writing.watch(self._root, unsure)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        said: List[str] = []
        self.say = partial(_heard, say, said)
        settings.loop(items, lambda: any(answer in said for answer in _REFUSING))
        out.write('{"end": true}\n')


def serve(setup: Row, first: Row, requests: int, answers: int) -> None:
    """Be the host of the file and the tests that the first request names; never returns."""
    why = ""
    try:
        os.setsid()  # the scheduler weighs sessions against each other: the guard has one of its own
        enter([requests, answers], setup["limits"], _LONGEST)
        taker = Taker(setup, first, requests, answers)
        if first["files"]:
            status = settings.run(setup, first["root"], first["files"], taker.pass_on, [taker])
        else:
            status = 0
            settings.enter(first["root"])
            taker.serve([])
        why = "" if taker.served else f"pytest ended with status {status} before it ran any test"
    except BaseException as error:  # noqa: BLE001 - whatever it was, the process says so and ends here
        why = f"{type(error).__name__}: {error}"
    finally:
        tell(answers, {"unable": why})
        os._exit(0)


def tell(descriptor: int, row: Row) -> None:
    """Write one row, all of it."""
    line = json.dumps(row).encode() + b"\n"
    while line:
        line = line[os.write(descriptor, line) :]


def _heard(say: settings.Say, said: List[str], *rows: Row) -> None:
    said.extend(row.get("answer", "") for row in rows)
    say(*rows)


def _chosen(items: List[Any], tests: List[str]) -> List[Any]:
    """Give the collected tests that are wanted, in the wanted order; none where one of them is not there."""
    place = Places(tests).of
    found: List[Tuple[int, Any]] = []
    for item in items:
        at = place(item.nodeid)
        if at is not None:
            found.append((at, item))
    found.sort(key=lambda pair: pair[0])
    return [item for _at, item in found] if {at for at, _item in found} == set(range(len(tests))) else []


def _judged(rows: List[Row], wanted: int, *, late: bool) -> Row:
    """Say how a text did: passed, failed, late or unsure, and at which test."""
    answers = {row["test"]: row["answer"] for row in rows if "test" in row}
    begun = [row["begun"] for row in rows if "begun" in row]
    ended = any("end" in row for row in rows)
    failed = next((name for name, answer in answers.items() if answer in _REFUSING), "")
    if any(row.get("unsure") for row in rows):
        return {"how": "unsure"}
    if late and not ended:
        return {"how": "late", "test": begun[-1] if begun else ""}
    if failed or not ended or len(answers) != wanted:
        return {"how": "failed", "test": failed or (begun[-1] if begun and not ended else "")}
    return {"how": "passed"}


def _drop(*_rows: Row) -> None:
    """Say nothing: what the collection comes to shows in what there is to run."""
