"""Keys and providers: what makes the tiers absent, how long, and that a key is never seen."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator

import pytest
from attrs import evolve, field, frozen
from tests.support.claude_bench import ANSWER, KEY, Bench, task_for
from tests.support.messages_wire import Break, Gate, Reply, refused

from lastmile.config.claude import Claude, Provider
from lastmile.errors import TierError, TierOffError
from lastmile.tiers.claude.account import Account

pytestmark = pytest.mark.slow


@frozen
class Case:
    key: str
    absent: str
    claude: Claude = field(factory=Claude)


ACCOUNTS = {
    "no key": Case("", "no API key in ANTHROPIC_API_KEY"),
    "blanks": Case(" \n", "no API key in ANTHROPIC_API_KEY"),
    "another variable": Case("", "no API key in TEAM_KEY", Claude(key_variable="TEAM_KEY")),
    "a key of two lines": Case("sk-a\nsk-b", "the API key in ANTHROPIC_API_KEY holds characters that no key has"),
    "a key with a blank": Case("sk-a b", "the API key in ANTHROPIC_API_KEY holds characters that no key has"),
    "a key with an umlaut": Case("sk-ä", "the API key in ANTHROPIC_API_KEY holds characters that no key has"),
    "a key with a newline after it": Case("sk-a\n", ""),
}


@pytest.mark.parametrize("case", ACCOUNTS.values(), ids=ACCOUNTS)
async def test_what_an_account_lacks(bench: Bench, case: Case) -> None:
    bench.tier.account = Account(case.claude, case.key)
    assert bench.tier.absent(task_for()) == case.absent
    if case.absent:
        assert case.absent in str(await bench.failure())
    assert not bench.api.requests


async def test_a_tier_without_a_model_is_absent(bench: Bench) -> None:
    bench.reset(model="")
    assert bench.tier.absent(task_for()) == "no model in tiers.sonnet.model"


async def test_a_wrong_key_is_said_once_for_all_tiers_of_the_account(bench: Bench) -> None:
    bench.api.keys = ["another"]
    opus = bench.other("opus", "claude-opus-5-5")
    error = await bench.failure()
    assert isinstance(error, TierOffError)
    assert "Claude is off until the settings change." in str(error)
    for tier in (bench.tier, opus):
        assert tier.absent(task_for()).startswith("The provider refused the API key in ANTHROPIC_API_KEY (401).")
        with pytest.raises(TierOffError, match="cannot be asked"):
            await anext(tier.drafts(bench.request()))
    assert len(bench.api.requests) == 1
    bench.tier.account = Account(bench.account.claude, "another")
    bench.api.enqueue(Reply(ANSWER))
    assert (await bench.draft()).edits
    await bench.tier.account.close()


async def test_an_unknown_model_turns_off_its_own_tier_alone(bench: Bench) -> None:
    bench.api.models = ["claude-opus-5-5"]
    opus = bench.other("opus", "claude-opus-5-5")
    error = await bench.failure()
    assert "sonnet is off until the settings change." in str(error)
    assert "set tiers.sonnet.model" in bench.tier.absent(task_for())
    assert opus.absent(task_for()) == ""
    bench.api.enqueue(Reply(ANSWER))
    assert (await anext(opus.drafts(bench.request()))).edits


MISSING = {
    Provider.BEDROCK: "pip install 'lastmile[bedrock]'",
    Provider.VERTEX: "pip install 'lastmile[vertex]'",
}


@pytest.mark.parametrize("provider", MISSING, ids=str)
async def test_a_cloud_without_its_extra_is_off_with_the_command_that_helps(bench: Bench, provider: Provider) -> None:
    bench.tier.account = Account(evolve(bench.account.claude, provider=provider), "")
    assert MISSING[provider] in bench.tier.absent(task_for())  # before anybody is asked for consent
    error = await bench.failure()
    assert isinstance(error, TierOffError)
    assert MISSING[provider] in str(error)
    assert "not installed" in bench.tier.absent(task_for())


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999", "http://[", "ftp://127.0.0.1", "not a url"])
async def test_an_address_that_is_none(bench: Bench, url: str) -> None:
    bench.account.claude = evolve(bench.account.claude, base_url=url)
    error = await bench.failure()
    assert any(words in str(error) for words in ("Claude cannot be reached", "claude.base_url", f"reached at {url}"))
    assert bench.meter.usage.output == 0


async def test_two_calls_at_once_share_one_client(bench: Bench) -> None:
    bench.api.default = Reply(ANSWER)
    clients = await asyncio.gather(*(bench.account.client() for _ in range(3)))
    assert len({id(client) for client in clients}) == 1
    await bench.account.close()
    await bench.account.close()
    assert (await bench.draft()).edits


LEAKS = {
    "an answer": Reply(ANSWER),
    "an echo of the key": refused(400, f"Authorization: Bearer {KEY}"),
    "an echo in a stream": Reply(ANSWER, ends=Break(0, "raw", raw=f"event: error\ndata: {KEY}\n\n")),
    "garbage with the key": Reply(ANSWER, ends=Break(2, "raw", raw=f"event: ping2\ndata: {{{KEY}\n\n")),
    "a refusal": refused(401, KEY),
    "a broken connection": Reply(ANSWER, ends=Break(0)),
}


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Let every library log all that it has."""
    with caplog.at_level(logging.DEBUG):
        yield caplog


@pytest.mark.parametrize("reply", LEAKS.values(), ids=LEAKS)
async def test_the_key_is_in_no_message_no_log_and_no_repr(
    bench: Bench, loud: pytest.LogCaptureFixture, reply: Reply
) -> None:
    bench.api.default = reply
    seen = [repr(bench.tier), repr(bench.account)]
    try:
        seen.append(repr(await bench.draft()))
    except TierError as error:
        seen += [str(error), repr(error), bench.tier.absent(task_for()), error_chain(error)]
    ours = [record for record in loud.records if record.name.startswith("lastmile")]
    seen += [logging.Formatter().format(record) for record in ours]
    assert bench.api.requests[0].key == KEY
    assert KEY not in "".join(seen)
    if reply.text and reply.ends is None:
        assert KEY not in loud.text


def error_chain(error: BaseException) -> str:
    """Write an error as a log would, with all that led to it."""
    return "".join(traceback.format_exception(error))


async def test_what_the_sdk_reads_from_the_environment_is_not_our_key(bench: Bench) -> None:
    gate = Gate()
    gate.open()
    bench.api.enqueue(Reply(ANSWER, gate=gate))
    await bench.draft()
    assert bench.api.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert "x-api-key" not in bench.api.requests[0].headers


def test_importing_the_package_imports_no_sdk() -> None:
    code = (
        "import sys\nfrom lastmile.tiers.claude import account, call, client, failures, request, retry, stream, tier\n"
        "print(sorted(name for name in ('anthropic', 'httpx2', 'pydantic') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
