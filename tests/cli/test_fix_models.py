"""``lastmile fix`` with two models of one's own: real hosts, each asked for all files before the next."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pytest
from tests.support.fixing import fill
from tests.support.hosting import Runtime


@pytest.mark.slow
def test_each_model_is_asked_once_for_all_files(hosts: Runtime, chain: Path, tiny: Path, tmp_path: Path) -> None:
    folder = fill(tmp_path / "project", {"a.py": "l = 1\nl = 2\n", "b.py": "l = 1\n"}, rules="E741")
    settings = {
        "LADDER": "rules,local",
        "MODEL__PATH": str(chain),
        "MODEL__CONTEXT": "4096",
        "MODEL__THREADS": "1",
        "MODEL__LINGER": "0.5",
        "TIERS__LOCAL__MODELS": f"{tiny},chain",
        "TIERS__LOCAL__MAX_TOKENS": "8",
    }
    env = hosts.env | {f"LASTMILE_{name}": value for name, value in settings.items()}
    call = [sys.executable, "-m", "lastmile", "fix", "."]
    done = subprocess.run(call, cwd=folder, env=env, capture_output=True, check=False, timeout=120, encoding="utf-8")
    assert "2 files: 3 findings, 3 left. 0 of 3 tasks passed." in done.stdout, done.stdout + done.stderr
    with closing(sqlite3.connect(env["LASTMILE_LEDGER"])) as ledger:
        rows = ledger.execute("SELECT tier, model, task FROM attempts ORDER BY id").fetchall()
        (outcomes,) = ledger.execute("SELECT count(*) FROM outcomes").fetchone()
    assert [key for key, _ in groupby((tier, model) for tier, model, _ in rows)] == [
        ("local:tiny", "tiny"),
        ("local:chain", "chain"),
    ]
    assert len({task for _, _, task in rows}) == outcomes == 3
