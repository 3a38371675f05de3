"""Who goes first, who waits, and what is left behind by those who leave."""

import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.chain_gguf import words
from tests.support.engine import SMALL, Answer, answered, begin, opened
from tests.support.patience import PATIENCE

from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.values import Ask, Ended, Heard, Piece, Plain, Sampling, Urgency

LONG = Ask(Plain("x = 1\n" * 10), most=60, samples=(Sampling(1.0, seed=3),))
SHORT = Ask(Plain(words(5, 3)), most=6, urgency=Urgency.COMPLETION)


@pytest.mark.parametrize("urgency", [Urgency.DRAFT, Urgency.BACKGROUND])
def test_what_is_more_urgent_goes_first_at_once(steady: LlamaEngine, urgency: Urgency) -> None:
    order: list[str] = []
    inner: list[Answer] = []

    def note(_: Answer, heard: Heard) -> None:
        order.append("draft")
        if len(order) == 5 and isinstance(heard, Piece):
            inner.append(begin(steady, SHORT, lambda *_: order.append("completion")))

    samples = (Sampling(1.0, seed=3),)
    begin(steady, Ask(Plain(words(5, 30)), most=60, samples=samples, urgency=urgency), note).wait()
    assert inner[0].wait().text() == words(8, 6)
    completion = order.index("completion")
    assert completion == 5
    assert order[completion : completion + 8] == ["completion"] * 8


def test_equal_ones_take_turns(steady: LlamaEngine) -> None:
    order: list[str] = []
    gate = threading.Event()
    begin(steady, Ask(Plain("a"), most=1), lambda *_: gate.wait(PATIENCE))
    both = [
        begin(
            steady,
            Ask(Plain(words(start, 3)), most=30, samples=(Sampling(0.1),)),
            lambda *_, name=name: order.append(name),
        )
        for name, start in (("one", 5), ("two", 50))
    ]
    gate.set()
    assert [each.wait().text() for each in both] == [words(8, 30), words(53, 30)]
    assert max(abs(order[:at].count("one") - order[:at].count("two")) for at in range(40)) <= 2


def test_one_that_finds_no_room_waits_for_another_to_end(steady: LlamaEngine) -> None:
    wide = Ask(Plain(words(5, 3)), most=200, samples=tuple(Sampling(0.1, seed=seed) for seed in range(4)))
    first, second = begin(steady, wide), begin(steady, Ask(Plain(words(50, 340)), most=4))
    assert first.wait().texts() == [words(8, 200)] * 4
    assert second.wait().usage.completion == 4


def test_what_nobody_waits_for_leaves_room_for_a_draft(steady: LlamaEngine) -> None:
    order: list[str] = []
    inner: list[Answer] = []

    def note(_: Answer, heard: Heard) -> None:
        order.append("aside")
        if len(order) == 5 and isinstance(heard, Piece):
            draft = Ask(Plain(words(50, 3)), most=30, samples=(Sampling(0.1), Sampling(0.1, seed=2)))
            inner.append(begin(steady, draft, lambda *_: order.append("draft")))

    both = tuple(Sampling(0.1, seed=seed) for seed in range(2))
    wide = Ask(Plain(words(5, 3)), most=2000, samples=both, urgency=Urgency.BACKGROUND)
    assert begin(steady, wide, note).wait().usage.completion < 2 * 2000  # as much as half of the lane holds
    assert inner[0].wait().texts() == [words(53, 30)] * 2
    assert order[6:30] == ["draft"] * 24  # the fifth came with another sample's


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.integers(0, 30), min_size=1, max_size=3), samples=st.integers(1, 3), lookup=st.booleans())
def test_nothing_is_heard_of_a_cancelled_request_and_the_next_is_as_on_a_fresh_engine(
    chain: Path, pieces: list[int], samples: int, *, lookup: bool
) -> None:
    warm = tuple(Sampling(0.0 if lookup else 0.5, seed=seed) for seed in range(samples))
    prompt = words(5, 40) + words(5, 3)
    with opened(chain, SMALL) as engine:
        for most in pieces:
            heard: list[Heard] = []

            def leave(answer: Answer, what: Heard, most: int = most, heard: list[Heard] = heard) -> None:
                heard.append(what)
                if len(heard) == most:
                    answer.cancel()

            left = begin(engine, Ask(Plain(prompt), most=40, samples=warm), leave)
            if most == 0:
                left.cancel()
        found = answered(engine, Ask(Plain(prompt), most=40, samples=warm))
        assert len(heard) <= most
    with opened(chain, SMALL) as fresh:
        assert found.texts() == answered(fresh, Ask(Plain(prompt), most=40, samples=warm)).texts()
    assert len(found.ends()) == samples


@pytest.mark.slow
@pytest.mark.parametrize("read", [1, 40, 200, 500])
def test_a_prompt_that_is_left_half_read_is_read_on(noisy: LlamaEngine, tiny: Path, read: int) -> None:
    ask = Ask(Plain("total = total + 1\n" * 30), most=16)
    left = begin(noisy, ask)
    while noisy.evaluated() < read:
        pass
    left.cancel()
    left.cancel()
    found = answered(noisy, ask)
    assert left.heard == [] or isinstance(left.heard[0], Piece | Ended)
    assert found.usage.cached >= read - 1
    assert noisy.evaluated() <= found.usage.prompt + 64
    with opened(tiny, SMALL) as fresh:
        assert found.text() == answered(fresh, ask).text()


def test_a_request_that_is_left_before_its_turn_never_runs(steady: LlamaEngine) -> None:
    gate = threading.Event()
    begin(steady, Ask(Plain("a"), most=1), lambda *_: gate.wait(PATIENCE))
    left = begin(steady, Ask(Plain(words(0, 300)), most=30))
    left.cancel()
    gate.set()
    assert answered(steady, SHORT).text() == words(8, 6)
    assert (left.heard, steady.evaluated() < 100) == ([], True)
