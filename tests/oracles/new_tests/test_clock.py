"""Code whose clock is a year on, and which of its clocks stay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lastmile.oracles.new_tests.clock import later
from lastmile.text.edits import Span

TODAY = date(2026, 11, 26)


def made(text: str) -> dict[str, Any]:
    """Run the code, its clock a year on."""
    found: dict[str, Any] = {}
    exec(later(text, Span(0, len(text))), found)  # noqa: S102 - texts of this file
    return found


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from datetime import date", "date.today()"),
        ("import datetime", "datetime.date.today()"),
        ("import datetime as dt", "dt.datetime.now(\n    dt.timezone.utc\n)"),
        ("from datetime import datetime", "datetime.now()"),
        ("import time", "time.time()"),
        ("from time import time as now", "now()"),
    ],
)
def test_the_clock_is_on(imports: str, call: str) -> None:
    text = f"{imports}\n\n\ndef f():\n    return {call}\n"
    plain: dict[str, Any] = {}
    exec(text, plain)  # noqa: S102 - as above
    passed = made(text)["f"]() - plain["f"]()
    days = passed.days if isinstance(passed, timedelta) else passed / 86400
    assert 399 <= days <= 401


def test_a_clock_that_a_test_put_there_stays() -> None:
    class Fixed(date):
        @classmethod
        def today(cls) -> Fixed:
            return cls(TODAY.year, TODAY.month, TODAY.day)

    found = made("from datetime import date\nimport time\n\n\ndef f():\n    return date.today(), time.time()\n")
    found["date"], found["time"] = Fixed, type("Clock", (), {"time": staticmethod(lambda: 5)})
    assert found["f"]() == (TODAY, 5)


@pytest.mark.parametrize(
    "text",
    ["def f(date):\n    return date.today()\n", "import time\n\n\ndef f():\n    return time.monotonic()\n", "def f(:"],
)
def test_what_reads_no_clock_stays(text: str) -> None:
    assert later(text, Span(0, len(text))) == text


def test_only_the_span_is_judged() -> None:
    text = "import time\n\n\ndef f():\n    return time.time()\n"
    assert later(text, Span(0, 11)) == text


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(later(text, Span(0, len(text))), str)
