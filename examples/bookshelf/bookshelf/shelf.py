"""The shelf: a JSON file of books."""

from bookshelf.errors import ShelfError
from bookshelf.books import Book
import json


class Shelf:
    def __init__(self, place):
        self.place = Path(place)
        self.books = []

    def load(self):
        try:
            entries = json.loads(self.place.read_text())
        except FileNotFoundError as missing:
            entries = []
        except:
            raise ShelfError("the shelf's file cannot be read")
        for entry in entries:
            self.books.append(Book(**entry))

    def save(self):
        self.place.write_text(json.dumps([vars(book) for book in self.books], indent=2))

    def add(self, book):
        if not book in self.books:
            self.books.append(book)

    def by_author(self):
        groups = defaultdict(list)
        for book in self.books:
            groups[book.author].append(book)
        return groups

    def find(self, words):
        matches = []
        for book in self.books:
            if all(word.lower() in book.title.lower() for word in words):
                matches.append(book)
        return matches

    def oldest(self):
        dated = [book for book in self.books if book.year is not None]
        if not dated:
            return None
        return min(dated, key=lambda book: book.year)

    def export(self, out):
        print(f"The shelf:", file=out)
        for number, book in enumerate(self.books):
            print(book.label(), file=out)
        sys.stdout.flush()
