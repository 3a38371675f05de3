"""What a task asks for: where the docstring may come, what the drafter is told, and what is refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.docstrings import findings, page_of, task_of

from lastmile.config.tree import Convention
from lastmile.errors import RequestError, StaleError
from lastmile.tasks.docstring import KIND
from lastmile.tasks.kind import Workshop
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload
from lastmile.tools.ruff import Ruff

# The room that the docstring has is what stands between « and ».
ROOMS = {
    "no docstring": "def foo(a):«\n    »return a\n",
    "a comment after the header": "def foo(a):«  # one\n    # two\n    »return a\n",
    "a single line": "def foo(a):« »return a\n",
    "a docstring": 'def foo(a):«\n    """Do it."""\n\n    »return a\n',
    "only a docstring": 'def foo(a):«\n    """Do it."""»\n\n\nx = 1\n',
    "a docstring with its comment": 'def foo(a):«\n    """Do it."""  »# noqa: D401\n    return a\n',
    "a docstring and code on one line": 'def foo(a):«\n    """Do it."""; »return a\n',
    "a docstring in brackets": "def foo(a):«\n    ('Do it.')\n    return a»\n",
    "only pass": "def foo(a):«\n    pass»\n",
    "only dots, on one line": "def foo(a):« ...»\n",
    "a docstring and pass": 'def foo(a):«\n    """Do it."""\n    pass»\n',
    "bytes are no docstring": "def foo(a):«\n    »b'no'\n    return a\n",
    "line ends of Windows": "def foo(a):«\r\n    »return a\r\n",
    "decorated, indented, in tabs": "if x:\n\t@d\n\tdef foo(a):«\n\t\t»return a\n",
}


@pytest.mark.parametrize("marked", ROOMS.values(), ids=ROOMS.keys())
async def test_where_the_docstring_may_come(marked: str, offload: Offload) -> None:
    text = marked.replace("«", "").replace("»", "")
    task = await task_of(page_of(text), "foo", offload)
    [room] = task.scope.spans
    assert f"{text[: room.start]}«{room.of(text)}»{text[room.end :]}" == marked
    assert not task.scope.imports
    assert task.oracle.hard
    assert task.target == page_of(text).symbols[0].span


LANDINGS = {
    "under the header": (
        "def foo():\n    return bar()\n",
        'def foo():\n    """Do all of it.\n\n    Returns:\n        What bar gives.\n    """\n    return bar()\n',
    ),
    "a single line is split": (
        "def foo(): bar()\n",
        'def foo():\n    """Do all of it."""\n    bar()\n',
    ),
    "pass goes": ("class Foo(Error):\n    pass\n", 'class Foo(Error):\n    """What foo may raise."""\n'),
    "dots go": ("class Foo(Error): ...\n", 'class Foo(Error):\n    """What foo may raise."""\n'),
    "pass may stay": (
        "class Foo(Error):\n    pass\n",
        'class Foo(Error):\n    """What foo may raise."""\n\n    pass\n',
    ),
    "a blank line after it in a class": (
        "class Foo:\n    x = 1\n",
        'class Foo:\n    """What foo is for."""\n\n    x = 1\n',
    ),
    "the old one goes": (
        'def foo():\n    """Bar."""\n\n    bar()\n',
        "def foo():\n    '''Do all of it.'''\n    bar()\n",
    ),
    "one with a semicolon gets its own line": (
        'def foo():\n    "Bar."; bar()\n',
        'def foo():\n    """Do all of it."""\n    bar()\n',
    ),
    "a comment stays beside the docstring": (
        'def foo():\n    """Bar."""  # noqa: D401\n    bar()\n',
        'def foo():\n    """Do all of it."""  # noqa: D401\n    bar()\n',
    ),
    "a comment stays beside the header": (
        "def foo():  # noqa: C901\n    # why\n    bar()\n",
        'def foo():  # noqa: C901\n    """Do all of it."""\n    # why\n    bar()\n',
    ),
    "line ends of Windows": (
        "def foo():\r\n    bar()\r\n",
        'def foo():\r\n    """Do all of it.\r\n\r\n    And more.\r\n    """\r\n    bar()\r\n',
    ),
    "tabs, and blanks that are as wide": (
        "def foo(a):\n\tbar(a)\n",
        'def foo(a):\n\t"""Do all of it.\n\n        Args:\n\t    a: What.\n\t"""\n\tbar(a)\n',
    ),
    "no line end at the end": ("def foo(): bar()", 'def foo():\n    """Do all of it."""\n    bar()'),
    "characters of several bytes before it": (
        "def fé(): 'ü'; bar()\n",
        "def fé():\n    '''Do all of it.'''\n    bar()\n",
    ),
    "a file that is broken elsewhere": (
        "def foo():\n    bar()\n\n\nx = (\n",
        'def foo():\n    """Do all of it."""\n    bar()\n\n\nx = (\n',
    ),
    "a name that Python normalises": ("def ﬁx():\n    bar()\n", 'def ﬁx():\n    """Do all of it."""\n    bar()\n'),
    "a long chain of operators": (
        f"def foo():\n    bar({' + '.join(['a'] * 700)})\n",
        f'def foo():\n    """Do all of it."""\n    bar({" + ".join(["a"] * 700)})\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), LANDINGS.values(), ids=LANDINGS.keys())
async def test_a_docstring_lands_in_every_layout(before: str, after: str, offload: Offload) -> None:
    page = page_of(before)
    task = await task_of(page, page.symbols[0].qualname, offload)
    assert await findings(task, after) == []


async def test_the_finding_has_its_line_and_shows_the_code(offload: Offload) -> None:
    text = "import x\n\n\ndef foo(a):\n    if a:\n        raise KeyError(a)\n"
    task = await task_of(page_of(text), "foo", offload)
    new = text.replace(":\n    if", ':\n    """Do all of it.\n\n    Args:\n        b: What.\n    """\n    if', 1)
    assert [(item.check, item.message, item.line, item.evidence) for item in await findings(task, new)] == [
        ("property", "Parameter `a` is not documented in Args.", 4, '"""Do all of it.'),
        (
            *("property", "Exception `KeyError` is raised, but not documented in Raises."),
            *(4, "line 11: raise KeyError(a)"),
        ),
        ("property", "Parameter `b` is documented, but `foo` has no such parameter.", 7, "b: What."),
    ]


