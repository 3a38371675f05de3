"""What can go wrong inside a request, as errors that stay within the engine.

The engine turns each into `Failed`; none of them reaches whoever asked.
"""

from __future__ import annotations


class EngineError(Exception):
    """A request came to nothing: ``str(error)`` says what happened and what to do, for a person."""


class AskError(EngineError):
    """The request itself cannot be done: too long, too many samples, no such markers, a wrong grammar."""


class NoRoomError(EngineError):
    """The context has no place for a batch although it was reckoned to."""


class DecodeError(EngineError):
    """The library could not evaluate a batch."""


class InterruptedBatchError(Exception):
    """The batch was stopped because something more urgent came, or nobody wants it any more."""
