"""How likely tokens were, in OpenAI's shapes: over a real host's socket, in one piece and as a stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from math import exp
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.support.chain_gguf import word, words
from tests.support.home import home_in
from tests.support.hosting import Caller, calling, runtime

pytestmark = pytest.mark.asyncio(loop_scope="module")

USER = {"messages": [{"role": "user", "content": "é"}], "logprobs": True}
WARM = {"temperature": 2, "top_k": 0, "top_p": 1, "min_p": 0}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chatty(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    """Give a client of a model that speaks bytes."""
    with runtime(home_in(tmp_path_factory.mktemp("home"))) as hosts:
        async with calling(hosts.host(tiny)) as found:
            yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def steady(chain: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    """Give a client of a model that says a chain of words."""
    with runtime(home_in(tmp_path_factory.mktemp("home"))) as hosts:
        async with calling(hosts.host(chain)) as found:
            yield found


async def told(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for one answer, in one piece and as a stream, and give the choices by number, which must be the same."""
    await caller.post(path, body)  # What is read from a cache may differ in the last bit from what is not.
    status, answer = await caller.post(path, body)
    assert status == 200, answer
    whole = {choice["index"]: choice["logprobs"] for choice in answer["choices"]}
    parts: dict[int, dict[str, Any]] = {}
    async for data in caller.stream(path, body):
        for choice in json.loads(data)["choices"] if data != "[DONE]" else ():
            if choice.get("logprobs"):
                _add(parts.setdefault(choice["index"], {}), choice["logprobs"])
    assert parts == whole
    return {str(number): value for number, value in whole.items()} | {"choices": answer["choices"]}


def _add(to: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        to[name] = to.get(name, []) + value if isinstance(value, list) else value


@pytest.mark.slow
async def test_text_that_goes_on(steady: Caller) -> None:
    found = await told(steady, "completions", {"prompt": words(5, 3), "max_tokens": 3, "logprobs": 2})
    logs = found["0"]
    assert logs["tokens"] == [word(8), word(9), word(10)]
    assert logs["text_offset"] == [0, 7, 14]
    for text, log, top in zip(logs["tokens"], logs["token_logprobs"], logs["top_logprobs"], strict=True):
        assert len(top) == 2
        assert (max(top, key=top.__getitem__), top[text]) == (text, log)
        assert 0.9 < sum(map(exp, top.values())) < 1
    (choice,) = found["choices"]
    assert choice["confidence"]["mean"] == pytest.approx(sum(logs["token_logprobs"]) / 3)


async def test_what_was_guessed_is_told_as_well(steady: Caller) -> None:
    body = {"prompt": words(10, 120) + words(10, 3), "max_tokens": 30, "logprobs": 1}
    found = await told(steady, "completions", body)
    assert found["0"]["tokens"] == [word(number) for number in range(13, 43)]
    assert found["0"]["text_offset"] == list(range(0, 210, 7))
    assert all(-0.1 < log < 0 for log in found["0"]["token_logprobs"])
    _, answer = await steady.post("completions", body)
    assert answer["usage"]["guessed_tokens"] > 0


async def test_no_number_of_others(steady: Caller) -> None:
    found = await told(steady, "completions", {"prompt": words(5, 3), "max_tokens": 2, "logprobs": 0})
    assert (found["0"]["top_logprobs"], len(found["0"]["token_logprobs"])) == (None, 2)


async def test_what_a_stop_text_takes_away_is_not_told(steady: Caller) -> None:
    body = {"prompt": words(5, 3), "max_tokens": 8, "logprobs": 1, "stop": "0009"}
    found = await told(steady, "completions", body)
    assert (found["0"]["tokens"], found["choices"][0]["text"]) == ([word(8), word(9)], f"{word(8)}w0")
    found = await told(steady, "completions", body | {"stop": word(9)})
    assert found["0"]["tokens"] == [word(8)]


async def test_a_chosen_token_that_is_not_among_the_likeliest(steady: Caller) -> None:
    found = await told(
        steady,
        "completions",
        {"prompt": words(5, 3), "max_tokens": 9, "logprobs": 1, "seed": 3} | WARM | {"temperature": 9},
    )
    logs = found["0"]
    assert 2 in map(len, logs["top_logprobs"])
    assert all(
        top[text] == log
        for text, log, top in zip(logs["tokens"], logs["token_logprobs"], logs["top_logprobs"], strict=True)
    )


@pytest.mark.slow
async def test_a_conversation_by_bytes_and_several_samples(chatty: Caller) -> None:
    found = await told(chatty, "chat/completions", USER | WARM | {"top_logprobs": 3, "n": 3, "max_tokens": 24})
    for choice in found["choices"]:
        entries = found[str(choice["index"])]["content"]
        assert len(entries) == choice["tokens"]
        said = b"".join(bytes(entry["bytes"]) for entry in entries).decode("utf-8", "replace")
        assert said.startswith(choice["message"]["content"])
        for entry in entries:
            assert entry["token"] == bytes(entry["bytes"]).decode("utf-8", "replace")
            logs = [other["logprob"] for other in entry["top_logprobs"]]
            assert len(logs) == 3
            assert logs == sorted(logs, reverse=True)
            assert max(logs[0], -9999) >= entry["logprob"]


async def test_a_part_of_a_character_has_a_name_in_text(chatty: Caller) -> None:
    body = {"prompt": "a", "max_tokens": 40, "logprobs": 0, "grammar": 'root ::= "\u00e9"'}
    found = await told(chatty, "completions", body)
    assert found["0"]["tokens"] == ["bytes:\\xc3", "bytes:\\xa9"]
    assert found["0"]["text_offset"] == [0, 0]


async def test_conversations_without_any(steady: Caller) -> None:
    for wanted in ({"logprobs": False}, {"logprobs": None}, {}):
        _, answer = await steady.post("chat/completions", USER | {"max_tokens": 1, "logprobs": None} | wanted)
        assert answer["choices"][0]["logprobs"] is None


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"logprobs": 1}, "logprobs must be a bool."),
        ({"top_logprobs": 21}, "top_logprobs must be a number from 0 to 20."),
        ({"top_logprobs": -1}, "top_logprobs must be a number from 0 to 20."),
        ({"top_logprobs": "all"}, "top_logprobs must be a number from 0 to 20."),
        ({"top_logprobs": 1.5}, "top_logprobs must be a whole number."),
        ({"logprobs": False, "top_logprobs": 2}, "top_logprobs needs logprobs to be true."),
    ],
)
async def test_what_is_wrong(steady: Caller, wanted: dict[str, Any], said: str) -> None:
    status, answer = await steady.post("chat/completions", USER | wanted)
    assert (status, answer["error"]["type"], answer["error"]["message"]) == (400, "invalid_request_error", said)
