"""A text's logits are the same to the bit, whatever the cache holds, whatever is guessed and whoever runs beside it.

The subject is a trained model on real text: a random one is too sure or too flat for roundings to show.
"""

import inspect
import json
import random
import shutil
import textwrap
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray
from tests.support.engine import Answer, answered, begin, opened

from lastmile.model.engine.lane import Claim, Lane, Need, Row
from lastmile.model.engine.native import Context, Weights
from lastmile.model.engine.opening import _EXACT_BATCH
from lastmile.model.engine.options import Options
from lastmile.model.engine.parked import Parked
from lastmile.model.engine.sequence import Sequence
from lastmile.model.values import Ask, Plain, Urgency

pytestmark = [pytest.mark.usefixtures("exact"), pytest.mark.slow]
TRAINED = Path(__file__).parents[3] / "benchmarks" / "completions" / "tiny-stdlib.gguf"
ROOM = Options(threads=1, completion_cells=2048, draft_cells=2048, sequences=4)
FUNCTIONS = [
    inspect.getsource(each)
    for module in (textwrap, shutil, random.Random, json.JSONEncoder, json.JSONDecoder, inspect)
    for _, each in inspect.getmembers(module, inspect.isfunction)
    if each.__module__ and 400 < len(inspect.getsource(each)) < 1200
]


def asked(text: str, document: str = "", most: int = 3) -> Ask:
    return Ask(Plain(text), most=most, document=document, urgency=Urgency.COMPLETION)


def rewrite(source: str) -> str:
    """Give a prompt whose answer mostly repeats it, so that there is much to guess."""
    cut = source.index("\n", source.index(":") + 1) + 1
    return f"{source}\n\n{source[:cut]}"


def said(answer: Answer) -> tuple[object, ...]:
    """Give what came out, to the bit."""
    return answer.text(), *(end.confidence for end in answer.ends())


def alone(ask: Ask, options: Options = ROOM) -> tuple[object, ...]:
    with opened(TRAINED, options) as engine:
        return said(answered(engine, ask))


