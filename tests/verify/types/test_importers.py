"""Who imports a file, by ruff's graph of a real folder: nearest first, by way of others, never itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from lastmile.errors import ToolError
from lastmile.testing.selection.graph import Graph
from lastmile.verify.types.importers import GraphImporters, no_importers, shortened

FILES = {
    "pkg/__init__.py": "",
    "pkg/mod.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from pkg import far\n",
    "pkg/near.py": "from pkg.mod import f\n",
    "pkg/far.py": "import pkg.near\n",
    "tests/test_mod.py": "from pkg import mod\n",
    "alone.py": "",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def importers_of(root: Path, name: str, *, at: Path | None = None) -> list[str]:
    found = GraphImporters(root, Graph((at or root).resolve()))
    return [path.relative_to(root).as_posix() for path in found(root / name)]


def test_the_nearest_come_first(folder: Path) -> None:
    assert importers_of(folder, "pkg/mod.py") == ["pkg/near.py", "tests/test_mod.py", "pkg/far.py"]
    assert importers_of(folder, "alone.py") == []
    assert importers_of(folder, "../elsewhere.py") == []


def test_a_folder_behind_a_link_is_named_as_documents_name_it(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert importers_of(link, "pkg/near.py") == ["pkg/far.py", "pkg/mod.py", "tests/test_mod.py"]


def test_what_changed_on_the_disk_is_seen(folder: Path) -> None:
    found = GraphImporters(folder, Graph(folder.resolve()))
    assert found(folder / "alone.py") == []
    (folder / "new.py").write_text("import alone\n")
    assert found(folder / "alone.py") == [folder / "new.py"]


def test_a_broken_ruff_is_a_tool_s_failure(folder: Path) -> None:
    found = GraphImporters(folder, Graph(folder.resolve(), str(folder / "no-ruff")))
    with pytest.raises(ToolError, match="could not be started"):
        found(folder / "alone.py")
    assert shortened(found, folder / "alone.py")[1].startswith("the files that import it were not looked at: ")
    assert shortened(no_importers, folder) == ([], "")
