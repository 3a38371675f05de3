"""Which failures are tried again, how long is waited before, and what they cost."""

from __future__ import annotations

import pytest
from attrs import evolve, frozen
from tests.support.claude_bench import ANSWER, KEY, Bench
from tests.support.messages_wire import Break, Gate, Reply, refused

from lastmile.cascade.draft import Usage
from lastmile.errors import TierError, TierOffError
from lastmile.tiers.claude.retry import MOST_TRIES, Failure, pause

pytestmark = pytest.mark.slow

AGAIN = {
    "overloaded": refused(529),
    "a server error": refused(500),
    "a bad gateway's page": Reply(status=502, body="<html>Bad Gateway</html>"),
    "a rate limit": refused(429),
    "a request timeout": refused(408),
    "a conflict": refused(409),
    "overloaded after the status": Reply(ANSWER, ends=Break(0, "error")),
    "an error event of an unknown type": Reply(ANSWER, ends=Break(0, "error", "new_error")),
    "reset before the status": Reply(ANSWER, ends=Break(-1)),
    "closed before the status": Reply(ANSWER, ends=Break(-1, "drop")),
    "reset before the answer began": Reply(ANSWER, ends=Break(0)),
}


@pytest.mark.parametrize("reply", AGAIN.values(), ids=AGAIN)
async def test_what_cost_nothing_is_tried_again(bench: Bench, reply: Reply) -> None:
    bench.api.enqueue(reply, reply, Reply(ANSWER))
    draft = await bench.draft()
    assert draft.edits
    assert bench.clock.slept == [0.5, 1.0]
    assert len({sent.raw for sent in bench.api.requests}) == 1
    assert bench.meter.usage == Usage()
    assert not draft.usage.estimated


@pytest.mark.parametrize("reply", AGAIN.values(), ids=AGAIN)
async def test_trying_again_has_an_end_and_has_cost_nothing(bench: Bench, reply: Reply) -> None:
    bench.api.default = reply
    error = await bench.failure()
    assert f"try {MOST_TRIES}, the last" in str(error)
    assert len(bench.api.requests) == MOST_TRIES
    assert bench.meter.usage == Usage()


@frozen
class Once:
    reply: Reply
    says: str
    free: bool = True
    off: bool = False


ONCE = {
    "a wrong key": Once(refused(401, f"invalid: {KEY}"), "refused the API key in ANTHROPIC_API_KEY", off=True),
    "no permission": Once(refused(403), "may not use claude-sonnet-5-5", off=True),
    "no credit": Once(refused(402), "no credit left (402)", off=True),
    "a billing error by its type": Once(
        Reply(status=400, body='{"type": "error", "error": {"type": "billing_error", "message": "too low"}}'),
        "no credit left (400)",
        off=True,
    ),
    "a spend limit": Once(
        Reply(
            status=429,
            body='{"type": "error", "error": {"type": "rate_limit_error", "message": "monthly",'
            ' "details": {"error_code": "enforced_spend_limit_reached"}}}',
        ),
        "no credit left (429)",
        off=True,
    ),
    "no such model": Once(refused(404), "set tiers.sonnet.model", off=True),
    "a context too long": Once(refused(400, "prompt is too long: 9 tokens"), "the request (400). prompt is"),
    "a body too long": Once(refused(413), "too long for the provider (413)"),
    "a redirect": Once(Reply(status=307, headers={"location": "http://127.0.0.1:9/"}), "refused the request (307)"),
    "a proxy's refusal": Once(Reply(status=407, body="who are you?"), "refused the request (407)."),
    "told not to": Once(refused(529, headers={"x-should-retry": "false"}), "overloaded (529)"),
    "a key refused after the status": Once(Reply(ends=Break(0, "error", "authentication_error")), "(401)", off=True),
    "reset in the answer": Once(Reply(ANSWER, ends=Break(4)), "had begun and is paid for", free=False),
    "closed in the answer": Once(Reply(ANSWER, ends=Break(4, "drop")), "had begun and is paid for", free=False),
    "overloaded in the answer": Once(Reply(ANSWER, ends=Break(4, "error")), "had begun and is paid for", free=False),
    "text instead of events": Once(Reply(ANSWER, ends=Break(0, "raw", raw="hello\n\n")), "broke off", free=False),
}


@pytest.mark.parametrize("case", ONCE.values(), ids=ONCE)
async def test_what_cannot_help_or_was_billed_is_not_tried_again(bench: Bench, case: Once) -> None:
    bench.api.enqueue(case.reply, Reply(ANSWER))
    error = await bench.failure()
    assert case.says in str(error)
    assert KEY not in str(error)
    assert isinstance(error, TierOffError) == case.off
    assert bool(bench.tier.absent(bench.request().task)) == case.off
    assert len(bench.api.requests) == 1
    assert (bench.meter.usage == Usage()) == case.free
    assert bench.clock.slept == []


