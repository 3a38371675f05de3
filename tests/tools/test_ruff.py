"""The real ruff on texts of every kind: its findings, fixes and rewrites as offsets of the text."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from tests.support.source import marked

from lastmile.errors import ToolError
from lastmile.text.diagnostic import Diagnostic, Safety, Severity
from lastmile.text.edits import Span, apply
from lastmile.text.snapshot import Snapshot
from lastmile.tools.ruff import Ruff, RuffOptions, bundled

UNUSED = "import os\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make a project of its own, so that no settings further up count."""
    (tmp_path / "ruff.toml").write_text('lint.select = ["F"]\n')
    return tmp_path


def snapshot(project: Path, text: str, name: str = "a.py") -> Snapshot:
    return Snapshot(f"file:///{name}", text, project / name)


def only(found: tuple[Diagnostic, ...], code: str) -> Diagnostic:
    (one,) = (item for item in found if item.code == code)
    return one


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param("import «os»\n", "F401", id="plain"),
        pytest.param("x = '😀é\u0301中'; import «os»\n", "F401", id="wide characters before it"),
        pytest.param("x = 1\r\nimport «os»\r\n", "F401", id="crlf"),
        pytest.param("x = 1\rimport «os»\r", "F401", id="cr"),
        pytest.param("x = 1\n\x0c\nimport «os»\n", "F401", id="form feed"),
        pytest.param("x = '\u2028\x0b\x85'; import «os»\n", "F401", id="what str.splitlines takes for line ends"),
        pytest.param("\ufeffimport «os»\n", "F401", id="byte order mark, in its line"),
        pytest.param("\ufeff\nimport «os»\n", "F401", id="byte order mark, in another line"),
        pytest.param("x = '\ud83d'; import «os»\n", "F401", id="a lone surrogate"),
        pytest.param("print(«é»)\n", "F821", id="a name outside ASCII"),
        pytest.param("def f(«:»\n    pass\n", "invalid-syntax", id="a syntax error"),
        pytest.param("x = 1 +«»", "invalid-syntax", id="a syntax error at the end"),
    ],
)
async def test_spans_are_offsets(project: Path, source: str, code: str) -> None:
    text, (span,) = marked(source)
    found = await Ruff().check(snapshot(project, text))
    assert (found[0].code, found[0].span) == (code, span)


@pytest.mark.parametrize(
    ("text", "code", "result"),
    [
        pytest.param("import os\nx = 1\n", "F401", "x = 1\n", id="plain"),
        pytest.param("x = '😀'; import os\n", "F401", "x = '😀'; \n", id="wide characters"),
        pytest.param("x = 1\r\nimport os\r\n", "F401", "x = 1\r\n", id="crlf"),
        pytest.param("\ufeffimport os\nx = 1\n", "F401", "\ufeffx = 1\n", id="byte order mark"),
        pytest.param("x = '\u2028'\nimport os", "F401", "x = '\u2028'\n", id="no line end"),
        pytest.param("def f():\n    x = 1\n", "F841", "def f():\n    pass\n", id="unsafe"),
    ],
)
async def test_fixes_land(project: Path, text: str, code: str, result: str) -> None:
    fix = only(await Ruff().check(snapshot(project, text)), code).fix
    assert fix is not None
    assert apply(text, fix.edits) == result
    assert fix.title != ""
    assert fix.safety is (Safety.UNSAFE if code == "F841" else Safety.SAFE)


