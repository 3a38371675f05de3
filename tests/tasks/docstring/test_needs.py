"""What the signature and the body show: parameters, results and exceptions that a docstring has to name."""

from __future__ import annotations

from textwrap import dedent

import pytest
from tests.support.docstring_sources import UNWRITTEN

from lastmile.config.tree import Convention
from lastmile.docstrings.judging import Study, study
from lastmile.docstrings.placing import place_of
from lastmile.text.snapshot import Snapshot
from lastmile.text.symbols import outline


def known_of(source: str, name: str, uri: str = "file:///a.py") -> Study:
    """Study the symbol of a source by its qualified name."""
    text = dedent(source)
    symbols = outline(text)
    symbol = next(item for item in symbols if item.qualname == name)
    place = place_of(Snapshot(uri, text), symbols, symbol)
    known = study(symbol.span.of(text), place, Convention.GOOGLE)
    assert isinstance(known, Study)
    return known


RAISES = {
    "a class": ("raise ValueError", {"ValueError"}),
    "a call": ("raise ValueError('no')", {"ValueError"}),
    "a dotted name": ("raise errors.http.NotFound(1)", {"NotFound"}),
    "a private class": ("raise _Stop", {"_Stop"}),
    "from another": ("raise KeyError(a) from None", {"KeyError"}),
    "a class of the instance": ("raise self.Missing()", {"Missing"}),
    "two": ("if a:\n    raise A\nelse:\n    raise B", {"A", "B"}),
    "in every kind of block": (
        """
for x in a:
    raise A
else:
    raise B
while a:
    raise C
with a:
    raise D
match a:
    case 1:
        raise E
async with a:
    raise F
async for x in a:
    raise G
""",
        set("ABCDEFG"),
    ),
    "again": ("try:\n    a()\nexcept ValueError:\n    raise", set()),
    "again by name": ("try:\n    a()\nexcept ValueError as error:\n    raise error", set()),
    "made by a function": ("raise self.error('no')", set()),
    "nothing that has a name": ("raise errors[0]", set()),
    "left to a subclass": (f"raise {UNWRITTEN}('later')", set()),
    "in a nested function": ("def inner():\n    raise ValueError", set()),
    "in a nested class": ("class Inner:\n    raise ValueError", set()),
    "handled": ("try:\n    raise ValueError\nexcept ValueError:\n    pass", set()),
    "handled among others": ("try:\n    raise ValueError\nexcept (KeyError, ValueError):\n    pass", set()),
    "handled by its base": ("try:\n    raise KeyError\nexcept LookupError:\n    pass", set()),
    "handled by all": ("try:\n    raise Mine\nexcept Exception:\n    pass", set()),
    "handled by a bare except": ("try:\n    raise Mine\nexcept:\n    pass", set()),
    "not handled by all": ("try:\n    raise SystemExit\nexcept Exception:\n    pass", {"SystemExit"}),
    "not handled by another": ("try:\n    raise KeyError\nexcept ValueError:\n    pass", {"KeyError"}),
    "handled by a group": ("try:\n    raise ValueError\nexcept* ValueError:\n    pass", set()),
    "handled outside": ("try:\n    if a:\n        raise ValueError\nexcept ValueError:\n    pass", set()),
    "handled two blocks outside": (
        "try:\n    try:\n        raise ValueError\n    except KeyError:\n        pass\nexcept ValueError:\n    pass",
        set(),
    ),
    "handled and raised again": ("try:\n    raise ValueError\nexcept ValueError:\n    raise", {"ValueError"}),
    "handled and raised again by name": (
        "try:\n    raise ValueError\nexcept ValueError as e:\n    log(e)\n    raise e",
        {"ValueError"},
    ),
    "the first handler counts": (
        "try:\n    raise KeyError\nexcept LookupError:\n    raise\nexcept KeyError:\n    pass",
        {"KeyError"},
    ),
    "turned into another": ("try:\n    raise KeyError\nexcept KeyError as e:\n    raise Mine from e", {"Mine"}),
    "in the handler": ("try:\n    a()\nexcept ValueError:\n    raise ValueError('no')", {"ValueError"}),
    "in else": ("try:\n    a()\nexcept ValueError:\n    pass\nelse:\n    raise ValueError", {"ValueError"}),
    "in finally": ("try:\n    a()\nexcept ValueError:\n    pass\nfinally:\n    raise ValueError", {"ValueError"}),
    "suppressed": ("with contextlib.suppress(KeyError, OSError):\n    raise FileNotFoundError", set()),
    "not suppressed": ("with suppress(KeyError), other():\n    raise OSError", {"OSError"}),
    "another context": ("with pytest.raises(OSError):\n    raise OSError", {"OSError"}),
    "bound before": ("error = ValueError('no')\nraise error", {"ValueError"}),
    "bound to two": ("error = A()\nif a:\n    error = B()\nraise error", {"A", "B"}),
    "bound to a class and to something": ("error = A()\nerror = a[0]\nraise error", set()),
    "bound by a handler too": ("error = A()\ntry:\n    a()\nexcept B as error:\n    pass\nraise error", set()),
    "never bound": ("raise error", set()),
}


