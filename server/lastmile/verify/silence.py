"""Finds what a draft silences: a comment that hides a finding is no answer to it.

Only what a text has more of than before counts, so that comments may move, shrink and go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lastmile.cascade.verdict import Finding
from lastmile.text.suppressions import suppressions


def silenced(old: str, new: str) -> Iterator[Finding]:
    """List the comments of the new text that silence what the old text did not."""
    known = Counter(item for comment in suppressions(old) for item in comment.silenced)
    for comment in suppressions(new):
        fresh = [item for item in comment.silenced if known[item] <= 0]
        known.subtract(comment.silenced)
        if fresh:
            yield Finding(
                "scope",
                f"The draft silences {fresh[0].code or 'a tool'} instead of mending what it finds.",
                line=comment.line,
                evidence=comment.text,
            )
