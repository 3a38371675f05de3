"""The stand-in itself: as a program for tests that cannot hold a Python object, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Reply, count, pieces
from tests.support.patience import PATIENCE

BODY: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 50,
    "messages": [{"role": "user", "content": [{"type": "text", "text": "Fix F841, please."}]}],
}


def post(url: str, body: object, *, key: str = "sk-test") -> tuple[int, str]:
    """Send a request with nothing but the standard library."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/v1/messages", data, {"authorization": f"Bearer {key}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - both on loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.slow
def test_it_runs_as_a_program_from_a_script_file(tmp_path: Path) -> None:
    script, port, history = tmp_path / "script.json", tmp_path / "port", tmp_path / "history.jsonl"
    replies = [{"text": "for D100", "when": "D100"}, {"text": "for F841", "when": "F841"}, {"status": 529}]
    script.write_text(json.dumps({"keys": ["sk-test"], "replies": replies, "default": {"text": "for any"}}))
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "tests.support.messages_api",
        "--port-file",
        port,
        "--script",
        script,
    ]
    with subprocess.Popen([*command, "--history", history], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        assert server.stdout.readline().strip().isdigit()
        url = f"http://127.0.0.1:{port.read_text()}"
        answers = [post(url, BODY) for _ in range(3)]
        assert [status for status, _ in answers] == [200, 529, 200]
        assert "for F841" in answers[0][1]
        assert "for any" in answers[2][1]
        assert post(url, BODY, key="sk-other")[0] == 401
        server.communicate(timeout=PATIENCE)
    lines = [json.loads(line) for line in history.read_text().splitlines()]
    assert [line["key"] for line in lines] == ["sk-test", "sk-test", "sk-test", "sk-other"]
    assert lines[0]["body"] == BODY
    assert server.returncode == 0


REFUSED = {
    "no messages": {**BODY, "messages": []},
    "no JSON": b"{",
    "no max_tokens": {**BODY, "max_tokens": None},
    "sampling": {**BODY, "temperature": 0},
    "prefill": {**BODY, "messages": [*BODY["messages"], {"role": "assistant", "content": "Sure"}]},
    "a blank block": {**BODY, "system": [{"type": "text", "text": " "}]},
    "five marks": {**BODY, "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5},
    "a ttl": {**BODY, "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "9m"}}]},
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_the_api_refuses(api: MessagesApi, body: object) -> None:
    api.default = Reply("fine")
    assert post(api.url, body)[0] == 400
    assert post(api.url, BODY)[0] == 200


def test_a_request_without_a_script_is_refused_and_says_so(api: MessagesApi) -> None:
    assert "scripted no reply" in post(api.url, BODY)[1]


@given(st.text())
def test_tokens_join_to_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text
    assert count(text) >= len(pieces(text))
