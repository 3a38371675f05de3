"""A real browser, where there is one; otherwise the tests here are left out, and the header says so."""

from __future__ import annotations

from tests.support.programs import CHROMIUM

collect_ignore_glob = ["test_*.py"] if CHROMIUM.is_missing() else []
