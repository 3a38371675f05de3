"""Puts the page of the bill where ``lastmile bill --html`` says. What is on it, `ledger.page` says."""

from __future__ import annotations

from pathlib import Path

import click

from lastmile.errors import RequestError
from lastmile.files import put
from lastmile.ledger.page.draw import draw
from lastmile.ledger.review import Review

_STANDARD_OUTPUT = "-"


def write_page(review: Review, where: str) -> None:
    """Write the page into a file, or to standard output.

    Raises `RequestError`, which says what to do, where the file cannot be written.
    """
    page = draw(review)
    if where == _STANDARD_OUTPUT:
        # The page says of itself that it is UTF-8, whatever the terminal is.
        click.echo(page.encode("utf-8", "replace"), nl=False)
        return
    path = Path(where)
    try:
        put(path, page)
    except RequestError as error:
        message = f"{error} Name a file in a folder that you may write into, or `-` for standard output."
        raise RequestError(message) from error
    click.echo(f"The bill is in {path}.")
