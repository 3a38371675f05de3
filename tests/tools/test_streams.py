"""What a program reads and prints comes through the same, in pipes and whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from lastmile.errors import SlowError
from lastmile.tools.process import run
from lastmile.tools.streams import Whole

LONG = "".join(f"{number} é 😀\n" for number in range(100_000))
KINDS = pytest.mark.parametrize("kind", [str, Whole])
_UNLIMITED_PIPES = """
import asyncio, resource
from lastmile.tools.process import run
from lastmile.tools.streams import Whole
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))  # no file can be written, in memory neither
done = asyncio.run(run(["cat"], text=Whole("through"), cwd=None, deadline=60))
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(done)
"""

Text = Callable[[str], str | Whole]


@KINDS
@pytest.mark.parametrize(
    ("body", "status", "out", "err"),
    [
        pytest.param("cat", 0, LONG, "", id="a long text and a long answer"),
        pytest.param("cat >&2; exit 3", 3, "", LONG, id="a long complaint"),
        pytest.param("exec 0<&-; echo out", 0, "out\n", "", id="what is not read"),
        pytest.param("exec 1>&- 2>&-; cat > /dev/null; exit 2", 2, "", "", id="streams that it closes before it ends"),
        pytest.param("head -c 3; echo; (echo later)", 0, "0 \ufffd\nlater\n", "", id="in pieces, from two programs"),
        pytest.param("kill -9 $$", -9, "", "", id="killed"),
    ],
)
async def test_what_is_read_and_printed(kind: Text, body: str, status: int, out: str, err: str) -> None:
    done = await run(["sh", "-c", body], text=kind(LONG), cwd=None, deadline=60)
    assert (done.status, done.out.decode(errors="replace"), done.err.decode()) == (status, out, err)


@KINDS
async def test_nothing_to_read(kind: Text) -> None:
    done = await run(["wc", "-c"], text=kind(""), cwd=None, deadline=60)
    assert done.out.strip() == b"0"


@KINDS
async def test_half_of_a_surrogate_pair_is_replaced(kind: Text) -> None:
    assert (await run(["cat"], text=kind("x\ud83d"), cwd=None, deadline=60)).out == b"x?"


@KINDS
async def test_the_deadline_holds_though_everything_is_closed(kind: Text) -> None:
    with pytest.raises(SlowError, match=r"^sh did not end within 0\.1 s\.$"):
        await run(["sh", "-c", "exec 0<&- 1>&- 2>&-; sleep 1000"], text=kind("x"), cwd=None, deadline=0.1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pipes are all there is")
def test_pipes_do_where_no_file_can_be_made() -> None:
    call = [sys.executable, "-c", _UNLIMITED_PIPES]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("Completed(status=0, out=b'through', err=b'')\n", "")
