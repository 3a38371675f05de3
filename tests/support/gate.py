"""A gate over a folder, and what it lets through of a task."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.drafting import make_request, make_task

from lastmile.cascade.task import Task
from lastmile.config.tree import Privacy
from lastmile.tiers.egress import Cleared, Egress
from lastmile.tiers.prompt import Style, compose

KEY = "sk-ant-api03-" + "aB3dE6gH9jK2" * 3
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def gate(
    tmp_path: Path,
    *,
    never_send: tuple[str, ...] | None = None,
    **privacy: Any,  # noqa: ANN401 - fields of the settings
) -> Egress:
    settings = Privacy(**privacy) if never_send is None else Privacy(never_send=never_send, **privacy)
    return Egress(settings, (tmp_path / "work",), tmp_path / "state" / "egress.jsonl", lambda: NOON)


def task_for(path: Path, text: str = "x = 1\n") -> Task:
    return make_task(text, path=path)


def clear(egress: Egress, text: str) -> tuple[Task, Cleared]:
    task = task_for(egress.folders[0] / "mod.py", text)
    return task, egress.clear(task, compose(make_request(task), style=Style.WHOLE))
