"""Code that changed under cover of a docstring is refused, whatever the change and however good the docstring."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.docstrings import findings, page_of, task_of

from lastmile.config.tree import Convention
from lastmile.docstrings.fragment import Place
from lastmile.docstrings.judging import judge
from lastmile.tools.offload import Offload

HEAD = "@lru_cache(maxsize=8)  # bounded\nasync def split(text: str, *, most: int = 10) -> list[str]:  # noqa: C901\n"
DOCSTRING = '''    """Split a text into words.

    Args:
        text: What is split.
        most: How many words are kept.

    Returns:
        The words, in order.

    Raises:
        ValueError: If the text is empty.
    """
'''
BODY = """    # The caller checks the length.
    words = [word.strip(",") for word in text.split() if not word.isdigit()]  # type: ignore
    if not words and most > 0:
        raise ValueError("no words in the text")

    def inner(count=-1):
        '''Its own docstring stays.'''
        return {**OPTIONS, "count": count}

    for word in words:
        await seen(word, f"{word!r:>{most}}", 0x1F, b"x")
    else:
        inner()
    return words[:most]
"""
BEFORE = HEAD + BODY
PLACE = Place("split")
PIECES = (
    "0",
    "x",
    " ",
    "\n",
    "    ",
    "\t",
    ":",
    ",",
    "(",
    ")",
    "not ",
    "# c",
    "'",
    '"',
    "=",
    "*",
    "\\",
    "é",
    ".",
    "\f",
)


def test_the_docstring_alone_passes() -> None:
    assert judge(BEFORE, HEAD + DOCSTRING + BODY, PLACE, Convention.GOOGLE) == ()


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a head and a body of which one was changed in one place or two."""
    parts = [HEAD, BODY]
    for _ in range(draw(st.integers(1, 2))):
        which = draw(st.integers(0, 1))
        text = parts[which]
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start, min(len(text) - 1, start + 12)))
        new = draw(st.sampled_from(PIECES) | st.just("") | st.sampled_from([text[start:end] * 2, text[end:][:9]]))
        parts[which] = text[:start] + new + text[end:]
    return parts[0], parts[1]


def parses(text: str) -> str:
    """Give the syntax tree of a text; nothing where it has none."""
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return ""


@given(mutations())
def test_any_change_of_the_code_is_refused(mutated: tuple[str, str]) -> None:
    code = "".join(mutated)
    changed = "".join(code.split()) != "".join(BEFORE.split()) or parses(code) != parses(BEFORE)
    found = judge(BEFORE, mutated[0] + DOCSTRING + mutated[1], PLACE, Convention.GOOGLE)
    assert found or not changed


SPLIT = """
    def keep(a, b=1):
        # first
        if a:  # why
            c = a
            d = b
        return c
    """
CHANGES = {
    "a default": ("b=1", "b=2", "`1` became `2`"),
    "a name": ("c = a", "c = b", "`a` became `b`"),
    "a statement goes": ("            d = b\n", "", "`d = b` is gone"),
    "a statement comes": ("        return c", "        c += 1\n        return c", "`c += 1` is new"),
    "a statement leaves its block": ("            d = b", "        d = b", "structure of the code changed"),
    "a comment goes": ("  # why", "", "`# why` is gone"),
    "a comment comes": ("c = a", "c = a  # so", "`# so` is new"),
    "a comment changes": ("# why", "# because", "`# why` became `# because`"),
    "a comment leaves its line": ("  # why\n", "\n            # why\n", "The comment `# why` moved"),
    "a decorator comes": ("def keep", "@cache\n    def keep", "`@ cache` is new"),
    "an annotation comes": ("b=1", "b: int = 1", "`: int` is new"),
    "it becomes asynchronous": ("def keep", "async def keep", "`async` is new"),
    "another definition comes": (
        "return c\n",
        "return c\n\n    def more():\n        pass\n",
        "not exactly the definition",
    ),
    "another name": ("def keep", "def kept", "not exactly the definition"),
    "code after its block": ("return c\n", "return c\n    keep(1)\n", "not exactly the definition"),
    "a branch of the wrapper": ("return c\n", "return c\nelse:\n    keep(1)\n", "not exactly the definition"),
    "it does not parse": ("return c", "return (c", "does not parse"),
    "nothing is left": ("    def keep", "    x = 1\n    def kept", "not exactly the definition"),
}