@frozen
class Wait:
    headers: dict[str, str]
    slept: float


WAITS = {
    "seconds": Wait({"retry-after": "7"}, 7.0),
    "milliseconds": Wait({"retry-after-ms": "2500", "retry-after": "9"}, 2.5),
    "less than the backoff": Wait({"retry-after": "0"}, 0.5),
    "a date": Wait({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.5),
    "not a number": Wait({"retry-after": "nan"}, 0.5),
    "in the past": Wait({"retry-after": "-3"}, 0.5),
    "milliseconds that are none": Wait({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
}


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS)
async def test_the_provider_says_how_long_to_wait(bench: Bench, wait: Wait) -> None:
    bench.api.enqueue(refused(429, headers=wait.headers), Reply(ANSWER))
    await bench.draft()
    assert bench.clock.slept == [wait.slept]


async def test_a_wait_past_the_deadline_is_named_and_not_waited(bench: Bench) -> None:
    bench.api.enqueue(refused(529), refused(429, headers={"retry-after": "60"}))
    error = await bench.failure()
    assert "It asks to wait 60 s, and this call has 30 s left." in str(error)
    assert bench.clock.slept == [0.5]
    assert bench.meter.usage == Usage()


async def test_a_host_that_nobody_listens_on(bench: Bench) -> None:
    bench.account.claude = evolve(bench.account.claude, base_url="http://127.0.0.1:9")
    error = await bench.failure()
    assert "Nobody can be reached at http://127.0.0.1:9; is this machine online?" in str(error)
    assert len(bench.clock.slept) == MOST_TRIES - 1
    assert bench.meter.usage == Usage()


async def test_silence_until_the_deadline_may_have_cost_the_prompt(bench: Bench) -> None:
    gate = Gate()
    bench.reset(timeout=0.3)
    await bench.account.client()
    bench.api.enqueue(Reply(ANSWER, gate=gate))
    error = await bench.failure()
    assert "did not answer in full within 0.3 s (tiers.sonnet.timeout)" in str(error)
    assert bench.meter.usage.estimated
    assert bench.meter.usage.cache_write > 0
    assert bench.meter.usage.output == 0
    assert await bench.api.requests[0].ended() == "client"


async def test_silence_in_the_last_moments_is_not_tried_again_either(bench: Bench) -> None:
    await bench.account.client()
    bench.api.enqueue(refused(429, headers={"retry-after": "29.8"}), Reply(ANSWER, gate=Gate()), Reply(ANSWER))
    error = await bench.failure()
    assert "The provider fell silent." in str(error)
    assert len(bench.api.requests) == 2
    assert bench.meter.usage.estimated


@pytest.mark.parametrize(
    ("tries", "wait", "left", "draw", "expected"),
    [
        (1, None, 30.0, 0.0, 0.5),
        (1, None, 30.0, 1.0, 0.375),
        (3, None, 30.0, 0.0, 2.0),
        (5, None, 30.0, 0.0, 8.0),
        (2, 12.0, 30.0, 1.0, 12.0),
        (2, 30.0, 30.0, 1.0, "asks to wait 30 s, and this call has 30 s left"),
        (5, None, 8.0, 0.0, "The next try is due in 8 s"),
        (1, None, -1.0, 0.0, "has 0 s left"),
        (MOST_TRIES, None, 30.0, 0.0, "That was try 6, the last."),
    ],
)
def test_pauses(tries: int, wait: float | None, left: float, draw: float, expected: float | str) -> None:
    failure = Failure("It failed.", again=True, wait=wait)
    if isinstance(expected, str):
        with pytest.raises(TierError, match=expected):
            pause(failure, tries=tries, left=left, draw=draw)
    else:
        assert pause(failure, tries=tries, left=left, draw=draw) == expected


async def test_what_the_tasks_deadline_does_not_allow_is_not_waited_for(bench: Bench) -> None:
    bench.api.default = refused(429, headers={"retry-after": "30"})
    request = evolve(bench.request(), seconds=8.0)
    with pytest.raises(TierError, match=r"\(429\).* It asks to wait 30 s, and this call has 8 s left"):
        _ = [draft async for draft in bench.tier.drafts(request)]
    assert (len(bench.api.requests), bench.clock.slept) == (1, [])


async def test_a_silent_provider_fails_before_the_tasks_deadline(bench: Bench) -> None:
    bench.api.enqueue(Reply(ANSWER, gate=Gate()))
    with pytest.raises(TierError, match=r"within 0\.2 s \(the task's deadline\)"):
        _ = [draft async for draft in bench.tier.drafts(evolve(bench.request(), seconds=0.2))]


def test_what_a_provider_says_is_ended_before_more_is_said() -> None:
    with pytest.raises(TierError, match=r"^It failed\. boom\. That was try"):
        pause(Failure("It failed. boom", again=True), tries=MOST_TRIES, left=30.0, draw=0.0)
