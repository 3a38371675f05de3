"""The gate in front of every tier that sends text off this machine: policy, redaction, the log.

A prompt goes through `Egress.clear` before it is sent, and `Egress.log` writes the send down
before it happens: what cannot be written down is not sent. Asking the person is not done here; the
loop has done that by then.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

from attrs import evolve, field, frozen
from platformdirs import user_state_path

from lastmile.cascade.protocols import DraftRequest
from lastmile.cascade.task import Task
from lastmile.config.tree import Privacy
from lastmile.errors import TierError
from lastmile.text.snapshot import Snapshot
from lastmile.tiers.egress_log import append
from lastmile.tiers.prompt import Prompt
from lastmile.tiers.redact import Redacted, without_secrets
from lastmile.tiers.withheld import Stays, without_kept_lines

_DRIVE = re.compile(r"^/(?=[A-Za-z]:/)")
_LARGEST = 1 << 20
"""Bytes of a file whose lines are looked for in what tools said."""


@frozen
class Cleared:
    """A prompt that may be sent."""

    prompt: Prompt
    secrets: Mapping[str, str] = field(factory=dict, repr=False)
    """What was taken out, by its placeholder. It never leaves the process."""

    def restore(self, reply: str) -> str:
        """Put the secrets back where the reply names their placeholders."""
        return Redacted(self.prompt, self.secrets).restore(reply)


@frozen
class Egress:
    """What may leave, for one project. Holds no state; safe to use from several threads."""

    privacy: Privacy = field(factory=Privacy)
    folders: tuple[Path, ...] = ()
    """The workspace. Without any, the person opened a single file and that file may be sent."""

    path: Path = field(factory=lambda: user_state_path("lastmile") / "egress.jsonl")
    """The log; one line of JSON for each send, the file for its owner alone."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def refusal(self, snapshot: Snapshot) -> str:
        """Say why the document may not leave this machine; empty where it may.

        A cell is as its notebook, and a document that is no file (``git:``, ``untitled:``) as the
        file that its URI names. Looks at the disk once, for symbolic links.
        """
        named = _places(snapshot)
        places = {place for name in named for place in (name, name.resolve() if name.is_absolute() else name)}
        inside = (not place.is_absolute() or any(_relative(place, self.folders)) for place in places)
        if self.folders and not all(inside):
            return f"{snapshot.name} lies outside the workspace, so it is not sent anywhere"
        names = {name for place in places for name in (place.name, *_relative(place, self.folders))}
        glob = next((glob for glob in self.privacy.never_send if any(_matches(name, glob) for name in names)), "")
        return f"{snapshot.name} is not sent anywhere: it matches {glob} of privacy.never_send" if glob else ""

    def barred(self, task: Task) -> str:
        """Say which file that a task shows keeps it on this machine, and why; empty where none does."""
        return next((why for snapshot in _shown(task) if (why := self.refusal(snapshot))), "")

    def allowed(self, request: DraftRequest) -> DraftRequest:
        """Leave out what might help and may not leave the machine; looks at the disk as `refusal` does."""
        context = tuple(each for each in request.task.context if not self.refusal(each.snapshot))
        return evolve(request, task=evolve(request.task, context=context))

    def clear(self, task: Task, prompt: Prompt) -> Cleared:
        """Let a prompt through, without its secrets and without lines of other files that stay here.

        Raises `TierError` where the policy keeps the file here. Call it through a thread where the
        event loop must not wait: it looks at the disk and reads the whole prompt.
        """
        if reason := self.barred(task):
            message = f"{reason}."
            raise TierError(message)
        shown = "\n".join(snapshot.text for snapshot in _shown(task))
        stays = Stays(self._is_kept, self._text_of)
        prompt = evolve(prompt, question=without_kept_lines(prompt.question, shown, stays))
        if not self.privacy.redact:
            return Cleared(prompt)
        redacted = without_secrets(prompt, shown)
        return Cleared(redacted.prompt, redacted.taken)

    async def log(self, task: Task, cleared: Cleared, *, host: str, tier: str, model: str, body: bytes) -> None:
        """Write one send down, just before it happens; ``body`` is what will be sent.

        Neither the text nor a key is written, only the body's size and SHA-256. Raises `TierError`
        where the log cannot be written.
        """
        entry = {
            "time": self.now().isoformat(timespec="milliseconds"),
            "host": host,
            "tier": tier,
            "model": model,
            "task": task.id,
            "file": self._file(task.snapshot),
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            "redactions": len(cleared.secrets),
        }
        try:
            await asyncio.to_thread(append, self.path, entry)
        except OSError as error:
            message = f"Nothing was sent: the egress log {self.path} cannot be written ({error.strerror})."
            raise TierError(message) from error

    def _is_kept(self, name: str) -> bool:
        """Tell whether a file that a tool named stays here; a name that no file can have does not count."""
        try:
            return any(self.refusal(Snapshot("", "", place)) for place in self._named(name))
        except (OSError, ValueError, RuntimeError):
            return False

    def _text_of(self, name: str) -> str:
        """Read a file of the workspace that a tool named; empty where it cannot be read or is too large."""
        for place in self._named(name):
            try:
                if any(_relative(place, self.folders)) and place.is_file() and place.stat().st_size <= _LARGEST:
                    return place.read_text("utf-8", "replace")
            except (OSError, ValueError):
                continue
        return ""

    def _named(self, name: str) -> list[Path]:
        """Give the places that a name may stand for: tools name files by their path from a workspace folder."""
        return [folder / name for folder in self.folders] or [Path(name)]

    def _file(self, snapshot: Snapshot) -> str:
        place = snapshot.uri if snapshot.path is None else str(snapshot.path)
        return place if self.privacy.plain_paths else hashlib.sha256(place.encode("utf-8", "replace")).hexdigest()


def _places(snapshot: Snapshot) -> tuple[Path, ...]:
    """Give the files whose text the document shows, by what its path or else its URI says."""
    place = snapshot.path
    if place is None:
        name = unquote(urlsplit(snapshot.uri).path).replace("\\", "/")
        place = Path(_DRIVE.sub("", name))
    # A cell's path is its notebook's with .py after it; git's copies may end in .git.
    kept = {".py": ".ipynb", ".git": ""}.get(place.suffix)
    return (place, place.with_suffix("")) if kept is not None and place.stem.endswith(kept) else (place,)


def _shown(task: Task) -> tuple[Snapshot, ...]:
    return (task.snapshot, *(item.snapshot for item in task.references))


def _relative(path: Path, folders: tuple[Path, ...]) -> Iterator[str]:
    """Give the path as seen from each folder that holds it."""
    for folder in folders:
        for base in {folder, folder.resolve()}:
            if path.is_relative_to(base):
                yield path.relative_to(base).as_posix()


def _matches(name: str, glob: str) -> bool:
    """Compare without case. A star runs over slashes; ``**/`` also means the top folder, a final slash all inside."""
    name, glob = name.casefold(), glob.replace("\\", "/").casefold()
    glob = f"{glob}*" if glob.endswith("/") else glob
    return fnmatchcase(name, glob) or fnmatchcase(name, glob.removeprefix("**/"))
