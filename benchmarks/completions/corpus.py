"""What the tiny model learns from: the standard library's source, cut as completing cuts a document.

A sample is a place in a file, what stands before and after it, and what belongs there. Modules that
are held back are never read for one.
"""

from __future__ import annotations

import random
import re
import sysconfig
from pathlib import Path

from attrs import frozen

HELD_OUT = frozenset(
    (
        *("argparse", "bisect", "calendar", "configparser", "csv", "difflib", "fractions", "gettext", "graphlib"),
        *("heapq", "html", "json", "logging", "mailbox", "plistlib", "sched", "shelve", "shlex", "statistics"),
        *("string", "textwrap", "timeit", "tomllib", "urllib", "zipapp", "zipfile"),
    )
)
"""Modules and packages of the standard library that the model has never seen."""

_LEFT_OUT = frozenset(
    ("encodings", "ensurepip", "idle_test", "pydoc_data", "site-packages", "test", "tests", "__pycache__", "msilib")
)
"""Tables, tests, and what is not the standard library's."""

_LONGEST_LINES = 12
"""Lines of a block that are to be filled in, at the most."""

_LEAST_TEXT = 400
"""Characters of a file that is worth a sample."""

_WORD = re.compile(r"\w+|[^\w\s]|\s+")
_CLOSERS = re.compile(r"[)\]}:,]+$")


@frozen
class Source:
    """A file."""

    name: str
    """Its path in the library."""

    text: str


@frozen
class Sample:
    """A gap in a file, and what belongs there."""

    name: str
    before: str
    middle: str
    after: str


def library() -> Path:
    """Give the folder of the running interpreter's standard library."""
    return Path(sysconfig.get_paths()["stdlib"])


def learnt() -> list[Source]:
    """Give the files that are learnt from."""
    return [each for each in _sources() if _top(each.name) not in HELD_OUT]


def held_out() -> list[Source]:
    """Give the files that are not."""
    return [each for each in _sources() if _top(each.name) in HELD_OUT]


def sample(source: Source, chosen: random.Random, *, before: int, after: int) -> Sample | None:
    """Cut a sample with about so many characters around it; None where the place has nothing to fill in."""
    text = source.text
    at = chosen.randrange(len(text))
    start = text.rfind("\n", 0, at) + 1
    end = _line_end(text, start)
    line = text[start:end]
    if not line.strip() or len(line) > 200:
        return None
    gap = _gap(text, start, end, chosen)
    if not text[slice(*gap)].strip():
        return None
    first = text.rfind("\n", 0, max(0, gap[0] - before)) + 1
    last = _line_end(text, min(len(text), gap[1] + after))
    return Sample(Path(source.name).name, text[first : gap[0]], text[slice(*gap)], text[gap[1] : last])


def _sources() -> list[Source]:
    root = library()
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).parts
        if _LEFT_OUT.isdisjoint(parts) and not path.name.startswith("_sysconfigdata"):
            text = path.read_text("utf-8", errors="replace")
            if len(text) >= _LEAST_TEXT and "\ufffd" not in text:
                found.append(Source("/".join(parts), text))
    return found


def _top(name: str) -> str:
    return name.partition("/")[0].removesuffix(".py")


def _gap(text: str, start: int, end: int, chosen: random.Random) -> tuple[int, int]:
    """Choose the gap of a line: its rest, a piece of it, or some lines from there on."""
    cut = _cut(text[start:end], chosen)
    match chosen.choices(("rest", "piece", "lines"), (0.5, 0.15, 0.35))[0]:
        case "rest":
            closing = _CLOSERS.search(text[start + cut : end])
            kept = closing.group() if closing and chosen.random() < 0.4 else ""
            return start + cut, end - len(kept)
        case "piece":
            ends = [start + each.end() for each in _WORD.finditer(text[start:end]) if start + each.end() > start + cut]
            return start + cut, chosen.choice(ends[:12]) if ends else end
        case _:
            # Indentation is left to the model where the line is blank so far: see `Window.fill`.
            return start + chosen.choice((0, 0, cut)), _block_end(text, start, chosen)


def _cut(line: str, chosen: random.Random) -> int:
    """Give the column of the cursor: at the end of a word, inside one, or where the line is to begin."""
    lead = len(line) - len(line.lstrip())
    way = chosen.random()
    if way < 0.15:
        return 0
    if way < 0.4:
        return chosen.randrange(lead, len(line))
    ends = [each.end() for each in _WORD.finditer(line) if lead <= each.end() < len(line)]
    return chosen.choice(ends) if ends else 0


def _block_end(text: str, start: int, chosen: random.Random) -> int:
    """Give the end of some lines: where the block ends, or before."""
    lead = _indentation(text[start : _line_end(text, start)])
    end, at = _line_end(text, start), start
    for _ in range(chosen.randint(1, _LONGEST_LINES)):
        at = _line_end(text, at) + 1
        line = text[at : _line_end(text, at)]
        if at >= len(text) or (line.strip() and _indentation(line) < lead):
            break
        if line.strip():
            end = _line_end(text, at)
    return end


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
