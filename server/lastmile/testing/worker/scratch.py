"""The files that a run is given: the candidate texts, and what is wanted of it.

Each run has a folder of its own, gone when the run is over.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import shutil
import tempfile
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from attrs import define, field, frozen

from lastmile.testing.values import Wanted

_EPOCH = 1_000_000_000


@frozen
class Given:
    """A run's files."""

    folder: Path
    wanted: str
    """What is wanted, as a path that the worker sees."""

    nonce: str


@define
class Scratch:
    """The folder of a worker. Raises OSError where the disk is full."""

    folder: Path = field(factory=lambda: Path(tempfile.mkdtemp(prefix="lastmile-tests-")).resolve())
    seen: Path = field(default=Path("/run/lastmile"))
    """Where the worker sees what is given; beside it lies what it is not to see."""

    _numbers: Iterator[int] = field(factory=lambda: count(1), init=False)
    """Runs are added from several threads at once."""

    def __attrs_post_init__(self) -> None:
        for name in ("given", "given/tmp", "given/home"):
            (self.folder / name).mkdir()

    @property
    def given(self) -> Path:
        """The folder that the worker sees."""
        return self.folder / "given"

    def add(
        self, wanted: Wanted, root: Path, texts: Mapping[Path, str], more: Mapping[str, Sequence[str]]
    ) -> tuple[int, Given]:
        """Write a run's files; texts lie over the real files."""
        run = next(self._numbers)
        folder = self.given / str(run)
        folder.mkdir(mode=0o700)
        pairs = [self._text(folder, number, path, text) for number, (path, text) in enumerate(texts.items())]
        nonce = secrets.token_hex(16)
        said = {
            "nonce": nonce,
            "root": str(root),
            "tests": wanted.tests,
            "texts": pairs,
            "seconds": wanted.seconds,
            "trace": [str(path) for path in wanted.trace],
            "loading": wanted.loading,
            "first_failure": wanted.first_failure,
            "forgiven": wanted.forgiven,
            "shuffle": wanted.shuffle,
            "each": wanted.each,
            **more,
        }
        (folder / "wanted.json").write_text(json.dumps(said), "utf-8")
        return run, Given(folder, str(self._seen(folder / "wanted.json")), nonce)

    def forget(self, given: Given) -> None:
        """Take a run's files away."""
        shutil.rmtree(given.folder, ignore_errors=True)

    def remove(self) -> None:
        """Take everything away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _text(self, folder: Path, number: int, path: Path, text: str) -> tuple[str, str]:
        file = folder / f"text-{number}"
        file.write_bytes(data := encoded(text))
        os.utime(file, (stamp := _stamp(data), stamp))
        return str(self._seen(file)), str(path)

    def _seen(self, path: Path) -> Path:
        return self.seen / path.relative_to(self.given)


def encoded(text: str) -> bytes:
    """Give the bytes that the text stands for: in UTF-8, or as the source itself says."""
    data = text.encode("utf-8", "surrogateescape")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data if encoding.startswith("utf-8") else text.encode(encoding)
    except (SyntaxError, UnicodeError):
        return data


def _stamp(data: bytes) -> int:
    """Give a time of change that goes with the content.

    Python takes compiled code for that of a file with the same time and size, so a candidate of the
    same length, written in the second in which the real file was, would not be run.
    """
    return _EPOCH - int.from_bytes(hashlib.sha256(data).digest()[:3], "big")
