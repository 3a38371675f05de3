"""What tools said of files that are never sent: their lines are kept out of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.gate import gate, task_for

from lastmile.sandbox.shell import Ended
from lastmile.testing.values import Answer, Result, Run
from lastmile.testing.worker.lastmile_inside import messages
from lastmile.tiers.prompt import Prompt
from lastmile.verify.command.evidence import evidence
from lastmile.verify.tests_delta import findings, lost

KEPT_TESTS = 'import shop\n\n\ndef test_vault():\n    assert shop.open_with("hunter-2") == "opened"\n'
OWN_FRAME = "shop.py:2: in open_with\n    return pin"
KEPT = "(a line of a file that is not sent)"


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        pytest.param(
            f'tests/test_secrets.py:5: in test_vault\n    assert shop.open_with("hunter-2") == "opened"\n{OWN_FRAME}\n'
            "AssertionError: assert 'shut' == 'opened'",
            f"tests/test_secrets.py:5: in test_vault\n    {KEPT}\n{OWN_FRAME}\n"
            "AssertionError: assert 'shut' == 'opened'",
            id="a frame",
        ),
        pytest.param(
            '  File "{work}/tests/test_secrets.py", line 9, in test_unsaved\n    shop.open_with("not on the disk")\n'
            '    ~~~~~^^^^\n  File "{work}/shop.py", line 2, in open_with\n    return pin\nKeyError: 3',
            f'  File "{{work}}/tests/test_secrets.py", line 9, in test_unsaved\n    {KEPT}\n    {KEPT}\n'
            '  File "{work}/shop.py", line 2, in open_with\n    return pin\nKeyError: 3',
            id="a traceback of a text that is not saved",
        ),
        pytest.param(
            'E     File "{work}/tests/test_secrets.py", line 5\nE       x = = "hunter-2"\nE   SyntaxError: no',
            f'E     File "{{work}}/tests/test_secrets.py", line 5\nE       {KEPT}\nE   SyntaxError: no',
            id="one that does not parse",
        ),
        pytest.param(
            '    def test_vault():\n>       assert shop.open_with("hunter-2") == "opened"\nE       assert 1 == 2\n\n'
            "tests/test_secrets.py:5: AssertionError",
            f"    {KEPT}\n>       {KEPT}\nE       assert 1 == 2\n\ntests/test_secrets.py:5: AssertionError",
            id="code before its place",
        ),
        pytest.param(
            'tests/test_secrets.py::test_vault fails:\n    assert shop.open_with("hunter-2") == "opened"',
            f"tests/test_secrets.py::test_vault fails:\n    {KEPT}",
            id="a name alone",
        ),
        pytest.param(
            '  File "/usr/lib/python3/json.py", line 2, in loads\n    raise Error\nError',
            f'  File "/usr/lib/python3/json.py", line 2, in loads\n    {KEPT}\nError',
            id="outside the workspace",
        ),
        pytest.param(
            ' --> tests/test_secrets.py:5:5\n  |\n5 |     assert shop.open_with("hunter-2") == "opened"\n'
            "  |  ^^^^\nFound 1.",
            f" --> tests/test_secrets.py:5:5\n  {KEPT}\n{KEPT}\n  |  ^^^^\nFound 1.",
            id="as compilers and linters quote",
        ),
        pytest.param(
            'src/tests.txt\nIn tests/test_secrets.py:\n  5:12  shut\nat tests/test_secrets.py\n'
            '  assert shop.open_with("hunter-2") == "opened"',
            "src/tests.txt\nIn tests/test_secrets.py:\n  5:12  shut\nat tests/test_secrets.py\n"
            f"  {KEPT}",
            id="a name at the end of a line",
        ),
        pytest.param(OWN_FRAME, OWN_FRAME, id="the file itself"),
        pytest.param(
            f"tests/test_shop.py:5: in test_vault\n    assert 1\n{OWN_FRAME}",
            f"tests/test_shop.py:5: in test_vault\n    assert 1\n{OWN_FRAME}",
            id="another file that may be sent",
        ),
        pytest.param(
            "tests/test_secrets.py:1: in f\n    return pin\nE", "tests/test_secrets.py:1: in f\n    return pin\nE",
            id="a line that is shown anyway",
        ),
    ],
)  # fmt: skip
def test_lines_of_files_that_are_never_sent_are_kept_out_of_what_tools_said(
    tmp_path: Path, said: str, sent: str
) -> None:
    egress = gate(tmp_path)
    work = egress.folders[0]
    (work / "tests").mkdir(parents=True)
    (work / "tests/test_secrets.py").write_text(KEPT_TESTS)
    task = task_for(work / "shop.py", "def open_with(pin):\n    return pin\n")
    cleared = egress.clear(task, Prompt("s", "d", f"# Keep\n\n{said.format(work=work)}\n\nDone."))
    assert cleared.prompt.question == f"# Keep\n\n{sent.format(work=work)}\n\nDone."


LONG = [f"{letter}.py:{number}: in f" for number in range(20) for letter in "abcde"]
LINE = '    assert shop.open_with("hunter-2") == "opened"'


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([*LONG, "tests/test_secrets.py:5: in f", *[LINE] * 30], id="named before"),
        pytest.param([*[LINE] * 30, "tests/test_secrets.py:5: AssertionError", *LONG], id="named behind"),
        pytest.param([*LONG, 'E     File "tests/test_secrets.py", line 5', *[LINE] * 30], id="as Python names it"),
    ],
)
@pytest.mark.parametrize("by", ["command", "test", "finding", "test and finding"])
def test_what_is_cut_before_it_names_its_file_is_kept_all_the_same(tmp_path: Path, lines: list[str], by: str) -> None:
    egress = gate(tmp_path)
    work = egress.folders[0]
    (work / "tests").mkdir(parents=True)
    (work / "tests/test_secrets.py").write_text(KEPT_TESTS)
    said = "\n".join(lines)
    if by == "command":
        said = evidence(Ended(1, said), work)
    if by.startswith("test"):
        said = messages.of_text(said)
    if by.endswith("finding"):
        failed = Run({"t.py::t": Result("t.py::t", Answer.FAILED, message=said)})
        passed = Run({"t.py::t": Result("t.py::t", Answer.PASSED)})
        said = findings(lost(passed, failed), "")[0].evidence
    assert "lines left out" in said
    task = task_for(work / "shop.py", "def open_with(pin):\n    return pin\n")
    assert "hunter-2" not in egress.clear(task, Prompt("s", "d", said)).prompt.question


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["a:", "E ", ">", "x::", 'File "', "a.py:1: in f\n ", ":1:", "\x00:1: in f\n  a\n", "a", " ", "a.", "/"]
)
def test_hostile_output_of_tools_is_cleared_at_its_length(tmp_path: Path, piece: str) -> None:
    egress = gate(tmp_path)
    text = "id_rsa:1: in f\n" + piece * (200_000 // len(piece))
    assert egress.clear(task_for(egress.folders[0] / "mod.py"), Prompt("s", "d", text)).prompt.document == "d"
