from pathlib import Path

import pytest
from tests.support.chain_gguf import word, words
from tests.support.engine import answered, begin, opened

from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.engine.options import Options
from lastmile.model.values import Ask, Chat, Ended, Fill, Message, Piece, Plain, Prompt, Reason, Sampling, Urgency

FUNCTION = "def area(width, height):\n    return width * height\n\n\n"
WARM = tuple(Sampling(temperature=1.2, top_k=0, top_p=1.0, min_p=0.0, seed=seed) for seed in range(4))


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(
    "prompt",
    [
        Plain("def area("),
        Fill("def area(width):\n    return ", "\n\nprint(area(3))\n", path="shapes.py"),
        Chat((Message("system", "Be brief."), Message("user", "Name a colour."))),
    ],
    ids=["plain", "fill", "chat"],
)
def test_the_same_request_gets_the_same_text_whatever_was_read_before(
    tiny: Path, noisy: LlamaEngine, prompt: Prompt
) -> None:
    ask = Ask(prompt, most=24, samples=WARM[1:2])
    first = answered(noisy, ask)
    again = answered(noisy, ask)
    with opened(tiny) as fresh:
        other = answered(fresh, ask)
    assert first.text() == again.text() == other.text()
    assert (first.usage.cached, again.usage.cached) == (0, again.usage.prompt - 1)


def test_what_is_said_ends_with_its_length(steady: LlamaEngine) -> None:
    found = answered(steady, Ask(Plain(words(5, 3)), most=4))
    assert found.text() == words(8, 4)
    (end,) = found.ends()
    assert (end.reason, end.tokens) == (Reason.LENGTH, 4)
    assert end.confidence is not None
    assert -0.1 < end.confidence.least <= end.confidence.mean < 0 < end.confidence.margin
    assert (found.usage.prompt, found.usage.completion) == (4, 4)


@pytest.mark.parametrize(
    ("stop", "text"),
    [
        (("w00010",), words(8, 2)),
        (("0 w0001", "w00012"), words(8, 2) + "w0001"),
        (("nowhere", ""), words(8, 8)),
        (("w00008",), ""),
    ],
)
def test_a_stop_text_is_not_said_even_where_tokens_part_it(
    steady: LlamaEngine, stop: tuple[str, ...], text: str
) -> None:
    found = answered(steady, Ask(Plain(words(5, 3)), most=8, stop=stop))
    assert found.text() == text
    assert found.ends()[0].reason is (Reason.LENGTH if "nowhere" in stop else Reason.STOP)


@pytest.mark.usefixtures("exact")
def test_samples_read_the_prompt_once_and_are_what_each_would_be_alone(noisy: LlamaEngine, tiny: Path) -> None:
    prompt = Plain(FUNCTION * 4)
    together = answered(noisy, Ask(prompt, most=20, samples=WARM))
    assert len(set(together.texts())) == len(WARM)
    read = together.usage.prompt + sum(end.tokens for end in together.ends())
    assert noisy.evaluated() <= read
    with opened(tiny) as fresh:
        alone = [answered(fresh, Ask(prompt, most=20, samples=(sampling,))).text() for sampling in WARM]
    assert together.texts() == alone


def test_a_sample_is_handed_out_as_soon_as_it_ends(steady: LlamaEngine) -> None:
    # The first always says the likeliest; the second wanders, and does not come upon the stop text.
    wild = Sampling(temperature=50.0, top_k=0, top_p=1.0, min_p=0.0, seed=1)
    found = answered(steady, Ask(Plain(words(5, 3)), most=30, samples=(Sampling(), wild), stop=(word(9),)))
    place, ended = next((place, heard) for place, heard in enumerate(found.heard) if isinstance(heard, Ended))
    assert ended.sample == 0
    assert any(isinstance(heard, Piece) and heard.sample == 1 for heard in found.heard[place:])


def test_a_prompt_can_be_read_ahead(steady: LlamaEngine) -> None:
    ahead = answered(steady, Ask(Plain(words(5, 30)), most=0, urgency=Urgency.COMPLETION))
    assert (ahead.text(), ahead.ends()[0].tokens, ahead.ends()[0].confidence) == ("", 0, None)
    later = answered(steady, Ask(Plain(words(5, 31)), most=2, urgency=Urgency.COMPLETION))
    assert later.usage.cached == ahead.usage.prompt


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_grammar_holds(noisy: LlamaEngine, temperature: float) -> None:
    ask = Ask(Plain("Yes or no?"), samples=(Sampling(temperature),), grammar='root ::= "yes, " ("why" | "how") "?"')
    found = answered(noisy, ask)
    assert found.text() in {"yes, why?", "yes, how?"}
    assert found.ends()[0].reason is Reason.STOP


# What is guessed from the prompt.


@pytest.mark.parametrize(
    "prompt",
    [
        words(10, 120) + words(10, 3),
        words(10, 30) + "x = 1\n" + words(60, 30) + words(10, 3),
        words(380, 15) + words(390, 8) + words(380, 4),
        "ab" * 100,
    ],
)
def test_what_is_guessed_is_what_would_have_been_said(chain: Path, prompt: str) -> None:
    ask = Ask(Plain(prompt), most=100)
    with opened(chain) as guessing, opened(chain, Options(lookup=False)) as plain:
        found, expected = answered(guessing, ask), answered(plain, ask)
    assert found.text() == expected.text()
    assert found.ends()[0].tokens == expected.ends()[0].tokens
    assert expected.usage.guessed == 0


def test_a_copy_is_guessed(steady: LlamaEngine) -> None:
    found = answered(steady, Ask(Plain(words(10, 120) + words(10, 3)), most=100))
    assert found.text() == words(13, 100)
    assert found.usage.guessed > 80


@pytest.mark.parametrize("prompt", [FUNCTION * 3, "a" * 60, "x = [1, 2, 3]\n" * 12])
def test_guessing_changes_nothing_in_noise(tiny: Path, prompt: str) -> None:
    with opened(tiny) as guessing, opened(tiny, Options(lookup=False)) as plain:
        for most in (40, 200):
            ask = Ask(Plain(prompt), most=most)
            assert answered(guessing, ask).text() == answered(plain, ask).text()


def test_a_listener_that_fails_loses_its_own_request_alone(steady: LlamaEngine) -> None:
    def fail(*_: object) -> None:
        raise ValueError

    begin(steady, Ask(Plain(words(5, 3)), most=4), fail)
    assert answered(steady, Ask(Plain(words(5, 3)), most=4)).text() == words(8, 4)
