"""Which functions of a project to suspect of a test's failure: those of the most suspect lines that it ran.

Pure, but it parses: call it through `tools.offload`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from lastmile.repair.localise import evidence, ochiai
from lastmile.repair.values import Case
from lastmile.testing.values import Run
from lastmile.text.lines import LineIndex
from lastmile.text.symbols import Symbol, outline


@frozen
class Suspect:
    """A function that a failing test ran."""

    path: Path
    symbol: Symbol
    score: float
    """The suspicion of its most suspect line, above 0."""

    named: bool
    """Whether the test speaks of it."""


def suspects(
    run: Run, texts: Mapping[Path, str], failing: tuple[str, ...], words: frozenset[str]
) -> tuple[Suspect, ...]:
    """List the functions in which failing tests ran lines, most suspect first; ``words`` are those of the tests.

    Of functions that are equally suspect, those that the tests name come first: what is called by
    them is more often tested elsewhere.
    """
    cases = (Case(path, text, tuple(run.results), failing) for path, text in texts.items())
    found = [item for case in cases for item in _of_file(case, run, words)]
    return tuple(sorted(found, key=lambda item: (-item.score, not item.named, item.path, item.symbol.span)))


def _of_file(case: Case, run: Run, words: frozenset[str]) -> Iterator[Suspect]:
    seen = evidence(case, run)
    ran = frozenset[int]().union(*seen.failing)
    if not ran:
        return
    lines = LineIndex(case.text)
    functions = [item for item in outline(case.text) if item.kind == "function"]
    scores: dict[Symbol, float] = {}
    for line in sorted(ran):
        around = [item for item in functions if _first(item, lines) <= line <= _last(item, lines)]
        if around:
            inner = max(around, key=lambda item: item.span.start)
            scores[inner] = max(scores.get(inner, 0.0), ochiai(line, seen))
    for symbol, score in scores.items():
        yield Suspect(case.path, symbol, score, symbol.name in words)


def _first(symbol: Symbol, lines: LineIndex) -> int:
    return lines.line_at(symbol.body.start) + 1


def _last(symbol: Symbol, lines: LineIndex) -> int:
    return lines.line_at(max(symbol.body.start, symbol.body.end - 1)) + 1
