"""From what a model wrote to what fits between the text before the cursor and the text after it.

Pure functions over text: whitespace is joined, echoes of what stands around are taken out, closers
that stand after the cursor are replaced and not doubled. Whether it parses is judged in `gate`.
"""

from __future__ import annotations

import re

from attrs import frozen

from lastmile.complete.brackets import CLOSERS, balance
from lastmile.complete.window import Window

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r")
_CLOSING = re.compile(r"[^\w\s]+")
_BRACKETS = frozenset(")]}")
_TELLING = 4
_ECHO = 3
"""Lines that are compared with what stands around (Tabby)."""


@frozen
class Fitted:
    """A text that takes the place of ``replaced`` characters after the cursor."""

    text: str
    replaced: int = 0


def joined(raw: str, line: str) -> str:
    """Take off the blanks that the cursor's line has already; works on a text that is still growing.

    Of a line that is blank so far it is the indentation, which a model writes once more.
    """
    if line and not line.strip() and raw.startswith(line):
        return raw[len(line) :]
    return raw.lstrip(" \t") if line[-1:] in {" ", "\t"} else raw


def fitted(text: str, window: Window) -> Fitted | None:
    """Fit a text in; None where nothing of it is left to show."""
    text = _readable(text)
    if _echoes_above(text, window):
        return None
    text = _before_echo(text, window).rstrip()
    found = _over_rest(text, window.rest)
    if not found.text.strip() or found.text == window.rest[: found.replaced]:
        return None
    return Fitted(_with_line_ends(found.text, window), found.replaced)


def _readable(text: str) -> str:
    """End before the first character that no source has, and have lines end as models write them."""
    found = _NOT_TEXT.search(text)
    return _LINE_END.sub("\n", text if found is None else text[: found.start()])


def _with_line_ends(text: str, window: Window) -> str:
    around = window.before or window.after
    return text.replace("\n", "\r\n") if "\r\n" in around else text


def _echoes_above(text: str, window: Window) -> bool:
    """Tell whether the text writes the last lines above the cursor once more."""
    lines = [line.strip() for line in (window.line + text).split("\n")]
    above = [line.strip() for line in window.above.splitlines() if line.strip()][-_ECHO:]
    said = [line for line in lines if line]
    if not said or len("".join(said)) <= _TELLING:
        return False
    return len(said) <= len(above) and said == above[-len(said) :]


def _before_echo(text: str, window: Window) -> str:
    """End before the line from which on the text writes what stands below the cursor."""
    below = [line.strip() for line in window.below.splitlines() if line.strip()][:_ECHO]
    lines = text.split("\n")
    bodies = [(window.line + lines[0]).strip(), *(line.strip() for line in lines[1:])]
    for number, body in enumerate(bodies):
        following = [item for item in bodies[number:] if item][: len(below)]
        telling = len(following) > 1 or len(body) > _TELLING or number == len(lines) - 1
        if body and telling and following == below[: len(following)] and following:
            kept = "\n".join(lines[:number])
            if not balance(kept).opened:
                return kept
    return text


def _over_rest(text: str, rest: str) -> Fitted:
    """Decide what of the cursor's line after the cursor the text takes the place of."""
    closing = rest.strip()
    if not closing:
        return Fitted(text)
    if _CLOSING.fullmatch(closing) is None:
        return Fitted(_without_tail(text.partition("\n")[0], rest))
    taken = _quoted(text, closing) if CLOSERS - _BRACKETS & set(closing) else _closed(text, closing)
    return Fitted(text, len(rest) - len(rest.lstrip()) + taken if taken else 0)


def _closed(text: str, closing: str) -> int:
    """Count the closing characters that the text writes itself, wherever in it that is, and what follows the same.

    An editor puts a bracket's closer in at once; a text that closes the bracket may well go on behind it.
    """
    own = balance(text)
    places = [at for at, char in enumerate(closing) if char in _BRACKETS]
    if places and places[0]:
        return 0  # what stands before the first closer would go with it
    count = min(len(own.closed), len(places))
    if own.closed[:count] != "".join(closing[at] for at in places[:count]):
        return 0
    taken, tail = (places[count - 1] + 1, text[own.ends[count - 1] :]) if count else (0, text)
    left = closing[taken : places[count] if count < len(places) else None]
    goes_on = tail.startswith if count else tail.endswith
    return taken + next((length for length in range(len(left), 0, -1) if goes_on(left[:length])), 0)


def _quoted(text: str, closing: str) -> int:
    """Count the same where there is a quote among them: then the text must end with them, or go on behind a bracket."""
    for length in range(len(closing), 0, -1):
        part = closing[:length]
        for end in (len(text), *reversed(balance(text).ends)):
            if text[:end].endswith(part) and _closes(text[:end], part) and not balance(text[end:]).closed:
                return length
    return 0


def _closes(text: str, closing: str) -> bool:
    """Tell whether the closers at the end of a text are those that stand there already, and not its own."""
    body = text[: len(text) - len(closing)]
    own, after = balance(text), balance(body)
    brackets = "".join(char for char in closing if char in _BRACKETS)
    if own.closed != brackets or after.closed:
        return False
    quotes = [char for char in closing if char in CLOSERS - _BRACKETS]
    return all(text.count(quote) % 2 for quote in set(quotes))


def _without_tail(line: str, rest: str) -> str:
    """Leave off what stands after the cursor on its line, where the text goes on to write it."""
    tail = rest.rstrip()
    if line.rstrip().endswith(tail):
        return line.rstrip()[: -len(tail)]
    for length in range(min(len(line), len(tail)), 1, -1):
        if line.endswith(tail[:length]):
            return line[:-length]
    return line
