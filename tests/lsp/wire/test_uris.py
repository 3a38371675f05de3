from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.errors import RequestError
from lastmile.lsp.wire import uris


@pytest.mark.parametrize(
    ("uri", "windows", "path"),
    [
        ("file:///home/ann/x.py", False, "/home/ann/x.py"),
        ("file:///home/ann/a%20b/%C3%A9%F0%9D%92%B3.py", False, "/home/ann/a b/é𝒳.py"),
        ("file:///home/ann/a b/é.py", False, "/home/ann/a b/é.py"),
        ("FILE:///x.py", False, "/x.py"),
        ("file://localhost/x.py", False, "/x.py"),
        ("file:/x.py", False, "/x.py"),
        ("file:///what?.py#1", False, "/what?.py#1"),
        ("file:///c%3A/Users/Ann/x.py", True, "c:/Users/Ann/x.py"),
        ("file:///C:/x.py", True, "c:/x.py"),
        ("file:///C:/x.py", False, "/C:/x.py"),
        ("file://server/share/x.py", True, "//server/share/x.py"),
        ("untitled:Untitled-1", False, None),
        ("git:/home/ann/x.py?%7B%7D", False, None),
        ("vscode-notebook-cell:/home/ann/n.ipynb#W0sZmlsZQ%3D%3D", False, "/home/ann/n.ipynb.py"),
        ("vscode-notebook-cell:Untitled-1.ipynb#W0", False, None),
        ("vscode-notebook-cell:/c%3A/n.ipynb#W0", True, "c:/n.ipynb.py"),
    ],
)
def test_a_uri_has_a_path_or_none(uri: str, windows: bool, path: str | None) -> None:  # noqa: FBT001 - a table's column
    assert uris.to_path(uri, windows=windows) == (None if path is None else Path(path))


@pytest.mark.parametrize("uri", ["", "x.py", "/home/ann/x.py", "file:", "file://[x/y.py", "file:///a%00b", ":x", "1:x"])
@pytest.mark.parametrize("function", [uris.key, uris.to_path, uris.check])
def test_what_is_no_uri_is_refused_with_a_message(uri: str, function: object) -> None:
    with pytest.raises(RequestError, match="Not a document's URI"):
        function(uri)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:///C%3A/a%20b.py", "file:///c:/a b.py"),
        ("file:/c:/x.py", "file:///C:/x.py"),
        ("untitled:a%20b", "untitled:a b"),
    ],
)
def test_spellings_of_one_document_have_one_key(one: str, other: str) -> None:
    assert uris.key(one) == uris.key(other)


def test_documents_that_differ_have_keys_that_differ() -> None:
    names = ["file:///x.py", "file:///X.py", "untitled:x.py", "file:///a%2520b", "file:///a%20b"]
    assert len({uris.key(name) for name in names}) == len(names)


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1))
def test_a_path_comes_back_from_its_uri(name: str) -> None:
    path = Path("/some where") / name
    assert uris.to_path(uris.from_path(path)) == path


def test_paths_of_windows_become_uris_as_editors_spell_them() -> None:
    assert uris.from_path(Path("//server/a b.py")) == "file://server/a%20b.py"
    assert uris.from_place("C:/a b.py") == "file:///c%3A/a%20b.py"
