"""Keeps a reading list in a JSON file."""

from bookshelf.books import Book
from bookshelf.shelf import Shelf

__all__ = ["Book", "Shelf"]
