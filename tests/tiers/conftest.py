"""Leaves out the tests of the real llama-server where the program is not installed, and says so."""

from __future__ import annotations

import shutil

FOUND = shutil.which("llama-server")
collect_ignore = [] if FOUND else ["test_openai_llama.py"]


def pytest_report_header() -> str:
    """Say which llama-server is tested, or that none is."""
    return f"llama-server: {FOUND or 'not found on PATH, tests/tiers/test_openai_llama.py is left out'}"
