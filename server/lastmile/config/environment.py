"""Settings in environment variables, and where the user's own file lies.

``LASTMILE_BUDGET__DAY=2`` sets ``budget.day``: two underscores part the names. The mapping is
given, so that nothing here reads the process's environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lastmile.config.sources import Layer, Source

PREFIX = "LASTMILE_"
FILE_VARIABLE = "LASTMILE_CONFIG"
"""Names the user's own settings file, in place of the platform's usual one."""

_NOT_SETTINGS = (
    FILE_VARIABLE,
    "LASTMILE_LEDGER",
    "LASTMILE_EGRESS_LOG",
    "LASTMILE_RUNTIME",
    "LASTMILE_LOOPBACK",
    "LASTMILE_MODELS",
)


def from_environment(env: Mapping[str, str]) -> Source:
    """Take the variables that begin with ``LASTMILE_``. An empty one sets nothing."""
    values = {
        name.removeprefix(PREFIX).lower().replace("__", "."): value
        for name, value in env.items()
        if name.startswith(PREFIX) and name not in _NOT_SETTINGS and value.strip()
    }
    return Source(Layer.ENVIRONMENT, "the environment", values)


def user_file(env: Mapping[str, str]) -> Path:
    """Say where the user's own settings file lies; it need not be there."""
    if is_named(env):
        return Path(env[FILE_VARIABLE].strip())
    from platformdirs import user_config_path  # noqa: PLC0415 - the server starts without it

    return user_config_path("lastmile", appauthor=False) / "lastmile.toml"


def is_named(env: Mapping[str, str]) -> bool:
    """Tell whether the person named the file, so that it should be there."""
    return bool(env.get(FILE_VARIABLE, "").strip())
