"""A key that is equal for drafts that differ in layout alone: what agreement compares.

For Python it is made of the syntax tree, so quotes, blank lines and brackets do not count, and
comments do not either. Other languages compare by their lines, trailing blanks left out.
"""

from __future__ import annotations

import ast
from hashlib import sha256

from lastmile.text.parsing import tree


def normal_form(text: str, *, language: str) -> str:
    """Give the key of a text; one that does not parse is compared by its lines."""
    return sha256(_essence(text, language).encode("utf-8", "surrogatepass")).hexdigest()


def _essence(text: str, language: str) -> str:
    parsed = tree(text) if language == "python" else None
    if parsed is not None:
        try:
            return ast.dump(parsed)
        except RecursionError:
            pass
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
