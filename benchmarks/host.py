"""What the local model makes of one core: samples, copying, urgency, cancelling, and the way to it (host_served.py).

The model is made by hand (`tests/support/chain_gguf.py`): it has the shape and the cost of a coder model
of a hundred million weights at eight bits, and says a chain of words. So the figures for samples, urgency
and cancelling are those of any model of that shape. The figure for copying shows what looking ahead in the
prompt saves where an answer repeats its prompt but for one word in twenty; how much of its prompt a
real model repeats, it does not show.

Each figure compares two things measured in turn. Run it on an idle machine.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import evolve
from tests.support.chain_gguf import SMALL_CODER, word, words, write_chain
from tests.support.engine import Answer, answered, begin, opened

from benchmarks import host_gpu, host_served
from benchmarks.support import milliseconds, percentile, scratch
from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.engine.options import Options, thread_count
from lastmile.model.values import Ask, Plain, Sampling, Urgency

_SAMPLES = 4
_TOKENS = 128
_EDITED = 20
"""One word in so many of the prompt is another than the answer has."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0, help="0 for all cores but one")
    parser.add_argument("--gpu", action="store_true", help="a large model on an accelerator instead (host_gpu.py)")
    parser.add_argument("--llama-bench", default="llama-bench", help="the peer of --gpu")
    chosen = parser.parse_args()
    if chosen.gpu:
        host_gpu.report(chosen.llama_bench)
        return
    with scratch() as (folder, _):
        path = write_chain(folder / "coder.gguf", SMALL_CODER)
        options = Options(threads=chosen.threads)
        with opened(path, options) as engine:
            _samples(engine, chosen.rounds)
            _overhead(engine, path, 4 * chosen.rounds)
            _urgency(engine, 4 * chosen.rounds)
            _cancelling(engine, 4 * chosen.rounds)
        _copying(path, options, chosen.rounds)
    host_served.report(60 * chosen.rounds)


def timed(work: Callable[[], Answer]) -> tuple[float, Answer]:
    """Give the seconds that an answer took, and the answer."""
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def _samples(engine: LlamaEngine, rounds: int) -> None:
    ratios, bare = [], []
    for number in range(rounds):
        several = tuple(Sampling(0.1, seed=seed) for seed in range(_SAMPLES))
        ask = Ask(Plain(words(300 * number, 200)), most=_TOKENS, samples=several)
        other = evolve(ask, samples=several[:1], prompt=Plain(words(300 * number + 100, 200)))
        one_took, one = timed(partial(answered, engine, other))
        all_took, every = timed(partial(answered, engine, ask))
        assert [end.tokens for end in (*one.ends(), *every.ends())] == [_TOKENS] * (1 + _SAMPLES)
        ratios.append(all_took / one_took)
        bare.append(every.usage.completion_seconds / one.usage.completion_seconds)
    print(
        f"{_SAMPLES} samples of {_TOKENS} tokens take {statistics.median(ratios):.2f} times what one takes, "
        f"{statistics.median(bare):.2f} times without the reading of the prompt (bar: under 2.2)."
    )


def _overhead(engine: LlamaEngine, path: Path, times: int) -> None:
    """Compare with llama_cpp's own loop over the same tokens, whose prompt is in its cache as well."""
    from llama_cpp import Llama  # noqa: PLC0415 - most figures need no peer

    prompt = words(0, 200)
    ask = evolve(_completion(0), prompt=Plain(prompt), most=16)
    bare = Llama(str(path), n_ctx=2048, n_threads=thread_count(Options()), verbose=True)
    tokens = bare.tokenize(prompt.encode())
    ours, theirs = [], []
    for _ in range(times):
        began = time.perf_counter()
        found = list(itertools.islice(bare.generate(tokens, temp=0.0), 16))
        theirs.append(time.perf_counter() - began)
        took, answer = timed(lambda: answered(engine, ask))
        ours.append(took)
        assert answer.text().encode() == bare.detokenize(found)
    added = statistics.median(ours) - statistics.median(theirs)
    print(f"16 tokens take {milliseconds(ours)}; bare generate takes {milliseconds(theirs)}: {added * 1000:+.1f} ms.")


def _copying(path: Path, options: Options, rounds: int) -> None:
    with opened(path, options) as guessing, opened(path, evolve(options, lookup=False)) as plain:
        ratios, bare = [], []
        for number in range(rounds):
            ask = Ask(Plain(_function(300 * number) + words(300 * number, 3)), most=200)
            slow, expected = timed(partial(answered, plain, ask))
            quick, found = timed(partial(answered, guessing, ask))
            assert found.text() == expected.text(), "what was guessed changed the answer"
            ratios.append(slow / quick)
            bare.append(expected.usage.completion_seconds / found.usage.completion_seconds)
    usage = found.usage
    print(
        f"Repeating a prompt of 220 words, one in {_EDITED} changed, is {statistics.median(ratios):.2f} times as quick "
        f"with guesses, {statistics.median(bare):.2f} times without the reading of the prompt; "
        f"{usage.guessed} of {usage.completion} tokens were guessed, and the text is the same (bar: at least 1.8)."
    )


def _function(first: int) -> str:
    return "".join(word(number) if number % _EDITED else word(number + 900) for number in range(first + 1, first + 221))


def _urgency(engine: LlamaEngine, times: int) -> None:
    alone = [timed(partial(answered, engine, _completion(number)))[0] for number in range(times)]
    stop = threading.Event()
    drafting = threading.Thread(target=_draft_on, args=(engine, stop))
    drafting.start()
    beside = []
    for number in range(times):
        stop.wait(0.05)
        beside.append(timed(partial(answered, engine, _completion(number)))[0])
    stop.set()
    drafting.join()
    print(f"A completion takes {milliseconds(alone)} alone, {milliseconds(beside)} during drafts.")
    ratio = percentile(beside, 0.95) / percentile(alone, 0.95)
    print(f"Its 95th percentile during drafts is {ratio:.2f} times that alone (bar: at most 1.3).")


def _completion(number: int) -> Ask:
    text = words(0, 200) + words(500, number % 10 + 1)
    return Ask(Plain(text), most=12, urgency=Urgency.COMPLETION, document="typed.py")


def _draft_on(engine: LlamaEngine, stop: threading.Event) -> None:
    """Draft until told otherwise: a prompt to read, then three samples of it."""
    samples = tuple(Sampling(0.1, seed=seed) for seed in range(3))
    number = 0
    while not stop.is_set():
        number += 1
        left = begin(engine, Ask(Plain(words(number * 7 % 1000, 600)), most=60, samples=samples))
        while not left.done.wait(0.01) and not stop.is_set():
            pass
        left.cancel()


def _cancelling(engine: LlamaEngine, times: int) -> None:
    """Cancel in the middle of a prompt, and see when the engine next does something else."""
    waits = []
    for number in range(times):
        left = begin(engine, Ask(Plain(words(number * 11 % 1000, 800)), most=1, urgency=Urgency.COMPLETION))
        before = engine.evaluated()
        while engine.evaluated() < before + 64:
            time.sleep(0.001)
        time.sleep(0.002 * (number % 10))
        left.cancel()
        waits.append(_first_word(engine))
    print(f"After a request is cancelled within its prompt, another's failure is heard in {milliseconds(waits)}.")


def _first_word(engine: LlamaEngine) -> float:
    """Give the seconds until the engine answers what it can answer without evaluating anything."""
    began = time.perf_counter()
    begin(engine, Ask(Plain(""), samples=(), urgency=Urgency.COMPLETION)).wait()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
