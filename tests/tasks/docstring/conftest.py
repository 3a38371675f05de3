from __future__ import annotations

from collections.abc import Iterator

import pytest

from lastmile.tools.offload import Offload


@pytest.fixture(scope="session")
def offload() -> Iterator[Offload]:
    """Share one worker process, as all tasks of a server do."""
    worker = Offload()
    yield worker
    worker.close()
