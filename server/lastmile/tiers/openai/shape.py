"""What a reply can be held to by a grammar: JSON, where it is a whole document. For our own host, which knows how.

The reply then is the document and nothing around it, which `replies` reads as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lastmile.cascade.task import Task

_COMMENT = re.compile(r"(?:^|\s)//|/\*")
"""What may be a comment; a text in quotes may look so too, and then nothing is held."""

_TABLE = "{"
"""What the grammar begins with: it knows no document that is a list or a single value."""


def shape(task: Task) -> Mapping[str, object]:
    """Give what a request says of it; nothing where any text may come."""
    text = task.snapshot.text
    whole = task.target.of(text).strip() == text.strip()
    held = task.snapshot.language == "json" and whole and text.lstrip().startswith(_TABLE)
    return {"response_format": {"type": "json_object"}} if held and not _COMMENT.search(text) else {}
