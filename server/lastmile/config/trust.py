"""What a file in a project may set. It may come from anyone, so it can only ask for less.

A cloned repository must not choose programs, send text anywhere, spend more, or loosen consent.
The marks stand in `tree`; this is what they mean.
"""

from __future__ import annotations

from lastmile.cascade.policy import Paid
from lastmile.config.ahead import Ahead
from lastmile.config.keys import Entry, Path, Value, variable
from lastmile.errors import SettingsError

_STRICTER = (Paid.AUTO, Paid.ASK, Paid.NEVER)
_LESS = (Ahead.LOCAL, Ahead.RULES, Ahead.OFF)


def allow(path: Path, entry: Entry) -> None:
    """Raise `SettingsError` where a project may not set the key; the message goes on from the key."""
    if entry.from_project == "never":
        message = (
            "cannot be set by a project, which may come from anyone; set it in your own lastmile.toml, "
            f"in the editor or as {variable(path)}"
        )
        raise SettingsError(message)


def tighten(entry: Entry, wanted: Value, *, lower: Value) -> Value:
    """Give what a project's value comes to over the value below it; raises `SettingsError` where that is looser."""
    if entry.from_project != "tighten":
        return wanted
    match wanted, lower:
        case bool(), _:
            if wanted not in (lower, entry.strict):
                message = f"can only be switched {'on' if entry.strict else 'off'} by a project"
                raise SettingsError(message)
        case Paid(), Paid() if _STRICTER.index(wanted) < _STRICTER.index(lower):
            raise SettingsError("can only become stricter in a project: auto, ask, never")
        case Ahead(), Ahead() if _LESS.index(wanted) < _LESS.index(lower):
            raise SettingsError("can only become less in a project: local, rules, off")
        case ((int() | float()), (int() | float())) if wanted > lower:
            raise SettingsError("can only be lowered by a project")
        case tuple(), tuple():
            return (*lower, *(item for item in wanted if item not in lower))
    return wanted
