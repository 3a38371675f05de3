"""Reads an HTML page as a browser would take it apart: its elements, its text, its tables."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_EMPTY = {"meta", "line", "rect", "polyline", "polygon"}


class Page(HTMLParser):
    """One page, read when it is made."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        """Element, name, value."""

        self.style = ""
        self.texts: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        """By heading; a row is its cells, and what stands beneath it is a last row of one cell."""

        self._heading = ""
        self.feed(html)
        self.close()
        assert self.open == []

    @property
    def text(self) -> str:
        """What a person reads, blanks run together."""
        return " ".join("".join(self.texts).split())

    def row(self, heading: str, name: str) -> list[str]:
        """Give the cells beside a name."""
        return next(row[1:] for row in self.tables[heading] if row[0] == name)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ANN401 - the parser's own
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _EMPTY:
            self.open.append(tag)
        if tag in {"h2", "summary"}:
            self._heading = ""
        elif tag == "tr":
            self.tables.setdefault(self._heading, []).append([])
        elif tag in {"td", "th"}:
            self.tables[self._heading][-1].append("")
        self.texts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            self.style += data
            return
        self.texts.append(data)
        if self.open and self.open[-1] in {"h2", "summary"}:
            self._heading += data
        elif "td" in self.open or "th" in self.open:
            row = self.tables[self._heading][-1]
            row[-1] = " ".join(f"{row[-1]} {data}".split())
