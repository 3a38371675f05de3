"""What a menu entry carries, so that it can be done later without the server remembering it.

A ticket comes back through the client, so nothing in it is trusted: its form is checked strictly,
and the place that it names is looked for again in the document as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import asdict, evolve, field, frozen
from attrs.validators import in_
from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError

from lastmile.errors import StaleError
from lastmile.lsp.wire.failures import invalid
from lastmile.text import anchor
from lastmile.text.anchor import Anchor
from lastmile.text.diagnostic import Diagnostic, Severity
from lastmile.text.edits import Span
from lastmile.text.snapshot import Snapshot

if TYPE_CHECKING:
    from lastmile.tasks.kind import Offer

_MOST_FAULTS = 3
_LONGEST_NAMES = 100


@frozen
class Stranger:
    """A diagnostic of another server, which this server cannot find again by itself."""

    source: str
    code: str
    message: str
    severity: int = field(validator=in_([item.value for item in Severity]))
    start: int
    """Relative to the target's start, so that it moves with it."""

    end: int


@frozen
class Ticket:
    """What is wanted: of which document, of which kind, where."""

    uri: str
    kind: str
    title: str
    """What the person sees of it while the task itself, and with it a title of its own, is still being made."""

    text: str
    """The digest of the text that the offer was made for."""

    place: Anchor
    detail: dict[str, Any] = field(factory=dict)
    strangers: tuple[Stranger, ...] = ()

    def span(self, snapshot: Snapshot) -> Span:
        """Find the target in the document as it is now.

        Raises `StaleError` where it is gone or could be one of several.
        """
        target = Span(self.place.start, self.place.start + self.place.length)
        if snapshot.digest == self.text and target.end <= len(snapshot.text):
            return target
        found = anchor.find(self.place, snapshot.text)
        if found is None:
            message = f"{snapshot.name} changed there since the menu was shown. Ask for the menu again."
            raise StaleError(message)
        return found

    def foreign(self, target: Span, snapshot: Snapshot) -> tuple[Diagnostic, ...]:
        """Give the other servers' diagnostics, moved to where the target is now."""
        end = len(snapshot.text)

        def at(offset: int) -> int:
            return min(max(0, target.start + offset), end)

        return tuple(
            Diagnostic(
                source=item.source,
                code=item.code,
                message=item.message,
                span=Span(at(item.start), max(at(item.start), at(item.end))),
                severity=Severity(item.severity),
            )
            for item in self.strangers
        )


def write(kind: str, snapshot: Snapshot, target: Span, *, detail: Mapping[str, Any], title: str) -> Ticket:
    """Write a ticket for a task of a kind at a place of a document."""
    place = anchor.make(snapshot.text, target)
    return Ticket(snapshot.uri, kind, title, snapshot.digest, place, dict(detail))


def issue(offer: Offer, snapshot: Snapshot) -> dict[str, Any]:
    """Write the ticket of an offer, as JSON takes it.

    What is false or empty is left out: some clients read that as null, and would send null back.
    """
    ticket = write(offer.kind, snapshot, offer.target, detail=offer.detail, title=offer.title)
    strangers = tuple(_stranger(item, offer.target) for item in offer.diagnostics if item.source != "ruff")
    return asdict(evolve(ticket, strangers=strangers), filter=_is_said)


def _is_said(_field: object, value: object) -> bool:
    return value is not False and value not in ({}, ())


def read(data: object) -> Ticket:
    """Read a ticket that a client sent back.

    Raises an "invalid params" error that says what is wrong with it.
    """
    if not isinstance(data, Mapping):
        message = "The action has no data that this server wrote. Ask for the menu again."
        raise invalid(message)
    try:
        return _converter().structure(data, Ticket)
    except BaseValidationError as error:
        faults = "; ".join(transform_error(error, format_exception=_fault)[:_MOST_FAULTS])
        message = f"The action's data is not what this server wrote: {faults}. Ask for the menu again."
        raise invalid(message) from error


def _stranger(item: Diagnostic, target: Span) -> Stranger:
    start, end = item.span.start - target.start, item.span.end - target.start
    return Stranger(item.source, item.code, item.message, item.severity.value, start, end)


class _FormError(TypeError):
    """A value of a ticket has another form than it was written with."""


def _fault(error: BaseException, _type: object) -> str:
    """Say what is wrong in words that name nothing of what is inside, as most of Python's do."""
    match error:
        case _FormError():
            return str(error)
        case ForbiddenExtraKeysError():
            return f"it never has {', '.join(sorted(map(str, error.extra_fields)))[:_LONGEST_NAMES]}"
        case KeyError():
            return f"{error} is missing"
        case ValueError():
            return str(error.args[0]) if error.args else "not as it was written"  # the validators' words
        case _:
            return "not as it was written"


@cache
def _converter() -> Converter:
    """Make a converter that coerces nothing: a number is not a text, and no key is ignored."""
    converter = Converter(forbid_extra_keys=True)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook_func(lambda kind: kind == dict[str, Any], _mapping)
    return converter


def _exactly(value: object, kind: type) -> Any:  # noqa: ANN401 - cattrs' form
    if type(value) is not kind:
        message = f"not {'an' if kind is int else 'a'} {kind.__name__}"
        raise _FormError(message)
    return value


def _mapping(value: object, _kind: object) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        message = "not an object"
        raise _FormError(message)
    return dict(value)