async def test_the_line_is_right_in_an_indented_definition(offload: Offload) -> None:
    text = "x = 1\n\nclass A:\n    y = 2\n\n    def foo(self, a):\n        raise KeyError(a)\n"
    task = await task_of(page_of(text), "A.foo", offload)
    new = text.replace(
        "        raise", '        """Do all.\n\n        Args:\n            a:\n        """\n        raise'
    )
    found = [(item.line, item.evidence) for item in await findings(task, new)]
    assert found == [(6, '"""Do all.'), (6, "line 12: raise KeyError(a)"), (9, "a:")]


async def test_what_the_drafter_is_told(tmp_path: Path, offload: Offload) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 77\n[lint.flake8-quotes]\ndocstring-quotes = 'single'\n")
    path = tmp_path / "a.py"
    text = 'class A:\n    def foo(self, a, *b):\n        """Foo."""\n        if a: raise KeyError\n        return b\n'
    path.write_text(text)
    task = await task_of(page_of(text, path=path, convention=Convention.NUMPY), "A.foo", offload)
    told = "\n".join((task.goal, *task.hints))
    for part in (
        "Rewrite the docstring of `foo`, a function, in the numpy convention",
        "in '''",
        "indented by 8 spaces",
        "at most 77 characters",
        "Document in Parameters, each: `a`, `*b`.",
        "Document the return value in Returns.",
        "Document in Raises, each with when it is raised: `KeyError`.",
        "Wrong with the present docstring: The summary has fewer than 3 words.",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("def foo():\n    bar()\n", "The summary is enough"),
        ("def foo(a):\n    yield a\n", "Document the yielded values in Yields."),
        ("if x:\n\tdef foo():\n\t\tpass\n", "indented by 2 tabs"),
        ("if x:\n\tdef foo(): pass\n", "indented by 2 tabs"),
        ("def foo(): pass\n", "indented by 4 spaces"),
        ("if x:\n def foo():\n  pass\n", "indented by 2 spaces"),
        ("def foo(): pass\n", "at most 88 characters"),
    ],
)
async def test_single_hints(text: str, part: str, offload: Offload) -> None:
    assert part in "\n".join((await task_of(page_of(text), "foo", offload)).hints)


async def test_docstrings_may_have_a_length_of_their_own(tmp_path: Path, offload: Offload) -> None:
    (tmp_path / "ruff.toml").write_text("line-length = 77\n[lint.pycodestyle]\nmax-doc-length = 66\n")
    path = tmp_path / "a.py"
    path.write_text("def foo(): pass\n")
    task = await task_of(page_of(path.read_text(), path=path), "foo", offload)
    assert "at most 66 characters" in task.hints[0]


async def test_the_same_name_twice_means_the_nearest(offload: Offload) -> None:
    text = "def foo(a): pass\n\n\ndef foo(b): pass\n"
    page = page_of(text)
    for symbol in page.symbols:
        moved = Span(symbol.span.start + 2, symbol.span.end + 2)
        task = await KIND.task(page, moved, {"symbol": "foo"}, Workshop(Ruff(), offload))
        assert task.target == symbol.span


@pytest.mark.parametrize(
    ("text", "detail", "error", "message"),
    [
        ("def foo(): pass\n", {}, RequestError, "does not say which"),
        ("def foo(): pass\n", {"symbol": 3}, RequestError, "does not say which"),
        ("def foo(): pass\n", {"symbol": "bar"}, StaleError, "`bar` is no longer there"),
        ("def foo():\n    return a +\n", {"symbol": "foo"}, RequestError, "`foo` cannot be read"),
        ("def foo(): return '\ud800'\n", {"symbol": "foo"}, RequestError, "`foo` cannot be read"),
        ("if x: def foo(): pass\n", {"symbol": "foo"}, RequestError, "`foo` cannot be read"),
    ],
    ids=["no name", "no text", "gone", "broken", "half a character", "where none may stand"],
)
async def test_what_makes_no_sense_is_refused_at_once(
    text: str, detail: dict[str, object], error: type[Exception], message: str, offload: Offload
) -> None:
    with pytest.raises(error, match=message):
        await KIND.task(page_of(text), Span(0, 1), detail, Workshop(Ruff(), offload))
