"""The scripts for the project's interpreter, loaded as it loads them: which calls are made, what is promised."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from lastmile.repair.inside import scripts


def loaded(name: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": name}
    exec(compile(scripts()[name], name, "exec"), space)  # noqa: S102 - as the project's interpreter loads it
    return space


def made(*records: Mapping[str, object], most: int = 80) -> list[tuple[str, Mapping[str, Any], bool, bool]]:
    recorded = [("f", given, f"t{at}") for at, given in enumerate(records)]
    found: list[tuple[str, Mapping[str, Any], bool, bool]] = loaded("calls")["calls"](recorded, {"t0"}, most)
    return found


@pytest.mark.slow
def test_calls_begin_with_the_tests_own() -> None:
    found = made({"a": [1, 2]}, {"a": [3]})
    assert found[:2] == [("f", {"a": [1, 2]}, True, True), ("f", {"a": [3]}, True, False)]
    assert len(found) > 20
    assert found == made({"a": [1, 2]}, {"a": [3]})


KEPT: Mapping[str, tuple[tuple[Mapping[str, Any], ...], Callable[[Mapping[str, Any]], bool]]] = {
    "order": (({"a": [1, 2, 5], "x": 3}, {"a": [2, 8, 9], "x": 1}), lambda g: g["a"] == sorted(g["a"])),
    "sign": (({"n": 4}, {"n": 9}, {"n": 1}), lambda g: g["n"] > 0),
    "letters": (({"s": "(()"}, {"s": ")("}), lambda g: set(g["s"]) <= set("()")),
    "a place in a list": (({"a": [4, 2], "k": 1}, {"a": [5, 6, 7], "k": 0}), lambda g: 0 <= g["k"] < len(g["a"])),
    "a lesser number": (({"a": 1, "b": 5}, {"a": 3, "b": 4}), lambda g: g["a"] < g["b"]),
    "types": (({"a": ["x", "y"]}, {"a": ["z"]}), lambda g: all(isinstance(item, str) for item in g["a"])),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", KEPT)
def test_near_calls_keep_to_what_all_have_in_common(name: str) -> None:
    records, holds = KEPT[name]
    near = [given for _name, given, is_near, _tested in made(*records) if is_near]
    assert len(near) > len(records) + 3
    assert all(map(holds, near))


@pytest.mark.slow
def test_nothing_is_tried_too_and_told_apart() -> None:
    found = {str(given["a"]): near for _name, given, near, _tested in made({"a": [1, 2]}, {"a": [3]})}
    assert found["[]"] is False


def typed(old: str, *new: str, records: tuple[Mapping[str, object], ...] = ()) -> list[Any]:
    """Give the calls that the types of what differs allow, beside those that were recorded."""
    module = types.ModuleType("under_test")
    exec(compile(old, "under_test", "exec"), vars(module))  # noqa: S102 - as the project's interpreter loads it
    tools = loaded("calls") | {"calls": loaded("inputs")["calls"], "hurry": False}
    known = [("f", given, True, True) for given in records]
    request = {"text": old, "texts": list(new), "inputs": 60}
    found: list[Any] = loaded("generated")["generated"](request, module, known, tools)
    return found


COUNTED = "def f(n: int, words: list[str] = ()):\n    return n > 12\n"


def test_calls_are_made_from_types_and_defaults() -> None:
    found = typed(COUNTED, COUNTED.replace(">", ">="))
    assert 15 < len(found) <= 30
    assert all(name == "f" and type(given["n"]) is int and near for name, given, near, _tested in found)
    assert {12, 13} <= {given["n"] for _name, given, _near, _tested in found}
    assert found == typed(COUNTED, COUNTED.replace(">", ">="))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(COUNTED, COUNTED, id="what nobody changes is not called"),
        pytest.param(
            COUNTED, COUNTED.replace("n: int", "n: str"), id="what is called otherwise now cannot be compared"
        ),
        pytest.param("def f(n):\n    return n\n", "def f(n):\n    return 1\n", id="nothing is known of the parameter"),
        pytest.param(
            "def f(n: Gone):\n    return n\n".replace("Gone", "'Gone'"), "def f(n: 'Gone'): ...\n", id="no type"
        ),
        pytest.param(COUNTED, "def f(:\n", id="what does not parse"),
    ],
)
def test_no_calls_are_made_that_tell_nothing(old: str, new: str) -> None:
    assert typed(old, new) == []


def test_what_the_tests_have_in_common_tells_which_calls_are_near() -> None:
    old = "def f(n: int):\n    return n > 12\n"
    found = typed(old, old.replace(">", ">="), records=({"n": 3}, {"n": 9}))
    near = [given["n"] for _name, given, is_near, _tested in found if is_near]
    far = [given["n"] for _name, given, is_near, _tested in found if not is_near]
    assert near
    assert all(number >= 1 for number in near)
    assert min(far) < 0


def test_hypothesis_makes_what_our_table_does_not_know() -> None:
    old = "from datetime import date\nfrom enum import Enum\n\n\nclass Size(Enum):\n    S = 1\n    L = 2\n\n\n"
    old += "def f(size: Size, day: date):\n    return size.value\n"
    found = typed(old, old.replace(".value", ".name"))
    assert {given["size"].name for _name, given, _near, _tested in found} == {"S", "L"}
    assert found[0][1].keys() == {"size", "day"}


DOC = """\
def f(items):
    '''Sort.

    Returns:
        The elements of items in sorted order.

    >>> f([2, 1])
    [1, 2]
    >>> f([])
    []
    '''
