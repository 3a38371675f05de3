"""Bedrock and Vertex, each in a process of its own where stand-ins for the clouds' libraries are installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.support.claude_bench import ANSWER
from tests.support.messages_api import MessagesApi
from tests.support.messages_wire import Reply

from lastmile.config.claude import Provider

pytestmark = pytest.mark.slow

CLOUDS = ("AWS_", "ANTHROPIC_", "CLOUD_ML_", "GOOGLE_")
GOOGLE_AUTH = """
class Credentials:
    token, expired = "", False

    def refresh(self, request):
        self.token = "token-from-google"

def default(scopes):
    return Credentials(), "project-of-the-credentials"
"""
LIBRARIES = {
    "boto3/__init__.py": "class Session:\n    region_name = None\n    def __init__(self, profile_name): ...",
    "botocore/__init__.py": "",
    "requests/__init__.py": "",
    "google/auth/__init__.py": GOOGLE_AUTH,
    "google/auth/transport/requests.py": "class Request: ...",
}
PROGRAM = """
import asyncio, json, sys
from pathlib import Path
import cattrs
from lastmile.config.tree import Claude, TierSettings
from lastmile.errors import LastmileError
from lastmile.tiers.claude.account import Account
from lastmile.tiers.claude.tier import ClaudeTier
from lastmile.tiers.egress import Egress
from tests.support.claude_bench import RATES, Bench, Clock, task_for

async def main(claude, log):
    account = Account(cattrs.structure(claude, Claude), "")
    tier = ClaudeTier("sonnet", TierSettings(model="a-model"), account, RATES, Egress(path=Path(log)))
    said = ""
    try:
        draft = await Bench(None, account, tier, Clock()).draft()
    except LastmileError as error:
        said = f"{type(error).__name__}: {error}"
    print(json.dumps({"said": said, "absent": tier.absent(task_for())}))
    await account.close()

asyncio.run(main(*json.loads(sys.argv[1])))
"""


def ask(tmp_path: Path, claude: dict[str, Any], **environment: str) -> dict[str, str]:
    """Ask for a draft in another process; give what it says."""
    for name, text in LIBRARIES.items():
        path = tmp_path / "libraries" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(CLOUDS)}
    env = {**clean, "PYTHONPATH": f"{Path.cwd()}{os.pathsep}{tmp_path / 'libraries'}", **environment}
    arguments = json.dumps([claude, str(tmp_path / "egress.jsonl")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, arguments], capture_output=True, text=True, check=True, env=env, timeout=60
    )
    said: dict[str, str] = json.loads(done.stdout)
    return said


def test_vertex_speaks_the_same_stream(api: MessagesApi, tmp_path: Path) -> None:
    api.enqueue(Reply(ANSWER))
    claude = {"provider": "vertex", "base_url": api.url, "region": "europe-west1", "project": "mine"}
    assert ask(tmp_path, claude) == {"said": "", "absent": ""}
    (sent,) = api.requests
    assert sent.path == "/projects/mine/locations/europe-west1/publishers/anthropic/models/a-model:streamRawPredict"
    assert sent.key == "token-from-google"


def test_bedrock_is_asked_at_its_own_path_with_its_own_token(api: MessagesApi, tmp_path: Path) -> None:
    claude = {"provider": "bedrock", "base_url": api.url, "region": "eu-west-1"}
    told = ask(tmp_path, claude, AWS_BEARER_TOKEN_BEDROCK="token-from-amazon")  # noqa: S106 - made up
    (sent,) = api.requests
    assert sent.path == "/model/a-model/invoke-with-response-stream"
    assert sent.key == "token-from-amazon"
    assert "tiers.sonnet.model" in told["said"]


def test_credentials_that_cannot_be_had_are_a_failed_attempt(api: MessagesApi, tmp_path: Path) -> None:
    told = ask(tmp_path, {"provider": "bedrock", "base_url": api.url, "region": "eu-west-1"})
    assert told["said"].startswith("TierError: sonnet: The request could not be made (ModuleNotFoundError)")
    assert told["absent"] == ""
    assert not api.requests


@pytest.mark.parametrize("provider", [Provider.BEDROCK, Provider.VERTEX], ids=str)
def test_a_cloud_without_a_region_is_off(tmp_path: Path, provider: Provider) -> None:
    told = ask(tmp_path, {"provider": provider.value})
    assert told["said"].startswith("TierOffError: Claude cannot be reached")
    assert "region" in told["absent"]