@pytest.mark.parametrize("seed", range(3))
def test_documents_that_come_and_go_change_no_bit(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a choice of texts
    # They share beginnings, grow, shrink, and do not all fit.
    asks = []
    for _ in range(10):
        source = chance.choice(FUNCTIONS[:4])
        asks.append(asked(source[: chance.randrange(100, len(source))], chance.choice("abc"), chance.choice([1, 9])))
    with opened(TRAINED, evolve(ROOM, completion_cells=1024, sequences=3)) as engine:
        shared = [answered(engine, ask) for ask in asks]
    assert sum(each.usage.cached > 1 for each in shared) > 3
    for ask, answer in zip(asks, shared, strict=True):
        assert said(answer) == alone(ask)


def check_guesses(sources: list[str]) -> None:
    guessed = 0
    for source in sources:
        ask = asked(rewrite(source), most=60)
        with opened(TRAINED, ROOM) as engine:
            answer = answered(engine, ask)
        guessed += answer.usage.guessed
        assert said(answer) == alone(ask, evolve(ROOM, lookup=False))
    assert guessed


def test_a_guess_changes_no_bit() -> None:
    check_guesses(FUNCTIONS[:3])


def test_a_guess_changes_no_bit_of_twenty_rewritten_functions() -> None:
    check_guesses(FUNCTIONS[3:23])


def test_requests_that_run_in_turns_change_no_bit_of_each_other() -> None:
    asks = [asked(rewrite(source), name, 40) for source, name in zip(FUNCTIONS[:3], "abc", strict=True)]
    with opened(TRAINED, ROOM) as engine:
        # What is given up early lies below what the others hold.
        answered(engine, asked(FUNCTIONS[4], "before"))
        together = [begin(engine, ask) for ask in asks]
        for answer in together:
            answer.wait()
    for ask, answer in zip(asks, together, strict=True):
        assert said(answer) == alone(ask)


def test_threads_that_divide_the_cells_round_as_for_a_batch() -> None:
    weights = Weights(TRAINED)
    context = Context(weights, cells=1024, sequences=1, batch=_EXACT_BATCH, threads=2)
    tokens = [int(token) for token in np.random.default_rng(0).integers(3, 259, 300)]
    last = []
    read = range(_EXACT_BATCH, 289, _EXACT_BATCH)
    for ends in ([*read, 300], [*read, 297, 298, 299, 300]):
        context.trim(0, 0)
        for start, end in zip([0, *ends], ends, strict=False):
            count = end - start
            context.batch.wanted[:count] = [0] * (count - 1) + [1]
            context.decode(tokens[start:end], list(range(start, end)), [0] * count)
        last.append(context.logits(count - 1).copy())
    assert (last[0] == last[1]).all()
    context.close()
    weights.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_lane_keeps_every_text_in_order_whatever_is_given_up(seed: int) -> None:
    weights = Weights(TRAINED)
    chance = random.Random(seed)  # noqa: S311 - a story
    context = Context(weights, cells=2048, sequences=4, batch=_EXACT_BATCH, threads=1)
    lane = Lane(context, tuple(Sequence(number) for number in range(4)), Parked(2**20))
    claims: list[Claim] = []
    for _ in range(150):
        if claims and (len(claims) == 3 or chance.random() < 0.1):
            lane.release(claims.pop(chance.randrange(len(claims))))
        elif len(claims) < 2 or chance.random() < 0.1:
            length = chance.randrange(100, 250)
            tokens = [chance.randrange(3, 8) for _ in range(length)]
            if claim := lane.claim(Need(tokens, chance.choice([1, 1, 2]), 20, chance.choice("abc"))):
                claims.append(claim)
        for claim in claims:
            go_on(lane, claim, chance)
            for sequence in claim.sequences:
                assert positions(context.state(sequence.number)) == list(range(len(sequence.tokens)))
    texts = [(each, list(each.tokens)) for each in lane.sequences if each.tokens]
    assert len(texts) > 1
    found = [lane.evaluate([Row(each, 65, wanted=True)])[0].copy() for each, _ in texts]
    lane.close()
    for (_, tokens), logits in zip(texts, found, strict=True):
        assert (logits == fresh(weights, [*tokens, 65])).all()
    weights.close()


def go_on(lane: Lane, claim: Claim, chance: random.Random) -> None:
    """Read a little of a request's prompt or let its samples say something, and sometimes take back some."""
    first, *others = claim.sequences
    prompt = claim.need.tokens
    if part := prompt[len(first.tokens) : len(first.tokens) + chance.randrange(1, 30)]:
        lane.evaluate([Row(first, token) for token in part])
    elif len(first.tokens) < len(prompt) + 15:
        for other in others:
            if not other.tokens:
                lane.share(first, other, len(prompt))
        rows = [Row(each, chance.randrange(3, 8)) for each in claim.sequences for _ in range(chance.randrange(1, 5))]
        lane.evaluate(rows)
    if chance.random() < 0.5:
        lane.trim(first, max(0, len(first.tokens) - chance.randrange(40)))


def positions(state: NDArray[np.uint8]) -> list[int]:
    """Give the positions that a state holds, in the order of its cells, as llama.cpp writes them.

    Four words come first, the last of which counts the cells, then for each its position and two more.
    """
    words = state[: state.size // 4 * 4].view(np.int32)
    return [int(at) for at in words[4 : 4 + 3 * words[3] : 3]]


def fresh(weights: Weights, tokens: list[int]) -> np.ndarray:
    """Give the logits behind a text in a context that holds nothing else."""
    context = Context(weights, cells=1024, sequences=1, batch=_EXACT_BATCH, threads=1)
    for start in range(0, len(tokens), _EXACT_BATCH):
        part = tokens[start : start + _EXACT_BATCH]
        context.batch.wanted[: len(part)] = [0] * (len(part) - 1) + [1]
        context.decode(part, list(range(start, start + len(part))), [0] * len(part))
    logits = context.logits(len(part) - 1).copy()
    context.close()
    return logits
