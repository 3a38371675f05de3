r"""Text that others wrote, made safe to show on a terminal.

Control characters move the cursor, change colours and titles, and bidirectional marks show code in
another order than it has. They are written as escapes: ``\x1b``. Tabs and line feeds stay.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def visible(text: str) -> str:
    """Write what a terminal would obey, and not show, as escapes."""
    return _UNSEEN.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
