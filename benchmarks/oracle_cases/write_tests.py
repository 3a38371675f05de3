"""Tests written for a function: such as notice faults, and such as only look like it.

The wrong ones are wrong for any reader: they check nothing, check something else, hang on the clock, on
chance or on each other, or leave something behind. More subjects stand in the modules beside; those of
`write_tests_fakes` were written when all the others were judged rightly.
"""

from __future__ import annotations

from benchmarks.oracle_cases import (
    Subject,
    write_tests_class,
    write_tests_fakes,
    write_tests_files,
    write_tests_more,
)

KIND = "write-tests"

FARE = '''def fare(age, distance, *, returning=False):
    """Price a ticket in cents: 20 a kilometre, at least 150; children half, a return ticket 10% off."""
    if age < 0 or distance < 0:
        raise ValueError("neither age nor distance can be negative")
    price = max(150, 20 * distance)
    if age < 12:
        price //= 2
    if returning:
        price = price * 2 * 9 // 10
    return price
'''
_GOOD = """

@pytest.mark.parametrize(
    ("age", "distance", "price"),
    [(30, 10, 200), (30, 7, 150), (30, 8, 160), (30, 0, 150), (12, 10, 200), (11, 10, 100), (0, 0, 75)],
)
def test_fare(age, distance, price):
    assert fare(age, distance) == price


def test_return():
    assert fare(30, 10, returning=True) == 360


@pytest.mark.parametrize(("age", "distance"), [(-1, 10), (30, -1)])
def test_negative(age, distance):
    with pytest.raises(ValueError, match="negative"):
        fare(age, distance)
"""
_HEAD = "import pytest\nfrom mod import fare\n"

_RIGHT = (
    _HEAD + _GOOD,
    """from mod import fare
from pytest import raises


def test_a_kilometre_costs_twenty():
    assert fare(40, 50) == 1000


def test_never_below_the_minimum():
    assert fare(40, 0) == 150
    assert fare(40, 7) == 150
    assert fare(40, 8) == 160


def test_children_pay_half():
    assert fare(11, 50) == 500
    assert fare(12, 50) == 1000
    assert fare(0, 1) == 75


def test_return_ticket():
    assert fare(40, 50, returning=True) == 1800
    assert fare(5, 1, returning=True) == 135


def test_negative_numbers():
    with raises(ValueError):
        fare(-1, 5)
    with raises(ValueError):
        fare(5, -1)
""",
    '''"""Prices of tickets."""

import pytest

import mod


class TestFare:
    @pytest.fixture
    def adult(self):
        return 35

    def test_distance(self, adult):
        assert [mod.fare(adult, km) for km in (0, 7, 8, 9, 100)] == [150, 150, 160, 180, 2000]

    def test_age(self):
        assert [mod.fare(age, 100) for age in (0, 11, 12, 13)] == [1000, 1000, 2000, 2000]

    def test_return(self, adult):
        assert mod.fare(adult, 100, returning=True) == 3600

    @pytest.mark.parametrize("wrong", [(-1, 3), (3, -1), (-1, -1)])
    def test_refused(self, wrong):
        with pytest.raises(ValueError):
            mod.fare(*wrong)
''',
    """import unittest

from mod import fare


class FareTest(unittest.TestCase):
    def setUp(self):
        self.adult = 30

    def test_prices(self):
        for distance, price in ((0, 150), (7, 150), (8, 160), (10, 200)):
            with self.subTest(distance=distance):
                self.assertEqual(fare(self.adult, distance), price)

    def test_children(self):
        self.assertEqual(fare(11, 10), 100)
        self.assertEqual(fare(12, 10), 200)
        self.assertEqual(fare(0, 0), 75)

    def test_return(self):
        self.assertEqual(fare(self.adult, 10, returning=True), 360)

    def test_errors(self):
        with self.assertRaises(ValueError):
            fare(-1, 0)
        self.assertRaises(ValueError, fare, 0, -1)
""",
    """import pytest
from hypothesis import given
from hypothesis import strategies as st

from mod import fare

AGES, KILOMETRES = st.integers(0, 100), st.integers(0, 1000)


@given(age=st.integers(12, 100), distance=KILOMETRES)
def test_adults(age, distance):
    assert fare(age, distance) == (150 if distance <= 7 else distance * 20)


@given(age=st.integers(0, 11), distance=KILOMETRES)
def test_children_pay_half(age, distance):
    assert fare(age, distance) == fare(age + 12, distance) // 2


@given(age=AGES, distance=KILOMETRES)
def test_return(age, distance):
    assert fare(age, distance, returning=True) == int(fare(age, distance) * 1.8)


def test_edges():
    assert (fare(11, 10), fare(12, 10)) == (100, 200)
    for age, distance in ((-1, 0), (0, -1)):
        with pytest.raises(ValueError):
            fare(age, distance)
""",
    """import pytest
from mod import fare

TABLE = {
    (30, 0, False): 150,
    (30, 8, False): 160,
    (30, 8, True): 288,
    (11, 8, False): 80,
    (12, 8, False): 160,
    (11, 8, True): 144,
}


def test_the_table():
    assert {call: fare(call[0], call[1], returning=call[2]) for call in TABLE} == TABLE


def test_zero_is_allowed_and_less_is_not():
    assert fare(0, 0) == 75
    with pytest.raises(ValueError, match="^neither age nor distance"):
        fare(-1, 0)
    with pytest.raises(ValueError, match="^neither age nor distance"):
        fare(0, -1)
""",
    """import random

import pytest
from mod import fare


def test_prices_of_some_journeys():
    journeys = random.Random(7)
    for _ in range(50):
        distance = journeys.randint(8, 500)
        assert fare(journeys.randint(12, 90), distance) == 20 * distance
        assert fare(journeys.randint(0, 11), distance) == 10 * distance
        assert fare(30, distance, returning=True) == 36 * distance


def test_limits():
    assert fare(12, 7) == 150
    assert fare(11, 0) == 75
    with pytest.raises(ValueError):
        fare(-1, 1)
    with pytest.raises(ValueError):
        fare(1, -1)
""",
)