@pytest.mark.parametrize(("body", "names"), RAISES.values(), ids=RAISES.keys())
def test_which_exceptions_are_named(body: str, names: set[str]) -> None:
    source = "async def foo(a):\n    " + body.replace("\n", "\n    ") + "\n"
    assert {item.name for item in known_of(source, "foo").needed.raises} == names


def test_an_exception_has_the_line_that_raises_it_first() -> None:
    [item] = known_of("def foo(a):\n    if a:\n        raise A(1)\n    raise A(2)\n", "foo").needed.raises
    assert (item.name, item.line) == ("A", 3)


RESULTS = {
    "nothing": ("def foo(): bar()", (), False),
    "a value": ("def foo(): return 1", ("returns",), True),
    "None by word": ("def foo(): return None", (), False),
    "a bare return": ("def foo():\n    return", (), False),
    "a value in a branch": ("def foo(a):\n    if a:\n        return 1", ("returns",), True),
    "a value of a nested function": ("def foo():\n    def bar():\n        return 1\n    bar()", (), False),
    "a value of a lambda": ("def foo():\n    bar(lambda: (yield 1))", (), False),
    "an annotation": ("def foo() -> int: bar()", ("returns",), True),
    "an annotation in quotes": ("def foo() -> 'dict[str, int]': bar()", ("returns",), True),
    "annotated with None": ("def foo() -> None: return bar()", (), False),
    "annotated with None in quotes": ("def foo() -> 'None': return bar()", (), False),
    "annotated as never returning": ("def foo() -> typing.NoReturn: raise A", (), False),
    "annotated as a union": ("def foo() -> int | None: ...", ("returns",), True),
    "annotated as an iterator": ("def foo() -> Iterator[int]: return bar()", ("returns", "yields"), True),
    "a generator": ("def foo(): yield 1", ("yields",), True),
    "a generator that delegates": ("def foo(): yield from bar()", ("yields",), True),
    "a generator that returns": ("def foo():\n    yield 1\n    return 2", ("yields", "returns"), True),
    "a generator annotated as an iterable": ("def foo() -> Iterable[int]: yield 1", ("yields", "returns"), True),
    "a generator of nothing": ("def foo(): yield", ("yields",), False),
    "a context manager": ("@contextmanager\ndef foo(): yield 1", ("yields", "returns"), True),
    "a fixture": ("@pytest.fixture(scope='session')\ndef foo(): yield 1", ("yields", "returns"), True),
    "left to others": ("def foo(): ...", ("returns", "yields"), False),
    "left to a subclass": (f"def foo(): raise {UNWRITTEN}", ("returns", "yields"), False),
    "an asynchronous generator": ("async def foo():\n    yield 1", ("yields",), True),
    "an initialiser": ("class A:\n    def __init__(self): return bar()", (), False),
}


@pytest.mark.parametrize(("source", "sections", "required"), RESULTS.values(), ids=RESULTS.keys())
def test_what_is_given_back(source: str, sections: tuple[str, ...], *, required: bool) -> None:
    name = "A.__init__" if source.startswith("class") else "foo"
    result = known_of(source + "\n", name).needed.result
    assert (result.sections, result.required) == (sections, required)


