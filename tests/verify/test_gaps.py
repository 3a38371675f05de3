"""What stands for code that a draft left out is refused; a sentence about code is a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.support.source import texts

from lastmile.verify.gaps import gaps

PLACEHOLDERS = (
    "# ... rest of the code unchanged",
    "# ... rest of the code unchanged ...",
    "# existing code here",
    "# ...existing code...",
    "    # … existing code …",
    "# rest of the function remains the same",
    "# Rest of the class",
    "# the rest of the file stays as it is.",
    "# (rest of function unchanged)",
    "# [rest of code]",
    "# ...",
    "#...",
    "# …",
    "# ... the rest",
    "# remaining methods unchanged",
    "# Other methods remain the same",
    "# other methods...",
    "# same as before",
    "# as above",
    "# unchanged",
    "# ... (unchanged) ...",
    "# No changes here",
    "# no other changes needed",
    "# code omitted for brevity",
    "# Implementation omitted",
    "# omitted for brevity",
    "# your code here",
    "# Add your implementation here",
    "# implementation goes here",
    "# keep the rest of the code as is",
    "# previous code",
    "// ... existing code ...",
    "/* ... rest of the code ... */",
    "-- rest of the query statements unchanged",
    "<!-- existing code -->",
    "{/* existing code */}",
    "    ...  # rest of the body",
    "    pass  # existing code",
)

SENTENCES = (
    "# Previous implementation used a list here, which was slow.",
    "# other functions call this with the lock held",
    "# existing code relies on the order of these names",
    "# The rest of the line is a comment in this format",
    "# same class as above, but frozen",
    "# code: 404 when the body is here",
    "# body of the request",
    "# remaining seconds",
    "# the remaining code points are surrogates",
    "# ... and then the queue is drained",
    "# Other functions",
    "# the rest",
    "# Tests",
    "#: the rest of the arguments",
    "#",
    "...",
    "    ...",
    "pass",
    'x = "# ... rest of the code unchanged"',
    "rest of the code unchanged",
    "# see https://example.org/...",
)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("line", PLACEHOLDERS)
def test_a_placeholder_is_refused(line: str, end: str) -> None:
    [found] = gaps(f"x = 1{end}y = 2{end}", f"x = 1{end}{line}{end}")
    assert (found.check, found.line, found.evidence) == ("scope", 1, line)
    assert "placeholder" in found.message


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_is_not(line: str) -> None:
    assert list(gaps("x = 1\n", f"x = 1\n{line}\n")) == []


@pytest.mark.parametrize("line", PLACEHOLDERS)
def test_what_stood_there_before_may_stay_and_move(line: str) -> None:
    assert list(gaps(f"{line}\nx = 1\n", f"x = 2\n\n{line}\n")) == []
    assert len(list(gaps(f"{line}\nx = 1\n", f"{line}\n{line}\n"))) == 1


MARKERS = ("<<<<<<< HEAD", ">>>>>>> theirs", "||||||| base", "<<<<<<<", ">>>>>>> REPLACE")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("line", MARKERS)
def test_a_conflict_marker_is_refused(line: str, end: str) -> None:
    [found] = gaps(f"x = 1{end}", f"x = 1{end}{line}{end}y = 2{end}")
    assert (found.message, found.line, found.evidence) == ("The draft leaves a conflict marker.", 1, line)


@pytest.mark.parametrize("line", ["Example\n=======", "    <<<<<<< x", "<<<<<<<< x", "1 <<<<<<< 2", ">>>>>>>x"])
def test_what_is_no_conflict_marker(line: str) -> None:
    assert list(gaps("", f"{line}\n")) == []


def test_both_are_told_at_once() -> None:
    found = list(gaps("", "# ...\n<<<<<<< HEAD\n"))
    assert [item.line for item in found] == [0, 1]


@given(texts(("# ", "...", "rest of ", "code", "the ", "\n", "<<<<<<<", " ", "unchanged", "é", "// ", "\r\n"), most=30))
def test_any_text_is_read_and_has_no_gaps_against_itself(text: str) -> None:
    assert list(gaps(text, text)) == []
    assert all(0 <= (item.line or 0) <= text.count("\n") + text.count("\r") for item in gaps("", text))
