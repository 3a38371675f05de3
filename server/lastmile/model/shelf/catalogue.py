"""The short catalogue of models that write code, as values. The figures and their sources stand in ``catalogue.toml``.

What is measured of a model is others' and says so; what it needs is worked out here, and is an estimate.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files

import cattrs
from attrs import frozen

from lastmile.model.shelf.weighing import needed


@frozen
class Entry:
    """A model that can be pulled."""

    name: str
    """What it is called here."""

    title: str
    parameters: float
    """Billions."""

    licence: str
    context: int
    """Tokens that it was trained to look back on."""

    template: str
    """The form of its conversations; the template itself comes with the file."""

    repository: str
    """On the hub."""

    file: str
    revision: str
    bytes: int
    """Of the file."""

    layers: int
    kv_heads: int
    head_size: int
    fim: bool = False
    """Whether its vocabulary has the markers of a gap, without which there are no completions."""

    about: bool = False
    """Whether ``bytes`` is rounded, as the hub shows it."""

    sha256: str = ""
    """The file's; empty where no source says it beforehand."""

    aider: float | None = None
    """Per cent of aider's 133 Python editing tasks solved at the second try; None where nobody measured it."""

    edit_bench: float | None = None
    """Per cent of EDIT-Bench's 540 edits solved; None as above."""

    def needs(self, cells: int) -> int:
        """Estimate the memory, in bytes, that it takes with so many tokens held."""
        return needed(self.bytes, cells, self.layers * self.kv_heads * self.head_size)

    @property
    def url(self) -> str:
        """Where a person finds the file with a browser."""
        return f"https://huggingface.co/{self.repository}/blob/{self.revision}/{self.file}"

    @property
    def download(self) -> str:
        """Where the file itself is had; the other is a page about it."""
        return f"https://huggingface.co/{self.repository}/resolve/{self.revision}/{self.file}"


def catalogue() -> tuple[Entry, ...]:
    """Give the models, the best last."""
    text = files(__package__).joinpath("catalogue.toml").read_text("utf-8")
    return cattrs.structure(tomllib.loads(text)["models"], tuple[Entry, ...])
