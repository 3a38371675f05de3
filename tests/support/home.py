"""The environment of someone who just installed it, for every process and service that a test starts."""

from __future__ import annotations

import os
from pathlib import Path

_OF_A_PERSON = ("LASTMILE_", "ANTHROPIC_", "AWS_", "GOOGLE_", "XDG_", "RUFF_")


def home_in(folder: Path) -> dict[str, str]:
    """Make a home in the folder: no key, no settings, an empty ledger.

    What the processes write lies below ``folder/home``; nothing of the person who runs the tests
    is reached. Nothing is made ahead, which would come in between what a test asks for: tests of that
    switch it on.
    """
    home = folder / "home"
    home.mkdir()
    (home / "lastmile.toml").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_A_PERSON)}
    return kept | {
        "HOME": str(home),
        "LASTMILE_LEDGER": str(home / "ledger.sqlite3"),
        "LASTMILE_CONFIG": str(home / "lastmile.toml"),
        "LASTMILE_EGRESS_LOG": str(home / "egress.jsonl"),
        "LASTMILE_AHEAD": "off",
    }
