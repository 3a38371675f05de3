"""What parsed before must parse after; what was broken may be edited, not broken more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from tests.support.drafting import make_task
from tests.support.judging import task_on
from tests.support.source import PYTHON_PIECES, texts

from lastmile.cascade.verdict import Ruling
from lastmile.tools.offload import Offload
from lastmile.verify.syntax import SyntaxCheck, judge_syntax

WHOLE = "def f(a):\n    return a\n"
BROKEN = "def f(a):\n    return a\n\ndef g(:\n    pass\n"


def check(old: str, new: str, expected: str) -> None:
    """Judge; ``expected`` is a part of the one refusal, or empty."""
    for end in ("\n", "\r\n", "\r"):
        found = judge_syntax(old.replace("\n", end), new.replace("\n", end))
        assert len(found) == bool(expected)
        assert all(item.check == "syntax" and expected in item.message for item in found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(WHOLE, WHOLE.replace("return a", "return a + 1"), "", id="whole"),
        pytest.param(WHOLE, "", "", id="empty"),
        pytest.param("", WHOLE, "", id="from nothing"),
        pytest.param(WHOLE, WHOLE.replace("(a)", "(a"), "It does not compile: '(' was never closed", id="a bracket"),
        pytest.param(WHOLE, WHOLE.replace("    return", "return"), "expected an indented block", id="an indent"),
        pytest.param(WHOLE, "return 1\n", "'return' outside function", id="return outside a function"),
        pytest.param(WHOLE, "nonlocal x\n", "nonlocal declaration not allowed", id="nonlocal at the top"),
        pytest.param(WHOLE, "break\n", "'break' outside loop", id="break outside a loop"),
        pytest.param(WHOLE, "def f(a, a): pass\n", "duplicate argument", id="an argument twice"),
        pytest.param(WHOLE, "await x\n", "'await' outside function", id="await outside a function"),
        pytest.param(WHOLE, "x = 1\nfrom __future__ import annotations\n", "must occur at the beginning", id="future"),
        pytest.param(WHOLE, "f() = 1\n", "cannot assign", id="an assignment to a call"),
        pytest.param(WHOLE, "x = '\\d'\n'x' is x\n", "", id="what only warns"),
        pytest.param(WHOLE, "x = 1\0\n", "null bytes", id="a null character"),
        pytest.param(WHOLE, "x = '\ud800'\n", "surrogates not allowed", id="half of a surrogate pair"),
        pytest.param(WHOLE, "x = " + "9" * 5000 + "\n", "Exceeds the limit", id="a number of 5000 digits"),
        pytest.param(WHOLE, "x = " + "(" * 1000 + ")" * 1000 + "\n", "too many nested", id="deep brackets"),
        pytest.param(WHOLE, "x = " + "-" * 200_000 + "1\n", "It does not compile", id="deep signs"),
        pytest.param(WHOLE, "x = a" + ".a" * 200_000 + "\n", "It does not compile", id="deep attributes"),
        pytest.param(BROKEN, BROKEN.replace("return a", "return 1"), "", id="broken elsewhere"),
        pytest.param(BROKEN, BROKEN.replace("g(:", "g():"), "", id="mended"),
        pytest.param(BROKEN, BROKEN.replace("return a", "return ((a)"), "It does not parse: on line", id="broken more"),
        pytest.param("return 1\n\nreturn 2\n", "return 2\n", "", id="one of two complaints of the compiler"),
    ],
)
def test_judge_syntax(old: str, new: str, expected: str) -> None:
    check(old, new, expected)


def test_the_finding_names_the_line_and_shows_it() -> None:
    [item] = judge_syntax(WHOLE, f"{WHOLE}x = (\ny = 1\n")
    assert (item.line, item.evidence) == (2, "x = (")
    [item] = judge_syntax(BROKEN, f"x = (\n{BROKEN}")
    assert item.line is not None
    assert item.evidence in BROKEN or item.evidence == "x = ("


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("x x\n", "x x\n\n\ndef f(:\n    pass\n", 3, "')' is missing"),
        ("x x\n", "x x\n\n\nf(a b)\n", 3, "something unexpected stands there"),
        ("f(a b)\n", "f(a b)\n\nf(a b)\n", 0, "something unexpected stands there"),
    ],
)
def test_a_text_that_was_broken_is_told_where_it_is_broken_more(old: str, new: str, line: int, message: str) -> None:
    [item] = judge_syntax(old, new)
    assert item.line == line
    assert item.message == f"It does not parse: on line {line + 1}, {message}."


@given(texts(PYTHON_PIECES), texts(PYTHON_PIECES))
def test_no_text_makes_it_raise_and_none_is_worse_than_itself(old: str, new: str) -> None:
    assert judge_syntax(old, old) == ()
    for item in judge_syntax(old, new):
        assert item.line is None or item.line <= new.count("\n") + new.count("\r")


async def test_the_check_runs_in_the_worker(offload: Offload) -> None:
    [item] = await SyntaxCheck(offload).judge(make_task(WHOLE), "def f(:\n")
    assert item.check == "syntax"
    assert await SyntaxCheck(offload).judge(make_task(WHOLE), "x = 1\n") == ()


async def test_a_check_that_could_not_run_refuses() -> None:
    hurried = Offload(deadline=0.0001)
    try:
        [item] = await SyntaxCheck(hurried).judge(make_task(WHOLE), "x = 1\n")
    finally:
        hurried.close()
    assert "could not be checked" in item.message


GO = "package a\n\nfunc twice(n int) int {\n\treturn 2 * n\n}\n"


@pytest.mark.parametrize(
    ("language", "old", "new", "messages"),
    [
        pytest.param("go", GO, GO.replace("2 * n", "n + n"), [], id="go"),
        pytest.param("go", GO, GO.replace("2 * n", "2 * "), ["It does not parse: on line "], id="go, broken"),
        pytest.param("go", f"{GO}x(\n", f"{GO}// more\nx(\n", [], id="broken before"),
        pytest.param("rust", "fn a() -> i32 { 1 }\n", "fn a() -> i32 { 1 \n", ["It does not parse"], id="rust"),
        pytest.param("typescriptreact", "let a = <b/>;\n", "let a = <b/>;\nlet c: string;\n", [], id="tsx"),
        pytest.param("typescript", "let a: string;\n", "let a: ;\n", ["It does not parse"], id="typescript"),
        pytest.param("shellscript", "if true; then ls; fi\n", "if true; then ls;\n", ["It does not parse"], id="bash"),
    ],
)
async def test_other_languages_parse_by_their_grammars(
    tmp_path: Path, offload: Offload, language: str, old: str, new: str, messages: list[str]
) -> None:
    found = await SyntaxCheck(offload).judge(task_on(old, tmp_path, language=language), new)
    assert not isinstance(found, Ruling)
    assert len(found) == len(messages)
    assert all(item.message.startswith(part) for item, part in zip(found, messages, strict=True))


@pytest.mark.parametrize("language", ["plaintext", "markdown", "no-such-language", "json", "yaml"])
async def test_without_a_grammar_the_check_is_absent(tmp_path: Path, offload: Offload, language: str) -> None:
    found = await SyntaxCheck(offload).judge(task_on("a", tmp_path, language=language), "(((")
    assert isinstance(found, Ruling)
    assert found.absent
