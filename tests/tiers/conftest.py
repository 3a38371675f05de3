"""Leaves out the tests of the real llama-server where the program is not installed."""

from __future__ import annotations

from tests.support.programs import LLAMA_SERVER

collect_ignore = ["test_openai_llama.py"] if LLAMA_SERVER.is_missing() else []
