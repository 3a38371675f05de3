"""Whether a place is worth a question at all, by its text alone."""

from __future__ import annotations

import re

from lastmile.complete.window import Window
from lastmile.config.completing import Completing

_PROSE = frozenset({"plaintext", "markdown", "csv", "tsv", "gitcommit", "git-commit", "diff", "log", "rst", "latex"})
"""Languages in which a model of code has little to say; a person may name them all the same."""

_MOST_REST = 8
"""Characters after the cursor on its line, closers aside, beyond which one edits and does not write (llama.vim)."""

_LEAST = 4
"""Characters of a document, blanks aside, from which on there is anything to go on."""

_CLOSING = re.compile(r"[^\w]*")


def allows(settings: Completing, language: str) -> bool:
    """Tell whether there are completions in a language."""
    if not settings.enabled:
        return False
    return language in settings.languages if settings.languages else language not in _PROSE


def is_worth(window: Window) -> bool:
    """Tell whether a completion may be wanted while the person types; one that they ask for always is."""
    rest = window.rest
    if rest[:1].isalnum() or rest[:1] == "_":
        return False
    if len(rest.strip()) > _MOST_REST and _CLOSING.fullmatch(rest) is None:
        return False
    return len((window.before + window.after).strip()) >= _LEAST
