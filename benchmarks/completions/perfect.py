"""What the filters leave of a model that is always right: what they take from it, they cost any other.

    python -m benchmarks.completions.perfect [--count 500] [--seed 1]

The model writes what stood in the file from the cursor on, and goes on with the lines below. No process
is started, and no time passes, so each run of the same places comes to the same.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from pathlib import Path

from tests.support.filling import Desk, ScriptedFiller, pieces

from benchmarks.completions.__main__ import HEAD, STATE, chosen_places
from benchmarks.completions.asking import is_asked
from benchmarks.completions.judging import Outcome, Shown, judged, share
from benchmarks.completions.positions import KINDS, Position
from lastmile.config.completing import Completing

_PIECE = 4
"""Characters of a token, about."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, default=STATE, help="where packages are kept")
    asked = parser.parse_args()
    places = chosen_places(asked.count, random.Random(asked.seed), asked.state)  # noqa: S311 - a choice of places
    outcomes = [asyncio.run(outcome(position)) for position in places]
    print(HEAD)
    for kind in KINDS:
        print(f"{kind:22} {share([each for each in outcomes if each.position.kind == kind])}")
    print(f"{'all':22} {share(outcomes)}")
    lost = [each for each in outcomes if each.asked and not each.exact and each.position.wanted is not None]
    print(f"Not worth a question: {sum(not each.asked for each in outcomes)}. Asked, and another line: {len(lost)}.")
    for each in lost:
        said = None if each.shown is None else each.shown.text
        print(f"--- {each.position.name}, {each.position.kind}: wanted {each.position.wanted!r}, shown {said!r}")


async def outcome(position: Position) -> Outcome:
    """Ask at a position."""
    line = position.text[position.text.rfind("\n", 0, position.offset) + 1 : position.offset]
    stream = position.truth if line.strip() else line + position.truth
    desk = Desk(ScriptedFiller([pieces(stream, _PIECE)]), settings=Completing(battery_saver=True, debounce=0))
    desk.text, desk.offset = position.text, position.offset
    found = await desk.find()
    await desk.completer.close()
    shown = None
    if found is not None:
        span = found.completion.span
        shown = Shown(span.start, span.end, found.completion.text)
    return judged(position, shown, 0.0, asked=is_asked(position))


if __name__ == "__main__":
    main()
