"""The ids of tasks."""

from __future__ import annotations

from uuid import uuid4


def new_id() -> str:
    """Make an id that no other process makes; it carries no information."""
    return uuid4().hex
