"""A draft stays inside what it was asked to change: «» marks the task's spans in the old text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.drafting import make_task
from tests.support.source import marked, texts

from lastmile.cascade.draft import Draft, SearchReplace
from lastmile.cascade.task import Scope
from lastmile.text.edits import Span
from lastmile.tools.offload import Offload
from lastmile.verify.scope import ScopeCheck, judge_scope


def check(old: str, new: str, *, lines: list[int], imports: bool = False) -> None:
    """Judge the change; ``lines`` are those of the findings, from 0."""
    for end in ("\n", "\r\n", "\r"):
        text, spans = marked(old.replace("\n", end))
        found = judge_scope(text, new.replace("\n", end), Scope(tuple(spans), imports=imports))
        assert [item.line for item in found] == lines, end
        assert all(item.check == "scope" and item.message for item in found)


CODE = '"""Doc."""\n\nimport os\n\n\ndef f():\n«    return 1\n»\n\ndef g():\n    return 1\n'


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        pytest.param("a\n«b\n»c\n", "a\nB\nB\nc\n", [], id="inside"),
        pytest.param("a\n«b\n»c\n", "a\nc\n", [], id="the target gone"),
        pytest.param("a\n«»c\n", "a\nb\nc\n", [], id="an insertion into an empty span"),
        pytest.param("«»a\n", "b\na\n", [], id="an insertion at the start"),
        pytest.param("a\n«»", "a\nb\n", [], id="an insertion at the end"),
        pytest.param("a\n«b\n»c\n", "a\nx\nb\ny\nc\n", [], id="insertions at both edges"),
        pytest.param("«a»", "", [], id="everything"),
        pytest.param("a\n«b\n»c\n", "A\nb\nc\n", [0], id="before"),
        pytest.param("a\n«b\n»c\n", "a\nb\nC\n", [2], id="after"),
        pytest.param("a\n«b\n»c\n", "A\nB\nC\n", [0], id="before, inside and after at once"),
        pytest.param("a\n«b\n»c\nd\n", "a\nb\nd\nc\n", [2, 4], id="what follows in another order"),
        pytest.param("a\nb\n«c\n»d\n", "b\na\nX\nd\n", [0], id="what stands before in another order"),
        pytest.param("a\n«b\n»c\n", "a\nb\nc\nd\n", [3], id="more at the end"),
        pytest.param("a\n«b\n»c\n", "a\n", [1], id="the rest gone with the target"),
        pytest.param("a «b» c\n", "a B c\n", [], id="within a line"),
        pytest.param("a «b» c\n", "a b d\n", [0], id="within a line, outside"),
        pytest.param("«a\n»b\n«c\n»", "A\nb\nC\n", [], id="two spans"),
        pytest.param("«a\n»b\n«c\n»", "A\nB\nC\n", [0], id="between two spans"),
        pytest.param("«»a\n«»b\n", "x\na\ny\nb\n", [], id="two empty spans, one at the start"),
        pytest.param("«a\n»«b\n»c\n", "x\nc\n", [], id="spans side by side"),
        pytest.param("«a\n«b\n»»c\n", "x\nc\n", [], id="a span in a span"),
        pytest.param("aa\n«b\n»aa\n", "aa\n", [1], id="one text cannot be both what goes before and after"),
        pytest.param("a\n", "a\na\n", [1], id="no span: an insertion"),
        pytest.param("a\n", "b\na\n", [0], id="no span: an insertion at the start"),
        pytest.param("a\n", "a\n", [], id="no span: nothing"),
    ],
)
def test_only_the_spans_may_change(old: str, new: str, lines: list[int]) -> None:
    check(old, new, lines=lines)


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        pytest.param("import os\n\n«x = 1\n»", "import os\nimport re\n\nx = 2\n", [], id="one comes"),
        pytest.param("import os\n\n«x = 1\n»", "x = 2\n", [], id="one goes, with its blank line"),
        pytest.param("import os\nimport re\n\n«x = 1\n»", "import re\nimport os\n\nx = 1\n", [], id="in another order"),
        pytest.param("«x = 1\n»", "import os\n\nx = os.sep\n", [], id="the first of a file"),
        pytest.param('"""Doc."""\n\n«x = 1\n»', '"""Doc."""\n\nimport os\n\nx = 1\n', [], id="below the docstring"),
        pytest.param("import os\n«x = 1\n»import re\n", "import sys\nx = 2\nimport sys\n", [], id="on both sides"),
        pytest.param("import os\n«x = 1\n»", "from os import path\nx = path\n", [], id="next to the target"),
        pytest.param("import os\n«x = 1\n»", "import os\n\nx = 1\n", [], id="a blank line beside it"),
        pytest.param("from a import (\n    b,\n)\n\n«x\n»", "from a import b\n\nx\n", [], id="of several lines"),
        pytest.param("import a  # why\n«x\n»", "import b  # noqa: F401\n\nx\n", [], id="with a comment behind it"),
        pytest.param("import a; import b\n«x\n»", "import a\nimport b\n\nx\n", [], id="two on a line"),
        pytest.param(
            "try:\n    import a\nexcept ImportError:\n    b = 1\n\n«x\n»",
            "try:\n    import a\n    import c\nexcept ImportError:\n    b = 1\n\nx\n",
            [],
            id="within a try",
        ),
        pytest.param(CODE, CODE.replace("«", "").replace("»", "").replace("import os", "import re"), [], id="far away"),
        pytest.param("import os\ny = 1\n«x = 1\n»", "import os\ny = 2\nx = 1\n", [1], id="code beside it"),
        pytest.param("import os\n\ny\n«x\n»", "import os; run()\n\ny\nx\n", [1], id="code on its line"),
        pytest.param("import os; run()\ny\n«x\n»", "import re\ny\nx\n", [0], id="code that stood on its line"),
        pytest.param("pass\n«x\n»", "import a_pass\nx\n", [0], id="a statement made into one"),
        pytest.param("# why\nimport os\n«x\n»", "# not\nimport re\nx\n", [0], id="a comment above it"),
        pytest.param("y = 1\n\n\n«x\n»", "y = 1\n\nx\n", [2], id="a blank line that is beside none"),
        pytest.param(
            '"""A\n\nB\n"""\nimport os\n«x\n»', '"""A\nB\n"""\nimport re\nx\n', [1], id="a blank line in a string"
        ),
        pytest.param('y = """\n"""\n«x\n»', 'y = """\nimport os\n"""\nx\n', [1], id="what looks like one in a string"),
        pytest.param(
            "def f():\n    return 1\n\n«x\n»", "def f():\n    import os\n    return 1\n\nx\n", [1], id="in a function"
        ),
        pytest.param("import os\n«x\n»y\n", "import re\nx\nz\n", [2], id="and something else"),
        pytest.param("a\n«x\n»b\n", "import os\n\na\nX\nb\nc\n", [3], id="and more at the end"),
    ],
)
def test_imports_where_the_kind_allows_them(old: str, new: str, lines: list[int]) -> None:
    check(old, new, lines=lines, imports=True)


def test_imports_where_it_does_not() -> None:
    check("import os\n\n«x = 1\n»", "import os\nimport re\n\nx = 2\n", lines=[1])


def test_an_import_in_the_target_is_the_targets() -> None:
    check("def f():\n«    return 1\n»", "def f():\n    import os\n    return os.sep\n", lines=[], imports=True)


def test_the_evidence_is_what_stood_there_or_what_came() -> None:
    [gone] = judge_scope("a\nb\n", "a\nb", Scope((Span(0, 1),)))
    [came] = judge_scope("a\n", "a\nc\n", Scope((Span(0, 0),)))
    assert (gone.evidence, came.evidence) == ("\n", "c\n")
    assert gone.message == "The draft changes line 2, outside its target."


def test_no_more_than_ten_findings() -> None:
    old = "".join(f"{number}\n" for number in range(100))
    assert len(judge_scope(old, old.replace("5", "x"), Scope(()))) == 10


def test_a_gap_inside_the_target_is_refused() -> None:
    [found] = judge_scope("a\nb\n", "a\n# ... rest of the code unchanged\n", Scope((Span(2, 4),)))
    assert (found.line, found.check) == (1, "scope")


@given(texts(), texts(), st.data())
def test_a_change_inside_is_never_refused(old: str, new: str, data: st.DataObject) -> None:
    span = data.draw(spans(old))
    assert outside(span.of(new) + new, old, span) == []


@given(texts(), texts(), st.data())
def test_a_change_outside_always_is(old: str, new: str, data: st.DataObject) -> None:
    span = data.draw(spans(old))
    kept = new.startswith(old[: span.start]) and new.endswith(old[span.end :])
    kept = kept and len(new) >= len(old) - len(span)
    assert bool(found(old, new, (span,))) is not kept


@given(texts(), st.lists(texts(most=5), min_size=2, max_size=2), st.data())
def test_several_spans(old: str, inside: list[str], data: st.DataObject) -> None:
    a, b, c, d = sorted(data.draw(st.lists(st.integers(0, len(old)), min_size=4, max_size=4)))
    new = old[:a] + inside[0] + old[b:c] + inside[1] + old[d:]
    assert found(old, new, (Span(c, d), Span(a, b))) == []
    assert found(old, new, (Span(a, b), Span(c, d))) == []


IMPORTS = ("import a\n", "import b\n", "from c import d\n", "\n")
STATEMENTS = ("x = 1\n", "def f():\n    return 2\n", "\n", "# why\n", "y = '''\n\n'''\n", "if x:\n    pass\n")


@given(
    *(st.lists(st.sampled_from(IMPORTS), max_size=4).map("".join) for _ in range(2)),
    *(st.lists(st.sampled_from(STATEMENTS), max_size=4).map("".join) for _ in range(4)),
)
def test_imports_and_the_target_may_change_together(
    had: str, has: str, before: str, target: str, new: str, after: str
) -> None:
    # A blank line among the imports is as good as one of the target's that moved, so there are none.
    had, has = ("".join(line for line in part.splitlines(keepends=True) if line.strip()) for part in (had, has))
    head = f'"""Doc."""\n{had}'
    text = f"{head}z = 0\n{before}{target}{after}end()\n"
    start = len(head) + len("z = 0\n") + len(before)
    scope = Scope((Span(start, start + len(target)),), imports=True)
    changed = f'"""Doc."""\n{has}z = 0\n{before}{new}{after}end()\n'
    assert judge_scope(text, changed, scope) == ()
    other = changed.replace("z = 0", "z = 1").replace("end()", "end(1)")
    assert judge_scope(text, other, scope) != ()


def spans(text: str) -> st.SearchStrategy[Span]:
    """Draw a span of the text."""
    places = st.integers(0, len(text))
    return st.tuples(places, places).map(lambda pair: Span(min(pair), max(pair)))


def outside(inside: str, old: str, span: Span) -> list[int | None]:
    """Put a text into the span, and judge that."""
    return found(old, old[: span.start] + inside + old[span.end :], (span,))


def found(old: str, new: str, scope: tuple[Span, ...]) -> list[int | None]:
    """Give the lines of what is found, gaps aside: the drawn texts have none."""
    return [item.line for item in judge_scope(old, new, Scope(scope))]


@pytest.mark.parametrize("path", ["other.py", "../other.py", "/etc/passwd", "mod.py"])
async def test_another_file_is_refused(offload: Offload, path: str) -> None:
    draft = Draft((SearchReplace("a", "b", path), SearchReplace("c", "d", path), SearchReplace("e", "f")))
    [item] = ScopeCheck(offload).elsewhere(draft)
    assert path in item.message


async def test_the_check_runs_in_the_worker(offload: Offload) -> None:
    task = make_task("a\n«b\n»c\n")
    assert await ScopeCheck(offload).judge(task, "a\nB\nc\n") == ()
    [item] = await ScopeCheck(offload).judge(task, "a\nb\nC\n")
    assert item.line == 2
