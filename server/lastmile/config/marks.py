"""What a field of the tree says beside its type: what a value must be, and what a project may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

Metadata = Mapping[str, Any]

USER: Metadata = {"from_project": "never"}
"""Ignored in a project: it names a program or a place to send text to, moves money, or loosens consent."""

TIGHTEN: Metadata = {"from_project": "tighten"}
"""In a project a number may only become lower, a list only longer, and `Paid` only go towards never."""

ONLY_ON: Metadata = {"from_project": "tighten", "strict": True}
"""In a project it may be switched on and never off."""

ONLY_OFF: Metadata = {"from_project": "tighten", "strict": False}
"""In a project it may be switched off and never on."""


class Form(Enum):
    """What a text or a list must be, in the words that messages and tables use."""

    URL = "an address that begins with http:// or https://, without a password or a query"
    VARIABLE = "the name of an environment variable"
    PROGRAM = "the full path of a program"
    FILE = "the full path of a file; `~` is your home"
    TIER = "the name of a tier of the ladder"
    LADDER = "a list of one or more names of tiers, each once"
    MODELS = (
        "a list of models, each once: the full path of a file, or the name of one in the folder of `model.path`; "
        "one alone may be a text"
    )
    TTL = "5m or 1h"
    COMMANDS = "a list of tables, each with `run`, and with `kinds`, `files` and `timeout` where they are wanted"
    SCHEMAS = "a table of globs or addresses, each with the path of a JSON Schema"


def form(form: Form) -> Metadata:
    """Mark what a text or a list must be."""
    return {"form": form}


def within(least: float, most: float) -> Metadata:
    """Mark the range of a number, both ends included."""
    return {"least": least, "most": most}


SECONDS = within(0.1, 3600)
