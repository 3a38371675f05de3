from __future__ import annotations

import os
import subprocess
import sys
import threading

from tests.support.patience import PATIENCE

from lastmile.lsp.wire.watchdog import alive, watch


def test_a_process_is_alive_until_it_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert alive(process.pid)
        gone = threading.Event()
        assert watch(process.pid, gone=gone.set, every=0.01)
        assert not gone.is_set()
        process.communicate(b"\n")
        assert gone.wait(PATIENCE)
        assert not alive(process.pid)
        assert not watch(process.pid, gone=gone.set)


def test_numbers_that_name_no_process_are_not_alive() -> None:
    assert not alive(0)
    assert not alive(-1)
    assert alive(os.getpid())
