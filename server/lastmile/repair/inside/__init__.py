"""What runs in the project's own interpreter, contained, and how its answers are read here.

Its modules are scripts of the standard library alone: whoever runs them there loads them from these
files. But for `inputs`, which the oracles use too, they are never imported here. What comes back are
words of a program that nobody judged: it is checked for its form and taken for nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lastmile.repair.values import Observed

MISSING = "late"
"""What is taken for the outcome of a call that was not answered: its text was killed before."""


NAMES = ("probe", "recording", "calls", "inputs", "generated", "promises")


def scripts() -> Mapping[str, str]:
    """Give the texts of the scripts by name; `probe` is the one to be loaded, it is handed the others."""
    here = Path(__file__).parent
    return {name: (here / f"{name}.py").read_text("utf-8") for name in NAMES}


def read(rows: Sequence[Mapping[str, Any]], texts: int) -> Observed:
    """Put together what the probe said of so many texts, row by row.

    A call that was not answered counts as one that never ended; an example or a fact that was not
    answered does not hold.
    """
    listed: list[Any] = next((row["calls"] for row in rows if "calls" in row), [])
    calls = [item for item in listed if isinstance(item, list) and len(item) == 3]  # noqa: PLR2004 - as the probe says
    if not calls:
        trouble = next((str(row["trouble"]) for row in rows if "trouble" in row), "")
        return Observed(trouble=trouble or "the calls could not be compared")
    said = [_of(rows, at) for at in range(-1, texts)]
    examples = range(1 + max((row["example"] for row in rows if "example" in row), default=-1))
    facts = sorted({str(row["fact"]) for row in rows if "fact" in row})
    came = [
        tuple(next((str(row["came"]) for row in mine if row.get("call") == at), MISSING) for at in range(len(calls)))
        for mine in said
    ]
    return Observed(
        inputs=tuple(str(item[0]) for item in calls),
        near=tuple(bool(item[1]) for item in calls),
        tested=tuple(bool(item[2]) for item in calls),
        original=came[0],
        behaviour=tuple(came[1:]),
        examples=tuple(tuple(_holds(mine, "example", at) for at in examples) for mine in said[1:]),
        facts=tuple({name: _holds(mine, "fact", name) for name in facts} for mine in said[1:]),
    )


def _of(rows: Sequence[Mapping[str, Any]], text: int) -> list[Mapping[str, Any]]:
    return [row for row in rows if row.get("text") == text]


def _holds(rows: Sequence[Mapping[str, Any]], key: str, name: object) -> bool:
    return any(row.get(key) == name and row.get("holds") is True for row in rows)
