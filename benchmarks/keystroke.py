"""What a keystroke costs: 200 characters typed in the middle of a real file, and a completion asked for after each.

New lines are indented as an editor does it, with the key that ends the line before.

Ours takes the product's way, from the window around the cursor over the client to the host's process.
The peer is llama-server's ``/infill`` with its cache settings, asked as llama.vim asks: the cursor's line
in ``prompt``, ``cache_prompt``, one slot, ``--cache-reuse 256``. Both have the same model file and window,
the same chunk of another file, as many threads, and say as many tokens, the likeliest ones; they are asked
in turn, and who goes first alternates. Every key is a real question: nothing of ours that saves questions
(what was made before and typed through, the generation under way, the wait for a rest) is in use.

llama-server puts the cursor's line before the suffix, so it reads the suffix at each key, which takes it
seconds on one core: it is asked in some runs of keys, not at all of them. The first of a run catches up and
does not count. Asked with ``--suffix-first``, the order that models of another kind are taught, it reads as
little as ours, and is asked at every key: what is left then is the way to the model. Wherever both read a
few tokens, that comparison is printed as well.

llama-server cuts a window to its batch (three quarters of ``-b`` before the cursor, one behind it), so its
batch is as large here as the window needs; with ``--batch 1024``, as llama.vim's readme has it, it reads
less than ours does. Tokens read are those of prompts; what is said comes on top, and is the same for both.
"""

from __future__ import annotations

import argparse
import asyncio
import queue
import statistics
from collections.abc import Sequence
from pathlib import Path

from attrs import field, frozen
from tests.support.hosting import Caller, calling, runtime
from tests.support.llama_server import llama_server

from benchmarks.keystroke_model import write_random
from benchmarks.keystroke_peer import Infill, Spent
from benchmarks.support import milliseconds, percentile, scratch
from lastmile.complete.window import Window, around
from lastmile.config.local import LocalModel
from lastmile.model.client import HostFiller
from lastmile.model.engine.options import Options, thread_count
from lastmile.model.host.starting import Host
from lastmile.model.values import Chunk
from lastmile.text.lines import LineIndex

_SOURCE = Path(queue.__file__)
_OTHER = _SOURCE.with_name("sched.py")
_CHUNK = 30
"""Lines of the other file."""

_TYPED = 200
_TOKENS = 16
_TOKENS_BAR, _TIME_BAR = 12, 1.0
_EVERY, _RUN = 40, 4
"""llama-server is asked at so many keys one after the other, of so many."""


@frozen
class Key:
    """What both took at one key."""

    ended: bool
    """Whether it ended a line."""

    ours: Spent
    theirs: Spent | None
    """None where it was not asked, or had more than one key's text to read."""


@frozen
class Ours:
    """Asks the host."""

    filler: HostFiller
    caller: Caller = field(repr=False)
    chunks: tuple[Chunk, ...]

    async def ask(self, window: Window) -> Spent:
        """Complete at a cursor. What it took is what the host's counts went up by."""
        clock = asyncio.get_running_loop().time
        before, began = await self.caller.status(), clock()
        fill = window.fill(_SOURCE.name, self.chunks)
        async for _ in self.filler.fill(fill, most=_TOKENS, document=str(_SOURCE)):
            pass
        took, after = clock() - began, await self.caller.status()
        prompt, cached, said = (
            after[f"{name}_tokens"] - before[f"{name}_tokens"] for name in ("prompt", "cached", "completion")
        )
        return Spent(took, prompt - cached, prompt, said)


