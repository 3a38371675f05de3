"""Reads a document by its language, and says where it does not parse as a diagnostic of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lastmile.documents.jsons import read_json, read_jsonc
from lastmile.documents.mending import mended
from lastmile.documents.tomls import read_toml
from lastmile.documents.values import Reading
from lastmile.documents.yamls import read_yaml
from lastmile.text.diagnostic import SOURCE, SYNTAX, Diagnostic, Severity
from lastmile.text.edits import Span

_READERS: Mapping[str, Callable[[str], Reading]] = MappingProxyType(
    {"json": read_json, "jsonc": read_jsonc, "toml": read_toml, "yaml": read_yaml}
)


def read(text: str, language: str) -> Reading:
    """Read a document of one of the `LANGUAGES`."""
    return _READERS[language](text)


def problems(text: str, language: str) -> tuple[Diagnostic, ...]:
    """List why the document does not parse: one diagnostic, with a fix where that is sure."""
    trouble = read(text, language).trouble
    if trouble is None:
        return ()
    fix = mended(text, trouble, _READERS[language]) if language in {"json", "jsonc"} else None
    end = min(trouble.at + 1, len(text))
    span = Span(min(trouble.at, end), end)
    return (Diagnostic(SOURCE, SYNTAX, trouble.message, span, Severity.ERROR, fix=fix),)
