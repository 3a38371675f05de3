"""The engine's door: loads a model and gives what runs it.

The one place of this room that wires: which lane an urgency goes to is said here.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from pathlib import Path

from attrs import define, field

from lastmile.model.engine.lane import Lane
from lastmile.model.engine.native import Context, Flag, Weights
from lastmile.model.engine.options import Options, thread_count
from lastmile.model.engine.parked import Parked
from lastmile.model.engine.prompts import PromptMaker
from lastmile.model.engine.request import Request, Steps, Turn
from lastmile.model.engine.sample import Hear, Model
from lastmile.model.engine.scheduler import Job, Scheduler
from lastmile.model.engine.sequence import Sequence
from lastmile.model.engine.trouble import EngineError
from lastmile.model.engine.vocabulary import Vocabulary
from lastmile.model.values import Ask, Cancel, Failed, Heard, Urgency

_LOG = logging.getLogger(__name__)
_CLOSED = Failed("The model was put away before the request was done; ask again.")
_BATCH = 512
"""The most tokens of a batch on an accelerator; llama.cpp's own default for what is evaluated at once."""

_EXACT_BATCH = 48
"""The same on processors.

With weights of the kinds Q8_0 and Q4_0 on x86-64 a token's logits are the same to the bit in any batch
(test_native.py), and wherever a lane has put a text (test_exact.py), so neither a cache nor a guess nor an
interruption changes a text. K-quants and half precision have paths of their own from 4 and from 2 tokens
on: there, what is nearly tied may fall otherwise. For models whose keys and values cannot be of two kinds
(see `native.Context`) attention has one too, from 64 tokens on.
"""


def open_engine(path: Path, options: Options = Options()) -> LlamaEngine:  # noqa: B008 - a frozen value
    """Load a model; blocks for as long as that takes. Raises `ModelError`."""
    return LlamaEngine(Weights(path, gpu_layers=options.gpu_layers), options)


@define(eq=False)
class LlamaEngine:
    """Runs one model; everything but loading happens on a thread of its own."""

    _weights: Weights
    _options: Options
    _flag: Flag = field(factory=Flag, init=False)
    _began: float | None = field(default=None, init=False)
    """When the step under way began."""

    _lanes: dict[bool, Lane] = field(factory=dict, init=False)
    """By whether they are for completions; each is made when it is first needed."""

    _model: Model = field(init=False)
    _prompts: PromptMaker = field(init=False)
    _scheduler: Scheduler = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __attrs_post_init__(self) -> None:
        vocabulary = Vocabulary(self._weights)
        self._model = Model(self._weights, vocabulary)
        self._prompts = PromptMaker(vocabulary, self._weights.template(), self._options.layout)
        self._scheduler = Scheduler(self._flag.raise_, self._flag.lower, preempts=self._weights.rewindable)
        self._thread = threading.Thread(target=self._run, name="lastmile-engine", daemon=True)
        self._thread.start()

    def submit(self, ask: Ask, hear: Hear) -> Cancel:
        """Begin a request; does not wait."""
        job = Job(ask.urgency, hear, functools.partial(self._steps, ask))
        if not self._scheduler.put(job):
            hear(_CLOSED)
        return functools.partial(self._scheduler.cancel, job)

    def evaluated(self) -> int:
        """Give how many tokens were evaluated so far, for those who measure."""
        return sum(lane.evaluated for lane in tuple(self._lanes.values()))

    def stuck(self) -> float:
        """Give the seconds for which one step has been going on; 0 between steps."""
        began = self._began
        return 0.0 if began is None else time.monotonic() - began

    def close(self) -> None:
        """End all requests, give the memory back and wait for that."""
        self._scheduler.close()
        self._thread.join()

    def _run(self) -> None:
        """Be the engine's thread."""
        while (job := self._scheduler.next()) is not None:
            self._began = time.monotonic()
            self._step(job)
            self._began = None
        for job in self._scheduler.left():
            _end(job)
            if not job.cancelled:
                _told(job, _CLOSED)
        for lane in self._lanes.values():
            lane.close()
        self._weights.close()

    def _step(self, job: Job) -> None:
        """Let a request run until it stands still again; whatever goes wrong in it is its own failure."""
        if job.cancelled:
            _end(job)
            self._scheduler.done(job)
            return
        try:
            if job.steps is None:
                job.steps = job.start(functools.partial(_told, job))
            turn = next(job.steps)
        except StopIteration:
            self._scheduler.done(job)
        except EngineError as error:
            self._fail(job, str(error))
        except Exception as error:  # noqa: BLE001 - one request's fault must not end the others
            _LOG.exception("A request failed in a way that was not foreseen.")
            self._fail(job, f"The engine failed ({error!r}); ask again.")
        else:
            self._scheduler.stand(blocked=turn is Turn.BLOCKED)

    def _fail(self, job: Job, message: str) -> None:
        self._scheduler.done(job)
        _told(job, Failed(message))

    def _steps(self, ask: Ask, hear: Hear) -> Steps:
        lane = self._lane(completion=ask.urgency is Urgency.COMPLETION)
        return Request(ask, lane, self._prompts, self._model, hear, lookup=self._options.lookup).steps()

    def _lane(self, *, completion: bool) -> Lane:
        """Give a lane, making it where it is not there yet. Raises `EngineError` where memory is short."""
        if completion not in self._lanes:
            self._lanes[completion] = self._made(completion=completion)
        return self._lanes[completion]

    def _made(self, *, completion: bool) -> Lane:
        options = self._options
        cells = options.completion_cells if completion else options.draft_cells
        threads = thread_count(options)
        most = _BATCH if self._weights.offloaded else _EXACT_BATCH
        # What a window has passed is not in a state, so there nothing can be moved and taken back later.
        ordered = self._weights.rewindable and not self._weights.offloaded and not self._weights.windowed
        context = Context(self._weights, cells=cells, sequences=options.sequences, batch=most, threads=threads)
        context.watch(self._flag)
        return Lane(
            context,
            tuple(Sequence(number) for number in range(options.sequences)),
            Parked(options.parked_bytes // 2),
            rewindable=self._weights.rewindable,
            interruptible=not self._weights.offloaded,
            ordered=ordered,
        )


def _end(job: Job) -> None:
    """Have a request give back what it holds."""
    if job.steps is not None:
        job.steps.close()


def _told(job: Job, heard: Heard) -> None:
    """Tell whoever asked, unless they have gone."""
    if job.cancelled:
        return
    try:
        job.hear(heard)
    except Exception:  # noqa: BLE001 - a listener's fault must not end the engine
        _LOG.exception("A listener failed; its request is given up.")
        job.cancelled = True
