"""The part of the tree that says how the Claude models are reached, and how much they think."""

from __future__ import annotations

from enum import Enum

from attrs import field, frozen

from lastmile.config.marks import Form, form


class Provider(Enum):
    """Who serves the Claude models."""

    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    VERTEX = "vertex"


class Effort(Enum):
    """How much a Claude model thinks before it answers."""

    OWN = "own"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"


@frozen
class Claude:
    """How the Claude models are reached."""

    provider: Provider = Provider.ANTHROPIC
    """``anthropic``, ``bedrock`` or ``vertex``; the latter two need the extra of that name."""

    base_url: str = field(default="", metadata=form(Form.URL))
    """Replaces the provider's address; empty for its own."""

    key_variable: str = field(default="ANTHROPIC_API_KEY", metadata=form(Form.VARIABLE))
    """The environment variable that holds the API key. The key itself is never a setting."""

    region: str = ""
    """The region, for Bedrock and Vertex."""

    project: str = ""
    """The project, for Vertex."""

    cache_ttl: str = field(default="5m", metadata=form(Form.TTL))
    """How long the provider keeps the cached part of a prompt; an hour costs 2 times input to write, not 1.25."""

    effort: Effort = Effort.LOW
    """How much the models think, which is paid for as output: ``low``, ``medium``, ``high``, ``xhigh``, ``max``.

    ``own`` leaves it to the model, as older ones need."""
