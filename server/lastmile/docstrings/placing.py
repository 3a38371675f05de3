"""Where a docstring may come in the text, and which symbol a cursor asks about.

These run on the event loop: they look at spans that are known, and parse nothing.
"""

from __future__ import annotations

from attrs import evolve

from lastmile.docstrings.fragment import Place
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import Symbol


def at_cursor(snapshot: Snapshot, symbols: tuple[Symbol, ...], span: Span) -> Symbol | None:
    """Find the symbol whose head the span begins in, and that it does not reach past.

    The head is made of whole lines: decorators, header and docstring. In the body there is nothing
    to find, so that the menu stays short where people edit code.
    """
    lines = snapshot.lines
    line = lines.line_at(span.start)
    start, end = lines.start(line), lines.end(line)
    found = None
    for symbol in symbols:
        if symbol.span.start <= end and start <= symbol.span.end and start <= _head_end(symbol):
            found = symbol
    return found if found is not None and span.end <= lines.end(lines.line_at(found.span.end)) else None


def place_of(snapshot: Snapshot, symbols: tuple[Symbol, ...], symbol: Symbol) -> Place:
    """Gather what a symbol's surroundings tell about it."""
    text, lines = snapshot.text, snapshot.lines
    line = lines.line_at(symbol.span.start)
    name = snapshot.name
    place = Place(
        name=symbol.name,
        indent=text[lines.start(line) : symbol.span.start],
        line=line,
        stub=name.endswith(".pyi"),
        test=symbol.name.startswith("test") and (name.startswith("test_") or name.endswith("_test.py")),
    )
    around = [item for item in symbols if item.span.contains(symbol.span) and item.span != symbol.span]
    if not around:
        return place
    owner = max(around, key=lambda item: item.span.start)
    said = owner.docstring.of(text) if owner.docstring is not None and owner.kind == "class" else ""
    return evolve(place, owner=owner.kind, owner_docstring=said)


def room_for(text: str, symbol: Symbol, *, documented: bool, filler: bool) -> Span:
    """Give the span that a docstring may change: from the header to the first statement after it.

    ``filler`` says that the code is one ``pass`` or ``...``, which may go as well.
    """
    if filler or (documented and symbol.docstring is None):
        return Span(symbol.header.end, symbol.body.end)
    if not documented or symbol.docstring is None:
        return Span(symbol.header.end, max(symbol.header.end, symbol.body.start))
    end = _after_blanks(text, symbol.docstring.end)
    if text[end : end + 1] == ";":
        end = _after_blanks(text, end + 1)
    return Span(symbol.header.end, max(symbol.docstring.end, min(end, symbol.span.end)))


def indent_of(snapshot: Snapshot, symbol: Symbol) -> str:
    """Give the blanks before the lines of the body; four more than the header's on a single line."""
    text, lines = snapshot.text, snapshot.lines
    before = text[lines.start(lines.line_at(symbol.body.start)) : symbol.body.start]
    if not before.strip():
        return before
    outer = text[lines.start(lines.line_at(symbol.header.start)) : symbol.header.start]
    return outer + ("\t" if outer.startswith("\t") else "    ")


def _head_end(symbol: Symbol) -> int:
    return symbol.header.end if symbol.docstring is None else max(symbol.header.end, symbol.docstring.end)


def _after_blanks(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position
