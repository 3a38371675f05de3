"""The names that keys are made of: which one was meant, and which may be chosen freely."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lastmile.config.keys import ANY, Path, dotted, keys, squash, variable
from lastmile.config.words import closest, is_secret_name, listed
from lastmile.errors import SettingsError

_FREE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_WITHOUT_SETTINGS = "rules"
_STANDS_IN = "local"
"""The one built-in tier that a server may stand in for; the others' names mean their own model and price."""

_NO_KEYS = (
    "is not a setting, and a key never is: put it into an environment variable, "
    "and that variable's name into claude.key_variable or openai.<name>.key_variable"
)


def builtin_tiers() -> tuple[str, ...]:
    """Name the tiers that come with Lastmile."""
    return (_WITHOUT_SETTINGS, *keys().tables["tiers",])


def known_name(path: Path, inside: Sequence[str], name: str, *, guess: bool, in_variables: bool) -> str:
    """Find a name of the tree, in whichever case style it is written; raises `SettingsError`."""
    for known in inside:
        if squash(known) == squash(name):
            return known
    if is_secret_name(name):
        raise SettingsError(_NO_KEYS)
    meant = _meant(path, inside, name) if guess else ()
    if meant:
        spelled = variable(meant) if in_variables else f'"{dotted(meant)}"'
        message = f"is not a setting; did you mean {spelled.replace(ANY, '<name>')}?"
    else:
        message = f"is not a setting; known here: {listed(inside)}" if guess else "is not a setting"
    raise SettingsError(message)


def server_name(name: str, taken: Collection[str], *, is_table: bool) -> str:
    """Take the name of a server, or the one that it has below in another spelling; raises `SettingsError`."""
    for known in taken:
        if squash(known) == squash(name):
            return known
    if is_secret_name(name) and not is_table:
        raise SettingsError(_NO_KEYS)
    if name != _STANDS_IN and squash(name) in map(squash, builtin_tiers()):
        raise SettingsError("has the name of a tier that comes with Lastmile; choose another name")
    return _free(name)


def kind_name(name: str, kinds: Collection[str] | None) -> str:
    """Find the kind of task; any name where the kinds are not known. Raises `SettingsError`."""
    if kinds is None:
        return _free(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", "-", name).lower())
    for known in kinds:
        if squash(known) == squash(name):
            return known
    meant = closest(name, kinds)
    hint = f'did you mean "{meant}"?' if meant else f"known are {listed(sorted(kinds))}"
    message = f"is not a kind of task; {hint}"
    raise SettingsError(message)


def _free(name: str) -> str:
    if not _FREE_NAME.fullmatch(name):
        raise SettingsError("has a name that is not made of at most 32 letters, digits, - and _")
    return name


def _meant(path: Path, inside: Sequence[str], name: str) -> Path:
    plain = squash(name)
    found = [known for known in keys().entries if plain in (squash(known[-1]), squash("".join(known)))]
    if len(found) == 1:
        return found[0]
    near = closest(name, inside)
    return (*path, near) if near else ()
