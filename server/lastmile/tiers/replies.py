"""Reads what a model answered as edits, or says in a sentence why it cannot be read.

Tolerant of fences, chatter and shifted indentation, never of ambiguity: where two readings are
possible there is none. Nothing here raises, whatever the reply holds, and nothing judges whether
the edits are any good. Time is linear in the reply and the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from lastmile.cascade.draft import Edit, Replace
from lastmile.cascade.task import Task
from lastmile.text.edits import Replacement
from lastmile.tiers.fence import plain_newlines
from lastmile.tiers.fitting import fit_target
from lastmile.tiers.markdown import Block, Fenced, UnreadableError, edit_blocks, fenced_blocks, unfenced
from lastmile.tiers.paths import foreign_path
from lastmile.tiers.placing import Places, place
from lastmile.tiers.prompt import Style

MOST_LINES = 400
"""Lines that any reply may have; a longer target allows `GROWTH` times its own."""

MOST_CHARACTERS = 40_000
MOST_BLOCKS = 100
GROWTH = 8
_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"[@\w]+|[^\s\w]")


def read(reply: str, task: Task, *, style: Style) -> tuple[tuple[Edit, ...], str]:
    """Give the edits and no defect, or no edits and the defect.

    A whole reply becomes one `Replace` of the target. An edit block becomes a `Replace` where the
    lines it quotes stand once in the document, and goes through as `SearchReplace` otherwise. An
    edit that names another file carries its path, for the scope check to refuse.
    """
    try:
        return _read(reply, task, style), ""
    except UnreadableError as defect:
        return (), str(defect)


def _read(reply: str, task: Task, style: Style) -> tuple[Edit, ...]:
    text = _spoken(plain_newlines(reply), task)
    lines = text.split("\n")
    _check_size(lines, len(text), task)
    if _SURROGATE.search(text):
        message = "The reply holds characters that no file can hold."
        raise UnreadableError(message)
    blocks = edit_blocks(lines)
    if len(blocks) > MOST_BLOCKS:
        message = f"The reply holds {len(blocks)} edit blocks, more than {MOST_BLOCKS}."
        raise UnreadableError(message)
    if blocks:
        return _blocks(blocks, task)
    if style is Style.BLOCKS:
        message = "The reply holds no SEARCH/REPLACE block."
        raise UnreadableError(message)
    return (_whole(lines, task),)


def _spoken(text: str, task: Task) -> str:
    """Take off a reasoning model's thoughts, and refuse a reply that is nothing."""
    stripped = text.strip()
    if _THOUGHT_END in stripped and _THOUGHT_END not in task.snapshot.text:
        stripped = stripped.rpartition(_THOUGHT_END)[2]
        text = stripped
    if stripped.startswith(_THOUGHT):
        message = "The reply ends inside its own reasoning: it was cut off."
        raise UnreadableError(message)
    if not stripped.strip():
        message = "The reply is empty."
        raise UnreadableError(message)
    return text


def _check_size(lines: Sequence[str], characters: int, task: Task) -> None:
    old = task.target.of(task.snapshot.text)
    if len(lines) > max(MOST_LINES, GROWTH * (old.count("\n") + 1)):
        message = f"The reply has {len(lines)} lines, far more than the target calls for."
        raise UnreadableError(message)
    if characters > max(MOST_CHARACTERS, GROWTH * len(old)):
        message = f"The reply has {characters} characters, far more than the target calls for."
        raise UnreadableError(message)


def _whole(lines: Sequence[str], task: Task) -> Edit:
    blocks = fenced_blocks(lines)
    bodies = {"\n".join(block.lines).strip("\n").rstrip(): block for block in blocks}
    if len(bodies) > 1:
        message = "The reply holds several different code blocks; which one is meant cannot be told."
        raise UnreadableError(message)
    body = blocks[0].lines if blocks else _bare(lines, task)
    if not any(line.strip() for line in body):
        message = "The reply's code block is empty."
        raise UnreadableError(message)
    text = fit_target(body, task)
    return Replace(Replacement(task.target, text), foreign_path(_headers(blocks), task.snapshot))


def _headers(blocks: Iterable[Fenced]) -> Iterable[str]:
    return [line for block in blocks for line in block.header]


def _bare(lines: Sequence[str], task: Task) -> Sequence[str]:
    """Take a reply without a fence for code where it begins as the target does, with the same word."""
    mine = _WORD.match("\n".join(lines).lstrip())
    theirs = _WORD.match(task.target.of(task.snapshot.text).lstrip())
    if mine is None or theirs is None or mine[0] != theirs[0]:
        message = "The reply holds no code block."
        raise UnreadableError(message)
    return lines


def _blocks(blocks: Iterable[Block], task: Task) -> tuple[Edit, ...]:
    places = Places(task)
    return tuple(_edit(block, places) for block in blocks)


def _edit(block: Block, places: Places) -> Edit:
    search, text = _halves(block, places)
    path = foreign_path(block.header, places.task.snapshot)
    blank = not places.task.snapshot.text.strip()
    if blank and not path and not "".join(search).strip() and any(line.strip() for line in text):
        return Replace(Replacement(places.task.target, fit_target(text, places.task)))
    return place(search, text, places, path=path)


def _halves(block: Block, places: Places) -> tuple[Sequence[str], Sequence[str]]:
    """Split a block; where several lines could be the divider, by which first half stands in the document."""
    halves = [block.split(at) for at in block.dividers]
    if len(halves) > 1:
        halves = [half for half in halves if half[0] and len(places.exact(half[0])) == 1]
    if len(halves) != 1:
        message = "An edit block has several ======= lines and its halves cannot be told apart."
        raise UnreadableError(message)
    search, text = halves[0]
    bare = unfenced(search)
    return (bare, unfenced(text)) if bare is not search and not places.exact(search) else (search, text)
