"""Turns what an answer must be into llama.cpp's grammar. Slow: it loads the library, so call it in a thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lastmile.errors import RequestError
from lastmile.model.engine.binding import library

_WHOLE = "the-whole-schema"


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
        return str(json_schema_to_gbnf(json.dumps(_apart(schema))))
    except Exception as error:
        # The library's converter fails with what it likes on what it does not know.
        message = f"The JSON schema cannot be made into a grammar: {error!r}."
        raise RequestError(message) from error
