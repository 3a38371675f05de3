"""Drafts that attack: each is contained, each is reported, and the next run is as if it had not been.

A draft's attack comes before its right answer, so a test that passes is an attack that worked.
Attacks that nobody refuses are followed by a wrong answer: they must not make a test pass.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import psutil
import pytest
import pytest_asyncio
from attrs import frozen
from tests.support.bench import HONEST, SECRET, TESTS, World, below, sandboxes, told

from lastmile.testing.bench import ProjectBench

WARM = 5
"""Processes of a warm sandbox at rest: bubblewrap, the warm process below it, and the two of the spare run."""

ABSTRACT = f"\0lastmile-hostile-{os.getpid()}"
"""Of this process alone: another may test the same."""

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]


@frozen
class Target:
    """What drafts attack."""

    world: World
    bench: ProjectBench
    port: int
    """Where somebody listens on this machine's loopback."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Listen."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(ABSTRACT)
        abstract.listen()
        yield server.getsockname()[1]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory, port: int) -> AsyncIterator[Target]:
    """Give a bench that all attacks share: none may hurt the next."""
    world = World(tmp_path_factory.mktemp("hostile").resolve())
    (world.root / "link.txt").symlink_to(world.home / ".ssh/id_ed25519")
    (world.root / "expected.json").write_text("3")
    bench = world.bench()
    yield Target(world, bench, port)
    await bench.close()


