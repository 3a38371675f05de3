"""A disk without room: a host that has a socket runs all the same, one that has to write down its token says why."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.chain_gguf import words
from tests.support.hosting import SMALL, Runtime

from lastmile.errors import ModelError
from lastmile.model.client import HostFiller
from lastmile.model.host.starting import Host
from lastmile.model.values import Fill

pytestmark = [pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk that is full"), pytest.mark.slow]


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk without room, as long as disks can be mounted here."""
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k,mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (folder / "rest").write_bytes(bytes(16_384))
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def host(hosts: Runtime, model: Path, folder: Path, **env: str) -> Host:
    return Host(hosts.host(model).model, {**hosts.env, **env, "LASTMILE_RUNTIME": str(folder)})


async def filled(host: Host) -> str:
    filler = HostFiller(host)
    try:
        fill = Fill(f"# {words(20, 1)}", "\n")
        return "".join([piece async for piece in filler.fill(fill, most=2, document="a")])
    finally:
        await filler.close()


async def test_a_host_needs_no_room(hosts: Runtime, chain: Path, full: Path) -> None:
    assert SMALL.linger < 1
    assert await filled(host(hosts, chain, full)) == words(21, 2)


async def test_one_without_a_socket_needs_some_and_says_so(hosts: Runtime, chain: Path, full: Path) -> None:
    with pytest.raises(ModelError, match=f"ended at once .*the disk of {full} is full"):
        await filled(host(hosts, chain, full, LASTMILE_LOOPBACK="1"))
    await asyncio.to_thread((full / "rest").unlink)
    assert await filled(host(hosts, chain, full, LASTMILE_LOOPBACK="1")) == words(21, 2)
