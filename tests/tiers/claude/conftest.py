from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.support.claude_bench import KEY, RATES, Bench, Clock
from tests.support.messages_api import MessagesApi

from lastmile.config.claude import Claude
from lastmile.config.tree import TierSettings
from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.tier import ClaudeTier
from lastmile.tiers.egress import Egress


@pytest.fixture(scope="session")
def served() -> Iterator[MessagesApi]:
    with MessagesApi() as api:
        yield api


@pytest.fixture
def api(served: MessagesApi) -> MessagesApi:
    """Give the stand-in as if it were fresh."""
    served.reset()
    return served


@pytest.fixture
async def bench(api: MessagesApi, tmp_path: Path) -> AsyncIterator[Bench]:
    account = Account(Claude(base_url=api.url), KEY)
    clock = Clock()
    settings = TierSettings(model="claude-sonnet-5-5", timeout=30.0)
    egress = Egress(path=tmp_path / "egress.jsonl")
    tier = ClaudeTier("sonnet", settings, account, RATES, egress, timing=clock.timing)
    yield Bench(api, account, tier, clock)
    await account.close()
