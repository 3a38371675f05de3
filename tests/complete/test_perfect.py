"""What is left of a model that writes what stood in the file: all of it, wherever it is asked."""

from __future__ import annotations

import random

import pytest
from benchmarks.completions import corpus
from benchmarks.completions.perfect import outcome
from benchmarks.completions.positions import KINDS, positions

pytestmark = pytest.mark.slow

MODULES = {"argparse.py", "configparser.py", "statistics.py", "textwrap.py"}


async def test_the_filters_cost_nothing_of_what_belongs_there() -> None:
    sources = [source for source in corpus.held_out() if source.name in MODULES]
    places = positions(sources, 8 * len(KINDS), random.Random(1))  # noqa: S311 - a choice of places
    found = [await outcome(place) for place in places]
    asked = [each for each in found if each.asked and each.position.wanted is not None]
    assert len(asked) > 60
    assert [each.position.wanted for each in asked if not each.exact] == []
    assert not any(each.adds or each.worsens for each in found)
    assert not any(each.shown for each in found if each.position.wanted is None)
