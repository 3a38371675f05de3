"""Models whose state cannot be taken back: less is reused, and the text is the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.engine import SMALL, answered, begin, opened
from tests.support.recurrent_gguf import write_recurrent

from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.values import Ask, Plain, Sampling, Urgency

PROMPT = "def area(width, height):\n    return width * height\n"
WARM = tuple(Sampling(1.0, seed=seed) for seed in range(3))


@pytest.fixture(scope="module")
def recurrent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recurrent(tmp_path_factory.mktemp("models") / "recurrent.gguf")


@pytest.fixture
def engine(recurrent: Path) -> Iterator[LlamaEngine]:
    with opened(recurrent, SMALL) as engine:
        yield engine


def fresh(path: Path, ask: Ask) -> list[str]:
    with opened(path, SMALL) as engine:
        return answered(engine, ask).texts()


def test_the_same_request_gets_the_same_text(recurrent: Path, engine: LlamaEngine) -> None:
    ask = Ask(Plain(PROMPT), most=24)
    first, again = answered(engine, ask), answered(engine, ask)
    assert first.texts() == again.texts() == fresh(recurrent, ask)
    # What was said cannot be taken back, so the prompt is read again.
    assert again.usage.cached == 0


def test_a_prompt_that_goes_on_is_not_read_again(recurrent: Path, engine: LlamaEngine) -> None:
    answered(engine, Ask(Plain(PROMPT), most=0))
    longer = Ask(Plain(PROMPT + "print("), most=24)
    found = answered(engine, longer)
    assert found.usage.cached == found.usage.prompt - len("print(")
    assert found.texts() == fresh(recurrent, longer)


def test_samples_share_the_prompt(recurrent: Path, engine: LlamaEngine) -> None:
    together = answered(engine, Ask(Plain(PROMPT), most=16, samples=WARM))
    assert engine.evaluated() <= together.usage.prompt + together.usage.completion
    assert together.texts() == [fresh(recurrent, Ask(Plain(PROMPT), most=16, samples=(each,)))[0] for each in WARM]


@pytest.mark.parametrize("read", [0, 1, 100, 400])
def test_what_is_left_half_read_does_no_harm(recurrent: Path, engine: LlamaEngine, read: int) -> None:
    ask = Ask(Plain(PROMPT * 12), most=8, samples=WARM)
    left = begin(engine, ask)
    while engine.evaluated() < read:
        pass
    left.cancel()
    urgent = Ask(Plain(PROMPT), most=8, urgency=Urgency.COMPLETION)
    assert answered(engine, urgent).texts() == fresh(recurrent, urgent)
    assert answered(engine, ask).texts() == fresh(recurrent, ask)