PARAMETERS = {
    "all kinds": ("def foo(a, /, b, *c, d, **e): ...", "foo", ("a", "b", "*c", "d", "**e")),
    "a bare star": ("def foo(*, a): ...", "foo", ("a",)),
    "self": ("class A:\n    def foo(self, a): ...", "A.foo", ("a",)),
    "self by another name": ("class A:\n    def foo(this, a): ...", "A.foo", ("a",)),
    "cls": ("class A:\n    @classmethod\n    def foo(cls, a): ...", "A.foo", ("a",)),
    "static": ("class A:\n    @staticmethod\n    def foo(a, b): ...", "A.foo", ("a", "b")),
    "a function named as if it had self": ("def foo(self): ...", "foo", ("self",)),
    "in a method": ("class A:\n    def bar(self):\n        def foo(a): ...", "A.bar.foo", ("a",)),
    "unused by name": ("def foo(_, _a, b): ...", "foo", ("b",)),
    "private": ("def _foo(a): ...", "_foo", ("a",)),
    "called": ("class A:\n    def __call__(self, a): ...", "A.__call__", ("a",)),
    "another special method": ("class A:\n    def __eq__(self, other): return 1", "A.__eq__", ()),
    "a property": ("class A:\n    @property\n    def foo(self): return 1", "A.foo", ()),
    "another property": ("class A:\n    @hybrid_property\n    def foo(self): return 1", "A.foo", ()),
    "a setter": ("class A:\n    @foo.setter\n    def foo(self, value): ...", "A.foo", ()),
    "an overload": ("@typing.overload\ndef foo(a: int) -> int: ...", "foo", ()),
    "an override": ("class A:\n    @override\n    def foo(self, a): raise B", "A.foo", ()),
    "a class with an initialiser": ("class A:\n    def __init__(self, a): ...", "A", ("a",)),
    "a class whose initialiser is documented": ("class A:\n    def __init__(self, a):\n        '''It.'''", "A", ()),
    "a class with a maker": ("class A:\n    def __new__(cls, a): ...", "A", ("a",)),
    "a class with both": (
        "class A:\n    def __new__(cls, *b): ...\n    def __init__(self, a): ...",
        "A",
        ("a",),
    ),
    "a class of fields": ("class A:\n    a: int", "A", ()),
}


@pytest.mark.parametrize(("source", "name", "labels"), PARAMETERS.values(), ids=PARAMETERS.keys())
def test_which_parameters_are_asked_for(source: str, name: str, labels: tuple[str, ...]) -> None:
    assert known_of(source + "\n", name).needed.parameters == labels


@pytest.mark.parametrize(
    ("uri", "name", "light"),
    [
        ("file:///a.pyi", "foo", True),
        ("file:///test_a.py", "test_foo", True),
        ("file:///a_test.py", "test_foo", True),
        ("file:///test_a.py", "foo", False),
        ("file:///a.py", "test_foo", False),
    ],
)
def test_stubs_and_tests_need_a_summary_alone(uri: str, name: str, *, light: bool) -> None:
    assert known_of(f"def {name}(a) -> int:\n    raise A\n", name, uri).needed.none is light


ATTRIBUTES = {
    "on the instance": ("class A:\n    def foo(self):\n        self.a = self.b.c = 1", {"a", "foo"}),
    "on the class": ("class A:\n    a = 1\n    b: int\n    for c in x: pass\n    class D: pass", set("abcD")),
    "slots": ("class A:\n    __slots__ = ('a', 'b')", {"a", "b", "__slots__"}),
    "bases without attributes": ("class A(abc.ABC, Generic[T], object):\n    a = 1", {"a"}),
    "a base": ("class A(B):\n    a = 1", None),
    "a metaclass": ("class A(metaclass=B):\n    a = 1", None),
    "any name": ("class A:\n    def __getattr__(self, name): ...", None),
}


@pytest.mark.parametrize(("source", "names"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_which_attributes_exist(source: str, names: set[str] | None) -> None:
    assert known_of(source + "\n", "A").needed.attributes == names


def test_a_class_with_a_base_may_take_anything() -> None:
    assert known_of("class A(B):\n    a: int\n", "A").needed.known is None
