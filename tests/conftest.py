"""What every test may ask for. It reaches nothing of the person who runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from tests.support.home import home_in
from tests.support.programs import PROGRAMS
from tests.support.warm import standing_by

from lastmile.tools.offload import Offload

if TYPE_CHECKING:
    from tests.support.hosting import Runtime


# What several files of tests check alike says what differs, as the asserts of a test do.
CHECKS = ("climbing", "ledger_file", "openai_bench", "selecting", "settings")
pytest.register_assert_rewrite(*(f"tests.support.{name}" for name in CHECKS))

# No test fails for its time: an example that takes a moment longer on a full machine says nothing of the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
settings.register_profile("quick", settings.get_profile("unhurried"), max_examples=10)


def pytest_report_header() -> list[str]:
    """Say which programs are driven by tests, and what is left out where one is missing."""
    return [program.header() for program in PROGRAMS]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first, where two workers begin: those of editors at the first, the others in the middle.

    Then short ones are left at the end, and no worker waits long for the other; and of a workbench or
    a browser there is one, in the worker that begins with them.
    """
    kinds: dict[str, list[pytest.Item]] = {"editor": [], "slow": [], "": []}
    for item in items:
        kinds[next((name for name in kinds if name and item.get_closest_marker(name)), "")].append(item)
    half = max(len(items) // 2 - len(kinds["editor"]), 0)
    items[:] = [*kinds["editor"], *kinds[""][:half], *kinds["slow"], *kinds[""][half:]]


@pytest.fixture
def home_env(tmp_path: Path) -> dict[str, str]:
    """Give the environment of someone who just installed it: no key, no settings, an empty ledger."""
    return home_in(tmp_path)


@pytest.fixture(scope="session")
def warm() -> Iterator[None]:
    """Have the command ``lastmile`` loaded for the tests of a room that call it again and again."""
    with standing_by():
        yield


@pytest.fixture(scope="session")
def offload() -> Iterator[Offload]:
    """Give a worker process that tests share: it keeps nothing between calls."""
    worker = Offload(deadline=60.0)
    yield worker
    worker.close()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model that speaks noise."""
    from tests.support.gguf import write_tiny  # noqa: PLC0415 - numpy is for those who need a model

    return write_tiny(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a model that says a chain of words, and never ends by itself."""
    from tests.support.chain_gguf import write_chain  # noqa: PLC0415 - as above

    return write_chain(tmp_path_factory.mktemp("models") / "chain.gguf")


@pytest.fixture
def hosts(home_env: dict[str, str]) -> Iterator[Runtime]:
    """Give a place for hosts of models; they are gone when the test is over."""
    from tests.support.hosting import runtime  # noqa: PLC0415 - an HTTP client is for those who ask a host

    with runtime(home_env) as found:
        yield found
