from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.chain_gguf import write_chain
from tests.support.engine import SMALL, opened
from tests.support.gguf import write_tiny

from lastmile.model.engine.opening import LlamaEngine


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speaks noise."""
    return write_tiny(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Says a chain of words."""
    return write_chain(tmp_path_factory.mktemp("models") / "chain.gguf")


@pytest.fixture
def noisy(tiny: Path) -> Iterator[LlamaEngine]:
    with opened(tiny, SMALL) as engine:
        yield engine


@pytest.fixture
def steady(chain: Path) -> Iterator[LlamaEngine]:
    with opened(chain, SMALL) as engine:
        yield engine