"""


def test_promises_are_read() -> None:
    promises = loaded("promises")
    told = promises["read"](DOC, {"f"})
    assert set(told["facts"]) == {"is sorted", "sorts items"}
    assert told["facts"]["sorts items"]([1, 2], {"items": [2, 1]})
    assert not told["facts"]["sorts items"]([1], {"items": [1, 1]})
    held = [[promises["holds"](example, {"f": f}) for example in told["examples"]] for f in (sorted, list)]
    assert held == [[True, True], [False, True]]


STATED: Mapping[str, tuple[set[str], object, object]] = {
    "Whether the node is in reach": ({"is a truth"}, True, None),
    "The number of bits": ({"is a count"}, 3, -1),
    "A list of pairs": ({"is a list"}, [], 0),
    "A string": ({"is a text"}, "", 1),
    "A set of edges": ({"is a set"}, set(), []),
    "A dict of lengths": ({"is a mapping"}, {}, []),
    "the greatest of both": (set(), 0, 0),
}


@pytest.mark.parametrize("words", STATED)
def test_statements_are_read_only_where_they_are_plain(words: str) -> None:
    names, right, wrong = STATED[words]
    source = f"def f(n):\n    '''Do.\n\n    Output:\n        {words}\n    '''\n"
    facts = loaded("promises")["read"](source, {"f"})["facts"]
    assert set(facts) == names
    assert all(fact(right, {}) and not fact(wrong, {}) for fact in facts.values())


ANNOTATED: Mapping[str, tuple[object, object] | None] = {
    "bool": (True, 5),
    "int": (5, None),
    "float": (5, "x"),
    "str | None": (None, 0),
    "Optional[str]": ("", 0),
    "None": (None, 0),
    "'int'": None,
    "list[int]": ([1], ()),
    "typing.Dict[str, int]": ({}, []),
    "Thing": None,
    "int | Thing": None,
}


@pytest.mark.parametrize("name", ANNOTATED)
def test_annotations_of_results_are_read_where_they_are_plain(name: str) -> None:
    source = f"class A:\n    def f(self) -> {name}: ...\n\n    def g(self) -> int: ...\n"
    returned = loaded("promises")["read"](source, {"A.f"})["returned"]
    values = ANNOTATED[name]
    assert set(returned) == ({"A.f"} if values else set())
    assert not values or (returned["A.f"](values[0], {}) and not returned["A.f"](values[1], {}))


class Node:
    def __init__(self, *following: Node) -> None:
        self.following = list(following)


def test_objects_are_joined_anew_and_stay_without_a_way_back() -> None:
    end = Node()
    graph = {"start": Node(Node(end), end), "goal": end}
    found = [given for _name, given, _near, _tested in made(graph)][1:]
    shapes = {(len(given["start"].following), given["goal"] is given["start"]) for given in found}
    assert len(shapes) > 2
    for given in found:
        assert _depth(given["start"]) < 20


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.following), default=0)