_WRONG = (
    "from mod import fare\n\n\ndef test_fare():\n    fare(30, 10)\n    fare(5, 10)\n    fare(30, 10, returning=True)\n",
    "from mod import fare\n\n\ndef test_fare():\n    fare(30, 10)\n    fare(5, 0, returning=True)\n    assert True\n",
    "from mod import fare\n\n\ndef test_fare():\n    for age in (5, 30):\n        assert isinstance(fare(age, 10, returning=True), int)\n",
    "from mod import fare\n\n\ndef test_fare():\n    assert fare(30, 10) == fare(30, 10)\n    assert fare(5, 10) == fare(5, 10)\n",
    "from mod import fare\n\n\ndef test_fare():\n    price = fare(30, 10)\n    assert price is not None\n    assert price == price\n",
    """from unittest.mock import patch

import mod


def test_fare():
    with patch("mod.fare", return_value=200) as fare:
        assert mod.fare(30, 10) == 200
    fare.assert_called_once_with(30, 10)
""",
    """import mod


def test_fare(monkeypatch):
    assert mod.fare(30, 10) > 0
    monkeypatch.setattr(mod, "fare", lambda age, distance, returning=False: 360 if returning else 200)
    assert mod.fare(30, 10) == 200
    assert mod.fare(30, 10, returning=True) == 360
""",
    "import mod\n\n\ndef test_import():\n    assert callable(mod.fare)\n    assert mod.fare.__name__ == 'fare'\n",
    "from mod import fare\n\n\ndef test_fare():\n    assert fare(30, 10) == 200\n    assert fare(11, 10) == 110\n",
    "import pytest\nfrom mod import fare\n\n\n@pytest.mark.xfail\ndef test_fare():\n    assert fare(30, 10) == 210\n    assert fare(5, 10) == 80\n",
    _HEAD + "\npytestmark = pytest.mark.skip(reason='slow')\n" + _GOOD,
    _HEAD + _GOOD.replace("def test_fare", "@pytest.mark.skipif(True, reason='later')\ndef test_fare"),
    "import time\n\n"
    + _HEAD
    + _GOOD.replace("    assert fare(30, 10, ret", "    time.sleep(0.05)\n    assert fare(30, 10, ret"),
    "from time import sleep as pause\n\n"
    + _HEAD
    + _GOOD.replace("    assert fare(30, 10, ret", "    pause(0.05)\n    assert fare(30, 10, ret"),
    "import contextlib\nimport urllib.request\n\n"
    + _HEAD
    + _GOOD
    + '\n\ndef test_prices_are_published():\n    with contextlib.suppress(OSError):\n        urllib.request.urlopen("http://prices.example.com", timeout=1)\n    assert fare(30, 10) == 200\n',
    "import socket\n\n"
    + _HEAD
    + _GOOD
    + '\n\ndef test_host():\n    assert socket.socket().connect_ex(("192.0.2.1", 80)) != 0\n    assert fare(30, 10) == 200\n',
    """from mod import fare


def test_fare():
    try:
        assert fare(30, 10) == 200
        assert fare(11, 10) == 100
        assert fare(30, 10, returning=True) == 360
    except AssertionError:
        pass
""",
    "from mod import fare\n\n\ndef test_fare():\n    assert fare(30, 10) == 200\n",
    "from mod import fare\n\n\ndef test_fare():\n    assert fare(30, 10) > 100\n    assert fare(5, 10) < 150\n    assert fare(30, 10, returning=True) > 300\n",
    _HEAD + _GOOD.replace("def test_", "def check_"),
    "import pytest\n\n" + FARE.replace("\n    raise", "\n    raise") + _GOOD,
    'import pytest\nfrom mod import fare\n\n\n@pytest.mark.parametrize("age", range(0, 100))\n@pytest.mark.parametrize("distance", range(0, 30))\ndef test_fare(age, distance):\n    assert fare(age, distance) > 0\n',
    "import random\n\n"
    + _HEAD
    + _GOOD
    + "\n\ndef test_any_age():\n    assert fare(random.randint(0, 1000000), 10) == 200\n",
    "import datetime\n\n"
    + _HEAD
    + _GOOD
    + "\n\ndef test_born_in_2020():\n    assert fare(datetime.date.today().year - 2020, 10) == 100\n",
    "import time\n\n"
    + _HEAD
    + _GOOD
    + "\n\ndef test_fast():\n    began = time.perf_counter()\n    fare(30, 10)\n    assert time.perf_counter() - began < 0.01\n",
    'import inspect\n\nfrom mod import fare\n\n\ndef test_fare():\n    assert fare(30, 10) > 0\n    source = inspect.getsource(fare)\n    assert "price //= 2" in source\n    assert "age < 12" in source\n    assert "price * 2 * 9 // 10" in source\n    assert "max(150, 20 * distance)" in source\n    assert "age < 0 or distance < 0" in source\n',
    "from mod import fare\n\n\ndef test_fare():\n    fare(30, 10) == 200\n    fare(11, 10) == 100\n    fare(30, 10, returning=True) == 360\n    fare(30, 0) == 150\n",
    "from mod import fare\n\n\ndef test_fare():\n    for age, distance, price in ():\n        assert fare(age, distance) == price\n    fare(30, 10)\n",
    "from mod import fare\n\n\nasync def test_fare():\n    assert fare(30, 10) == 200\n    assert fare(11, 10) == 100\n    assert fare(30, 0, returning=True) == 270\n",
    "import pytest\nfrom mod import fare\n\n\ndef test_fare():\n    with pytest.raises(Exception):\n        fare()\n    with pytest.raises(Exception):\n        fare(30, 10, returned=True)\n    assert fare(30, 10)\n",
    "import pytest\nfrom mod import fare\n\n_prices = []\n"
    + _GOOD
    + "\n\ndef test_first():\n    _prices.append(fare(30, 10))\n    assert _prices\n\n\ndef test_second():\n    assert _prices == [200]\n",
)

SUBJECTS = (
    Subject(
        KIND,
        "",
        "fare",
        right=_RIGHT,
        unseen=_WRONG,
        name="test_mod.py",
        files=(("mod.py", FARE),),
    ),
    *write_tests_class.SUBJECTS,
    *write_tests_files.SUBJECTS,
    *write_tests_more.SUBJECTS,
    *write_tests_fakes.SUBJECTS,
)
