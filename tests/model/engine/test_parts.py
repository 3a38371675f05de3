"""The parts of the engine that need no model."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lastmile.model.engine.lookup import Lookup, worth
from lastmile.model.engine.pace import Pace
from lastmile.model.engine.parked import Parked, State, common
from lastmile.model.engine.sampling import Chooser, Sureness, likely
from lastmile.model.engine.speech import Speech
from lastmile.model.values import Sampling

TOKENS = st.lists(st.integers(0, 3), max_size=40)
LOGITS = st.lists(st.floats(-20, 20, width=32), min_size=2, max_size=30, unique=True)


def spoken(data: bytes, cuts: list[int], stop: tuple[str, ...]) -> tuple[str, list[str]]:
    speech = Speech(stop)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    parts = [speech.add(data[start:end]) for start, end in itertools.pairwise(places)]
    return "".join(parts) + speech.end(), parts


@settings(deadline=None)
@given(st.text(), st.lists(st.integers(0, 200)), st.lists(st.text(max_size=4), max_size=3))
def test_text_comes_whole_and_ends_before_the_first_stop_text(text: str, cuts: list[int], stop: list[str]) -> None:
    data = text.encode("utf-8", "replace")
    whole = data.decode()
    found, parts = spoken(data, cuts, tuple(stop))
    places = [whole.find(each) for each in stop if each and each in whole]
    if not places:
        assert found == whole
    else:
        # Where it ends may hang upon which stop text was complete first, but none is ever said.
        assert whole.startswith(found)
        assert not any(each and each in found for each in stop)
    assert not any("\ufffd" in part for part in parts) or "\ufffd" in whole


def test_a_character_that_never_becomes_whole_is_left_out() -> None:
    assert spoken("naïve €".encode()[:-1], [3, 9, 10], ())[0] == "naïve "


def test_what_cannot_begin_a_stop_text_is_not_held_back() -> None:
    speech = Speech(("\n\n", "END"))
    assert [speech.add(part) for part in (b"a\n", b"b E", b"N", b"d")] == ["a", "\nb ", "", "ENd"]


@settings(deadline=None)
@given(LOGITS, st.integers(0, 12), st.floats(0.05, 1.0), st.floats(0.0, 0.9))
def test_what_is_likely_is_what_a_plain_reckoning_keeps(
    logits: list[float], top_k: int, top_p: float, min_p: float
) -> None:
    sampling = Sampling(1.0, top_k=top_k, top_p=top_p, min_p=min_p)
    found, _ = likely(np.array(logits, np.float32), sampling)
    assert [int(token) for token in found] == plainly(logits, sampling)


def plainly(logits: list[float], sampling: Sampling) -> list[int]:
    order = sorted(range(len(logits)), key=lambda token: -logits[token])
    order = order[: sampling.top_k] if sampling.top_k else order
    shares = [math.exp(logits[token] - logits[order[0]]) for token in order]
    kept, reached = [], 0.0
    for token, share in zip(order, shares, strict=True):
        kept.append(token)
        reached += share
        if sampling.top_p < 1 and reached / sum(shares) >= sampling.top_p:
            break
    return [token for token in kept if math.exp(logits[token] - logits[order[0]]) >= sampling.min_p] or order[:1]


def test_tokens_come_as_often_as_they_are_likely() -> None:
    logits = np.log(np.array([0.5, 0.3, 0.2], np.float32))
    chooser = Chooser(Sampling(1.0, top_k=0, top_p=1.0, min_p=0.0, seed=7))
    found = [chooser.choose(logits) for _ in range(4000)]
    assert [found.count(token) / 4000 for token in range(3)] == pytest.approx([0.5, 0.3, 0.2], abs=0.03)


@pytest.mark.parametrize("seed", [-1, 2**70])
def test_any_number_is_a_seed(seed: int) -> None:
    assert Chooser(Sampling(1.0, seed=seed)).choose(np.zeros(5, np.float32)) is not None


@settings(deadline=None)
@given(LOGITS, st.data())
def test_sureness_is_what_the_probabilities_say(logits: list[float], data: st.DataObject) -> None:
    token = data.draw(st.integers(0, len(logits) - 1))
    row = np.array(logits, np.float32)
    sureness = Sureness()
    sureness.note(row, token)
    found = sureness.confidence()
    logs = [value - math.log(sum(math.exp(each) for each in logits)) for value in logits]
    entropy = -sum(math.exp(log) * log for log in logs)
    assert found is not None
    assert (found.mean, found.least) == pytest.approx((logs[token],) * 2, abs=1e-3)
    assert found.entropy == pytest.approx(entropy, abs=1e-3)
    assert found.margin == pytest.approx(logs[token] - max(logs[:token] + logs[token + 1 :]), abs=1e-3)


def test_what_may_not_follow_does_not_spoil_sureness() -> None:
    sureness = Sureness()
    sureness.note(np.array([0.0, 0.0, -np.inf], np.float32), 0)
    found = sureness.confidence()
    assert found is not None
    assert (found.mean, found.entropy) == pytest.approx((-math.log(2), math.log(2)))


@settings(deadline=None)
@given(TOKENS, TOKENS)
def test_common_is_the_longest_common_beginning(first: list[int], second: list[int]) -> None:
    pairs = list(zip(first, second, strict=False))
    assert common(first, second) == next((n for n, (one, two) in enumerate(pairs) if one != two), len(pairs))


def parked(budget: int, *states: tuple[str, list[int], int]) -> Parked:
    found = Parked(budget)
    for document, tokens, size in states:
        found.put(State(document, tokens, np.zeros(size, np.uint8)))
    return found


def test_the_longest_unused_state_gives_way_and_a_document_has_one() -> None:
    found = parked(100, ("a", [1, 2], 40), ("b", [3, 4], 40), ("a", [1, 5], 40), ("c", [6, 7], 30))
    assert (len(found), found.bytes()) == (2, 70)
    assert found.longest([1, 5, 9])[1] == 2
    assert found.longest([3, 4])[1] == 0
    assert len(parked(100, ("a", [1], 50), ("b", [2], 101))) == 1


def cheap(more: int) -> float:
    return 0.01 * more


def dear(more: int) -> float:
    return 2.0 + 0.5 * more


def test_a_guess_goes_on_where_most_agrees_and_the_latest_of_those() -> None:
    lookup = Lookup([1, 2, 3, 4, 50, 9, 1, 2, 3, 4, 60, 9, 7, 2, 3, 4, 70, 9, 1, 2, 3, 4])
    assert lookup.guess(2, cheap) == [60, 9]
    assert Lookup([2, 3, 4]).guess(5, cheap) == []
    assert Lookup([1, 2]).guess(5, cheap) == []
    assert Lookup([]).guess(5, cheap) == []
    assert lookup.guess(0, cheap) == []


def test_what_was_said_is_guessed_from_as_well() -> None:
    lookup = Lookup([1, 2, 3])
    for token in (4, 5, 6, 1, 2, 3):
        lookup.add(token)
    assert lookup.guess(4, cheap) == [4, 5, 6, 1]


def test_behind_a_token_that_was_another_the_old_text_is_taken_up_again() -> None:
    lookup = Lookup([1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3])
    assert lookup.guess(6, cheap) == [4, 5, 6, 7, 8, 9]
    lookup.add(4)
    lookup.judge(6, 1)
    lookup.add(50)
    assert lookup.guess(6, cheap) == [6, 7, 8]
    lookup.judge(3, 0)
    lookup.add(60)
    assert lookup.guess(6, cheap) == [7, 8, 9]
    lookup.judge(3, 3)
    for token in (70, 80, 90):
        lookup.add(token)
    assert lookup.guess(6, cheap) == []


def test_where_checking_is_dear_only_what_was_long_alike_is_guessed() -> None:
    text = list(range(100, 160))
    assert Lookup([*text, *text[:3]]).guess(32, dear) == []
    assert Lookup([*text, *text[:3]]).guess(32, cheap)
    assert len(Lookup([*text, *text[:25]]).guess(32, dear)) > 8


def test_guessing_stops_where_it_does_not_pay_and_is_tried_again() -> None:
    lookup = Lookup([1, 2, 3, *range(10, 60), 1, 2, 3])
    made = 0
    while guess := lookup.guess(8, lambda more: 0.45 * more):
        made += 1
        lookup.judge(len(guess), 0)
    assert 1 <= made <= 6
    for token in range(100, 145):
        lookup.add(token)
    for token in (1, 2, 3):
        lookup.add(token)
    assert lookup.guess(8, lambda more: 0.45 * more)


def test_guesses_grow_while_they_are_right() -> None:
    lookup = Lookup([1, 2, 3, 4, *range(10, 60), 1, 2, 3])
    sizes = []
    for _ in range(4):
        sizes.append(len(lookup.guess(64, lambda more: 0.3 * more)))
        lookup.judge(sizes[-1], sizes[-1])
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] <= 32


@given(st.floats(0.0, 0.99), st.integers(0, 32), st.floats(0.0, 5.0), st.floats(0.0, 2.0))
def test_a_guess_is_as_long_as_saves_most(chance: float, most: int, once: float, each: float) -> None:
    def saved(length: int) -> float:
        return sum(chance**at for at in range(1, length + 1)) - (once + each * length if length else 0.0)

    found = worth(chance, most, lambda more: once + each * more)
    assert saved(found) == pytest.approx(max(map(saved, range(most + 1))), abs=1e-6)


@settings(deadline=None)
@given(st.floats(1e-3, 0.1), st.floats(1e-4, 0.01), st.lists(st.integers(2, 64), min_size=2, max_size=9, unique=True))
def test_the_pace_of_a_machine_is_found_out(fixed: float, each: float, sizes: list[int]) -> None:
    pace = Pace()
    for size in sizes * 3:
        pace.note(size, fixed + each * size)
    expected = (0.2 - fixed) / each
    assert pace.tokens(0.2, least=1, most=10_000) == pytest.approx(expected, rel=0.02, abs=1.1)
    assert pace.price(3) == pytest.approx(3 * each / (fixed + each), rel=0.02, abs=0.02)


def test_what_more_tokens_cost_is_reckoned_by_what_one_alone_takes() -> None:
    pace = Pace()
    assert (pace.price(0), pace.price(4)) == (0.0, 1.0)
    for size in (4, 16, 32):
        pace.note(size, 0.012 + 0.002 * size)
    pace.note(1, 0.005)
    assert pace.price(0) == 0.0
    assert pace.price(3) == pytest.approx(3.0)


def test_a_pace_that_is_not_known_is_careful() -> None:
    pace = Pace()
    assert pace.tokens(0.03, least=16, most=512) == 16
    pace.note(16, 0.016)
    assert (pace.tokens(0.03, least=16, most=512), pace.tokens(0.01, least=16, most=512)) == (30, 16)
