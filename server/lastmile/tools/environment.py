"""What a program that is started here gets to know of our environment: all but the keys that are ours.

The type checker of a project is a program of that project's, and ruff reads a project's settings: none of them has
to do with models. Code of a project runs in the sandbox, which has an environment of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

_OURS = re.compile(
    r"(?:ANTHROPIC|OPENAI|AZURE_OPENAI|HF)_\w+|\w*API_?KEY\w*|\w*AUTH_TOKEN\w*|GOOGLE_APPLICATION_CREDENTIALS"
    r"|AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|BEARER_TOKEN\w*)",
    re.IGNORECASE,
)
"""Names of what opens a model's door, or the account behind it."""

_KEY = re.compile(r"sk-[\w-]{20,}|hf_\w{30,}")
"""What a key of Anthropic's, OpenAI's or Hugging Face's looks like, whatever its variable is called."""

_NAMING = re.compile(r"LASTMILE_\w*KEY_VARIABLE", re.IGNORECASE)
"""Settings that name a variable as one of a key."""


def without_keys(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give our environment without the keys, and with what is added for one program."""
    named = {value for name, value in os.environ.items() if _NAMING.fullmatch(name)}
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in named and not _OURS.fullmatch(name) and not _KEY.fullmatch(value)
    }
    return {**kept, **(extra or {})}
