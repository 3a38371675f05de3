"""What the way to the local model adds to the model: the host, its protocol, and the process that asks.

The peer is llama_cpp's own loop over the same tokens in this process, whose prompt is in its cache as well;
the pairs alternate. The model is small on purpose: it makes a token in a tenth of a millisecond, so that
nothing of what is added hides behind its work. The second figure is a second window's: another process that
asks the host which is there already.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import subprocess
import sys
import time
from pathlib import Path

from attrs import asdict, evolve
from tests.support.chain_gguf import SMALL_CODER, Shape, words, write_chain
from tests.support.hosting import SMALL, Runtime, calling, runtime

from benchmarks.support import milliseconds, percentile, scratch
from lastmile.model.client import HostFiller
from lastmile.model.engine.native import Weights
from lastmile.model.engine.options import Options
from lastmile.model.engine.prompts import PromptMaker
from lastmile.model.engine.vocabulary import Vocabulary
from lastmile.model.host.starting import Host
from lastmile.model.values import Fill

_GAP = Fill(f"# {words(0, 200)}", "\nprint()\n")
_TOKENS = 16
_WARM = 5

_WINDOW = """
import asyncio, os, sys, time
from pathlib import Path
from benchmarks.host_served import completed, resident
from lastmile.config.local import LocalModel
from lastmile.model.client import HostFiller
from lastmile.model.host.starting import Host
before, began = resident(os.getpid()), time.perf_counter()
filler = HostFiller(Host(LocalModel(**{model!r}), {env!r}))
asyncio.run(completed(filler))
print(time.perf_counter() - began, resident(os.getpid()) - before)
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    report(parser.parse_args().times)


def report(times: int) -> None:
    """Measure so many pairs, and print."""
    with scratch() as (folder, env), runtime(env) as hosts:
        asyncio.run(_added(write_chain(folder / "small.gguf", Shape()), hosts, times))
        asyncio.run(_second_window(write_chain(folder / "coder.gguf", SMALL_CODER), hosts))


async def completed(filler: HostFiller) -> str:
    """Have a gap filled."""
    return "".join([piece async for piece in filler.fill(_GAP, most=_TOKENS, document="a.py")])


def resident(pid: int) -> float:
    """Give the megabytes of a process that are its own and in memory: what is mapped from files is shared."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon"))


async def _added(path: Path, hosts: Runtime, times: int) -> None:
    from llama_cpp import Llama  # noqa: PLC0415 - a window needs no peer

    weights = Weights(path)
    tokens = PromptMaker(Vocabulary(weights), weights.template(), Options().layout).tokens(_GAP)
    weights.close()
    bare = Llama(str(path), n_ctx=2048, n_threads=1, n_threads_batch=1, verbose=False)
    filler = HostFiller(hosts.host(path))
    ours, theirs = [], []
    for _ in range(times + _WARM):
        began = time.perf_counter()
        found = list(itertools.islice(bare.generate(tokens, temp=0.0), _TOKENS))
        between = time.perf_counter()
        text = await completed(filler)
        ours.append(time.perf_counter() - between)
        theirs.append(between - began)
        assert text.encode() == bare.detokenize(found)
    await filler.close()
    ours, theirs = ours[_WARM:], theirs[_WARM:]
    added = [mine - other for mine, other in zip(ours, theirs, strict=True)]
    print(f"{_TOKENS} tokens through the host take {milliseconds(ours)}; bare generate takes {milliseconds(theirs)}.")
    print(
        f"The host adds {statistics.median(added) * 1000:.2f} ms at the median, "
        f"{percentile(added, 0.1) * 1000:.2f} ms at the tenth percentile (bar: at most 3 at the median)."
    )


async def _second_window(path: Path, hosts: Runtime) -> None:
    """Have a second process complete at a host that the first one uses. Linux only."""
    host = Host(evolve(SMALL, path=str(path), linger=5), hosts.env)
    filler = HostFiller(host)
    await completed(filler)
    async with calling(host) as caller:
        pid = (await caller.status())["pid"]
        before = resident(pid)
        took, own = map(float, (await asyncio.to_thread(_window, host)).split())
        more = resident(pid) - before
        loads = (await caller.status())["loads"]
    await filler.close()
    print(
        f"A second window has its first completion after {took:.2f} s and takes {own:.1f} MB itself, "
        f"{more:.1f} MB in the host; the model was loaded {loads} time "
        "(bars: under 1 s, under 120 MB together, loaded once)."
    )


def _window(host: Host) -> str:
    code = _WINDOW.format(model=asdict(host.model), env=dict(host.env))
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
