r"""Fits the lines of a reply to the document: its indentation and its line ends.

Models answer with ``\n`` and sometimes shift a whole piece to the left or the right. A shift that
is the same for every line is undone; anything else stays as it came, for the checks to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lastmile.cascade.task import Task
from lastmile.tiers.fence import plain_newlines

_INDENT = " \t"
_STEP = 4
_OPENERS = (":", "(", "[", "{")


def indentation(line: str) -> str:
    """Give the blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip(_INDENT))]


def newline_of(text: str, start: int = 0) -> str:
    r"""Give the line end that the text uses from ``start`` on, or at all; ``\n`` where it has none."""
    at = text.find("\n", start)
    if at < 0 and start:
        return newline_of(text)
    if at < 0:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def fit_target(lines: Sequence[str], task: Task) -> str:
    """Write the new text of the target as it has to stand in the document.

    ``lines`` hold at least one that is not blank. The target's own blank lines at both ends and its
    final line end stay; the first line loses the indentation that stands before the target already.
    """
    text, target = task.snapshot.text, task.target
    old, before = target.of(text), _before(task)
    newline = newline_of(text, target.start)
    body = _trimmed(lines)
    if before is None:
        return newline.join([body[0].lstrip(_INDENT), *body[1:]])
    core = old.strip("\r\n")
    lead = old[: old.index(core)] if core else ""
    tail = old[len(lead) + len(core) :] if core else _tail_of_blank(task, before)
    base = ("" if lead else before) + indentation(core)
    body = shift(body, base, like=core)
    first = body[0] if lead else body[0].removeprefix(before)
    return lead + newline.join([first, *body[1:]]) + tail


def shift(lines: Sequence[str], base: str, *, like: str) -> list[str]:
    """Move the lines so that the first begins with ``base``.

    ``like`` is the old text. Lines of it that stand left of ``base`` (in a string, most often) are
    recognised and stay where they are, and it shows which of two readings of a first line without
    indentation is right: that all lines lost it, or the first alone.
    """
    got = indentation(lines[0])
    if got == base:
        return list(lines)
    old = plain_newlines(like).split("\n")[1:]
    fixed = {line for line in old if line.strip() and not line.startswith(base)}
    rest, like_rest = (_shallowest(line for line in some if line not in fixed) for some in (lines[1:], old))
    if base.startswith(got) and rest is not None and _first_alone(lines[0], rest, like_rest, base=base):
        return [base + lines[0][len(got) :], *lines[1:]]
    return [line if line in fixed else _moved(line, got, base) for line in lines]


def _moved(line: str, got: str, base: str) -> str:
    if not line.strip():
        return line.strip(_INDENT)
    return base + line[len(got) :] if line.startswith(got) else line


def _first_alone(first: str, rest: int, old_rest: int | None, *, base: str) -> bool:
    """Tell whether only the first line lost its indentation, by the depth that the others should have."""
    if old_rest is None:
        old_rest = len(base) + (_STEP if first.rstrip().endswith(_OPENERS) else 0)
    lost = len(base) - len(indentation(first))
    return abs(rest - old_rest) < abs(rest - (old_rest - lost))


def _shallowest(lines: Iterable[str]) -> int | None:
    return min((len(indentation(line)) for line in lines if line.strip()), default=None)


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Drop blank lines at both ends; one line at least is not blank."""
    first = next(at for at, line in enumerate(lines) if line.strip())
    last = next(at for at in range(len(lines) - 1, -1, -1) if lines[at].strip())
    return list(lines[first : last + 1])


def _before(task: Task) -> str | None:
    """Give the blanks before the target on its line; None where something else stands there."""
    index = task.snapshot.lines
    before = task.snapshot.text[index.start(index.line_at(task.target.start)) : task.target.start]
    return before if not before.strip(_INDENT) else None


def _tail_of_blank(task: Task, before: str) -> str:
    """Give what has to follow text that is put where there was none."""
    text, target = task.snapshot.text, task.target
    if len(target):
        old = target.of(text)
        return old[len(old.rstrip("\r\n")) :]
    alone = before or text[target.end : target.end + 1] in {"\n", "\r"}
    return "" if alone else newline_of(text, target.start)
