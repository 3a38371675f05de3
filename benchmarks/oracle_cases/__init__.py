"""Right and subtly wrong drafts for each kind of task: what the oracles are measured and tested on.

Each module holds the subjects of one kind, or some of them. A draft is what takes the place of the
subject's slot, or pairs of texts of which the first, which stands there once, gives way to the second.
What takes the place of nothing is added at the end.
"""

from __future__ import annotations

from attrs import frozen

from lastmile.text.edits import Span

Draft = str | tuple[tuple[str, str], ...]


@frozen
class Subject:
    """A document, what is asked of it, and drafts."""

    kind: str
    text: str
    """What is selected stands between « and »."""

    symbol: str = ""
    slot: str = ""
    right: tuple[Draft, ...] = ()
    wrong: tuple[Draft, ...] = ()
    """Wrong, and seen to be without running anything."""

    unseen: tuple[Draft, ...] = ()
    """Wrong in what they do: only tests, examples or calls can tell."""

    tests: str = ""
    """A test module; the document is ``mod``."""

    name: str = "mod.py"
    """The document's file."""

    files: tuple[tuple[str, str], ...] = ()
    """Further files of the project: the name and the text of each."""

    asked: str = ""
    """The instruction, for the kind that takes one."""

    @property
    def plain(self) -> str:
        """The document without marks."""
        return self.text.replace("«", "").replace("»", "")

    @property
    def selection(self) -> Span:
        """What stands between the marks; the whole document without them."""
        start, end = self.text.find("«"), self.text.find("»")
        return Span(0, len(self.text)) if start < 0 else Span(start, end - 1)

    def after(self, draft: Draft) -> str:
        """Put a draft in."""
        text = self.plain
        for old, new in ((self.slot, draft),) if isinstance(draft, str) else draft:
            assert not old or text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {text!r}"
            text = text.replace(old, new) if old else text + new
        return text
