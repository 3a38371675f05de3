"""The tier of OpenAI chat servers on a bench: its tasks, its tiers on a clock to turn, and what they draw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.support.drafting import make_request, make_task

from lastmile.cascade.draft import Draft
from lastmile.cascade.protocols import DraftRequest
from lastmile.config.tree import OpenAIServer as Settings
from lastmile.config.tree import Privacy
from lastmile.errors import TierError
from lastmile.ledger.prices import Rates
from lastmile.tiers.egress import Egress
from lastmile.tiers.openai import OpenAITier

SOURCE = "import os\n\n\n«def f():\n    return 1»\n"
DONE = "import os\n\n\ndef f():\n    return 3\n"
GOOD = ("```python\n", "def f():\n", "    return 3\n", "```")
COUNTS = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 60}}
TASK = make_task(SOURCE)
SOFT = make_task(SOURCE, hard=False)


class Watch:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Tiers:
    """Makes tiers and closes them."""

    def __init__(self, tmp_path: Path) -> None:
        self.watch = Watch()
        self.log = tmp_path / "egress.jsonl"
        self.made: list[OpenAITier] = []

    def make(
        self,
        url: str,
        *,
        rates: Rates | None = None,
        key: str = "",
        **settings: Any,  # noqa: ANN401 - fields of the settings
    ) -> OpenAITier:
        egress = Egress(Privacy(), (Path("/project"),), self.log)
        tier = OpenAITier("team", Settings(url=url, **settings), egress, rates, key, self.watch)
        self.made.append(tier)
        return tier


async def draw(tier: OpenAITier, request: DraftRequest) -> list[Draft]:
    return [draft async for draft in tier.drafts(request)]


async def fails(tier: OpenAITier, kind: type[TierError] = TierError) -> str:
    with pytest.raises(kind) as caught:
        await draw(tier, make_request(TASK))
    assert type(caught.value).__name__ in {"TierError", "TierOffError", "UnreachableError"}
    message = str(caught.value)
    assert "\n" not in message
    return message


KEY = "sk-ant-api03-" + "aB3dE6gH9jK2" * 3
SECRET = f'KEY = "{KEY}"\n\n\n«def f():\n    return 1»\n'
