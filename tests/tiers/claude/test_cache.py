"""The provider's prompt cache: the bytes that must not vary, and that they are read again."""

from __future__ import annotations

import json
from typing import Any

from attrs import evolve
from tests.support.claude_bench import ANSWER, SOURCE, Bench, task_for
from tests.support.messages_api import Exchange
from tests.support.messages_wire import Reply

from lastmile.cascade.draft import Draft, Replace, Usage
from lastmile.cascade.outcome import Attempt, Trigger
from lastmile.cascade.protocols import Evidence
from lastmile.cascade.task import Task
from lastmile.cascade.verdict import Finding, Verdict
from lastmile.text.edits import Replacement


def prefix(sent: Exchange) -> bytes:
    """Give the bytes up to the end of the last marked block, as the cache sees them."""
    content = sent.body["messages"][0]["content"]
    return json.dumps([sent.body["system"], content[0]]).encode()


def marks(block: dict[str, Any]) -> object:
    return block.get("cache_control")


def refused(task: Task) -> Evidence:
    """Say that one draft was refused."""
    draft = Draft((Replace(Replacement(task.target, "def area(r):\n    return 3.14\n")),))
    verdict = Verdict((Finding("lint", "undefined name", evidence="F821"),), text=SOURCE)
    return Evidence((Attempt("local", "", Trigger.START, draft, verdict, Usage(), 0.0, 1.0),))


async def test_the_prefix_is_the_same_for_attempts_tasks_and_tiers(bench: Bench) -> None:
    bench.api.default = Reply(ANSWER)
    first = task_for()
    await bench.draft(first)
    await bench.draft(first, evidence=refused(first))
    await bench.draft(task_for(goal="Say what it returns.", target="def helper_7(value):\n    return value + 7\n"))
    opus = bench.other("opus", "claude-opus-5-5")
    assert [draft async for draft in opus.drafts(bench.request())]
    assert len({prefix(sent) for sent in bench.api.requests}) == 1
    questions = {sent.body["messages"][0]["content"][1]["text"] for sent in bench.api.requests}
    assert len(questions) == 3
    await bench.draft(task_for(SOURCE + "# edited\n"))
    assert len({prefix(sent) for sent in bench.api.requests}) == 2


async def test_the_second_attempt_reads_what_the_first_has_written(bench: Bench) -> None:
    bench.api.default = Reply(ANSWER)
    task = task_for()
    first = (await bench.draft(task)).usage
    second = (await bench.draft(task, evidence=refused(task))).usage
    assert first.cache_read == 0
    assert (second.cache_read, second.cache_write) == (first.cache_write, 0)
    assert bench.tier.cost(second) < bench.tier.cost(first) / 2


async def test_what_is_marked_and_in_which_order(bench: Bench) -> None:
    bench.account.claude = evolve(bench.account.claude, cache_ttl="1h")
    bench.api.enqueue(Reply(ANSWER))
    await bench.draft()
    body = bench.api.requests[0].body
    document, question = body["messages"][0]["content"]
    hour = {"type": "ephemeral", "ttl": "1h"}
    assert [marks(block) for block in (*body["system"], document, question)] == [hour, hour, None]
    assert "helper_89" in document["text"]
    assert "Use math.pi." in question["text"]
