"""Picks which snippets of other files go into a paid prompt, under a budget; pure, the same for the same task.

A definition that the target uses tells most, the oftener it is named the more; then tests that say what is meant,
then callers, then values that are imported. Nothing here looks for snippets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from lastmile.cascade.context import Bond

BUDGET = 1500
"""Tokens, as `tiers.prompt.count_tokens` counts them, which is 2.5 times what models count of code."""

ROOM = "x" * BUDGET
"""A text of about so many tokens, by the same count."""

_WORTH: Mapping[Bond, float] = {Bond.DEFINITION: 3.0, Bond.TEST: 2.0, Bond.CALLER: 1.0, Bond.IMPORT: 1.5}
_NAMED = 4.0
"""What it adds that the goal, a problem or a finding names it."""

_MOST_USES = 3
_FAMILIAR = 4
"""Snippets of one bond after which another tells little that is new."""

_WORD = re.compile(r"\w+")


@frozen
class Candidate:
    """A snippet as far as picking goes."""

    text: str
    bond: Bond
    name: str


@frozen
class Need:
    """What the snippets are for."""

    target: str
    """The code that is to change."""

    said: str = ""
    """The goal, the problems, and what was wrong with earlier drafts."""


def pick(need: Need, candidates: Sequence[Candidate], *, budget: int, count: Callable[[str], int]) -> tuple[int, ...]:
    """Give the numbers of those that are worth their tokens, in the order in which they came."""
    return filled(_ranked(need, candidates), candidates, budget=budget, count=count)


def filled(
    ranked: Sequence[int], candidates: Sequence[Candidate], *, budget: int, count: Callable[[str], int]
) -> tuple[int, ...]:
    """Take candidates in order of worth as far as the budget goes; gives them in the order in which they came."""
    chosen: list[int] = []
    left, seen, bonds = budget, set[str](), Counter[Bond]()
    for at in ranked:
        each = candidates[at]
        cost = count(each.text)
        if cost > left or each.text in seen or bonds[each.bond] >= _FAMILIAR:
            continue
        left -= cost
        seen.add(each.text)
        bonds[each.bond] += 1
        chosen.append(at)
    return tuple(sorted(chosen))


def _ranked(need: Need, candidates: Sequence[Candidate]) -> list[int]:
    uses, said = Counter(_WORD.findall(need.target)), set(_WORD.findall(need.said))

    def worth(each: Candidate) -> float:
        used = min(uses[each.name], _MOST_USES) if each.bond in {Bond.DEFINITION, Bond.IMPORT} else 1
        return _WORTH[each.bond] * used + (_NAMED if each.name in said else 0.0)

    return sorted(range(len(candidates)), key=lambda at: (-worth(candidates[at]), len(candidates[at].text), at))
