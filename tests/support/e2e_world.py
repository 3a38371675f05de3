"""Where an editor and its server live in a test: a project's folder, a home, a provider, what is written down."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from attrs import frozen
from tests.support.home import home_in
from tests.support.messages_api import MessagesApi

KEY = "sk-test-key-of-the-stand-in"
PYPROJECT = '[tool.ruff.lint]\nselect = ["F", "E711", "E722", "B006"]\n'


@frozen
class World:
    """One folder with a project, and all that is around it."""

    folder: Path
    env: dict[str, str]
    api: MessagesApi

    @property
    def with_key(self) -> dict[str, str]:
        """The environment of someone who has a key of the provider's."""
        return self.env | {"ANTHROPIC_API_KEY": KEY, "LASTMILE_CLAUDE__BASE_URL": self.api.url}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the ledger's file; where there is none yet, there are no rows."""
        if not Path(self.env["LASTMILE_LEDGER"]).exists():
            return []
        with closing(sqlite3.connect(f"file:{self.env['LASTMILE_LEDGER']}?mode=ro", uri=True)) as ledger:
            return list(ledger.execute(query))

    def attempts(self) -> list[tuple[Any, ...]]:
        """List tier, trigger, whether it passed, by what it was refused, and whether it failed to draft."""
        failed = "refused_by = '' AND failure <> ''"
        return self.rows(f"SELECT tier, escalation, passed, refused_by, {failed} FROM attempts ORDER BY id")  # noqa: S608 - our own words

    def outcomes(self) -> list[tuple[Any, ...]]:
        """List kind, status, who cleared it, and whether the edit was kept."""
        return self.rows("SELECT kind, status, cleared_by, kept FROM outcomes ORDER BY at")

    @property
    def sends(self) -> list[dict[str, Any]]:
        """What the egress log says."""
        log = Path(self.env["LASTMILE_EGRESS_LOG"])
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def make_world(folder: Path, api: MessagesApi) -> World:
    """Make a project's folder and a home below ``folder``."""
    project = folder / "the project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return World(project, home_in(folder), api)


def block(search: str, replace: str) -> str:
    """Write an edit block as the Claude tiers are asked for."""
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


def fenced(code: str) -> str:
    """Write a whole reply."""
    return f"```python\n{code}\n```\n"
