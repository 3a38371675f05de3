"""The programs that some tests drive, which pip cannot install: they are on PATH, or their tests are left out.

What is left out is said in the header of pytest's report. Where the environment variable CI is set
nobody reads that, so there a missing program is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from attrs import field, frozen
from tests.support.patience import PATIENCE

_EXTENSION = Path(__file__).parents[2] / "editors" / "vscode"


@frozen
class Program:
    """A program, and the tests that cannot do without it."""

    name: str
    tests: str
    """Where they lie, from the root of the repository."""

    accept: Callable[[str], bool] = field(default=lambda _path: True)
    """Tells whether the program at a path is one that will do."""

    version: str = ""
    """What will do, in words."""

    target: str = "tools"
    """What `make` installs it with."""

    def path(self) -> str | None:
        """Find the program; None where there is none that will do."""
        found = shutil.which(self.name)
        return found if found is not None and self.accept(found) else None

    def header(self) -> str:
        """Say in a line which one is tested, or what is left out and how to get it."""
        found = self.path()
        return (
            f"{self.name}: {found}"
            if found
            else f"{self.name}: {self._missing()}, {self.tests} is left out; {self._get()}"
        )

    def is_missing(self, env: Mapping[str, str] = os.environ) -> bool:
        """Tell whether the tests have to be left out.

        Raises `pytest.UsageError` where they have to be and ``CI`` is set.
        """
        if self.path() is not None:
            return False
        if env.get("CI"):
            message = f"{self.name}: {self._missing()}, and CI runs all tests; {self._get()}"
            raise pytest.UsageError(message)
        return True

    def _get(self) -> str:
        return f"`make {self.target}` installs it"

    def _missing(self) -> str:
        return f"none{' of ' + self.version if self.version else ''} is on PATH"


def _is_current(nvim: str) -> bool:
    current = 'vim.fn.has("nvim-0.12") == 1 and vim.treesitter.language.add("markdown")'
    question = ["--headless", "-u", "NONE", "-i", "NONE", f'+lua vim.cmd({current} and "quit" or "cquit")']
    return subprocess.run([nvim, *question], capture_output=True, check=False, timeout=PATIENCE).returncode == 0


def _runs(program: str) -> bool:
    return subprocess.run([program, "--version"], capture_output=True, check=False, timeout=PATIENCE).returncode == 0


def _has_packages(_path: str) -> bool:
    return (_EXTENSION / "node_modules" / ".package-lock.json").exists() and shutil.which("npm") is not None


def _has_driver(_chromium: str) -> bool:
    driver = Path(__file__).parents[1] / "browser" / "node_modules" / "playwright-core"
    return driver.is_dir() and shutil.which("node") is not None


def _has_libraries(*names: str) -> Callable[[str], bool]:
    wanted = " ".join(f'(locate-library "{name}")' for name in names)

    def accept(emacs: str) -> bool:
        question = ["-q", "--batch", "--eval", f"(or (and {wanted}) (kill-emacs 1))"]
        return subprocess.run([emacs, *question], capture_output=True, check=False, timeout=PATIENCE).returncode == 0

    return accept


def _has_a_screen(_kate: str) -> bool:
    return all(map(shutil.which, ("Xvfb", "xdotool", "dbus-run-session")))


NEOVIM = Program("nvim", "tests/editors/test_neovim*", _is_current, "version 0.12 or later, with its parsers,")
EMACS = Program("emacs", "tests/editors/test_emacs*", _has_libraries("eglot"), "version 28 or later, with eglot,")
LSP_MODE = Program(
    *("emacs", "tests/editors/test_lsp_mode*", _has_libraries("lsp-mode", "company")),
    version="version 28 or later, with lsp-mode and company,",
)
KATE = Program(
    *("kate", "tests/editors/test_kate*", _has_a_screen),
    version="it, with Xvfb, xdotool and dbus-run-session,",
)
HELIX = Program("hx", "tests/editors/test_helix*", _runs, "version 25.07 or later")
STYLUA = Program("stylua", "tests/editors/test_lua*")
LLAMA_SERVER = Program("llama-server", "tests/tiers/openai/test_llama.py")
WORKBENCH = Program(
    "lastmile-workbench",
    "tests/editors/test_vscode*",
    _has_packages,
    "it, with editors/vscode/node_modules,",
    "editors",
)
BUBBLEWRAP = Program("bwrap", "tests/testing/worker")
CHROMIUM = Program("chromium", "tests/browser", _has_driver, "any version, with node and tests/browser/node_modules,")
PROGRAMS = (NEOVIM, EMACS, LSP_MODE, HELIX, KATE, STYLUA, WORKBENCH, LLAMA_SERVER, BUBBLEWRAP, CHROMIUM)
