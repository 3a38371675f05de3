"""One trial of many texts, as far as its answers have come: what is still to be asked, and what has to run apart.

It knows what the process that tries texts says, and starts nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import define, field

from lastmile.repair.trials import Trial, Tried

_MOST_DEATHS = 3
"""How often that process may be brought down in one trial before what is left is tried in runs."""


@define(eq=False)
class Asked:
    """The state of a trial."""

    trial: Trial
    waiting: list[int] = field(init=False)
    """The places of texts of which nothing is known yet."""

    in_runs: list[int] = field(factory=list, init=False)
    """Those to be tried in runs of their own: they passed and that has to be confirmed, or nobody could tell."""

    suspects: list[int] = field(factory=list, init=False)
    """Those that were under way when something brought all down: to be tried apart, and one after the other."""

    unable: bool = field(default=False, init=False)
    """Whether the tests could not be loaded to try texts on."""

    _begun: set[int] = field(factory=set, init=False)
    _deaths: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self.waiting = list(range(len(self.trial.texts)))

    def give_up(self) -> None:
        """Leave all that is waiting to the runs."""
        self.in_runs += self.waiting
        self.waiting = []

    def request(self, wall: float) -> dict[str, Any]:
        """Ask for what is waiting, within so many seconds."""
        self._begun = set()
        return {
            "path": str(self.trial.path),
            "original": self.trial.original,
            "texts": [self.trial.texts[at] for at in self.waiting],
            "places": list(self.waiting),
            "tests": self.trial.tests,
            "files": files(self.trial.tests),
            "seconds": self.trial.seconds,
            "wall": wall,
        }

    def hear(self, row: Mapping[str, Any]) -> Tried | None:
        """Take in what was said; gives the answer for a text, where it is one."""
        if "unable" in row:
            self.unable = True
        elif isinstance(row.get("begun"), int):
            self._begun.add(row["begun"])
        elif row.get("done"):
            self._done(str(row.get("why", "")), gone=bool(row.get("gone")))
        elif row.get("at") in self.waiting:
            return self._answered(row["at"], row)
        return None

    def _answered(self, at: int, row: Mapping[str, Any]) -> Tried | None:
        self.waiting.remove(at)
        how = str(row.get("how"))
        if how in {"failed", "late"}:
            return Tried(at, passed=False, stopped_by=str(row.get("test", "")), late=how == "late")
        if how == "passed" and self.trial.quick:
            return Tried(at, passed=True)
        self.in_runs.append(at)
        return None

    def _done(self, why: str, *, gone: bool) -> None:
        """Go on where something brought it down: what was under way then is tried apart, one of it did it."""
        if self.unable or gone:
            self.give_up()
        elif not why or why == "time":
            self.waiting = []  # the time is up
        else:
            self._deaths += 1
            self.suspects += [at for at in self.waiting if at in self._begun]
            self.waiting = [at for at in self.waiting if at not in self._begun]
            if self._deaths > _MOST_DEATHS:
                self.give_up()


def files(tests: Iterable[str]) -> list[str]:
    """Give the files that tests stand in, each once."""
    return list(dict.fromkeys(test.partition("::")[0] for test in tests))
