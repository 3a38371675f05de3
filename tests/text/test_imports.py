from __future__ import annotations

import pytest
from hypothesis import given
from tests.support.source import PYTHON_PIECES, marked, texts

from lastmile.text.edits import Span
from lastmile.text.imports import import_spans


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = 1\n", id="none"),
        pytest.param("", id="empty"),
        pytest.param("«import a»\n«from b import (\n    c,\n    d as e,\n)»\nx = 1\n", id="plain"),
        pytest.param("«from __future__ import annotations»; «import a»\n", id="future, and two on a line"),
        pytest.param("s = '😀'\n«from é import ñ»\n", id="wide characters"),
        pytest.param("\ufeff«import a»\r\n«import b»\r\n", id="byte order mark, crlf"),
        pytest.param("«import a»\r«import b»\r", id="cr"),
        pytest.param("if x:\n    «import a»\nelif y:\n    «import b»\nelse:\n    «import c»\n", id="if"),
        pytest.param(
            "try:\n    «import a»\nexcept E:\n    «import b»\nelse:\n    «import c»\nfinally:\n    «import d»\n",
            id="try",
        ),
        pytest.param("try:\n    «import a»\nexcept* E:\n    «import b»\n", id="groups"),
        pytest.param("with suppress(E):\n    «import a»\n", id="with"),
        pytest.param("match x:\n    case 1:\n        «import a»\n", id="match"),
        pytest.param("for x in y:\n    «import a»\nwhile z:\n    «import b»\n", id="loops"),
        pytest.param(
            "def f():\n    import a\nclass A:\n    import b\n@d\ndef g(): import c\n", id="not in definitions"
        ),
    ],
)
def test_import_spans(source: str) -> None:
    text, spans = marked(source)
    assert list(import_spans(text)) == spans


@given(texts((*PYTHON_PIECES, "import a", "from x import y"), most=40))
def test_nothing_that_is_typed_raises(text: str) -> None:
    spans = import_spans(text)
    assert list(spans) == sorted(spans)
    assert all(Span(0, len(text)).contains(span) for span in spans)
