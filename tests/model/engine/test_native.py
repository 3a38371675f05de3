"""What the engine takes for granted of llama.cpp."""

from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from tests.support.gguf import write_tiny

from lastmile.model.engine.native import Context, Flag, Weights
from lastmile.model.engine.opening import _EXACT_BATCH
from lastmile.model.engine.trouble import InterruptedBatchError, NoRoomError

TOKENS = [int(token) for token in np.random.default_rng(0).integers(3, 259, 200)]


def read(context: Context, tokens: list[int], size: int) -> np.ndarray:
    """Read tokens in batches of a size, and give the logits of the last."""
    context.trim(0, 0)
    for start in range(0, len(tokens), size):
        part = tokens[start : start + size]
        context.batch.wanted[: len(part)] = [0] * (len(part) - 1) + [1]
        context.decode(part, list(range(start, start + len(part))), [0] * len(part))
    return context.logits(len(part) - 1).copy()


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0"])
def test_logits_are_the_same_to_the_bit_in_batches_of_any_size(tmp_path: Path, kind: str) -> None:
    weights = Weights(write_tiny(tmp_path / "model.gguf", kind=GGMLQuantizationType[kind]))
    context = Context(weights, cells=512, sequences=1, batch=_EXACT_BATCH, threads=1)
    expected = read(context, TOKENS, 1)
    for size in (2, 3, 7, 16, 33, _EXACT_BATCH):
        assert (read(context, TOKENS, size) == expected).all()
    context.close()
    weights.close()


def test_a_flag_interrupts_a_batch_and_a_full_context_refuses_it(tiny: Path) -> None:
    weights = Weights(tiny)
    context = Context(weights, cells=256, sequences=1, batch=_EXACT_BATCH, threads=1)
    flag = Flag()
    context.watch(flag)
    expected = read(context, TOKENS, 40)
    flag.raise_()
    with pytest.raises(InterruptedBatchError):
        read(context, TOKENS, 40)
    flag.lower()
    assert (read(context, TOKENS, 40) == expected).all()
    with pytest.raises(NoRoomError):
        read(context, TOKENS * 2, 40)
    context.close()
    weights.close()


@pytest.mark.parametrize("length", [1, 100, 200])
def test_a_state_that_is_put_back_goes_on_the_same(tiny: Path, length: int) -> None:
    weights = Weights(tiny)
    context = Context(weights, cells=512, sequences=2, batch=_EXACT_BATCH, threads=1)
    read(context, TOKENS[:length], 40)
    state = context.state(0)
    expected = _next(context, length, 0)
    context.trim(0, 0)
    assert context.restore(1, state)
    assert (_next(context, length, 1) == expected).all()
    context.close()
    weights.close()


def _next(context: Context, length: int, sequence: int) -> np.ndarray:
    context.batch.wanted[0] = 1
    context.decode([65], [length], [sequence])
    return context.logits(0).copy()
