"""Asks an engine and waits: what tests and benchmarks of the local model share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import define, field

from lastmile.model.engine.opening import LlamaEngine, open_engine
from lastmile.model.engine.options import Options
from lastmile.model.values import Ask, Cancel, Ended, Failed, Heard, Piece, Usage

_DEADLINE = 20.0
SMALL = Options(threads=1, completion_cells=1024, draft_cells=1024, sequences=4)
"""An engine that soon has no room."""


@define(eq=False)
class Answer:
    """What came of a request so far."""

    heard: list[Heard] = field(factory=list)
    done: threading.Event = field(factory=threading.Event)
    cancel: Cancel = lambda: None

    def hear(self, heard: Heard) -> None:
        """Take what the engine says."""
        self.heard.append(heard)
        if isinstance(heard, Usage | Failed):
            self.done.set()

    def wait(self) -> Answer:
        """Wait for the last word."""
        assert self.done.wait(_DEADLINE), "no answer"
        return self

    def text(self, sample: int = 0) -> str:
        """Give the text of a sample."""
        return "".join(each.text for each in self.heard if isinstance(each, Piece) and each.sample == sample)

    def texts(self) -> list[str]:
        """Give the texts of all samples that ended."""
        return [self.text(each.sample) for each in sorted(self.ends(), key=lambda end: end.sample)]

    def ends(self) -> list[Ended]:
        """Give the ends of samples, in the order in which they came."""
        return [each for each in self.heard if isinstance(each, Ended)]

    @property
    def usage(self) -> Usage:
        """Give what it took."""
        last = self.heard[-1]
        assert isinstance(last, Usage), last
        return last

    @property
    def failure(self) -> str:
        """Give why it came to nothing."""
        last = self.heard[-1]
        assert isinstance(last, Failed), last
        return last.message


def begin(engine: LlamaEngine, ask: Ask, also: Callable[[Answer, Heard], object] | None = None) -> Answer:
    """Begin a request; ``also`` is called on the engine's thread with what is heard."""
    answer = Answer()

    def hear(heard: Heard) -> None:
        answer.hear(heard)
        if also is not None:
            also(answer, heard)

    answer.cancel = engine.submit(ask, hear)
    return answer


def answered(engine: LlamaEngine, ask: Ask) -> Answer:
    """Ask and wait."""
    return begin(engine, ask).wait()


@contextmanager
def opened(path: Path, options: Options = Options()) -> Iterator[LlamaEngine]:  # noqa: B008 - a frozen value
    """Give an engine for as long as the block lasts."""
    engine = open_engine(path, options)
    try:
        yield engine
    finally:
        engine.close()
