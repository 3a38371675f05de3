"""The price that is reserved is never passed, whatever the provider answers."""

from __future__ import annotations

from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.claude_bench import Bench, task_for
from tests.support.messages_wire import FRAMING, Break, Reply, refused

from lastmile.cascade.protocols import Evidence, Meter
from lastmile.errors import TierError
from lastmile.ledger.prices import Rates
from lastmile.tiers.claude.request import tokens
from lastmile.tiers.prompt import Prompt

TEXTS = st.text(st.characters(codec="utf-8"), max_size=400) | st.integers(1, 2000).map(lambda n: "a = b(c)\n" * n)
BREAKS = st.builds(Break, st.integers(-1, 12), st.sampled_from(["reset", "drop", "end", "error"]))
REPLIES = st.builds(
    Reply,
    text=TEXTS,
    thinking=TEXTS,
    stop_reason=st.sampled_from(["end_turn", "refusal", "stop_sequence", "tool_use"]),
    piece=st.sampled_from([1000, 200]),
    ends=st.none() | BREAKS,
) | st.sampled_from([400, 429, 500, 529]).map(refused)
DOLLARS = st.floats(0, 200, allow_nan=False)
RATES = st.builds(Rates, DOLLARS, DOLLARS, DOLLARS, DOLLARS, DOLLARS)
SOURCES = st.text(st.characters(codec="utf-8"), max_size=3000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    replies=st.lists(REPLIES, min_size=1, max_size=4),
    rates=RATES,
    source=SOURCES,
    hour=st.booleans(),
    most=st.integers(1, 3000),
)
async def test_worst_case_bounds_every_scripted_reply(
    bench: Bench, replies: list[Reply], rates: Rates, source: str, *, hour: bool, most: int
) -> None:
    bench.api.reset()
    bench.api.enqueue(*replies)
    bench.tier.rates = rates
    bench.account.claude = evolve(bench.account.claude, cache_ttl="1h" if hour else "5m")
    bench.reset(max_tokens=most)
    bench.meter = Meter()
    task = task_for(source + "\nx = 1\n", target="x = 1\n")
    spent = 0.0
    try:
        async for draft in bench.tier.drafts(bench.request(task, samples=2)):
            spent += bench.tier.cost(draft.usage)
    except TierError:
        spent += bench.tier.cost(bench.meter.usage)
    assert spent <= bench.tier.worst_case(task, Evidence(), samples=2) + 1e-9


async def test_every_sample_and_every_word_is_priced(bench: Bench) -> None:
    once = bench.tier.worst_case(task_for(), Evidence(), samples=1)
    assert bench.tier.worst_case(task_for(), Evidence(), samples=3) == 3 * once
    assert bench.tier.worst_case(task_for(goal="Use math.pi. " * 50), Evidence(), samples=3) > 3 * once


def test_what_the_provider_counts_beside_the_text_is_priced() -> None:
    assert sum(tokens(Prompt("+", "+", "+"))) >= 3 + FRAMING
