"""A service of someone who has no key."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.support.fixing import serving

from lastmile.service import Service


@pytest.fixture
async def service(home_env: dict[str, str]) -> AsyncIterator[Service]:
    async with serving(home_env) as opened:
        yield opened
