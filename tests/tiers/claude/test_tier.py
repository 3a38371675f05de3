"""What a tier makes of answers: drafts, defects and failures, each with its cost."""

from __future__ import annotations

import hashlib
import json
import string
from pathlib import Path
from random import Random

import pytest
from attrs import evolve, frozen
from tests.support.claude_bench import ANSWER, KEY, RATES, SOURCE, Bench, task_for
from tests.support.messages_wire import Break, Reply, count

from lastmile.cascade.draft import Draft, Usage
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.protocols import Evidence
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.config.claude import Effort
from lastmile.config.tree import Privacy
from lastmile.errors import TierError, TierOffError

pytestmark = pytest.mark.slow


@frozen
class Case:
    reply: Reply
    edits: int = 0
    defect: str = ""
    error: str = ""
    output: int | None = None
    """Tokens of output that the meter shows; None for those of the text."""


THOUGHT = "Let me see. " * 20
CASES = {
    "a whole target": Case(Reply(ANSWER), edits=1),
    "in tiny pieces": Case(Reply(ANSWER, piece=1), edits=1),
    "after thinking aloud": Case(
        Reply(ANSWER, thinking="Let me see. " * 20), edits=1, output=count("Let me see. " * 20) + count(ANSWER)
    ),
    "at a stop sequence": Case(Reply(ANSWER, stop_reason="stop_sequence"), edits=1),
    "prose": Case(Reply("I would rather explain it."), defect="no code block"),
    "nothing": Case(Reply(""), defect="empty", output=1),
    "ten thousand lines": Case(Reply("x\n" * 500), defect="501 lines"),
    "a refusal": Case(Reply("No.", stop_reason="refusal", category="cyber"), error="refused to answer (cyber)"),
    "a refusal without a category": Case(Reply("No.", stop_reason="refusal"), error="refused to answer."),
    "cut off": Case(Reply("y = 1\n" * 3000), error="cut off at 2048 tokens", output=2048),
    "a full context": Case(Reply("x", stop_reason="model_context_window_exceeded"), error="context_window"),
    "polite end too early": Case(Reply(ANSWER, ends=Break(4, "end")), error="broke off", output=-1),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_an_answer_is_a_draft_or_a_failure_with_its_cost(bench: Bench, case: Case) -> None:
    bench.api.enqueue(case.reply)
    if case.error:
        assert case.error in str(await bench.failure())
    else:
        draft = await bench.draft()
        assert len(draft.edits) == case.edits
        assert case.defect in draft.defect
        assert bool(case.defect) == bool(draft.defect)
        assert bench.meter.usage == Usage()
    usage = bench.meter.usage if case.error else draft.usage
    assert usage.input > 0
    assert usage.cache_write > 512
    assert usage.output == (count(case.reply.text) if case.output is None else case.output) or case.output == -1
    assert usage.estimated == (case.output == -1)
    assert bench.tier.cost(usage) == RATES.cost(usage) > 0


async def test_each_sample_is_a_draft_of_its_own(bench: Bench) -> None:
    bench.reset(samples=3)
    bench.api.enqueue(Reply(ANSWER), Reply("prose"), Reply(ANSWER))
    usages = [draft.usage async for draft in bench.tier.drafts(bench.request(samples=3))]
    assert [usage.cache_read > 0 for usage in usages] == [False, True, True]
    assert len(bench.api.requests) == 3


async def test_what_is_sent(bench: Bench) -> None:
    bench.api.enqueue(Reply(ANSWER))
    await bench.draft()
    sent = bench.api.requests[0]
    assert sent.key == KEY
    assert sent.headers["x-stainless-retry-count"] == "0"
    assert set(sent.body) == {"model", "max_tokens", "messages", "system", "stream", "output_config"}
    assert sent.body["model"] == bench.tier.model == "claude-sonnet-5-5"
    assert sent.body["output_config"] == {"effort": "low"}
    assert sent.body["max_tokens"] == 2048


@pytest.mark.parametrize(
    ("effort", "most", "max_tokens"), [(Effort.LOW, 1500, 1500), (Effort.OWN, 8192, 4096), (Effort.MAX, 8192, 8192)]
)
async def test_a_reply_has_room_for_thinking_up_to_the_setting(
    bench: Bench, effort: Effort, most: int, max_tokens: int
) -> None:
    bench.reset(max_tokens=most)
    bench.account.claude = evolve(bench.account.claude, effort=effort)
    bench.api.enqueue(Reply(ANSWER))
    await bench.draft()
    body = bench.api.requests[0].body
    assert body["max_tokens"] == max_tokens
    assert body.get("output_config") == (None if effort is Effort.OWN else {"effort": effort.value})


async def test_text_that_no_file_can_hold_is_sent_all_the_same(bench: Bench) -> None:
    bench.tier.egress = evolve(bench.tier.egress, privacy=Privacy(redact=False))
    bench.api.enqueue(Reply(ANSWER))
    assert (await bench.draft(task_for(goal="Half of a pair: \ud83d."))).edits
    assert "Half of a pair: " in bench.api.requests[0].body["messages"][0]["content"][1]["text"]


async def test_secrets_stay_here_and_come_back_in_the_draft(bench: Bench) -> None:
    secret = "AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - an example of Amazon's
    target = f'KEY = "{secret}"\n'
    bench.api.enqueue(Reply('```python\nKEY = str("LASTMILE_SECRET_1")\n```'))
    draft = await bench.draft(task_for(target + "x = 1\n", target=target))
    assert secret not in bench.api.requests[0].raw.decode()
    assert secret in str(draft.edits[0])


def short_secrets(number: int) -> str:
    """Write assignments whose values cost fewer tokens than the placeholders that replace them."""
    draw = Random(5)  # noqa: S311 - values that look secret, the same each time
    values = ("".join(draw.sample(string.ascii_letters, 8)) for _ in range(number))
    return "".join(f'token_{at} = "{value}"\n' for at, value in enumerate(values))


async def test_placeholders_never_make_a_call_dearer_than_was_reserved(bench: Bench) -> None:
    task = task_for(short_secrets(400) + "x = 1\n", target="x = 1\n")
    bench.api.enqueue(Reply("y = 1\n" * 3000))
    await bench.failure(task)
    assert 256 <= bench.api.requests[0].body["max_tokens"] < 2048
    assert bench.tier.cost(bench.meter.usage) <= bench.tier.worst_case(task, Evidence(), samples=1)


async def test_too_many_placeholders_are_not_sent_at_all(bench: Bench) -> None:
    error = await bench.failure(task_for(short_secrets(1500) + "x = 1\n", target="x = 1\n"))
    assert "redacted" in str(error)
    assert bench.meter.usage == Usage()
    assert not bench.api.requests


async def test_a_free_price_is_a_price(bench: Bench) -> None:
    bench.tier.rates = evolve(RATES, input=0, output=0, cache_read=0, cache_write=0, cache_write_1h=0)
    bench.api.enqueue(Reply(ANSWER))
    assert (await bench.draft(task_for(short_secrets(400) + "x = 1\n", target="x = 1\n"))).edits
    assert bench.tier.worst_case(task_for(), Evidence(), samples=1) == 0


async def test_without_a_price_nothing_is_sent(bench: Bench) -> None:
    bench.tier.rates = None
    with pytest.raises(TierError, match=r"tiers\.sonnet\.price"):
        bench.tier.worst_case(task_for(), Evidence(), samples=1)
    assert "price" in str(await bench.failure())
    assert bench.tier.cost(Usage(input=5)) == 0
    assert not bench.api.requests


async def test_each_send_is_in_the_egress_log_with_the_bytes_that_were_sent(bench: Bench) -> None:
    bench.api.enqueue(Reply(status=529), Reply(ANSWER))
    await bench.draft()
    lines = [json.loads(line) for line in bench.tier.egress.path.read_text().splitlines()]
    assert [line["sha256"] for line in lines] == [hashlib.sha256(sent.raw).hexdigest() for sent in bench.api.requests]
    assert {(line["host"], line["tier"], line["model"]) for line in lines} == {
        ("127.0.0.1", "sonnet", "claude-sonnet-5-5")
    }


async def test_what_cannot_be_written_down_is_not_sent(bench: Bench) -> None:
    bench.tier.egress.path.mkdir(parents=True)
    bench.meter.usage = Usage(input=99)
    error = await bench.failure()
    assert "egress log" in str(error)
    assert not isinstance(error, TierOffError)
    assert bench.meter.usage == Usage()
    assert not bench.api.requests


async def test_lines_of_a_test_file_that_must_stay_here_are_not_sent(bench: Bench, tmp_path: Path) -> None:
    """What failing tests say comes by the hints and by the evidence; values are told, lines of the file are not."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_secret.py").write_text("def test_area():\n    assert area(login('hunter-2')) == 12\n")
    bench.tier.egress = evolve(bench.tier.egress, folders=(tmp_path,))
    said = (
        "tests/test_secret.py:2: in test_area\n    assert area(login('hunter-2')) == 12\n"
        "shapes.py:5: in area\n    return 3 * r * r\nAssertionError: assert 27 == 12"
    )
    hints = ("tests/test_secret.py::test_area fails:\n    " + said.replace("\n", "\n    "),)
    task = evolve(task_for(path=tmp_path / "shapes.py"), hints=hints)
    finding = Finding("tests", "tests/test_secret.py::test_area fails: assert 27 == 12", evidence=said)
    text = SOURCE.replace("3 *", "4 *")
    refused = Attempt("rules", "", Trigger.START, Draft(()), Verdict((finding,), text=text), Usage(), 0.0, 0.1)
    bench.api.enqueue(Reply(ANSWER))
    await bench.draft(task, evidence=Evidence((refused,)))
    (sent,) = bench.api.requests
    body = json.dumps(sent.body)
    assert "hunter-2" not in body
    assert body.count("tests/test_secret.py:2: in test_area") == 2
    assert body.count("AssertionError: assert 27 == 12") == 2
    assert body.count("shapes.py:5: in area\\n        return 3 * r * r") == 2


async def test_a_file_that_must_stay_here_makes_the_tier_absent(bench: Bench, tmp_path: Path) -> None:
    task = task_for(path=tmp_path / "prod.key")
    assert "privacy.never_send" in bench.tier.absent(task)
    bench.tier.egress = evolve(bench.tier.egress, privacy=Privacy(never_send=()))
    assert bench.tier.absent(task) == ""
    assert not bench.tier.free
