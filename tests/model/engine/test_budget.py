"""What is left of a gap where a context has no room for all of it: never nothing, and the same at the next key."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.engine import answered

from lastmile.model.engine import budget
from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.values import Ask, Chunk, Fill, Urgency

CHUNKS = tuple(
    Chunk(f"{number}.py", "".join(f"a{number}_{line} = {line}\n" for line in range(600))) for number in range(16)
)
BEFORE = "".join(f"value_{number} = compute({number})\n" for number in range(300))
AFTER = "".join(f"print(value_{number})\n" for number in range(80))
SMALL = tuple(Chunk(f"{number}.py", f"b{number} = 1\n" * 12) for number in range(16))


def words(text: str) -> int:
    return len(text.encode()) // 3 + 1 if text else 0


def test_what_fits_is_left_alone() -> None:
    fill = Fill(BEFORE, AFTER, "x.py", SMALL)
    assert budget.within(fill, 100_000, words) == fill


def test_other_files_go_first_and_the_oldest_of_them() -> None:
    fill = budget.within(Fill(BEFORE, AFTER, "x.py", SMALL), 3600, words)
    assert (fill.prefix, fill.suffix) == (BEFORE, AFTER)
    assert 0 < len(fill.chunks) < 16
    assert fill.chunks == SMALL[-len(fill.chunks) :]


def test_then_the_far_ends_of_the_document() -> None:
    fill = budget.within(Fill(BEFORE, AFTER, "x.py", SMALL), 1000, words)
    assert fill.chunks == ()
    assert BEFORE.endswith(fill.prefix)
    assert AFTER.startswith(fill.suffix)
    assert len(fill.prefix) > len(fill.suffix) > 400
    assert 700 < words(fill.prefix) + words(fill.suffix) < 1000


TEXTS = st.text(max_size=200) | st.sampled_from(["", "x" * 9000, "\n" * 5000, BEFORE, AFTER, "😀" * 3000, " " * 9000])


@settings(max_examples=200, deadline=None)
@given(prefix=TEXTS, suffix=TEXTS, chunks=st.lists(TEXTS, max_size=5), size=st.integers(32, 3000))
def test_whatever_it_is_it_fits_and_is_near_the_gap(prefix: str, suffix: str, chunks: list[str], size: int) -> None:
    for count in (words, lambda text: len(text.encode())):
        fill = budget.within(Fill(prefix, suffix, "x.py", tuple(Chunk("y", text) for text in chunks)), size, count)
        assert count(fill.prefix) + count(fill.suffix) + sum(count(item.text) for item in fill.chunks) <= size
        assert prefix.endswith(fill.prefix)
        assert suffix.startswith(fill.suffix)
        assert bool(fill.prefix) == bool(prefix)


@pytest.mark.slow
@pytest.mark.parametrize(("chunks", "before"), [(CHUNKS, BEFORE), (SMALL, BEFORE[:100]), ((), BEFORE)])
def test_an_answer_comes_and_the_next_keys_read_little(
    noisy: LlamaEngine, chunks: tuple[Chunk, ...], before: str
) -> None:
    typed = "    total = compute(width, height)\n    return total"
    read = []
    for length in range(len(typed)):
        fill = Fill(before + "def area():\n" + typed[:length], AFTER, "x.py", chunks)
        known = noisy.evaluated()
        answer = answered(noisy, Ask(fill, most=8, document="x.py", urgency=Urgency.COMPLETION))
        assert answer.usage.prompt > 600
        read.append(noisy.evaluated() - known - answer.usage.completion)
    # The first reads everything; a line's beginning may move the middle's, and a piece may have to go.
    assert sorted(read)[len(read) // 2] <= 4
    assert sum(each > 60 for each in read) <= 3


def test_reading_ahead_is_reading_what_is_asked_then(noisy: LlamaEngine) -> None:
    fill = Fill(BEFORE, AFTER, "x.py", SMALL)
    asks = [Ask(fill, most=most, document="x.py", urgency=Urgency.COMPLETION) for most in (0, 100)]
    first, second = (answered(noisy, ask) for ask in asks)
    assert second.usage.cached >= first.usage.prompt - 1
    many = evolve(asks[0], prompt=evolve(fill, chunks=(Chunk("", ""),) * 20_000))
    assert answered(noisy, many).usage.prompt <= 896
