"""Takes what looks like a key, a token or a password out of a prompt, and puts it back into the reply.

Each value gets a placeholder that a model copies like any other name. Numbers follow the order of
the first occurrence, the document before the question, so the document part has the same bytes
whatever is asked about it. This finds what has a known shape or is assigned to a telling name; it
is no proof that nothing secret is left, and no replacement for not sending a file at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from lastmile.tiers.fence import plain_newlines
from lastmile.tiers.prompt import Prompt
from lastmile.tiers.secrets import is_drawn, secrets

_CONTROL = re.compile(
    r"<[|\uff5c][^\s|<>\uff5c]{1,60}[|\uff5c]>|</?s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|</?think>"
)
_SHORTEST_PIECE = 8
_SURE_PIECE = 16
"""Characters from which the beginning of a secret is no word that happens to be in the text."""

_LEADS = ("", "X", "Y", "Z")
"""What names may begin with."""

_CUT = re.compile(r"\s*(?:\n|$|…|\.\.\.)")

Finder = Callable[[str], Sequence[str]]


@frozen
class Redacted:
    """A prompt without what was taken out, and the way back."""

    prompt: Prompt
    taken: Mapping[str, str] = field(factory=dict, repr=False)
    """What was taken out, by its placeholder."""

    def restore(self, reply: str) -> str:
        """Put back what was taken out, wherever the reply names its placeholder."""
        if not self.taken:
            return reply
        names = re.compile("|".join(map(re.escape, self.taken)))
        return names.sub(lambda match: self.taken[match.group()], reply)


def without_secrets(prompt: Prompt, source: str = "") -> Redacted:
    """Take out keys, tokens, private keys and the literals assigned to names such as ``password``.

    They are looked for in the ``source`` too, the whole text of which the prompt shows parts: what
    was cut off there no longer looks like a secret.
    """
    whole = secrets(plain_newlines(source))

    def found(text: str) -> list[str]:
        begins = {text[at : at + _SHORTEST_PIECE] for at in range(len(text))} if whole else ()
        known = [secret for secret in whole if any(line[:_SHORTEST_PIECE] in begins for line in _lines(secret))]
        return [*secrets(text), *(piece for secret in known for piece in _pieces(secret, text))]

    return _taken_out(prompt, "LASTMILE_SECRET_", found)


def without_control_tokens(prompt: Prompt) -> Redacted:
    """Take out what local servers read as the end of a turn or the start of another speaker's.

    Their chat templates are plain text, so a file that holds ``<|im_end|>`` could otherwise speak
    for the person.
    """
    return _taken_out(prompt, "LASTMILE_MARK_", lambda text: [match.group() for match in _CONTROL.finditer(text)])


def _lines(secret: str) -> list[str]:
    return [line.strip() for line in secret.split("\n")]


def _pieces(secret: str, text: str) -> Iterator[str]:
    """Give what a text holds of a secret: whole lines of one that has several, and beginnings that were cut off."""
    if secret in text:
        yield secret
    lines, rest = _lines(secret), text.replace(secret, "\n")
    for line in lines:
        if len(line) < _SHORTEST_PIECE:
            continue
        if len(lines) > 1 and line in rest:
            yield line
        yield from _beginnings(line, rest)


def _beginnings(line: str, text: str) -> Iterator[str]:
    at = text.find(line[:_SHORTEST_PIECE])
    while at >= 0:
        size = _shared(line, text, at)
        cut = _CUT.match(text, at + size) is not None and is_drawn(line[:size])
        if size < len(line) and (cut or size >= _SURE_PIECE):
            yield line[:size]
        at = text.find(line[:_SHORTEST_PIECE], at + size)


def _shared(line: str, text: str, at: int) -> int:
    """Count the characters that a text shares with the line from an offset on."""
    shown = text[at : at + len(line)]
    return next((size for size, pair in enumerate(zip(line, shown, strict=False)) if pair[0] != pair[1]), len(shown))


def _taken_out(prompt: Prompt, prefix: str, find: Finder) -> Redacted:
    found = list(dict.fromkeys([*find(prompt.document), *find(prompt.question)]))
    if not found:
        return Redacted(prompt)
    while prefix in prompt.document or prefix in prompt.question:
        prefix = f"{prefix}X_"
    made = (_named(prompt, f"{lead}{prefix}", found) for lead in _LEADS)
    return next((item for item in made if not _holds(item.prompt, found)), _named(prompt, prefix, found))


def _named(prompt: Prompt, prefix: str, found: Sequence[str]) -> Redacted:
    """Put names in the place of what was found."""
    # All of one width, so that none is the beginning of another, whatever stands behind it.
    width = len(str(len(found)))
    names = {value: f"{prefix}{number:0{width}}" for number, value in enumerate(found, start=1)}
    # Longest first: a value may be a part of another.
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

    def shown(text: str) -> str:
        return pattern.sub(lambda match: names[match.group()], text)

    clean = evolve(prompt, document=shown(prompt.document), question=shown(prompt.question))
    return Redacted(clean, {name: value for value, name in names.items()})


def _holds(prompt: Prompt, values: Sequence[str]) -> bool:
    """Tell whether a value is there all the same: what stands before a name can be one with the name's beginning."""
    return any(value in prompt.document or value in prompt.question for value in values)
