"""Parses Python without a word: no warning is printed, and what does not parse gives nothing.

Like everything that parses, this runs in the worker process.
"""

from __future__ import annotations

import ast
import warnings


def tree(text: str) -> ast.Module | None:
    """Give the syntax tree; None where the text does not parse, for whatever reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
