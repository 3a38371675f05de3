"""Where pulled models lie, one folder each with the file and a note of where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cattrs
import orjson
from attrs import asdict, frozen

from lastmile.model.shelf.catalogue import Entry

VARIABLE = "LASTMILE_MODELS"
"""Names the folder of pulled models, in place of one in the user's data folder."""

NOTE = "pulled.json"
_PART = ".part"


@frozen
class Pulled:
    """What the note beside a pulled file says."""

    repository: str
    revision: str
    file: str
    sha256: str
    bytes: int


@frozen
class Place:
    """Where one model of the catalogue lies, or would."""

    folder: Path
    file: Path

    @property
    def note(self) -> Path:
        """The note of what was pulled; without one, the file is not ours."""
        return self.folder / NOTE

    @property
    def lock(self) -> Path:
        """Held by whoever pulls it."""
        return self.folder / ".lock"

    def part(self, sha256: str) -> Path:
        """Give the place of what came so far of a file with that hash."""
        return self.folder / f"{sha256[:16]}{_PART}"

    def parts(self) -> list[Path]:
        """List what came of files that are not whole."""
        return sorted(self.folder.glob(f"*{_PART}"))

    def had(self) -> Path | None:
        """Give the file that was pulled, also one that the catalogue names otherwise by now; None where it is gone."""
        pulled = self._noted()
        file = self.folder / Path(pulled.file).name if pulled else self.file
        return file if pulled and file.is_file() and file.stat().st_size == pulled.bytes else None

    def pulled(self) -> Pulled | None:
        """Give what was pulled; None where nothing was, or the file is gone or another one."""
        return self._noted() if self.had() == self.file else None

    def write(self, pulled: Pulled) -> None:
        """Write down what was pulled."""
        self.note.write_bytes(orjson.dumps(asdict(pulled), option=orjson.OPT_INDENT_2))

    def _noted(self) -> Pulled | None:
        try:
            return cattrs.structure(orjson.loads(self.note.read_bytes()), Pulled)
        except (OSError, ValueError, cattrs.BaseValidationError):
            return None


def models_folder(env: Mapping[str, str]) -> Path:
    """Give the folder of pulled models; it need not be there."""
    named = env.get(VARIABLE, "").strip()
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path  # noqa: PLC0415 - as the ledger's path

    return user_data_path("lastmile", appauthor=False) / "models"


def place_of(entry: Entry, env: Mapping[str, str]) -> Place:
    """Say where a model of the catalogue lies when it was pulled."""
    folder = models_folder(env) / entry.name
    return Place(folder, folder / Path(entry.file).name)