@frozen
class Typing:
    """Somebody who types."""

    ours: Ours
    peer: Infill
    peer_always: bool

    async def type(self, characters: int) -> list[Key]:
        """Take the text of so many keys out of the middle of the file and type it again."""
        text = await asyncio.to_thread(_SOURCE.read_text, "utf-8")
        lines = LineIndex(text)
        start, *stops = _stops(text, lines.start(len(lines) // 2), characters)
        below = text[stops[-1] :]
        await self._key(around(LineIndex(text[:start] + below), start), 0)  # the first has everything to read
        keys = []
        for number, stop in enumerate(stops, 1):
            window = around(LineIndex(text[:stop] + below), stop)
            keys.append(Key(not window.line.strip(), *await self._key(window, number)))
        return keys

    async def _key(self, window: Window, number: int) -> tuple[Spent, Spent | None]:
        at = number % _EVERY
        asked, counts = self.peer_always or at < _RUN, self.peer_always or at > 0
        first = self.peer.ask(window) if asked and number % 2 else None
        ours = await self.ours.ask(window)
        theirs = self.peer.ask(window) if asked and first is None else first
        return ours, theirs if counts else None


def _stops(text: str, start: int, keys: int) -> list[int]:
    """Give where the cursor stands before the first key and after each; an editor indents a new line by itself."""
    found = [_indented(text, start)]
    for _ in range(keys):
        stop = found[-1] + 1
        found.append(_indented(text, stop) if text[stop - 1] == "\n" else stop)
    return found


def _indented(text: str, stop: int) -> int:
    return stop + len(text[stop:]) - len(text[stop:].lstrip(" "))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=_TYPED)
    parser.add_argument("--batch", type=int, default=4096, help="llama-server's -b")
    parser.add_argument("--suffix-first", action="store_true", help="have llama-server read the suffix first")
    parser.add_argument("--threads", type=int, default=0, help="0 for all cores but one")
    chosen = parser.parse_args()
    more = ("--spm-infill",) if chosen.suffix_first else ()
    _print(asyncio.run(_measured(chosen.characters, chosen.batch, thread_count(Options(chosen.threads)), more)))


async def _measured(characters: int, batch: int, threads: int, more: tuple[str, ...]) -> list[Key]:
    chunk = Chunk(_OTHER.name, "".join(_OTHER.read_text(encoding="utf-8").splitlines(keepends=True)[:_CHUNK]))
    with scratch() as (folder, env), runtime(env) as hosts:
        path = write_random(folder / "random.gguf")
        host = Host(LocalModel(path=str(path), threads=threads), hosts.env)
        filler = HostFiller(host)
        cache = ("--cache-reuse", "256", "--batch-size", str(batch), "--ubatch-size", str(min(batch, 1024)))
        size = ("--ctx-size", str(host.model.completion_context), "--parallel", "1")
        speed = ("--threads", str(threads), "--threads-batch", str(threads))
        async with llama_server(path, *cache, *size, *speed, *more) as server, calling(host) as caller:
            peer = Infill(server.port, (chunk,), _TOKENS)
            keys = await Typing(Ours(filler, caller, (chunk,)), peer, bool(more)).type(characters)
            peer.close()
        await filler.close()
        return keys


def _print(keys: Sequence[Key]) -> None:
    ours, pairs = [key.ours for key in keys], [(key.ours, key.theirs) for key in keys if key.theirs]
    theirs = [other for _, other in pairs]
    assert {spent.said for spent in (*ours, *theirs)} == {_TOKENS}, "one of them said less"
    print(f"{len(keys)} keys in {_SOURCE.name}, {sum(key.ended for key in keys)} of them ends of lines.")
    print(f"Ours, at each: {_told(ours)}")
    print(f"llama-server, at {len(theirs)}: {_told(theirs)}")
    print(f"Ours at the same {len(theirs)}: {_told([mine for mine, _ in pairs])}")
    print(f"Tokens read at a key, at the median: {_middle(ours):.0f} (bar: at most {_TOKENS_BAR}).")
    print(f"Time of an answer, ours by llama-server's: {_ratio(pairs)} (bar: at most {_TIME_BAR}).")
    if few := [pair for pair in pairs if max(each.read for each in pair) <= _TOKENS_BAR]:
        print(f"At the {len(few)} keys where neither read more than {_TOKENS_BAR} tokens: {_ratio(few)}.")


def _told(spents: Sequence[Spent]) -> str:
    read, took = [spent.read for spent in spents], [spent.seconds for spent in spents]
    return (
        f"{_middle(spents):.0f} tokens read at the median, {percentile(read, 0.95)} at the 95th percentile, "
        f"{statistics.mean(read):.1f} on average, {max(read)} at most, of {spents[-1].prompt}; "
        f"then {_TOKENS} are said. An answer takes {milliseconds(took)}, "
        f"{percentile(took, 0.95) * 1000:.1f} ms at the 95th percentile."
    )


def _middle(spents: Sequence[Spent]) -> float:
    return statistics.median(spent.read for spent in spents)


def _ratio(pairs: Sequence[tuple[Spent, Spent]]) -> str:
    mine, theirs = ([pair[side].seconds for pair in pairs] for side in (0, 1))
    middle = statistics.median(mine) / statistics.median(theirs)
    each = statistics.median(own / other for own, other in zip(mine, theirs, strict=True))
    late = percentile(mine, 0.95) / percentile(theirs, 0.95)
    return f"{middle:.2f} at the median ({each:.2f} from key to key), {late:.2f} at the 95th percentile"


if __name__ == "__main__":
    main()
