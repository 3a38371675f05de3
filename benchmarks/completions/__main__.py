"""What is shown of completions at places in code that the model has never seen, and what the filters do to them.

    python -m benchmarks.completions [--count 500] [--seed 1] [--examples 10]

Half of the places are in the modules of the standard library that the model did not learn from, half in
packages that are downloaded once. Each is asked through the real server and its host, as an editor asks
while a person types, and of the model alone (`asking`). Timing decides where an answer of several lines
ends, so the figures of two runs differ a little; that none adds a syntax error must not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import takewhile
from math import inf
from pathlib import Path

from benchmarks.completions import corpus
from benchmarks.completions.asking import MODEL, Both, session
from benchmarks.completions.corpus import Source
from benchmarks.completions.judging import Outcome, share
from benchmarks.completions.positions import KINDS, Position, positions
from benchmarks.selection_subjects import SUBJECTS, Subject
from benchmarks.support import percentile

_DOWNLOAD = ("download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest")
STATE = Path.home() / ".cache" / "lastmile" / "completions"
HEAD = f"{'':22} {'shown':>6} {'adds':>5} {'':6} {'worse':>5} {'exact':>5} {'':6} {'':6}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=sys.maxsize, help="lines of a file: short ones are read sooner")
    parser.add_argument("--minutes", type=float, default=inf, help="after which no more are asked")
    parser.add_argument("--examples", type=int, default=0, help="how many to print for reading")
    parser.add_argument("--threads", type=int, default=0, help="0 for all cores but one")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--state", type=Path, default=STATE, help="where packages are kept")
    asked = parser.parse_args()
    chosen = random.Random(asked.seed)  # noqa: S311 - a choice of places
    places = chosen_places(asked.count, chosen, asked.state, longest=asked.longest)
    end = time.monotonic() + 60 * asked.minutes
    answers = answered(places, asked.model.resolve(), asked.threads)
    with closing(answers):
        found = list(takewhile(lambda _: time.monotonic() < end, answers))
    print("\n".join(report(found)))
    for both in chosen.sample(found, min(len(found), asked.examples)):
        print(example(both))
    sys.exit(any(both.product.adds for both in found))


def chosen_places(count: int, chosen: random.Random, state: Path, *, longest: int = sys.maxsize) -> list[Position]:
    """Choose places, half of them in each kind of code, the files in no order."""
    packages = [source for subject in SUBJECTS for source in fetched(subject, state)]
    halves = ((corpus.held_out(), count - count // 2), (packages, count // 2))
    short = (([each for each in sources if each.text.count("\n") <= longest], half) for sources, half in halves)
    places = [place for sources, half in short for place in positions(sources, half, chosen)]
    names = sorted({place.name for place in places})
    chosen.shuffle(names)
    return sorted(places, key=lambda place: names.index(place.name))


def answered(places: Sequence[Position], model: Path, threads: int) -> Generator[Both]:
    """Ask at every place."""
    with session(model, threads) as asking:
        for number, position in enumerate(places):
            if number % 10 == 0:
                print(f"{number} of {len(places)} ...", file=sys.stderr, flush=True)
            yield asking.ask(position)


def fetched(subject: Subject, state: Path) -> list[Source]:
    """Give a package's own files; it is downloaded the first time."""
    folder = state.resolve() / subject.name
    if not folder.exists():
        waiting = folder.with_suffix(".waiting")
        shutil.rmtree(waiting, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "pip", *_DOWNLOAD, str(waiting), subject.name], check=True)
        shutil.unpack_archive(next(waiting.glob("*.tar.gz")), waiting)
        waiting.rename(folder)
    root = next(path for path in folder.iterdir() if path.is_dir())
    name = subject.name.partition("==")[0]
    return [Source(f"{name}/{path.relative_to(root)}", path.read_text("utf-8")) for path in subject.files(root)]


def report(found: Sequence[Both]) -> Iterator[str]:
    """Write what came of all."""
    yield f"{len(found)} places. adds: puts a syntax error into a text that had none; worse: into one that had some."
    yield "exact: the cursor's line is as it stood in the file, of all places where one is wanted, and of those shown."
    product, alone = [both.product for both in found], [both.alone for both in found]
    for title, outcomes in (("as it is shown", product), ("the model alone", alone)):
        yield ""
        yield title
        yield HEAD
        for kind in KINDS:
            yield f"{kind:22} {share([each for each in outcomes if each.position.kind == kind])}"
        yield f"{'all':22} {share(outcomes)}"
    yield ""
    yield from _reasons(found)
    yield _timing("As it is shown", [each for each in product if each.asked])
    yield _timing("The model alone", alone)


def _reasons(found: Sequence[Both]) -> Iterator[str]:
    unasked = sum(not both.product.asked for both in found)
    lost = [both for both in found if both.alone.exact and not both.product.exact]
    won = sum(both.product.exact and not both.alone.exact for both in found)
    yield f"Not worth a question: {unasked}. Asked and nothing left to show: {_hidden(found)}."
    declined = sum(not both.product.asked for both in lost)
    yield f"Exact only as shown: {won}. Exact only alone: {len(lost)}, {declined} of them not worth a question."


def _hidden(found: Sequence[Both]) -> int:
    return sum(both.product.asked and both.product.shown is None for both in found)


def _timing(title: str, outcomes: Sequence[Outcome]) -> str:
    took = [each.seconds for each in outcomes]
    return (
        f"{title}: median {statistics.median(took) * 1000:.0f} ms, p90 {percentile(took, 0.9) * 1000:.0f} ms an answer."
    )


def example(both: Both) -> str:
    """Write a place and what came of it, for reading."""
    position = both.product.position
    text, at = position.text, position.offset
    above = "\n".join(text[:at].split("\n")[-4:])
    below = "\n".join(text[at:].split("\n")[:3])
    shown, alone = both.product.shown, both.alone.shown
    return "\n".join(
        (
            f"--- {position.name}, {position.kind}, wanted: {position.wanted!r}",
            f"{above}‸{below}",
            f"shown: {None if shown is None else shown.text!r}, alone: {None if alone is None else alone.text[:120]!r}",
        )
    )


if __name__ == "__main__":
    main()
