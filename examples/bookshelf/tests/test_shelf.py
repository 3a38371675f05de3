from bookshelf import Book, Shelf
from bookshelf.books import parse_book


def test_a_line_becomes_a_book():
    assert parse_book("Dune; Frank Herbert; 1965") == Book("Dune", "Frank Herbert", 1965)


def test_a_book_without_a_year_says_so_by_silence():
    assert Book("Emma", "Jane Austen").label() == "Emma by Jane Austen"
