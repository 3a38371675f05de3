"""Which files are tests by their names, as pytest and people name them; settings are not read here."""

from __future__ import annotations


def is_test_file(name: str) -> bool:
    """Tell whether a file of this name holds tests, or what they share."""
    return name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py"
