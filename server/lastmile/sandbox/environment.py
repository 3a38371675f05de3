"""The environment variables that a sandbox lets in: names on a list, and those that make runs alike.

A key, a token or an agent's socket is on no list, so none gets in, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_ALLOWED = frozenset({"LANG", "LANGUAGE", "LC_ALL", "TZ", "TERM", "USER", "LOGNAME"})
_CATEGORIES = frozenset(
    {"LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES", "LC_PAPER", "LC_MEASUREMENT"}
)
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
# So that the same tests do the same: sets in one order, no threads that a fork would lose, no caches beside the code.
_STEADY = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def allowed(env: Mapping[str, str], *, home: Path, temporary: Path, python: Path) -> dict[str, str]:
    """Give the environment inside of a sandbox that has this home, this temporary folder and this interpreter."""
    kept = {name: value for name, value in env.items() if name in _ALLOWED | _CATEGORIES}
    places = {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PATH": f"{python.parent}:{_SYSTEM_PATH}",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(temporary / "hypothesis"),
        "COVERAGE_FILE": str(temporary / "coverage"),
    }
    if (python.parent.parent / "pyvenv.cfg").exists():
        places["VIRTUAL_ENV"] = str(python.parent.parent)
    return kept | places | _STEADY
