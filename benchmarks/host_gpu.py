"""What an accelerator makes of a model of seven thousand million weights, beside llama-bench on the same file.

The model is made by hand, in the shape of Qwen2.5-Coder 7B, its weights in four bits; all of its layers go to
the accelerator. Needs a build of llama-cpp-python for one: `lastmile doctor` names the command that installs
it. Where the build has none, that is said and nothing is measured. llama-bench comes with llama.cpp and not with
llama-cpp-python; without one on the path or named, its column stays empty.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve
from gguf import GGMLQuantizationType
from tests.support.chain_gguf import Shape, words, write_chain
from tests.support.engine import answered, opened

from benchmarks.support import milliseconds, scratch
from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.engine.options import Options
from lastmile.model.values import Ask, Plain, Urgency

SEVEN = Shape(
    width=3584, layers=28, heads=28, kv_heads=4, hidden=18_944, words=2000, unused=149_000,
    kind=GGMLQuantizationType.Q4_0, alike=True,
)  # fmt: skip
"""Qwen2.5-Coder 7B, as its card on the Hugging Face hub has it; the file takes about four gigabytes."""

_READ, _SAID, _REPEATS = 512, 128, 5
"""Tokens of a prompt and of an answer: what llama-bench measures unless told otherwise."""

_WINDOW, _COMPLETED, _KEYS = 1500, 16, 40
"""Tokens around a cursor, tokens of a completion, and keys."""

_BENCH_SECONDS = 600


def report(bench: str) -> None:
    """Measure and print, or say why there is nothing to measure."""
    from llama_cpp import llama_supports_gpu_offload  # noqa: PLC0415 - other figures need no library

    if not llama_supports_gpu_offload():
        print("No accelerator: llama-cpp-python was built for the processor alone. `lastmile doctor` says what fits.")
        return
    measure(SEVEN, bench)


def measure(shape: Shape, bench: str, options: Options | None = None) -> None:
    """Measure a model of a shape and print."""
    with scratch() as (folder, _):
        path = write_chain(folder / "shape.gguf", shape)
        # Guessing from the prompt would make the answer's tokens come sooner than llama-bench's.
        with opened(path, evolve(options or Options(), lookup=False)) as engine:
            ours, keys = _speeds(engine), _keystrokes(engine)
        theirs = _theirs(bench, path)
    for name in (f"pp{_READ}", f"tg{_SAID}"):
        beside = f", llama-bench {theirs[name]:.1f} ({ours[name] / theirs[name]:.2f})" if name in theirs else ""
        print(f"{name}: {ours[name]:.1f} tokens a second{beside}")
    print(f"A key in a window of {_WINDOW} tokens: {_COMPLETED} tokens of completion take {milliseconds(keys)}.")


def _speeds(engine: LlamaEngine) -> Mapping[str, float]:
    """Give tokens a second of a prompt that is new each time, and of an answer, by llama-bench's names."""
    read, said = [], []
    for number in range(_REPEATS):
        usage = answered(engine, Ask(Plain(words(number * 300 + 1, _READ)), most=_SAID)).usage
        read.append((usage.prompt - usage.cached) / usage.prompt_seconds)
        said.append(usage.completion / usage.completion_seconds)
    # The first has the kernels to load.
    return {f"pp{_READ}": statistics.median(read[1:]), f"tg{_SAID}": statistics.median(said[1:])}


def _keystrokes(engine: LlamaEngine) -> list[float]:
    """Give the seconds of a completion after each key, each of which makes the prompt a token longer."""
    took = []
    for number in range(_KEYS):
        prompt = Plain(words(0, _WINDOW + number))
        ask = Ask(prompt, most=_COMPLETED, urgency=Urgency.COMPLETION, document="typed.py")
        usage = answered(engine, ask).usage
        took.append(usage.prompt_seconds + usage.completion_seconds)
    return took[1:]


def _theirs(bench: str, path: Path) -> Mapping[str, float]:
    """Give llama-bench's tokens a second by its names; nothing where there is no llama-bench."""
    program = shutil.which(bench)
    if program is None:
        print(f"{bench} was not found: give its path by --llama-bench.")
        return {}
    asked = ["-m", str(path), "-p", str(_READ), "-n", str(_SAID), "-ngl", "99", "-o", "json"]
    done = subprocess.run([program, *asked], capture_output=True, text=True, timeout=_BENCH_SECONDS, check=True)
    return {
        f"pp{run['n_prompt']}" if run["n_prompt"] else f"tg{run['n_gen']}": run["avg_ts"]
        for run in json.loads(done.stdout)
    }
