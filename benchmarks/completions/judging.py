"""Whether a text is sound, and what a completion makes of one: apart from Lastmile, which is what is judged."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import tree_sitter_python
from attrs import field, frozen
from tree_sitter import Language, Parser

from benchmarks.completions.positions import Position


@frozen
class Sound:
    """What is wrong with a text."""

    compiles: bool
    broken: int
    """Nodes of tree-sitter's tree that are errors or stand for what is missing."""


@frozen
class Shown:
    """A completion: what is put in, in the place of which part of the text."""

    start: int
    end: int
    text: str = field(repr=False)

    def applied(self, text: str) -> str:
        """Put it in."""
        return text[: self.start] + self.text + text[self.end :]


@frozen
class Outcome:
    """What came of one position, one way."""

    position: Position
    shown: Shown | None
    seconds: float
    asked: bool = True
    """Whether a model was asked at all: some places are not worth it."""

    adds: bool = False
    """Whether it puts a syntax error into a text that had none."""

    worsens: bool = False
    """Whether it leaves more broken places in a text that had some already."""

    exact: bool = False
    """Whether the cursor's line is then as it stood in the file."""


def sound(text: str) -> Sound:
    """Look at a text."""
    root = Parser(Language(tree_sitter_python.language())).parse(text.encode("utf-8", "replace")).root_node
    waiting, broken = [root], 0
    while waiting:
        node = waiting.pop()
        broken += node.is_error or node.is_missing
        waiting.extend(child for child in node.children if child.has_error or child.is_missing)
    return Sound(_compiles(text), broken)


def judged(position: Position, shown: Shown | None, seconds: float, *, asked: bool = True) -> Outcome:
    """Say what came of a position."""
    if shown is None:
        return Outcome(position, None, seconds, asked)
    before, text = sound(position.text), shown.applied(position.text)
    after = sound(text)
    clean = before.compiles and not before.broken
    worse = (before.compiles and not after.compiles) or after.broken > before.broken
    exact = position.wanted is not None and _line(text, position.offset).rstrip() == position.wanted.rstrip()
    return Outcome(position, shown, seconds, asked, adds=worse and clean, worsens=worse and not clean, exact=exact)


def share(outcomes: Sequence[Outcome]) -> str:
    """Write how many are shown, how many of those are wrong, and how many say what was wanted."""
    shown = [each for each in outcomes if each.shown is not None]
    wanted = [each for each in outcomes if each.position.wanted is not None]
    exact = sum(each.exact for each in outcomes)
    adds, worsens = sum(each.adds for each in shown), sum(each.worsens for each in shown)
    of_shown = sum(each.exact for each in shown) / max(1, sum(each.position.wanted is not None for each in shown))
    return (
        f"{len(shown) / len(outcomes):6.1%} {adds:5} {adds / max(1, len(shown)):6.1%} {worsens:5} "
        f"{exact:5} {exact / max(1, len(wanted)):6.1%} {of_shown:6.1%}"
    )


def _line(text: str, offset: int) -> str:
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1 : len(text) if end < 0 else end]


def _compiles(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<judged>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
