"""Streams that make no sense: never a crash, always a failed attempt that is counted."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.claude_bench import ANSWER, Bench, task_for
from tests.support.messages_wire import Break, Reply

from lastmile.cascade.draft import Usage
from lastmile.cascade.protocols import Evidence, Meter
from lastmile.errors import TierError

DELTA = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}}
STOPPED = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}


def event(data: object, name: str = "") -> str:
    kind = data.get("type", "message") if isinstance(data, dict) else "message"
    return f"event: {name or kind}\ndata: {data if isinstance(data, str) else json.dumps(data)}\n\n"


def started(usage: object) -> str:
    return event({"type": "message_start", "message": {"type": "message", "usage": usage, "content": []}})


GOOD = started({"input_tokens": 5, "output_tokens": 1})

BROKEN = {
    "not JSON": (GOOD + event("{nope"), "makes no sense"),
    "not UTF-8 after all": (GOOD + event('{"type": "content_block_delta", "delta": {"text": "\\ud83d"}}'), "broke off"),
    "no object": (GOOD + event([1, 2]), "makes no sense"),
    "no type": (GOOD + event({"delta": {}}, "message_delta"), "makes no sense"),
    "a delta without a delta": (GOOD + event({"type": "content_block_delta", "index": 0}), "makes no sense"),
    "a number for text": (
        GOOD + event({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": 3}}),
        "makes no sense",
    ),
    "an end without usage": (GOOD + event({"type": "message_delta", "delta": {}}), "makes no sense"),
    "no usage": (started(None), "makes no sense"),
    "usage in words": (started({"input_tokens": "five", "output_tokens": 1}), "makes no sense"),
    "usage that is true": (started({"input_tokens": True, "output_tokens": 1}), "makes no sense"),
    "usage below zero": (started({"input_tokens": -5, "output_tokens": 1}), "makes no sense"),
    "text before the start": (event(DELTA), "makes no sense"),
    "an end before the start": (event(STOPPED), "makes no sense"),
    "nested past any depth": (GOOD + event("[" * 100_000), "The SDK failed (RecursionError)"),
    "nothing at all": (": a comment\n\n", "broke off"),
    "more than was asked for": (
        GOOD + event({**DELTA, "delta": {"type": "text_delta", "text": "x" * 40_000}}),
        "longer than was asked for",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("raw", "says"), BROKEN.values(), ids=BROKEN)
async def test_a_stream_that_makes_no_sense_is_a_failed_attempt(
    bench: Bench, caplog: pytest.LogCaptureFixture, raw: str, says: str
) -> None:
    with caplog.at_level(logging.ERROR):
        bench.api.enqueue(Reply(ends=Break(0, "raw", raw=raw)))
        assert says in str(await bench.failure())
    assert len(bench.api.requests) == 1
    assert bench.meter.usage != Usage()
    assert bool(caplog.records) == ("SDK failed" in says)
    assert bench.tier.absent(task_for()) == ""


KNOWN = {
    "an event of a type to come": GOOD + event({"type": "message_note"}) + event(DELTA) + event(STOPPED),
    "a block of a type to come": GOOD
    + event({"type": "content_block_start", "index": 0, "content_block": {"type": "hologram"}})
    + event({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "abc"}})
    + event(DELTA)
    + event(STOPPED),
    "pings everywhere": event({"type": "ping"}) + GOOD + event({"type": "ping"}) + event(DELTA) + event(STOPPED),
    "no message_stop": GOOD + event(DELTA) + event(STOPPED),
}


@pytest.mark.slow
@pytest.mark.parametrize("raw", KNOWN.values(), ids=KNOWN)
async def test_what_the_provider_may_add_is_passed_over(bench: Bench, raw: str) -> None:
    bench.api.enqueue(Reply(ends=Break(0, "raw", raw=raw)))
    draft = await bench.draft()
    assert draft.defect
    assert draft.usage == Usage(input=5, output=3)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
TYPES = st.sampled_from(
    ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "ping"]
)
FIELDS = st.sampled_from(["message", "usage", "delta", "content_block", "index"])
INNER = st.dictionaries(st.sampled_from(["usage", "type", "text", "thinking", "stop_reason", "output_tokens"]), JSON)
EVENTS = st.tuples(TYPES, st.dictionaries(FIELDS, JSON | INNER, max_size=3)).map(
    lambda pair: {"type": pair[0], **pair[1]}
)
STREAMS = st.lists(EVENTS.map(event) | JSON.map(event) | st.text(max_size=30) | st.just(GOOD), max_size=6).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=STREAMS)
async def test_no_stream_leaks_anything_but_a_tier_error(bench: Bench, raw: str) -> None:
    bench.api.reset()
    bench.api.default = Reply(ANSWER, ends=Break(0, "raw", raw=raw))
    bench.meter = Meter()
    try:
        draft: Any = await bench.draft()
    except TierError:
        draft = None
    usage = bench.meter.usage
    assert min(usage.input, usage.output, usage.cache_read, usage.cache_write) >= 0
    assert draft is None or draft.usage == usage
    assert bench.tier.worst_case(task_for(), Evidence(), samples=1) > 0
