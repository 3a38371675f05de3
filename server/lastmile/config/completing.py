"""The part of the tree that says when and how completions are made while a person types."""

from __future__ import annotations

from attrs import field, frozen

from lastmile.config.marks import ONLY_OFF, ONLY_ON, TIGHTEN, USER, within


@frozen
class Completing:
    """Completions while you type, by the local model alone: nothing leaves this machine for them."""

    enabled: bool = field(default=True, metadata=ONLY_OFF)
    """Whether completions are made at all. Where they are not, no model is loaded for them and nothing runs."""

    # Which languages a person wants help in, how soon and where it is shown is theirs to say.
    languages: tuple[str, ...] = field(default=(), metadata=USER)
    """The languages, by LSP's identifiers, in which there are completions; empty for all but plain text and prose.

    Of a language whose grammar is not installed (the extra `languages` has them) nothing of the syntax is
    checked: completions are shown as the model writes them.
    """

    comments: bool = field(default=True, metadata=ONLY_OFF)
    """Whether there are completions inside comments."""

    strings: bool = field(default=True, metadata=ONLY_OFF)
    """Whether there are completions inside strings; docstrings are strings."""

    as_items: bool = field(default=False, metadata=USER)
    """Whether completions are offered in the ordinary list too, for an editor that shows no inline completions."""

    battery_saver: bool = field(default=False, metadata=ONLY_ON)
    """Whether only what you wait for is computed: no next completion ahead of time, and nothing read while idle."""

    debounce: float | None = field(default=None, metadata={**USER, **within(0, 5)})
    """Seconds that typing must rest before the model is asked. Empty: 0.1 to 1, by how fast you type and it answers."""

    max_tokens: int = field(default=128, metadata={**TIGHTEN, **within(8, 1024)})
    """The longest completion, in tokens."""
