"""What programs that are started get to know: no key of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

KEPT = {"LANG": "C.UTF-8", "SECRET_KEY": "django's", "VIRTUAL_ENV": "/v", "AWS_REGION": "eu", "KEYBOARD": "de"}
KEYS = (
    *("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "OPENAI_API_KEY", "MY_API_KEY", "HF_TOKEN", "anthropic_api_key"),
    *("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"),
)
NAMED = {"LASTMILE_OPENAI__TEAM__KEY_VARIABLE": "TEAM_KEY", "TEAM_KEY": "of our own making"}
SHAPED = {"CLAUDE": f"sk-ant-api03-{'a1_-' * 20}", "GPT": f"sk-proj-{'b2' * 20}", "HUB": f"hf_{'c3' * 17}"}
PRINTS = "import json, os; print(json.dumps(dict(os.environ)))"
STARTS = {
    "a program": f"""
import asyncio, sys
from lastmile.tools.process import run
print(asyncio.run(run([sys.executable, "-c", {PRINTS!r}], text="", cwd=None, deadline=30)).out.decode())
""",
    "with more": f"""
import sys, subprocess
from lastmile.tools.environment import without_keys
print(subprocess.check_output([sys.executable, "-c", {PRINTS!r}], env=without_keys({{"MORE": "1"}}), text=True))
""",
}


@pytest.mark.parametrize("how", STARTS)
def test_no_key_goes_to_a_program(how: str) -> None:
    env = {**os.environ, **KEPT, **dict.fromkeys(KEYS, "secret"), **NAMED, **SHAPED}
    done = subprocess.run([sys.executable, "-c", STARTS[how]], env=env, capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    assert {name: seen[name] for name in KEPT} == KEPT
    assert not [name for name in (*KEYS, *SHAPED, "TEAM_KEY") if name in seen]
    assert ("MORE" in seen) == (how == "with more")
