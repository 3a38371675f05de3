"""What is left of a failure's output: never less than what a repair needs, and no code without its file."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.jobs.shortening import shorten
from lastmile.tiers.withheld import Stays, without_kept_lines

NOISE = st.sampled_from(
    [
        "collecting ... collected 12 items",
        "----- Captured stdout call -----",
        "INFO ready in",
        "tests/test_other.py ..... [ 40%]",
        "    indented, whatever it is",
        "E   + where 3 = f()",
        "/usr/lib/python3.12/unittest/case.py:58: in testPartExecutor",
        "../venv/lib/python3.12/site-packages/lib/core.py:99: in call",
        "    return self.inner(value)",
        '  File "/usr/lib/python3.12/json/decoder.py", line 353, in raw_decode',
        "=" * 60,
        "x" * 700,
    ]
)
STRANGE = "a.py:1: in f\n    go()\npkg.Nothing\n" + "text\n" * 9
POINTED = "noise\nnoise\n>       return price / 0\nE       ZeroDivisionError: none\nlib.py:2: ZeroDivisionError\n"
FRAME, CODE = "pkg/cart.py:12: in total", "    return price * cound"
ASSERTION, EXCEPTION = "E   assert total([3]) == 3", "E   NameError: name 'cound' is not defined"


@st.composite
def failures(draw: Any) -> str:  # noqa: ANN401 - hypothesis' own
    """Make what a test run says of one failure, with anything before, between and after."""
    noise = st.lists(NOISE, max_size=30)
    inner = st.lists(NOISE.filter(lambda row: row.startswith(("E ", "    "))), max_size=10)
    rows = [*draw(noise), FRAME, CODE, *draw(inner), ASSERTION, *draw(inner), EXCEPTION, *draw(noise)]
    return "\n".join(rows)


@given(failures(), st.integers(1, 40))
def test_the_assertion_the_exception_and_the_frame_are_never_lost(text: str, lines: int) -> None:
    said = shorten(text, lines=lines).split("\n")
    assert [row for row in said if row in {FRAME, CODE, ASSERTION, EXCEPTION}] == [FRAME, CODE, ASSERTION, EXCEPTION]
    assert len([row for row in said if "lines left out" not in row]) <= max(lines + 10, 14)
    assert max(map(len, said)) <= 620


@given(st.lists(NOISE | st.text(max_size=30), max_size=60).map("\n".join), st.integers(1, 40))
def test_any_text_is_shortened_to_lines_of_its_own_in_order(text: str, lines: int) -> None:
    said = [row for row in shorten(text, lines=lines).split("\n") if "lines left out" not in row and " … " not in row]
    rest = iter([row.rstrip() for row in text.split("\n")])
    assert all(row in rest for row in said if row)
    assert shorten(text, lines=lines) == shorten(text, lines=lines)


@given(failures(), st.integers(1, 12))
def test_code_of_a_file_that_is_never_sent_is_still_known_as_its_own(text: str, lines: int) -> None:
    stays = Stays(lambda name: name == "pkg/cart.py", lambda _: "return price * cound\n")
    assert "cound" not in without_kept_lines(shorten(text, lines=lines), "", stays).replace("'cound'", "")


PYTEST = """\
    def test_total():
        cart = Cart()
>       assert cart.total() == 3
E       assert 4 == 3
E        +  where 4 = total()

tests/test_cart.py:9: AssertionError
"""


@pytest.mark.parametrize(
    ("text", "lines", "said"),
    [
        ("", 3, ""),
        ("one\n\ntwo\n", 3, "one\ntwo"),
        ("\n".join(f"line {n}" for n in range(9)), 4, "line 0\nline 1\n… 5 lines left out …\nline 7\nline 8"),
        (
            "\n".join(["a.py:1:1: F401 unused", *["text"] * 9, "z.py:9:1: E711 none"]),
            3,
            "a.py:1:1: F401 unused\ntext\n… 8 lines left out …\nz.py:9:1: E711 none",
        ),
        (POINTED, 3, POINTED[POINTED.index(">") :].rstrip("\n")),
        (STRANGE, 2, "a.py:1: in f\n    go()\npkg.Nothing\n… 9 lines left out …"),
        (
            PYTEST + "noise\n" * 9,
            4,
            "\n".join([*PYTEST.splitlines()[2:5], PYTEST.splitlines()[6], "noise", "… 8 lines left out …"]),
        ),
    ],
)
def test_what_is_left(text: str, lines: int, said: str) -> None:
    assert re.sub(r"\A… 2 lines left out …\n", "", shorten(text, lines=lines).lstrip()) == said


def test_files_that_are_left_out_are_named() -> None:
    middle = [f"secret/keys.py:{n}: note" if n == 4 else "text" for n in range(9)]
    text = "\n".join(["a.py:1: in f", *middle, "b.py:1: in g", "ValueError: no"])
    assert '… 9 lines left out, of "secret/keys.py" …' in shorten(text, lines=3)


@given(st.lists(st.integers(1, 4), min_size=2, max_size=20), st.integers(1, 30))
def test_code_stays_only_with_its_frame(blocks: list[int], lines: int) -> None:
    rows = ["pkg/a.py:3: in f", "    f()"]
    for number, count in enumerate(blocks):
        rows += [f"site-packages/m{number}.py:3: in f", *(f"    code {number} {row}" for row in range(count))]
    said = shorten("\n".join([*rows, "KeyError: 3"]), lines=lines)
    for found in re.findall(r"code (\d+) \d", said):
        assert f"m{found}.py:3: in f\n" in said
