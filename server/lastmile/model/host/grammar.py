"""Turns what an answer must be into llama.cpp's grammar. Slow: it loads the library, so call it in a thread."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from lastmile.errors import RequestError
from lastmile.model.engine.binding import library

_WHOLE = "the-whole-schema"
_LONGEST = 200
"""Characters of what is repeated from a schema."""

_COUNTS = ("minLength", "maxLength", "minItems", "maxItems")
_MOST = 10_000
"""Of what is counted in a schema: the library's converter writes each out, and would fill the memory."""

_TIMES = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
"""A count of a pattern."""

_IMPOSSIBLE = re.compile(r"::= *$", re.MULTILINE)
_UNRESOLVED = re.compile(r"Error resolving ref (\S+): ")
_UNKNOWN = re.compile(r"Unrecognized schema: (.*)", re.DOTALL)


def grammar_of(response_format: Mapping[str, Any]) -> str:
    """Give the GBNF of an OpenAI ``response_format``; empty where any text will do.

    Raises `RequestError`, and `ModelError` where the library cannot be loaded.
    """
    library()
    match response_format:
        case {"type": "text"}:
            return ""
        case {"type": "json_object", "schema": dict(schema)}:
            return _of_schema(schema)
        case {"type": "json_object"}:
            from llama_cpp.llama_grammar import JSON_GBNF  # noqa: PLC0415 - it is loaded when a model is

            return str(JSON_GBNF)
        case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
            return _of_schema(schema)
    raise RequestError("response_format must be text, json_object or json_schema with a schema.")


def _apart(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put a schema among the definitions, so that it may refer to itself and be nothing but a reference.

    The library's converter knows neither ``#`` nor what stands beside a reference at the top.
    """
    moved = dict(_moved(schema))
    if isinstance(reference := moved.pop("$ref", None), str):
        moved["anyOf"] = [{"$ref": reference}]
    return {"$defs": {_WHOLE: moved}, "anyOf": [{"$ref": f"#/$defs/{_WHOLE}"}]}


def _moved(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Have references lead to where their targets are now."""
    match value:
        case {"$ref": str(reference)} if reference == "#" or reference.startswith("#/"):
            rest = {name: _moved(each) for name, each in value.items() if name != "$ref"}
            return {**rest, "$ref": f"#/$defs/{_WHOLE}{reference[1:]}"}
        case dict():
            return {name: _moved(each) for name, each in value.items()}
        case list():
            return [_moved(each) for each in value]
    return value


def _of_schema(schema: Mapping[str, Any]) -> str:
    from llama_cpp.llama_grammar import json_schema_to_gbnf  # noqa: PLC0415 - as above

    try:
        if max(_counts(schema), default=0) > _MOST:
            message = f"it counts to more than {_MOST}"
            raise ValueError(message)  # noqa: TRY301 - said as what the converter says is
        grammar = str(json_schema_to_gbnf(json.dumps(_apart(schema))))
    except Exception as error:
        # The library's converter fails with what it likes on what it does not know.
        message = f"The JSON schema cannot be made into a grammar: {_words(error)}."
        raise RequestError(message) from error
    if _IMPOSSIBLE.search(grammar):
        raise RequestError(
            "No value can be of the JSON schema: it has an enum, an anyOf, an oneOf or a list of types that is empty."
        )
    return grammar


def _counts(value: Any) -> Iterator[float]:  # noqa: ANN401 - any JSON
    """Give how often a schema repeats something, of a pattern the product of all its counts."""
    match value:
        case dict():
            yield from (each for name in _COUNTS if isinstance(each := value.get(name), int | float))
            if isinstance(pattern := value.get("pattern"), str):
                yield math.prod(max(1.0, *(float(each or 1) for each in found)) for found in _TIMES.findall(pattern))
            for each in value.values():
                yield from _counts(each)
        case list():
            for each in value:
                yield from _counts(each)


def _words(error: Exception) -> str:
    """Say in the words of JSON what the converter did not like."""
    match error:
        case AssertionError() | ValueError():
            said = str(error).replace(f"stdin#/$defs/{_WHOLE}", "#")
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return "a part of it is of the wrong type"
    if found := _UNRESOLVED.match(said):
        return f"{found[1]} refers to nothing in it"
    if found := _UNKNOWN.match(said):
        return f"it has a part that is not known: {_json(found[1])}"
    return said[:_LONGEST].rstrip(".")


def _json(text: str) -> str:
    """Write a value of Python's as JSON, as far as it is short enough to be read."""
    with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
        text = json.dumps(ast.literal_eval(text))
    return text[:_LONGEST]
