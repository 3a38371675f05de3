"""Runs the small jobs over their sets and prints the shares; see the package for what the sets are worth.

A model is asked where ``--model`` or the settings name one: it has to beat the heuristic to take its place.
``--seconds`` is how long it has for a choice, as ``jobs.seconds`` is; where that is too short, the heuristic chose.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from lastmile.cascade.context import Bond
from lastmile.cascade.difficulty import Level
from lastmile.config.environment import from_environment, is_named, user_file
from lastmile.config.project_files import SettingsFiles
from lastmile.config.resolve import resolve
from lastmile.jobs.asking import ModelJobs
from lastmile.jobs.picking import Candidate, Need
from lastmile.jobs.plain import PlainJobs
from lastmile.jobs.values import Described, Jobs
from lastmile.model.asking import Asker
from lastmile.model.host.starting import Host
from lastmile.model.lines import Lines
from lastmile.tiers.prompt import count_tokens

Case = Mapping[str, Any]
_MODEL_SECONDS = 60.0
"""For a choice, unless it is said; a server waits far shorter."""


class Blind:
    """A rule that looks at nothing: what a heuristic has to be better than."""

    async def level(self, task: Described) -> Level:  # noqa: ARG002 - it looks at nothing
        """Call everything medium."""
        return Level.MEDIUM

    async def shorten(self, text: str, *, lines: int) -> str:
        """Keep the last lines."""
        return "\n".join([row for row in text.split("\n") if row.strip()][-lines:])

    async def pick(
        self,
        need: Need,  # noqa: ARG002 - it looks at nothing
        candidates: Sequence[Candidate],
        *,
        budget: int,
        count: Callable[[str], int],
    ) -> tuple[int, ...]:
        """Take what comes first."""
        chosen: list[int] = []
        for at, each in enumerate(candidates):
            if sum(count(candidates[one].text) for one in [*chosen, at]) <= budget and each.text:
                chosen.append(at)
        return tuple(chosen)


async def levelled(jobs: Jobs, case: Case) -> float:
    """1 where the level is the labelled one."""
    task = Described(case["goal"], "x\n" * (case["lines"] - 1), case["kind"], case["spread"])
    return float((await jobs.level(task)).value == case["level"])


async def shortened(jobs: Jobs, case: Case) -> float:
    """Give the share of what is needed that is still there; 0 where it is hardly shorter than allowed."""
    said = await jobs.shorten(case["text"], lines=case["lines"])
    kept = [row for row in said.split("\n") if "lines left out" not in row]
    there = sum(piece in "\n".join(kept) for piece in case["needed"])
    return there / len(case["needed"]) if len(kept) <= case["lines"] * 1.5 else 0.0


async def picked(jobs: Jobs, case: Case) -> float:
    """Give the share of the needed snippets that were picked."""
    candidates = [Candidate(each["text"], Bond(each["bond"]), each["name"]) for each in case["snippets"]]
    need = Need(case["target"], case["said"])
    chosen = await jobs.pick(need, candidates, budget=case["budget"], count=count_tokens)
    return sum(candidates[at].name in case["needed"] for at in chosen) / len(case["needed"])


SETS: Mapping[str, Callable[[Jobs, Case], Awaitable[float]]] = {
    "difficulty": levelled,
    "shortening": shortened,
    "picking": picked,
}


async def measured(jobs: Jobs, name: str) -> float:
    """Give the mean over a set."""
    cases = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    return sum([await SETS[name](jobs, case) for case in cases]) / len(cases)


def arguments() -> argparse.Namespace:
    """Read what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.small_jobs")
    parser.add_argument("--model", type=Path, help="a GGUF file, in place of the settings' model")
    parser.add_argument("--seconds", type=float, default=_MODEL_SECONDS, help="for each choice of the model's")
    found = parser.parse_args()
    found.model = None if found.model is None else str(found.model.absolute())
    return found


async def main(wanted: argparse.Namespace) -> None:
    """Measure and print."""
    settings = resolve(
        SettingsFiles(user_file(os.environ), named=is_named(os.environ)).user(), from_environment(os.environ)
    ).settings
    model = evolve(settings.model, path=wanted.model) if wanted.model else settings.model
    lines = Lines(Host(model, os.environ)) if model.path else None
    print(f"{'':12} {'blind':>8} {'plain':>8} {model.name if lines else 'no model':>12}")
    try:
        for name in SETS:
            row = [await measured(jobs, name) for jobs in (Blind(), PlainJobs())]
            share = await measured(ModelJobs(Asker(lines), wanted.seconds), name) if lines else None
            print(f"{name:12} {row[0]:8.2f} {row[1]:8.2f} {'-' if share is None else f'{share:.2f}':>12}")
    finally:
        if lines is not None:
            lines.close()


if __name__ == "__main__":
    asyncio.run(main(arguments()))