async def test_a_finding_says_what_where_and_how_bad(project: Path) -> None:
    text = "import os\nprint(x)\ndef f(a):\n    '{}'.format(1, a)\n"
    found = await Ruff().check(snapshot(project, text))
    assert [(item.code, item.severity, item.source) for item in found] == [
        ("F401", Severity.WARNING, "ruff"),
        ("F821", Severity.ERROR, "ruff"),
        ("F523", Severity.WARNING, "ruff"),
    ]
    assert found[0].message == "`os` imported but unused"
    assert found[0].url == "https://docs.astral.sh/ruff/rules/unused-import"
    assert found[1].fix is None
    broken = (await Ruff().check(snapshot(project, "def f(:\n")))[0]
    assert (broken.severity, broken.is_syntax, broken.url) == (Severity.ERROR, True, "")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        pytest.param('lint.select = ["E711"]\n', "ruff.toml", id="ruff.toml"),
        pytest.param('lint.select = ["E711"]\n', ".ruff.toml", id="hidden"),
        pytest.param('[tool.ruff.lint]\nselect = ["E711"]\n', "pyproject.toml", id="pyproject"),
    ],
)
async def test_settings_are_found_from_the_path(tmp_path: Path, settings: str, name: str) -> None:
    (tmp_path / name).write_text(settings)
    found = await Ruff().check(snapshot(tmp_path, "import os\nx = os == None\n", "deep/down/not there/ä b.py"))
    assert [item.code for item in found] == ["E711"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param("fix = true", id="fix"),
        pytest.param("fix-only = true", id="fix only"),
        pytest.param("show-fixes = true", id="show fixes"),
        pytest.param("unsafe-fixes = true", id="unsafe fixes"),
        pytest.param('output-format = "github"', id="output format"),
        pytest.param('force-exclude = true\nextend-exclude = ["b.py"]', id="excludes"),
    ],
)
async def test_settings_do_not_change_what_is_asked(tmp_path: Path, settings: str) -> None:
    (tmp_path / "ruff.toml").write_text(f'{settings}\nlint.select = ["F401", "F841"]\n')
    text = "import os\ndef f():\n    x = 1\n"
    page = snapshot(tmp_path, text)
    assert [item.code for item in await Ruff().check(page)] == ["F401", "F841"]
    assert await Ruff().fixed(page) == "def f():\n    x = 1\n"
    assert await Ruff().formatted(page) == "import os\n\n\ndef f():\n    x = 1\n"


async def test_a_file_that_the_project_excludes_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('force-exclude = true\nextend-exclude = ["a.py"]\nline-length = 77\n')
    text = "import os\nx  =  1\n"
    page = snapshot(tmp_path, text)
    (tmp_path / "a.py").write_text(text)
    assert await Ruff().check(page) == ()
    assert await Ruff().fixed(page) == text
    assert await Ruff().formatted(page) == text
    assert await Ruff().setting(page, "linter.line_length") == "77"


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        pytest.param(RuffOptions(), ["F401"], id="the project's"),
        pytest.param(RuffOptions(select=("E711", "E703")), ["E711", "E703"], id="others"),
        pytest.param(RuffOptions(extend=("E711",)), ["F401", "E711"], id="more"),
    ],
)
async def test_rules(project: Path, options: RuffOptions, codes: list[str]) -> None:
    page = snapshot(project, "import os\ny = 1\nx = y == None;\n")
    assert [item.code for item in await Ruff(options).check(page)] == codes


@pytest.mark.parametrize("name", ["a.ipynb", "a", "a.md", "a.txt", "a.pyw", "a.pyi"])
async def test_what_the_editor_calls_python_is_python(project: Path, name: str) -> None:
    page = snapshot(project, "import os\nx  =  1\n", name)
    assert [item.code for item in await Ruff().check(page)] == ["F401"]
    assert await Ruff().fixed(page) == "x  =  1\n"
    assert await Ruff().formatted(page) == "import os\n\nx = 1\n"


