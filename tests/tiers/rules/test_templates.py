"""The templates: what they make of a finding, and what they leave alone.

In the tables « and » mark the finding where it matters; everywhere else ruff itself finds it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from tests.support.judging import ruff_in, task_on
from tests.support.source import PYTHON_PIECES, texts

from lastmile.text.edits import Span
from lastmile.tiers.rules.templates import TEMPLATES, by_template


async def check(folder: Path, rule: str, old: str, new: str | None) -> None:
    """Let ruff find the rule once and the template rewrite it; ``new`` is None where it must not."""
    ruff = ruff_in(folder, rule)
    for end in ("\n", "\r\n"):
        text = old.replace("\n", end)
        found = await ruff.check(task_on(text, folder).snapshot)
        assert found, "ruff finds nothing"
        made = [made_by(rule, text, found[0].span)]
        assert made == [None if new is None else new.replace("\n", end)]


def made_by(rule: str, text: str, span: Span) -> str | None:
    """Give what the only template of a rule makes of a finding."""
    return next((new for _label, new in by_template(text, rule, span)), None)


TRY = "try:\n    f()\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            f"{TRY}except A as e:\n    raise B\n", f"{TRY}except A as e:\n    raise B from e\n", id="a named handler"
        ),
        pytest.param(
            f"{TRY}except A:\n    raise B()\n",
            f"{TRY}except A as error:\n    raise B() from error\n",
            id="no name",
        ),
        pytest.param(
            f"{TRY}except (A, C):\n    raise B\n",
            f"{TRY}except (A, C) as error:\n    raise B from error\n",
            id="a tuple",
        ),
        pytest.param(
            f"{TRY}except (A):\n    raise B\n", f"{TRY}except (A) as error:\n    raise B from error\n", id="brackets"
        ),
        pytest.param(
            f"{TRY}except ( A ) :\n    raise B\n",
            f"{TRY}except ( A ) as error :\n    raise B from error\n",
            id="blanks",
        ),
        pytest.param(
            f"{TRY}except (\n    A,\n    C,\n):\n    raise B\n",
            f"{TRY}except (\n    A,\n    C,\n) as error:\n    raise B from error\n",
            id="a tuple of several lines",
        ),
        pytest.param(
            f"{TRY}except A:\n    raise B(\n        1,\n    )  # why\n",
            f"{TRY}except A as error:\n    raise B(\n        1,\n    ) from error  # why\n",
            id="a raise of several lines",
        ),
        pytest.param(
            f"{TRY}except A:\n    raise (B())\n",
            f"{TRY}except A as error:\n    raise (B()) from error\n",
            id="()",
        ),
        pytest.param(
            f"{TRY}except A: raise B('é', '中')\n",
            f"{TRY}except A as error: raise B('é', '中') from error\n",
            id="characters of several bytes on the line",
        ),
        pytest.param(
            f"é = 1; x = '😀'\n{TRY}except A:\n    if é: raise B\n",
            f"é = 1; x = '😀'\n{TRY}except A as error:\n    if é: raise B from error\n",
            id="characters of several bytes before the place",
        ),
        pytest.param(
            "try:\n    f()\nexcept A as a:\n    try:\n        g()\n    except C as c:\n        raise B\n",
            "try:\n    f()\nexcept A as a:\n    try:\n        g()\n    except C as c:\n        raise B from c\n",
            id="the innermost of nested handlers",
        ),
        pytest.param(
            f"error = 1\n{TRY}except A:\n    raise B(error)\n",
            f"error = 1\n{TRY}except A as exc:\n    raise B(error) from exc\n",
            id="the usual name is taken",
        ),
        pytest.param(
            "def g(error, exc, err, cause, original):\n    try:\n        pass\n    except A:\n        raise B\n",
            "def g(error, exc, err, cause, original):\n    try:\n        pass\n    except A as error_1:\n"
            "        raise B from error_1\n",
            id="all usual names are taken",
        ),
        pytest.param(
            "def g(error): ...\n\n\ndef h():\n    try:\n        pass\n    except A:\n        raise B\n",
            "def g(error): ...\n\n\ndef h():\n    try:\n        pass\n    except A as error:\n"
            "        raise B from error\n",
            id="a name of another function is free",
        ),
        pytest.param(
            f"{TRY}except A as ex:\n    print(ex)\n\n\ndef g():\n    try:\n        pass\n    except A:\n"
            "        raise B\n",
            f"{TRY}except A as ex:\n    print(ex)\n\n\ndef g():\n    try:\n        pass\n    except A as ex:\n"
            "        raise B from ex\n",
            id="the name that the file is used to",
        ),
        pytest.param(
            f"{TRY}except A:\n    # error: why\n    raise B('error')\n",
            f"{TRY}except A as error:\n    # error: why\n    raise B('error') from error\n",
            id="a word in a comment is no name",
        ),
        pytest.param(f"{TRY}except A as e:\n    e = g(e)\n    raise B\n", None, id="the name was bound again"),
        pytest.param(
            f"{TRY}except A as e:\n    try:\n        g()\n    except C as e:\n        pass\n    raise B\n",
            None,
            id="the name was bound and deleted by another handler",
        ),
        pytest.param(f"{TRY}except A as e:\n    for e in g(): pass\n    raise B\n", None, id="the name went to a loop"),
        pytest.param(f"{TRY}except A as e:\n    import e\n    raise B\n", None, id="the name went to a module"),
        pytest.param(f"{TRY}except A as e:\n    del e\n    raise B\n", None, id="the name was deleted"),
        pytest.param(f"{TRY}except:\n    raise B\n", None, id="a bare handler"),
        pytest.param(f"{TRY}except (A  # why\n        ):\n    raise B\n", None, id="a comment in the way"),
    ],
)
async def test_raise_from(tmp_path: Path, old: str, new: str | None) -> None:
    await check(tmp_path, "B904", old, new)


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(f"{TRY}except A as e:\n    def g():\n        «raise B\n", id="in a function of the handler"),
        pytest.param("«raise B\n", id="in no handler of a module"),
        pytest.param(f"{TRY}except A as e:\n    «raise e\n", id="the handled one itself"),
        pytest.param(f"{TRY}except A as e:\n    «raise\n", id="again"),
        pytest.param(f"{TRY}except A as e:\n    «raise B from None\n", id="with a cause"),
        pytest.param("def f():\n    «raise B\n", id="in no handler"),
        pytest.param("«raise B(\n", id="a text that does not parse"),
    ],
)
def test_raise_from_leaves_alone(marked: str) -> None:
    at = marked.index("«")
    assert made_by("B904", marked.replace("«", ""), Span(at, at + 5)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{TRY}except:\n    pass\n", f"{TRY}except Exception:\n    pass\n"),
        (f"{TRY}except :  # why\n    pass\n", f"{TRY}except Exception :  # why\n    pass\n"),
    ],
)
async def test_bare_except(tmp_path: Path, old: str, new: str) -> None:
    await check(tmp_path, "E722", old, new)


def test_bare_except_knows_its_place() -> None:
    assert made_by("E722", "x = 1\n", Span(0, 5)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            "import contextlib\n\ntry:\n    f()\nexcept A:\n    pass  # why\n\nx = 1\n",
            "import contextlib\n\n# why\nwith contextlib.suppress(A):\n    f()\n\nx = 1\n",
            id="a comment",
        ),
        pytest.param(
            "def g():\n    try:  # one\n        # two\n        f()  # three\n    # four\n    except (A, B):  # five\n"
            "        # six\n        pass\n",
            "import contextlib\ndef g():\n    # four\n    # five\n    # six\n    with contextlib.suppress(A, B):"
            "  # one\n        # two\n        f()  # three\n",
            id="comments everywhere, and no import yet",
        ),
        pytest.param(
            "import contextlib\ntry:\n    f(\n    )\nexcept:\n    pass  # why",
            "import contextlib\n# why\nwith contextlib.suppress(BaseException):\n    f(\n    )\n",
            id="a bare handler, at the end of a text without a line end",
        ),
        pytest.param("contextlib = 1\ntry:\n    f()\nexcept A:\n    pass  # why\n", None, id="the name is taken"),
    ],
)
async def test_suppressed(tmp_path: Path, old: str, new: str | None) -> None:
    await check(tmp_path, "SIM105", old, new)


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept A as e:\n    pass\n",
        "try:\n    f()\nexcept A:\n    g()\n",
        "try:\n    f()\nexcept A:\n    pass\nelse:\n    g()\n",
        "try:\n    f()\nexcept A:\n    pass\nfinally:\n    g()\n",
        "try:\n    f()\nexcept A:\n    pass\nexcept B:\n    pass\n",
        "try:\n",
        "x = 1\n",
    ],
)
def test_suppressed_leaves_alone(text: str) -> None:
    assert made_by("SIM105", text, Span(0, 3)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a = type(b) == list\n", "a = type(b) is list\n"),
        ("a = type(b)!=type(c)\n", "a = type(b) is not type(c)\n"),
        ("a = list == (type(b))\n", "a = list is (type(b))\n"),
        ("a = (type(b)==\n     Some)\n", "a = (type(b) is\n     Some)\n"),
        ("a = type(b) == c.Some_Class\n", "a = type(b) is c.Some_Class\n"),
        ("a = b.__class__ == type(c)\n", "a = b.__class__ is type(c)\n"),
        ("def f(b):\n    t = type(b)\n    return t == str\n", "def f(b):\n    t = type(b)\n    return t is str\n"),
        ("def f(b, t):\n    t = type(b)\n    return t == str\n", None),
        ("def f(b, t):\n    return t == str\n", None),
        (
            "a = type(b) == str\n\n\nclass C:\n    def str(self): ...\n",
            "a = type(b) is str\n\n\nclass C:\n    def str(self): ...\n",
        ),
        ("def f(b, str):\n    return type(b) == str\n", None),
        (
            "def f(str): ...\n\n\ndef g(b):\n    return type(b) == str\n",
            "def f(str): ...\n\n\ndef g(b):\n    return type(b) is str\n",
        ),
        ("a = type(b) == type(c) == d\n", None),
        ("a = (type(b)  # why\n     == list)\n", None),
        ("a = type(b) == kind\n", None),
    ],
)
async def test_identical_types(tmp_path: Path, old: str, new: str | None) -> None:
    await check(tmp_path, "E721", old, new)


LOOP = "def f(b):\n    a = []\n    for x in b:\n        a.append(x)\n    return a\n"


def test_identical_types_leaves_alone_what_may_equal_a_type() -> None:
    text = "a = type(b) == c.dtype\n"
    assert made_by("E721", text, Span(4, len(text) - 1)) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(LOOP, "def f(b):\n    a = []\n    a.extend(b)\n    return a\n", id="a loop"),
        pytest.param(
            LOOP.replace("in b", "in [\n        b,\n    ]"),
            "def f(b):\n    a = []\n    a.extend([\n        b,\n    ])\n    return a\n",
            id="over several lines",
        ),
        pytest.param(
            LOOP.replace("= []", "= list(b)"),
            "def f(b):\n    a = list(b)\n    a.extend(b)\n    return a\n",
            id="a list",
        ),
        pytest.param(LOOP.replace("return a", "return a, x"), None, id="the item is read afterwards"),
        pytest.param(
            LOOP.replace("(x)", "(x)  # why"),
            LOOP.replace("\n    for x in b:\n        a.append(x)", "\n    a.extend(b)  # why"),
            id="a comment behind it",
        ),
        pytest.param(LOOP.replace(":\n        a", ":  # why\n        a"), None, id="a comment in it"),
        pytest.param(LOOP.replace("in b", "in b, a"), None, id="a tuple without brackets"),
        pytest.param(LOOP.replace("in b", "in (b), (b)"), None, id="a tuple that only looks as if it had some"),
        pytest.param(LOOP.replace("in b", "in a[:]"), None, id="over itself"),
        pytest.param("a = []\nfor x in b:\n    a.append(x)\n", None, id="of a module: anyone may read the item"),
    ],
)
async def test_extended(tmp_path: Path, old: str, new: str | None) -> None:
    await check(tmp_path, "PERF402", old, new)


@pytest.mark.parametrize("call", ["a.append(y)", "a.append(x, x)", "a.append(x=x)", "x.append(x)", "a.add(x)", "f(x)"])
def test_extended_leaves_alone(call: str) -> None:
    text = LOOP.replace("a.append(x)", call)
    assert made_by("PERF402", text, Span(text.index(call), text.index(call) + 1)) is None


@pytest.mark.parametrize("more", ["a = b", "a += b", "for a in b: pass", "import a", "a: list"])
def test_extended_leaves_alone_what_may_be_no_list(more: str) -> None:
    text = LOOP.replace("    a = []\n", f"    a = []\n    {more}\n")
    assert made_by("PERF402", text, Span(text.index("a.append"), len(text))) is None


def test_raise_from_in_a_try_of_the_handler() -> None:
    text = f"{TRY}except A as a:\n    try:\n        raise B\n    finally:\n        g()\n"
    at = text.index("raise")
    assert made_by("B904", text, Span(at, at + 7)) == text.replace("raise B", "raise B from a")


@given(texts(PYTHON_PIECES))
def test_no_text_makes_a_template_raise(text: str) -> None:
    for rule in TEMPLATES:
        for start in range(0, len(text) + 1, 3):
            made = made_by(rule, text, Span(start, min(len(text), start + 6)))
            assert made is None or made != text or rule == "E722"
