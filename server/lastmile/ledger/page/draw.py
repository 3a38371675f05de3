"""Sets a review into the template: one HTML document, complete in itself.

The template escapes all that it is given. The page may load nothing and run nothing, and says so to
the browser; of styles it allows its own, by their hash.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from lastmile import __version__
from lastmile.ledger.page.course import HEIGHT, WIDTH
from lastmile.ledger.page.view import view
from lastmile.ledger.review import Review


def draw(review: Review) -> str:
    """Draw the page; takes some tens of milliseconds, most of them for reading the template."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - only who draws a page needs it

    room = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    style = _file("style.css")
    return room.from_string(_file("page.html.jinja")).render(
        page=view(review),
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{_hash(style)}'; base-uri 'none'; form-action 'none'",
        width=WIDTH,
        height=HEIGHT,
        version=__version__,
    )


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()
