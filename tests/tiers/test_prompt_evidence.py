"""What earlier drafts taught: short, deduplicated, the same bytes for the same attempts."""

from __future__ import annotations

import pytest
from tests.support.drafting import failed, make_request, make_task, refused

from lastmile.cascade.outcome import Attempt
from lastmile.cascade.verdict import Finding
from lastmile.tiers.prompt import Style, compose

SOURCE = "import os\n\n\n«def f():\n    x = 1\n    return 1»\n"
TEXT = SOURCE.replace("«", "").replace("»", "")
LINT = Finding("lint", "`os` imported but unused", line=0, code="F401", evidence="import os")


def evidence(*attempts: Attempt, source: str = SOURCE) -> str:
    """Give the part of the question between the target and the reply format."""
    question = compose(make_request(make_task(source), *attempts), style=Style.WHOLE).question
    return question.partition("# Earlier drafts")[2].partition("# Reply format")[0]


def test_no_attempts_no_evidence() -> None:
    assert evidence() == ""


def test_a_refused_draft_is_a_diff_and_its_findings() -> None:
    said = evidence(refused(TEXT.replace("    x = 1\n", ""), LINT))
    assert "Draft 1:\n\n```diff\n" in said
    assert "```diff\n@@ -3,5 +3,4 @@\n \n def f():\n-    x = 1\n     return 1\n \n```" in said
    assert "Findings:\n\n```\nline 1: lint F401: `os` imported but unused\n    import os\n```" in said


@pytest.mark.parametrize(
    ("text", "says"), [(None, "It could not be applied."), (TEXT, "It changed nothing."), (TEXT + "y = 2\n", "+y = 2")]
)
def test_what_became_of_a_draft(text: str | None, says: str) -> None:
    assert says in evidence(refused(text, Finding("apply", "no")))


def test_what_teaches_nothing_is_left_out() -> None:
    passed = refused(TEXT + "y = 2\n")
    assert evidence(failed("a timeout"), passed) == ""


def test_the_same_draft_is_told_once_and_old_ones_are_dropped() -> None:
    same = refused(TEXT + "y = 2\n", LINT)
    assert evidence(same, same) == evidence(same)
    many = [refused(f"{TEXT}y = {number}\n", LINT) for number in range(6)]
    said = evidence(*many)
    assert "The first 2 are left out." in said
    assert "Draft 2:" not in said
    assert "Draft 3:" in said
    assert "+y = 5" in said


def test_findings_are_deduplicated_and_counted() -> None:
    findings = [LINT, LINT, *(Finding("lint", f"problem {number}") for number in range(20))]
    said = evidence(refused(None, *findings))
    assert said.count("imported but unused") == 1
    assert "lint: problem 10\n" in said
    assert "problem 11" not in said
    assert "and 9 more" in said


def test_the_evidence_of_a_finding_is_cut() -> None:
    long = Finding("tests", "failed\nbadly " + "x" * 1000, evidence="\n".join(f"line {n}" for n in range(20)))
    said = evidence(refused(None, long))
    assert "tests: failed badly xxx" in said
    assert "    line 5\n    … 8 lines left out …\n    line 14\n" in said
    assert max(map(len, said.split("\n"))) <= 310


def test_a_long_diff_is_cut() -> None:
    said = evidence(refused(TEXT + "".join(f"y = {number}\n" for number in range(1000)), LINT))
    assert "+y = 40" in said
    assert "+y = 80" not in said
    assert "more lines)" in said


def test_a_change_late_in_a_long_file_says_where_it_is() -> None:
    lines = [f"a{number} = {number}" for number in range(1500)]
    source = "\n".join(["«x = 1»", *lines])
    text = source.replace("«", "").replace("»", "")
    said = evidence(refused(text.replace("a1200 = 1200", "a1200 = 0"), LINT), source=source)
    assert "```diff\n@@ -1200,5 +1200,5 @@\n a1198 = 1198\n" in said
    assert " a1199 = 1199\n-a1200 = 1200\n+a1200 = 0\n a1201 = 1201\n a1202 = 1202\n```" in said


def test_an_insertion_at_the_top_of_a_long_file_is_all_that_a_diff_shows() -> None:
    source = "\n".join(["«x = 1»", *(f"a{number} = {number}" for number in range(1500))])
    text = source.replace("«", "").replace("»", "")
    said = evidence(refused("import os\n" + text, LINT), source=source)
    assert "```diff\n@@ -1,2 +1,3 @@\n+import os\n x = 1\n a0 = 0\n```" in said


def test_line_ends_do_not_make_a_diff() -> None:
    source = SOURCE.replace("\n", "\r\n")
    text = TEXT.replace("\n", "\r\n")
    said = evidence(refused(text.replace("x = 1", "x = 2"), LINT), source=source)
    assert "-    x = 1\n+    x = 2\n" in said
    assert "\r" not in said
