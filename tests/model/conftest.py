from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.chain_gguf import write_chain
from tests.support.gguf import write_tiny
from tests.support.hosting import Runtime, runtime


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speaks noise."""
    return write_tiny(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Says a chain of words."""
    return write_chain(tmp_path_factory.mktemp("models") / "chain.gguf")


@pytest.fixture
def hosts(home_env: dict[str, str]) -> Iterator[Runtime]:
    """Give a place for hosts; they are gone when the test is over."""
    with runtime(home_env) as found:
        yield found
