from collections.abc import Iterator
from pathlib import Path

import pytest

from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.engine.options import Options
from tests.support.chain_gguf import write_chain
from tests.support.engine import opened
from tests.support.gguf import write_tiny

SMALL = Options(threads=1, completion_cells=1024, draft_cells=1024, sequences=4)


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
