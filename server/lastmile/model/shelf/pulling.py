"""Brings a model of the catalogue from the Hugging Face hub: what was begun is gone on with, what came is checked.

The hub's own client keeps nothing of a download that broke off with its process, so the part that came
lies beside the file here, and the client is told where to go on. No token is sent: every file of the
catalogue is public. huggingface_hub is imported when something is pulled.
"""

from __future__ import annotations

import errno
import hashlib
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import field, frozen

from lastmile import __version__
from lastmile.errors import ModelError
from lastmile.model.header import whole
from lastmile.model.shelf.catalogue import Entry
from lastmile.model.shelf.places import VARIABLE, Place, Pulled, place_of

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_PATIENCE = 10.0
"""Seconds for the hub to say what it has."""

_SPARE = 64_000_000
"""Bytes that are left free on the disk."""


@frozen
class Offer:
    """What the hub has."""

    url: str = field(repr=False)
    sha256: str
    bytes: int
    revision: str


@frozen
class Pull:
    """One model to be brought here. Everything blocks."""

    entry: Entry
    env: Mapping[str, str]
    say: Callable[[str], None]
    """Takes sentences about what is done now."""

    endpoint: str | None = None
    """The hub's address; None for what ``HF_ENDPOINT`` names, else the usual one."""

    @property
    def place(self) -> Place:
        """Where it is brought."""
        return place_of(self.entry, self.env)

    def run(self) -> Path:
        """Bring it, with a bar on standard error, and give the file. Raises `ModelError`; what came stays."""
        place = self.place
        if (pulled := place.pulled()) and self._is_current(pulled):
            return place.file
        offer = self._offer()
        try:
            place.folder.mkdir(parents=True, exist_ok=True)
            with alone(place):
                self._see_room(offer)
                self._fetch(offer)
                self._keep(offer)
        except OSError as error:
            raise ModelError(self._trouble(error)) from error
        return place.file

    def _is_current(self, pulled: Pulled) -> bool:
        known = self.entry.sha256
        return pulled.file == self.entry.file and (not known or pulled.sha256 == known)

    def _offer(self) -> Offer:
        """Ask the hub for the file's hash and size."""
        from huggingface_hub import get_hf_file_metadata, hf_hub_url  # noqa: PLC0415 - only a pull needs it

        entry = self.entry
        if self.endpoint is not None and not _ADDRESS.fullmatch(self.endpoint):
            message = (
                f'HF_ENDPOINT is "{self.endpoint}", and that is no address of a hub: it must be as'
                " https://hub.example. Without it the usual hub is asked."
            )
            raise ModelError(message)
        url = hf_hub_url(entry.repository, entry.file, revision=entry.revision, endpoint=self.endpoint)
        try:
            found = get_hf_file_metadata(
                url, token=False, timeout=_PATIENCE, library_name="lastmile", endpoint=self.endpoint
            )
        except _network() as error:
            raise ModelError(self._absent(error)) from error
        sha256 = found.etag or ""
        if not _SHA256.fullmatch(sha256) or found.size is None:
            message = f"The hub does not say the SHA-256 of {entry.file}, so it is not pulled. {self._by_hand()}"
            raise ModelError(message)
        if entry.sha256 and sha256 != entry.sha256:
            message = (
                f"The hub has another file under the name {entry.file} than the catalogue knows: its SHA-256 is"
                f" {sha256}, and should be {entry.sha256}. Nothing was pulled."
            )
            raise ModelError(message)
        return Offer(url, sha256, found.size, found.commit_hash or entry.revision)

    def _see_room(self, offer: Offer) -> None:
        """See that the disk has room for what is missing."""
        part = self.place.part(offer.sha256)
        missing = offer.bytes - (part.stat().st_size if part.exists() else 0)
        free = shutil.disk_usage(self.place.folder).free
        if missing + _SPARE > free:
            message = (
                f"{self.place.folder} has {free / 1e9:.1f} GB left, and {self.entry.name} takes {missing / 1e9:.1f} GB:"
                f" make room, or name a folder on another disk in {VARIABLE}."
            )
            raise ModelError(message)

    def _fetch(self, offer: Offer) -> None:
        """Download what is missing."""
        from huggingface_hub.file_download import http_get  # noqa: PLC0415 - only a pull needs it

        headers = {"User-Agent": f"lastmile/{__version__}", "Accept-Encoding": "identity"}
        part = self.place.part(offer.sha256)
        with part.open("r+b" if part.exists() else "w+b") as file:
            came = file.seek(0, 2)
            if came > offer.bytes:  # It is nothing that could be gone on with.
                came = file.truncate(file.seek(0))
            if came:
                self.say(f"Going on from {came / 1e6:.0f} MB of {offer.bytes / 1e6:.0f} MB.")
            try:
                http_get(
                    offer.url,
                    file,
                    resume_size=came,
                    headers=headers,
                    expected_size=offer.bytes,
                    displayed_filename=self.entry.file,
                )
            except _network() as error:
                message = (
                    f"The download broke off: {_words(error)}. What came is kept:"
                    f" lastmile model pull {self.entry.name} goes on from there."
                )
                raise ModelError(message) from error

    def _keep(self, offer: Offer) -> None:
        """Check what came, and put it in its place."""
        place, part = self.place, self.place.part(offer.sha256)
        self.say("Checking its SHA-256.")
        with part.open("rb") as file:
            came = hashlib.file_digest(file, "sha256").hexdigest()
        if came != offer.sha256:
            part.unlink()
            message = (
                f"What came is not {self.entry.file}: its SHA-256 is {came}, and should be {offer.sha256}."
                " It was removed; pull it again."
            )
            raise ModelError(message)
        try:
            whole(part)
        except ModelError:
            part.unlink()
            raise
        before = place.had()
        place.note.unlink(missing_ok=True)
        part.replace(place.file)
        place.write(Pulled(self.entry.repository, offer.revision, self.entry.file, came, offer.bytes))
        for old in (*place.parts(), *([before] if before not in (None, place.file) else ())):
            old.unlink()

    def _absent(self, error: Exception) -> str:
        hub = f"The hub that HF_ENDPOINT names, {self.endpoint}," if self.endpoint else "The hub"
        return f"{hub} cannot be reached, or does not have the file: {_words(error)}. {self._by_hand()}"

    def _by_hand(self) -> str:
        return (
            f"By hand: download {self.entry.download} where that is possible, bring the file here,"
            " and say: lastmile model use FILE."
        )

    def _trouble(self, error: OSError) -> str:
        if error.errno == errno.ENOSPC:
            return (
                f"The disk of {self.place.folder} is full. What came is kept: make room, and"
                f" lastmile model pull {self.entry.name} goes on from there."
            )
        return f"{self.entry.name} could not be pulled: {error.strerror or _words(error)}. What came is kept."


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Keep other processes from pulling the same model meanwhile. Raises `ModelError` where one does."""
    with place.lock.open("ab") as file:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - Windows has none

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"Another process is pulling {place.folder.name} already."
                raise ModelError(message) from error
        yield


def _network() -> tuple[type[Exception], ...]:
    """Give what the hub's client raises where the network or the hub fails."""
    import httpx2  # noqa: PLC0415 - only a pull needs it

    return (httpx2.HTTPError, ConnectionError)


def _words(error: Exception) -> str:
    """Give the first line of what an error says: the hub's have advice for its own users below."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__
