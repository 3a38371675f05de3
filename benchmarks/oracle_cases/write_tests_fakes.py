"""Tests of code that calls other code: with fakes where they belong, and with fakes of what is tested."""

from __future__ import annotations

from benchmarks.oracle_cases import Subject

KIND = "write-tests"

RETRY = '''import time


class GaveUp(Exception):
    """Every attempt failed."""


def retry(call, attempts=3, *, delay=1.0, sleep=time.sleep, only=(OSError,)):
    """Give what the call gives; where it fails, wait and call again, each time twice as long."""
    if attempts < 1:
        raise ValueError("attempts must be positive")
    for attempt in range(attempts):
        try:
            return call()
        except only as error:
            last = error
            if attempt + 1 < attempts:
                sleep(delay * 2**attempt)
    raise GaveUp(f"after {attempts} attempts") from last
'''
_FAKE = """import pytest
from mod import GaveUp, retry


class Flaky:
    def __init__(self, failures):
        self.failures, self.calls = failures, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise OSError(f"failure {self.calls}")
        return f"answer {self.calls}"
"""
_TRIED = (
    _FAKE
    + """

def test_the_first_answer_counts():
    call, waits = Flaky(0), []
    assert retry(call, sleep=waits.append) == "answer 1"
    assert (call.calls, waits) == (1, [])


def test_it_waits_twice_as_long_each_time():
    waits = []
    assert retry(Flaky(3), attempts=4, sleep=waits.append) == "answer 4"
    assert waits == [1.0, 2.0, 4.0]


def test_it_gives_up():
    call, waits = Flaky(9), []
    with pytest.raises(GaveUp, match="after 3 attempts") as caught:
        retry(call, sleep=waits.append)
    assert str(caught.value.__cause__) == "failure 3"
    assert (call.calls, waits) == (3, [1.0, 2.0])


def test_another_error_goes_through():
    with pytest.raises(KeyError):
        retry({}.popitem, sleep=None)


@pytest.mark.parametrize("attempts", [0, -1])
def test_attempts_are_positive(attempts):
    with pytest.raises(ValueError, match="positive"):
        retry(Flaky(0), attempts)


def test_one_attempt_is_enough():
    assert retry(Flaky(0), 1, sleep=None) == "answer 1"
"""
)
_RETRY = Subject(
    KIND,
    "",
    "retry",
    right=(
        _TRIED,
        'from unittest.mock import Mock, call\n\nimport pytest\nfrom mod import GaveUp, retry\n\n\ndef test_answers():\n    asked, sleep = Mock(side_effect=[OSError("a"), OSError("b"), 7]), Mock()\n    assert retry(asked, sleep=sleep, delay=3) == 7\n    assert sleep.call_args_list == [call(3), call(6)]\n    assert asked.call_count == 3\n\n\ndef test_gives_up():\n    asked, sleep = Mock(side_effect=OSError("a")), Mock()\n    with pytest.raises(GaveUp) as caught:\n        retry(asked, 2, sleep=sleep)\n    assert str(caught.value) == "after 2 attempts"\n    assert isinstance(caught.value.__cause__, OSError)\n    sleep.assert_called_once_with(1.0)\n\n\ndef test_at_least_once():\n    with pytest.raises(ValueError):\n        retry(Mock(), 0)\n    assert retry(Mock(return_value=1), 1) == 1\n',
        'import pytest\nimport mod\n\n\n@pytest.fixture\ndef waits(monkeypatch):\n    found = []\n    monkeypatch.setattr(mod.retry, "__kwdefaults__", {**mod.retry.__kwdefaults__, "sleep": found.append})\n    return found\n\n\ndef failing(times):\n    answers = iter([OSError] * times + ["fine"])\n\n    def call():\n        answer = next(answers)\n        if answer is OSError:\n            raise OSError\n        return answer\n\n    return call\n\n\n@pytest.mark.parametrize(("times", "waited"), [(0, []), (1, [1.0]), (2, [1.0, 2.0])])\ndef test_waiting(waits, times, waited):\n    assert mod.retry(failing(times)) == "fine"\n    assert waits == waited\n\n\ndef test_too_often(waits):\n    with pytest.raises(mod.GaveUp, match="3"):\n        mod.retry(failing(3))\n    assert waits == [1.0, 2.0]\n\n\ndef test_no_attempt():\n    with pytest.raises(ValueError):\n        mod.retry(failing(0), attempts=0)\n    assert mod.retry(failing(0), attempts=1) == "fine"\n',
    ),
    unseen=(
        "from unittest.mock import Mock\n\nfrom mod import retry\n\n\ndef test_retry():\n    call = Mock(return_value=1)\n    assert retry(call) == 1\n    call.assert_called_once_with()\n",
        "from unittest.mock import patch\n\nimport mod\n\n\ndef test_retry():\n    with patch.object(mod, 'retry') as retry:\n        retry.return_value = 5\n        assert mod.retry(lambda: 5) == 5\n",
        _FAKE
        + '\n\ndef test_it_waits_for_real():\n    assert retry(Flaky(2), delay=0.01) == "answer 3"\n\n\ndef test_gives_up():\n    with pytest.raises(GaveUp):\n        retry(Flaky(9), delay=0.01)\n',
        _FAKE + '\n\ndef test_it():\n    assert retry(Flaky(1), delay=0) == "answer 2"\n',
        "from mod import retry\n\n\ndef test_retry():\n    assert retry(lambda: True)\n    assert retry(lambda: 'x', 1)\n    assert retry(list) == []\n",
        _TRIED
        + "\n\ndef test_real_time():\n    import time\n\n    began = time.monotonic()\n    retry(Flaky(1), delay=0.02)\n    assert time.monotonic() - began >= 0.02\n",
        "from unittest.mock import MagicMock\n\nfrom mod import retry\n\n\ndef test_retry():\n    result = retry(MagicMock())\n    assert result\n    assert result.anything.at.all\n",
        _TRIED.replace("def test_it_gives_up", "def _test_it_gives_up")
        .replace("class Flaky", "calls = []\n\n\nclass Flaky")
        .replace("        self.calls += 1", "        calls.append(1)\n        self.calls += 1")
        + "\n\ndef test_how_often_in_all():\n    assert len(calls) == 6\n",
    ),
    name="test_mod.py",
    files=(("mod.py", RETRY),),
)
AGE = '''from datetime import date


def age(born, today=None):
    """Give the whole years since a birthday; ValueError for one that is still to come."""
    today = today or date.today()
    if born > today:
        raise ValueError("not born yet")
    years = today.year - born.year
    if (today.month, today.day) < (born.month, born.day):
        years -= 1
    return years
'''
_AGE = Subject(
    KIND,
    "",
    "age",
    right=(
        'from datetime import date\n\nimport pytest\nfrom mod import age\n\nBORN = date(2000, 6, 15)\n\n\n@pytest.mark.parametrize(\n    ("today", "years"),\n    [\n        (date(2000, 6, 15), 0),\n        (date(2001, 6, 14), 0),\n        (date(2001, 6, 15), 1),\n        (date(2001, 5, 20), 0),\n        (date(2001, 7, 1), 1),\n        (date(2020, 12, 31), 20),\n    ],\n)\ndef test_age(today, years):\n    assert age(BORN, today) == years\n\n\ndef test_unborn():\n    with pytest.raises(ValueError, match="not born"):\n        age(BORN, date(2000, 6, 14))\n',
        'import datetime\n\nimport mod\nimport pytest\n\n\nclass Today(datetime.date):\n    @classmethod\n    def today(cls):\n        return cls(2024, 2, 29)\n\n\n@pytest.fixture(autouse=True)\ndef fixed(monkeypatch):\n    monkeypatch.setattr(mod, "date", Today)\n\n\ndef test_today_is_the_default():\n    assert mod.age(datetime.date(2000, 2, 29)) == 24\n    assert mod.age(datetime.date(2000, 3, 1)) == 23\n\n\ndef test_a_given_day():\n    assert mod.age(datetime.date(2000, 1, 1), datetime.date(2000, 1, 1)) == 0\n    assert mod.age(datetime.date(2000, 1, 2), datetime.date(2010, 1, 1)) == 9\n\n\ndef test_unborn():\n    with pytest.raises(ValueError):\n        mod.age(datetime.date(2024, 3, 1))\n',
        "import unittest\nfrom datetime import date, timedelta\n\nfrom mod import age\n\n\nclass AgeTest(unittest.TestCase):\n    born = date(1990, 3, 10)\n\n    def test_birthday(self):\n        day = date(2020, 3, 10)\n        self.assertEqual(age(self.born, day), 30)\n        self.assertEqual(age(self.born, day - timedelta(days=1)), 29)\n        self.assertEqual(age(self.born, day.replace(month=2, day=28)), 29)\n\n    def test_first_day(self):\n        self.assertEqual(age(self.born, self.born), 0)\n\n    def test_before(self):\n        with self.assertRaises(ValueError):\n            age(self.born, self.born - timedelta(days=1))\n",
    ),
    unseen=(
        "from datetime import date\n\nfrom mod import age\n\n\ndef test_age():\n    assert age(date(2000, 1, 1)) == 26\n    assert age(date(2020, 1, 1)) == 6\n    assert age(date.today()) == 0\n",
        "from datetime import date\n\nfrom mod import age\n\n\ndef test_age():\n    assert age(date(2000, 1, 1)) == 26\n    assert age(date(2010, 1, 1)) == 16\n    assert age(date(2000, 12, 31)) == 25\n",
        "from datetime import date\n\nfrom mod import age\n\n\ndef test_age():\n    for year in range(1950, 2000):\n        assert age(date(year, 1, 1), date(2000, 6, 1)) >= 0\n",
        "from datetime import date, datetime\n\nfrom mod import age\n\n\ndef test_age():\n    born = date(2000, 1, 1)\n    assert age(born) == datetime.now().year - born.year\n",
        "from datetime import date\n\nimport mod\n\n\ndef test_age():\n    class Fixed(date):\n        @classmethod\n        def today(cls):\n            return cls(2020, 1, 1)\n\n    mod.date = Fixed\n    assert mod.age(date(2000, 1, 1)) == 20\n    assert mod.age(date(2000, 1, 2)) == 19\n    assert mod.age(date(2000, 2, 1)) == 19\n",
        "from datetime import date\n\nimport pytest\nfrom mod import age\n\n\ndef test_age():\n    with pytest.raises(TypeError):\n        age()\n    with pytest.raises(TypeError):\n        age(None, 1)\n    with pytest.raises(Exception):\n        age(date(2030, 1, 1), date(2020, 1, 1))\n",
        "from datetime import date\n\nfrom mod import age\n\n\ndef expected(born, today):\n    years = today.year - born.year\n    return years - ((today.month, today.day) < (born.month, born.day))\n\n\ndef test_age():\n    assert expected(date(2000, 6, 1), date(2010, 1, 1)) == 9\n    assert age(date(2000, 1, 1), date(2000, 1, 1)) == 0\n",
        "import random\nfrom datetime import date\n\nfrom mod import age\n\n\ndef test_age():\n    year = random.choice([1990, 2000])\n    assert age(date(year, 6, 1), date(2020, 6, 1)) == 2020 - year\n    assert age(date(year, 6, 2), date(2020, 6, 1)) == 2019 - year\n    assert age(date(year, 7, 1), date(2020, 6, 1)) == 2019 - year\n",
    ),
    name="test_mod.py",
    files=(("mod.py", AGE),),
)
SPLIT = '''import logging

log = logging.getLogger(__name__)


def shares(total, weights):
    """Split an amount of cents by weights, none lost: what is left goes to the first ones, a cent each."""
    whole = sum(weights)
    if not weights or whole <= 0:
        return []
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        log.info("%d cents are left", left)
    for place in range(left):
        parts[place % len(parts)] += 1
    return parts
'''
_SHARES = Subject(
    KIND,
    "",
    "shares",
    right=(
        'import pytest\nfrom mod import shares\n\n\n@pytest.mark.parametrize(\n    ("total", "weights", "parts"),\n    [\n        (100, [1, 1], [50, 50]),\n        (100, [1, 1, 1], [34, 33, 33]),\n        (101, [1, 1, 1], [34, 34, 33]),\n        (10, [3, 1], [8, 2]),\n        (0, [1, 2], [0, 0]),\n        (7, [], []),\n        (7, [0, 0], []),\n        (5, [1], [5]),\n        (5, [0, 1], [0, 5]),\n    ],\n)\ndef test_shares(total, weights, parts):\n    assert shares(total, weights) == parts\n',
        "from hypothesis import given\nfrom hypothesis import strategies as st\nfrom mod import shares\n\nWEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=5).filter(any)\n\n\n@given(st.integers(0, 1000), WEIGHTS)\ndef test_nothing_is_lost(total, weights):\n    parts = shares(total, weights)\n    assert sum(parts) == total\n    assert len(parts) == len(weights)\n    for part, weight in zip(parts, weights, strict=True):\n        assert abs(part - total * weight / sum(weights)) <= 1\n\n\ndef test_the_first_get_more():\n    assert shares(5, [1, 1, 1]) == [2, 2, 1]\n\n\ndef test_no_weights():\n    assert shares(5, []) == []\n    assert shares(5, [0]) == []\n    assert shares(5, [1]) == [5]\n",
        "import logging\n\nfrom mod import shares\n\n\ndef test_what_is_left_is_told(caplog):\n    with caplog.at_level(logging.INFO):\n        assert shares(10, [1, 1, 1]) == [4, 3, 3]\n    assert caplog.messages == ['1 cents are left']\n\n\ndef test_nothing_is_left(caplog):\n    with caplog.at_level(logging.INFO):\n        assert shares(9, [2, 1]) == [6, 3]\n    assert caplog.messages == []\n\n\ndef test_two_are_left():\n    assert shares(11, [1, 1, 1]) == [4, 4, 3]\n\n\ndef test_nobody():\n    assert shares(9, []) == shares(9, [0, 0]) == []\n",
    ),
    unseen=(
        "from mod import shares\n\n\ndef test_shares():\n    assert sum(shares(100, [1, 1])) == 100\n    assert len(shares(100, [1, 1])) == 2\n",
        "from mod import shares\n\n\ndef test_shares():\n    assert shares(0, [1, 2, 3]) == [0, 0, 0]\n    assert shares(0, []) == []\n",
        "from mod import shares\n\n\ndef test_shares(caplog):\n    caplog.set_level('INFO')\n    shares(10, [1, 1, 1])\n    assert 'left' in caplog.text\n",
        "from mod import shares\n\n\ndef test_shares():\n    parts = shares(100, [1, 1, 1])\n    total = sum(parts)\n    assert parts == shares(total, [1, 1, 1])\n",
        "from mod import shares\n\n\ndef test_shares():\n    for weights in ([1], [2], [3]):\n        assert shares(10, weights) == [10]\n",
        "from mod import shares\n\n\ndef test_shares():\n    assert not shares(5, [])\n    assert all(part >= 0 for part in shares(10, [1, 2]))\n    assert all(isinstance(part, int) for part in shares(10, [1, 2]))\n",
        "from unittest.mock import patch\n\nfrom mod import shares\n\n\ndef test_shares():\n    with patch('builtins.sum', return_value=2):\n        assert shares(2, [1, 1]) == [1, 1]\n    with patch('mod.log') as log:\n        shares(2, [1, 1])\n    assert not log.info.called\n",
        "from mod import shares\n\nRESULTS = {}\n\n\ndef test_first():\n    RESULTS['a'] = shares(10, [1, 1, 1])\n    assert RESULTS['a'] == [4, 3, 3]\n\n\ndef test_second():\n    assert sum(RESULTS['a']) == 10\n    assert shares(11, [1, 1, 1]) == [4, 4, 3]\n    assert shares(1, []) == shares(1, [0]) == []\n",
    ),
    name="test_mod.py",
    files=(("mod.py", SPLIT),),
)

SUBJECTS = (_RETRY, _AGE, _SHARES)
