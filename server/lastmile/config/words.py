"""What a value must be and what it was instead, in words for messages and tables.

Values are shown short and never where they may be a secret. Nothing here decides whether a value
is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum

from lastmile.config.keys import Entry, Path, dotted, squash

_SHOWN_VALUE = 32
_SHOWN_NUMBER = 10**15
_SHOWN_NAME = 60
_SECRET = re.compile(
    r"^(sk|pk|rk|gh[a-z]|github|glpat|xox[a-z]|hf|AKIA|AIza|eyJ)[-_A-Za-z0-9]"  # What vendors put before their keys.
    r"|^(?=\S*\d)(?=\S*[A-Za-z])[^\s/\\.,:]{16,}$"  # Long, letters and digits, nothing that parts words.
)
_ADDRESS = re.compile(r"//[^?#]*[?#;]|[?&;]\w+=")
"""An address that goes on behind its path: a token may stand there."""

_KEY_NAMES = ("key", "token", "secret", "password", "authorization", "bearer", "credential", "credentials")
_KEY_ENDINGS = ("apikey", "authtoken", "accesstoken", "secretkey", "accesskey", "bearertoken", "password")


def expected(entry: Entry) -> str:
    """Say what a value of the setting must be: ``a whole number from 1 to 8``."""
    if entry.form is not None:
        return entry.form.value
    if entry.type is bool:
        return "true or false"
    if entry.type in (int, float):
        number = "a whole number" if entry.type is int else "a number"
        return f"{number} from {_number(entry.least)} to {_number(entry.most)}"
    if isinstance(entry.type, type) and issubclass(entry.type, Enum):
        return listed([str(choice.value) for choice in entry.type], last="or")
    return "a text" if entry.type is str else "a list of texts"


def listed(names: Sequence[str], *, last: str = "and") -> str:
    """Join names as a sentence does: ``a, b and c``."""
    return f" {last} ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def shown(value: object) -> str:
    """Show a value that was refused: short, and only its kind where it is long or may be a secret."""
    if isinstance(value, str):
        plain = len(value) <= _SHOWN_VALUE and value.isprintable() and not may_be_secret(value)
        return f'"{value}"' if plain else f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= _SHOWN_NUMBER:
        return "a number that large"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return "a table"
    return "a list" if isinstance(value, list | tuple) else f"a value of another kind ({type(value).__name__})"


def shown_key(path: Path) -> str:
    """Show a key that someone wrote, which may be anything at all."""
    return f'"{dotted(tuple(shown_name(part) for part in path))}"'


def shown_name(name: str) -> str:
    """Show a name that someone wrote, unless it may be a secret that went astray."""
    if not name.isprintable() or may_be_secret(name):
        return "…"
    return name if len(name) <= _SHOWN_NAME else name[:_SHOWN_NAME] + "…"


def may_be_secret(text: str) -> bool:
    """Whether a text looks like a key, or like an address with a password or a token in it."""
    return "@" in text or _SECRET.search(text) is not None or _ADDRESS.search(text) is not None


def is_secret_name(name: str) -> bool:
    """Whether a setting of that name would hold a key or a password."""
    plain = squash(name)
    return plain in _KEY_NAMES or plain.endswith(_KEY_ENDINGS)


def closest(name: str, among: Iterable[str]) -> str:
    """Find the name that was probably meant; empty when there is none."""
    by_plain = {squash(candidate): candidate for candidate in among}
    near = get_close_matches(squash(name)[:_SHOWN_NAME], by_plain, n=1)
    return by_plain[near[0]] if near else ""


def _number(value: float | None) -> str:
    return "any" if value is None else f"{value:.15g}"
