"""When drafts that are written differently are one answer, as values; nothing here compares any."""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Alike(Enum):
    """When two samples of a task say the same."""

    TEXT = "text"
    """They differ in layout alone: what they are, not what they do, was asked for."""

    CHANGE = "change"
    """They do the same, and not what the text did before, which is what was to change."""

    DEED = "deed"
    """They do the same, be it what the text did before: how it is written is for the checks to judge."""


@frozen
class Compared:
    """What running samples on the same inputs told."""

    groups: tuple[tuple[int, ...], ...] = ()
    """The places of samples that do the same, likeliest group first; empty where they could not be compared."""

    question: str = ""
    """An input on which the likeliest groups differ, as a question; empty where one is clearly likelier."""

    note: str = ""
    """What the receipt says of it: ``3 drafts pass, in 2 groups by 60 inputs``."""
