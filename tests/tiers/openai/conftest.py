"""A stand-in for an OpenAI chat server over real HTTP, and the tiers that a test makes.

Leaves out the tests of the real llama-server where the program is not installed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.openai_bench import Tiers
from tests.support.openai_server import OpenAIServer
from tests.support.programs import LLAMA_SERVER

collect_ignore = ["test_llama.py"] if LLAMA_SERVER.is_missing() else []


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as running:
        yield running


@pytest.fixture
async def tiers(tmp_path: Path) -> AsyncIterator[Tiers]:
    made = Tiers(tmp_path)
    yield made
    for tier in made.made:
        await tier.close()
