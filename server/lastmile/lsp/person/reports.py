"""Where the reports that a person asks to see are written: a private folder, gone with the server."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from attrs import define

_KEPT = 20


@define(eq=False)
class Reports:
    """Writes reports; its folder is made with the first. Its methods wait for the disk: use a thread."""

    _folder: Path | None = None

    def write(self, name: str, text: str) -> Path:
        """Write a report; of more than 20 the oldest go."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="lastmile-reports-"))  # readable by this user alone
        path = self._folder / f"{name}.md"
        path.write_text(text, encoding="utf-8", errors="replace")
        written = sorted(self._folder.iterdir(), key=lambda item: item.stat().st_mtime_ns)
        for old in written[:-_KEPT]:
            old.unlink(missing_ok=True)
        return path

    def close(self) -> None:
        """Delete the folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
