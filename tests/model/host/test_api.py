"""The OpenAI API of a real host in its own process, over its socket, with a model whose words are known."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tests.support.chain_gguf import words
from tests.support.home import home_in
from tests.support.hosting import Caller, calling, runtime

from lastmile.model.client import URL
from lastmile.model.host.starting import Host

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _of_schema(schema: object) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}


NO_SCHEMA = {"type": "json_schema", "json_schema": {"schema": {"$ref": "#/nowhere"}}}
LOOP = {"type": "json_schema", "json_schema": {"schema": {"$ref": "#"}}}
USAGE = {"prompt_tokens": 4, "completion_tokens": 3, "total_tokens": 7}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, chain: Path) -> Iterator[Host]:
    with runtime(home_in(tmp_path_factory.mktemp("home"))) as hosts:
        yield hosts.host(chain)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def caller(host: Host) -> AsyncIterator[Caller]:
    async with calling(host) as found:
        yield found


@pytest.mark.slow
async def test_text_goes_on(caller: Caller) -> None:
    status, answer = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 3})
    assert (status, answer["object"], answer["model"]) == (200, "text_completion", "chain")
    (choice,) = answer["choices"]
    assert (choice["text"], choice["finish_reason"]) == (words(8, 3), "length")
    assert choice["confidence"]["least"] <= choice["confidence"]["mean"] < 0 < choice["confidence"]["margin"]
    assert answer["usage"].items() >= USAGE.items()
    _, again = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 3})
    assert again["usage"]["prompt_tokens_details"] == {"cached_tokens": 3}


async def test_a_gap_is_filled(caller: Caller) -> None:
    body = {"suffix": "\nprint()\n", "path": "a.py", "chunks": [{"path": "b.py", "text": "x = 1\n"}], "document": "a"}
    status, answer = await caller.post("completions", {"prompt": f"# {words(20, 1)}", "max_tokens": 2, **body})
    assert (status, answer["choices"][0]["text"]) == (200, words(21, 2))
    assert answer["usage"]["prompt_tokens"] > len(body["suffix"])


async def test_a_conversation_is_answered(caller: Caller) -> None:
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "a"}]},
    ]
    status, answer = await caller.post("chat/completions", {"messages": messages, "max_tokens": 2, "model": "chain"})
    assert (status, answer["object"]) == (200, "chat.completion")
    assert answer["choices"][0]["message"]["role"] == "assistant"
    assert answer["usage"]["completion_tokens"] == 2


async def test_a_stream_comes_in_pieces_and_ends_with_its_usage(caller: Caller) -> None:
    body: dict[str, Any] = {"prompt": words(5, 3), "max_tokens": 3, "stream_options": {"include_usage": True}}
    *events, done = [data async for data in caller.stream("completions", body)]
    *pieces, end, usage = map(json.loads, events)
    assert [each["choices"][0]["text"] for each in pieces] == [words(8, 1), words(9, 1), words(10, 1)]
    assert (end["choices"][0]["finish_reason"], end["choices"][0]["confidence"]["mean"] < 0) == ("length", True)
    assert (usage["choices"], usage["usage"].items() >= USAGE.items(), done) == ([], True, "[DONE]")


async def test_how_sure_the_model_was_is_not_reckoned_where_nobody_wants_to_know(caller: Caller) -> None:
    body = {"prompt": words(5, 3), "max_tokens": 3, "confidence": False}
    _, answer = await caller.post("completions", body)
    assert (answer["choices"][0]["text"], answer["choices"][0]["confidence"]) == (words(8, 3), None)
    _, answer = await caller.post("completions", body | {"logprobs": 1})
    assert answer["choices"][0]["logprobs"]["token_logprobs"][0] < 0


async def test_samples_share_a_prompt(caller: Caller) -> None:
    warm = {"temperature": [0, 5.0, 5.0], "top_k": 0, "top_p": 1, "min_p": 0, "n": 3, "seed": 7}
    _, answer = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 3, **warm})
    texts = [choice["text"] for choice in answer["choices"]]
    assert texts[0] == words(8, 3)
    assert len(set(texts)) == 3
    assert (answer["usage"]["prompt_tokens"], answer["usage"]["completion_tokens"]) == (4, 9)
    _, again = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 3, **warm})
    assert [choice["text"] for choice in again["choices"]] == texts


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"stop": "w00010"}, words(8, 2)),
        ({"stop": ["w00009", "w00012"]}, words(8, 1)),
        ({"grammar": 'root ::= "w00031 w"', "max_tokens": 32}, "w00031 w"),
    ],
)
async def test_where_a_text_ends(caller: Caller, wanted: dict[str, Any], text: str) -> None:
    _, answer = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 8, **wanted})
    assert [(choice["text"], choice["finish_reason"]) for choice in answer["choices"]] == [(text, "stop")]


async def test_json_keeps_its_schema(caller: Caller) -> None:
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}
    shape = {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}}
    body = {"messages": [{"role": "user", "content": "?"}], "max_tokens": 400, "temperature": 1, **shape}
    status, answer = await caller.post("chat/completions", body)
    assert status == 200, answer
    (choice,) = answer["choices"]
    assert choice["finish_reason"] == "length" or set(json.loads(choice["message"]["content"])) == {"yes"}
    assert choice["message"]["content"].startswith("{")


NODE = {"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}}
LIST = {"type": "object", "properties": {"a": {"type": "array", "items": {"$ref": "#"}}}, "required": ["a"]}


@pytest.mark.parametrize("schema", [{"$defs": {"n": NODE}, "$ref": "#/$defs/n"}, LIST], ids=["reference", "itself"])
async def test_a_schema_may_refer_to_itself(caller: Caller, schema: dict[str, Any]) -> None:
    shape = {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}}
    status, answer = await caller.post("completions", {"prompt": "a", "max_tokens": 300, "temperature": 1, **shape})
    assert status == 200, answer
    assert answer["choices"][0]["text"].startswith("{")
    assert set(answer["choices"][0]["text"]) <= set('{}[]"a:, ')


@pytest.mark.parametrize(
    ("shape", "first"), [({"type": "text"}, words(8, 1)), ({"type": "json_object"}, "{"), (None, words(8, 1))]
)
async def test_what_an_answer_must_be(caller: Caller, shape: object, first: str) -> None:
    _, answer = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 2, "response_format": shape})
    assert answer["choices"][0]["text"].startswith(first)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"[" * 200_000, "is not JSON"),
        (b'{"prompt": "\\ud800"}', "is not JSON"),
        (b'{"prompt": "\xff"}', "is not JSON"),
        (b'{"prompt": "a", "temperature": NaN}', "is not JSON"),
        (b'{"prompt": "a", "seed": 1e999}', "is not JSON"),
        (b" " * 8_000_001, "longer than 8000000 bytes"),
    ],
)
async def test_what_is_no_request(caller: Caller, text: bytes, said: str) -> None:
    answer = await caller.client.post(f"{URL}/completions", content=text)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "must be a JSON object"),
        ({"prompt": "a", "model": "gpt-9"}, "The model 'gpt-9' does not exist here: this host runs 'chain'."),
        ({"prompt": ["a", "b"]}, "prompt must be one text"),
        ({"prompt": "a", "n": 9}, "n must be a number from 1 to 8."),
        ({"prompt": "a", "temperature": "hot"}, "temperature must be a number from 0 to 100."),
        ({"prompt": "a", "n": 2, "temperature": [0]}, "There are 1 temperatures for 2 samples."),
        ({"prompt": "a", "urgency": "now"}, "urgency must be one of completion, draft, background."),
        ({"prompt": "a", "logprobs": 21}, "logprobs must be a number from 0 to 20."),
        ({"prompt": "a", "logprobs": True}, "logprobs must be a number from 0 to 20."),
        ({"prompt": "a", "logprobs": 0.5}, "logprobs must be a whole number."),
        ({"prompt": "a", "logprobs": 1, "top_logprobs": 1}, "top_logprobs is for conversations"),
        ({"prompt": "a", "best_of": 3}, "best_of is not supported here."),
        ({"prompt": "a", "grammar": "no rule"}, "The grammar cannot be read"),
        ({"prompt": "a", "grammar": "root ::= root"}, "The grammar cannot be read"),
        ({"prompt": "a", "grammar": "root ::= " + "(" * 20_000}, "brackets 20000 deep, and 500 are the most"),
        ({"prompt": "a", "grammar": f'root ::= "{"a" * 200_000}"'}, "200011 characters, and 200000 are the most"),
        ({"prompt": "a", "grammar": 'root ::= "a"{5,2}'}, "a repetition whose most is less than its least"),
        ({"prompt": "a", "grammar": f'root ::= "a"{{{"9" * 5000},2}}'}, "whose most is less than its least"),
        ({"prompt": "a", **_of_schema({"type": "string", "minLength": 10**9})}, "it counts to more than 10000."),
        ({"prompt": "a", **_of_schema({"items": {"type": "array", "maxItems": 1e9}})}, "it counts to more than 10000."),
        ({"prompt": "a", **_of_schema({"pattern": "^((a{99}){99}){2,99}$"})}, "it counts to more than 10000."),
        ({"prompt": "a", "response_format": LOOP}, "The grammar cannot be read"),
        ({"prompt": "a", "n": 1000}, "n must be a number from 1 to 8."),
        ({"prompt": "a", "n": 1.5}, "n must be a whole number."),
        ({"prompt": "a", "max_tokens": -1}, "max_tokens must be a number from 0 to 1e+06."),
        ({"prompt": "a", "max_tokens": 2.5}, "max_tokens must be a whole number."),
        ({"prompt": "a", "document": "a" * 5000}, "document is a name, of 4096 characters at the most."),
        ({"prompt": "a", "stop": ["a"] * 65}, "stop must have 64 texts and 4096 characters at the most."),
        ({"prompt": "a", "stop": "a" * 4097}, "stop must have 64 texts and 4096 characters at the most."),
        ({"prompt": "ab " * 2_000_000}, "The prompt is far too long for a context of 2048 tokens"),
        ({"prompt": "a", "suffix": "", "path": "x" * 2_000_000}, "The prompt is far too long"),
        ({"prompt": "a", "response_format": {"type": "xml"}}, "response_format must be"),
        ({"prompt": "a", "response_format": NO_SCHEMA}, "into a grammar: #/nowhere refers to nothing in it."),
        ({"prompt": "a", **_of_schema({"enum": []})}, "No value can be of the JSON schema: it has an enum"),
        ({"prompt": "a", **_of_schema({"properties": {"b": {"anyOf": []}}})}, "No value can be of the JSON schema"),
        ({"prompt": "a", **_of_schema({"type": "b"})}, 'it has a part that is not known: {"type": "b"}.'),
        ({"prompt": "a", **_of_schema({"pattern": "b", "type": "string"})}, 'Pattern must start with "^" and end'),
        ({"prompt": "a", **_of_schema({"allOf": 3})}, "a part of it is of the wrong type."),
        ({"prompt": "a", "max_completion_tokens": 2.5}, "max_tokens must be a whole number."),
        ({"prompt": "a", "stop": 3}, "stop must be a text or a list of texts."),
        ({"prompt": "a", "suffix": "", "chunks": [3]}, "A chunk must have a path and a text."),
        ({"prompt": words(1, 2) * 2000}, "give the model less to read"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_what_cannot_be_answered(caller: Caller, body: Any, said: str, *, stream: bool) -> None:  # noqa: ANN401 - any JSON
    body = {**body, "stream": stream} if isinstance(body, dict) else body
    status, answer = await caller.post("completions", body)
    assert status == 400
    assert said in answer["error"]["message"]
    assert answer["error"]["type"] == "invalid_request_error"


@pytest.mark.slow
async def test_a_grammar_that_takes_too_long_ends_its_request_and_no_other(caller: Caller) -> None:
    ways = "root ::= " + '"b"? ' * 2500
    status, answer = await caller.post("completions", {"prompt": "a", "grammar": ways})
    assert (status, "can be matched in too many ways" in answer["error"]["message"]) == (400, True)
    _, answer = await caller.post("completions", {"prompt": words(5, 3), "max_tokens": 1})
    assert answer["choices"][0]["text"] == words(8, 1)


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "cook", "content": "a"}],
        [{"role": "user", "content": [{"type": "image_url"}]}],
        "hello",
        [{"role": "user", "content": ""}] * 100_000,
    ],
)
async def test_what_is_no_conversation(caller: Caller, messages: object) -> None:
    status, answer = await caller.post("chat/completions", {"messages": messages})
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error")


async def test_what_the_host_says_of_itself(caller: Caller, host: Host) -> None:
    _, _ = await caller.post("completions", {"prompt": "a", "max_tokens": 1})
    (model,) = json.loads(await caller.get("v1/models"))["data"]
    assert model["id"] == "chain"
    status = await caller.status()
    assert (status["state"], status["running"], status["loads"]) == ("ready", 0, 1)
    assert (status["path"], status["pid"]) == (host.model.path, int(host.places().lock.read_text()))
    lines = (await caller.get("metrics")).splitlines()
    assert "lastmile_model_loaded 1" in lines
    assert f"lastmile_model_requests_total {status['requests']}" in lines
