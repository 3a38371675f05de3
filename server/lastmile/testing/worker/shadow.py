"""A copy of the project with the candidate texts in it, where they cannot be laid over the real files.

Slower, and seen: tests run at other paths. What is not source (`.git`, virtual environments) stays out.
Where the project is installed from its own folder, `lastmile_inside.moved` has the copy loaded instead.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from lastmile.sandbox.values import MIB
from lastmile.testing.worker.scratch import encoded

_LEFT_OUT = (".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", "*_cache")
_LARGEST = 500 * MIB


@frozen
class Shadow:
    """A copied tree."""

    root: Path
    """The copy of the root folder."""

    original: Path
    texts: tuple[Path, ...]

    @property
    def paths(self) -> dict[str, str]:
        """The real path of each candidate, by that of its copy."""
        return {str(self.place(path)): str(path) for path in self.texts}

    def place(self, path: Path) -> Path:
        """Give a file's place in the copy; a file outside of the project stays where it is."""
        return self.root / path.relative_to(self.original) if path.is_relative_to(self.original) else path

    def remove(self) -> None:
        """Take the copy away."""
        shutil.rmtree(self.root.parent, ignore_errors=True)


def copy(root: Path, texts: Mapping[Path, str]) -> Shadow:
    """Copy the project and write the texts into the copy. Raises OSError where it is too large or the disk full."""
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    if size > _LARGEST:
        message = f"{root} has more than {_LARGEST // MIB} MiB, too much to copy for each run"
        raise OSError(message)
    place = Path(tempfile.mkdtemp(prefix="lastmile-tree-")).resolve()
    shadow = Shadow(place / root.name, root, tuple(texts))
    try:
        shutil.copytree(root, shadow.root, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        for path, text in texts.items():
            _write(shadow, path, text)
    except OSError:
        shadow.remove()
        raise
    return shadow


def _write(shadow: Shadow, path: Path, text: str) -> None:
    copied = shadow.place(path)
    if not copied.is_relative_to(shadow.root):
        message = f"{path} lies outside of the project, and without a sandbox nothing can be laid over it"
        raise OSError(message)
    copied.parent.mkdir(parents=True, exist_ok=True)
    copied.unlink(missing_ok=True)
    copied.write_bytes(encoded(text))
