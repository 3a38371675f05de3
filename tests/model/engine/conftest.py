import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.engine import SMALL, opened

from lastmile.model.engine.devices import accelerated
from lastmile.model.engine.opening import LlamaEngine


@pytest.fixture
def exact() -> None:
    """Leave a test out where llama.cpp rounds by how many tokens a batch has."""
    if platform.machine() not in {"x86_64", "AMD64"} or accelerated() is not None:
        pytest.skip("llama.cpp has other kernels on accelerators and on other architectures than x86-64")


@pytest.fixture
def noisy(tiny: Path) -> Iterator[LlamaEngine]:
    with opened(tiny, SMALL) as engine:
        yield engine


@pytest.fixture
def steady(chain: Path) -> Iterator[LlamaEngine]:
    with opened(chain, SMALL) as engine:
        yield engine
