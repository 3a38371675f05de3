"""Waits for what is known of a document, for as long as the document itself stays as it is.

New settings, or a save, drop what was being worked out: somebody who asked a moment before would
hear that the document changed, though it did not, and a menu would stay empty.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from lastmile.errors import StaleError
from lastmile.lsp.documents import Document, Documents

T = TypeVar("T")


async def steady(documents: Documents, document: Document, ask: Callable[[Document], Awaitable[T]]) -> T:
    """Ask, and ask again where the answer was dropped and the text is still the same.

    Raises `StaleError` where the document changed, was closed or was opened anew.
    """
    edition = document.edition
    while True:
        try:
            return await ask(document)
        except StaleError:
            if documents.find(document.uri) is not document or document.edition != edition:
                raise
