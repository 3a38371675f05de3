"""Leaves out what needs bubblewrap where it is not installed."""

from __future__ import annotations

from tests.support.programs import BUBBLEWRAP

_NEED_IT = ["test_hostile.py", "test_forged.py", "test_runs.py", "test_bad_projects.py"]
collect_ignore = _NEED_IT if BUBBLEWRAP.is_missing() else []