async def test_a_document_without_a_file() -> None:
    page = Snapshot("untitled:Untitled-1", "import os\n")
    ruff = Ruff(RuffOptions(select=("F401",)))
    assert [item.code for item in await ruff.check(page)] == ["F401"]
    assert await ruff.setting(page, "linter.line_length") == ""


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("import os\nimport sys\nprint(sys)\n", "import sys\nprint(sys)\n", id="safe"),
        pytest.param("import os\r\nx = 1\r\n", "x = 1\r\n", id="crlf"),
        pytest.param("\ufeffimport os\nx = '😀'\n", "\ufeffx = '😀'\n", id="byte order mark"),
        pytest.param("\ufeff", "\ufeff", id="byte order mark alone"),
        pytest.param("", "", id="empty"),
        pytest.param("def f():\n    x = 1\n", "def f():\n    x = 1\n", id="unsafe ones stay"),
        pytest.param("def f(:\n", "def f(:\n", id="broken"),
    ],
)
async def test_fixed(project: Path, text: str, result: str) -> None:
    assert await Ruff().fixed(snapshot(project, text)) == result


@pytest.mark.parametrize(
    ("source", "result"),
    [
        pytest.param("a  =  1\n«b  =  2\nc  =  3»\nd  =  4", "a  =  1\nb = 2\nc = 3\nd  =  4", id="the last line too"),
        pytest.param("a  =  1\n«b  =  2\n»c  =  3\n", "a  =  1\nb = 2\nc  =  3\n", id="a line with its end"),
        pytest.param("a  =  1\nb«»  =  2\nc  =  3\n", "a  =  1\nb = 2\nc  =  3\n", id="the line of a cursor"),
        pytest.param("a  =  1\nb  =  «2»", "a  =  1\nb = 2", id="no line end"),
        pytest.param("\ufeffa  =  1\n«b»  =  2\nc  =  3\n", "\ufeffa  =  1\nb = 2\nc  =  3\n", id="byte order mark"),
        pytest.param("«»", "", id="empty"),
    ],
)  # fmt: skip
async def test_formatted_lines(project: Path, source: str, result: str) -> None:
    text, (span,) = marked(source)
    assert await Ruff().formatted(snapshot(project, text), span) == result


async def test_formatted(project: Path) -> None:
    assert await Ruff().formatted(snapshot(project, "a  =  '😀'\r\n")) == 'a = "😀"\r\n'


@pytest.mark.parametrize("text", ["def f(:\n", "x = '\ud800'\n"], ids=["broken", "lone surrogate"])
async def test_what_cannot_be_formatted(project: Path, text: str) -> None:
    with pytest.raises(ToolError, match=r"^ruff failed: Failed to parse|half of a surrogate pair"):
        await Ruff().formatted(snapshot(project, text))


async def test_half_a_surrogate_pair_is_never_rewritten(project: Path) -> None:
    with pytest.raises(ToolError, match="half of a surrogate pair"):
        await Ruff().fixed(snapshot(project, "import os\nx = '\ud800'\n"))


async def test_settings_are_looked_up(project: Path) -> None:
    (project / "ruff.toml").write_text('lint.flake8-quotes.inline-quotes = "single"\nline-length = 77\n')
    (project / "a.py").write_text("")
    ruff, page = Ruff(), snapshot(project, "")
    assert await ruff.setting(page, "linter.flake8_quotes.inline_quotes") == "single"
    assert await ruff.setting(page, "linter.line_length") == "77"
    assert await ruff.setting(page, "Settings path") == f'"{project / "ruff.toml"}"'
    assert await ruff.setting(page, "no.such.setting") == ""
    (project / "ruff.toml").write_text("line-length = 99\n")
    assert await ruff.setting(page, "linter.line_length") == "99"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param("line-length = [", "Failed to load configuration .*: TOML parse error at line 1", id="toml"),
        pytest.param("lint = ", "TOML parse error at line 1, column 8: string values must be quoted", id="no value"),
        pytest.param("lint.selekt = []", "column 6: unknown field `selekt`$", id="no such setting"),
        pytest.param('lint.select = ["NOPE1"]', "Unknown rule selector `NOPE1`", id="unknown rule"),
        pytest.param('required-version = ">99"', "Required version `>99` does not match", id="another version"),
        pytest.param('extend = "gone.toml"', "No such file or directory", id="missing file"),
    ],
)
async def test_settings_that_ruff_cannot_read(project: Path, settings: str, message: str) -> None:
    (project / "ruff.toml").write_text(settings)
    with pytest.raises(ToolError, match=message) as caught:
        await Ruff().check(snapshot(project, UNUSED))
    assert "\n" not in str(caught.value)
    assert not str(caught.value).startswith("ruff failed: ruff failed")


