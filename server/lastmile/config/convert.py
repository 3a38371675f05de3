"""Whether a single value is right, and the value as the tree has it; and the tree from and to plain values.

One converter for everything. What depends on other settings, such as a name of the ladder, is
checked in `layers`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Any, TypeVar, assert_never, get_origin
from urllib.parse import urlsplit

from cattrs import Converter

from lastmile.config.keys import Entry, Value
from lastmile.config.local import is_name
from lastmile.config.marks import Form
from lastmile.config.tables import commands, schemas
from lastmile.config.tree import Settings
from lastmile.config.verifying import Command, SchemaFor
from lastmile.config.words import expected, may_be_secret, shown
from lastmile.errors import SettingsError

_LONGEST_TEXT = 1000
_LONGEST_LIST = 200
_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")
_T = TypeVar("_T")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def convert(entry: Entry, raw: object) -> Value:
    """Give the value as the tree has it.

    Raises `SettingsError`, which says what was expected and what came instead: ``must be …, not …``.
    """
    wanted = f"must be {expected(entry)}"
    refused = (
        f"{wanted}: a key itself is never a setting" if entry.form is Form.VARIABLE else f"{wanted}, not {shown(raw)}"
    )
    try:
        value: Value = converter().structure([raw] if _stands_alone(entry, raw) else raw, entry.type)
    except ValueError:
        raise SettingsError(refused) from None
    if entry.form is Form.LADDER and isinstance(value, tuple) and not _fits(value, entry.form):
        message = f"{wanted}, not {_misfit(value)}"
        raise SettingsError(message)
    if not _in_range(entry, value) or (entry.form is not None and not _fits(value, entry.form)):
        raise SettingsError(refused)
    return value


def _stands_alone(entry: Entry, raw: object) -> bool:
    """Tell whether a text is a list of one."""
    return entry.form is Form.MODELS and isinstance(raw, str)


def from_text(entry: Entry, raw: str) -> object:
    """Read a value from an environment variable: lists have commas, switches are ``true`` or ``1``.

    What cannot be read is given back as it is, for `convert` to refuse.
    """
    text = raw.strip()
    if entry.type is bool:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else raw
    if entry.type in (int, float):
        try:
            return float(text)
        except ValueError:
            return raw
    if _is_list(entry.type):
        return [part.strip() for part in text.split(",") if part.strip()]
    return text


def structure(plain: Mapping[str, Any]) -> Settings:
    """Make settings of nested plain values that `convert` has passed."""
    return converter().structure(plain, Settings)


def plain(settings: Settings) -> dict[str, Any]:
    """Give settings as nested plain values, as a file or an editor would spell them."""
    values: dict[str, Any] = converter().unstructure(settings)
    return values


@cache
def converter() -> Converter:
    """Make the converter that never guesses: no text for a number, no number for a text."""
    made = Converter(detailed_validation=False)
    made.register_structure_hook(bool, lambda raw, _: _instance(raw, bool))
    made.register_structure_hook(int, lambda raw, _: _whole(raw))
    made.register_structure_hook(float, lambda raw, _: _real(raw))
    made.register_structure_hook(str, lambda raw, _: _text(raw))
    made.register_structure_hook_func(_is_list, lambda raw, _: _texts(raw))
    made.register_structure_hook_func(lambda kind: kind == tuple[Command, ...], lambda raw, _: commands(made, raw))
    made.register_structure_hook_func(lambda kind: kind == tuple[SchemaFor, ...], lambda raw, _: schemas(made, raw))
    made.register_structure_hook_func(_is_choice, _choice)
    made.register_unstructure_hook(tuple, list)
    return made


def _is_list(kind: object) -> bool:
    return get_origin(kind) is tuple


def _is_choice(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _choice(raw: object, kind: type[Enum]) -> Enum:
    return raw if isinstance(raw, kind) else kind(_instance(raw, str).lower())


def _instance(raw: object, kind: type[_T]) -> _T:
    if not isinstance(raw, kind):
        raise ValueError(kind.__name__)  # noqa: TRY004 - the converter's callers tell one error
    return raw


def _real(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError("not a number")  # noqa: TRY004 - as in `_instance`
    try:
        value = float(raw)
    except OverflowError:
        raise ValueError("too large") from None
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def _whole(raw: object) -> int:
    value = _real(raw)  # Lua has one kind of number, so an editor may send 3.0 for 3.
    if not value.is_integer():
        raise ValueError("not whole")
    return int(value)


def _text(raw: object) -> str:
    text = _instance(raw, str)
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise ValueError("too long, or not printable")
    return text


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or len(raw) > _LONGEST_LIST:
        raise ValueError("not a list, or too long")
    return tuple(_text(item) for item in raw)


def _in_range(entry: Entry, value: Value) -> bool:
    if entry.least is None or entry.most is None or not isinstance(value, int | float):
        return True
    return entry.least <= value <= entry.most


def _fits(value: Value, form: Form) -> bool:
    if form in (Form.COMMANDS, Form.SCHEMAS):
        return True  # Their own readers are as strict.
    if isinstance(value, tuple):
        once = 0 < len(value) == len(set(value))
        return once and all(_fits_text(str(item), form) for item in value)
    text = str(value)
    return (not text and form is not Form.TTL) or _fits_text(text, form)


def _misfit(names: tuple[object, ...]) -> str:
    """Say what is wrong with a list of names that are to be there once each."""
    twice = next((name for name in names if names.count(name) > 1), None)
    return "an empty list" if twice is None else f"one that names {shown(twice)} twice"


def _fits_text(text: str, form: Form) -> bool:
    match form:
        case Form.URL:
            return _is_url(text)
        case Form.VARIABLE:
            return _VARIABLE.fullmatch(text) is not None and (text.isupper() or not may_be_secret(text))
        case Form.PROGRAM:
            # A bare or relative name could be found in the folder of a project, which may come from anyone.
            return PurePath(text).is_absolute()
        case Form.FILE | Form.MODELS:
            named = form is Form.MODELS and is_name(text)
            return named or PurePath(text).is_absolute() or text.startswith("~/")
        case Form.TTL:
            return text in ("5m", "1h")
        case Form.TIER | Form.LADDER | Form.COMMANDS | Form.SCHEMAS:
            return True  # Which names there are is known when all sources are read.
        case _:
            assert_never(form)


def _is_url(value: str) -> bool:
    try:
        url = urlsplit(value)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False
    return usable and "@" not in url.netloc and not url.query and not url.fragment and " " not in value
