from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.engine import SMALL, opened

from lastmile.model.engine.opening import LlamaEngine


@pytest.fixture
def noisy(tiny: Path) -> Iterator[LlamaEngine]:
    with opened(tiny, SMALL) as engine:
        yield engine


@pytest.fixture
def steady(chain: Path) -> Iterator[LlamaEngine]:
    with opened(chain, SMALL) as engine:
        yield engine
