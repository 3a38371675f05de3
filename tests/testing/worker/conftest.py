"""Leaves out what needs bubblewrap where it is not installed."""

from __future__ import annotations

from tests.support.programs import BUBBLEWRAP

collect_ignore_glob = ["test_*.py"] if BUBBLEWRAP.is_missing() else []
