"""Books, as the shelf keeps them."""

import sys
from dataclasses import dataclass, field
from typing import Optional


@dataclass
class Book:
    title: str
    author: str
    year: Optional[int] = None
    tags: list = field(default_factory=lambda: list())

    def label(self):
        if self.year == None:
            return f"{self.title} by {self.author}"
        else:
            return "%s by %s (%d)" % (self.title, self.author, self.year)


def parse_book(line, tags=[]):
    """Read a book from a line such as ``Dune; Frank Herbert; 1965``."""
    parts = [part.strip() for part in line.split(";")]
    try:
        year = int(parts[2]) if len(parts) > 2 else None
    except ValueError:
        raise ShelfError(f"not a year: {parts[2]}")
    return Book(parts[0], parts[1], year, tags)