async def test_nothing_that_lies_in_a_path_raises_anything_else(project: Path) -> None:
    with pytest.raises(ToolError, match="could not be started"):
        await Ruff().check(snapshot(project, UNUSED, "a\0b.py"))


async def test_results_are_kept_by_content_and_settings(project: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    program = tmp_path / "counted"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] || echo >> {calls}\nexec {bundled()} "$@"\n')
    program.chmod(0o755)
    ruff = Ruff(RuffOptions(path=str(program)))

    async def called(page: Snapshot) -> tuple[int, list[str]]:
        before = len(calls.read_text()) if calls.exists() else 0
        found = await ruff.check(page)
        return len(calls.read_text()) - before, [item.code for item in found]

    assert await called(snapshot(project, UNUSED)) == (1, ["F401"])
    assert await called(snapshot(project, UNUSED)) == (0, ["F401"])
    assert await called(snapshot(project, UNUSED, "b.py")) == (1, ["F401"])
    assert await called(snapshot(project, "x = 1;\n")) == (1, [])
    (project / "ruff.toml").write_text('lint.select = ["E703"]\n')
    assert await called(snapshot(project, "x = 1;\n")) == (1, ["E703"])
    (project / "deep").mkdir()
    assert await called(snapshot(project, UNUSED, "deep/a.py")) == (1, [])
    (project / "deep" / ".ruff.toml").write_text('lint.select = ["F"]\n')
    assert await called(snapshot(project, UNUSED, "deep/a.py")) == (1, ["F401"])
    (project / "deep" / ".ruff.toml").unlink()
    assert await called(snapshot(project, UNUSED, "deep/a.py")) == (0, [])


@pytest.mark.slow
async def test_only_so_many_results_are_kept(project: Path, tmp_path: Path) -> None:
    program = tmp_path / "quick"
    program.write_text('#!/bin/sh\n[ "$1" = --version ] && echo ruff 1.0\nexit 0\n')
    program.chmod(0o755)
    ruff = Ruff(RuffOptions(path=str(program)))
    for number in range(130):
        assert await ruff.check(snapshot(project, f"x = {number}\n")) == ()
    assert len(ruff._cache) == 128


@pytest.mark.slow
async def test_long_results_are_not_kept_by_the_hundred(project: Path) -> None:
    ruff = Ruff()
    text = "".join(f"import a{number}\n" for number in range(3_000))
    for edit in range(12):
        await ruff.check(snapshot(project, f"{text}x = {edit}\n"))
    tracemalloc.start()
    try:
        for edit in range(12, 24):
            await ruff.check(snapshot(project, f"{text}x = {edit}\n"))
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 20_000 * 800


async def test_two_thousand_findings(project: Path) -> None:
    text = "".join(f"import a{number}\n" for number in range(2_000))
    found = await Ruff().check(snapshot(project, text))
    assert [item.span.of(text) for item in found] == [f"a{number}" for number in range(2_000)]
    assert found[-1].span == Span(len(text) - 6, len(text) - 1)


HOMELESS = """
import asyncio, os, sys, tempfile
from pathlib import Path
from lastmile.text.snapshot import Snapshot
from lastmile.tools.ruff import Ruff
gone = tempfile.mkdtemp()
os.chdir(gone)
os.rmdir(gone)
for path in (Path(sys.argv[1]), None):
    found = asyncio.run(Ruff().check(Snapshot("file:///a.py", "import os\\n", path)))
    print(*(item.code for item in found))
"""


@pytest.mark.slow
def test_findings_need_no_current_folder(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOMELESS, str(project / "a.py")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.split("\n") == ["F401", "F401", ""], done.stderr
