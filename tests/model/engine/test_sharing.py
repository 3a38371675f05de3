"""What a lane keeps, and what need not be read again for it."""

from pathlib import Path

import pytest
from attrs import evolve
from tests.support.chain_gguf import words
from tests.support.engine import SMALL, answered, opened

from lastmile.model.engine.opening import LlamaEngine
from lastmile.model.values import Ask, Fill, Plain, Sampling, Urgency

HEADER = words(0, 200)
LINES = "".join(f"    total += {number}\n" for number in range(12))


def asked(text: str, document: str = "", most: int = 2) -> Ask:
    return Ask(Plain(text), most=most, document=document, urgency=Urgency.COMPLETION)


def test_what_was_said_is_known_when_it_is_accepted(steady: LlamaEngine) -> None:
    first = answered(steady, asked(words(0, 100), most=10))
    accepted = answered(steady, asked(words(0, 100) + first.text()))
    # The last token of an answer was chosen but never read, and a prompt's last is read for what follows it.
    assert accepted.usage.cached == 101 + 9


def test_documents_keep_their_own_and_share_what_they_begin_with(steady: LlamaEngine) -> None:
    one, two = HEADER + words(300, 50), HEADER + words(250, 40)
    assert answered(steady, asked(one, "one")).usage.cached == 0
    assert answered(steady, asked(two, "two")).usage.cached == 201
    assert answered(steady, asked(one, "one")).usage.cached == 250
    assert answered(steady, asked(two, "two")).usage.cached == 240


def test_a_document_goes_on_from_its_own_even_where_little_is_left(steady: LlamaEngine) -> None:
    answered(steady, asked(words(0, 20) + words(100, 200), "one"))
    answered(steady, asked(words(0, 20) + words(300, 50), "one"))
    # Had it been copied, the first would still be there.
    assert answered(steady, asked(words(0, 20) + words(100, 200), "one")).usage.cached == 21


def test_what_gave_way_is_put_back_when_its_document_comes_back(chain: Path) -> None:
    with opened(chain, SMALL) as engine:
        asks = [asked(words(start, 350), f"document {start}", most=8) for start in (0, 20, 40, 7)]
        before = [answered(engine, ask) for ask in asks]
        assert [each.usage.cached for each in before] == [0, 1, 1, 1]
        read = engine.evaluated()
        after = [answered(engine, ask) for ask in asks]
        assert [each.usage.cached for each in after] == [350] * 4
        assert engine.evaluated() - read <= 4 * 8 + 4
        assert [each.text() for each in before] == [each.text() for each in after]


def test_nothing_is_parked_past_the_budget(chain: Path) -> None:
    with opened(chain, evolve(SMALL, parked_bytes=0)) as engine:
        asks = [asked(words(start, 350), f"document {start}") for start in (0, 20, 40)]
        for ask in asks:
            answered(engine, ask)
        assert answered(engine, asks[0]).usage.cached == 1


def test_many_samples_put_aside_what_is_idle(steady: LlamaEngine) -> None:
    for start in (0, 20, 40):
        answered(steady, Ask(Plain(words(start, 200)), most=2))
    several = Ask(Plain(words(5, 100)), most=200, samples=tuple(Sampling(seed=seed) for seed in range(4)))
    assert [text == words(105, 200) for text in answered(steady, several).texts()] == [True] * 4
    assert answered(steady, Ask(Plain(words(0, 200)), most=2)).usage.cached == 200


def test_the_lanes_do_not_evict_each_other(steady: LlamaEngine) -> None:
    answered(steady, asked(words(0, 300)))
    for start in range(0, 50, 10):
        answered(steady, Ask(Plain(words(start, 350)), most=4))
    assert answered(steady, asked(words(0, 300))).usage.cached == 300


@pytest.mark.parametrize("lines", [1, 4])
def test_a_keystroke_reads_a_few_tokens(noisy: LlamaEngine, lines: int) -> None:
    typed = "    for item in items:\n        total += item.price * item.count\n    return total\n    # Done here.\n"
    typed = "".join(typed.splitlines(keepends=True)[:lines])[:-1]
    read = []
    for length in range(len(typed)):
        fill = Fill(f"def bill(items):\n{LINES}{typed[:length]}", "\n\n\nprint(bill([]))\n" * 8, path="bill.py")
        before = noisy.evaluated()
        found = answered(noisy, Ask(fill, most=1, document="bill.py", urgency=Urgency.COMPLETION))
        read.append(noisy.evaluated() - before)
        assert found.usage.prompt - found.usage.cached == read[-1]
    assert sorted(read)[len(read) // 2] <= 2
    assert sum(each > 100 for each in read) <= 1 + lines // 2
