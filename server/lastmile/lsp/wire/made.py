"""Edits on their way to the client. How they came about, and whether they arrive, is known elsewhere."""

from __future__ import annotations

from attrs import frozen
from lsprotocol import types


@frozen
class Made:
    """An edit that was made ahead."""

    task: str
    edit: types.WorkspaceEdit
    inside: bool = False
    """Whether an entry of the menu brings it along; otherwise the entry is resolved, and the edit looked at again."""


@frozen
class Done:
    """An accepted edit, ready for the client."""

    title: str
    edit: types.WorkspaceEdit
    task: str
    """The task's id."""

    uri: str
    """The document that it changes."""

    ahead: bool = False
    """Whether it was made before anybody asked, so that it does not count before it is applied."""