READS = {
    "a key of ssh": ("open(HOME + '/.ssh/id_ed25519').read()", "FileNotFoundError"),
    "a key in the environment": ("import os; os.environ['ANTHROPIC_API_KEY']", "KeyError"),
    "the agent's socket": ("import os; os.environ['SSH_AUTH_SOCK']", "KeyError"),
    "the environment of others": (
        (
            "import glob\n    found = b''\n    for name in glob.glob('/proc/*/environ'):\n"
            "        try: found += open(name, 'rb').read()\n        except OSError: pass\n"
            "    assert SECRET.encode() in found, 'not there'"
        ),
        "not there",
    ),
    "the memory of the first process": ("open('/proc/1/mem', 'rb').read(1)", "PermissionError"),
    "the environment of the first process": ("open('/proc/1/environ', 'rb').read()", "PermissionError"),
    "the root of the first process": ("open('/proc/1/root' + HOME + '/.ssh/id_ed25519').read()", "PermissionError"),
    "processes outside": (
        "import os\n    assert len([name for name in os.listdir('/proc') if name.isdigit()]) > 2, 'alone'",
        "alone",
    ),
    "another workspace": ("open(OTHER + '/secret.py').read()", "FileNotFoundError"),
    "the texts of other runs": ("import os; assert os.listdir('/run/lastmile'), 'empty'", "empty"),
    "through a link of its own": (
        "import os; os.symlink(HOME + '/.ssh/id_ed25519', '/tmp/x'); open('/tmp/x').read()",
        "FileNotFoundError",
    ),
    "through a link in the project": ("open(ROOT + '/link.txt').read()", "FileNotFoundError"),
}
NETWORK = {
    "this machine's loopback": (
        "import socket; socket.create_connection(('127.0.0.1', PORT), 2)",
        "ConnectionRefusedError",
    ),
    "the network": ("import socket; socket.create_connection(('192.0.2.1', 80), 2)", "Network is unreachable"),
    "a name": ("import socket; socket.getaddrinfo('example.com', 80)", "gaierror"),
    "an abstract socket": (
        f"import socket; socket.socket(socket.AF_UNIX).connect({ABSTRACT!r})",
        "ConnectionRefusedError",
    ),
}
REWRITTEN = "wrote over files that decide about them"
WRITES = {
    "its own file": ("open(__file__, 'w')", "Read-only file system"),
    "the tests": ("open(ROOT + '/tests/test_cart.py', 'w')", REWRITTEN),
    "the tests, deleted": ("import os; os.remove(ROOT + '/tests/test_cart.py')", REWRITTEN),
    "the tests, with their folder": ("import shutil; shutil.rmtree(ROOT + '/tests')", REWRITTEN),
    "the tests, with their folder, made anew": (
        "import os, shutil; shutil.rmtree(ROOT + '/tests'); os.mkdir(ROOT + '/tests')",
        REWRITTEN,
    ),
    "the tests, put back": (
        "p = ROOT + '/tests/test_cart.py'; old = open(p).read(); open(p, 'w'); open(p, 'w').write(old)",
        REWRITTEN,
    ),
    "the code of tests": (
        "import os; os.makedirs(ROOT + '/t/__pycache__'); open(ROOT + '/t/__pycache__/test_a-pytest-8.pyc', 'w')",
        REWRITTEN,
    ),
    "what a test may expect": ("open(ROOT + '/expected.json', 'a')", REWRITTEN),
    "a plugin for the next start": ("open(ROOT + '/conftest.py', 'w')", REWRITTEN),
    "where the layer lies": ("import os; assert os.listdir('/mnt'), 'empty'", "empty"),
    "over the layer": ("open('/mnt/x', 'w')", "Read-only file system"),
    "the system": ("open('/usr/bin/evil', 'w')", "Read-only file system"),
    "the interpreter": ("import os; open(os.path.dirname(os.__file__) + '/evil.pth', 'w')", "Read-only file system"),
    "the root": ("open('/evil', 'w')", "Read-only file system"),
    "/dev": ("open('/dev/evil', 'w')", "Read-only file system"),
    "/run": ("open('/run/evil', 'w')", "Read-only file system"),
    "the kernel's settings": ("open('/proc/sys/kernel/core_pattern', 'w').write('|/tmp/x')", "OSError|PermissionError"),
    "the kernel's keys": ("open('/proc/sysrq-trigger', 'w').write('h')", "OSError|PermissionError|FileNotFound"),
    "modes": ("import os; os.chmod(ROOT + '/cart.py', 0o777)", "Read-only file system"),
    "more than may be": (
        "for n in range(3): open(f'{ROOT}/{n}', 'wb').write(b'x' * (15 << 20))",
        "No space left on device",
    ),
}
C = "import ctypes; C = ctypes.CDLL(None, use_errno=True)\n    "
PRIVILEGES = {
    "remounting": (C + "assert C.mount(b'none', ROOT.encode(), None, 32 | 4096, None) == 0, 'refused'", "refused"),
    "mounting": (C + "assert C.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None) == 0, 'refused'", "refused"),
    "unmounting": (C + "assert C.umount2(b'/run/lastmile', 2) == 0, 'refused'", "refused"),
    "a user namespace": (C + "assert C.unshare(0x10000000) == 0, 'refused'", "refused"),
    "ptrace of the first process": (C + "assert C.ptrace(16, 1, 0, 0) == 0, 'refused'", "refused"),
    "the clock": ("import time; time.clock_settime(time.CLOCK_REALTIME, 1)", "PermissionError"),
    "the host's name": ("import socket; socket.sethostname('evil')", "PermissionError"),
    "another root": ("import os; os.chroot('/tmp')", "PermissionError"),
    "a device": ("import os, stat; os.mknod('/tmp/disk', stat.S_IFBLK | 0o600, os.makedev(8, 0))", "PermissionError"),
    "a raw socket": ("import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)", "PermissionError"),
    "priority": ("import os; os.nice(-10)", "PermissionError"),
    "higher limits": (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)",
        "ValueError|PermissionError",
    ),
}
RESOURCES = {
    "a fork bomb": (
        "import os\n    while True: os.fork()",
        "more processes than they may|BlockingIOError|not end within",
    ),
    "processes that wait": (
        "import os, time\n    for _ in range(100):\n        if os.fork() == 0: time.sleep(60)",
        "more processes than they may",
    ),
    "a memory bomb": ("x = [bytearray(1 << 20) for _ in range(10 ** 6)]", "MemoryError|more memory than they may"),
    "memory of many processes": (
        (
            "import os, time\n    for _ in range(6):\n        if os.fork() == 0:\n"
            "            x = b'x' * (120 << 20); time.sleep(60)\n    time.sleep(60)"
        ),
        "more memory than they may",
    ),
    "files in memory": (
        (
            "open('/tmp/a', 'wb').write(b'x' * (15 << 20)); open('/tmp/b', 'wb').write(b'x' * (15 << 20))\n"
            "    open('/tmp/c', 'wb').write(b'x' * (15 << 20))"
        ),
        "No space left on device",
    ),
    "a huge file": ("open('/tmp/huge', 'wb').write(b'x' * (20 << 20))", "File too large"),
    "a sparse file": ("import os; os.truncate(os.open('/tmp/huge', 66), 1 << 40)", "File too large"),
    "an endless loop": ("while True: pass", "did not end within"),
    "a loop that hears nothing": (
        "import signal\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))\n    while True: pass",
        "did not end within",
    ),
    "endless output": ("while True: print('x' * 10 ** 6)", "File too large|No space left|more than they may"),
    "endless output past pytest": (
        "import sys\n    out = open('/proc/self/fd/2', 'w')\n    while True: out.write('x' * 10 ** 6)",
        "File too large|No space left|more than they may",
    ),
    "all descriptors": ("import os\n    while True: os.dup(0)", "Too many open files|cannot be shown"),
    "a loop behind closed descriptors": (
        "import os\n    os.closerange(0, 1000)\n    while True: pass",
        "did not end|ended without",
    ),
    "waiting for input": ("input()", "OSError|EOFError"),
}
PROCESSES = {
    "killing the parent": ("import os, signal; os.kill(os.getppid(), signal.SIGKILL); return -1", "assert -1 == 3"),
    "stopping the parent": ("import os, signal; os.kill(1, signal.SIGSTOP); return -1", "assert -1 == 3"),
    "interrupting the parent": (
        "import os, signal\n    for n in (1, 2, 3, 10, 12, 14, 15): os.kill(1, n)\n    return -1",
        "assert -1 == 3",
    ),
    "killing all": (
        "import os, signal\n    try: os.kill(-1, signal.SIGKILL)\n    except OSError: pass\n    return -1",
        "assert -1 == 3",
    ),
    "killing its group": ("import os, signal; os.killpg(0, signal.SIGKILL)", "ended early"),
    "stopping itself": ("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "did not end within"),
    "a crash": ("import ctypes; ctypes.string_at(0)", "ended early"),
    "leaving": ("import os; os._exit(0)", "ended early"),
    "endless recursion": (
        "import sys; sys.setrecursionlimit(10 ** 9)\n    f = lambda: f()\n    return f()",
        "ended early|MemoryError|SystemError|RecursionError|more memory",
    ),
    "a daemon": (
        (
            "import os, time\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0:\n"
            "            time.sleep(600)\n        os._exit(0)\n    return -1"
        ),
        "assert -1 == 3",
    ),
    "another folder": ("import os; os.chdir('/'); return -1", "assert -1 == 3"),
    "something to do at exit": (
        "import atexit, os; atexit.register(os._exit, 0); return -1",
        "assert -1 == 3",
    ),
}
CASES = {
    f"{group}: {name}": case
    for group, cases in (
        ("reads", READS),
        ("network", NETWORK),
        ("writes", WRITES),
        ("privileges", PRIVILEGES),
        ("resources", RESOURCES),
        ("processes", PROCESSES),
    )
    for name, case in cases.items()
}


def draft(target: Target, attack: str) -> str:
    """Write a draft that attacks, then answers rightly."""
    world = target.world
    names = {"HOME": world.home, "ROOT": world.root, "OTHER": world.folder / "other", "SECRET": SECRET}
    lines = [f"{name} = {str(value)!r}" for name, value in names.items()]
    return "\n".join(
        [*lines, f"PORT = {target.port}", "def total(items):", f"    {attack}", "    return sum(items)", ""]
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_an_attack_is_contained(target: Target, case: tuple[str, str]) -> None:
    attack, refusal = case
    seconds = 1.0 if "did not end" in refusal else 10.0
    run = await target.bench.run(target.world.wanted(draft(target, attack), TESTS[0], seconds=seconds))
    assert not run.passed
    assert re.search(refusal, told(run)), told(run)
    await as_before(target)


def _name_of(process: psutil.Process) -> str:
    """Name a process, unless it has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.name() if process.status() != "zombie" else ""
    return ""


async def as_before(target: Target) -> None:
    """See that nothing is left of an attack, and that an honest draft still passes."""
    left = [name for box in sandboxes() for item in (box, *below(box)) if (name := _name_of(item))]
    assert len(left) <= WARM, left
    assert SECRET in (target.world.home / ".ssh/id_ed25519").read_text()
    run = await target.bench.run(target.world.wanted(f"{HONEST}# {len(left)}\n", TESTS[0]))
    assert (run.trouble, len(run.passed)) == ("", 1)


LEFT = "import glob; assert not glob.glob('/tmp/left*') + glob.glob('/dev/shm/*') + glob.glob(HOME + '/*'), 'left'"


FILES = """import os
    assert not os.path.exists('new.txt') and not os.path.lexists('new.bak'), 'left'
    open('new.txt', 'w').write('x'); os.symlink('new.txt', 'new.bak'); os.remove('new.txt'); os.makedirs('a/b')
    assert set(os.listdir('.')) - {'cart.py', 'link.txt', 'expected.json', 'tests'} == {'a', 'new.bak'}"""


async def test_what_a_run_writes_into_the_project_is_gone_with_it(target: Target) -> None:
    before = sorted(path.relative_to(target.world.root) for path in target.world.root.rglob("*"))
    for number in range(2):
        run = await target.bench.run(target.world.wanted(draft(target, f"{FILES}  # {number}"), TESTS[0]))
        assert len(run.passed) == 1, told(run)
    assert sorted(path.relative_to(target.world.root) for path in target.world.root.rglob("*")) == before


async def test_nothing_is_left_for_the_next_run(target: Target) -> None:
    leave = "open('/tmp/left', 'w'), open('/dev/shm/left', 'w'), open(HOME + '/left', 'w'), open('/var/tmp/left', 'w')"
    run = await target.bench.run(target.world.wanted(draft(target, leave), TESTS[0]))
    assert len(run.passed) == 1, told(run)  # it may write there
    run = await target.bench.run(target.world.wanted(draft(target, LEFT), TESTS[0]))
    assert len(run.passed) == 1, told(run)
