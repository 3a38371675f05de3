"""The part of the tree that says what is made ready before anybody asks for it."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from lastmile.config.marks import TIGHTEN, USER, within


class Ahead(Enum):
    """Who drafts before anybody asks."""

    LOCAL = "local"
    RULES = "rules"
    OFF = "off"


@frozen
class AheadSettings:
    """What is made ahead, and how much of the machine that may take. No paid tier has a part in it."""

    ahead: Ahead = field(default=Ahead.RULES, metadata=TIGHTEN)
    """Who drafts and verifies fixes once typing rests, before you ask: ``rules``, ``local`` or nobody (``off``).

    ``local`` is the rules and then the models on this machine. Nothing is paid for, and nothing leaves it."""

    ahead_seconds: float = field(default=20.0, metadata={**TIGHTEN, **within(0, 600)})
    """The most seconds of processor time a minute that go into what is made ahead. On battery a quarter of it."""

    ahead_load: float = field(default=1.5, metadata={**TIGHTEN, **within(0, 1000)})
    """The machine's load, for each of its processors, from which nothing is made ahead."""

    ahead_commands: bool = field(default=False, metadata=USER)
    """Whether the commands of `verify.command` may run before you ask; nothing that they judge is made ahead else."""

    # How much is shown in the text is the person's to say.
    ahead_lens: bool = field(default=False, metadata=USER)
    """Whether what is ready is shown as a lens above its line, too."""
