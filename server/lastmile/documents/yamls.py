"""Reads YAML 1.2: every document of the stream, with tags of whatever application, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lastmile.documents.values import Reading, Trouble

if TYPE_CHECKING:
    from ruamel.yaml import YAML


def read_yaml(text: str) -> Reading:
    """Read a YAML stream; times stay texts, as JSON Schema has them."""
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - slow to import

    duplicates: list[str] = []
    try:
        values = tuple(_json_types(value) for value in _reader(duplicates).load_all(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = error.problem or error.context or "It is not YAML."
        return Reading(trouble=Trouble(message, 0 if mark is None else min(mark.index, len(text))))
    except YAMLError as error:
        return Reading(trouble=Trouble(str(error).splitlines()[0], 0))
    except RecursionError:
        return Reading(trouble=Trouble("It is nested too deeply, or in itself.", 0))
    except ValueError as error:  # a number or a text that Python cannot hold
        return Reading(trouble=Trouble(str(error), 0))
    return Reading(values, tuple(duplicates))


def _reader(duplicates: list[str]) -> YAML:
    from ruamel.yaml import YAML  # noqa: PLC0415 - as above
    from ruamel.yaml.constructor import SafeConstructor  # noqa: PLC0415 - as above
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode  # noqa: PLC0415 - as above

    class Plain(SafeConstructor):
        """Makes plain values, and keeps the keys that stand twice."""

        def check_mapping_key(self, node: Any, key_node: Any, mapping: Any, key: Any, value: Any) -> bool:  # noqa: ANN401, ARG002 - the parser's signature
            if key in mapping:
                duplicates.append(str(key))
            return True

        def construct_any(self, node: Any) -> Any:  # noqa: ANN401 - as above
            match node:
                case ScalarNode():
                    return self.construct_scalar(node)
                case SequenceNode():
                    return self.construct_sequence(node, deep=True)
                case MappingNode():
                    return self.construct_mapping(node, deep=True)

    Plain.add_constructor(None, Plain.construct_any)
    Plain.add_constructor("tag:yaml.org,2002:timestamp", Plain.construct_yaml_str)
    made = YAML(typ="safe", pure=True)
    made.Constructor = Plain
    return made


def _json_types(value: Any) -> Any:  # noqa: ANN401 - whatever the document holds
    """Write keys as texts: YAML's may be numbers, and JSON Schema knows none."""
    match value:
        case dict():
            return {_key(name): _json_types(member) for name, member in value.items()}
        case list():
            return [_json_types(member) for member in value]
        case _:
            return value


def _key(name: object) -> str:
    match name:
        case bool():
            return str(name).lower()
        case None:
            return "null"
        case _:
            return str(name)
