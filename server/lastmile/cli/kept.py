"""What becomes of the files of a run: counted, written where that was asked for, and else seen by later tasks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import define, evolve, field

from lastmile import files
from lastmile.batch.swept import Changed, Swept
from lastmile.cascade.outcome import Outcome
from lastmile.cli.lines import DiskLines
from lastmile.cli.show import Tally, relative
from lastmile.errors import RequestError
from lastmile.ledger.store import Ledger
from lastmile.text.snapshot import Snapshot


@define
class Kept:
    """The files of one run."""

    _ledger: Ledger
    _write: bool
    base: Path
    """Names are told from here."""

    tally: Tally = field(factory=Tally)
    texts: dict[Path, str] = field(factory=dict)
    """The texts of files with accepted edits that are not written, so that later tasks see them."""

    lines: DiskLines = field(factory=DiskLines)
    """Where in the files, as the person sees them, the tasks are."""

    def read(self, path: Path) -> Snapshot:
        """Read a file, with what an earlier file's tasks led to in it where that is not written."""
        snapshot = files.read(path)
        text = None if snapshot.path is None else self.texts.get(snapshot.path)
        return snapshot if text is None else evolve(snapshot, text=text)

    def ended(self, outcome: Outcome) -> None:
        """Count a task; whether its edit counts is known once it is in its file."""
        if outcome.accepted is not None or not self._write:
            self._ledger.mark_handed(outcome.task.id)
        self.tally.outcomes.append(outcome)
        self.tally.lines.append(self.lines.of(outcome.task))
        self.lines.took(outcome)

    def show(self, swept: Swept) -> None:
        """Let the tests of other files see what was accepted in a file that is not done with."""
        for changed in swept.changes:
            if changed.snapshot.path is not None:
                self.texts[changed.snapshot.path] = changed.text

    def keep(self, swept: Swept) -> None:
        """Count what became of a file and of those that its tasks led to, and write them if that was asked for."""
        self.tally.add(swept, [relative(item.snapshot.path, self.base) for item in swept.changes])
        if not self._write:
            self.show(swept)
            return
        for item in swept.changes:
            if self._written(item):
                self._applied(swept.outcomes, item.snapshot.uri)
            elif item.snapshot.uri == swept.snapshot.uri:
                self.tally.after.update(swept.before - swept.after)  # what was cleared is still in the file

    def _written(self, changed: Changed) -> bool:
        """Write a file; False where that cannot be done, which is then an error of the run."""
        name = relative(changed.snapshot.path, self.base)
        try:
            files.write(changed.snapshot, changed.text)
        except RequestError as error:
            self.tally.errors.append(str(error))
            return False
        if name not in self.tally.written:
            self.tally.written.append(name)
        if changed.snapshot.path is not None:
            self.texts.pop(changed.snapshot.path, None)
            self.lines.wrote(changed.snapshot.path)
        return True

    def _applied(self, outcomes: Iterable[Outcome], uri: str) -> None:
        """Have the bill count the edits that are in a file now."""
        for outcome in outcomes:
            if outcome.accepted is not None and outcome.task.snapshot.uri == uri:
                self._ledger.mark_applied(outcome.task.id)