@pytest.mark.parametrize(("old", "new", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_how_a_change_is_told(old: str, new: str, expected: str) -> None:
    before = dedent(SPLIT.lstrip("\n"))
    after = before.replace(
        "):\n", '):\n    """Keep what is there.\n\n    Args:\n        a: One.\n        b: Two.\n    """\n'
    )
    indented = [text.replace("\n", "\n    ").rstrip(" ") for text in (before, after)]
    assert old in "    " + indented[1]
    changed = ("    " + indented[1]).replace(old, new, 1).removeprefix("    ")
    found = judge(indented[0], changed, Place("keep", indent="    "), Convention.GOOGLE)
    assert expected in found[0].message


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("def foo():\n    pass\n", 'def foo():\n    """Do all of it."""\n    return\n', "`pass` became `return`"),
        ("def foo():\n    ...\n", 'def foo():\n    """Do all of it."""\n    pass\n', "`...` became `pass`"),
        ("def foo():\n    x\n", 'def foo():\n    """Do all of it."""\n', "`x` is gone"),
        ('def foo():\n    """It."""\n', 'def foo():\n    """Do all of it."""\n    pass\n', "`pass` is new"),
        ("def foo():\n    x\n", "def foo():\n    x\n    '''Do all of it.'''\n", "is new"),
        ('def foo():\n    """It."""\n    x\n', "def foo():\n    x\n", "has no docstring as its first statement"),
        (
            'def foo():\n    """It."""\n    def bar():\n        """In it."""\n',
            'def foo():\n    """Do all of it."""\n    def bar():\n        """In all of it."""\n',
            'became `"""In all of it."""`',
        ),
    ],
)
def test_what_is_code_and_what_is_docstring(before: str, after: str, expected: str) -> None:
    [found] = judge(before, after, Place("foo"), Convention.GOOGLE)
    assert expected in found.message


STRUCTURES = [
    ("x\n(y)", "x(y)"),
    ("a\n(b)(c)", "a(b)\n(c)"),
    ("if a:\n    if b: c\n    else: d", "if a:\n    if b: c\nelse: d"),
]


@pytest.mark.parametrize(("one", "other"), STRUCTURES)
def test_the_same_words_in_another_structure_are_refused(one: str, other: str) -> None:
    codes = [text.replace("\n", "\n    ") for text in (one, other)]
    for old, new in (codes, codes[::-1]):
        after = f'def foo():\n    """Do all of it."""\n    {new}\n'
        [found] = judge(f"def foo():\n    {old}\n", after, Place("foo"), Convention.GOOGLE)
        assert found.message == "The structure of the code changed: look at its indentation."


def test_code_that_cannot_be_split_into_words_is_refused() -> None:
    # Python 3.11 parses this, and its tokenizer does not take it.
    before = "def foo():\n    x\n  \\\n\n"
    assert judge(before, before.replace("    x", '    """Do all."""\n    x'), Place("foo"), Convention.GOOGLE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [("import a\n", "import b\n"), ("x = 1\n", ""), ("x = 1\n", "x = 1\ny = 2\n"), ("\n\n\nx", "\n\nx")],
    ids=["before it", "after it", "at the end", "blank lines"],
)
async def test_the_rest_of_the_document_stays(old: str, new: str, offload: Offload) -> None:
    text = "import a\n\n\ndef foo():\n    bar()\n\n\nx = 1\n"
    task = await task_of(page_of(text), "foo", offload)
    good = text.replace("    bar", '    """Do all of it."""\n    bar')
    assert await findings(task, good) == []
    [check] = task.oracle.checks
    assert [item.message for item in await check.judge(task, good.replace(old, new))] == [
        "The draft changes more than `foo`."
    ]


async def test_what_stands_around_it_does_not_count_twice(offload: Offload) -> None:
    task = await task_of(page_of("\n\ndef foo(): bar()\n\n"), "foo", offload)
    [check] = task.oracle.checks
    [found] = await check.judge(task, "\n\n\n")
    assert found.message == "The draft changes more than `foo`."
