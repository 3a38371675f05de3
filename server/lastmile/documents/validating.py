"""What a JSON Schema says of a document, as values that can be compared between two texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from attrs import frozen

from lastmile.documents.schemas import Schema
from lastmile.errors import ToolError

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from referencing import Registry, Resource

_MOST_ERRORS = 200
_LONGEST = 300
Steps = tuple[str | int, ...]


@frozen
class Breach:
    """One place where a document does not keep its schema."""

    steps: Steps
    """The way to the place: names of keys, and numbers of elements from 0."""

    rule: str
    """The keyword of the schema: ``required``, ``type`` …"""

    message: str

    @property
    def place(self) -> str:
        """The way as a person reads it: ``servers[0].port``."""
        said = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return said.removeprefix(".") or "the document"


def breaches(values: Sequence[Any], schema: Schema, *, exact: bool = False) -> tuple[Breach, ...]:
    """List where the values do not keep the schema.

    JSON has one sort of number, so ``5.0`` is an integer to its schemas. TOML has two, which its readers
    tell apart: ``exact`` does as well.

    Raises `ToolError` where the schema itself is wrong, or leads to one that is not there.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - slow to import
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - as above
    from jsonschema.validators import extend, validator_for  # noqa: PLC0415 - as above
    from referencing.exceptions import Unresolvable  # noqa: PLC0415 - as above

    try:
        kind = validator_for(schema.value, default=Draft202012Validator)
        kind.check_schema(schema.value)
        if exact:
            kind = extend(kind, type_checker=kind.TYPE_CHECKER.redefine("integer", _is_integer))  # type: ignore[no-untyped-call]  # it has no types
        validator = kind(_placed(schema), registry=_registry(schema))
        found = [item for at, value in enumerate(values) for item in _of(validator, value, at, len(values))]
    except (SchemaError, Unresolvable) as error:
        message = f"The schema {schema.name} cannot be used: {str(error).splitlines()[0][:_LONGEST]}"
        raise ToolError(message) from error
    except RecursionError as error:
        message = f"The document is nested too deeply for the schema {schema.name}."
        raise ToolError(message) from error
    return tuple(found)


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def new_breaches(before: Sequence[Breach], after: Sequence[Breach]) -> tuple[Breach, ...]:
    """List the breaches that were not there before.

    One that says the same of an element of the same list is the same, for elements move; and so is
    one of the same rule in the same place, whatever it says.
    """
    known, unknown = Counter(map(_anywhere, before)), []
    for item in after:
        if known[_anywhere(item)] > 0:
            known[_anywhere(item)] -= 1
        else:
            unknown.append(item)
    left = Counter((item.steps, item.rule) for item in before if known[_anywhere(item)] > 0)
    fresh = []
    for item in unknown:
        if left[item.steps, item.rule] > 0:
            left[item.steps, item.rule] -= 1
        else:
            fresh.append(item)
    return tuple(fresh)


def _of(validator: Any, value: Any, at: int, total: int) -> Iterator[Breach]:  # noqa: ANN401 - any JSON, any draft's validator
    prefix: Steps = (at,) if total > 1 else ()
    for number, error in enumerate(validator.iter_errors(value)):
        if number >= _MOST_ERRORS:
            return
        yield _breach(error, prefix)


def _breach(error: ValidationError, prefix: Steps) -> Breach:
    message = error.message if len(error.message) <= _LONGEST else f"{error.message[:_LONGEST]}…"
    return Breach((*prefix, *error.absolute_path), str(error.validator), message)


def _anywhere(item: Breach) -> tuple[Steps, str, str]:
    return tuple("*" if isinstance(step, int) else step for step in item.steps), item.rule, item.message


def _placed(schema: Schema) -> Any:  # noqa: ANN401 - any JSON
    """Give the schema the place of its file, unless it says another: relative references start there."""
    if not isinstance(schema.value, dict) or not schema.uri or "$id" in schema.value or "id" in schema.value:
        return schema.value
    return {"$id": schema.uri, **schema.value}


def _registry(schema: Schema) -> Registry[Any]:
    from referencing import Registry, Resource  # noqa: PLC0415 - slow to import
    from referencing.exceptions import NoSuchResource  # noqa: PLC0415 - as above
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415 - as above

    def beside(uri: str) -> Resource[Any]:
        """Read a schema that the first one refers to, from its own folder and those below."""
        url = urlsplit(uri)
        path = Path(unquote(url.path)).resolve()
        if url.scheme != "file" or not schema.root or not path.is_relative_to(Path(schema.root).resolve()):
            raise NoSuchResource(ref=uri)  # type: ignore[call-arg]  # its attrs are hidden from mypy
        try:
            text = path.read_text("utf-8-sig")
        except OSError as error:
            raise NoSuchResource(ref=uri) from error  # type: ignore[call-arg]  # its attrs are hidden from mypy
        return Resource.from_contents(_json(text, uri), default_specification=DRAFT202012)

    standard = import_module("jsonschema_specifications").REGISTRY  # it has no types
    made: Registry[Any] = standard.combine(Registry(retrieve=beside))  # type: ignore[call-arg]  # as above
    return made


def _json(text: str, uri: str) -> Any:  # noqa: ANN401 - any JSON
    import json  # noqa: PLC0415 - most schemas stand alone

    from referencing.exceptions import NoSuchResource  # noqa: PLC0415 - slow to import

    try:
        return json.loads(text)
    except ValueError as error:
        raise NoSuchResource(ref=uri) from error  # type: ignore[call-arg]  # its attrs are hidden from mypy
